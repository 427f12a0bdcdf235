#include "engine/wire/record_batch.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/wire/batch_builder.h"
#include "engine/wire/crc32c.h"
#include "sim/base/prng.h"
#include "tests/support/bytes.h"

using namespace engine;
using wire::BatchBuilder, wire::BatchHeader, wire::Codec, wire::NewRecord;

namespace {

std::vector<u8> batch_of(const std::vector<NewRecord>& records, BatchHeader header = {}) {
    BatchBuilder builder(header);
    for (const NewRecord& record : records) builder.append(record);
    return builder.finish();
}

std::string shown(std::span<const u8> bytes, bool is_null) {
    return is_null ? "null" : std::string(wire::text_of(bytes));
}

/// Everything a reader understands of a batch; "refused" if it may not be used.
std::string as_read(std::span<const u8> batch) {
    const auto header = wire::check_batch(batch);
    if (!header) return "refused";
    std::string text = fmt::format("{} {} {} {} {} |", header->base_offset, header->partition_leader_epoch,
                                   header->attributes, header->producer_id, header->base_sequence);
    wire::RecordReader records(batch);
    for (wire::RecordView record; records.next(record);) {
        text +=
            fmt::format(" {}@{}+{}={}:{}", records.header().base_timestamp, record.timestamp_delta, record.offset_delta,
                        shown(record.key, record.key_is_null), shown(record.value, record.value_is_null));
        for (const auto& h : record.headers)
            text += fmt::format(",{}={}", wire::text_of(h.key), shown(h.value, h.value_is_null));
    }
    return failed(records.error()) ? "refused" : text;
}

const std::vector<NewRecord> kOrders = {
    {1000, "k1", "v1", {{"h", "x"}, {"n", std::nullopt}}}, {1005, std::nullopt, "", {}}, {990, "", std::nullopt, {}}};

BatchHeader with_codec(Codec codec) {
    BatchHeader header;
    header.attributes = static_cast<i16>(codec);
    return header;
}

}  // namespace

TEST_CASE("records come out of a batch as they went in, nulls and empty texts apart") {
    CHECK(as_read(batch_of(kOrders)) == "0 -1 0 -1 -1 | 1000@0+0=k1:v1,h=x,n=null 1000@5+1=null: 1000@-10+2=:null");
}

TEST_CASE("the header knows the first time, the latest time and the last offset") {
    const auto header = wire::check_batch(batch_of(kOrders));
    REQUIRE(header.has_value());
    CHECK((header->base_timestamp == 1000 && header->max_timestamp == 1005 && header->last_offset_delta == 2 &&
           header->record_count == 3));
    CHECK(header->next_offset() == 3);
}

TEST_CASE("every codec gives back what it packed") {
    std::vector<NewRecord> many;
    const std::string value(500, 'a');
    for (int i = 0; i < 200; ++i) many.push_back({1000 + i, "key", value, {}});
    const auto plain = batch_of(many);
    for (const Codec codec : {Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd}) {
        const auto packed = batch_of(many, with_codec(codec));
        INFO(wire::name_of(codec));
        CHECK(packed.size() < plain.size() / 10);
        const std::string inside = as_read(packed);
        CHECK(inside.substr(inside.find('|')) == as_read(plain).substr(as_read(plain).find('|')));
    }
}

TEST_CASE("a batch that was packed badly is refused") {
    for (const Codec codec : {Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd}) {
        const auto noise = tests::bytes("this was never packed by anybody");
        CHECK(wire::decompress(codec, noise).error() == ErrorCode::corrupt_message);
    }
}

TEST_CASE("snappy is read in Java's blocks and as librdkafka's single block") {
    const auto bytes = tests::bytes(std::string(100, 's'));
    const auto blocks = wire::compress(Codec::snappy, bytes);
    REQUIRE(tests::text(blocks).find("SNAPPY") == 1);
    CHECK(wire::decompress(Codec::snappy, blocks) == bytes);
    const std::span<const u8> single = std::span(blocks).subspan(20);  // behind magic, versions and the block's length
    CHECK(wire::decompress(Codec::snappy, single) == bytes);
}

