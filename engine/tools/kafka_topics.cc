// Sections: ends; actions; descriptions; steps.
#include "engine/tools/kafka_topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/tools/topic_filter.h"
#include "engine/tools/topics_options.h"

namespace engine::tools {
namespace {

using client::AdminCall;
using client::AdminKind;
using client::AdminResult;
using client::DescribedConfig;
using client::DescribedPartition;
using client::DescribedTopic;

constexpr std::string_view kCollisionWarning =
    "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. "
    "To avoid issues it is best to use either, but not both.";

// ---- ends ---------------------------------------------------------------------------------------

/// What the tool does with an exception of its action: a line of output, and the exception in the log.
void finish_topics(ToolCall& call, const JavaError& error) {
    const std::string_view logger = call.is_old() ? "kafka.admin.TopicCommand$" : "org.apache.kafka.tools.TopicCommand";
    print(call, fmt::format("Error while executing topic command : {}", error.message));
    complain(call, log_line(call.env.wall_ms(), "ERROR", trace_text(error) + "\n", logger));
    finish(call, 1);
}

std::string topic_argument(const ToolCall& call) { return text_of(call.states.topics.options, "topic").value_or(""); }

/// Asks, and remembers whose answer is awaited.
void ask_next(ToolCall& call, TopicsStep step, AdminCall question) {
    MR_ASSERT(step != TopicsStep::none && call.states.topics.step == TopicsStep::none);
    MR_ASSERT(call.admin.running && call.admin.calls.empty());
    call.states.topics.step = step;
    ask(call.admin, call.env, std::move(question));
}

AdminCall question_of(AdminKind kind) {
    MR_ASSERT(kind != AdminKind::none);
    AdminCall question;
    question.kind = kind;
    return question;
}

// ---- actions ------------------------------------------------------------------------------------

void begin_create(ToolCall& call) {
    auto order = topic_to_create(call.states.topics.options, call.version);
    if (!order) return finish_topics(call, order.error());
    if (order->name.find_first_of("._") != std::string::npos) print(call, kCollisionWarning);
    AdminCall question = question_of(AdminKind::create_topics);
    question.topics.push_back(std::move(*order));
    ask_next(call, TopicsStep::create, std::move(question));
}

void on_created(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(result.kind == AdminKind::create_topics);
    if (!failed_anywhere(result)) {
        print(call, fmt::format("Created topic {}.", topic_argument(call)));
        return finish(call, 0);
    }
    const bool exists = result.failure() != nullptr && result.failure()->error == ErrorCode::topic_already_exists;
    if (exists && call.states.topics.options.has("if-not-exists")) return finish(call, 0);
    finish_topics(call, error_of(result));
}

void list(ToolCall& call, const std::vector<std::string>& names) {
    print(call, fmt::format("{}", fmt::join(names, "\n")));
    finish(call, 0);
}

void begin_delete(ToolCall& call, std::vector<std::string> names) {
    MR_ASSERT(!names.empty());
    AdminCall question = question_of(AdminKind::delete_topics);
    question.names = std::move(names);
    ask_next(call, TopicsStep::remove, std::move(question));
}

void begin_growing(ToolCall& call, const std::vector<std::string>& names) {
    MR_ASSERT(!names.empty());
    const OptionValues& options = call.states.topics.options;
    const auto count = number_of(options, "partitions", -1);
    if (!count) return finish_topics(call, as_java(count.error()));
    auto assignment = parse_assignment(text_of(options, "replica-assignment").value_or(""), call.version);
    if (!assignment) return finish_topics(call, assignment.error());
    if (assignment->empty()) {
        AdminCall question = question_of(AdminKind::create_partitions);
        for (const std::string& name : names) question.topics.push_back({name, *count, -1, {}, {}});
        return ask_next(call, TopicsStep::grow, std::move(question));
    }
    call.states.topics.assignment = std::move(*assignment);
    AdminCall question = question_of(AdminKind::describe_topics);
    question.names = names;
    ask_next(call, TopicsStep::grow_known, std::move(question));
}

/// An assignment is given for all partitions; those that are there are passed over.
void on_growing_known(ToolCall& call, const AdminResult& result) {
    const TopicsTool& tool = call.states.topics;
    const i32 count = number_of(tool.options, "partitions", -1).value_or(-1);
    AdminCall question = question_of(AdminKind::create_partitions);
    for (const DescribedTopic& topic : result.topics) {
        const std::size_t present = std::min(topic.partitions.size(), tool.assignment.size());
        question.topics.push_back(
            {topic.name, count, -1,
             {tool.assignment.begin() + static_cast<std::ptrdiff_t>(present), tool.assignment.end()}, {}});
    }
    ask_next(call, TopicsStep::grow, std::move(question));
}

void begin_describing(ToolCall& call, std::vector<std::string> names) {
    if (names.empty()) return finish(call, 0);
    AdminCall question = question_of(AdminKind::describe_topics);
    question.names = std::move(names);
    ask_next(call, TopicsStep::describe, std::move(question));
}

// ---- descriptions -------------------------------------------------------------------------------

const std::vector<DescribedConfig>& configs_of(const AdminResult& result, const std::string& topic) {
    static const std::vector<DescribedConfig> none;
    const auto at = std::ranges::find(result.resources, topic, &client::DescribedResource::name);
    return at == result.resources.end() ? none : at->configs;
}

/// 2.8 shows them in the order of the map that its client keeps them in, 3.9 as the broker told them.
std::string overrides(const ToolCall& call, const std::vector<DescribedConfig>& configs) {
    std::string text;
    for (const DescribedConfig& config : call.is_old() ? as_in_java_map(configs) : configs)
        if (config.source != client::kDefaultConfigSource)
            text += fmt::format("{}{}={}", text.empty() ? "" : ",", config.name, config.value);
    return text;
}

i32 min_isr(const std::vector<DescribedConfig>& configs) {
    const auto at = std::ranges::find(configs, "min.insync.replicas", &DescribedConfig::name);
    i32 count = 1;
    if (at != configs.end()) std::from_chars(at->value.data(), at->value.data() + at->value.size(), count);
    return count;
}

std::string topic_line(const DescribedTopic& topic, std::string_view configs) {
    const std::string id = topic.id.is_zero() ? "" : fmt::format("\tTopicId: {}", wire::to_text(topic.id));
    const std::size_t factor = topic.partitions.empty() ? 0 : topic.partitions.front().replicas.size();
    return fmt::format("Topic: {}{}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}", topic.name, id,
                       topic.partitions.size(), factor, configs);
}

/// 3.9 has two columns more; a cluster without eligible leader replicas leaves them open.
std::string partition_line(const ToolCall& call, const DescribedTopic& topic, const DescribedPartition& partition) {
    return fmt::format("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}{}", topic.name, partition.index,
                       partition.leader < 0 ? "none" : std::to_string(partition.leader),
                       fmt::join(partition.replicas, ","), fmt::join(partition.isr, ","),
                       call.is_old() ? "" : "\tElr: \tLastKnownElr: ");
}

bool is_shown(const OptionValues& options, const DescribedPartition& partition, i32 least) {
    const auto in_sync = static_cast<i32>(partition.isr.size());
    const bool leaderless = partition.leader < 0;
    if (!filters_partitions(options)) return true;
    return (options.has("under-replicated-partitions") && partition.replicas.size() > partition.isr.size()) ||
           (options.has("unavailable-partitions") && leaderless) ||
           (options.has("under-min-isr-partitions") && (leaderless || in_sync < least)) ||
           (options.has("at-min-isr-partitions") && in_sync == least);
}

void describe(ToolCall& call, const DescribedTopic& topic, const std::vector<DescribedConfig>& configs) {
    const OptionValues& options = call.states.topics.options;
    const std::string own = overrides(call, configs);
    const bool only_overrides = options.has("topics-with-overrides");
    if (!filters_partitions(options) && (!only_overrides || !own.empty())) print(call, topic_line(topic, own));
    if (only_overrides) return;
    for (const DescribedPartition& partition : topic.partitions)
        if (is_shown(options, partition, min_isr(configs))) print(call, partition_line(call, topic, partition));
}

void on_topics_told(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(result.kind == AdminKind::describe_topics);
    MR_ASSERT(std::ranges::is_sorted(result.topics, {}, &DescribedTopic::name));
    call.states.topics.described = result.topics;
    AdminCall question = question_of(AdminKind::describe_configs);
    for (const DescribedTopic& topic : result.topics)
        question.resources.push_back({ResourceType::topic, topic.name, {}});
    ask_next(call, TopicsStep::describe_configs, std::move(question));
}

void on_configs_described(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(result.kind == AdminKind::describe_configs);
    for (const DescribedTopic& topic : call.states.topics.described)
        describe(call, topic, configs_of(result, topic.name));
    finish(call, 0);
}

// ---- steps --------------------------------------------------------------------------------------

/// The topics that --topic and --exclude-internal leave, sorted.
std::expected<std::vector<std::string>, JavaError> chosen_topics(const ToolCall& call, const AdminResult& result) {
    const OptionValues& options = call.states.topics.options;
    std::vector<std::string> all;
    for (const DescribedTopic& topic : result.topics)
        if (!options.has("exclude-internal") || !is_internal_topic(topic.name)) all.push_back(topic.name);
    if (!options.has("topic")) return all;
    auto matched = matching(topic_argument(call), all);
    if (!matched) return std::unexpected(JavaError{"java.lang.RuntimeException", matched.error()});
    return std::move(*matched);
}

JavaError no_such_topic(const ToolCall& call) {
    const std::string name = topic_argument(call);
    return illegal_argument(
        fmt::format("Topic '{}' does not exist as expected", call.is_old() ? name : fmt::format("Optional[{}]", name)));
}

void on_topics_known(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(result.kind == AdminKind::list_topics);
    const OptionValues& options = call.states.topics.options;
    const std::string_view action = topics_action(options);
    auto names = chosen_topics(call, result);
    if (!names) return finish_topics(call, names.error());
    if (action == "list") return list(call, *names);
    const bool missing = names->empty() && options.has("topic");
    if (missing && !options.has("if-exists")) return finish_topics(call, no_such_topic(call));
    if (missing) return finish(call, 0);
    if (action == "describe") return begin_describing(call, std::move(*names));
    if (action == "delete") return begin_delete(call, std::move(*names));
    MR_ASSERT(action == "alter");
    begin_growing(call, *names);
}

void finish_silently(ToolCall& call, const AdminResult& result) {
    if (failed_anywhere(result)) return finish_topics(call, error_of(result));
    finish(call, 0);
}

void begin_action(ToolCall& call) {
    if (topics_action(call.states.topics.options) == "create") return begin_create(call);
    ask_next(call, TopicsStep::choose, question_of(AdminKind::list_topics));
}

/// Whether the options make a command; if not, the tool has ended.
bool check_options(ToolCall& call, OptionSpecs specs) {
    const OptionValues& options = call.states.topics.options;
    if (call.arguments().empty()) {
        finish_with_usage(call, "Create, delete, describe, or change a topic.", specs);
        return false;
    }
    if (answered_help(call, options, "This tool helps to create, delete, describe, or change a topic.", specs))
        return false;
    if (topics_action(options).empty()) {
        finish_with_usage(
            call, "Command must include exactly one action: --list, --describe, --create, --alter or --delete", specs);
    } else if (options.has("bootstrap-server") == options.has("zookeeper")) {
        const std::string_view why = call.is_old() ? "Only one of --bootstrap-server or --zookeeper must be specified"
                                                   : "--bootstrap-server must be specified";
        finish_with_uncaught(call, illegal_argument(std::string(why)));
    } else if (const std::string wrong = topics_usage_error(options, call.version); !wrong.empty()) {
        finish_with_usage(call, wrong, specs);
    }
    return !call.command.finished;
}

}  // namespace

void begin_topics(ToolCall& call) {
    MR_ASSERT(call.states.topics.step == TopicsStep::none);
    const OptionSpecs specs = topics_option_specs(call.version);
    auto options = parse_options(specs, call.arguments());
    if (!options) return finish_with_uncaught(call, as_java(options.error()));
    call.states.topics.options = std::move(*options);
    if (!check_options(call, specs)) return;
    const OptionValues& given = call.states.topics.options;
    if (const auto topic = text_of(given, "topic"); !topic) return finish_topics(call, as_java(topic.error()));
    if (given.has("zookeeper")) return begin_zk_topics(call);
    const auto bootstrap = text_of(given, "bootstrap-server");
    const auto config_file = text_of(given, "command-config");
    if (!bootstrap) return finish_with_uncaught(call, as_java(bootstrap.error()));
    if (!config_file) return finish_with_uncaught(call, as_java(config_file.error()));
    if (const auto connected = connect_admin(call, {*bootstrap, *config_file, {}}); !connected)
        return finish_with_uncaught(call, connected.error());
    begin_action(call);
}

void on_topics_result(ToolCall& call, const AdminResult& result) {
    const TopicsStep step = std::exchange(call.states.topics.step, TopicsStep::none);
    MR_ASSERT(step != TopicsStep::none);
    if (step == TopicsStep::create) return on_created(call, result);
    if (step == TopicsStep::remove || step == TopicsStep::grow) return finish_silently(call, result);
    if (failed_anywhere(result)) return finish_topics(call, error_of(result));
    switch (step) {
        case TopicsStep::choose: return on_topics_known(call, result);
        case TopicsStep::grow_known: return on_growing_known(call, result);
        case TopicsStep::describe: return on_topics_told(call, result);
        case TopicsStep::describe_configs: return on_configs_described(call, result);
        case TopicsStep::none: case TopicsStep::create: case TopicsStep::remove: case TopicsStep::grow:
            MR_ASSERT(false);
    }
}

}  // namespace engine::tools
