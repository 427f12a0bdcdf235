// A log on a simulated disk: appending, reading, rolling, cutting, coming back after crashes.
#include "engine/log/log.h"

#include <catch2/catch_test_macros.hpp>

#include "app/proof/vectors/scratch_log.h"
#include "engine/wire/batch_builder.h"
#include "tests/support/bytes.h"

using namespace engine;
using app::proof::vectors::plain_batch, app::proof::vectors::ScratchLog;

namespace {

constexpr LeaderEpoch kEpoch{3};

/// A log whose segments hold `per_segment` batches of one record.
ScratchLog with_segments(i64 per_segment, i32 batches) {
    ConfigMap config;
    config["segment.bytes"] = std::to_string(per_segment * static_cast<i64>(plain_batch(1, 1000).size()));
    config["index.interval.bytes"] = "0";
    ScratchLog scratch(config);
    for (i32 i = 0; i < batches; ++i) REQUIRE(scratch.append(kEpoch, 1, 1000 + i).has_value());
    return scratch;
}

/// Base offsets of the batches that a read gives.
std::vector<i64> offsets(ScratchLog& scratch, i64 from, i64 limit, u32 max_bytes = INT32_MAX) {
    std::vector<i64> found;
    for (const sim::Slice& slice :
         log::read(scratch.log, scratch.disk(), Offset{from}, Offset{limit}, max_bytes, true).batches) {
        const auto header = wire::read_header(slice.bytes());
        found.push_back(header ? header->base_offset : -1);
    }
    return found;
}

ErrorCode refusal(ScratchLog& scratch, std::span<const u8> batch) {
    const auto info = scratch.append(kEpoch, batch);
    return info ? ErrorCode::none : info.error().code;
}

std::vector<u8> edited(wire::BatchHeader header, std::optional<std::string_view> key = "k") {
    wire::BatchBuilder builder(header);
    builder.append({1000, key, "v", {}});
    return builder.finish();
}

/// The log as a new process finds it. `power` takes with it what was not synced.
log::Log reopened(ScratchLog& scratch, bool power, Offset recovery_point) {
    if (power) scratch.machine.disks.of({0}).on_power_cut();
    log::Log again;
    again.directory = scratch.log.directory;
    again.config = scratch.log.config;
    REQUIRE(log::open_log(again, scratch.context(), recovery_point, Offset{0}, false).has_value());
    return again;
}

}  // namespace

// ---- appending and reading ----------------------------------------------------------------------

TEST_CASE("a leader gives batches the next offsets and its epoch") {
    ScratchLog scratch;
    CHECK(scratch.append(kEpoch, 3)->last_offset == Offset{2});
    CHECK(scratch.append(kEpoch, 2)->first_offset == Offset{3});
    CHECK(scratch.log.next_offset == Offset{5});
    CHECK(scratch.log.latest_epoch() == kEpoch);
    CHECK(offsets(scratch, 0, 5) == std::vector<i64>{0, 3});
}

TEST_CASE("a read begins with the batch that holds the offset and stops at limits, but gives one batch whole") {
    ScratchLog scratch;
    for (int i = 0; i < 4; ++i) REQUIRE(scratch.append(kEpoch, 2).has_value());
    const auto one = static_cast<u32>(plain_batch(2, 1000).size());
    CHECK(offsets(scratch, 3, 8) == std::vector<i64>{2, 4, 6});
    CHECK(offsets(scratch, 0, 4) == std::vector<i64>{0, 2});
    CHECK(offsets(scratch, 0, 8, 2 * one) == std::vector<i64>{0, 2});
    CHECK(offsets(scratch, 0, 8, 1) == std::vector<i64>{0});
    CHECK(offsets(scratch, 8, 8).empty());
}

TEST_CASE("a log rolls when its segment is full, and reads go on in the next one") {
    ScratchLog scratch = with_segments(3, 10);
    CHECK(scratch.log.segments.size() == 4);
    CHECK(scratch.log.segments[2].base == Offset{6});
    CHECK(offsets(scratch, 4, 10) == std::vector<i64>{4, 5});
    CHECK(offsets(scratch, 6, 10) == std::vector<i64>{6, 7, 8});
}

TEST_CASE("records are found by their time") {
    ScratchLog scratch = with_segments(3, 10);  // record n has the time 1000 + n
    const auto at = [&](i64 time) {
        return log::find_timestamp(scratch.log, scratch.disk(), time, scratch.log.next_offset);
    };
    CHECK(at(0) == log::TimestampOffset{1000, Offset{0}});
    CHECK(at(1007) == log::TimestampOffset{1007, Offset{7}});
    CHECK(at(1010) == log::TimestampOffset{-1, kNoOffset});
    CHECK(log::find_max_timestamp(scratch.log, scratch.disk()) == log::TimestampOffset{1009, Offset{9}});
}

