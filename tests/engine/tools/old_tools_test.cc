// The tools of 2.8, with --zookeeper and without. Texts are those of Kafka 2.8.2 and ZooKeeper 3.5.9.
#include <catch2/catch_test_macros.hpp>

#include "engine/model/java_hash.h"
#include "engine/tools/group_resets.h"
#include "engine/tools/java_text.h"
#include "engine/tools/shell_commands.h"
#include "tests/engine/tools/small_cluster.h"

using namespace tests;

namespace {

constexpr const char* kZookeeper = "--zookeeper localhost:2181";
constexpr const char* kDeprecated =
    "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.\n"
    "Use --bootstrap-server instead to specify a broker to connect to.\n";

SmallCluster old_cluster() {
    SmallCluster cluster(KafkaVersion::v2_8);
    REQUIRE(
        cluster.run(fmt::format("kafka-topics.sh {} --create --topic orders --replica-assignment 1:2,2:3", kZookeeper))
            .exit_code == 0);
    return cluster;
}

std::string shell(SmallCluster& cluster, const std::string& command) {
    const CommandRow row = cluster.run("zookeeper-shell.sh localhost:2181 " + command);
    const std::string connected = "WatchedEvent state:SyncConnected type:None path:null\n";
    const auto at = row.output.find(connected);
    return row.output.substr(at == std::string::npos ? 0 : at + connected.size()) + row.errors;
}

}  // namespace

TEST_CASE("2.8: a topic's settings are altered through ZooKeeper and the brokers hear of it") {
    SmallCluster cluster = old_cluster();
    const CommandRow altered = cluster.run(
        fmt::format("kafka-topics.sh {} --alter --topic orders --config retention.ms=7000", kZookeeper));
    CHECK(altered.exit_code == 0);
    CHECK(altered.output.ends_with("Updated config for topic orders.\n"));
    cluster.pass(sim::seconds(1));
    CHECK(cluster.run("kafka-configs.sh {B} --describe --entity-type topics --entity-name orders")
              .output.find("retention.ms=7000") != std::string::npos);
    CHECK(cluster.run(fmt::format("kafka-topics.sh {} --alter --topic orders --delete-config retention.ms", kZookeeper))
              .exit_code == 0);
    CHECK(cluster.run(fmt::format("kafka-configs.sh {} --describe --topic orders", kZookeeper)).output ==
          std::string(kDeprecated) + "Configs for topic 'orders' are \n");
}

TEST_CASE("2.8: an assignment for more partitions is passed over where there are partitions already") {
    SmallCluster cluster = old_cluster();
    REQUIRE(cluster
                .run(fmt::format(
                    "kafka-topics.sh {} --alter --topic orders --partitions 3 --replica-assignment 1:2,2:3,3:1",
                    kZookeeper))
                .exit_code == 0);
    CHECK(cluster.run("kafka-topics.sh {B} --describe --topic orders").output.find("PartitionCount: 3") !=
          std::string::npos);
}

TEST_CASE("2.8: a setting that is wrong never reaches ZooKeeper") {
    SmallCluster cluster = old_cluster();
    const CommandRow wrong = cluster.run(
        fmt::format("kafka-configs.sh {} --alter --topic orders --add-config retention.ms=x", kZookeeper));
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.errors.ends_with("org.apache.kafka.common.config.ConfigException: Invalid value x for configuration "
                                 "retention.ms: Not a number of type LONG\n"));
    CHECK(cluster.run(fmt::format("kafka-configs.sh {} --alter --topic orders --add-config color=red", kZookeeper))
              .errors == "Unknown topic config name: color\n");
}

