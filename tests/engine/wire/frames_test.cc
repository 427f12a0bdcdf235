// Whole frames: headers, unknown tags, and what becomes of damaged ones.
#include <catch2/catch_test_macros.hpp>

#include "engine/wire/header.h"
#include "engine/wire/messages/registry.h"
#include "tests/support/bytes.h"

using namespace engine;

namespace {

// Requests as real clients sent them, without the size in front.
const char* const kRecorded[] = {
    // librdkafka 2.0.2: Metadata v4
    "0003000400000002000772646b61666b610000000100017401",
    // librdkafka 2.8.0: JoinGroup v5
    "000b000500000003000772646b61666b61000267310000afc8000493e000086d656d6265722d31ffff0008636f6e73756d6572000000020005"
    "72616e6765"
    "000000170003000000010001740000000000000000ffffffff0000000a726f756e64726f62696e000000170003000000010001740000000000"
    "000000ffffffff0000",
    // librdkafka 2.8.0: OffsetCommit v9
    "0008000900000008000772646b61666b610003673100000001096d656d6265722d310002027403000000000000000000000001000000000100"
    "0000000100"
    "000000000000010000000001000000",
    // the Java client: Produce v11
    "0000000b00000004000a70726f64756365722d310000ffff0000138802027402000000004c00000000000000000000003fffffffff02bdf6b3"
    "b4000000000000"
    "000001a1f8fa0afe000001a1f8fa0afe00000000000003e9000000000000000000011a0000000a6b65792d3104763100000000",
    // the Java client: EndTxn v3
    "001a00030000000a000c70726f64756365722d6a747800046a747800000000000003ea00000100",
};

std::vector<u8> framed(std::span<const u8> bytes) {
    wire::Writer out;
    out.put_i32(static_cast<i32>(bytes.size()));
    out.put_bytes(bytes);
    return out.head_copy();
}

/// A request as it was understood, written again; empty if it is refused.
std::vector<u8> understood(std::span<const u8> frame) {
    wire::Reader in(frame);
    if (wire::Reader(frame).get_i32() != static_cast<i32>(frame.size() - 4))
        return {};  // a stream would be cut elsewhere
    wire::RequestHeader header;
    if (!wire::read_request_header(in, header)) return {};
    const wire::MessageOps* ops = wire::find_message(header.api, wire::Direction::request);
    if (ops == nullptr || header.version < ops->lowest || header.version > ops->highest) return {};
    wire::Writer out;
    wire::begin_request(out, header);
    if (!ops->recode(in, header.version, out) || !in.done()) return {};
    wire::end_frame(out);
    return out.frame()->flatten();
}

}  // namespace

TEST_CASE("requests of real clients are understood to the last byte") {
    for (const char* recorded : kRecorded) {
        const auto frame = framed(tests::from_hex(recorded));
        CHECK(understood(frame) == frame);
    }
}

TEST_CASE("flipping any byte of a recorded request changes what it says or has it refused") {
    for (const char* recorded : kRecorded) {
        const auto frame = framed(tests::from_hex(recorded));
        for (std::size_t at = 0; at < frame.size(); ++at)
            for (const u8 flip : {u8{0x01}, u8{0x02}, u8{0x10}, u8{0x80}, u8{0xff}}) {
                auto flipped = frame;
                flipped[at] ^= flip;
                INFO(recorded << ": byte " << at << " flipped by " << int{flip});
                CHECK(understood(flipped) != frame);
            }
    }
}

TEST_CASE("a request that is cut off anywhere is refused") {
    for (const char* recorded : kRecorded) {
        const auto bytes = tests::from_hex(recorded);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK(understood(framed(std::span(bytes).first(size))).empty());
    }
}

TEST_CASE("a tag that we do not know is skipped") {
    // EndTxn v3 whose last byte, the count of its tags, becomes one tag 77 of three bytes.
    auto bytes = tests::from_hex(kRecorded[4]);
    const auto plain = framed(bytes);
    bytes.pop_back();
    for (const u8 byte : tests::from_hex("014d03616263")) bytes.push_back(byte);
    CHECK(understood(framed(bytes)) == plain);
}

TEST_CASE("a list that claims more elements than there are bytes is refused before it is made") {
    // Metadata v4 with 2^31 - 1 topics.
    auto bytes = tests::from_hex(kRecorded[0]);
    for (std::size_t i = 0; i < 4; ++i) bytes[17 + i] = i == 0 ? 0x7f : 0xff;
    CHECK(understood(framed(bytes)).empty());
}

TEST_CASE("an answer's header names the request it belongs to") {
    wire::Writer out;
    wire::begin_response(out, wire::ApiKey::metadata, 9, 42);
    wire::end_frame(out);
    const sim::FrameRef frame = out.frame();
    wire::Reader in(*frame);
    i32 correlation = 0;
    CHECK(wire::read_response_header(in, wire::ApiKey::metadata, 9, correlation));
    CHECK((correlation == 42 && in.done()));
}

TEST_CASE("a dissection names every byte of a request once, outer fields around inner ones") {
    const auto bytes = tests::from_hex(kRecorded[2]);
    const auto frame = framed(bytes);
    wire::Reader in(frame);
    wire::RequestHeader header;
    REQUIRE(wire::read_request_header(in, header));
    const u32 body = in.position();
    wire::Dissection fields;
    REQUIRE(wire::find_message(header.api, wire::Direction::request)->dissect(in, header.version, fields));
    const wire::Value tree = fields.tree();
    CHECK(tree.find("group_id")->text == "g1");
    CHECK(tree.find("topics")->list.at(0).find("partitions")->list.at(1).find("committed_offset")->integer == 1);
    u32 last = body;
    for (const wire::DissectedField& field : fields.fields()) {
        CHECK((field.begin >= last && field.end >= field.begin && field.end <= frame.size()));
        last = field.begin;
    }
}
