// Streams against batches over the same rows: generated queries, generated rows, restarts in between.
#include "app/proof/streams/increments.h"

#include <catch2/catch_test_macros.hpp>

#include <set>

using app::proof::Increments;
using app::proof::play_increments;
using engine::PlantedBug;

namespace {

void play_all(sim::u64 first, sim::u64 last, std::set<std::string>& shapes, sim::i64& late) {
    for (sim::u64 seed = first; seed <= last; ++seed) {
        const Increments played = play_increments(seed, PlantedBug::none);
        INFO("seed " << seed << ": " << played.shape << ": " << played.sql);
        CHECK(played.wrong == "");
        shapes.insert(played.shape);
        late += played.late_batches;
    }
}

}  // namespace

TEST_CASE("streams: what a stream gives in batches is what a batch gives over the same rows") {
    std::set<std::string> shapes;
    sim::i64 late = 0;
    play_all(1, 300, shapes, late);
    CHECK(shapes.size() >= 14);
    CHECK(late > 600);
}

TEST_CASE("streams: two thousand generated streams give what a batch gives", "[.][long]") {
    std::set<std::string> shapes;
    sim::i64 late = 0;
    play_all(1, 2000, shapes, late);
}
