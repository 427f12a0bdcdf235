// Outputs are those of real tools (3.9.1 and 2.8.2) where they do not depend on a random id.
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"

using namespace tests;

namespace {

/// A cluster with the topic orders on brokers 1, 2, 3.
SmallCluster with_orders(KafkaVersion version = KafkaVersion::v3_9) {
    SmallCluster cluster(version);
    REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2:3").exit_code == 0);
    return cluster;
}

/// The text from the first "Configs:" on: what stands before it has a random id.
std::string from_configs(const std::string& text) { return text.substr(text.find("Configs:")); }

}  // namespace

TEST_CASE("tools: a topic is created, listed and described") {
    SmallCluster cluster;
    CHECK(
        cluster
            .run(
                "kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=2")
            .output == "Created topic orders.\n");
    CHECK(cluster.run("kafka-topics {B} --list").output == "orders\n");
    const CommandRow described = cluster.run("kafka-topics.sh {B} --describe --topic orders");
    CHECK(described.exit_code == 0);
    CHECK(described.output.starts_with("Topic: orders\tTopicId: "));
    CHECK(from_configs(described.output) ==
          "Configs: min.insync.replicas=2\n\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\tElr: "
          "\tLastKnownElr: \n");
}

TEST_CASE("tools: 2.8 describes without the columns of later versions") {
    SmallCluster cluster = with_orders(KafkaVersion::v2_8);
    CHECK(from_configs(cluster.run("kafka-topics.sh {B} --describe").output) ==
          "Configs: \n\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\n");
}

TEST_CASE("tools: a topic that exists is refused, unless that is allowed") {
    SmallCluster cluster = with_orders();
    const CommandRow refused = cluster.run("kafka-topics.sh {B} --create --topic orders");
    CHECK(refused.exit_code == 1);
    CHECK(refused.output == "Error while executing topic command : Topic 'orders' already exists.\n");
    CHECK(
        refused.errors.ends_with("] ERROR org.apache.kafka.common.errors.TopicExistsException: Topic 'orders' already "
                                 "exists.\n (org.apache.kafka.tools.TopicCommand)\n"));
    const CommandRow allowed =
        cluster.run("kafka-topics.sh {B} --create --if-not-exists --topic orders --partitions 9");
    CHECK((allowed.exit_code == 0 && allowed.output.empty()));
}

TEST_CASE("tools: mistakes are answered in the words of Kafka") {
    SmallCluster cluster;
    CHECK(cluster.run("kafka-topics.sh {B} --create --topic big --replication-factor 4 --partitions 1").output ==
          "Error while executing topic command : Replication factor: 4 larger than available brokers: 3.\n");
    CHECK(cluster.run("kafka-topics.sh {B} --create --topic z --partitions two").output ==
          "Error while executing topic command : Cannot parse argument 'two' of option partitions\n");
    CHECK(cluster.run("kafka-topics.sh {B} --describe --topic nosuch").output ==
          "Error while executing topic command : Topic 'Optional[nosuch]' does not exist as expected\n");
    CHECK(cluster.run("kafka-topics.sh --zookeeper localhost:2181 --list").errors ==
          "zookeeper is not a recognized option\njoptsimple.UnrecognizedOptionException: zookeeper is not a recognized "
          "option\n");
    CHECK(cluster.run("kafka-topics.sh --list").errors ==
          "--bootstrap-server must be specified\njava.lang.IllegalArgumentException: --bootstrap-server must be "
          "specified\n");
    CHECK(cluster.run("kafka-topics.sh {B} --create --partitions 1")
              .errors.starts_with("Missing required argument \"[topic]\"\n"));
}

TEST_CASE("tools: 2.8 words some mistakes in another way") {
    SmallCluster cluster(KafkaVersion::v2_8);
    CHECK(cluster.run("kafka-topics.sh {B} --create --topicc x").errors ==
          "Exception in thread \"main\" joptsimple.UnrecognizedOptionException: topicc is not a recognized option\n");
    CHECK(cluster.run("kafka-topics.sh {B} --describe --topic nosuch").output ==
          "Error while executing topic command : Topic 'nosuch' does not exist as expected\n");
}

TEST_CASE("tools: a cluster that does not answer is given up after default.api.timeout.ms") {
    SmallCluster cluster;
    tools::write_file(cluster.console(), "<data>/short.properties",
                      "default.api.timeout.ms=3000\nrequest.timeout.ms=2000\n");
    const Nanos before = cluster.world.machine.kernel.now;
    const CommandRow row = cluster.run(
        "kafka-topics.sh --bootstrap-server localhost:9199 --list --command-config <data>/short.properties");
    CHECK(row.output ==
          "Error while executing topic command : Timed out waiting for a node assignment. Call: listTopics\n");
    CHECK((cluster.world.machine.kernel.now - before).to_millis() == 5000);
}

TEST_CASE("tools: a tool starts as long as its JVM does, and the next line waits for it") {
    SmallCluster cluster;
    const Nanos before = cluster.world.machine.kernel.now;
    act_on(cluster.world, cluster.console_node(), cluster.notebook, [&](NodeCode& code, sim::Env& env) {
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, "kafka-topics --version");
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, "ls /tmp");
    });
    cluster.pass(sim::millis(3999));
    CHECK(cluster.notebook.commands.size() == 1);
    CHECK(cluster.notebook.commands.front().output == "3.9.1\n");
    cluster.pass(sim::millis(1));
    REQUIRE(cluster.notebook.commands.size() == 2);
    CHECK(cluster.notebook.commands.back().errors == "bash: ls: command not found\n");
    CHECK(cluster.notebook.commands.back().exit_code == 127);
    CHECK((cluster.world.machine.kernel.now - before).to_millis() == 4000);
}

