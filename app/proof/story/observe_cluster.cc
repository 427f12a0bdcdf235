// Observations by request: metadata, offsets, epochs, fetches.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/proof/story/ops.h"
#include "app/proof/story/probe.h"
#include "engine/wire/messages/fetch.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/metadata.h"
#include "engine/wire/messages/offset_for_leader_epoch.h"
#include "engine/wire/record_batch.h"

namespace app::proof {
namespace {

namespace wire = engine::wire;
using engine::BrokerId;
using sim::i8;

constexpr i16 kMetadataVersion = 8;
constexpr i16 kListOffsetsVersion = 5;
constexpr i16 kEpochsVersion = 3;
constexpr i16 kFetchVersion = 11;
constexpr i64 kLatest = -1, kEarliest = -2;
constexpr i8 kReadCommitted = 1;

BrokerId any_broker(const StoryStage& stage) {
    const auto reachable = reachable_brokers(stage);
    return reachable.empty() ? engine::kNoBroker : reachable.front();
}

std::optional<wire::MetadataResponse> metadata(const StoryStage& stage, BrokerId broker, const std::string& topic) {
    if (broker == engine::kNoBroker) return {};
    wire::MetadataRequest request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    if (!topic.empty()) request.topics->emplace_back().name = topic;
    return ask_broker<wire::MetadataResponse>(stage.world, stage.world.broker_node(broker), request, kMetadataVersion);
}

Json partition_json(const wire::MetadataResponse::Topic::Partition& part) {
    const auto list = [](const auto& items) { return Json(std::vector<i32>(items.begin(), items.end())); };
    return {{"error", part.error_code},
            {"partition", part.partition_index},
            {"leader", part.leader_id},
            {"leader_epoch", part.leader_epoch},
            {"replicas", list(part.replica_nodes)},
            {"isr", list(part.isr_nodes)},
            {"offline", list(part.offline_replicas)}};
}

struct Asked {
    i64 timestamp = kLatest;
    i8 isolation = 0;
};

Json list_offsets(const StoryStage& stage, i64 broker, const std::string& topic, i32 partition, Asked asked) {
    wire::ListOffsetsRequest request;
    request.replica_id = -1;
    request.isolation_level = asked.isolation;
    auto& part = request.topics.emplace_back();
    part.name = topic;
    auto& wanted = part.partitions.emplace_back();
    wanted.partition_index = partition;
    wanted.timestamp = asked.timestamp;
    const auto answer =
        ask_broker<wire::ListOffsetsResponse>(stage.world, broker_node(stage, broker), request, kListOffsetsVersion);
    if (!answer || answer->topics.empty()) return nullptr;
    const auto& got = answer->topics.front().partitions.front();
    return {{"partition", got.partition_index},
            {"error", got.error_code},
            {"timestamp", got.timestamp},
            {"offset", got.offset},
            {"leader_epoch", got.leader_epoch}};
}

// ---- operations ---------------------------------------------------------------------------------

OpResult observe_metadata(StoryStage& stage, const Json& op) {
    const auto partitions = topic_metadata(stage, any_broker(stage), op["topic"]);
    if (!partitions) return nullptr;
    if (!op.contains("partition")) return Json(*partitions);
    for (const Json& partition : *partitions)
        if (partition["partition"] == op["partition"]) return partition;
    return nullptr;
}

OpResult observe_brokers(StoryStage& stage, const Json&) {
    const auto view = cluster_view(stage, any_broker(stage));
    return view ? Json(view->brokers) : Json(nullptr);
}

OpResult observe_controller(StoryStage& stage, const Json&) {
    const auto view = cluster_view(stage, any_broker(stage));
    return view ? Json(view->controller) : Json(nullptr);
}

OpResult observe_offsets(StoryStage& stage, const Json& op) {
    const std::string topic = op["topic"];
    const i32 partition = op.value("partition", 0), leader = leader_of(stage, topic, partition);
    if (leader < 0) return Json{{"leader", -1}};
    const Json earliest = list_offsets(stage, leader, topic, partition, {kEarliest, 0});
    const Json latest = list_offsets(stage, leader, topic, partition, {kLatest, 0});
    const Json committed = list_offsets(stage, leader, topic, partition, {kLatest, kReadCommitted});
    if (earliest.is_null() || latest.is_null() || committed.is_null()) return nullptr;
    return Json{{"earliest", earliest["offset"]},
                {"latest", latest["offset"]},
                {"latest_error", latest["error"]},
                {"latest_read_committed", committed["offset"]}};
}

OpResult observe_list_offsets(StoryStage& stage, const Json& op) {
    const bool committed = op.value("isolation", "read_uncommitted") == "read_committed";
    const Asked asked{op["at"] == "earliest" ? kEarliest : kLatest, committed ? kReadCommitted : i8{0}};
    return list_offsets(stage, op["broker"], op["topic"], op.value("partition", 0), asked);
}

OpResult observe_epoch_ends(StoryStage& stage, const Json& op) {
    const std::string topic = op["topic"];
    const i32 partition = op.value("partition", 0), leader = leader_of(stage, topic, partition);
    Json ends = Json::object();
    for (const Json& epoch : op["epochs"]) {
        wire::OffsetForLeaderEpochRequest request;
        request.replica_id = -1;
        auto& wanted = request.topics.emplace_back();
        wanted.topic = topic;
        auto& part = wanted.partitions.emplace_back();
        part.partition = partition;
        part.leader_epoch = epoch;
        const auto answer = ask_broker<wire::OffsetForLeaderEpochResponse>(stage.world, broker_node(stage, leader),
                                                                           request, kEpochsVersion);
        if (!answer || answer->topics.empty()) return nullptr;
        const auto& got = answer->topics.front().partitions.front();
        ends[std::to_string(epoch.get<i32>())] = {{"error", got.error_code},
                                                  {"partition", got.partition},
                                                  {"leader_epoch", got.leader_epoch},
                                                  {"end_offset", got.end_offset}};
    }
    return ends;
}

Json fetched_batches(const wire::Records& records) {
    Json batches = Json::array();
    for (const sim::Slice& slice : records.slices)
        for (std::span<const sim::u8> bytes = slice.bytes(); !bytes.empty();) {
            const auto header = wire::read_header(bytes);
            if (!header || header->total_bytes() > bytes.size()) break;
            batches.push_back({header->base_offset, header->last_offset()});
            bytes = bytes.subspan(header->total_bytes());
        }
    return batches;
}

OpResult observe_fetch(StoryStage& stage, const Json& op) {
    wire::FetchRequest request;
    request.replica_id = -1;
    request.max_wait_ms = 200;
    request.min_bytes = 1;
    request.max_bytes = INT32_MAX;
    request.isolation_level = op.value("isolation", "read_uncommitted") == "read_committed" ? kReadCommitted : i8{0};
    request.session_epoch = -1;
    auto& topic = request.topics.emplace_back();
    topic.topic = op["topic"];
    auto& part = topic.partitions.emplace_back();
    part.partition = op.value("partition", 0);
    part.fetch_offset = op["offset"];
    part.partition_max_bytes = INT32_MAX;
    const auto answer =
        ask_broker<wire::FetchResponse>(stage.world, broker_node(stage, op["broker"]), request, kFetchVersion);
    if (!answer || answer->responses.empty()) return nullptr;
    const auto& got = answer->responses.front().partitions.front();
    Json aborted = Json::array();
    if (got.aborted_transactions)
        for (const auto& txn : *got.aborted_transactions)
            aborted.push_back({{"producer_id", txn.producer_id}, {"first_offset", txn.first_offset}});
    return Json{{"error", got.error_code},
                {"high_watermark", got.high_watermark},
                {"last_stable_offset", got.last_stable_offset},
                {"log_start_offset", got.log_start_offset},
                {"aborted", aborted},
                {"batches", fetched_batches(got.records)}};
}

constexpr OpEntry kClusterObservations[] = {
    {"metadata", observe_metadata}, {"brokers", observe_brokers},           {"controller", observe_controller},
    {"offsets", observe_offsets},   {"list_offsets", observe_list_offsets}, {"epoch_ends", observe_epoch_ends},
    {"fetch", observe_fetch}};

}  // namespace

std::span<const OpEntry> cluster_observations() { return kClusterObservations; }

std::optional<std::vector<Json>> topic_metadata(const StoryStage& stage, BrokerId broker, const std::string& topic) {
    const auto answer = metadata(stage, broker, topic);
    if (!answer || answer->topics.empty()) return {};
    std::vector<Json> partitions;
    for (const auto& part : answer->topics.front().partitions) partitions.push_back(partition_json(part));
    std::ranges::sort(partitions, {}, [](const Json& part) { return part["partition"].get<i32>(); });
    return partitions;
}

std::optional<Json> partition_metadata(const StoryStage& stage, BrokerId broker, const std::string& topic,
                                       i32 partition) {
    const auto partitions = topic_metadata(stage, broker, topic);
    if (!partitions || partition < 0 || static_cast<std::size_t>(partition) >= partitions->size()) return {};
    return (*partitions)[static_cast<std::size_t>(partition)];
}

std::optional<ClusterView> cluster_view(const StoryStage& stage, BrokerId broker) {
    const auto answer = metadata(stage, broker, "");
    if (!answer) return {};
    ClusterView view;
    for (const auto& each : answer->brokers) view.brokers.push_back(each.node_id);
    std::ranges::sort(view.brokers);
    view.controller = answer->controller_id;
    return view;
}

i32 leader_of(const StoryStage& stage, const std::string& topic, i32 partition) {
    const auto found = partition_metadata(stage, any_broker(stage), topic, partition);
    return found ? (*found)["leader"].get<i32>() : -1;
}

bool full_isr_everywhere(const StoryStage& stage, const std::string& topic) {
    return std::ranges::all_of(reachable_brokers(stage), [&](BrokerId broker) {
        const auto partitions = topic_metadata(stage, broker, topic);
        return partitions && !partitions->empty() && std::ranges::all_of(*partitions, [](const Json& part) {
            return part["leader"].get<i32>() >= 0 && part["isr"].size() == part["replicas"].size();
        });
    });
}

}  // namespace app::proof
