// Settings of brokers that change while they run (KIP-226). Outputs are those of Kafka 3.9.1 with ZooKeeper.
#include <catch2/catch_test_macros.hpp>

#include "engine/model/dynamic_config.h"
#include "tests/engine/tools/small_cluster.h"
#include "tests/support/text.h"

using namespace tests;

namespace {

struct ConfigStage : SmallCluster {
    std::string alter(std::string_view entity, std::string_view change) {
        const CommandRow row = run("kafka-configs.sh {B} --alter --entity-type brokers " + std::string(entity) + " " +
                                   std::string(change));
        return row.output + row.errors;
    }
    std::string described(std::string_view entity) {
        return run("kafka-configs.sh {B} --describe " + std::string(entity)).output;
    }
    const broker::BrokerMemory& memory(i32 id) {
        return world.nodes[world.broker_node(BrokerId{id}).value].as<broker::BrokerNode>().state.memory;
    }
};

constexpr std::string_view kOne = "--entity-name 1";
constexpr std::string_view kAll = "--entity-default";


}  // namespace

TEST_CASE("dynamic settings: one broker's own word stands before the one for all, and both before what it was given") {
    ConfigStage stage;
    CHECK(stage.alter(kOne, "--add-config log.cleaner.threads=2,leader.replication.throttled.rate=700") ==
          "Completed updating config for broker 1.\n");
    CHECK(stage.alter(kAll, "--add-config log.retention.ms=100000,leader.replication.throttled.rate=5") ==
          "Completed updating default config for brokers in the cluster.\n");
    CHECK(stage.described("--entity-type brokers --entity-name 1") ==
          "Dynamic configs for broker 1 are:\n"
          "  leader.replication.throttled.rate=700 sensitive=false "
          "synonyms={DYNAMIC_BROKER_CONFIG:leader.replication.throttled.rate=700, "
          "DYNAMIC_DEFAULT_BROKER_CONFIG:leader.replication.throttled.rate=5}\n"
          "  log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2, "
          "DEFAULT_CONFIG:log.cleaner.threads=1}\n");
    CHECK(
        stage.described("--entity-type brokers --entity-default") ==
        "Default configs for brokers in the cluster are:\n"
        "  leader.replication.throttled.rate=5 sensitive=false "
        "synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:leader.replication.throttled.rate=5}\n"
        "  log.retention.ms=100000 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=100000}\n");
    CHECK(stage.memory(1).quotas.leader.bytes_per_second == 700);
    CHECK(stage.memory(2).quotas.leader.bytes_per_second == 5);
    CHECK(stage.alter(kOne, "--delete-config leader.replication.throttled.rate") ==
          "Completed updating config for broker 1.\n");
    stage.pass(sim::seconds(1));
    CHECK(stage.memory(1).quotas.leader.bytes_per_second == 5);
}

TEST_CASE("dynamic settings: defaults of topics reach their logs and are shown where they come from") {
    ConfigStage stage;
    REQUIRE(stage.run("kafka-topics.sh {B} --create --topic mv --replica-assignment 1:2:3").exit_code == 0);
    REQUIRE(
        has(stage.alter(kAll, "--add-config min.insync.replicas=2,unclean.leader.election.enable=true"), "Completed"));
    stage.pass(sim::seconds(1));
    CHECK(stage.memory(1).partitions.begin()->second->log.config.min_insync_replicas == 2);
    const std::string topic = stage.described("--entity-type topics --entity-name mv --all");
    CHECK(has(topic,
              "  min.insync.replicas=2 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=2, "
              "DEFAULT_CONFIG:min.insync.replicas=1}\n"));
    CHECK(has(topic,
              "  unclean.leader.election.enable=true sensitive=false "
              "synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:unclean.leader.election.enable=true, "
              "DEFAULT_CONFIG:unclean.leader.election.enable=false}\n"));
    REQUIRE(has(stage.alter(kAll, "--delete-config min.insync.replicas"), "Completed"));
    stage.pass(sim::seconds(1));
    CHECK(stage.memory(1).partitions.begin()->second->log.config.min_insync_replicas == 1);
}

TEST_CASE("dynamic settings: a broker that starts again reads them") {
    ConfigStage stage;
    REQUIRE(has(stage.alter(kOne, "--add-config message.max.bytes=5000"), "Completed"));
    stage.kill(BrokerId{1});
    stage.pass(sim::seconds(8));
    stage.world.machine.start(stage.world.broker_node(BrokerId{1}));
    stage.pass(sim::seconds(8));
    CHECK(*stage.memory(1).dynamic.own.find("message.max.bytes") == "5000");
    CHECK(stage.memory(2).dynamic.own.empty());
}

