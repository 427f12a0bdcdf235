// Settings of topics and brokers: changing them through ZooKeeper, and hearing that somebody did.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/controller_work.h"
#include "engine/broker/replicas.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/dynamic_config.h"
#include "engine/model/facts.h"
#include "engine/model/topic_config.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/incremental_alter_configs.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using zookeeper::ZkData;

constexpr u64 kListChanges = 0;
constexpr u64 kReadChanges = 1;
constexpr u64 kReadEntities = 2;
static_assert(kListChanges < kReadChanges && kReadChanges < kReadEntities);  // the order of the phases
constexpr auto kTopicResource = static_cast<i8>(ResourceType::topic);
constexpr auto kBrokerResource = static_cast<i8>(ResourceType::broker);
constexpr std::string_view kTopicsPrefix = "topics/";
constexpr std::string_view kBrokersPrefix = "brokers/";
constexpr std::string_view kUnclean = "unclean.leader.election.enable";

// ---- changing -----------------------------------------------------------------------------------

wire::IncrementalAlterConfigsResponse to_response(const AlterConfigOp& op) {
    wire::IncrementalAlterConfigsResponse response;
    for (const ConfigTarget& target : op.targets) {
        auto& answer = response.responses.emplace_back();
        answer.error_code = static_cast<i16>(target.error);
        if (!target.message.empty()) answer.error_message = target.message;
        answer.resource_type = target.resource_type;
        answer.resource_name = target.resource_name;
    }
    return response;
}

ConfigTarget& current(Ctx ctx, u64 id) {
    AlterConfigOp& op = ctx.memory().admin.config_changes.at(id);
    MR_ASSERT(op.current < op.targets.size());
    return op.targets[op.current];
}

/// Notes what is wrong with whose settings are to be changed.
void refuse_target(Ctx ctx, ConfigTarget& target) {
    const std::string self = fmt::to_string(ctx.self().value);
    const NameId topic = ctx.env.find_name(target.resource_name);
    if (target.resource_type == kTopicResource) {
        const bool known = topic != kNoName && ctx.memory().metadata.find(topic) != nullptr;
        if (!known) target.error = ErrorCode::unknown_topic_or_partition;
    } else if (target.resource_type != kBrokerResource) {
        target.error = ErrorCode::invalid_request;
        target.message = "Only settings of topics and brokers can be changed here.";
    } else if (!target.resource_name.empty() && target.resource_name != self) {
        target.error = ErrorCode::invalid_request;
        target.message = fmt::format("Unexpected broker id, expected {}, but received {}", self, target.resource_name);
    }
}

void next_target(Ctx ctx, u64 id) {
    AlterConfigOp& op = ctx.memory().admin.config_changes.at(id);
    ++op.current;
    start_config_change(ctx, id);
}

void ask(Ctx ctx, u64 id, AlterConfigStep step, std::vector<zookeeper::ZkRequest> requests) {
    ctx.memory().admin.config_changes.at(id).step = step;
    ask_zookeeper(ctx, ZkTask::alter_config, id, std::move(requests));
}

bool is_of_topic(const ConfigTarget& target) { return target.resource_type == kTopicResource; }

/// Whose settings are meant, below /config.
std::string entity_of(const ConfigTarget& target) {
    if (is_of_topic(target)) return std::string(kTopicsPrefix) + target.resource_name;
    return std::string(kBrokersPrefix) +
           (target.resource_name.empty() ? std::string(znodes::kDefaultEntity) : target.resource_name);
}

std::expected<ConfigMap, std::string> edited_topic(const ConfigTarget& target, ConfigMap config) {
    for (const ConfigEdit& edit : target.edits) {
        const ConfigKey* key = find_key(topic_config_keys(), edit.name);
        if (key == nullptr) return std::unexpected(fmt::format("Unknown topic config name: {}", edit.name));
        if (edit.remove) { config.erase(edit.name); continue; }
        if (const auto good = check_value(*key, edit.value); !good) return std::unexpected(good.error());
        config[edit.name] = edit.value;
    }
    return config;
}

/// What would hold for this broker if a level were set to this.
ConfigMap settings_with(Ctx ctx, const ConfigMap& level, bool per_broker) {
    DynamicConfigs changed = ctx.memory().dynamic;
    (per_broker ? changed.own : changed.for_all) = level;
    return merged_settings(ctx.broker.settings.config, changed);
}