TEST_CASE("2.8: settings of users and their clients are kept in ZooKeeper") {
    SmallCluster cluster = old_cluster();
    const std::string entity = "--entity-type users --entity-name ann --entity-type clients --entity-name app";
    CHECK(
        cluster.run(fmt::format("kafka-configs.sh {} --alter {} --add-config producer_byte_rate=1", kZookeeper, entity))
            .output ==
        std::string(kDeprecated) + "Completed updating config for entity: user-principal 'ann', client-id 'app'.\n");
    CHECK(cluster.run(fmt::format("kafka-configs.sh {} --describe {}", kZookeeper, entity)).output ==
          std::string(kDeprecated) + "Configs for user-principal 'ann', client-id 'app' are producer_byte_rate=1\n");
}

TEST_CASE("2.8: zookeeper-shell makes, changes and removes nodes") {
    SmallCluster cluster = old_cluster();
    CHECK(shell(cluster, "create /a one") == "Created /a\n");
    CHECK(shell(cluster, "create /a two") == "Node already exists: /a\n");
    CHECK(shell(cluster, "create /a/b") == "Created /a/b\n");
    CHECK(shell(cluster, "ls -R /a") == "/a\n/a/b\n");
    CHECK(shell(cluster, "delete /a") == "Node not empty: /a\n");
    CHECK(shell(cluster, "set -v 7 /a x") == "version No is not valid : /a\n");
    CHECK(shell(cluster, "deleteall /a").empty());
    CHECK(shell(cluster, "ls /a") == "Node does not exist: /a\n");
    CHECK(shell(cluster, "get /a") ==
          "org.apache.zookeeper.KeeperException$NoNodeException: KeeperErrorCode = NoNode for /a\n");
}

TEST_CASE("2.8: zookeeper-shell refuses what is no command before it is connected") {
    SmallCluster cluster = old_cluster();
    CHECK(cluster.run("zookeeper-shell.sh localhost:2181 frob /x").exit_code == 127);
    CHECK(shell(cluster, "get") == "Connecting to localhost:2181\nget [-s] [-w] path\n");
    CHECK(shell(cluster, "ls brokers") == "Connecting to localhost:2181\nPath must start with / character\n");
    CHECK(shell(cluster, "ls -x /") ==
          "Connecting to localhost:2181\n"
          "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: -x\n");
}

TEST_CASE("a path is complained of as ZooKeeper's client does it") {
    using tools::path_complaint;
    CHECK(path_complaint("/brokers/topics").empty());
    CHECK(path_complaint("/").empty());
    CHECK(path_complaint("") == "Path length must be > 0");
    CHECK(path_complaint("/a/") == "Path must not end with / character");
    CHECK(path_complaint("/a//b") == "Invalid path string \"/a//b\" caused by empty node name specified @3");
    CHECK(path_complaint("/a/..") == "Invalid path string \"/a/..\" caused by relative paths not allowed @4");
}

TEST_CASE("2.8: preferred leaders are elected by brokers or by a wish in ZooKeeper") {
    SmallCluster cluster = old_cluster();
    const std::string head =
        "This tool is deprecated. Please use kafka-leader-election tool. Tracking issue: KAFKA-8405\n";
    CHECK(cluster.run("kafka-preferred-replica-election.sh {B}").output == head);
    CHECK(cluster.run(fmt::format("kafka-preferred-replica-election.sh {}", kZookeeper)).output ==
          head + kDeprecated +
              "Created preferred replica election path with orders-0,orders-1\n"
              "Successfully started preferred replica election for partitions Set(orders-0, orders-1)\n");
}

TEST_CASE("more than four things come out of a set of Scala in the order of their hashes") {
    std::vector<std::string> names;
    std::vector<u32> hashes;
    for (const auto& [topic, partition] :
         {std::pair{"orders", 0}, {"keyed", 0}, {"keyed", 1}, {"compact", 0}, {"__consumer_offsets", 0},
          {"__consumer_offsets", 1}, {"__consumer_offsets", 2}, {"__consumer_offsets", 3}}) {
        names.push_back(fmt::format("{}-{}", topic, partition));
        hashes.push_back(31 * (31 + static_cast<u32>(partition)) + java_hash(topic));
    }
    tools::sort_as_scala_set(names, hashes);
    CHECK(names == std::vector<std::string>{"orders-0", "__consumer_offsets-3", "keyed-0", "keyed-1",
                                            "__consumer_offsets-0", "__consumer_offsets-1", "compact-0",
                                            "__consumer_offsets-2"});
}

