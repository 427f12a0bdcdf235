#include "sim/base/rope.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"
#include "tests/support/broken.h"
#include "tests/support/bytes.h"

using namespace sim;
using tests::slice;

namespace {

Rope rope(std::initializer_list<std::string_view> parts) {
    Rope rope;
    for (const auto part : parts) rope.append(slice(part));
    return rope;
}

std::string read(const Rope& rope, u64 position, u64 length) { return tests::text(rope.read(position, length)); }

}  // namespace

TEST_CASE("a rope reads across its extents and stops at its end") {
    const Rope words = rope({"abc", "de", "fgh"});
    CHECK((words.size() == 8 && read(words, 0, 8) == "abcdefgh"));
    CHECK((read(words, 2, 4) == "cdef" && read(words, 7, 100) == "h" && read(words, 8, 1).empty()));
}

TEST_CASE("reading shares the bytes that were appended") {
    Rope words;
    const Slice part = slice("batch");
    words.append(part);
    const auto found = words.slices(1, 3);
    REQUIRE(found.size() == 1);
    CHECK((found[0].chunk == part.chunk && tests::text(found[0].bytes()) == "atc"));
}

TEST_CASE("a rope can be cut inside an extent and grow again") {
    Rope words = rope({"abc", "de"});
    const Rope before = words;
    words.truncate(4);
    words.append(slice("XY"));
    CHECK((read(words, 0, 10) == "abcdXY" && read(before, 0, 10) == "abcde"));
    words.truncate(0);
    CHECK((words.size() == 0 && read(words, 0, 10).empty()));
    CHECK(tests::breaks([&] { words.truncate(1); }));
}

TEST_CASE("extents are what was appended at once") {
    const Rope words = rope({"abc", "de", "fgh"});
    CHECK(tests::text(words.extent_at(4).bytes()) == "e");
    CHECK(tests::text(words.last_extent().bytes()) == "fgh");
    CHECK(words.find_extent([](auto bytes) { return bytes[0] < 'd'; }) == 3);
    CHECK(words.find_extent([](auto) { return true; }) == 8);
}

TEST_CASE("a rope does what a string does") {
    Prng prng = Prng::forked(1, "rope");
    Rope words;
    std::string model;
    for (int i = 0; i < 500; ++i) {
        const auto letter = static_cast<char>('a' + prng.below(26));
        const std::string part(prng.below(6), letter);
        words.append(slice(part));
        model += part;
        if (prng.chance(1, 10)) {
            const u64 to = prng.below(model.size() + 1);
            words.truncate(to);
            model.resize(to);
        }
        const u64 at = prng.below(model.size() + 1), length = prng.below(20);
        CHECK(read(words, at, length) == model.substr(at, length));
    }
}