std::expected<ConfigMap, std::string> edited_broker(Ctx ctx, const ConfigTarget& target, ConfigMap config) {
    MR_ASSERT(target.resource_type == kBrokerResource);
    const bool per_broker = !target.resource_name.empty();
    for (const ConfigEdit& edit : target.edits) {
        if (edit.remove) config.erase(edit.name);
        else config[edit.name] = edit.value;
    }
    const DynamicChange change{config, effective_settings(ctx), settings_with(ctx, config, per_broker), per_broker};
    if (const auto good = check_dynamic_change(change); !good) return std::unexpected(good.error());
    return config;
}

/// Applies the edits to what is set now and checks each value.
std::expected<ConfigMap, std::string> edited(Ctx ctx, const ConfigTarget& target, ConfigMap config) {
    return is_of_topic(target) ? edited_topic(target, std::move(config))
                               : edited_broker(ctx, target, std::move(config));
}

void on_config_read(Ctx ctx, u64 id, const zookeeper::ZkResult& result) {
    ConfigTarget& target = current(ctx, id);
    MR_ASSERT(!failed(target.error));
    const auto config = edited(ctx, target, znodes::config_from_json(result.data.bytes).value_or(ConfigMap{}));
    if (!config) {
        target.error = is_of_topic(target) ? ErrorCode::invalid_config : ErrorCode::invalid_request;
        target.message = config.error();
        return next_target(ctx, id);
    }
    const std::string path = znodes::config_path(entity_of(target));
    const ZkData json = ZkData::of(znodes::config_to_json(*config));
    const bool missing = zookeeper::failed(result.error);
    ask(ctx, id, AlterConfigStep::write,
        {missing ? zookeeper::create_request(path, json) : zookeeper::set_data_request(path, json)});
}

void notify(Ctx ctx, u64 id) {
    MR_ASSERT(!failed(current(ctx, id).error));
    const std::string entity = entity_of(current(ctx, id));
    ask(ctx, id, AlterConfigStep::notify,
        {zookeeper::create_request(std::string(znodes::kConfigChanges), {}),
         zookeeper::create_request(std::string(znodes::kConfigChangePrefix),
                                   ZkData::of(znodes::config_change_to_json(entity)), zookeeper::kSequential)});
}

// ---- hearing ------------------------------------------------------------------------------------

void tell_changes(Ctx ctx, NameId topic, const ConfigMap& before, const ConfigMap& after) {
    for (const auto& [name, value] : after) {
        const std::string* old = before.find(name);
        if (old != nullptr && *old == value) continue;
        ctx.env.fact(
            named_fact(FactKind::config_changed, topic, {ctx.env.intern(name).value, ctx.env.intern(value).value}));
    }
}

void on_topic_entity(Ctx ctx, std::string_view topic_name, const ConfigMap& config) {
    const NameId topic = ctx.env.intern(topic_name);
    const ConfigMap* known = ctx.memory().topic_configs.find(topic);
    tell_changes(ctx, topic, known == nullptr ? ConfigMap{} : *known, config);
    apply_topic_config(ctx, topic, config);
    const std::string* unclean = config.find(kUnclean);
    if (unclean != nullptr && *unclean == "true")
        enqueue(ctx, {ControllerEventKind::unclean_enabled, 0, topic, ctx.env.here()});
}

bool elects_unclean(Ctx ctx) {
    const ConfigMap settings = effective_settings(ctx);
    const std::string* unclean = settings.find(kUnclean);
    return unclean != nullptr && *unclean == "true";
}

/// Settings for all brokers, or this one's own, are others now.
void on_broker_entity(Ctx ctx, std::string_view entity, const ConfigMap& config) {
    const bool per_broker = entity != znodes::kDefaultEntity;
    if (per_broker && entity != fmt::to_string(ctx.self().value)) return;
    const bool unclean_before = elects_unclean(ctx);
    DynamicConfigs dynamic = ctx.memory().dynamic;
    ConfigMap& level = per_broker ? dynamic.own : dynamic.for_all;
    const ConfigMap usable = usable_dynamic_settings(config, per_broker);
    tell_changes(ctx, ctx.env.intern(fmt::format("{}{}", kBrokersPrefix, entity)), level, usable);
    level = usable;
    apply_broker_config(ctx, std::move(dynamic));
    if (!unclean_before && elects_unclean(ctx))
        enqueue(ctx, {ControllerEventKind::unclean_enabled, 0, kNoName, ctx.env.here()});
}