TEST_CASE("2.8: GetOffsetShell names what is missing and shows the rest") {
    SmallCluster cluster = old_cluster();
    const std::string tool = "kafka-run-class.sh kafka.tools.GetOffsetShell --broker-list localhost:9092 ";
    CHECK(cluster.run(tool + "--topic orders --partitions 1,7").output == "orders:1:0\n");
    CHECK(cluster.run(tool + "--topic orders --partitions 1,7").errors == "Error: partition 7 does not exist\n");
    CHECK(cluster.run(tool + "--topic nope").errors == "Topic nope does not exist\n");
    CHECK(
        cluster.run(tool + "--topic orders --time latest").errors ==
        "Exception in thread \"main\" joptsimple.OptionArgumentConversionException: Cannot parse argument 'latest' of "
        "option time\n");
}

TEST_CASE("2.8: groups are deleted together, and what became of each is told at the end") {
    SmallCluster cluster = old_cluster();
    REQUIRE(cluster.run("kafka-consumer-groups.sh {B} --reset-offsets --group a --topic orders --to-earliest --execute")
                .exit_code == 0);
    const CommandRow row = cluster.run("kafka-consumer-groups.sh {B} --delete --group a --group nope");
    CHECK(row.exit_code == 0);
    CHECK(row.output ==
          "\nError: Deletion of some consumer groups failed:\n* Group 'nope' could not be deleted due to: "
          "java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.GroupIdNotFoundException: The group "
          "id does not exist.\n\nThese consumer groups were deleted successfully: 'a'\n");
}

TEST_CASE("2.8: a reset that cannot be carried out says why") {
    SmallCluster cluster = old_cluster();
    const auto reset = [&](const std::string& what) {
        return cluster.run("kafka-consumer-groups.sh {B} --reset-offsets --group g --dry-run " + what);
    };
    CHECK(reset("--topic orders --shift-by 1")
              .errors.starts_with("Cannot shift offset for partition orders-0 since there is no current committed "
                                  "offset\n"));
    const CommandRow unknown = reset("--topic nope --to-latest");
    CHECK(unknown.exit_code == 0);
    CHECK(unknown.output ==
          "\nError: Executing consumer group command failed due to "
          "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host this "
          "topic-partition.\n");
    CHECK(reset("--topic orders --to-offset x").output ==
          "\nError: Executing consumer group command failed due to Cannot parse argument 'x' of option to-offset\n");
    CHECK(reset("--topic orders:y --to-latest").errors.starts_with("For input string: \"y\"\n"));
}

TEST_CASE("a plan of offsets is read from a file, for one group or for several") {
    SmallCluster cluster = old_cluster();
    cluster.console().files["one.csv"] = "orders,0,5\n";
    cluster.console().files["two.csv"] = "g,orders,0,5\nh,orders,1,6\n";
    const std::string tool = "kafka-consumer-groups.sh {B} --reset-offsets --dry-run --export ";
    CHECK(cluster.run(tool + "--group g --from-file one.csv").output == "orders,0,0\n\n");
    CHECK(cluster.run(tool + "--group g --group h --from-file two.csv").output == "g,orders,0,0\nh,orders,1,0\n\n");
}

TEST_CASE("a moment is read with its zone, and without one as UTC") {
    CHECK(tools::parse_datetime("1970-01-02T00:00:00.000") == 86'400'000);
    CHECK(tools::parse_datetime("1970-01-02T02:00:00.000+02:00") == 86'400'000);
    CHECK(tools::parse_datetime("1970-01-02T00:00:00.000Z") == 86'400'000);
    CHECK(tools::parse_datetime("yesterday").error().message.starts_with("Error parsing timestamp."));
    CHECK(tools::parse_datetime("1970-01-02T00:00:00").error().message == "Unparseable date: \"1970-01-02T00:00:00Z\"");
}

