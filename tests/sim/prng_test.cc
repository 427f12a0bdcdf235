#include "sim/base/prng.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"

using namespace sim;

TEST_CASE("random numbers are those of the published xoshiro256++") {
    Prng prng{{1, 2, 3, 4}};
    CHECK(prng.next() == 41943041u);
    CHECK(prng.next() == 58720359u);
    CHECK(prng.next() == 3588806011781223u);
    CHECK(prng.next() == 3591011842654386u);
    CHECK(prng.next() == 9228616714210784205u);
}

TEST_CASE("a stream is named by seed, purpose and index, and always the same") {
    Prng prng = Prng::forked(7, "node", 2);
    CHECK(prng.next() == 0x6f3bf2551f2479bau);
    CHECK(prng.next() == 0xe98ae0dcf0a35e79u);
    CHECK(prng.next() == 0x28fbe7e7c8384006u);
}

TEST_CASE("streams of other purposes, indexes or seeds have nothing in common") {
    const u64 first = Prng::forked(7, "node", 2).next();
    CHECK(Prng::forked(7, "link", 2).next() != first);
    CHECK(Prng::forked(7, "node", 3).next() != first);
    CHECK(Prng::forked(8, "node", 2).next() != first);
}

TEST_CASE("numbers below a bound reach every value and never the bound") {
    Prng prng = Prng::forked(1, "test");
    std::vector<int> seen(6);
    for (int i = 0; i < 6000; ++i) ++seen.at(prng.below(6));
    for (const int count : seen) CHECK((count > 850 && count < 1150));
    CHECK(prng.below(1) == 0);
}

TEST_CASE("numbers between two limits include both") {
    Prng prng = Prng::forked(1, "test");
    std::vector<int> seen(3);
    for (int i = 0; i < 300; ++i) ++seen.at(static_cast<std::size_t>(prng.between(-1, 1) + 1));
    for (const int count : seen) CHECK(count > 60);
    CHECK(prng.between(5, 5) == 5);
    prng.between(INT64_MIN, INT64_MAX);  // the whole range has no width that fits
}

TEST_CASE("chances come out in their proportion") {
    Prng prng = Prng::forked(1, "test");
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) hits += prng.chance(1, 4) ? 1 : 0;
    CHECK((hits > 2300 && hits < 2700));
    CHECK_FALSE(prng.chance(0, 4));
    CHECK(prng.chance(4, 4));
}

TEST_CASE("exponential spans have the mean that was asked for and an end") {
    Prng prng = Prng::forked(1, "test");
    Nanos sum, most;
    for (int i = 0; i < 10'000; ++i) {
        const Nanos span = prng.exponential(millis(10));
        sum += span;
        most = std::max(most, span);
    }
    CHECK((sum / 10'000 > millis(9) && sum / 10'000 < millis(11)));
    CHECK(most <= millis(80));
}

TEST_CASE("an unseeded stream and an empty range are broken contracts") {
    CHECK(tests::breaks([] { Prng{}.next(); }));
    CHECK(tests::breaks([] { Prng::forked(1, "test").below(0); }));
    CHECK(tests::breaks([] { Prng::forked(1, "test").between(2, 1); }));
}