TEST_CASE("offset and leader epoch are the broker's to write: the checksum does not cover them") {
    auto batch = batch_of(kOrders);
    const u32 crc = wire::check_batch(batch)->crc;
    wire::assign_offsets(batch, 500, 7);
    const auto header = wire::check_batch(batch);
    REQUIRE(header.has_value());
    CHECK((header->base_offset == 500 && header->partition_leader_epoch == 7 && header->crc == crc));
}

TEST_CASE("a log's own time replaces that of the producer and is covered") {
    auto batch = batch_of(kOrders);
    wire::assign_offsets(batch, 0, 0, 777'000);
    const auto header = wire::check_batch(batch);
    REQUIRE(header.has_value());
    CHECK((header->log_append_time() && header->max_timestamp == 777'000));
}

TEST_CASE("a producer's identity is covered by the checksum") {
    auto batch = batch_of(kOrders);
    wire::assign_producer(batch, 4000, 2, 7);
    const auto header = wire::check_batch(batch);
    REQUIRE(header.has_value());
    CHECK((header->producer_id == 4000 && header->producer_epoch == 2 && header->base_sequence == 7 &&
           header->last_sequence() == 9));
}

TEST_CASE("sequences wrap from the largest number to zero") {
    BatchHeader header;
    header.base_sequence = INT32_MAX - 1;
    header.last_offset_delta = 3;
    CHECK(header.last_sequence() == 1);
}

TEST_CASE("a marker says how a transaction ended and by whose order") {
    BatchHeader header;
    header.producer_id = 4000;
    header.producer_epoch = 2;
    const auto marker = wire::control_batch(header, wire::ControlType::commit, 9, 1000);
    wire::RecordReader records(marker);
    wire::RecordView record;
    REQUIRE(records.next(record));
    CHECK(
        (records.header().is_control() && records.header().is_transactional() && records.header().base_sequence == -1));
    CHECK(wire::control_type(record) == wire::ControlType::commit);
}

TEST_CASE("flipping any byte of a batch changes what it says or has it refused") {
    const auto batch = batch_of(kOrders);
    const std::string original = as_read(batch);
    for (std::size_t at = 0; at < batch.size(); ++at)
        for (const u8 flip : {u8{0x01}, u8{0x80}, u8{0xff}}) {
            auto flipped = batch;
            flipped[at] ^= flip;
            INFO("byte " << at << " flipped by " << int{flip});
            CHECK(as_read(flipped) != original);
            if (at >= 16) CHECK(as_read(flipped) == "refused");  // from the magic byte on
        }
}

TEST_CASE("a batch that is cut off anywhere is refused") {
    const auto batch = batch_of(kOrders);
    for (std::size_t size = 0; size < batch.size(); ++size)
        CHECK(as_read(std::span(batch).first(size)) == "refused");
}

TEST_CASE("noise behind a good checksum is not read beyond its end") {
    sim::Prng rng = sim::Prng::forked(1, "noise");
    const auto good = batch_of(kOrders);
    for (int round = 0; round < 3000; ++round) {
        auto noisy = good;
        for (u64 i = 0; i <= rng.below(4); ++i)
            noisy[wire::kCrcCoversFrom + rng.below(noisy.size() - wire::kCrcCoversFrom)] = static_cast<u8>(rng.next());
        auto header = wire::read_header(noisy);
        REQUIRE(header.has_value());
        header->crc = wire::crc32c(std::span<const u8>(noisy).subspan(wire::kCrcCoversFrom));
        wire::write_header(noisy, *header);
        (void)as_read(noisy);  // must end, and within the bytes
    }
}

TEST_CASE("both ways to the checksum agree") {
    sim::Prng rng = sim::Prng::forked(1, "crc");
    std::vector<u8> bytes;
    for (int size = 0; size < 200; ++size) {
        CHECK(wire::crc32c(bytes) == wire::crc32c_by_table(bytes));
        bytes.push_back(static_cast<u8>(rng.next()));
    }
    for (int size = 0; size < 40; ++size) {   // long enough for lanes side by side, with every kind of rest
        CHECK(wire::crc32c(bytes) == wire::crc32c_by_table(bytes));
        for (int i = 0; i < 151; ++i) bytes.push_back(static_cast<u8>(rng.next()));
    }
    CHECK(wire::crc32c(tests::bytes("123456789")) == 0xe3069283u);
}
