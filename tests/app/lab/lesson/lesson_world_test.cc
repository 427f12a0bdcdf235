#include "app/lab/lesson/lesson_world.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/app/lab/lesson/lesson_text.h"

using namespace app::lab;
using namespace app::lab::test;

namespace {

Lesson lesson_of(const std::string& text) { return load_lesson("l.toml", text).value(); }
engine::WorldSpec spec_of(const std::string& text) {
    const Lesson lesson = lesson_of(text);
    return to_spec(lesson, seed_of(lesson));
}

}  // namespace

TEST_CASE("a lesson that says nothing gets the course's cluster") {
    const engine::WorldSpec spec = spec_of(small_lesson());
    REQUIRE(spec.brokers.size() == 3);
    CHECK(spec.seed == 7);
    CHECK(spec.start_ms == 1'767'614'400'000);
    CHECK(spec.brokers[0].id.value == 1);
    CHECK(spec.controller.value == 3);
    CHECK(spec.link.latency == sim::millis(40));
    CHECK(spec.link.jitter == sim::millis(2));
    CHECK(spec.zookeeper_tick == sim::millis(1000));
    REQUIRE(spec.links.size() == 1);
    CHECK(spec.links[0].b == "zookeeper");
    CHECK(spec.links[0].profile.latency == sim::millis(1));
    CHECK(*spec.cluster_config.find("offsets.topic.num.partitions") == "4");
    CHECK(*spec.cluster_config.find("group.initial.rebalance.delay.ms") == "0");
    CHECK(*spec.cluster_config.find("auto.leader.rebalance.enable") == "false");
    CHECK(spec.cluster_config.find("offsets.topic.replication.factor") == nullptr);
}

TEST_CASE("what a lesson says wins over the course") {
    const engine::WorldSpec spec = spec_of(small_lesson(
        "[cluster]\nbrokers = [1, 2]\nversion = \"2.8\"\nconfig = { \"auto.leader.rebalance.enable\" = true }\n"
        "[cluster.broker.2]\nconfig = { \"broker.rack\" = \"b\" }\n"
        "[network]\nlatency = \"10ms\"\nlinks = [{ between = [\"broker 1\", \"broker 2\"], loss = \"2%\" }]\n"));
    CHECK(spec.version == engine::KafkaVersion::v2_8);
    CHECK(spec.controller == engine::kNoBroker);
    CHECK(*spec.cluster_config.find("auto.leader.rebalance.enable") == "true");
    CHECK(*spec.cluster_config.find("offsets.topic.replication.factor") == "1");
    CHECK(spec.brokers[1].rack == "b");
    CHECK(spec.link.latency == sim::millis(10));
    REQUIRE(spec.links.size() == 2);
    CHECK(spec.links[1].profile.latency == sim::millis(10));
    CHECK(spec.links[1].profile.loss_per_million == 20'000);
}

TEST_CASE("the first broker to come may win by lot") {
    CHECK(spec_of(small_lesson("[cluster]\ncontroller = \"race\"\n")).controller == engine::kNoBroker);
    CHECK(spec_of(small_lesson("[cluster]\ncontroller = 1\n")).controller.value == 1);
}

TEST_CASE("topics, producers and consumers become what the engine takes") {
    const engine::WorldSpec spec = spec_of(leader_dies());
    REQUIRE(spec.topics.size() == 1);
    CHECK(spec.topics[0].replication_factor == 3);
    CHECK(spec.topics[0].assignment[0][0].value == 1);
    REQUIRE(spec.producers.size() == 1);
    CHECK(spec.producers[0].every == sim::millis(500));
    CHECK(spec.producers[0].pattern.key.text == "customer-{n % 4}");
    CHECK(*spec.producers[0].config.find("acks") == "all");
    REQUIRE(spec.consumers.size() == 1);
    CHECK(spec.consumers[0].group == "warehouse");
}

TEST_CASE("an assignment alone says how many partitions and replicas there are") {
    const engine::WorldSpec spec =
        spec_of(small_lesson("[[topic]]\nname = \"t\"\nassignment = [[1, 2], [2, 3], [3, 1]]\n"));
    CHECK(spec.topics[0].partitions == 3);
    CHECK(spec.topics[0].replication_factor == 2);
}

TEST_CASE("records without key or value have none, and headers have texts") {
    const engine::WorldSpec spec =
        spec_of(small_lesson("[[topic]]\nname = \"t\"\n[[producer]]\nname = \"p\"\ntopic = \"t\"\nclient = "
                             "\"librdkafka\"\nstart = \"manual\"\n"
                             "records = [{ at = \"2s\", key = \"k\" }, { at = \"1s\", value = \"v\", partition = 0, "
                             "headers = { h = \"x\" } }]\n"));
    const engine::ProducerSpec& producer = spec.producers[0];
    CHECK(producer.manual);
    CHECK(*producer.config.find("partitioner.class") == "consistent_random");
    REQUIRE(producer.records.size() == 2);
    CHECK(producer.records[0].at == sim::seconds(1));
    CHECK(producer.records[0].key.is_null);
    CHECK(producer.records[0].headers[0].second.text == "x");
    CHECK(producer.records[1].value.is_null);
    CHECK(producer.records[1].partition == -1);
}

TEST_CASE("consumers with assigned partitions need no group") {
    const engine::WorldSpec spec =
        spec_of(small_lesson("[[topic]]\nname = \"t-1\"\npartitions = 2\n[[consumer]]\nname = \"c\"\nassign = "
                             "[\"t-1-1\"]\nwork = \"200ms\"\ncommit = \"none\"\n"));
    CHECK(spec.consumers[0].assign[0] == std::pair<std::string, sim::i32>("t-1", 1));
    CHECK(spec.consumers[0].work == sim::millis(200));
    CHECK(spec.consumers[0].commit == engine::CommitStyle::none);
}

TEST_CASE("a lesson that needs what is not built says so by name") {
    CHECK(unmet_needs(lesson_of(leader_dies())) == "");
    CHECK(unmet_needs(lesson_of(watermark())) == "");
    CHECK(unmet_needs(lesson_of(small_lesson("[cluster]\nmode = \"kraft\"\n"))) ==
          "needs KRaft, which is not built yet");
}
