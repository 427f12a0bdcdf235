// Sections: znodes as text; ends; names; descriptions; creating; growing and deleting; steps.
#include "engine/tools/zk_topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/java_hash.h"
#include "engine/model/json.h"
#include "engine/model/topic_config.h"
#include "engine/tools/tool.h"
#include "engine/tools/topic_filter.h"
#include "engine/tools/topics_options.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using Json = nlohmann::ordered_json;
using zookeeper::ZkData;
using zookeeper::ZkError;
using zookeeper::ZkRequest;
using zookeeper::ZkResult;

constexpr std::string_view kTopics = "/brokers/topics";
constexpr std::string_view kIds = "/brokers/ids";
constexpr std::string_view kDeletions = "/admin/delete_topics";
constexpr std::string_view kConfigs = "/config/topics";

std::string below(std::string_view parent, std::string_view name) { return fmt::format("{}/{}", parent, name); }

const OptionValues& options_of(const ToolCall& call) { return call.states.topics.options; }
std::string topic_of(const ToolCall& call) { return text_of(options_of(call), "topic").value_or(""); }

void ask_next(ToolCall& call, ZkTopicsStep step, std::vector<ZkRequest> requests) {
    MR_ASSERT(step != ZkTopicsStep::none && call.states.zk_topics.step == ZkTopicsStep::none);
    call.states.zk_topics.step = step;
    ask_zookeeper(call, call.states.zk_topics.ask, std::move(requests));
}

const std::vector<ZkResult>& answers(const ToolCall& call) { return call.states.zk_topics.ask.answers; }

// ---- znodes as text -------------------------------------------------------------------------------

Json json_of(const ZkResult& result) {
    Json json = read_json<Json>(result.data.bytes);
    return failed(result.error) || !json.is_object() ? Json::object() : json;
}

std::vector<std::pair<std::string, std::string>> settings_in(const Json& node) {
    std::vector<std::pair<std::string, std::string>> settings;
    const Json config = node.value("config", Json::object());
    for (const auto& [key, value] : config.items())
        settings.emplace_back(key, value.is_string() ? value.get<std::string>() : json_text(value));
    std::ranges::stable_sort(
        settings, {}, [&](const auto& setting) { return java_bucket(java_hash(setting.first), settings.size()); });
    return settings;
}

std::vector<std::vector<i32>> replicas_in(const Json& node) {
    const Json partitions = node.value("partitions", Json::object());
    std::vector<std::vector<i32>> replicas(partitions.size());
    for (const auto& [index, list] : partitions.items()) {
        u32 place = 0;
        std::from_chars(index.data(), index.data() + index.size(), place);
        if (place < replicas.size()) replicas[place] = list.get<std::vector<i32>>();
    }
    return replicas;
}

std::string assignment_json(const std::vector<std::vector<i32>>& replicas) {
    std::string text;
    for (std::size_t i = 0; i < replicas.size(); ++i)
        text += fmt::format("{}\"{}\":[{}]", i == 0 ? "" : ",", i, fmt::join(replicas[i], ","));
    return "{" + text + "}";
}

std::string topic_json(const std::vector<std::vector<i32>>& replicas, const std::string& id) {
    const std::string with_id = id.empty() ? "" : fmt::format("\"topic_id\":\"{}\",", id);
    return fmt::format("{{\"partitions\":{},{}\"adding_replicas\":{{}},\"removing_replicas\":{{}},\"version\":3}}",
                       assignment_json(replicas), with_id);
}

// ---- ends -----------------------------------------------------------------------------------------

void end(ToolCall& call, i32 exit_code) { end_ask(call, call.states.zk_topics.ask, exit_code); }

void fail_topics(ToolCall& call, const JavaError& error) {
    print(call, fmt::format("Error while executing topic command : {}", error.message));
    complain(call, log_line(call.env.wall_ms(), "ERROR", trace_text(error) + "\n", "kafka.admin.TopicCommand$"));
    end(call, 1);
}

