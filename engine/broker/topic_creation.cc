// Creating topics: checks, placement, the two znodes, and the wait until our own metadata knows the leaders.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/placement.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/broker/topic_rules.h"
#include "engine/broker/topic_settings.h"
#include "engine/model/topic_config.h"
#include "engine/wire/messages/create_topics.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkError;

constexpr std::size_t kMostNameLength = 249;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

// ---- ids and places -----------------------------------------------------------------------------

std::vector<BrokerList> place(Ctx ctx, const std::string& name, i32 partitions, i32 replication_factor) {
    if (const auto* fixed =
            ctx.broker.settings.choices.placements.find(name))  // it may hold partitions that come later
        return {fixed->begin(), fixed->begin() + std::min<std::ptrdiff_t>(partitions, std::ssize(*fixed))};
    BrokerList brokers;
    BrokerRacks racks;
    for (const auto& [broker, endpoint] : ctx.memory().metadata.brokers) {
        brokers.push_back(broker);
        if (!endpoint.rack.empty()) racks[broker] = endpoint.rack;
    }
    MR_ASSERT(partitions > 0 && replication_factor > 0 &&
              static_cast<std::size_t>(replication_factor) <= brokers.size());
    const auto n = static_cast<i64>(brokers.size());
    const auto start = static_cast<i32>(ctx.env.rng().between(0, n - 1));
    const auto shift = static_cast<i32>(ctx.env.rng().between(0, n - 1));
    if (racks.size() == brokers.size())
        return place_replicas_on_racks(racks, partitions, replication_factor, start, shift);
    return place_replicas(brokers, partitions, replication_factor, start, shift);
}

void refuse(NewTopic& topic, ErrorCode error, std::string message) {
    MR_ASSERT(failed(error));
    topic.error = error;
    topic.message = std::move(message);
}

/// Places the replicas of a topic that gives counts; false (and its error set) if that is not possible.
bool place_by_counts(Ctx ctx, NewTopic& topic, i32 partitions, i32 replication_factor) {
    MR_ASSERT(!failed(topic.error));
    const auto live = static_cast<i32>(ctx.memory().metadata.brokers.size());
    if (partitions == -1) partitions = ctx.config().num_partitions;
    if (replication_factor == -1) replication_factor = ctx.config().default_replication_factor;
    if (partitions <= 0)
        refuse(topic, ErrorCode::invalid_partitions, "Number of partitions must be larger than 0.");
    else if (replication_factor <= 0)
        refuse(topic, ErrorCode::invalid_replication_factor, "Replication factor must be larger than 0.");
    else if (replication_factor > live)
        refuse(topic, ErrorCode::invalid_replication_factor,
               fmt::format("Replication factor: {} larger than available brokers: {}.", replication_factor, live));
    if (failed(topic.error)) return false;
    topic.data.partitions = place(ctx, topic.name, partitions, replication_factor);
    return true;
}

// ---- checks -------------------------------------------------------------------------------------

using Asked = wire::CreateTopicsRequest::Topic;

bool take_assignment(Ctx ctx, const Asked& asked, NewTopic& topic) {
    std::vector<BrokerList> partitions(asked.assignments.size());
    for (const auto& assignment : asked.assignments) {
        const auto index = static_cast<std::size_t>(assignment.partition_index);
        if (index >= partitions.size() || !partitions[index].empty() || assignment.broker_ids.empty()) return false;
        for (const i32 broker : assignment.broker_ids) {
            const BrokerId id{broker};
            if (contains(partitions[index], id) || !ctx.memory().metadata.brokers.contains(id)) return false;
            partitions[index].push_back(id);
        }
        if (partitions[index].size() != asked.assignments.front().broker_ids.size()) return false;
    }
    topic.data.partitions = std::move(partitions);
    return true;
}

void take_configs(const Asked& asked, NewTopic& topic) {
    MR_ASSERT(!failed(topic.error) && topic.config.empty());
    for (const auto& config : asked.configs) {
        const ConfigKey* key = find_key(topic_config_keys(), config.name);
        if (key == nullptr)
            return refuse(topic, ErrorCode::invalid_config, fmt::format("Unknown topic config name: {}", config.name));
        if (!config.value)
            return refuse(topic, ErrorCode::invalid_config,
                          fmt::format("Null value not supported for topic configs: {}", config.name));
        if (const auto good = check_value(*key, *config.value); !good)
            return refuse(topic, ErrorCode::invalid_config, good.error());
        topic.config[config.name] = *config.value;
    }
}

bool exists(Ctx ctx, const std::string& name) {
    const NameId id = ctx.env.find_name(name);
    return id != kNoName && ctx.memory().metadata.find(id) != nullptr;
}

