#include <catch2/catch_test_macros.hpp>

#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"
#include "tests/support/broken.h"
#include "tests/support/bytes.h"

using namespace sim;
using tests::slice;

TEST_CASE("numbers are written with their most significant byte first") {
    ByteWriter out;
    out.put_i16(-2);
    out.put_i32(0x01020304);
    out.put_i64(5);
    out.put_bool(true);
    CHECK(tests::hex(out.head()) == "fffe" "01020304" "0000000000000005" "01");
}

TEST_CASE("a reader gives back what a writer wrote") {
    ByteWriter out;
    out.put_i8(-7);
    out.put_u16(65'535);
    out.put_i64(INT64_MIN);
    out.put_varint(-300);
    out.put_varlong(INT64_MAX);
    out.put_text("orders");
    ByteReader in(out.head());
    CHECK((in.get_i8() == -7 && in.get_u16() == 65'535 && in.get_i64() == INT64_MIN));
    CHECK((in.get_zigzag32() == -300 && in.get_zigzag64() == INT64_MAX && in.get_text(6) == "orders"));
    CHECK(in.done());
}

TEST_CASE("a read beyond the end fails for good and gives zeros") {
    const auto bytes = tests::from_hex("000102");
    ByteReader in(bytes);
    CHECK(in.get_i32() == 0);
    CHECK_FALSE(in.ok());
    CHECK(in.get_u8() == 0);
    CHECK((in.remaining() == 0 && !in.done()));
}

TEST_CASE("a length that no frame can have does not read far away") {
    const auto bytes = tests::from_hex("00010203");
    ByteReader in(bytes);
    in.skip(2);
    CHECK(in.get_bytes(0xffffffff).empty());
    CHECK_FALSE(in.ok());
}

TEST_CASE("bytes that are left over are not a whole message") {
    const auto bytes = tests::from_hex("0001");
    ByteReader in(bytes);
    in.get_u8();
    CHECK((in.ok() && !in.done()));
}

TEST_CASE("a slice is spliced in by reference and counts on the wire") {
    ByteWriter out;
    const Slice records = slice("records");
    out.put_i32(7);
    out.put_slice(records);
    out.put_u8(9);
    CHECK((out.head_size() == 5 && out.wire_size() == 12));
    const FrameRef frame = out.frame();
    ByteReader in(*frame);
    CHECK(in.get_i32() == 7);
    const Slices taken = in.get_slices(7);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].chunk == records.chunk);
    CHECK((in.get_u8() == 9 && in.done()));
}

TEST_CASE("an ordinary read does not run over a splice") {
    ByteWriter out;
    out.put_u8(1);
    out.put_slice(slice("abc"));
    out.put_u8(2);
    const FrameRef frame = out.frame();
    ByteReader in(*frame);
    in.get_u16();
    CHECK_FALSE(in.ok());
}

TEST_CASE("records that came as plain bytes are read as one slice") {
    const auto bytes = tests::bytes("abcdef");
    ByteReader in(bytes);
    const Slices taken = in.get_slices(4);
    REQUIRE(taken.size() == 1);
    CHECK((tests::text(taken[0].bytes()) == "abcd" && in.remaining() == 2));
}

TEST_CASE("a slice that is longer than the field it stands in is refused") {
    ByteWriter out;
    out.put_slice(slice("abcdef"));
    const FrameRef frame = out.frame();
    ByteReader in(*frame);
    in.get_slices(4);
    CHECK_FALSE(in.ok());
}

TEST_CASE("a length can be written when it is known") {
    ByteWriter out;
    out.put_i32(0);
    out.put_text("abc");
    out.patch_i32(0, 3);
    CHECK(tests::hex(out.head()) == "00000003616263");
    CHECK(tests::breaks([&] { out.patch_i32(4, 1); }));
}

TEST_CASE("a part of a message has its own end") {
    const auto bytes = tests::bytes("abcdef");
    ByteReader in(bytes);
    ByteReader part = in.part(2);
    part.get_u16();
    CHECK(part.done());
    part.get_u8();
    CHECK((!part.ok() && in.ok() && in.get_u8() == 'c'));
}
