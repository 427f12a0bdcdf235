// Pinned hashes: a lesson's whole run as one number, the same for every compiler, build and machine. When one
// changes, behaviour changed; if that was meant, the line in lessons.txt is replaced by the one printed here.
#include <catch2/catch_test_macros.hpp>

#include <fmt/format.h>

#include <sstream>

#include "app/lab/command/run_command.h"
#include "app/lab/host/files.h"
#include "app/proof/check/check_command.h"
#include "app/proof/verify.h"
#include "tests/support/sources.h"

namespace {

std::string hash_of(const std::string& lesson, sim::u64 seed) {
    auto session = app::lab::open_lesson(lesson, seed);
    REQUIRE(session.has_value());
    app::lab::Player player((*session)->lesson, *(*session)->run);
    app::lab::play_all(player);
    return fmt::format("{:016x}", engine::hash((*session)->run->world()));
}

}  // namespace

TEST_CASE("golden: every pinned lesson runs to its hash", "[golden]") {
    const auto text = app::lab::read_file(tests::source_root() + "/tests/golden/lessons.txt");
    REQUIRE(text.has_value());
    std::istringstream lines(*text);
    std::string lesson, pinned;
    sim::u64 seed = 0;
    int count = 0;
    while (lines >> lesson >> seed >> pinned) {
        INFO(lesson << " " << seed << " " << hash_of(lesson, seed));
        CHECK(hash_of(lesson, seed) == pinned);
        ++count;
    }
    CHECK(count > 0);
}

TEST_CASE("golden: the first lesson passes its own checks", "[golden]") {
    CHECK(app::proof::check_command({{"204-leader-dies"}, false, false}) == 0);
}