TEST_CASE("dynamic settings: an unclean election that becomes allowed for all happens at once") {
    ConfigStage stage;
    REQUIRE(stage.run("kafka-topics.sh {B} --create --topic mv --replica-assignment 1:2").exit_code == 0);
    stage.kill(BrokerId{2});
    stage.pass(sim::seconds(40));
    stage.kill(BrokerId{1});
    stage.world.machine.start(stage.world.broker_node(BrokerId{2}));
    stage.pass(sim::seconds(20));
    const std::string servers = "--bootstrap-server localhost:9094";
    REQUIRE(has(stage.run("kafka-topics.sh " + servers + " --describe --topic mv").output, "Leader: none"));
    REQUIRE(stage
                .run("kafka-configs.sh " + servers +
                     " --alter --entity-type brokers --entity-default --add-config unclean.leader.election.enable=true")
                .exit_code == 0);
    stage.pass(sim::seconds(3));
    CHECK(has(stage.run("kafka-topics.sh " + servers + " --describe --topic mv").output, "Leader: 2"));
}

TEST_CASE("dynamic settings: mistakes are answered in the words of Kafka") {
    ConfigStage stage;
    const auto refusal = [&](std::string_view entity, std::string_view change) {
        const std::string text = stage.alter(entity, "--add-config " + std::string(change));
        constexpr std::string_view before = "Caused by: org.apache.kafka.common.errors.InvalidRequestException: ";
        const std::size_t at = text.find(before);
        return at == std::string::npos ? text
                                       : text.substr(at + before.size(), text.find('\n', at) - at - before.size());
    };
    CHECK(refusal(kOne, "broker.rack=x") == "Cannot update these configs dynamically: Set(broker.rack)");
    CHECK(refusal(kOne, "num.partitions=x") == "Cannot update these configs dynamically: Set(num.partitions)");
    CHECK(refusal(kOne, "log.cleaner.threads=x") ==
          "Invalid value x for configuration log.cleaner.threads: Not a number of type INT");
    CHECK(refusal(kOne, "leader.replication.throttled.rate=-1") ==
          "Invalid value -1 for configuration leader.replication.throttled.rate: Value must be at least 0");
    CHECK(refusal(kOne, "log.cleanup.policy=foo") ==
          "Invalid value foo for configuration log.cleanup.policy: String must be one of: compact, delete");
    CHECK(refusal(kAll, "listeners=PLAINTEXT://:1") ==
          "Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)");
    constexpr std::string_view wrap =
        "Invalid value org.apache.kafka.common.config.ConfigException: {} for configuration Invalid dynamic "
        "configuration";
    const auto wrapped = [&](std::string_view text) { return fmt::format(fmt::runtime(wrap), text); };
    CHECK(refusal(kOne, "log.cleaner.threads=8") ==
          wrapped("Log cleaner threads cannot be increased to more than double the current value 1"));
    CHECK(refusal(kOne, "num.io.threads=17") ==
          wrapped("Dynamic thread count update validation failed for num.io.threads=17, value should not be greater "
                  "than double the current value 8"));
    CHECK(refusal(kOne, "num.io.threads=3") ==
          wrapped("Dynamic thread count update validation failed for num.io.threads=3, value should be at least half "
                  "the current value 8"));
    CHECK(refusal(kOne, "num.replica.fetchers=0") ==
          wrapped(
              "Dynamic thread count update validation failed for num.replica.fetchers=0, value should be at least 1"));
    CHECK(stage.alter(kOne, "--delete-config log.retention.ms") == "Invalid config(s): log.retention.ms\n");
    CHECK(stage.alter("", "--add-config log.cleaner.threads=2") ==
          "an entity-name or default entity must be specified with --alter of users, clients, brokers or ips\n");
    CHECK(stage.memory(1).dynamic.own.empty());
}

TEST_CASE("dynamic settings: what nobody knows is kept as a secret") {
    ConfigStage stage;
    CHECK(stage.alter(kOne, "--add-config nosuch.config=1") == "Completed updating config for broker 1.\n");
    CHECK(has(stage.described("--entity-type brokers --entity-name 1"),
              "  nosuch.config=null sensitive=true synonyms={DYNAMIC_BROKER_CONFIG:nosuch.config=null}\n"));
    CHECK(stage.alter(kOne, "--add-config log.cleaner.threads=2") ==
          "All sensitive broker config entries must be specified for --alter, missing entries: Set(nosuch.config)\n");
}

TEST_CASE("dynamic settings: what was put into ZooKeeper by hand and does not fit is not taken") {
    const ConfigMap stored = [] {
        ConfigMap map;
        map["message.max.bytes"] = "many";
        map["broker.rack"] = "x";
        map["listeners"] = "PLAINTEXT://:1";
        map["log.retention.ms"] = "7";
        return map;
    }();
    CHECK(usable_dynamic_settings(stored, true).size() == 2);
    CHECK(usable_dynamic_settings(stored, false).size() == 1);
}

TEST_CASE("dynamic settings: topics without a name are described in the order of a Java set") {
    ConfigStage stage;
    for (const std::string topic : {"r1", "mv", "r3"})
        REQUIRE(stage.run("kafka-topics.sh {B} --create --topic " + topic).exit_code == 0);
    CHECK(stage.described("--entity-type topics") ==
          "Dynamic configs for topic r3 are:\nDynamic configs for topic mv are:\nDynamic configs for topic r1 are:\n");
}
