#include "engine/broker/znodes.h"
#include "engine/model/json.h"

#include <fmt/format.h>

#include <charconv>

namespace engine::broker::znodes {
namespace {

using nlohmann::json;

/// A JSON object, or null if the text is not one.
json parsed(std::string_view text) {
    json value = read_json<json>(text);
    return value.is_object() ? value : json();
}

std::string quoted_json(std::string_view text) { return json_text(json(std::string(text))); }

std::string list_to_json(const BrokerList& brokers) { return "[" + broker::to_text(brokers) + "]"; }

BrokerList list_from(const json& value) {
    BrokerList brokers;
    for (const json& item : value)
        if (item.is_number_integer()) brokers.push_back({item.get<i32>()});
    return brokers;
}

i64 number_in(const json& value) {
    if (value.is_number_integer()) return value.get<i64>();
    if (!value.is_string()) return 0;
    const std::string text = value.get<std::string>();
    i64 number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string moves_to_json(const sim::FlatMap<i32, BrokerList>& moves) {
    std::string text = "{";
    for (const auto& [partition, brokers] : moves)
        text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", partition, list_to_json(brokers));
    return text + "}";
}

sim::FlatMap<i32, BrokerList> moves_from(const json& value) {
    sim::FlatMap<i32, BrokerList> moves;
    for (const auto& [key, brokers] : value.items()) {
        i32 partition = 0;
        if (std::from_chars(key.data(), key.data() + key.size(), partition).ec == std::errc{})
            moves[partition] = list_from(brokers);
    }
    return moves;
}

}  // namespace

constexpr std::string_view kConfigPrefix = "/config/";

std::string broker_path(BrokerId broker) { return fmt::format("{}/{}", kBrokerIds, broker.value); }
std::string topic_path(std::string_view topic) { return fmt::format("{}/{}", kTopics, topic); }
std::string partitions_path(std::string_view topic) { return fmt::format("{}/{}/partitions", kTopics, topic); }
std::string partition_path(std::string_view topic, i32 partition) {
    MR_ASSERT(partition >= 0 && !topic.empty());
    return fmt::format("{}/{}/partitions/{}", kTopics, topic, partition);
}
std::string state_path(std::string_view topic, i32 partition) {
    MR_ASSERT(partition >= 0 && !topic.empty());
    return fmt::format("{}/{}/partitions/{}/state", kTopics, topic, partition);
}
std::string topic_config_path(std::string_view topic) { return fmt::format("/config/topics/{}", topic); }
std::string broker_config_path(std::string_view entity) { return fmt::format("/config/brokers/{}", entity); }
std::string config_path(std::string_view entity) { return fmt::format("{}{}", kConfigPrefix, entity); }

std::string_view entity_of_config_path(std::string_view path) {
    MR_ASSERT(path.starts_with(kConfigPrefix));
    return path.substr(kConfigPrefix.size());
}

std::string to_json(const ControllerData& data) {
    MR_ASSERT(data.broker != kNoBroker);
    const std::string_view kraft = data.version >= 2 ? ",\"kraftControllerEpoch\":-1" : "";
    return fmt::format(R"({{"version":{},"brokerid":{},"timestamp":"{}"{}}})", data.version, data.broker.value,
                       data.timestamp_ms, kraft);
}

BrokerId controller_from_json(std::string_view text) {
    const json value = parsed(text);
    return value.contains("brokerid") ? BrokerId{static_cast<i32>(number_in(value["brokerid"]))} : kNoBroker;
}

std::string to_json(const BrokerData& data) {
    const std::string rack = data.rack.empty() ? "" : ",\"rack\":" + quoted_json(data.rack);
    return fmt::format(
        R"({{"features":{{}},"listener_security_protocol_map":{{"PLAINTEXT":"PLAINTEXT"}},"endpoints":["PLAINTEXT://{0}:{1}"],)"
        R"("jmx_port":-1,"port":{1},"host":"{0}","version":5,"timestamp":"{2}"{3}}})",
        data.host, data.port, data.timestamp_ms, rack);
}

std::optional<BrokerData> broker_from_json(std::string_view text) {
    const json value = parsed(text);
    if (!value.contains("host") || !value.contains("port")) return {};
    BrokerData data;
    data.host = value["host"].get<std::string>();
    data.port = static_cast<i32>(number_in(value["port"]));
    if (value.contains("rack")) data.rack = value["rack"].get<std::string>();
    if (value.contains("timestamp")) data.timestamp_ms = number_in(value["timestamp"]);
    return data;
}

std::string to_json(const TopicData& data) {
    std::string partitions;
    for (std::size_t i = 0; i < data.partitions.size(); ++i)
        partitions += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", i, list_to_json(data.partitions[i]));
    const std::string id =
        data.topic_id.is_zero() ? "" : fmt::format("\"topic_id\":\"{}\",", wire::to_text(data.topic_id));
    return fmt::format(R"({{"partitions":{{{}}},{}"adding_replicas":{},"removing_replicas":{},"version":3}})",
                       partitions, id, moves_to_json(data.adding), moves_to_json(data.removing));
}

std::optional<TopicData> topic_from_json(std::string_view text) {
    const json value = parsed(text);
    if (!value.contains("partitions")) return {};
    TopicData data;
    const auto partitions = moves_from(value["partitions"]);
    for (const auto& [index, brokers] : partitions) {
        if (index != static_cast<i32>(data.partitions.size()) || brokers.empty())
            return {};  // indexes are dense from 0
        data.partitions.push_back(brokers);
    }
    if (value.contains("topic_id")) data.topic_id = wire::uuid_from_text(value["topic_id"].get<std::string>());
    if (value.contains("adding_replicas")) data.adding = moves_from(value["adding_replicas"]);
    if (value.contains("removing_replicas")) data.removing = moves_from(value["removing_replicas"]);
    return data;
}

std::string to_json(const PartitionStateData& data) {
    MR_ASSERT(data.leader_epoch >= LeaderEpoch{0});
    return fmt::format(R"({{"controller_epoch":{},"leader":{},"version":1,"leader_epoch":{},"isr":{}}})",
                       data.controller_epoch.value, data.leader.value, data.leader_epoch.value, list_to_json(data.isr));
}

std::optional<PartitionStateData> state_from_json(std::string_view text) {
    const json value = parsed(text);
    if (!value.contains("leader") || !value.contains("leader_epoch") || !value.contains("isr")) return {};
    PartitionStateData data;
    data.controller_epoch = {static_cast<i32>(number_in(value.value("controller_epoch", json(0))))};
    data.leader = {static_cast<i32>(number_in(value["leader"]))};
    data.leader_epoch = {static_cast<i32>(number_in(value["leader_epoch"]))};
    data.isr = list_from(value["isr"]);
    return data;
}

std::string to_json(const ProducerIdBlock& block) {
    MR_ASSERT(block.first <= block.last);
    return fmt::format(R"({{"version":1,"broker":{},"block_start":"{}","block_end":"{}"}})", block.broker.value,
                       block.first, block.last);
}

std::optional<ProducerIdBlock> block_from_json(std::string_view text) {
    const json value = parsed(text);
    if (!value.contains("block_start") || !value.contains("block_end")) return {};
    ProducerIdBlock block;
    block.broker = {static_cast<i32>(number_in(value.value("broker", json(-1))))};
    block.first = number_in(value["block_start"]);
    block.last = number_in(value["block_end"]);
    return block;
}

std::string config_to_json(const ConfigMap& config) {
    std::string entries;
    for (const auto& [name, text] : config)
        entries += fmt::format("{}{}:{}", entries.empty() ? "" : ",", quoted_json(name), quoted_json(text));
    return fmt::format(R"({{"version":1,"config":{{{}}}}})", entries);
}

std::optional<ConfigMap> config_from_json(std::string_view text) {
    const json value = parsed(text);
    if (!value.contains("config")) return {};
    ConfigMap config;
    for (const auto& [name, setting] : value["config"].items())
        if (setting.is_string()) config[name] = setting.get<std::string>();
    return config;
}

std::string config_change_to_json(std::string_view entity_path) {
    MR_ASSERT(!entity_path.empty());
    return fmt::format(R"({{"version":2,"entity_path":{}}})", quoted_json(entity_path));
}

std::string entity_path_from_json(std::string_view text) {
    const json value = parsed(text);
    return value.contains("entity_path") ? value["entity_path"].get<std::string>() : std::string();
}

std::string cluster_id_to_json(std::string_view id) {
    return fmt::format(R"({{"version":"1","id":{}}})", quoted_json(id));
}

std::string cluster_id_from_json(std::string_view text) {
    const json value = parsed(text);
    return value.contains("id") ? value["id"].get<std::string>() : std::string();
}

std::string elections_to_json(const std::vector<ElectionPartition>& partitions) {
    std::string items;
    for (const auto& [topic, partition] : partitions)
        items +=
            fmt::format(R"({}{{"topic":{},"partition":{}}})", items.empty() ? "" : ",", quoted_json(topic), partition);
    return fmt::format(R"({{"version":1,"partitions":[{}]}})", items);
}

std::vector<ElectionPartition> elections_from_json(std::string_view text) {
    std::vector<ElectionPartition> partitions;
    const json value = parsed(text);
    if (!value.contains("partitions")) return partitions;
    for (const json& item : value["partitions"])
        if (item.contains("topic") && item.contains("partition"))
            partitions.push_back({item["topic"].get<std::string>(), static_cast<i32>(number_in(item["partition"]))});
    return partitions;
}

std::string to_json(const std::vector<Reassignment>& wishes) {
    std::string items;
    for (const auto& [topic, partition, replicas] : wishes)
        items += fmt::format(R"({}{{"topic":{},"partition":{},"replicas":{}}})", items.empty() ? "" : ",",
                             quoted_json(topic), partition, list_to_json(replicas));
    return fmt::format(R"({{"version":1,"partitions":[{}]}})", items);
}

std::vector<Reassignment> reassignments_from_json(std::string_view text) {
    std::vector<Reassignment> wishes;
    const json value = parsed(text);
    if (!value.contains("partitions") || !value["partitions"].is_array()) return wishes;
    for (const json& item : value["partitions"])
        if (item.contains("topic") && item["topic"].is_string() && item.contains("partition") &&
            item.contains("replicas"))
            wishes.push_back({item["topic"].get<std::string>(), static_cast<i32>(number_in(item["partition"])),
                              list_from(item["replicas"])});
    return wishes;
}

}  // namespace engine::broker::znodes