JavaError kafka_error(std::string_view type, std::string message) {
    return {fmt::format("org.apache.kafka.common.errors.{}", type), std::move(message)};
}

// ---- names ----------------------------------------------------------------------------------------

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    return names;
}

void ask_deletions(ToolCall& call) {
    std::vector<ZkRequest> requests;
    for (const std::string& name : call.states.zk_topics.names)
        requests.push_back(zookeeper::exists_request(below(kDeletions, name)));
    if (requests.empty()) return end(call, 0);
    ask_next(call, ZkTopicsStep::list, std::move(requests));
}

void on_listed(ToolCall& call) {
    const ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == tool.names.size());
    for (std::size_t i = 0; i < tool.names.size(); ++i)
        print(call, tool.names[i] + (failed(answers(call)[i].error) ? "" : " - marked for deletion"));
    end(call, 0);
}

// ---- descriptions ---------------------------------------------------------------------------------

void ask_descriptions(ToolCall& call) {
    std::vector<ZkRequest> requests = {zookeeper::get_children_request(std::string(kIds))};
    for (const std::string& name : call.states.zk_topics.names) {
        requests.push_back(zookeeper::get_data_request(below(kTopics, name)));
        requests.push_back(zookeeper::get_data_request(below(kConfigs, name)));
        requests.push_back(zookeeper::exists_request(below(kDeletions, name)));
    }
    ask_next(call, ZkTopicsStep::describe, std::move(requests));
}

std::vector<i32> numbers(const std::vector<std::string>& names) {
    std::vector<i32> ids;
    for (const std::string& name : names) std::from_chars(name.data(), name.data() + name.size(), ids.emplace_back());
    std::ranges::sort(ids);
    return ids;
}

void on_described(ToolCall& call) {
    ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == 3 * tool.names.size() + 1);
    tool.live = numbers(answers(call).front().children);
    std::vector<ZkRequest> states;
    for (std::size_t i = 0; i < tool.names.size(); ++i) {
        const Json node = json_of(answers(call)[3 * i + 1]);
        ZkTopic topic{tool.names[i], node.value("topic_id", ""), replicas_in(node),
                      settings_in(json_of(answers(call)[3 * i + 2])), !failed(answers(call)[3 * i + 3].error)};
        for (std::size_t p = 0; p < topic.replicas.size(); ++p)
            states.push_back(
                zookeeper::get_data_request(fmt::format("{}/{}/partitions/{}/state", kTopics, topic.name, p)));
        tool.topics.push_back(std::move(topic));
    }
    if (states.empty()) return end(call, 0);
    ask_next(call, ZkTopicsStep::states, std::move(states));
}

std::string topic_line(const ZkTopic& topic) {
    std::string configs;
    for (const auto& [key, value] : topic.config)
        configs += fmt::format("{}{}={}", configs.empty() ? "" : ",", key, value);
    return fmt::format("Topic: {}\t{}PartitionCount: {}\tReplicationFactor: {}\tConfigs: {}{}", topic.name,
                       topic.id.empty() ? "" : fmt::format("TopicId: {}\t", topic.id), topic.replicas.size(),
                       topic.replicas.empty() ? 0 : topic.replicas.front().size(), configs,
                       topic.marked ? "\tMarkedForDeletion: true" : "");
}

struct PartitionState {
    i32 leader = -1;
    std::vector<i32> isr;
};

bool is_shown(const ToolCall& call, const PartitionState& state, const ZkTopic& topic, std::size_t partition) {
    const OptionValues& options = options_of(call);
    if (!filters_partitions(options)) return true;
    const auto setting =
        std::ranges::find(topic.config, "min.insync.replicas", &std::pair<std::string, std::string>::first);
    std::size_t least = 1;
    if (setting != topic.config.end())
        std::from_chars(setting->second.data(), setting->second.data() + setting->second.size(), least);
    const bool leaderless = state.leader < 0 || std::ranges::find(call.states.zk_topics.live, state.leader) ==
                                                    call.states.zk_topics.live.end();
    return (options.has("under-replicated-partitions") && state.isr.size() < topic.replicas[partition].size()) ||
           (options.has("unavailable-partitions") && leaderless) ||
           (options.has("under-min-isr-partitions") && (state.leader < 0 || state.isr.size() < least)) ||
           (options.has("at-min-isr-partitions") && state.isr.size() == least);
}

