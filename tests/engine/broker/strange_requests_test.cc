// Requests that name what cannot be: they are answered, and nothing else happens.
#include <catch2/catch_test_macros.hpp>

#include "engine/wire/messages/elect_leaders.h"
#include "engine/wire/messages/offset_fetch.h"
#include "tests/engine/broker/bare_asker.h"

using namespace tests;

namespace {

/// What the controller answers, whichever broker it is.
wire::ElectLeadersResponse answer_of_controller(const wire::ElectLeadersRequest& request) {
    wire::ElectLeadersResponse response;
    for (const i32 broker : {1, 2, 3}) {
        BareAsker asker;
        CAPTURE(broker);
        asker.connect(BrokerId{broker});
        (void)asker.run("kafka-topics.sh {B} --create --topic orders --partitions 1");
        asker.pass(sim::seconds(2));
        response = asker.ask<wire::ElectLeadersResponse>(request, 2);
        if (code(response.error_code) == ErrorCode::none) break;
    }
    return response;
}

}  // namespace

TEST_CASE("requests: nothing was committed for a partition that cannot be") {
    BareAsker asker;
    asker.connect();
    (void)asker.run("kafka-topics.sh {B} --create --topic orders --partitions 1");
    (void)asker.run("kafka-consumer-groups.sh {B} --describe --group nobody");   // makes the topic of offsets
    asker.pass(sim::seconds(5));
    wire::OffsetFetchRequest request;
    auto& topic = request.topics.emplace().emplace_back();
    topic.name = "orders";
    topic.partition_indexes.push_back(-1);
    topic.partition_indexes.push_back(INT32_MIN);
    wire::OffsetFetchResponse response;
    for (int i = 0; i < 60; ++i) {   // some group is kept by the broker that is asked, once it has loaded its offsets
        request.group_id = "nobody-" + std::to_string(i);
        response = asker.ask<wire::OffsetFetchResponse>(request, 5);
        if (code(response.error_code) == ErrorCode::none) break;
        asker.pass(sim::millis(200));
    }
    REQUIRE(code(response.error_code) == ErrorCode::none);
    REQUIRE(response.topics.size() == 1);
    for (const auto& partition : response.topics.begin()->partitions) CHECK(partition.committed_offset == -1);
}

TEST_CASE("requests: no leader is elected for a partition that cannot be, or of a topic that nobody knows") {
    wire::ElectLeadersRequest request;
    request.timeout_ms = 1000;
    auto& topics = request.topic_partitions.emplace();
    for (const std::string name : {"orders", "nowhere"}) {
        auto& topic = topics.emplace_back();
        topic.topic = name;
        topic.partitions.push_back(-1);
    }
    const auto response = answer_of_controller(request);
    REQUIRE(code(response.error_code) == ErrorCode::none);
    REQUIRE(response.replica_election_results.size() == 2);
    CHECK(response.replica_election_results.back().topic == "nowhere");
    for (const auto& topic : response.replica_election_results)
        CHECK(code(topic.partition_result.begin()->error_code) == ErrorCode::unknown_topic_or_partition);
}

TEST_CASE("requests: a topic of very many partitions is refused at once, new or grown") {
    BareAsker asker;
    asker.connect();
    const auto refused = [&](const std::string& command) {
        const auto row = asker.run(command);
        return row.exit_code != 0 && row.output.find("Excessively large number of partitions") != std::string::npos;
    };
    CHECK(refused("kafka-topics.sh {B} --create --topic wide --partitions 262145"));
    REQUIRE(asker.run("kafka-topics.sh {B} --create --topic narrow --partitions 1").exit_code == 0);
    CHECK(refused("kafka-topics.sh {B} --alter --topic narrow --partitions 2147483647"));
    CHECK(asker.run("kafka-topics.sh {B} --list").output == "narrow\n");
}
