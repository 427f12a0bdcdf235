// Throttled moves of replicas (KIP-73). Outputs and znodes are those of Kafka 3.9.1 with ZooKeeper.
#include <catch2/catch_test_macros.hpp>

#include "engine/broker/replication_quota.h"
#include "tests/engine/tools/small_cluster.h"
#include "tests/support/text.h"

using namespace tests;
using broker::QuotaWindow;
using broker::ReplicationQuota;

namespace {

constexpr std::string_view kThrottledPlan =
    R"({"version":1,"partitions":[{"topic":"mv","partition":0,"replicas":[3,1]},{"topic":"mv","partition":1,"replicas":[1,2]}]})";
constexpr std::string_view kPlanText =
    "Current partition replica assignment\n\n"
    R"({"version":1,"partitions":[{"topic":"mv","partition":0,"replicas":[1,2],"log_dirs":["any","any"]},)"
    R"({"topic":"mv","partition":1,"replicas":[2,3],"log_dirs":["any","any"]}]})"
    "\n\nSave this to use as the --reassignment-json-file option during rollback\n";
constexpr std::string_view kWarning =
    "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is "
    "removed.\n";

/// mv-0 on brokers 1 and 2, mv-1 on 2 and 3 with so many records of 400 kB, and a plan that moves both.
struct ThrottleStage : SmallCluster {
    explicit ThrottleStage(int records) {
        console().files["plan.json"] = kThrottledPlan;
        REQUIRE(run("kafka-topics.sh {B} --create --topic mv --replica-assignment 1:2,2:3").exit_code == 0);
        for (int i = 0; i < records; ++i) REQUIRE(produce(400'000).errors.empty());
    }
    CommandRow produce(std::size_t bytes) {
        return run("echo " + std::string(bytes, 'x') +
                   " | kafka-console-producer.sh {B} --topic mv --producer-property acks=all");
    }
    CommandRow move(std::string_view options) {
        return run("kafka-reassign-partitions.sh {B} --reassignment-json-file plan.json " + std::string(options));
    }
    std::string described(std::string_view entity) {
        return run("kafka-configs.sh {B} --describe " + std::string(entity)).output;
    }
    bool moves_on() { return run("kafka-reassign-partitions.sh {B} --list").output.starts_with("Current"); }
};


}  // namespace

TEST_CASE("throttles: a rate is what went through since the oldest sample, or in one second at least") {
    const QuotaWindow window{11, 1000};
    ReplicationQuota quota;
    quota.bytes_per_second = 1000;
    CHECK_FALSE(is_exceeded(quota, window, 0));
    record_bytes(quota, window, 10'000, 1000);
    CHECK_FALSE(is_exceeded(quota, window, 10'000));       // 1000 in the first second
    record_bytes(quota, window, 10'500, 1);
    CHECK(is_exceeded(quota, window, 10'500));             // 1001
    CHECK(is_exceeded(quota, window, 11'000));
    CHECK_FALSE(is_exceeded(quota, window, 11'001));       // 1001 in 1.001 seconds
    record_bytes(quota, window, 14'000, 9000);
    CHECK(is_exceeded(quota, window, 20'000));             // 10 001 in 10 seconds
    CHECK_FALSE(is_exceeded(quota, window, 20'001));
    CHECK_FALSE(is_exceeded(quota, window, 21'499));
    CHECK(is_exceeded(quota, window,
                      21'500));  // the first sample is forgotten 11 s after its last byte: 9000 in 7.5 seconds
    CHECK(quota.samples.size() == 2);
}

TEST_CASE("throttles: a list names replicas by partition and broker, a star names all") {
    CHECK(broker::names_replica("*", 7, BrokerId{3}));
    CHECK(broker::names_replica("0:1,10:3", 10, BrokerId{3}));
    CHECK_FALSE(broker::names_replica("0:1,10:3", 0, BrokerId{3}));
    CHECK_FALSE(broker::names_replica("10:31", 10, BrokerId{3}));
    CHECK_FALSE(broker::names_replica("", 0, BrokerId{1}));
    CHECK_FALSE(broker::names_replica("none", 0, BrokerId{1}));
}

TEST_CASE("throttles: the tool sets limits and marks replicas before it moves, and takes both away at the end") {
    ThrottleStage stage(0);
    CHECK(stage.move("--execute --throttle 500000").output ==
          std::string(kPlanText) + std::string(kWarning) +
              "The inter-broker throttle limit was set to 500000 B/s\n"
              "Successfully started partition reassignments for mv-0,mv-1\n");
    CHECK(stage.described("--entity-type brokers --entity-name 1") ==
          "Dynamic configs for broker 1 are:\n"
          "  follower.replication.throttled.rate=500000 sensitive=false "
          "synonyms={DYNAMIC_BROKER_CONFIG:follower.replication.throttled.rate=500000}\n"
          "  leader.replication.throttled.rate=500000 sensitive=false "
          "synonyms={DYNAMIC_BROKER_CONFIG:leader.replication.throttled.rate=500000}\n");
    CHECK(stage.described("--entity-type topics --entity-name mv") ==
          "Dynamic configs for topic mv are:\n"
          "  follower.replication.throttled.replicas=0:3,1:1 sensitive=false "
          "synonyms={DYNAMIC_TOPIC_CONFIG:follower.replication.throttled.replicas=0:3,1:1}\n"
          "  leader.replication.throttled.replicas=0:1,0:2,1:2,1:3 sensitive=false "
          "synonyms={DYNAMIC_TOPIC_CONFIG:leader.replication.throttled.replicas=0:1,0:2,1:2,1:3}\n");
    stage.pass(sim::seconds(5));
    CHECK(stage.move("--verify").output ==
          "Status of partition reassignment:\nReassignment of partition mv-0 is completed.\nReassignment of partition "
          "mv-1 is completed.\n\n"
          "Clearing broker-level throttles on brokers 1,2,3\nClearing topic-level throttles on topic mv\n");
    CHECK(stage.described("--entity-type brokers") ==
          "Dynamic configs for broker 1 are:\nDynamic configs for broker 2 are:\nDynamic configs for broker 3 are:\n"
          "Default configs for brokers in the cluster are:\n");
    CHECK(stage.described("--entity-type topics --entity-name mv") == "Dynamic configs for topic mv are:\n");
}

TEST_CASE("throttles: a move takes as long as its limit says, and no longer when the limit is lifted") {
    ThrottleStage free(8);
    REQUIRE(free.move("--execute").exit_code == 0);
    free.pass(sim::seconds(3));
    CHECK_FALSE(free.moves_on());

    ThrottleStage slow(8);
    const Nanos begun = slow.world.machine.kernel.now;
    REQUIRE(slow.move("--execute --throttle 20000").exit_code == 0);
    slow.pass(sim::seconds(6));
    CHECK(slow.moves_on());  // one answer of 1 MB is more than the samples of 11 seconds may hold
    CHECK(has(slow.move("--verify").output, " is still in progress.\n"));
    REQUIRE(has(slow.move("--execute --additional --throttle 100000000").output,
                "The inter-broker throttle limit was set to 100000000 B/s\n"));
    slow.pass(sim::seconds(5));
    CHECK_FALSE(slow.moves_on());
    CHECK(slow.world.machine.kernel.now - begun < sim::seconds(50));
}

TEST_CASE("throttles: replicas in sync are never held back") {
    ThrottleStage stage(0);
    for (const std::string broker : {"1", "2", "3"})
        REQUIRE(stage
                    .run("kafka-configs.sh {B} --alter --entity-type brokers --entity-name " + broker +
                         " --add-config leader.replication.throttled.rate=1,follower.replication.throttled.rate=1")
                    .exit_code == 0);
    REQUIRE(stage
                .run("kafka-configs.sh {B} --alter --entity-type topics --entity-name mv "
                     "--add-config leader.replication.throttled.replicas=*,follower.replication.throttled.replicas=*")
                .exit_code == 0);
    for (int i = 0; i < 6; ++i) CHECK(stage.produce(2000).errors.empty());
    const std::string topic = stage.run("kafka-topics.sh {B} --describe --topic mv").output;
    CHECK((has(topic, "Replicas: 1,2\tIsr: 1,2\t") && has(topic, "Replicas: 2,3\tIsr: 2,3\t")));
}

TEST_CASE("throttles: what is no limit is refused, less than none is none") {
    ThrottleStage stage(0);
    CHECK(stage.move("--execute --throttle abc")
              .output.starts_with(
                  "Error: Cannot parse argument 'abc' of option throttle\n"
                  "joptsimple.OptionArgumentConversionException: Cannot parse argument 'abc' of option throttle\n"));
    CHECK(stage.move("--execute --throttle -1").output ==
          std::string(kPlanText) + "Successfully started partition reassignments for mv-0,mv-1\n");
    CHECK(stage.described("--entity-type brokers --entity-name 2") == "Dynamic configs for broker 2 are:\n");
}

TEST_CASE("throttles: a cancelled move ends its line only when throttles stay") {
    ThrottleStage stage(0);
    CHECK(stage.move("--cancel").output ==
          "None of the specified partition reassignments are active.\n"
          "None of the specified partition moves are active.Clearing broker-level throttles on brokers 1,2,3\n"
          "Clearing topic-level throttles on topic mv\n");
    CHECK(stage.move("--cancel --preserve-throttles").output ==
          "None of the specified partition reassignments are active.\nNone of the specified partition moves are "
          "active.\n");
}
