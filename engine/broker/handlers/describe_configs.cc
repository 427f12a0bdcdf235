// DescribeConfigs: what a topic or this broker is set to, and where each value comes from. Settings of topics are
// read from ZooKeeper: a broker keeps those of its own replicas only.
#include "engine/wire/messages/describe_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/broker/handlers.h"
#include "engine/broker/topic_rules.h"
#include "engine/broker/topic_settings.h"
#include "engine/model/dynamic_config.h"
#include "engine/model/java_hash.h"
#include "engine/model/topic_config.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using Response = wire::DescribeConfigsResponse;
using Entry = Response::Result::Config;

constexpr auto kTopicResource = static_cast<i8>(ResourceType::topic);
constexpr auto kBrokerResource = static_cast<i8>(ResourceType::broker);
constexpr i8 kTopicSource = 1;
constexpr i8 kDynamicBrokerSource = 2;
constexpr i8 kDynamicDefaultSource = 3;
constexpr i8 kStaticBrokerSource = 4;
constexpr i8 kDefaultSource = 5;
/// Broker settings whose default is null: others, by hours or minutes, stand behind them.
constexpr std::array<std::string_view, 4> kNullDefaults = {"log.flush.interval.ms", "log.retention.ms",
                                                           "log.roll.jitter.ms", "log.roll.ms"};
static_assert(std::ranges::is_sorted(kNullDefaults));

/// Settings of topics that came after 2.8.
constexpr std::array<std::string_view, 7> kSince3 = {
    "compression.gzip.level",         "compression.lz4.level",           "compression.zstd.level",
    "message.timestamp.after.max.ms", "message.timestamp.before.max.ms", "remote.log.copy.disable",
    "remote.log.delete.on.disable"};
static_assert(std::ranges::is_sorted(kSince3));

bool is_there(Ctx ctx, const ConfigKey& key) {
    return ctx.broker.settings.version != KafkaVersion::v2_8 || std::ranges::find(kSince3, key.name) == kSince3.end();
}

/// Kafka's number of a type.
i8 number_of(ConfigType type) {
    switch (type) {
        case ConfigType::boolean: return 1;
        case ConfigType::text: return 2;
        case ConfigType::int32: return 3;
        case ConfigType::int16: return 4;
        case ConfigType::int64: return 5;
        case ConfigType::real: return 6;
        case ConfigType::list: return 7;
    }
    return 0;
}

/// Place of a name in the map that Kafka's broker lists settings from: 64 buckets, by hash within one.
std::pair<u32, i32> place_in_map(std::string_view name) {
    constexpr u32 kBuckets = 64;
    MR_ASSERT(!name.empty());
    const u32 hash = java_spread(java_hash(name));
    return {hash % kBuckets, static_cast<i32>(hash)};
}

void add_synonym(Entry& entry, i8 source, std::string_view name, std::string_view value) {
    MR_ASSERT(entry.synonyms.empty() || entry.synonyms.back().source < source);
    auto& synonym = entry.synonyms.emplace_back();
    synonym.name = name;
    synonym.value = std::string(value);
    synonym.source = source;
}

/// Gives an entry its value: the first place that has one. Without any it is the default.
void settle(Entry& entry, std::string_view by_default, bool with_synonyms) {
    const bool any = !entry.synonyms.empty();
    MR_ASSERT(!entry.value.has_value() && !entry.name.empty());
    entry.value = any ? entry.synonyms[0].value : std::string(by_default);
    entry.config_source = any ? entry.synonyms[0].source : kDefaultSource;
    entry.is_default = entry.config_source == kDefaultSource;
    if (!with_synonyms) entry.synonyms.clear();
}

/// What nobody knows might be a secret.
void hide(Entry& entry) {
    entry.is_sensitive = true;
    entry.value.reset();
    for (auto& synonym : entry.synonyms) synonym.value.reset();
}

