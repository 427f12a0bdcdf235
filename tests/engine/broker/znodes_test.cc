// What Kafka writes into ZooKeeper, byte for byte, and how it reads it back.
#include "engine/broker/znodes.h"

#include <catch2/catch_test_macros.hpp>

#include "engine/broker/groups.h"
#include "tests/support/led_partition.h"

using namespace tests;
using namespace engine::broker;

TEST_CASE("a broker's registration comes back with its address and rack") {
    znodes::BrokerData data;
    data.host = "broker-1";
    data.port = 9093;
    data.rack = "a\"b";
    data.timestamp_ms = 1'700'000'000'000;
    const auto back = znodes::broker_from_json(to_json(data));
    REQUIRE(back.has_value());
    CHECK((back->host == data.host && back->port == 9093 && back->rack == data.rack));
}

TEST_CASE("a partition's state is written as Kafka writes it") {
    const znodes::PartitionStateData data{ControllerEpoch{7}, BrokerId{2}, LeaderEpoch{4}, brokers({2, 1})};
    CHECK(to_json(data) == R"({"controller_epoch":7,"leader":2,"version":1,"leader_epoch":4,"isr":[2,1]})");
    const auto back = znodes::state_from_json(to_json(data));
    REQUIRE(back.has_value());
    CHECK((back->leader == BrokerId{2} && back->leader_epoch == LeaderEpoch{4} && back->isr == data.isr &&
           back->controller_epoch == ControllerEpoch{7}));
}

TEST_CASE("a topic's assignment comes back by partition") {
    znodes::TopicData data;
    data.topic_id.bytes[15] = 2;
    data.partitions = {brokers({1, 2}), brokers({2, 3}), brokers({3, 1})};
    data.adding[1] = brokers({3});
    const auto back = znodes::topic_from_json(to_json(data));
    REQUIRE(back.has_value());
    CHECK(
        (back->topic_id == data.topic_id && back->partitions == data.partitions && back->adding.at(1) == brokers({3})));
}

TEST_CASE("settings, notifications and producer ids come back") {
    ConfigMap config;
    config["retention.ms"] = "1000";
    CHECK(znodes::config_from_json(znodes::config_to_json(config))->at("retention.ms") == "1000");
    CHECK(znodes::entity_path_from_json(znodes::config_change_to_json("topics/orders")) == "topics/orders");
    const auto block = znodes::block_from_json(to_json(znodes::ProducerIdBlock{BrokerId{1}, 0, 999}));
    CHECK((block.has_value() && block->first == 0 && block->last == 999));
    CHECK(znodes::controller_from_json(to_json(znodes::ControllerData{2, BrokerId{3}, 1})) == BrokerId{3});
}

TEST_CASE("what cannot be read is nothing, not something else") {
    for (const char* text : {"", "{", "[]", "{}", "null", R"({"leader":"two"})", R"({"partitions":{"0":"x"}})"}) {
        INFO(text);
        CHECK_FALSE(znodes::state_from_json(text).has_value());
        CHECK_FALSE(znodes::topic_from_json(text).has_value());
        CHECK_FALSE(znodes::broker_from_json(text).has_value());
        CHECK(znodes::controller_from_json(text) == kNoBroker);
    }
}

TEST_CASE("names are hashed as Java does, by UTF-16 units") {
    CHECK((java_string_hash("") == 0 && java_string_hash("hello") == 99162322));
    CHECK(java_string_hash("\xc3\xa9") == 233);                      // one unit
    CHECK(java_string_hash("\xf0\x9f\x98\x80") == 55357 * 31 + 56832);  // a pair of surrogates
    CHECK(coordinator_partition("polygenelubricants", 50) == 0);     // the one hash without a positive twin
}