TEST_CASE("2.8: lines before a bad one are sent all the same") {
    SmallCluster cluster = old_cluster();
    const CommandRow row = cluster.run(
        "printf 'a:1\\nbad\\nc:3\\n' | kafka-console-producer.sh --broker-list localhost:9092 --topic orders "
        "--property parse.key=true --property key.separator=:");
    CHECK(row.exit_code == 1);
    CHECK(row.errors == "org.apache.kafka.common.KafkaException: No key found on line 2: bad\n");
    CHECK(cluster.run("kafka-console-consumer.sh {B} --topic orders --from-beginning --timeout-ms 9000").output ==
          "1\n");
}

TEST_CASE("2.8: a value is shown by the deserializer that is named") {
    SmallCluster cluster = old_cluster();
    REQUIRE(cluster
                .run("printf '12345678\\n' | kafka-console-producer.sh --broker-list localhost:9092 --topic orders")
                .exit_code == 0);
    const std::string consumer = "kafka-console-consumer.sh {B} --topic orders --from-beginning --max-messages 1 ";
    CHECK(
        cluster.run(consumer + "--value-deserializer org.apache.kafka.common.serialization.LongDeserializer").output ==
        "3544952156018063160\n");
    const CommandRow wrong =
        cluster.run(consumer + "--value-deserializer org.apache.kafka.common.serialization.IntegerDeserializer");
    CHECK(wrong.exit_code == 1);
    CHECK(wrong.errors.find("Size of data received by IntegerDeserializer is not 4") != std::string::npos);
}

TEST_CASE("a setting that is no number in ZooKeeper is passed over by the brokers, and what fits is taken") {
    SmallCluster cluster = old_cluster();
    shell(cluster,
          R"(set /config/topics/orders '{"version":1,"config":{"retention.ms":"soon","max.message.bytes":"77"}}')");
    shell(cluster, R"(create /config/changes/config_change_0000000009 '{"version":2,"entity_path":"topics/orders"}')");
    cluster.pass(sim::seconds(2));
    CHECK(cluster.run("kafka-topics.sh {B} --describe --topic orders").exit_code == 0);
    const CommandRow described =
        cluster.run("kafka-configs.sh {B} --describe --entity-type topics --entity-name orders");
    CHECK(described.output.find("max.message.bytes=77") != std::string::npos);
}

TEST_CASE("JSON of another shape than a tool expects ends the tool and nothing else") {
    SmallCluster cluster = old_cluster();
    for (const char* wrong : {R"({"partitions":5})", R"({"partitions":[7]})", R"({"partitions":[{"topic":5}]})",
                              R"({"partitions":[{"topic":"orders","partition":"a","replicas":"b"}]})", "[1]"}) {
        INFO(wrong);
        tools::write_file(cluster.console(), "plan.json", wrong);
        CHECK(cluster.run("kafka-reassign-partitions.sh {B} --reassignment-json-file plan.json --execute").exit_code ==
              1);
        CHECK(
            cluster.run(fmt::format("kafka-preferred-replica-election.sh {} --path-to-json-file plan.json", kZookeeper))
                .exit_code == 1);
        CHECK(cluster.run("kafka-leader-election.sh {B} --election-type preferred --path-to-json-file plan.json")
                  .exit_code == 1);
    }
    shell(cluster, R"(set /brokers/topics/orders '{"partitions":{"0":"x"}}')");
    CHECK(cluster.run(fmt::format("kafka-topics.sh {} --describe --topic orders", kZookeeper)).exit_code == 1);
    CHECK(cluster.run(fmt::format("kafka-preferred-replica-election.sh {}", kZookeeper)).exit_code <= 1);
    CHECK(cluster.run(fmt::format("kafka-topics.sh {} --list", kZookeeper)).exit_code == 0);
}
