#include "engine/broker/offset_lookup.h"

#include <catch2/catch_test_macros.hpp>

#include "app/proof/vectors/scratch_log.h"

using namespace engine;
using namespace engine::broker;
using app::proof::vectors::ScratchLog;

namespace {

/// Six records at 1000, 1001, ..; those below 4 are committed.
struct Led {
    Led() {
        for (i64 n = 0; n < 6; ++n) REQUIRE(scratch.append(LeaderEpoch{n < 3 ? 1 : 2}, 1, 1000 + n).has_value());
        partition.log = scratch.log;
        partition.leader_epoch = LeaderEpoch{2};
        partition.epoch_start = Offset{3};
        partition.high_watermark = Offset{4};
    }
    OffsetLookup ask(i64 timestamp, bool is_replica = false) {
        return look_up_offset(partition, scratch.disk(), timestamp, partition.readable_end(is_replica, false),
                              is_replica);
    }
    ScratchLog scratch;
    Partition partition;
};

}  // namespace

TEST_CASE("the ends of a partition are told with their epochs") {
    Led led;
    CHECK((led.ask(kEarliest).offset == Offset{0} && led.ask(kEarliest).epoch == LeaderEpoch{1}));
    CHECK((led.ask(kLatest).offset == Offset{4} && led.ask(kLatest).epoch == LeaderEpoch{2}));
    CHECK(led.ask(kLatest, true).offset == Offset{6});
}

TEST_CASE("a time is answered by the first record that is not older") {
    Led led;
    CHECK((led.ask(1002).offset == Offset{2} && led.ask(1002).timestamp == 1002));
    CHECK((led.ask(0).offset == Offset{0} && led.ask(1003).epoch == LeaderEpoch{2}));
}

TEST_CASE("a record that is not committed is not told to consumers") {
    Led led;
    CHECK((led.ask(1004).offset == kNoOffset && led.ask(1004).error == ErrorCode::none));
    CHECK(led.ask(1004, true).offset == Offset{4});
    CHECK(led.ask(9999, true).offset == kNoOffset);
}

TEST_CASE("a leader that does not know yet what was committed before it says so") {
    Led led;
    led.partition.high_watermark = Offset{2};
    CHECK(led.ask(kLatest).error == ErrorCode::offset_not_available);
    CHECK(led.ask(1003).error == ErrorCode::offset_not_available);
    CHECK((led.ask(1001).offset == Offset{1} && led.ask(kEarliest).offset == Offset{0}));
    CHECK(led.ask(kLatest, true).offset == Offset{6});
}