TEST_CASE("what a client may not write is refused with Kafka's codes") {
    ScratchLog scratch;
    wire::BatchHeader off_zero, control, own_time, no_sequence;
    off_zero.base_offset = 5;
    control.attributes = 0x20;
    own_time.attributes = 0x08;
    no_sequence.producer_id = 9;
    CHECK(refusal(scratch, edited(off_zero)) == ErrorCode::invalid_record);
    CHECK(refusal(scratch, edited(control)) == ErrorCode::invalid_record);
    CHECK(refusal(scratch, edited(own_time)) == ErrorCode::invalid_timestamp);
    CHECK(refusal(scratch, edited(no_sequence)) == ErrorCode::invalid_record);
    auto damaged = plain_batch(1, 1000);
    damaged.back() ^= 1;
    CHECK(refusal(scratch, damaged) == ErrorCode::corrupt_message);
    CHECK(scratch.log.next_offset == Offset{0});
}

TEST_CASE("settings of the topic decide what is too large, too old or without a key") {
    ScratchLog small, compacted;
    small.log.config.max_message_bytes = 60;
    compacted.log.config.cleanup_compact = true;
    CHECK(refusal(small, plain_batch(1, 1000)) == ErrorCode::message_too_large);
    CHECK(refusal(compacted, edited({}, std::nullopt)) == ErrorCode::invalid_record);
    CHECK(refusal(compacted, edited({})) == ErrorCode::none);
    ScratchLog young;
    young.now_ms = 10'000'000;
    young.log.config.timestamp_before_max_ms = 1000;
    CHECK(refusal(young, plain_batch(1, 1000)) == ErrorCode::invalid_timestamp);
}

TEST_CASE("a topic with a codec of its own stores every batch in it") {
    ScratchLog scratch;
    scratch.log.config.compression = static_cast<i8>(wire::Codec::lz4);
    REQUIRE(scratch.append(kEpoch, 5).has_value());
    const auto stored = log::read(scratch.log, scratch.disk(), Offset{0}, Offset{5}, INT32_MAX, true).batches;
    const auto header = wire::check_batch(stored[0].bytes());
    REQUIRE(header.has_value());
    CHECK((header->codec() == wire::Codec::lz4 && header->record_count == 5));
}

TEST_CASE("a follower writes the leader's bytes as they are, and ignores a batch that is cut off") {
    ScratchLog leader, follower;
    for (int i = 0; i < 3; ++i) REQUIRE(leader.append(kEpoch, 2).has_value());
    const auto one = static_cast<u32>(plain_batch(2, 1000).size());
    const auto part = log::read(leader.log, leader.disk(), Offset{0}, Offset{6}, 2 * one + 10, true);
    REQUIRE(log::append_as_follower(follower.log, follower.context(), part.batches).has_value());
    CHECK(follower.log.next_offset == Offset{4});
    REQUIRE(follower.copy_from(leader).has_value());
    CHECK(follower.log.next_offset == Offset{6});
    CHECK(follower.log.epochs.entries == leader.log.epochs.entries);
    CHECK(follower.log.bytes() == leader.log.bytes());
}

TEST_CASE("a full disk refuses an append and leaves the log as it was") {
    ScratchLog scratch;
    REQUIRE(scratch.append(kEpoch, 1).has_value());
    scratch.machine.disks.of({0}).full = true;
    CHECK(refusal(scratch, plain_batch(1, 1000)) == ErrorCode::kafka_storage_error);
    scratch.machine.disks.of({0}).full = false;
    CHECK(scratch.log.next_offset == Offset{1});
    CHECK(offsets(scratch, 0, 1) == std::vector<i64>{0});
}

// ---- cutting ------------------------------------------------------------------------------------

TEST_CASE("a truncated log ends where it was cut, in files, indexes and epochs") {
    ScratchLog scratch = with_segments(3, 10);
    log::begin_epoch(scratch.log, scratch.context(), LeaderEpoch{4});
    REQUIRE(scratch.append(LeaderEpoch{4}, 1).has_value());
    REQUIRE(log::truncate_to(scratch.log, scratch.context(), Offset{5}).has_value());
    CHECK((scratch.log.next_offset == Offset{5} && scratch.log.segments.size() == 2 &&
           scratch.log.latest_epoch() == kEpoch));
    CHECK(offsets(scratch, 0, 5) == std::vector<i64>{0, 1, 2});
    CHECK(scratch.append(LeaderEpoch{5}, 1)->first_offset == Offset{5});
    for (const log::Segment& segment : scratch.log.segments)
        CHECK(segment.bytes == scratch.disk().size(segment.log_file));
}

