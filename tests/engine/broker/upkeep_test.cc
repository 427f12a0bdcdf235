// What brokers do with logs, topics, groups and themselves when somebody, or time, asks for it: through tools and
// verbs.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"
#include "tests/support/small_world.h"

using namespace tests;

namespace {

std::vector<std::string> files_of(const World& world, i32 broker, const std::string& folder) {
    return world.machine.disks.of(world.broker_node(BrokerId{broker})).list(folder + "/");
}

bool any_ends_with(const std::vector<std::string>& names, std::string_view ending) {
    return std::ranges::any_of(names, [&](const std::string& name) { return name.ends_with(ending); });
}

}  // namespace

TEST_CASE("upkeep: a topic that is deleted leaves brokers, metadata and ZooKeeper") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2:3").exit_code == 0);
    REQUIRE(!files_of(cluster.world, 1, "orders-0").empty());
    CHECK(cluster.run("kafka-topics.sh {B} --delete --topic orders").exit_code == 0);
    cluster.pass(sim::seconds(2));
    CHECK(cluster.run("kafka-topics.sh {B} --list").output == "\n");
    for (const i32 broker : {1, 2, 3}) CHECK(files_of(cluster.world, broker, "orders-0").empty());
    const auto& tree = cluster.world.nodes.front().as<zookeeper::ZkServer>().state.memory.tree;
    CHECK(tree.find("/brokers/topics/orders") == nullptr);
    CHECK(tree.find("/admin/delete_topics/orders") == nullptr);
    CHECK(cluster.run("kafka-topics.sh {B} --create --topic orders --partitions 2").exit_code == 0);
}

TEST_CASE("upkeep: a replica on a dead broker holds the deletion of its topic up") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2").exit_code == 0);
    cluster.kill(BrokerId{2});
    cluster.pass(sim::seconds(10));
    (void)cluster.run("kafka-topics.sh {B} --delete --topic orders");
    cluster.pass(sim::seconds(5));
    const auto& tree = cluster.world.nodes.front().as<zookeeper::ZkServer>().state.memory.tree;
    CHECK(tree.find("/brokers/topics/orders") != nullptr);
    cluster.world.machine.start(cluster.world.broker_node(BrokerId{2}));
    cluster.pass(sim::seconds(10));
    CHECK(cluster.world.nodes.front().as<zookeeper::ZkServer>().state.memory.tree.find("/brokers/topics/orders") ==
          nullptr);
    CHECK(files_of(cluster.world, 2, "orders-0").empty());
}

TEST_CASE(
    "upkeep: a broker that lost its session and comes back to a deletion that waits for it forgets the topic too") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:3,3:2").exit_code == 0);
    const NodeId sleeper = cluster.world.broker_node(BrokerId{1});
    const auto cached = [&] {
        const auto& memory = cluster.world.nodes[sleeper.value].as<broker::BrokerNode>().state.memory;
        return memory.metadata.topics->contains(cluster.world.kernel().names.find("orders"));
    };
    cluster.pass(sim::seconds(1));
    REQUIRE(cached());
    cluster.world.machine.pause(sleeper);
    cluster.pass(sim::seconds(10));
    (void)cluster.run("kafka-topics.sh --bootstrap-server localhost:9093 --delete --topic orders");
    cluster.pass(sim::seconds(2));
    cluster.world.machine.resume(sleeper);
    cluster.pass(sim::seconds(10));
    CHECK_FALSE(cached());
    CHECK(files_of(cluster.world, 1, "orders-0").empty());
}

TEST_CASE("upkeep: a log of a topic's earlier life is not used when the topic is made anew") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2").exit_code == 0);
    REQUIRE(cluster.run("echo old | kafka-console-producer.sh {B} --topic orders").exit_code == 0);
    const NodeId second = cluster.world.broker_node(BrokerId{2});
    const auto replica = [&]() -> const broker::Partition& {
        const auto& memory = cluster.world.nodes[second.value].as<broker::BrokerNode>().state.memory;
        return *memory.partitions.at(TopicPartition{cluster.world.kernel().names.find("orders"), 0});
    };
    cluster.pass(sim::seconds(1));
    REQUIRE(replica().log_end_offset() == Offset{1});
    auto& kept =
        cluster.world.nodes[second.value].edit_as<broker::BrokerNode>().state.memory.partitions.begin()->second.edit();
    kept.topic_id.bytes[0] ^= 1;   // as if it were another topic's
    const wire::Uuid other = kept.topic_id;
    cluster.kill(BrokerId{1});
    cluster.pass(sim::seconds(12));
    CHECK(replica().topic_id == other);
    CHECK_FALSE(replica().leads());
    CHECK(replica().log_end_offset() == Offset{1});
}

TEST_CASE("upkeep: a topic gets more partitions, but never fewer") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2").exit_code == 0);
    CHECK(cluster.run("kafka-topics.sh {B} --alter --topic orders --partitions 3").exit_code == 0);
    CHECK(cluster.run("kafka-topics.sh {B} --describe --topic orders").output.find("PartitionCount: 3") !=
          std::string::npos);
    CHECK(cluster.run("kafka-topics.sh {B} --alter --topic orders --partitions 2")
              .output.find("Topic currently has 3 partitions, which is higher than the requested 2.") !=
          std::string::npos);
}

TEST_CASE(
    "upkeep: a broker that is stopped hands its leadership over at once and starts again without reading its log") {
    Stage stage;
    stage.run_to(sim::seconds(6));
    const auto acked = stage.acked();
    CHECK(stage.act("stop broker 1").empty());
    stage.pass(sim::seconds(1));
    CHECK(stage.state("broker 1") == sim::HostState::down);
    CHECK(stage.leader() == 2);
    stage.pass(sim::seconds(2));
    CHECK(stage.acked() > acked);
    CHECK(any_ends_with(stage.world.machine.disks.of(stage.world.broker_node(BrokerId{1})).list(""),
                        ".kafka_cleanshutdown"));
    CHECK(stage.act("restart broker 1").empty());
    stage.pass(sim::seconds(5));
    CHECK_FALSE(any_ends_with(stage.world.machine.disks.of(stage.world.broker_node(BrokerId{1})).list(""),
                              ".kafka_cleanshutdown"));
}

TEST_CASE("upkeep: groups are listed, described and reset by the tool, and unknown ones are said to be unknown") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2:3").exit_code == 0);
    CHECK(cluster.run("kafka-consumer-groups.sh {B} --reset-offsets --group g --topic orders --to-earliest --execute")
              .exit_code == 0);
    CHECK(cluster.run("kafka-consumer-groups.sh {B} --list").output == "g\n");
    CHECK(cluster.run("kafka-consumer-groups.sh {B} --describe --group nosuch").output ==
          "\nError: Consumer group 'nosuch' does not exist.\n");
    const CommandRow described = cluster.run("kafka-consumer-groups.sh {B} --describe --group g");
    CHECK(described.output.find("g               orders          0          0               0               0") !=
          std::string::npos);
    CHECK(described.errors == "\nConsumer group 'g' has no active members.\n");
    CHECK(cluster.run("kafka-consumer-groups.sh {B} --delete --group g").output ==
          "Deletion of requested consumer groups ('g') was successful.\n");
    CHECK(cluster.run("kafka-consumer-groups.sh {B} --list").output.empty());
    CHECK(cluster.run("kafka-get-offsets.sh {B} --topic orders").output == "orders:0:0\n");
}