/// A broker's setting where it may stand, the strongest first.
void add_broker_synonyms(Ctx ctx, Entry& entry, std::string_view name) {
    const DynamicConfigs& dynamic = ctx.memory().dynamic;
    if (const std::string* own = dynamic.own.find(name)) add_synonym(entry, kDynamicBrokerSource, name, *own);
    if (const std::string* all = dynamic.for_all.find(name)) add_synonym(entry, kDynamicDefaultSource, name, *all);
    const ConfigKey* key = find_key(broker_config_keys(), name);
    if (key == nullptr) return;
    if (const std::string* given = ctx.broker.settings.config.find(name))
        add_synonym(entry, kStaticBrokerSource, name, *given);
    const bool has_default = std::ranges::find(kNullDefaults, name) == kNullDefaults.end();
    if (has_default) add_synonym(entry, kDefaultSource, name, key->by_default);
}

Entry topic_entry(Ctx ctx, const ConfigKey& key, const ConfigMap& own, bool with_synonyms) {
    Entry entry;
    entry.name = key.name;
    entry.config_type = number_of(key.type);
    if (const std::string* value = own.find(key.name)) add_synonym(entry, kTopicSource, key.name, *value);
    if (!key.broker_name.empty()) add_broker_synonyms(ctx, entry, key.broker_name);
    settle(entry, key.by_default, with_synonyms);
    return entry;
}

Entry broker_entry(Ctx ctx, std::string_view name, bool with_synonyms) {
    const ConfigKey* key = find_broker_key(name);
    Entry entry;
    entry.name = name;
    entry.config_type = key == nullptr ? 0 : number_of(key->type);
    entry.read_only = !is_dynamic_setting(name);
    add_broker_synonyms(ctx, entry, name);
    settle(entry, key == nullptr ? "" : key->by_default, with_synonyms);
    if (key == nullptr) hide(entry);
    return entry;
}

/// What is set for all brokers, and nothing that stands behind it.
Entry default_entry(std::string_view name, std::string_view value, bool with_synonyms) {
    const ConfigKey* key = find_broker_key(name);
    Entry entry;
    entry.name = name;
    entry.config_type = key == nullptr ? 0 : number_of(key->type);
    entry.read_only = !is_dynamic_setting(name);
    add_synonym(entry, kDynamicDefaultSource, name, value);
    settle(entry, "", with_synonyms);
    if (key == nullptr) hide(entry);
    return entry;
}

bool is_asked(const ConfigQuestion& question, std::string_view name) {
    return question.all_keys || std::ranges::find(question.keys, name) != question.keys.end();
}

void describe_topic(Ctx ctx, const ConfigQuestion& question, bool synonyms, const ConfigMap& own,
                    Response::Result& result) {
    std::vector<const ConfigKey*> keys;
    for (const ConfigKey& key : topic_config_keys())
        if (is_there(ctx, key) && is_asked(question, key.name)) keys.push_back(&key);
    std::ranges::sort(keys, {}, [](const ConfigKey* key) { return place_in_map(key->name); });
    MR_ASSERT(keys.size() <= topic_config_keys().size());
    for (const ConfigKey* key : keys) result.configs.push_back(topic_entry(ctx, *key, own, synonyms));
}

/// Names of a broker's settings: all that it may be given, and what it was changed to besides.
std::vector<std::string_view> settings_of_broker(Ctx ctx) {
    std::vector<std::string_view> names;
    for (const ConfigKey& key : broker_config_keys()) names.push_back(key.name);
    for (const ConfigMap* changed : {&ctx.memory().dynamic.own, &ctx.memory().dynamic.for_all})
        for (const auto& [name, value] : *changed)
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    MR_ASSERT(names.size() >= broker_config_keys().size());
    return names;
}