TEST_CASE("tools: settings of a topic are changed, shown and taken back") {
    SmallCluster cluster = with_orders();
    CHECK(cluster
              .run("kafka-configs.sh {B} --alter --entity-type topics --entity-name orders --add-config "
                   "retention.ms=120000,segment.bytes=1048576")
              .output == "Completed updating config for topic orders.\n");
    CHECK(cluster.run("kafka-configs.sh {B} --describe --entity-type topics --entity-name orders").output ==
          "Dynamic configs for topic orders are:\n"
          "  retention.ms=120000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=120000}\n"
          "  segment.bytes=1048576 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:segment.bytes=1048576, "
          "DEFAULT_CONFIG:log.segment.bytes=1073741824}\n");
    CHECK(cluster.run("kafka-configs.sh {B} --alter --topic orders --delete-config retention.ms").exit_code == 0);
    CHECK(from_configs(cluster.run("kafka-topics.sh {B} --describe").output)
              .starts_with("Configs: segment.bytes=1048576\n"));
    CHECK(cluster.run("kafka-configs.sh {B} --alter --topic orders --delete-config retention.ms").errors ==
          "Invalid config(s): retention.ms\n");
}

TEST_CASE("tools: a setting that is wrong is refused by the broker") {
    SmallCluster cluster = with_orders();
    const CommandRow row = cluster.run(
        "kafka-configs.sh {B} --alter --entity-type topics --entity-name orders --add-config retention.ms=abc");
    CHECK(row.exit_code == 1);
    CHECK(
        row.errors.ends_with("Caused by: org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value "
                             "abc for configuration retention.ms: Not a number of type LONG\n"));
}

TEST_CASE("tools: the preferred leader gets its job back when somebody asks") {
    SmallCluster cluster = with_orders();
    const std::string elect = "kafka-leader-election.sh {B} --election-type preferred --topic orders --partition 0";
    CHECK(cluster.run(elect).output == "Valid replica already elected for partitions orders-0\n");
    cluster.kill(BrokerId{1});
    cluster.pass(sim::seconds(9));
    CHECK(
        cluster.run(elect).output.starts_with("Error completing leader election (PREFERRED) for partition: orders-0: "
                                              "org.apache.kafka.common.errors.PreferredLeaderNotAvailableException: "));
    CHECK(cluster.run("kafka-topics.sh {B} --describe --under-replicated-partitions").output ==
          "\tTopic: orders\tPartition: 0\tLeader: 2\tReplicas: 1,2,3\tIsr: 2,3\tElr: \tLastKnownElr: \n");
    cluster.world.machine.start(cluster.world.broker_node(BrokerId{1}));
    cluster.pass(sim::seconds(15));
    CHECK(cluster.run(elect).output == "Successfully completed leader election (PREFERRED) for partitions orders-0\n");
    CHECK(cluster.run("kafka-leader-election.sh {B} --election-type preferred --all-topic-partitions").output.empty());
}

TEST_CASE("tools: 2.8 leaves out the names of partitions that need no election") {
    SmallCluster cluster = with_orders(KafkaVersion::v2_8);
    CHECK(cluster.run("kafka-leader-election.sh {B} --election-type preferred --topic orders --partition 0").output ==
          "Valid replica already elected for partitions \n");
}

TEST_CASE("tools: an order for the controller waits for the next controller") {
    SmallCluster cluster;
    cluster.kill(BrokerId{3});
    const CommandRow row =
        cluster.run("kafka-topics.sh {B} --create --topic after --partitions 1 --replication-factor 2");
    CHECK(row.output == "Created topic after.\n");
}

TEST_CASE("tools: two consoles with the same lines have the same future") {
    const auto play = [] {
        SmallCluster cluster = with_orders();
        cluster.run("kafka-topics.sh {B} --describe");
        return hash(cluster.world);
    };
    CHECK(play() == play());
}

TEST_CASE("tools: a reset of 3.9 wraps what Java wants to be declared") {
    SmallCluster cluster = with_orders();
    const auto reset = [&](const std::string& what) {
        return cluster.run("kafka-consumer-groups.sh {B} --reset-offsets --group g --dry-run " + what).output;
    };
    CHECK(
        reset("--topic orders --to-datetime now") ==
        "\nError: Executing consumer group command failed due to java.text.ParseException: Error parsing timestamp. It "
        "does not contain a 'T' according to ISO8601 format\n");
    CHECK(
        reset("--from-file none.csv") ==
        "\nError: Executing consumer group command failed due to java.io.IOException: Unable to read file none.csv\n");
}

TEST_CASE("tools: kafka-get-offsets catches every mistake") {
    SmallCluster cluster = with_orders();
    CHECK(cluster.run("kafka-get-offsets.sh --topic orders").errors ==
          "Error occurred: Missing required option(s) [bootstrap-server]\n");
    CHECK(cluster.run("kafka-get-offsets.sh {B} --topik x").errors ==
          "Error occurred: topik is not a recognized option\n");
    CHECK(cluster.run("kafka-get-offsets.sh {B} --topic orders --time yesterday")
              .errors.starts_with("Error occurred: Malformed time argument yesterday. Please use -1 or latest"));
}
