#include "sim/base/frame.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/broken.h"
#include "tests/support/bytes.h"

using namespace sim;
using tests::bytes, tests::slice;

namespace {

FrameRef spliced() { return make_frame(bytes("<>."), {{1, slice("one")}, {2, slice("two")}, {2, slice("three")}}); }

}  // namespace

TEST_CASE("a frame flattens its splices where they stand") {
    CHECK(tests::text(spliced()->flatten()) == "<one>twothree.");
    CHECK(spliced()->wire_size() == 14);
}

TEST_CASE("frames that are put together differently are told apart by digest") {
    CHECK(digest_of(*spliced()) == digest_of(*spliced()));
    CHECK(digest_of(*spliced()) !=
          digest_of(*make_frame(bytes("<>."), {{1, slice("one")}, {2, slice("two")}, {2, slice("THREE")}})));
    CHECK(digest_of(*make_frame(bytes("ab"))) != digest_of(*make_frame(bytes("ac"))));
}

TEST_CASE("a part of a slice is a view of the same bytes") {
    const Slice whole = slice("abcdef");
    const Slice part = whole.part(2, 3);
    CHECK((tests::text(part.bytes()) == "cde" && part.chunk == whole.chunk));
    CHECK(tests::text(part.part(1, 2).bytes()) == "de");
    CHECK(tests::breaks([&] { (void)part.part(2, 2); }));
}

TEST_CASE("a splice behind the end of a frame is a broken contract") {
    CHECK(tests::breaks([] { (void)make_frame(bytes("ab"), {{3, slice("x")}}); }));
}