TEST_CASE("a log that starts anew holds nothing of what it had") {
    ScratchLog scratch = with_segments(3, 10);
    REQUIRE(log::restart_at(scratch.log, scratch.context(), Offset{40}).has_value());
    CHECK((scratch.log.log_start == Offset{40} && scratch.log.next_offset == Offset{40} &&
           scratch.log.epochs.entries.empty()));
    CHECK(scratch.append(kEpoch, 1)->first_offset == Offset{40});
    CHECK(scratch.disk().list("t-0/00").size() == 3);  // one segment's files
}

// ---- retention ----------------------------------------------------------------------------------

TEST_CASE("only whole segments below the high watermark leave, and one stays to write to") {
    ScratchLog scratch = with_segments(3, 9);
    scratch.log.config.retention_ms = 0;
    scratch.now_ms = 1'000'000;
    CHECK(log::drop_old_segments(scratch.log, scratch.context(), Offset{5}) == 1);
    CHECK((scratch.log.log_start == Offset{3} && scratch.log.segments.size() == 2));
    CHECK(log::drop_old_segments(scratch.log, scratch.context(), Offset{9}) == 2);
    CHECK((scratch.log.log_start == Offset{9} && scratch.log.segments.size() == 1 && scratch.log.bytes() == 0));
    CHECK(log::drop_old_segments(scratch.log, scratch.context(), Offset{9}) == 0);
}

TEST_CASE("one record from the future pins its segment and all after it") {
    ScratchLog scratch = with_segments(2, 2);
    REQUIRE(scratch.append(kEpoch, 1, 9'000'000).has_value());
    for (int i = 0; i < 4; ++i) REQUIRE(scratch.append(kEpoch, 1, 1000).has_value());
    scratch.log.config.retention_ms = 1000;
    scratch.now_ms = 5'000'000;
    CHECK(log::drop_old_segments(scratch.log, scratch.context(), scratch.log.next_offset) == 1);
    CHECK(scratch.log.log_start == Offset{2});
}

TEST_CASE("a log start that was moved drops the segments behind it even where nothing else may") {
    ScratchLog scratch = with_segments(3, 9);
    scratch.log.config.cleanup_delete = false;
    log::advance_log_start(scratch.log, scratch.context(), Offset{7});
    CHECK(log::drop_old_segments(scratch.log, scratch.context(), Offset{9}) == 2);
    CHECK((scratch.log.log_start == Offset{7} && scratch.log.segments.front().base == Offset{6}));
}

// ---- coming back --------------------------------------------------------------------------------

TEST_CASE("a process that crashed finds its whole log in the page cache") {
    ScratchLog scratch = with_segments(3, 10);
    const log::Log again = reopened(scratch, false, Offset{0});
    CHECK((again.next_offset == Offset{10} && again.segments.size() == 4 && again.bytes() == scratch.log.bytes()));
    CHECK(again.epochs.entries == scratch.log.epochs.entries);
    CHECK(sim::digest_of(again.producers) == sim::digest_of(scratch.log.producers));
}

TEST_CASE("a machine without power keeps what was flushed") {
    ScratchLog scratch;
    REQUIRE(scratch.append(kEpoch, 3).has_value());
    log::flush(scratch.log, scratch.context());
    CHECK(scratch.log.recovery_point == Offset{3});
    REQUIRE(scratch.append(kEpoch, 2).has_value());
    CHECK(reopened(scratch, true, Offset{3}).next_offset == Offset{3});
}

TEST_CASE("a log ends at the first bad byte behind the recovery point, and later segments go") {
    ScratchLog scratch = with_segments(3, 10);
    const sim::FileId file = scratch.log.segments[1].log_file;
    const auto content = scratch.disk().read_bytes(file, 0, scratch.disk().size(file));
    const u64 one = plain_batch(1, 1000).size();
    scratch.disk().truncate(file, one);
    auto damaged = std::vector<u8>(content.begin() + static_cast<std::ptrdiff_t>(one),
                                   content.begin() + static_cast<std::ptrdiff_t>(2 * one));
    damaged.back() ^= 1;
    REQUIRE(scratch.disk().append(file, sim::Slice::whole(sim::Chunk::of(damaged))).has_value());
    const log::Log again = reopened(scratch, false, Offset{0});
    CHECK((again.next_offset == Offset{4} && again.segments.size() == 2));
    CHECK(again.bytes() == 4 * one);
}

TEST_CASE("indexes are what they were after every segment was read again") {
    ScratchLog scratch = with_segments(3, 10);
    const log::Log again = reopened(scratch, false, Offset{0});
    for (std::size_t i = 0; i < again.segments.size(); ++i) {
        CHECK(sim::digest_of(again.segments[i].index.entries) == sim::digest_of(scratch.log.segments[i].index.entries));
        CHECK(again.segments[i].max_timestamp == scratch.log.segments[i].max_timestamp);
    }
}