void on_states(ToolCall& call) {
    const ZkTopicsTool& tool = call.states.zk_topics;
    std::size_t next = 0;
    MR_ASSERT(tool.topics.size() == tool.names.size() && !answers(call).empty());
    for (const ZkTopic& topic : tool.topics) {
        const bool only_overrides = options_of(call).has("topics-with-overrides");
        if (!filters_partitions(options_of(call)) && (!only_overrides || !topic.config.empty()))
            print(call, topic_line(topic));
        for (std::size_t p = 0; p < topic.replicas.size(); ++p) {
            const Json node = json_of(answers(call)[next++]);
            const PartitionState state{node.value("leader", -1), node.value("isr", std::vector<i32>{})};
            if (only_overrides || !is_shown(call, state, topic, p)) continue;
            print(call, fmt::format("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}{}", topic.name, p,
                                    state.leader < 0 ? "none" : fmt::to_string(state.leader),
                                    fmt::join(topic.replicas[p], ","), fmt::join(state.isr, ","),
                                    topic.marked ? "\tMarkedForDeletion: true" : ""));
        }
    }
    end(call, 0);
}

// ---- creating -------------------------------------------------------------------------------------

void begin_creating(ToolCall& call) {
    ask_next(
        call, ZkTopicsStep::create_check,
        {zookeeper::get_children_request(std::string(kIds)), zookeeper::get_children_request(std::string(kTopics))});
}

std::string bad_name(const std::string& name) {
    constexpr std::string_view kLegal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    constexpr std::size_t kLongest = 249;
    if (name.empty()) return "Topic name is illegal, it can't be empty";
    if (name == "." || name == "..") return "Topic name cannot be \".\" or \"..\"";
    if (name.size() > kLongest)
        return fmt::format("Topic name is illegal, it can't be longer than {} characters, topic name: {}", kLongest,
                           name);
    if (name.find_first_not_of(kLegal) != std::string::npos)
        return fmt::format(
            "Topic name \"{}\" is illegal, it contains a character other than ASCII alphanumerics, '.', '_' and '-'",
            name);
    return "";
}

std::string unified(std::string name) {
    std::ranges::replace(name, '.', '_');
    return name;
}

/// Replicas by the rule without racks: leaders in turn from a random broker on, followers shifted more each round.
std::vector<std::vector<i32>> placed(ToolCall& call, const std::string& topic, i32 from, i32 count, i32 factor) {
    const std::vector<i32>& live = call.states.zk_topics.live;
    const auto fixed = call.choices.placements.find(topic);
    const auto n = static_cast<i32>(live.size());
    MR_ASSERT(n > 0 && factor > 0 && factor <= n && from >= 0 && from <= count);
    const auto start = static_cast<i32>(call.env.rng().between(i64{0}, i64{n - 1}));
    i32 shift = static_cast<i32>(call.env.rng().between(i64{0}, i64{n - 1}));
    std::vector<std::vector<i32>> replicas;
    for (i32 p = from; p < count; ++p) {
        if (p > 0 && p % n == 0) ++shift;
        std::vector<i32>& list = replicas.emplace_back();
        if (fixed != nullptr && static_cast<std::size_t>(p) < fixed->size()) {
            list = (*fixed)[static_cast<std::size_t>(p)];
            continue;
        }
        const i32 first = (p + start) % n;
        MR_ASSERT(first >= 0 && first < n);
        list.push_back(live[static_cast<std::size_t>(first)]);
        for (i32 r = 0; r + 1 < factor; ++r)
            list.push_back(live[static_cast<std::size_t>((first + 1 + (shift + r) % (n - 1)) % n)]);
    }
    return replicas;
}