void describe_broker(Ctx ctx, const ConfigQuestion& question, bool synonyms, Response::Result& result) {
    const std::string self = std::to_string(ctx.self().value);
    if (question.resource_name.empty()) {
        for (const auto& [name, value] : ctx.memory().dynamic.for_all)
            if (is_asked(question, name)) result.configs.push_back(default_entry(name, value, synonyms));
        return;
    }
    if (question.resource_name != self) {
        result.error_code = static_cast<i16>(ErrorCode::invalid_request);
        result.error_message = fmt::format("Unexpected broker id, expected {} or empty string, but received {}", self,
                                           question.resource_name);
        return;
    }
    for (const std::string_view name : settings_of_broker(ctx))
        if (is_asked(question, name)) result.configs.push_back(broker_entry(ctx, name, synonyms));
}

bool is_known_topic(Ctx ctx, const std::string& name) {
    const NameId topic = ctx.env.find_name(name);
    return topic != kNoName && ctx.memory().metadata.find(topic) != nullptr;
}

/// The questions that ZooKeeper must answer first: those about topics that exist.
bool needs_reading(Ctx ctx, const ConfigQuestion& question) {
    return question.resource_type == kTopicResource && is_known_topic(ctx, question.resource_name);
}

void refuse(Response::Result& result, ErrorCode error) {
    result.error_code = static_cast<i16>(error);
    result.error_message = "";
}

}  // namespace

wire::List<wire::CreateTopicsResponse::Topic::Config> settings_of_topic(Ctx ctx, const ConfigMap& own) {
    wire::List<wire::CreateTopicsResponse::Topic::Config> settings;
    for (const ConfigKey& key : topic_config_keys()) {
        if (!is_there(ctx, key)) continue;
        const Entry entry = topic_entry(ctx, key, own, false);
        auto& setting = settings.emplace_back();
        setting.name = entry.name;
        setting.value = entry.value;
        setting.config_source = entry.config_source;
    }
    MR_ASSERT(settings.size() <= topic_config_keys().size());
    return settings;
}

bool handle_describe_configs(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::DescribeConfigsRequest::kApi);
    wire::DescribeConfigsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    DescribeConfigsOp op{call.reply_to, request.include_synonyms, {}};
    std::vector<zookeeper::ZkRequest> reads;
    for (const auto& resource : request.resources) {
        ConfigQuestion& question = op.questions.emplace_back();
        question.resource_type = resource.resource_type;
        question.resource_name = resource.resource_name;
        question.all_keys = !resource.configuration_keys || resource.configuration_keys->empty();
        if (!question.all_keys)
            question.keys.assign(resource.configuration_keys->begin(), resource.configuration_keys->end());
        question.is_read = needs_reading(ctx, question);
        if (question.is_read)
            reads.push_back(zookeeper::get_data_request(znodes::topic_config_path(question.resource_name)));
    }
    MR_ASSERT(op.questions.size() >= reads.size());
    const u64 id = ctx.memory().admin.next_id++;
    ctx.memory().admin.config_questions[id] = std::move(op);
    ask_zookeeper(ctx, ZkTask::describe_configs, id, std::move(reads));
    return true;
}

void on_configs_read(Ctx ctx, const ZkBatch& batch) {
    DescribeConfigsOp* waiting = ctx.memory().admin.config_questions.find(batch.arg);
    if (waiting == nullptr) return;
    const DescribeConfigsOp op = std::move(*waiting);
    ctx.memory().admin.config_questions.erase(batch.arg);
    Response response;
    std::size_t read = 0;
    for (const ConfigQuestion& question : op.questions) {
        Response::Result& result = response.results.emplace_back();
        result.error_message = "";
        result.resource_type = question.resource_type;
        result.resource_name = question.resource_name;
        if (question.is_read)
            describe_topic(ctx, question, op.synonyms,
                           znodes::config_from_json(batch.results[read++].data.bytes).value_or(ConfigMap{}), result);
        else if (question.resource_type == kBrokerResource) describe_broker(ctx, question, op.synonyms, result);
        else
            refuse(result, question.resource_type == kTopicResource ? ErrorCode::unknown_topic_or_partition
                                                                    : ErrorCode::invalid_request);
    }
    MR_ASSERT(read == batch.results.size());
    respond(ctx, op.reply_to, response);
}

}  // namespace engine::broker
