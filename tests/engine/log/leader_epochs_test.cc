#include "engine/log/leader_epochs.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"

using namespace engine;
using log::EpochEnd, log::LeaderEpochs;

namespace {

LeaderEpochs epochs(std::initializer_list<std::pair<i32, i64>> entries) {
    LeaderEpochs made;
    for (const auto& [epoch, start] : entries) made.assign(LeaderEpoch{epoch}, Offset{start});
    return made;
}

EpochEnd end_of(i32 epoch, i64 end) { return {LeaderEpoch{epoch}, Offset{end}}; }

}  // namespace

TEST_CASE("an epoch ends where the next one begins, the latest at the log's end") {
    const LeaderEpochs known = epochs({{1, 0}, {3, 10}, {4, 25}});
    CHECK(known.end_offset_for(LeaderEpoch{1}, Offset{40}) == end_of(1, 10));
    CHECK(known.end_offset_for(LeaderEpoch{4}, Offset{40}) == end_of(4, 40));
}

TEST_CASE("an epoch that wrote nothing is answered by the one before it") {
    const LeaderEpochs known = epochs({{1, 0}, {3, 10}, {4, 25}});
    CHECK(known.end_offset_for(LeaderEpoch{2}, Offset{40}) == end_of(1, 10));
}

TEST_CASE("an epoch from the future and no epoch at all are unknown") {
    const LeaderEpochs known = epochs({{1, 0}});
    CHECK(known.end_offset_for(LeaderEpoch{2}, Offset{40}) == EpochEnd{});
    CHECK(known.end_offset_for(kNoEpoch, Offset{40}) == EpochEnd{});
    CHECK(LeaderEpochs{}.end_offset_for(LeaderEpoch{0}, Offset{0}) == EpochEnd{});
}

TEST_CASE("the epoch of a record is that of the term in which it was written") {
    const LeaderEpochs known = epochs({{1, 5}, {3, 10}});
    CHECK(known.epoch_at(Offset{4}) == kNoEpoch);
    CHECK((known.epoch_at(Offset{5}).value == 1 && known.epoch_at(Offset{9}).value == 1 &&
           known.epoch_at(Offset{10}).value == 3));
}

TEST_CASE("epochs survive their checkpoint, and what is torn in it is left out") {
    const LeaderEpochs known = epochs({{0, 0}, {2, 7}, {3, 19}});
    const std::string text = known.to_text();
    CHECK(text == "0\n3\n0 0\n2 7\n3 19\n");
    CHECK(LeaderEpochs::from_text(text).entries == known.entries);
    CHECK(LeaderEpochs::from_text("0\n3\n0 0\n2 7\n3").entries == epochs({{0, 0}, {2, 7}}).entries);
    CHECK(LeaderEpochs::from_text("").entries.empty());
    CHECK(LeaderEpochs::from_text("0\n3\n1 0\n3 -10\n4 25\n").entries == epochs({{1, 0}}).entries);
    CHECK(LeaderEpochs::from_text("0\n1\n-2 0\n").entries.empty());
}

TEST_CASE("whatever is assigned and cut, epochs and offsets ascend") {
    sim::Prng rng = sim::Prng::forked(1, "epochs");
    LeaderEpochs known;
    for (int i = 0; i < 2000; ++i) {
        const u64 choice = rng.below(10);
        const Offset offset{static_cast<i64>(rng.below(100))};
        if (choice < 7) known.assign(LeaderEpoch{static_cast<i32>(rng.below(20))}, offset);
        else if (choice < 9) known.truncate_from_end(offset);
        else known.truncate_from_start(offset);
        for (std::size_t k = 1; k < known.entries.size(); ++k)
            REQUIRE((known.entries[k - 1].epoch < known.entries[k].epoch &&
                     known.entries[k - 1].start < known.entries[k].start));
    }
}

// ---- two logs that part -------------------------------------------------------------------------

TEST_CASE("a follower that ends within the leader's history does not diverge") {
    const LeaderEpochs leader = epochs({{0, 0}, {2, 10}});
    CHECK_FALSE(find_divergence(leader, Offset{20}, LeaderEpoch{0}, Offset{10}).diverges());
    CHECK_FALSE(find_divergence(leader, Offset{20}, LeaderEpoch{2}, Offset{20}).diverges());
    CHECK_FALSE(find_divergence(leader, Offset{20}, kNoEpoch, Offset{0}).diverges());
}

TEST_CASE("a follower with records of an epoch that ended earlier, or never was, diverges") {
    const LeaderEpochs leader = epochs({{0, 0}, {2, 10}});
    CHECK(find_divergence(leader, Offset{20}, LeaderEpoch{0}, Offset{12}).diverging == end_of(0, 10));
    CHECK(find_divergence(leader, Offset{20}, LeaderEpoch{1}, Offset{12}).diverging == end_of(0, 10));
    CHECK(find_divergence(leader, Offset{20}, LeaderEpoch{3}, Offset{5}).out_of_range);
}

TEST_CASE("two logs that parted meet again by epochs alone, without losing what they share") {
    sim::Prng rng = sim::Prng::forked(1, "part");
    for (int round = 0; round < 500; ++round) {
        LeaderEpochs shared;
        i64 end = 0;
        i32 epoch = 0;
        const auto grow = [&](LeaderEpochs& log, i64& at, i32& term) {
            term += 1 + static_cast<i32>(rng.below(3));
            log.assign(LeaderEpoch{term}, Offset{at});
            at += 1 + static_cast<i64>(rng.below(5));
        };
        for (u64 i = rng.below(4); i > 0; --i) grow(shared, end, epoch);
        LeaderEpochs leader = shared, follower = shared;
        i64 leader_end = end, follower_end = end;
        for (u64 i = rng.below(3); i > 0; --i) { i32 term = epoch; grow(follower, follower_end, term); epoch = term; }
        for (u64 i = 1 + rng.below(3); i > 0; --i) { i32 term = epoch; grow(leader, leader_end, term); epoch = term; }
        Offset at{follower_end};
        for (int steps = 0; steps < 20; ++steps) {
            const auto parted = find_divergence(leader, Offset{leader_end}, follower.latest(), at);
            if (!parted.diverges()) break;
            const auto cut = follower_truncation(follower, at, Offset{0}, parted.diverging);
            REQUIRE(cut.to < at);
            at = cut.to;
            follower.truncate_from_end(at);
        }
        REQUIRE(at == Offset{end});
    }
}

TEST_CASE("a follower without an answer goes back to its high watermark") {
    const auto cut = follower_truncation(epochs({{0, 0}}), Offset{20}, Offset{12}, EpochEnd{});
    CHECK((cut.to == Offset{12} && cut.complete));
}

TEST_CASE("a follower out of its leader's range is cut if it is ahead and begins anew if it is behind") {
    CHECK((log::come_into_range(Offset{10}, Offset{0}, Offset{7}).end == Offset{7} &&
           !log::come_into_range(Offset{10}, Offset{0}, Offset{7}).anew));
    CHECK((log::come_into_range(Offset{10}, Offset{15}, Offset{30}).end == Offset{15} &&
           log::come_into_range(Offset{10}, Offset{15}, Offset{30}).anew));
    CHECK(log::come_into_range(Offset{10}, Offset{5}, Offset{30}).end == Offset{10});
}
