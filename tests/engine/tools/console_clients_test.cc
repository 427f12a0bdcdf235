#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"

using namespace tests;

namespace {

constexpr const char* kBootstrap = "localhost:9092,localhost:9093,localhost:9094";

std::string consumer(std::string_view options) {
    return fmt::format("kafka-console-consumer.sh --bootstrap-server {} {}", kBootstrap, options);
}
std::string producer(std::string_view options) {
    return fmt::format("kafka-console-producer.sh --bootstrap-server {} {}", kBootstrap, options);
}

}  // namespace

TEST_CASE("what is echoed into the console producer comes out of the console consumer") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic greetings {B}").exit_code == 0);
    const CommandRow sent = cluster.run("echo 'hello world' | " + producer("--topic greetings"));
    CHECK(sent.exit_code == 0);
    CHECK(sent.output.empty());
    const CommandRow read = cluster.run(consumer("--topic greetings --from-beginning --max-messages 1"));
    CHECK(read.output == "hello world\n");
    CHECK(read.errors == "Processed a total of 1 messages\n");
    CHECK(read.exit_code == 0);
}

TEST_CASE("the console producer takes keys off its lines and the consumer shows them with offsets") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic keyed {B}").exit_code == 0);
    REQUIRE(cluster
                .run("printf 'a:1\\nb:2\\n' | " +
                     producer("--topic keyed --property parse.key=true --property key.separator=:"))
                .exit_code == 0);
    const CommandRow read = cluster.run(
        consumer("--topic keyed --from-beginning --max-messages 2 --property print.key=true --property key.separator=- "
                 "--property print.offset=true --property print.partition=true"));
    CHECK(read.output == "Partition:0-Offset:0-a-1\nPartition:0-Offset:1-b-2\n");
}

TEST_CASE("a line without a key ends a producer that wants keys") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic keyed {B}").exit_code == 0);
    const CommandRow row = cluster.run("echo nothing | " + producer("--topic keyed --property parse.key=true"));
    CHECK(row.exit_code == 1);
    CHECK(row.errors.find("No key separator found on line number 1: 'nothing'") != std::string::npos);
}

TEST_CASE("a console consumer that hears nothing for its time-out ends with exit code 0") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic quiet {B}").exit_code == 0);
    const CommandRow row = cluster.run(consumer("--topic quiet --from-beginning --timeout-ms 3000"));
    CHECK(row.exit_code == 0);
    CHECK(row.errors.find("org.apache.kafka.common.errors.TimeoutException") != std::string::npos);
    CHECK(row.errors.find("Processed a total of 0 messages") != std::string::npos);
}

TEST_CASE("a console consumer of one partition begins at the offset that it was told") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic three {B}").exit_code == 0);
    REQUIRE(cluster.run("printf 'a\\nb\\nc\\n' | " + producer("--topic three")).exit_code == 0);
    CHECK(cluster.run(consumer("--topic three --partition 0 --offset 1 --max-messages 2")).output == "b\nc\n");
    CHECK(cluster.run(consumer("--topic three --offset 1"))
              .errors.starts_with("The partition is required when offset is specified."));
}

TEST_CASE("Ctrl-C ends a console consumer, which says how much it has read") {
    SmallCluster cluster;
    REQUIRE(cluster.run("kafka-topics.sh --create --topic endless {B}").exit_code == 0);
    act_on(cluster.world, cluster.console_node(), cluster.notebook, [](NodeCode& code, sim::Env& env) {
        tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, consumer("--topic endless"));
    });
    cluster.pass(sim::seconds(10));
    act_on(cluster.world, cluster.console_node(), cluster.notebook, [](NodeCode& code, sim::Env& env) {
        tools::interrupt_command(static_cast<tools::ConsoleNode&>(code).state, env);
    });
    cluster.pass(sim::seconds(2));
    CHECK(cluster.notebook.commands.back().exit_code == 130);
    CHECK(cluster.notebook.commands.back().errors == "Processed a total of 0 messages\n");
}
