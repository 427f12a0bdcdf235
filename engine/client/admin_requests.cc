// Sections: which request; asking; reading answers.
#include "engine/client/admin_requests.h"

#include <algorithm>
#include <array>

#include "engine/wire/messages/create_partitions.h"
#include "engine/wire/messages/create_topics.h"
#include "engine/wire/messages/delete_topics.h"
#include "engine/wire/messages/describe_cluster.h"
#include "engine/wire/messages/describe_configs.h"
#include "engine/wire/messages/elect_leaders.h"
#include "engine/wire/messages/incremental_alter_configs.h"
#include "engine/wire/messages/metadata.h"

namespace engine::client {
namespace {

using sim::Env;
using K = AdminKind;
using wire::ApiKey;

// ---- which request ------------------------------------------------------------------------------

struct KindInfo {
    K kind = K::none;
    ApiKey api = ApiKey::metadata;
    i16 version = 0;               // highest that this library speaks
    AdminTarget target = AdminTarget::any;
    std::string_view call;
    std::string_view request;
};
constexpr std::array kKinds = {
    KindInfo{K::none, ApiKey::metadata, 0, AdminTarget::any, "", ""},
    KindInfo{K::list_topics, ApiKey::metadata, kMetadataVersion, AdminTarget::any, "listTopics", "METADATA"},
    KindInfo{K::describe_topics, ApiKey::metadata, kMetadataVersion, AdminTarget::any, "describeTopics", "METADATA"},
    KindInfo{K::describe_cluster, ApiKey::describe_cluster, 1, AdminTarget::any, "listNodes", "DESCRIBE_CLUSTER"},
    KindInfo{K::create_topics, ApiKey::create_topics, 7, AdminTarget::controller, "createTopics", "CREATE_TOPICS"},
    KindInfo{K::delete_topics, ApiKey::delete_topics, 6, AdminTarget::controller, "deleteTopics", "DELETE_TOPICS"},
    KindInfo{K::create_partitions, ApiKey::create_partitions, 3, AdminTarget::controller, "createPartitions",
             "CREATE_PARTITIONS"},
    KindInfo{K::describe_configs, ApiKey::describe_configs, 4, AdminTarget::any, "describeConfigs", "DESCRIBE_CONFIGS"},
    KindInfo{K::alter_configs, ApiKey::incremental_alter_configs, 1, AdminTarget::any, "incrementalAlterConfigs",
             "INCREMENTAL_ALTER_CONFIGS"},
    KindInfo{K::elect_leaders, ApiKey::elect_leaders, 2, AdminTarget::controller, "electLeaders", "ELECT_LEADERS"},
    KindInfo{K::raw, ApiKey::metadata, 0, AdminTarget::any, "request", "REQUEST"},
};

static_assert(kKinds.size() == static_cast<std::size_t>(K::raw) + 1);

const KindInfo& info_of(K kind) {
    MR_ASSERT(static_cast<std::size_t>(kind) < kKinds.size());
    const KindInfo& info = kKinds[static_cast<std::size_t>(kind)];
    MR_ASSERT(info.kind == kind);
    return info;
}

wire::Items<i32> items_of(const std::vector<i32>& numbers) {
    wire::Items<i32> items;
    for (const i32 number : numbers) items.push_back(number);
    return items;
}

// ---- asking -------------------------------------------------------------------------------------

struct Asking {
    ClusterClient& cluster;
    Env& env;
    BrokerId broker;
    u64 id = 0;
    const AdminCall& call;
    i32 timeout_ms = 0;
};

template <class Request>
void send_request(const Asking& asking, const Request& request) {
    MR_ASSERT(Request::kApi == info_of(asking.call.kind).api);
    MR_ASSERT(info_of(asking.call.kind).version <= Request::kHighest);
    send(asking.cluster, asking.env, asking.broker, request, info_of(asking.call.kind).version, asking.id);
}

void ask_metadata(const Asking& asking) {
    wire::MetadataRequest request;
    request.allow_auto_topic_creation = false;
    if (asking.call.kind == K::describe_topics) {
        request.topics.emplace();
        for (const std::string& name : asking.call.names) request.topics->emplace_back().name = name;
    }
    send_request(asking, request);
}

void ask_create_topics(const Asking& asking) {
    MR_ASSERT(!asking.call.topics.empty());
    wire::CreateTopicsRequest request;
    request.timeout_ms = asking.timeout_ms;
    for (const NewTopicOrder& order : asking.call.topics) {
        MR_ASSERT(order.assignment.empty() || (order.partitions == -1 && order.replication_factor == -1));
        auto& topic = request.topics.emplace_back();
        topic.name = order.name;
        topic.num_partitions = order.partitions;
        topic.replication_factor = order.replication_factor;
        for (std::size_t i = 0; i < order.assignment.size(); ++i) {
            auto& assignment = topic.assignments.emplace_back();
            assignment.partition_index = static_cast<i32>(i);
            assignment.broker_ids = items_of(order.assignment[i]);
        }
        for (const auto& [name, value] : order.config) {
            auto& config = topic.configs.emplace_back();
            config.name = name;
            config.value = value;
        }
    }
    send_request(asking, request);
}

void ask_delete_topics(const Asking& asking) {
    MR_ASSERT(!asking.call.names.empty());
    wire::DeleteTopicsRequest request;
    request.timeout_ms = asking.timeout_ms;
    for (const std::string& name : asking.call.names) {
        request.topics.emplace_back().name = name;
        request.topic_names.push_back(name);
    }
    send_request(asking, request);
}

void ask_create_partitions(const Asking& asking) {
    MR_ASSERT(!asking.call.topics.empty());
    wire::CreatePartitionsRequest request;
    request.timeout_ms = asking.timeout_ms;
    for (const NewTopicOrder& order : asking.call.topics) {
        auto& topic = request.topics.emplace_back();
        topic.name = order.name;
        topic.count = order.partitions;
        if (order.assignment.empty()) continue;
        topic.assignments.emplace();
        for (const auto& replicas : order.assignment) topic.assignments->emplace_back().broker_ids = items_of(replicas);
    }
    send_request(asking, request);
}

void ask_describe_configs(const Asking& asking) {
    MR_ASSERT(!asking.call.resources.empty());
    wire::DescribeConfigsRequest request;
    request.include_synonyms = asking.call.synonyms;
    for (const ConfigResource& resource : asking.call.resources) {
        auto& asked = request.resources.emplace_back();
        asked.resource_type = static_cast<i8>(resource.type);
        asked.resource_name = resource.name;
    }
    send_request(asking, request);
}

void ask_alter_configs(const Asking& asking) {
    MR_ASSERT(!asking.call.resources.empty());
    constexpr i8 kSet = 0, kDelete = 1;
    wire::IncrementalAlterConfigsRequest request;
    for (const ConfigResource& resource : asking.call.resources) {
        auto& asked = request.resources.emplace_back();
        asked.resource_type = static_cast<i8>(resource.type);
        asked.resource_name = resource.name;
        for (const ConfigOrder& order : resource.orders) {
            auto& config = asked.configs.emplace_back();
            config.name = order.name;
            config.config_operation = order.remove ? kDelete : kSet;
            config.value = order.value;
        }
    }
    send_request(asking, request);
}

void ask_elect_leaders(const Asking& asking) {
    MR_ASSERT(asking.call.all_partitions == asking.call.partitions.empty());
    wire::ElectLeadersRequest request;
    request.timeout_ms = asking.timeout_ms;
    request.election_type = asking.call.unclean ? 1 : 0;
    if (!asking.call.all_partitions) request.topic_partitions.emplace();
    for (const PartitionName& partition : asking.call.partitions) {
        auto& list = *request.topic_partitions;
        if (list.empty() || list.back().topic != partition.topic) list.emplace_back().topic = partition.topic;
        list.back().partitions.push_back(partition.partition);
    }
    send_request(asking, request);
}

// ---- reading answers ----------------------------------------------------------------------------

void note(AdminResult& result, std::string name, i32 partition, i16 error, const std::optional<std::string>& message) {
    result.outcomes.push_back(
        {std::move(name), partition, static_cast<ErrorCode>(error), {message.value_or(""), !message}});
}

DescribedTopic described(const wire::MetadataResponse::Topic& topic) {
    DescribedTopic out{topic.name.value_or(""), topic.topic_id, topic.is_internal, {}};
    for (const auto& partition : topic.partitions) {
        auto& p = out.partitions.emplace_back();
        p.index = partition.partition_index;
        p.leader = partition.leader_id;
        p.replicas.assign(partition.replica_nodes.begin(), partition.replica_nodes.end());
        p.isr.assign(partition.isr_nodes.begin(), partition.isr_nodes.end());
    }
    std::ranges::sort(out.partitions, {}, &DescribedPartition::index);
    MR_ASSERT(out.partitions.size() == topic.partitions.size());
    return out;
}

void read(const wire::MetadataResponse& response, AdminResult& result) {
    result.controller = response.controller_id;
    for (const auto& topic : response.topics) {
        const bool there =
            topic.error_code == 0 || topic.error_code == static_cast<i16>(ErrorCode::leader_not_available);
        if (there) result.topics.push_back(described(topic));
        else note(result, topic.name.value_or(""), -1, topic.error_code, {});
    }
    std::ranges::sort(result.topics, {}, &DescribedTopic::name);
    MR_ASSERT(result.topics.size() + result.outcomes.size() == response.topics.size());
}

void read(const wire::DescribeClusterResponse& response, AdminResult& result) {
    result.error = static_cast<ErrorCode>(response.error_code);
    result.message = response.error_message.value_or("");
    result.cluster_id = response.cluster_id;
    result.controller = response.controller_id;
    for (const auto& broker : response.brokers)
        result.brokers.push_back({broker.broker_id, {broker.host, static_cast<u16>(broker.port)}});
}

void read(const wire::CreateTopicsResponse& response, AdminResult& result) {
    for (const auto& topic : response.topics) note(result, topic.name, -1, topic.error_code, topic.error_message);
}

void read(const wire::DeleteTopicsResponse& response, AdminResult& result) {
    for (const auto& topic : response.responses)
        note(result, topic.name.value_or(""), -1, topic.error_code, topic.error_message);
}

void read(const wire::CreatePartitionsResponse& response, AdminResult& result) {
    for (const auto& topic : response.results) note(result, topic.name, -1, topic.error_code, topic.error_message);
}

DescribedConfig described(const wire::DescribeConfigsResponse::Result::Config& config) {
    DescribedConfig out{config.name, config.value.value_or("null"), config.config_source, config.is_sensitive, {}};
    for (const auto& synonym : config.synonyms)
        out.synonyms.emplace_back(synonym.source, synonym.name + "=" + synonym.value.value_or("null"));
    return out;
}

void read(const wire::DescribeConfigsResponse& response, AdminResult& result) {
    for (const auto& resource : response.results) {
        note(result, resource.resource_name, -1, resource.error_code, resource.error_message);
        DescribedResource& out = result.resources.emplace_back();
        out.name = resource.resource_name;
        for (const auto& config : resource.configs) out.configs.push_back(described(config));
    }
}

void read(const wire::IncrementalAlterConfigsResponse& response, AdminResult& result) {
    for (const auto& resource : response.responses)
        note(result, resource.resource_name, -1, resource.error_code, resource.error_message);
}

void read(const wire::ElectLeadersResponse& response, AdminResult& result) {
    result.error = static_cast<ErrorCode>(response.error_code);
    for (const auto& topic : response.replica_election_results)
        for (const auto& partition : topic.partition_result)
            note(result, topic.topic, partition.partition_id, partition.error_code, partition.error_message);
}

template <class Response>
bool read_as(const ClientEvent& event, AdminResult& result) {
    Response response;
    if (!decode_answer(event, response)) return false;
    read(response, result);
    return true;
}

}  // namespace

AdminTarget target_of(const AdminCall& call) {
    const bool of_broker = !call.resources.empty() && call.resources.front().type == ResourceType::broker;
    return of_broker && !call.resources.front().name.empty() ? AdminTarget::named_broker : info_of(call.kind).target;
}

std::string_view call_name(AdminKind kind) { return info_of(kind).call; }
std::string_view request_name(AdminKind kind) { return info_of(kind).request; }

bool send_call(ClusterClient& cluster, Env& env, BrokerId broker, u64 id, const AdminCall& call, i32 timeout_ms) {
    if (call.kind == K::raw) {
        const RawRequest& raw = call.raw;
        if (version_for(cluster, broker, raw.api, raw.version) != raw.version) return false;
        wire::send_encoded(cluster.links.at(broker).channel, env, {raw.api, raw.version}, raw.body, id,
                           cluster.config.request_timeout);
        return true;
    }
    const KindInfo& info = info_of(call.kind);
    MR_ASSERT(!call.in_flight && timeout_ms >= 0);
    if (version_for(cluster, broker, info.api, info.version) < 0) return false;
    const Asking asking{cluster, env, broker, id, call, timeout_ms};
    switch (call.kind) {
        case K::none:
        case K::raw: MR_ASSERT(false); break;
        case K::list_topics:
        case K::describe_topics: ask_metadata(asking); break;
        case K::describe_cluster: send_request(asking, wire::DescribeClusterRequest{}); break;
        case K::create_topics: ask_create_topics(asking); break;
        case K::delete_topics: ask_delete_topics(asking); break;
        case K::create_partitions: ask_create_partitions(asking); break;
        case K::describe_configs: ask_describe_configs(asking); break;
        case K::alter_configs: ask_alter_configs(asking); break;
        case K::elect_leaders: ask_elect_leaders(asking); break;
    }
    return true;
}

bool read_answer(const ClientEvent& event, const AdminCall& call, AdminResult& result) {
    MR_ASSERT(event.request.api == info_of(call.kind).api);
    switch (call.kind) {
        case K::none:
        case K::raw: return false;
        case K::list_topics:
        case K::describe_topics: return read_as<wire::MetadataResponse>(event, result);
        case K::describe_cluster: return read_as<wire::DescribeClusterResponse>(event, result);
        case K::create_topics: return read_as<wire::CreateTopicsResponse>(event, result);
        case K::delete_topics: return read_as<wire::DeleteTopicsResponse>(event, result);
        case K::create_partitions: return read_as<wire::CreatePartitionsResponse>(event, result);
        case K::describe_configs: return read_as<wire::DescribeConfigsResponse>(event, result);
        case K::alter_configs: return read_as<wire::IncrementalAlterConfigsResponse>(event, result);
        case K::elect_leaders: return read_as<wire::ElectLeadersResponse>(event, result);
    }
    return false;
}

}  // namespace engine::client