/// What forbids the topic, in the order in which it is looked at; nothing if it may be made.
std::optional<JavaError> refusal(ToolCall& call, const client::NewTopicOrder& order) {
    const std::vector<std::string>& all = call.states.zk_topics.all;
    if (order.assignment.empty() && order.partitions <= 0)
        return kafka_error("InvalidPartitionsException", "Number of partitions must be larger than 0.");
    if (order.assignment.empty() && order.replication_factor <= 0)
        return kafka_error("InvalidReplicationFactorException", "Replication factor must be larger than 0.");
    if (order.assignment.empty() && order.replication_factor > static_cast<i32>(call.states.zk_topics.live.size()))
        return kafka_error("InvalidReplicationFactorException",
                           fmt::format("Replication factor: {} larger than available brokers: {}.",
                                       order.replication_factor, call.states.zk_topics.live.size()));
    if (const std::string wrong = bad_name(order.name); !wrong.empty())
        return kafka_error("InvalidTopicException", wrong);
    if (std::ranges::find(all, order.name) != all.end())
        return kafka_error("TopicExistsException", fmt::format("Topic '{}' already exists.", order.name));
    std::vector<std::string> colliding;
    for (const std::string& other : all)
        if (unified(other) == unified(order.name)) colliding.push_back(other);
    if (!colliding.empty())
        return kafka_error("InvalidTopicException", fmt::format("Topic '{}' collides with existing topics: {}",
                                                                order.name, fmt::join(colliding, ", ")));
    return {};
}

std::string config_json(const std::vector<std::pair<std::string, std::string>>& config) {
    Json settings = Json::object();
    for (const auto& [key, value] : config) settings[key] = value;
    Json node = {{"version", 1}, {"config", settings}};
    return json_text(node);
}

void on_create_checked(ToolCall& call) {
    ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == 2);
    tool.live = numbers(answers(call)[0].children);
    tool.all = sorted(answers(call)[1].children);
    auto order = topic_to_create(options_of(call), call.version);
    if (!order) return fail_topics(call, order.error());
    if (const auto refused = refusal(call, *order)) {
        const bool exists = refused->type.ends_with("TopicExistsException") && options_of(call).has("if-not-exists");
        return exists ? end(call, 0) : fail_topics(call, *refused);
    }
    ZkTopic topic{order->name, "", order->assignment, order->config, false};
    if (topic.replicas.empty())
        topic.replicas = placed(call, order->name, 0, order->partitions, order->replication_factor);
    tool.topics = {topic};
    ask_next(call, ZkTopicsStep::create_config,
             {zookeeper::set_data_request(below(kConfigs, topic.name), ZkData::of(config_json(topic.config)))});
}

void create_topic_node(ToolCall& call) {
    MR_ASSERT(call.states.zk_topics.topics.size() == 1);
    const ZkTopic& topic = call.states.zk_topics.topics.front();
    ask_next(call, ZkTopicsStep::create,
             {zookeeper::create_request(below(kTopics, topic.name), ZkData::of(topic_json(topic.replicas, "")))});
}

void on_config_written(ToolCall& call) {
    const ZkTopic& topic = call.states.zk_topics.topics.front();
    if (answers(call).front().error != ZkError::no_node) return create_topic_node(call);
    ask_next(call, ZkTopicsStep::create_config_node,
             {zookeeper::create_request(below(kConfigs, topic.name), ZkData::of(config_json(topic.config)))});
}

void on_created(ToolCall& call) {
    MR_ASSERT(answers(call).size() == 1);
    const std::string name = topic_of(call);
    if (answers(call).front().error == ZkError::node_exists)
        return fail_topics(call, kafka_error("TopicExistsException", fmt::format("Topic '{}' already exists.", name)));
    print(call, fmt::format("Created topic {}.", name));
    end(call, 0);
}

