// Conversations with a broker: held again byte for byte, and what is seen when one byte differs.
#include "app/proof/recordings/kafka_talk.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "app/proof/vectors/scratch_log.h"
#include "app/proof/vectors/values.h"
#include "engine/model/json.h"
#include "engine/wire/header.h"
#include "engine/wire/messages/api_versions.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/messages/metadata.h"
#include "engine/wire/messages/produce.h"
#include "sim/base/chunk.h"

using namespace engine;
using Json = nlohmann::json;
using app::proof::vectors::from_hex, app::proof::vectors::to_hex, app::proof::vectors::plain_batch;

namespace {

constexpr i64 kBatchTime = 1'800'000'000'000;  // of the records that are sent
const std::string kTopicId = "00112233445566778899aabbccddeeff";

std::string hex(const sim::FrameRef& frame) { return to_hex(frame->flatten()); }

/// One exchange of a conversation: what is asked, and what should come.
template <class Request, class Response>
Json exchange(i32 connection, const std::string& api, const Request& request, const Response& response, i16 version,
              const std::string& compare = "bytes") {
    return {{"connection", connection},
            {"api", api},
            {"version", version},
            {"compare", compare},
            {"request_hex", hex(wire::request_frame(request, version, 7, "tester"))},
            {"response_hex", hex(wire::response_frame(response, version, 7))}};
}

Json talk(const Json& exchanges) {
    return {{"name", "own"},
            {"cluster",
             {{"version", "3.9.1"},
              {"mode", "zk"},
              {"brokers", {1}},
              {"config", {{"offsets.topic.replication.factor", "1"}}}}},
            {"setup",
             {{{"op", "choose"},
               {"cluster_id", "YWJjZGVmZ2hpamtsbW5vcA"},
               {"topic_ids", {{"orders", kTopicId}}},
               {"fetch_session_ids", {4711}}},
              {{"op", "create_topic"}, {"topic", "orders"}, {"partitions", 1}}}},
            {"exchanges", exchanges}};
}

std::vector<std::string> held(const std::vector<Json>& exchanges) {
    return app::proof::hold_kafka_talk(json_text(talk(exchanges)));
}

wire::Uuid topic_id() {
    wire::Uuid id;
    std::ranges::copy(from_hex(kTopicId), id.bytes.begin());
    return id;
}

Json ask_metadata() {
    wire::MetadataRequest request;
    request.topics.emplace().emplace_back().topic_id = topic_id();
    wire::MetadataResponse response;
    response.brokers.push_back({1, "localhost", 9092, {}});
    response.cluster_id = "YWJjZGVmZ2hpamtsbW5vcA";
    response.controller_id = 1;
    auto& topic = response.topics.emplace_back();
    topic.name = "orders";
    topic.topic_id = topic_id();
    auto& partition = topic.partitions.emplace_back();
    partition.leader_id = 1;
    partition.leader_epoch = 0;
    partition.replica_nodes.push_back(1);
    partition.isr_nodes.push_back(1);
    return exchange(1, "Metadata", request, response, 12);
}

Json ask_produce(i64 base_offset) {
    wire::ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 1000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = "orders";
    const std::vector<u8> batch = plain_batch(2, kBatchTime);
    topic.partition_data.emplace_back().records.slices.push_back(sim::Slice::whole(sim::Chunk::of(batch)));
    wire::ProduceResponse response;
    auto& answers = response.responses.emplace_back();
    answers.name = "orders";
    auto& part = answers.partition_responses.emplace_back();
    part.base_offset = base_offset;
    part.log_append_time_ms = -1;
    part.log_start_offset = 0;
    return exchange(2, "Produce", request, response, 11);
}

Json begin_session() {
    wire::FetchRequest request;
    request.max_wait_ms = 10;
    request.session_epoch = 0;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = topic_id();
    topic.partitions.emplace_back().partition_max_bytes = 1 << 20;
    wire::FetchResponse response;
    response.session_id = 4711;
    auto& answers = response.responses.emplace_back();
    answers.topic_id = topic_id();
    auto& part = answers.partitions.emplace_back();
    part.high_watermark = part.last_stable_offset = part.log_start_offset = 0;
    return exchange(3, "Fetch", request, response, 17);
}

Json with_flipped(Json exchange, std::size_t at) {
    auto bytes = from_hex(exchange.at("response_hex"));
    bytes.at(at) ^= 1;
    exchange["response_hex"] = to_hex(bytes);
    return exchange;
}

}  // namespace

TEST_CASE("a conversation with a broker is held again byte for byte, its clock in the time of the records") {
    CHECK(held({ask_metadata(), begin_session(), ask_produce(0), ask_produce(2)}).empty());
}

TEST_CASE("a flipped byte of a recorded answer is a difference, wherever it stands") {
    const Json good = ask_produce(0);
    const std::size_t length = from_hex(good.at("response_hex")).size();
    constexpr std::size_t kBehindNumbers = 8;  // the length, and the number of the request
    for (std::size_t at = kBehindNumbers; at < length; ++at) {
        INFO("byte " << at);
        CHECK(held({with_flipped(good, at)}).size() == 1);
    }
}

TEST_CASE("a masked byte is not compared") {
    Json flipped = with_flipped(ask_metadata(), 20);
    CHECK(held({flipped}).size() == 1);
    flipped["mask"] = Json::array({Json::array({20, 21})});
    CHECK(held({flipped}).empty());
}

TEST_CASE("where lists come in the order of a hash, fields are compared as sets, and ranges of what both offer") {
    wire::ApiVersionsRequest request;
    request.client_software_name = "tester";
    request.client_software_version = "1.0";
    wire::ApiVersionsResponse response;
    response.supported_features.push_back({"metadata.version", 1, 21});
    response.supported_features.push_back({"kraft.version", 0, 1});
    response.finalized_features_epoch = 99;
    response.api_keys.push_back({18, 0, 4});
    response.api_keys.push_back({3, 0, 12});
    response.api_keys.push_back({26, 0, 4});  // of transactions: what is not offered is no difference
    CHECK(held({exchange(1, "ApiVersions", request, response, 4, "decoded")}) == std::vector<std::string>{});
    response.api_keys.back() = {1, 0, 16};
    CHECK(held({exchange(1, "ApiVersions", request, response, 4, "decoded")}).size() == 1);
}