/// A name as metrics know it, where periods and underscores are one.
std::string metric_name(std::string name) {
    std::ranges::replace(name, '.', '_');
    return name;
}

/// Topics whose metrics would be those of a topic with this name, separated by commas.
std::string colliding_topics(Ctx ctx, const std::string& name) {
    std::string colliding;
    if (name.find_first_of("._") == std::string::npos) return colliding;
    for (const auto& [id, topic] : *ctx.memory().metadata.topics)
        if (metric_name(ctx.text(id)) == metric_name(name)) colliding += (colliding.empty() ? "" : ", ") + ctx.text(id);
    return colliding;
}

NewTopic checked(Ctx ctx, const Asked& asked) {
    NewTopic topic;
    topic.name = asked.name;
    if (const std::string reason = invalid_topic_reason(asked.name); !reason.empty()) {
        refuse(topic, ErrorCode::invalid_topic_exception, reason);
    } else if (exists(ctx, asked.name)) {
        refuse(topic, ErrorCode::topic_already_exists, fmt::format("Topic '{}' already exists.", asked.name));
    } else if (const std::string others = colliding_topics(ctx, asked.name); !others.empty()) {
        refuse(topic, ErrorCode::invalid_topic_exception,
               fmt::format("Topic '{}' collides with existing topics: {}", asked.name, others));
    } else if (asked.assignments.empty()) {
        place_by_counts(ctx, topic, asked.num_partitions, asked.replication_factor);
    } else if (asked.num_partitions != -1 || asked.replication_factor != -1) {
        refuse(topic, ErrorCode::invalid_request,
               "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the "
               "same time.");
    } else if (!take_assignment(ctx, asked, topic)) {
        refuse(topic, ErrorCode::invalid_replica_assignment,
               fmt::format("Invalid replica assignment for topic {}.", asked.name));
    }
    if (!failed(topic.error)) take_configs(asked, topic);
    if (!failed(topic.error)) topic.data.topic_id = new_topic_id(ctx, topic.name);
    return topic;
}

// ---- the operation ------------------------------------------------------------------------------

void ask(Ctx ctx, u64 id, CreateStep step, std::vector<zookeeper::ZkRequest> requests) {
    ctx.memory().admin.creations.at(id).step = step;
    ask_zookeeper(ctx, ZkTask::create_topic, id, std::move(requests));
}

/// One request for each topic that is still good.
template <class Make>
std::vector<zookeeper::ZkRequest> for_good_topics(const CreateTopicsOp& op, Make&& make) {
    std::vector<zookeeper::ZkRequest> requests;
    for (const NewTopic& topic : op.topics)
        if (!failed(topic.error)) requests.push_back(make(topic));
    return requests;
}

constexpr i16 kListsSettings = 5;  // since this version an answer lists what a new topic is set to

/// What an answer says of any topic, made or refused.
wire::CreateTopicsResponse::Topic& add_answer(const NewTopic& topic, wire::CreateTopicsResponse& response) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    answer.topic_id = topic.data.topic_id;
    answer.error_code = static_cast<i16>(topic.error);
    if (!topic.message.empty()) answer.error_message = topic.message;
    answer.configs.emplace();
    return answer;
}

wire::CreateTopicsResponse to_response(Ctx ctx, const CreateTopicsOp& op) {
    wire::CreateTopicsResponse response;
    for (const NewTopic& topic : op.topics) {
        auto& answer = add_answer(topic, response);
        if (failed(topic.error)) continue;
        MR_ASSERT(!topic.data.partitions.empty() && !topic.data.partitions.front().empty());
        answer.num_partitions = static_cast<i32>(topic.data.partitions.size());
        answer.replication_factor = static_cast<i16>(topic.data.partitions.front().size());
        if (op.reply_to.version >= kListsSettings) answer.configs = settings_of_topic(ctx, topic.config);
    }
    return response;
}

void finish_creation(Ctx ctx, u64 id) {
    CreateTopicsOp op = std::move(ctx.memory().admin.creations.at(id));
    ctx.memory().admin.creations.erase(id);
    ctx.env.cancel(op.timer);
    if (!op.internal) respond(ctx, op.reply_to, to_response(ctx, op));
}

bool any_good(const CreateTopicsOp& op) {
    return std::ranges::any_of(op.topics, [](const NewTopic& t) { return !failed(t.error); });
}

bool leaders_known(Ctx ctx, const NewTopic& topic) {
    const NameId name = ctx.env.find_name(topic.name);
    const CachedTopic* cached = name == kNoName ? nullptr : ctx.memory().metadata.find(name);
    if (cached == nullptr || cached->partitions.size() < topic.data.partitions.size()) return false;
    return std::ranges::all_of(cached->partitions, [](const auto& entry) { return entry.second.leader != kNoBroker; });
}

