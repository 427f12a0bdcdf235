#include "sim/base/varint.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"
#include "tests/support/bytes.h"

using namespace sim;

namespace {

std::string written(u64 value) {
    std::vector<u8> out;
    put_uvarint(out, value);
    CHECK(out.size() == uvarint_size(value));
    return tests::hex(out);
}

}  // namespace

TEST_CASE("numbers are written in groups of seven bits, the least significant first") {
    CHECK(written(0) == "00");
    CHECK(written(127) == "7f");
    CHECK(written(128) == "8001");
    CHECK(written(300) == "ac02");
    CHECK(written(~u64{0}) == "ffffffffffffffffff01");
}

TEST_CASE("zigzag puts small numbers of both signs first") {
    CHECK((zigzag(0) == 0 && zigzag(-1) == 1 && zigzag(1) == 2 && zigzag(-2) == 3));
    CHECK(zigzag(i32{INT32_MIN}) == 0xffffffffu);
    for (const i64 value : {i64{0}, i64{-1}, i64{1}, i64{INT64_MAX}, i64{INT64_MIN}})
        CHECK(unzigzag(zigzag(value)) == value);
}

TEST_CASE("any number comes back as it was written") {
    Prng prng = Prng::forked(1, "varint");
    for (int i = 0; i < 2000; ++i) {
        const u64 value = prng.next() >> prng.below(64);
        std::vector<u8> out;
        put_uvarint(out, value);
        u64 back = 0;
        CHECK(get_uvarint(out, kMostVarlongBytes, back) == out.size());
        CHECK(back == value);
    }
}

TEST_CASE("a number that is cut off or too long is refused") {
    u64 value = 0;
    CHECK(get_uvarint(tests::from_hex("80"), kMostVarintBytes, value) == 0);
    CHECK(get_uvarint({}, kMostVarintBytes, value) == 0);
    CHECK(get_uvarint(tests::from_hex("808080808001"), kMostVarintBytes, value) == 0);
    CHECK(get_uvarint(tests::from_hex("808080808001"), kMostVarlongBytes, value) == 6);
}