// ---- growing and deleting -------------------------------------------------------------------------

void begin_growing(ToolCall& call);

/// A change of settings is read, written and announced; then partitions may be added.
void begin_altering(ToolCall& call) {
    MR_ASSERT(!call.states.zk_topics.names.empty());
    const OptionValues& options = options_of(call);
    if (!options.has("config") && !options.has("delete-config")) return begin_growing(call);
    std::vector<ZkRequest> requests;
    for (const std::string& name : call.states.zk_topics.names)
        requests.push_back(zookeeper::get_data_request(below(kConfigs, name)));
    ask_next(call, ZkTopicsStep::alter_settings, std::move(requests));
}

void on_settings_known(ToolCall& call) {
    const ZkTopicsTool& tool = call.states.zk_topics;
    const auto added = topic_settings(options_of(call));
    const auto removed = settings_to_remove(options_of(call));
    MR_ASSERT(added && removed && answers(call).size() == tool.names.size());
    std::vector<ZkRequest> requests = {zookeeper::create_request("/config/changes", ZkData{})};
    for (std::size_t i = 0; i < tool.names.size(); ++i) {
        Json settings = json_of(answers(call)[i]).value("config", Json::object());
        for (const auto& [name, value] : *added) settings[name] = value;
        for (const std::string& name : *removed) settings.erase(name);
        const std::string path = below(kConfigs, tool.names[i]);
        const std::string text = json_text(Json{{"version", 1}, {"config", settings}});
        requests.push_back(failed(answers(call)[i].error) ? zookeeper::create_request(path, ZkData::of(text))
                                                          : zookeeper::set_data_request(path, ZkData::of(text)));
        requests.push_back(zookeeper::create_request(
            "/config/changes/config_change_",
            ZkData::of(fmt::format("{{\"version\":2,\"entity_path\":\"topics/{}\"}}", tool.names[i])),
            zookeeper::kSequential));
        print(call,
              "WARNING: Altering topic configuration from this script has been deprecated and may be removed in future "
              "releases.");
        print(call, "         Going forward, please use kafka-configs.sh for this functionality");
        print(call, fmt::format("Updated config for topic {}.", tool.names[i]));
    }
    ask_next(call, ZkTopicsStep::alter_written, std::move(requests));
}

void begin_growing(ToolCall& call) {
    if (!options_of(call).has("partitions")) return end(call, 0);
    std::vector<ZkRequest> requests = {zookeeper::get_children_request(std::string(kIds))};
    for (const std::string& name : call.states.zk_topics.names)
        requests.push_back(zookeeper::get_data_request(below(kTopics, name)));
    ask_next(call, ZkTopicsStep::alter_read, std::move(requests));
}

/// What forbids partitions behind the present ones; nothing if they may be added. `given`: where they are to go.
std::optional<JavaError> growth_refusal(ToolCall& call, const std::string& topic, i32 present, i32 count,
                                        std::size_t factor, std::span<const std::vector<i32>> given) {
    const std::vector<i32>& live = call.states.zk_topics.live;
    MR_ASSERT(present >= 0);
    if (count <= present)
        return kafka_error("InvalidPartitionsException",
                           fmt::format("The number of partitions for a topic can only be increased. Topic {} "
                                       "currently has {} partitions, {} would not be an increase.",
                                       topic, present, count));
    for (std::size_t i = 0; i < given.size(); ++i) {
        const bool available = std::ranges::all_of(
            given[i], [&](i32 broker) { return std::ranges::find(live, broker) != live.end(); });
        const std::size_t partition = static_cast<std::size_t>(present) + i;
        if (!available)
            return kafka_error("BrokerNotAvailableException",
                               fmt::format("Some brokers specified for partition id {} are not available. Specified "
                                           "brokers: {}, available brokers: {}.",
                                           partition, fmt::join(given[i], ", "), fmt::join(live, ", ")));
        if (given[i].size() != factor)
            return kafka_error("InvalidReplicaAssignmentException",
                               fmt::format("Inconsistent replication factor between partitions, partition 0 has {} "
                                           "while partitions [{}] have replication factors [{}], respectively.",
                                           factor, partition, given[i].size()));
    }
    if (given.empty() && factor > live.size())
        return kafka_error(
            "InvalidReplicationFactorException",
            fmt::format("Replication factor: {} larger than available brokers: {}.", factor, live.size()));
    return {};
}

