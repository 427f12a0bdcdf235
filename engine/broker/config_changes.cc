// Settings of topics: changing them through ZooKeeper, and hearing that somebody did.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/controller_work.h"
#include "engine/broker/replicas.h"
#include "engine/broker/topic_rules.h"
#include "engine/model/facts.h"
#include "engine/model/topic_config.h"
#include "engine/model/touch.h"
#include "engine/wire/messages/incremental_alter_configs.h"

namespace engine::broker {
namespace {

using zookeeper::ZkData;

constexpr u64 kListChanges = 0;
constexpr u64 kReadChanges = 1;
constexpr u64 kReadEntities = 2;
static_assert(kListChanges < kReadChanges && kReadChanges < kReadEntities);  // the order of the phases
constexpr i8 kTopicResource = 2;
constexpr std::string_view kTopicsPrefix = "topics/";

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

void next_target(Ctx ctx, u64 id) {
    AlterConfigOp& op = ctx.memory().admin.config_changes.at(id);
    ++op.current;
    start_config_change(ctx, id);
}

void ask(Ctx ctx, u64 id, AlterConfigStep step, std::vector<zookeeper::ZkRequest> requests) {
    ctx.memory().admin.config_changes.at(id).step = step;
    ask_zookeeper(ctx, ZkTask::alter_config, id, std::move(requests));
}

/// Applies the edits to what is set now and checks each value.
std::expected<ConfigMap, std::string> edited(const ConfigTarget& target, ConfigMap config) {
    for (const ConfigEdit& edit : target.edits) {
        const ConfigKey* key = find_key(topic_config_keys(), edit.name);
        if (key == nullptr) return std::unexpected(fmt::format("Unknown topic config name: {}", edit.name));
        if (edit.remove) { config.erase(edit.name); continue; }
        if (const auto good = check_value(*key, edit.value); !good) return std::unexpected(good.error());
        config[edit.name] = edit.value;
    }
    return config;
}

void on_config_read(Ctx ctx, u64 id, const zookeeper::ZkResult& result) {
    ConfigTarget& target = current(ctx, id);
    const auto config = edited(target, znodes::config_from_json(result.data.bytes).value_or(ConfigMap{}));
    if (!config) {
        target.error = ErrorCode::invalid_config;
        target.message = config.error();
        return next_target(ctx, id);
    }
    const std::string path = znodes::topic_config_path(target.resource_name);
    const ZkData json = ZkData::of(znodes::config_to_json(*config));
    const bool missing = zookeeper::failed(result.error);
    ask(ctx, id, AlterConfigStep::write,
        {missing ? zookeeper::create_request(path, json) : zookeeper::set_data_request(path, json)});
}

void notify(Ctx ctx, u64 id) {
    const std::string entity = std::string(kTopicsPrefix) + current(ctx, id).resource_name;
    ask(ctx, id, AlterConfigStep::notify,
        {zookeeper::create_request(std::string(znodes::kConfigChanges), {}),
         zookeeper::create_request(std::string(znodes::kConfigChangePrefix), ZkData::of(znodes::config_change_to_json(entity)),
                                   zookeeper::kSequential)});
}

// ---- hearing ------------------------------------------------------------------------------------

void tell_changes(Ctx ctx, NameId topic, const ConfigMap& before, const ConfigMap& after) {
    for (const auto& [name, value] : after) {
        const std::string* old = before.find(name);
        if (old != nullptr && *old == value) continue;
        ctx.env.fact(named_fact(FactKind::config_changed, topic, {ctx.env.intern(name).value, ctx.env.intern(value).value}));
    }
}

void on_entity(Ctx ctx, const std::string& topic_name, const zookeeper::ZkResult& result) {
    const NameId topic = ctx.env.intern(topic_name);
    const ConfigMap config = znodes::config_from_json(result.data.bytes).value_or(ConfigMap{});
    const ConfigMap* known = ctx.memory().topic_configs.find(topic);
    tell_changes(ctx, topic, known == nullptr ? ConfigMap{} : *known, config);
    apply_topic_config(ctx, topic, config);
    const std::string* unclean = config.find("unclean.leader.election.enable");
    if (unclean != nullptr && *unclean == "true") enqueue(ctx, {ControllerEventKind::unclean_enabled, 0, topic, ctx.env.here()});
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
        if (entity.starts_with(kTopicsPrefix))
            questions.push_back(zookeeper::get_data_request(znodes::topic_config_path(entity.substr(kTopicsPrefix.size()))));
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
    if (op.current == op.targets.size()) {
        const AlterConfigOp done = std::move(op);
        ctx.memory().admin.config_changes.erase(id);
        return respond(ctx, done.reply_to, to_response(done));
    }
    ConfigTarget& target = current(ctx, id);
    const NameId topic = ctx.env.find_name(target.resource_name);
    const bool known = topic != kNoName && ctx.memory().metadata.find(topic) != nullptr;
    if (target.resource_type != kTopicResource) {
        target.error = ErrorCode::invalid_request;
        target.message = "Only settings of topics can be changed here.";
        return next_target(ctx, id);
    }
    if (!known) {
        target.error = ErrorCode::unknown_topic_or_partition;
        return next_target(ctx, id);
    }
    ask(ctx, id, AlterConfigStep::read, {zookeeper::get_data_request(znodes::topic_config_path(target.resource_name))});
}

void on_config_answers(Ctx ctx, const ZkBatch& batch) {
    AlterConfigOp* op = ctx.memory().admin.config_changes.find(batch.arg);
    if (op == nullptr) return;
    switch (op->step) {
        case AlterConfigStep::read: return on_config_read(ctx, batch.arg, batch.results.front());
        case AlterConfigStep::write: return notify(ctx, batch.arg);
        case AlterConfigStep::notify: return next_target(ctx, batch.arg);
    }
}

void read_config_changes(Ctx ctx) {
    ask_zookeeper(ctx, ZkTask::config_changes, kListChanges, {zookeeper::get_children_request(std::string(znodes::kConfigChanges), true)});
}

void on_config_change_answers(Ctx ctx, const ZkBatch& batch) {
    if (batch.arg == kListChanges) return on_changes_listed(ctx, batch.results.front());
    if (batch.arg == kReadChanges) return on_changes_read(ctx, batch);
    for (const zookeeper::ZkResult& result : batch.results)
        if (!zookeeper::failed(result.error)) on_entity(ctx, result.path.substr(result.path.rfind('/') + 1), result);
}

void recheck_admin_waits(Ctx ctx) {
    recheck_creations(ctx);
    recheck_elections(ctx);
    recheck_topic_changes(ctx);
}

}  // namespace engine::broker
