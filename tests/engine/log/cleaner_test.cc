// What of a compacted log is worth cleaning.
#include "engine/log/cleaner.h"

#include <catch2/catch_test_macros.hpp>

#include "app/proof/vectors/scratch_log.h"

using namespace engine;
using app::proof::vectors::plain_batch, app::proof::vectors::ScratchLog;

namespace {

constexpr LeaderEpoch kCleanerEpoch{3};
const i64 kBatchBytes = static_cast<i64>(plain_batch(1, 1000).size());

/// Segments [0, 3), [3, 6), [6, 9) and the active one with 9.
ScratchLog compacted_log() {
    ConfigMap config;
    config["cleanup.policy"] = "compact";
    config["min.cleanable.dirty.ratio"] = "0.4";
    config["segment.bytes"] = std::to_string(3 * kBatchBytes);
    ScratchLog scratch(config);
    for (i32 i = 0; i < 10; ++i) REQUIRE(scratch.append(kCleanerEpoch, 1, 1000 + i).has_value());
    REQUIRE(scratch.log.active().base == Offset{9});
    return scratch;
}

log::CleanRange range_from(ScratchLog& scratch, i64 checkpoint) {
    return log::cleanable_range(scratch.log, Offset{checkpoint}, scratch.log.next_offset, 2000);
}

}  // namespace

TEST_CASE("cleaner: clean and dirty bytes part where the last pass ended") {
    ScratchLog scratch = compacted_log();
    const log::CleanRange range = range_from(scratch, 6);
    CHECK((range.clean_bytes == static_cast<u64>(6 * kBatchBytes) &&
           range.dirty_bytes == static_cast<u64>(3 * kBatchBytes)));
    CHECK_FALSE(log::worth_cleaning(scratch.log, range));
    CHECK(range_from(scratch, 9).dirty_bytes == 0);
}

TEST_CASE(
    "cleaner: a segment in whose midst the dirty part begins is clean and dirty, so that a log that was cut is cleaned "
    "again") {
    ScratchLog scratch = compacted_log();
    const log::CleanRange range = range_from(scratch, 7);
    CHECK((range.clean_bytes == static_cast<u64>(9 * kBatchBytes) &&
           range.dirty_bytes == static_cast<u64>(3 * kBatchBytes)));
    const log::CleanRange earlier = range_from(scratch, 1);
    CHECK((earlier.clean_bytes == static_cast<u64>(3 * kBatchBytes) &&
           earlier.dirty_bytes == static_cast<u64>(9 * kBatchBytes)));
    CHECK(log::worth_cleaning(scratch.log, earlier));
}