void wait_for_leaders(Ctx ctx, u64 id) {
    CreateTopicsOp& op = ctx.memory().admin.creations.at(id);
    MR_ASSERT(!op.timer);
    op.step = CreateStep::wait_for_leaders;
    if (op.internal || !any_good(op)) return finish_creation(ctx, id);
    op.timer = ctx.env.timer(std::max(op.deadline - ctx.env.now(), Nanos{}), kCreateTopicsWait, id, kRequestLane);
    recheck_admin_waits(ctx);
}

void on_config_written(Ctx ctx, u64 id, const ZkBatch& batch) {
    const CreateTopicsOp& op = ctx.memory().admin.creations.at(id);
    std::vector<zookeeper::ZkRequest> creates;
    std::size_t at = 0;
    for (const NewTopic& topic : op.topics) {
        if (failed(topic.error)) continue;
        if (batch.results[at++].error == ZkError::no_node)
            creates.push_back(zookeeper::create_request(znodes::topic_config_path(topic.name),
                                                        ZkData::of(znodes::config_to_json(topic.config))));
    }
    MR_ASSERT(at == batch.results.size());
    ask(ctx, id, CreateStep::create_config, std::move(creates));
}

void on_topics_written(Ctx ctx, u64 id, const ZkBatch& batch) {
    std::size_t at = 0;
    for (NewTopic& topic : ctx.memory().admin.creations.at(id).topics) {
        if (failed(topic.error)) continue;
        const ZkError error = batch.results[at++].error;
        if (error == ZkError::node_exists)
            refuse(topic, ErrorCode::topic_already_exists, fmt::format("Topic '{}' already exists.", topic.name));
        else if (zookeeper::failed(error))
            refuse(topic, ErrorCode::unknown_server_error, std::string(zookeeper::name_of(error)));
        else topic.written = true;
    }
    MR_ASSERT(at == batch.results.size());
    wait_for_leaders(ctx, id);
}

}  // namespace

wire::Uuid new_topic_id(Ctx ctx, const std::string& name) {
    if (const wire::Uuid* fixed = ctx.broker.settings.choices.topic_ids.find(name)) return *fixed;
    wire::Uuid id;
    for (u8& byte : id.bytes) byte = static_cast<u8>(ctx.env.rng().below(256));
    return id;
}

bool is_valid_topic_name(std::string_view name) { return invalid_topic_reason(name).empty(); }

std::string invalid_topic_reason(std::string_view name) {
    if (name.empty()) return "Topic name is invalid: the empty string is not allowed";
    if (name == "." || name == "..") return "Topic name is invalid: '.' or '..' is not allowed";
    if (name.size() > kMostNameLength)
        return fmt::format("Topic name is invalid: the length of '{}' is longer than the max allowed length {}", name,
                           kMostNameLength);
    if (!std::ranges::all_of(name, is_name_character))
        return fmt::format(
            "Topic name is invalid: '{}' contains one or more characters other than ASCII alphanumerics, '.', '_' and "
            "'-'",
            name);
    return "";
}

bool is_internal_topic(std::string_view name) { return name == kOffsetsTopic || name == "__transaction_state"; }

u64 start_creation(Ctx ctx, CreateTopicsOp op) {
    const u64 id = ctx.memory().admin.next_id++;
    MR_ASSERT(op.step == CreateStep::check && !ctx.memory().admin.creations.contains(id));
    const bool only_validate = op.validate_only;
    ctx.memory().admin.creations[id] = std::move(op);
    if (only_validate || !any_good(ctx.memory().admin.creations.at(id))) {
        finish_creation(ctx, id);
        return id;
    }
    ask(ctx, id, CreateStep::check, for_good_topics(ctx.memory().admin.creations.at(id), [](const NewTopic& t) {
            return zookeeper::exists_request(znodes::topic_path(t.name));
        }));
    return id;
}