void on_entity(Ctx ctx, const zookeeper::ZkResult& result) {
    const std::string_view entity = znodes::entity_of_config_path(result.path);
    MR_ASSERT(entity.starts_with(kTopicsPrefix) || entity.starts_with(kBrokersPrefix));
    const ConfigMap config = znodes::config_from_json(result.data.bytes).value_or(ConfigMap{});
    if (entity.starts_with(kTopicsPrefix)) on_topic_entity(ctx, entity.substr(kTopicsPrefix.size()), config);
    else on_broker_entity(ctx, entity.substr(kBrokersPrefix.size()), config);
}

void on_changes_listed(Ctx ctx, const zookeeper::ZkResult& result) {
    auto& seen = ctx.memory().admin.seen_config_changes;
    std::vector<zookeeper::ZkRequest> questions;
    for (const std::string& name : result.children) {
        if (std::ranges::find(seen, name) != seen.end()) continue;
        seen.push_back(name);
        questions.push_back(zookeeper::get_data_request(std::string(znodes::kConfigChanges) + "/" + name));
    }
    if (!questions.empty()) ask_zookeeper(ctx, ZkTask::config_changes, kReadChanges, std::move(questions));
}

void on_changes_read(Ctx ctx, const ZkBatch& batch) {
    std::vector<zookeeper::ZkRequest> questions;
    for (const zookeeper::ZkResult& result : batch.results) {
        const std::string entity = znodes::entity_path_from_json(result.data.bytes);
        if (entity.starts_with(kTopicsPrefix) || entity.starts_with(kBrokersPrefix))
            questions.push_back(zookeeper::get_data_request(znodes::config_path(entity)));
    }
    if (!questions.empty()) ask_zookeeper(ctx, ZkTask::config_changes, kReadEntities, std::move(questions));
}

}  // namespace

bool start_requested_config_change(Ctx ctx, const ReplyTo& to, const wire::IncrementalAlterConfigsRequest& request) {
    AlterConfigOp op;
    op.reply_to = to;
    for (const auto& resource : request.resources) {
        ConfigTarget& target = op.targets.emplace_back();
        target.resource_type = resource.resource_type;
        target.resource_name = resource.resource_name;
        for (const auto& config : resource.configs)
            target.edits.push_back({config.name, config.value.value_or(""), config.config_operation == 1});
    }
    const u64 id = ctx.memory().admin.next_id++;
    ctx.memory().admin.config_changes[id] = std::move(op);
    start_config_change(ctx, id);
    return true;
}

void start_config_change(Ctx ctx, u64 id) {
    AlterConfigOp& op = ctx.memory().admin.config_changes.at(id);
    MR_ASSERT(op.current <= op.targets.size());
    if (op.current == op.targets.size()) {
        const AlterConfigOp done = std::move(op);
        ctx.memory().admin.config_changes.erase(id);
        return respond(ctx, done.reply_to, to_response(done));
    }
    ConfigTarget& target = current(ctx, id);
    refuse_target(ctx, target);
    if (failed(target.error)) return next_target(ctx, id);
    ask(ctx, id, AlterConfigStep::read, {zookeeper::get_data_request(znodes::config_path(entity_of(target)))});
}

void on_config_answers(Ctx ctx, const ZkBatch& batch) {
    AlterConfigOp* op = ctx.memory().admin.config_changes.find(batch.arg);
    if (op == nullptr) return;
    MR_ASSERT(!batch.results.empty());
    switch (op->step) {
        case AlterConfigStep::read: return on_config_read(ctx, batch.arg, batch.results.front());
        case AlterConfigStep::write: return notify(ctx, batch.arg);
        case AlterConfigStep::notify: return next_target(ctx, batch.arg);
    }
}

void read_config_changes(Ctx ctx) {
    ask_zookeeper(ctx, ZkTask::config_changes, kListChanges,
                  {zookeeper::get_children_request(std::string(znodes::kConfigChanges), true)});
}

void on_config_change_answers(Ctx ctx, const ZkBatch& batch) {
    MR_ASSERT(batch.arg <= kReadEntities && !batch.results.empty());
    if (batch.arg == kListChanges) return on_changes_listed(ctx, batch.results.front());
    if (batch.arg == kReadChanges) return on_changes_read(ctx, batch);
    for (const zookeeper::ZkResult& result : batch.results)
        if (!zookeeper::failed(result.error)) on_entity(ctx, result);
}

void recheck_admin_waits(Ctx ctx) {
    recheck_creations(ctx);
    recheck_elections(ctx);
    recheck_topic_changes(ctx);
}

}  // namespace engine::broker
