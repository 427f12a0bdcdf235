// Replicas that move: by request, by a wish in ZooKeeper, called off, and held up by a broker that is down.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"
#include "tests/support/text.h"

using namespace tests;

namespace {

constexpr std::string_view kPlan = R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[2,3]}]})";
constexpr std::string_view kOptions = "kafka-reassign-partitions.sh {B} --reassignment-json-file plan.json ";

/// orders-0 on brokers 1 and 2, with records, and a plan that moves it to 2 and 3.
struct MovesStage : SmallCluster {
    MovesStage() {
        console().files["plan.json"] = kPlan;
        auto& kernel = world.machine.kernel;
        kernel.addresses[{kernel.names.intern("zookeeper"), zookeeper::kClientPort}] = world.find_node("zookeeper");
        REQUIRE(run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2").exit_code == 0);
        REQUIRE(run("echo one | kafka-console-producer.sh {B} --topic orders").exit_code == 0);
    }
    CommandRow move(std::string_view action) { return run(std::string(kOptions) + std::string(action)); }
    std::string described() { return run("kafka-topics.sh {B} --describe --topic orders").output; }
    std::string znode(const std::string& path) {
        const auto* node = world.nodes.front().as<zookeeper::ZkServer>().state.memory.tree.find(path);
        return node == nullptr ? "" : node->data.bytes;
    }
    std::size_t files(i32 broker) {
        return world.machine.disks.of(world.broker_node(BrokerId{broker})).list("orders-0/").size();
    }
};


}  // namespace

TEST_CASE("moves: a replica that is added copies the log, then the old one goes with its files") {
    MovesStage stage;
    const CommandRow begun = stage.move("--execute");
    CHECK(begun.output ==
          "Current partition replica assignment\n\n"
          R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2],"log_dirs":["any","any"]}]})"
          "\n\nSave this to use as the --reassignment-json-file option during rollback\n"
          "Successfully started partition reassignment for orders-0\n");
    stage.pass(sim::seconds(5));
    CHECK(has(stage.described(), "Leader: 2\tReplicas: 2,3\tIsr: 2,3"));
    CHECK((stage.files(1) == 0 && stage.files(3) > 0));
    CHECK(has(stage.znode("/brokers/topics/orders"), R"("partitions":{"0":[2,3]})"));
    CHECK(has(stage.znode("/brokers/topics/orders"), R"("adding_replicas":{},"removing_replicas":{})"));
    CHECK(stage.move("--verify").output ==
          "Status of partition reassignment:\nReassignment of partition orders-0 is completed.\n\n"
          "Clearing broker-level throttles on brokers 1,2,3\nClearing topic-level throttles on topic orders\n");
    CHECK(
        has(stage.run("kafka-console-consumer.sh {B} --topic orders --from-beginning --max-messages 1").output, "one"));
}

TEST_CASE("moves: what waits for a broker that is down is listed, and can be called off") {
    MovesStage stage;
    REQUIRE(stage.move("--execute --additional").exit_code == 0);
    stage.pass(sim::seconds(5));
    stage.console().files["plan.json"] =
        R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2]}]})";
    CHECK(has(stage.move("--execute").output, "Successfully started"));
    stage.kill(BrokerId{1});
    CHECK(has(stage.run("kafka-reassign-partitions.sh {B} --list").output,
              "Current partition reassignments:\norders-0: replicas: 1,2,3. adding: 1. removing: 3.\n"));
    CHECK(has(stage.move("--execute").output, "Cannot execute because there is an existing partition assignment."));
    CHECK(has(stage.move("--verify").output, "Reassignment of partition orders-0 is still in progress."));
    CHECK(has(stage.move("--cancel").output, "Successfully cancelled partition reassignment for: orders-0"));
    stage.pass(sim::seconds(2));
    CHECK(has(stage.described(), "Replicas: 2,3"));
    CHECK(has(stage.run("kafka-reassign-partitions.sh {B} --list").output, "No partition reassignments found."));
}

