// What brokers answer to requests of the oldest and of the newest versions they offer.
#include <catch2/catch_test_macros.hpp>

#include "engine/wire/messages/describe_cluster.h"
#include "engine/wire/messages/describe_topic_partitions.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/metadata.h"
#include "engine/wire/messages/offset_fetch.h"
#include "engine/wire/messages/produce.h"
#include "tests/engine/broker/bare_asker.h"

using namespace tests;

namespace {

struct Asker : BareAsker {
    Asker() { connect(); }
    void create(const std::string& topic, const std::string& assignment) {
        REQUIRE(
            run("kafka-topics.sh {B} --create --topic " + topic + " --replica-assignment " + assignment).exit_code ==
            0);
        pass(sim::seconds(1));   // until every broker has heard of it
    }
};

}  // namespace

TEST_CASE("versions: batches are not written anew for those who fetch an older format") {
    Asker asker;
    asker.create("orders", "1");
    wire::FetchRequest request;
    request.topics.emplace_back().topic = "orders";
    request.topics.begin()->partitions.emplace_back().partition_max_bytes = 1000;
    for (const i16 version : {i16{0}, i16{3}}) {
        const auto response = asker.ask<wire::FetchResponse>(request, version);
        CHECK(code(response.responses.begin()->partitions.begin()->error_code) == ErrorCode::unsupported_version);
    }
    CHECK(code(asker.ask<wire::FetchResponse>(request, 4).responses.begin()->partitions.begin()->error_code) ==
          ErrorCode::none);
}

TEST_CASE("versions: the oldest question for offsets is answered with a list, the newest knows no other storage") {
    Asker asker;
    asker.create("orders", "1");
    wire::ListOffsetsRequest request;
    request.topics.emplace_back().name = "orders";
    auto& partition = request.topics.begin()->partitions.emplace_back();
    const auto answer = [&](i64 timestamp, i16 version) {
        partition.timestamp = timestamp;
        return *asker.ask<wire::ListOffsetsResponse>(request, version).topics.begin()->partitions.begin();
    };
    const auto oldest = answer(-1, 0);
    REQUIRE(oldest.old_style_offsets.size() == 1);
    CHECK(*oldest.old_style_offsets.begin() == 0);
    CHECK(answer(-4, 9).offset == 0);
    CHECK(answer(-5, 9).offset == -1);
}

TEST_CASE("versions: offsets of topics and partitions that nobody knows are an error of that partition") {
    Asker asker;
    asker.create("orders", "1");
    wire::ListOffsetsRequest request;
    for (const char* name : {"never-heard-of", "orders"}) {
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        for (const i32 partition : {-1, 7}) topic.partitions.emplace_back().partition_index = partition;
    }
    const auto response = asker.ask<wire::ListOffsetsResponse>(request, 7);
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions)
            CHECK(code(partition.error_code) == ErrorCode::unknown_topic_or_partition);
}

TEST_CASE("versions: offsets that ZooKeeper once kept are not given") {
    Asker asker;
    wire::OffsetFetchRequest request;
    request.group_id = "readers";
    auto& topic = request.topics.emplace().emplace_back();
    topic.name = "orders";
    topic.partition_indexes.push_back(0);
    const auto response = asker.ask<wire::OffsetFetchResponse>(request, 0);
    CHECK(code(response.topics.begin()->partitions.begin()->error_code) == ErrorCode::unsupported_version);
}

TEST_CASE("versions: a topic is found by its id, and one that is unknown has no name") {
    Asker asker;
    asker.create("orders", "1");
    wire::MetadataRequest by_name;
    by_name.topics.emplace().emplace_back().name = "orders";
    const wire::Uuid id = asker.ask<wire::MetadataResponse>(by_name, 12).topics.begin()->topic_id;
    wire::MetadataRequest by_id;
    by_id.topics.emplace().emplace_back().topic_id = id;
    CHECK(asker.ask<wire::MetadataResponse>(by_id, 12).topics.begin()->name == "orders");
    by_id.topics->begin()->topic_id.bytes[0] ^= 1;
    const auto unknown = *asker.ask<wire::MetadataResponse>(by_id, 12).topics.begin();
    CHECK((code(unknown.error_code) == ErrorCode::unknown_topic_id && !unknown.name));
}

TEST_CASE("versions: topics are described page by page, in the order of their names") {
    Asker asker;
    asker.create("b", "1,2,3");
    asker.create("a", "1,2");
    wire::DescribeTopicPartitionsRequest request;
    request.response_partition_limit = 3;
    const auto first = asker.ask<wire::DescribeTopicPartitionsResponse>(request, 0);
    REQUIRE((first.topics.size() == 2 && first.next_cursor));
    CHECK((first.topics.begin()->name == "a" && first.topics.begin()->partitions.size() == 2));
    CHECK((first.next_cursor->topic_name == "b" && first.next_cursor->partition_index == 1));
    request.cursor = first.next_cursor;
    const auto second = asker.ask<wire::DescribeTopicPartitionsResponse>(request, 0);
    REQUIRE((second.topics.size() == 1 && !second.next_cursor));
    CHECK(second.topics.begin()->partitions.size() == 2);
    request.cursor.reset();
    request.topics.emplace_back().name = "missing";
    CHECK(code(asker.ask<wire::DescribeTopicPartitionsResponse>(request, 0).topics.begin()->error_code) ==
          ErrorCode::unknown_topic_or_partition);
}

TEST_CASE("versions: a broker is no endpoint of controllers") {
    Asker asker;
    wire::DescribeClusterRequest request;
    CHECK(asker.ask<wire::DescribeClusterResponse>(request, 1).error_code == 0);
    request.endpoint_type = 2;
    CHECK(code(asker.ask<wire::DescribeClusterResponse>(request, 1).error_code) == ErrorCode::mismatched_endpoint_type);
    request.endpoint_type = 7;
    CHECK(code(asker.ask<wire::DescribeClusterResponse>(request, 1).error_code) ==
          ErrorCode::unsupported_endpoint_type);
}

TEST_CASE("versions: a broker that does not lead names who does, and where it is") {
    Asker asker;
    asker.create("elsewhere", "2:1");
    wire::ProduceRequest request;
    request.acks = 1;
    request.topic_data.emplace_back().name = "elsewhere";
    request.topic_data.begin()->partition_data.emplace_back();
    const auto response = asker.ask<wire::ProduceResponse>(request, 10);
    const auto& part = *response.responses.begin()->partition_responses.begin();
    CHECK((code(part.error_code) == ErrorCode::not_leader_or_follower && part.current_leader.leader_id == 2));
    REQUIRE(response.node_endpoints.size() == 1);
    CHECK((response.node_endpoints.begin()->node_id == 2 && response.node_endpoints.begin()->port != 0));
    CHECK(asker.ask<wire::ProduceResponse>(request, 9).node_endpoints.empty());
}