void on_grown_read(ToolCall& call) {
    ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == tool.names.size() + 1);
    tool.live = numbers(answers(call).front().children);
    const i32 count = number_of(options_of(call), "partitions", -1).value_or(-1);
    const auto assignment =
        parse_assignment(text_of(options_of(call), "replica-assignment").value_or(""), call.version);
    MR_ASSERT(assignment.has_value());
    std::vector<ZkRequest> requests;
    for (std::size_t i = 0; i < tool.names.size(); ++i) {
        const std::string& name = tool.names[i];
        if (is_internal_topic(name))
            return fail_topics(
                call, illegal_argument(
                          fmt::format("The number of partitions for the internal topic {} cannot be changed.", name)));
        const Json node = json_of(answers(call)[i + 1]);
        auto replicas = replicas_in(node);
        print(call,
              "WARNING: If partitions are increased for a topic that has a key, the partition logic or ordering of the "
              "messages will be affected");
        const std::size_t factor = replicas.empty() ? 1 : replicas.front().size();
        // The list is for all partitions; those that are there are passed over.
        const auto given = std::span(*assignment).subspan(std::min(replicas.size(), assignment->size()));
        const auto present = static_cast<i32>(replicas.size());
        if (const auto refused = growth_refusal(call, name, present, count, factor, given))
            return fail_topics(call, *refused);
        const auto fresh = given.empty() ? placed(call, name, present, count, static_cast<i32>(factor))
                                         : std::vector(given.begin(), given.end());
        replicas.insert(replicas.end(), fresh.begin(), fresh.end());
        requests.push_back(zookeeper::set_data_request(below(kTopics, name),
                                                       ZkData::of(topic_json(replicas, node.value("topic_id", "")))));
    }
    ask_next(call, ZkTopicsStep::alter, std::move(requests));
}

void on_grown(ToolCall& call) {
    for (std::size_t i = 0; i < answers(call).size(); ++i) print(call, "Adding partitions succeeded!");
    end(call, 0);
}

void begin_deleting(ToolCall& call) {
    std::vector<ZkRequest> requests;
    for (const std::string& name : call.states.zk_topics.names) {
        if (is_internal_topic(name))
            return fail_topics(call,
                        {"kafka.admin.AdminOperationException",
                         fmt::format("Topic {} is a kafka internal topic and is not allowed to be marked for deletion.",
                                     name)});
        requests.push_back(zookeeper::create_request(below(kDeletions, name), ZkData{}));
    }
    ask_next(call, ZkTopicsStep::remove, std::move(requests));
}

void on_removed(ToolCall& call) {
    const ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == tool.names.size());
    for (std::size_t i = 0; i < tool.names.size(); ++i) {
        const bool again = answers(call)[i].error == ZkError::node_exists;
        print(call, fmt::format("Topic {} is {}marked for deletion.", tool.names[i], again ? "already " : ""));
        if (!again) print(call, "Note: This will have no impact if delete.topic.enable is not set to true.");
    }
    end(call, 0);
}

// ---- steps ----------------------------------------------------------------------------------------

