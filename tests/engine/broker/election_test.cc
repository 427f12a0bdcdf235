#include <catch2/catch_test_macros.hpp>

#include "engine/broker/controller.h"
#include "tests/support/led_partition.h"

using namespace tests;
using broker::ElectionKind, broker::ElectionOutcome;

namespace {

struct Case {
    BrokerList replicas = brokers({1, 2, 3});
    BrokerList isr = brokers({1, 2, 3});
    BrokerList live = brokers({1, 2, 3});
    BrokerId leader = BrokerId{1};

    [[nodiscard]] ElectionOutcome elect(ElectionKind kind, bool unclean = false) const {
        return broker::elect_leader(kind, unclean, {replicas, isr, live, leader});
    }
};

}  // namespace

TEST_CASE("the first replica of the assignment that is alive and in sync becomes leader") {
    Case dead_leader;
    dead_leader.live = brokers({2, 3});
    const ElectionOutcome outcome = dead_leader.elect(ElectionKind::offline);
    CHECK((outcome.elected && !outcome.unclean && outcome.leader == BrokerId{2} && outcome.isr == brokers({2, 3})));
}

TEST_CASE("a replica that is alive but not in sync is taken only if the topic allows it, and is then alone") {
    Case only_stale;
    only_stale.isr = brokers({1});
    only_stale.live = brokers({2, 3});
    CHECK(only_stale.elect(ElectionKind::offline).refusal == ErrorCode::eligible_leaders_not_available);
    const ElectionOutcome outcome = only_stale.elect(ElectionKind::offline, true);
    CHECK((outcome.elected && outcome.unclean && outcome.leader == BrokerId{2} && outcome.isr == brokers({2})));
}

TEST_CASE("an unclean election still prefers a replica in sync") {
    Case one_in_sync;
    one_in_sync.isr = brokers({1, 3});
    one_in_sync.live = brokers({2, 3});
    const ElectionOutcome outcome = one_in_sync.elect(ElectionKind::offline, true);
    CHECK((outcome.leader == BrokerId{3} && !outcome.unclean));
}

TEST_CASE("where nobody lives nobody leads") {
    Case all_dead;
    all_dead.live = {};
    CHECK_FALSE(all_dead.elect(ElectionKind::offline, true).elected);
}

TEST_CASE("an unclean election that is asked for is not held while the leader is well") {
    CHECK(Case{}.elect(ElectionKind::unclean).refusal == ErrorCode::election_not_needed);
}

TEST_CASE("the preferred leader gets its place back if it is alive and in sync") {
    Case moved;
    moved.leader = BrokerId{2};
    CHECK(moved.elect(ElectionKind::preferred).leader == BrokerId{1});
    CHECK(Case{}.elect(ElectionKind::preferred).refusal == ErrorCode::election_not_needed);
    moved.isr = brokers({2, 3});
    CHECK(moved.elect(ElectionKind::preferred).refusal == ErrorCode::preferred_leader_not_available);
}