void on_creation_answers(Ctx ctx, const ZkBatch& batch) {
    const u64 id = batch.arg;
    CreateTopicsOp* op = ctx.memory().admin.creations.find(id);
    if (op == nullptr) return;
    switch (op->step) {
        case CreateStep::check: {
            std::size_t at = 0;
            for (NewTopic& topic : op->topics) {
                if (failed(topic.error)) continue;
                if (batch.results[at++].error == ZkError::ok)
                    refuse(topic, ErrorCode::topic_already_exists,
                           fmt::format("Topic '{}' already exists.", topic.name));
            }
            return ask(ctx, id, CreateStep::write_config, for_good_topics(*op, [](const NewTopic& t) {
                           return zookeeper::set_data_request(znodes::topic_config_path(t.name),
                                                              ZkData::of(znodes::config_to_json(t.config)));
                       }));
        }
        case CreateStep::write_config: return on_config_written(ctx, id, batch);
        case CreateStep::create_config:
            return ask(ctx, id, CreateStep::write_topic, for_good_topics(*op, [](const NewTopic& t) {
                return zookeeper::create_request(znodes::topic_path(t.name), ZkData::of(znodes::to_json(t.data)));
            }));
        case CreateStep::write_topic: return on_topics_written(ctx, id, batch);
        case CreateStep::wait_for_leaders: return;
    }
}

void on_creation_expired(Ctx ctx, u64 id) {
    CreateTopicsOp* op = ctx.memory().admin.creations.find(id);
    if (op == nullptr) return;
    MR_ASSERT(op->step == CreateStep::wait_for_leaders);
    for (NewTopic& topic : op->topics)
        if (!failed(topic.error) && !leaders_known(ctx, topic)) topic.error = ErrorCode::request_timed_out;
    finish_creation(ctx, id);
}

ErrorCode create_automatically(Ctx ctx, const std::string& name) {
    for (const auto& [id, op] : ctx.memory().admin.creations)
        if (std::ranges::any_of(op.topics, [&](const NewTopic& t) { return t.name == name; }))
            return ErrorCode::leader_not_available;
    if (!colliding_topics(ctx, name).empty()) return ErrorCode::invalid_topic_exception;
    NewTopic topic;
    topic.name = name;
    const bool offsets = name == kOffsetsTopic;
    const i32 partitions = offsets ? ctx.config().offsets_topic_partitions : ctx.config().num_partitions;
    const i32 factor =
        offsets ? ctx.config().offsets_topic_replication_factor : ctx.config().default_replication_factor;
    if (offsets) {
        topic.config["cleanup.policy"] = "compact";
        topic.config["compression.type"] = "producer";
        topic.config["segment.bytes"] = std::to_string(ctx.config().offsets_topic_segment_bytes);
    }
    if (!place_by_counts(ctx, topic, partitions, factor))
        return offsets ? ErrorCode::coordinator_not_available : topic.error;
    topic.data.topic_id = new_topic_id(ctx, name);
    CreateTopicsOp op;
    op.internal = true;
    op.topics.push_back(std::move(topic));
    start_creation(ctx, std::move(op));
    return ErrorCode::leader_not_available;
}

void recheck_creations(Ctx ctx) {
    std::vector<u64> done;
    for (const auto& [id, op] : ctx.memory().admin.creations) {
        if (op.step != CreateStep::wait_for_leaders) continue;
        const bool all =
            std::ranges::all_of(op.topics, [&](const NewTopic& t) { return failed(t.error) || leaders_known(ctx, t); });
        if (all) done.push_back(id);
    }
    for (const u64 id : done) finish_creation(ctx, id);
}

namespace {

NewTopic excessive(const wire::CreateTopicsRequest::Topic& asked) {
    NewTopic topic;
    topic.name = asked.name;
    refuse(topic, ErrorCode::policy_violation, std::string(kTooManyPartitions));
    return topic;
}

}  // namespace

bool start_requested_creation(Ctx ctx, const ReplyTo& to, const wire::CreateTopicsRequest& request) {
    CreateTopicsOp op;
    op.reply_to = to;
    op.validate_only = request.validate_only;
    op.deadline = ctx.env.now() + sim::millis(std::max(request.timeout_ms, 0));
    i64 partitions = 0;
    for (const Asked& asked : request.topics)
        partitions += asked.assignments.empty() ? asked.num_partitions : std::ssize(asked.assignments);
    for (const auto& asked : request.topics) {
        NewTopic topic = partitions > kMostNewPartitions ? excessive(asked) : checked(ctx, asked);
        const bool twice = std::ranges::count(request.topics, asked.name, &Asked::name) > 1;
        if (twice) refuse(topic, ErrorCode::invalid_request, "Duplicate topic name.");
        op.topics.push_back(std::move(topic));
    }
    MR_ASSERT(op.topics.size() == request.topics.size());
    start_creation(ctx, std::move(op));
    return true;
}

wire::CreateTopicsResponse refuse_creation(const wire::CreateTopicsRequest& request, ErrorCode error) {
    MR_ASSERT(failed(error));
    wire::CreateTopicsResponse response;
    for (const auto& asked : request.topics) {
        NewTopic topic;
        topic.name = asked.name;
        topic.error = error;
        add_answer(topic, response);
    }
    return response;
}

}  // namespace engine::broker