TEST_CASE("moves: a wish in ZooKeeper is carried out and taken away") {
    MovesStage stage;
    REQUIRE(
        stage.run("zookeeper-shell.sh zookeeper:2181 create /admin/reassign_partitions '" + std::string(kPlan) + "'")
            .exit_code == 0);
    stage.pass(sim::seconds(5));
    CHECK(has(stage.described(), "Replicas: 2,3\tIsr: 2,3"));
    CHECK(stage.world.nodes.front().as<zookeeper::ZkServer>().state.memory.tree.find("/admin/reassign_partitions") ==
          nullptr);
}

TEST_CASE("moves: a controller that takes over goes on with them") {
    MovesStage stage;
    REQUIRE(stage.move("--execute").exit_code == 0);
    stage.pass(sim::seconds(5));
    stage.kill(BrokerId{1});
    const std::string wish = R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[2,1]}]})";
    REQUIRE(stage.run("zookeeper-shell.sh zookeeper:2181 create /admin/reassign_partitions '" + wish + "'").exit_code ==
            0);
    stage.pass(sim::seconds(10));
    CHECK(has(stage.znode("/brokers/topics/orders"), R"("partitions":{"0":[2,1,3]})"));
    REQUIRE(stage.run("zookeeper-shell.sh zookeeper:2181 delete /controller").exit_code == 0);
    stage.pass(sim::seconds(2));
    stage.world.machine.start(stage.world.broker_node(BrokerId{1}));
    stage.pass(sim::seconds(15));
    CHECK(has(stage.znode("/brokers/topics/orders"), R"("partitions":{"0":[2,1]})"));
    CHECK(stage.znode("/admin/reassign_partitions").empty());
    CHECK(stage.files(3) == 0);
}

TEST_CASE("moves: mistakes are named") {
    MovesStage stage;
    stage.console().files["plan.json"] =
        R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,9]}]})";
    CHECK(has(stage.move("--execute").output, "Error: Unknown broker id 9\n"));
    CHECK(has(stage.move("--cancel").output, "None of the specified partition reassignments are active.\n"));
    CHECK(stage.run("kafka-reassign-partitions.sh {B} --list --verify").exit_code == 1);
    stage.console().files["plan.json"] =
        R"({"version":1,"partitions":[{"topic":"orders","partition":7,"replicas":[1,2]}]})";
    CHECK(stage.move("--execute").exit_code == 1);
}

TEST_CASE("moves: a plan is made up for topics over brokers, without the brokers that are not there") {
    MovesStage stage;
    stage.console().files["topics.json"] = R"({"version":1,"topics":[{"topic":"orders"}]})";
    const std::string made = stage
                                 .run(
                                     "kafka-reassign-partitions.sh {B} --topics-to-move-json-file topics.json "
                                     "--broker-list 3,2,9 --generate")
                                 .output;
    CHECK(
        has(made,
            "Current partition replica assignment\n"
            R"({"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2],"log_dirs":["any","any"]}]})"
            "\n\nProposed partition reassignment configuration\n"));
    CHECK((has(made, R"("replicas":[2,3])") || has(made, R"("replicas":[3,2])")));
    CHECK_FALSE(has(stage.described(), "Replicas: 2,3"));
}

TEST_CASE("moves: a plan that cannot be made up is refused") {
    MovesStage stage;
    stage.console().files["topics.json"] = R"({"version":1,"topics":[{"topic":"orders"}]})";
    const std::string command =
        "kafka-reassign-partitions.sh {B} --topics-to-move-json-file topics.json --generate --broker-list ";
    CHECK(has(stage.run(command + "1,2,1").output, "Error: Broker list contains duplicate entries: 1\n"));
    CHECK(has(stage.run(command + "3").output, "Error: Replication factor: 2 larger than available brokers: 1\n"));
    CHECK(stage.run("kafka-reassign-partitions.sh {B} --generate --broker-list 1").exit_code == 1);
}