/// A mistake in what --alter is given, found before anything is changed.
std::optional<JavaError> wrong_alteration(ToolCall& call) {
    const OptionValues& options = options_of(call);
    MR_ASSERT(options.has("alter"));
    if (const auto count = number_of(options, "partitions", -1); !count) return as_java(count.error());
    const auto given = parse_assignment(text_of(options, "replica-assignment").value_or(""), call.version);
    if (!given) return given.error();
    if (const auto added = topic_settings(options); !added) return added.error();
    const auto removed = settings_to_remove(options);
    return removed ? std::nullopt : std::optional(removed.error());
}

void on_names(ToolCall& call) {
    ZkTopicsTool& tool = call.states.zk_topics;
    MR_ASSERT(answers(call).size() == 1);
    const OptionValues& options = options_of(call);
    tool.all = sorted(answers(call).front().children);
    std::vector<std::string> names;
    for (const std::string& name : tool.all)
        if (!options.has("exclude-internal") || !is_internal_topic(name)) names.push_back(name);
    if (options.has("topic")) {
        auto matched = matching(topic_of(call), names);
        if (!matched) return fail_topics(call, {"java.lang.RuntimeException", matched.error()});
        names = std::move(*matched);
    }
    tool.names = names;
    const std::string_view action = topics_action(options);
    if (action == "alter")
        if (const auto wrong = wrong_alteration(call)) return fail_topics(call, *wrong);
    if (names.empty() && options.has("topic") && action != "list")
        return options.has("if-exists")
                   ? end(call, 0)
                   : fail_topics(
                         call, illegal_argument(fmt::format("Topic '{}' does not exist as expected", topic_of(call))));
    if (action == "list") return ask_deletions(call);
    if (names.empty()) return end(call, 0);
    if (action == "describe") return ask_descriptions(call);
    return action == "delete" ? begin_deleting(call) : begin_altering(call);
}

void on_topics_answer(ToolCall& call) {
    switch (std::exchange(call.states.zk_topics.step, ZkTopicsStep::none)) {
        case ZkTopicsStep::names: return on_names(call);
        case ZkTopicsStep::list: return on_listed(call);
        case ZkTopicsStep::describe: return on_described(call);
        case ZkTopicsStep::states: return on_states(call);
        case ZkTopicsStep::create_check: return on_create_checked(call);
        case ZkTopicsStep::create_config: return on_config_written(call);
        case ZkTopicsStep::create_config_node: return create_topic_node(call);
        case ZkTopicsStep::create: return on_created(call);
        case ZkTopicsStep::alter_settings: return on_settings_known(call);
        case ZkTopicsStep::alter_written: return begin_growing(call);
        case ZkTopicsStep::alter_read: return on_grown_read(call);
        case ZkTopicsStep::alter: return on_grown(call);
        case ZkTopicsStep::remove: return on_removed(call);
        case ZkTopicsStep::none: return;
    }
}

}  // namespace

void begin_zk_topics(ToolCall& call) {
    const std::string connect = text_of(options_of(call), "zookeeper").value_or("");
    const bool creates = topics_action(options_of(call)) == "create";
    if (creates && topic_of(call).find_first_of("._") != std::string::npos)
        print(call,
              "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could "
              "collide. "
              "To avoid issues it is best to use either, but not both.");
    if (!open_ask(call, call.states.zk_topics.ask, connect)) {
        complain(call, fmt::format("Exception in thread \"main\" kafka.zookeeper.ZooKeeperClientTimeoutException: "
                                   "Timed out waiting for connection while in state: CONNECTING"));
        return finish(call, 1);
    }
    if (creates) return begin_creating(call);
    ask_next(call, ZkTopicsStep::names, {zookeeper::get_children_request(std::string(kTopics))});
}

void on_zk_topics_notice(ToolCall& call, sim::Notice& notice) {
    if (!on_ask_notice(call, call.states.zk_topics.ask, notice)) return;
    try {
        on_topics_answer(call);
    } catch (const Json::exception& error) {   // somebody wrote something else into a znode
        fail_topics(call,
                    kafka_error("KafkaException", fmt::format("Failed to parse what is stored: {}", error.what())));
    }
}

}  // namespace engine::tools
