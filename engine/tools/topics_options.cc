// Sections: the options; what goes together; orders.
#include "engine/tools/topics_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/topic_config.h"
#include "sim/base/ascii.h"
#include "sim/base/lines.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;

// ---- the options --------------------------------------------------------------------------------

constexpr std::array kTopicsSpecs = {
    OptionSpec{"alter", A::none, "",
               "Change the number of partitions of a topic. (Settings of topics are changed with kafka-configs.)"},
    OptionSpec{"at-min-isr-partitions", A::none, "",
               "With --describe: only partitions whose ISR is just as large as min.insync.replicas."},
    OptionSpec{"bootstrap-server", A::text, "server to connect to",
               "REQUIRED: the Kafka server to connect to, as host:port."},
    OptionSpec{"command-config", A::text, "command config property file", "File with settings for the admin client."},
    OptionSpec{"config", A::text, "name=value", "With --create: a setting of the topic. May be given more than once."},
    OptionSpec{"create", A::none, "", "Create a new topic."},
    OptionSpec{"delete", A::none, "", "Delete a topic."},
    OptionSpec{"delete-config", A::text, "name", "No longer supported; settings are removed with kafka-configs."},
    OptionSpec{"describe", A::none, "", "Show the given topics and their partitions."},
    OptionSpec{"exclude-internal", A::none, "", "With --list and --describe: leave out internal topics."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"if-exists", A::none, "", "With --alter, --delete, --describe: do nothing if the topic does not exist."},
    OptionSpec{"if-not-exists", A::none, "", "With --create: no failure if the topic exists already."},
    OptionSpec{"list", A::none, "", "List all topics."},
    OptionSpec{"partition-size-limit-per-response", A::number, "maximum number of partitions per response",
               "How many partitions one answer may describe."},
    OptionSpec{"partitions", A::number, "# of partitions",
               "The number of partitions of a topic that is created or altered."},
    OptionSpec{"replica-assignment", A::text,
               "broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , broker_id_for_part2_replica1 : "
               "broker_id_for_part2_replica2 , ...",
               "Where the replicas of each partition go."},
    OptionSpec{"replication-factor", A::number, "replication factor",
               "The number of replicas of each partition of a new topic."},
    OptionSpec{"topic", A::text, "topic", "The topic; except with --create also a regular expression."},
    OptionSpec{"topic-id", A::text, "topic-id", "The id of the topic to describe."},
    OptionSpec{"topics-with-overrides", A::none, "", "With --describe: only topics with settings of their own."},
    OptionSpec{"unavailable-partitions", A::none, "", "With --describe: only partitions without a leader."},
    OptionSpec{"under-min-isr-partitions", A::none, "",
               "With --describe: only partitions whose ISR is smaller than min.insync.replicas."},
    OptionSpec{"under-replicated-partitions", A::none, "",
               "With --describe: only partitions with a replica out of sync."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
    // Of 2.8 only.
    OptionSpec{"disable-rack-aware", A::none, "", "Place replicas without regard to racks."},
    OptionSpec{"force", A::none, "", "Do not ask."},
    OptionSpec{"zookeeper", A::text, "hosts", "DEPRECATED: the ZooKeeper to connect to, as host:port."},
};
constexpr std::size_t kOldOnly = 3;
static_assert(is_sound(kTopicsSpecs));
static_assert(std::ranges::is_sorted(OptionSpecs(kTopicsSpecs).first(kTopicsSpecs.size() - kOldOnly), {},
                                     &OptionSpec::name));

constexpr std::array kTopicActions = {std::string_view("create"), std::string_view("list"), std::string_view("alter"),
                                 std::string_view("describe"), std::string_view("delete")};

// ---- what goes together -------------------------------------------------------------------------

/// An option, the actions that it goes with, and other options that it does not go with.
struct Pairing {
    std::string_view option;
    std::string_view actions;        // separated by blanks
    std::string_view others = {};    // likewise
};
constexpr std::array kPairings = {
    Pairing{"config", "alter create"},
    Pairing{"delete-config", "alter", "bootstrap-server"},
    Pairing{"partitions", "alter create"},
    Pairing{"replication-factor", "create"},
    Pairing{"replica-assignment", "alter create"},
    Pairing{"under-replicated-partitions", "describe",
            "under-min-isr-partitions at-min-isr-partitions unavailable-partitions topics-with-overrides"},
    Pairing{"under-min-isr-partitions", "describe",
            "under-replicated-partitions at-min-isr-partitions unavailable-partitions topics-with-overrides zookeeper"},
    Pairing{"at-min-isr-partitions", "describe",
            "under-replicated-partitions under-min-isr-partitions unavailable-partitions topics-with-overrides "
            "zookeeper"},
    Pairing{"unavailable-partitions", "describe",
            "under-replicated-partitions under-min-isr-partitions at-min-isr-partitions topics-with-overrides"},
    Pairing{"topics-with-overrides", "describe"},
    Pairing{"if-exists", "alter delete describe"},
    Pairing{"if-not-exists", "create"},
    Pairing{"exclude-internal", "list describe"},
};

constexpr bool is_option(std::string_view name) {
    return std::ranges::find(kTopicsSpecs, name, &OptionSpec::name) != kTopicsSpecs.end();
}
static_assert(std::ranges::all_of(kTopicActions, is_option));
static_assert(std::ranges::all_of(kPairings, is_option, &Pairing::option));

bool names(std::string_view list, std::string_view word) {
    MR_ASSERT(!list.empty());
    const auto words = sim::parts_of(list, ' ');
    return std::ranges::find(words, word) != words.end();
}

/// What does not go together; "" if all does. 3.9 lets the filters of partitions be combined.
std::string pairing_error(const OptionValues& options, std::string_view action, bool is_old) {
    MR_ASSERT(!action.empty());
    for (const Pairing& pairing : kPairings) {
        if (!options.has(pairing.option)) continue;
        if (!names(pairing.actions, action)) return not_together(pairing.option, action);
        for (const std::string_view other : sim::parts_of(pairing.others, ' ')) {
            const bool combines = !is_old && other.ends_with("-partitions");
            if (options.has(other) && !combines) return not_together(pairing.option, other);
        }
    }
    return "";
}

// ---- orders -------------------------------------------------------------------------------------

JavaError bad_config(std::string message) {
    return {"org.apache.kafka.common.errors.InvalidConfigurationException", std::move(message)};
}

std::expected<i32, JavaError> count_of(const OptionValues& options, std::string_view name) {
    const auto number = number_of(options, name, -1);
    if (!number) return std::unexpected(as_java(number.error()));
    return *number;
}

std::expected<i32, JavaError> parse_broker(std::string_view word) {
    i32 broker = 0;
    const std::string_view digits = sim::trim_blanks(word);
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), broker);
    if (digits.empty() || status != std::errc{} || end != digits.data() + digits.size())
        return std::unexpected(
            JavaError{"java.lang.NumberFormatException", fmt::format("For input string: \"{}\"", digits)});
    return broker;
}

std::expected<std::vector<i32>, JavaError> parse_replicas(std::string_view text, KafkaVersion version) {
    std::vector<i32> replicas;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(':', at), text.size());
        const auto broker = parse_broker(text.substr(at, end - at));
        if (!broker) return std::unexpected(broker.error());
        if (std::ranges::find(replicas, *broker) != replicas.end())
            return std::unexpected(command_failed(
                version, fmt::format("Partition replica lists may not contain duplicate entries: {}", *broker)));
        replicas.push_back(*broker);
        at = end + 1;
    }
    MR_ASSERT(!replicas.empty());
    return replicas;
}

}  // namespace

OptionSpecs topics_option_specs(KafkaVersion version) {
    const std::size_t newer = kTopicsSpecs.size() - kOldOnly;
    return OptionSpecs(kTopicsSpecs).first(version == KafkaVersion::v2_8 ? kTopicsSpecs.size() : newer);
}

std::string_view topics_action(const OptionValues& options) {
    std::string_view action;
    for (const std::string_view name : kTopicActions) {
        if (!options.has(name)) continue;
        if (!action.empty()) return "";
        action = name;
    }
    return action;
}

constexpr std::string_view kFilters[] = {"under-replicated-partitions", "unavailable-partitions",
                                         "under-min-isr-partitions", "at-min-isr-partitions"};

bool filters_partitions(const OptionValues& options) {
    return std::ranges::any_of(kFilters, [&](std::string_view name) { return options.has(name); });
}

std::string topics_usage_error(const OptionValues& options, KafkaVersion version) {
    const bool old = version == KafkaVersion::v2_8;
    const std::string_view action = topics_action(options);
    MR_ASSERT(!action.empty());
    if (action != "list" && action != "describe" && !options.has("topic"))
        return "Missing required argument \"[topic]\"";
    if (action == "describe" && options.has("if-exists") && !options.has("topic") && !options.has("topic-id"))
        return old ? "Missing required argument \"[topic]\"" : "--topic or --topic-id is required to describe a topic";
    if (action == "create" && options.has("zookeeper") && !options.has("replica-assignment"))
        for (const std::string_view needed : {"partitions", "replication-factor"})
            if (!options.has(needed)) return fmt::format("Missing required argument \"[{}]\"", needed);
    if (action == "alter" && options.has("bootstrap-server") && options.has("config"))
        return fmt::format("Option combination \"{}\" can't be used with option \"[alter]\" (the kafka-configs CLI "
                           "supports altering topic configs with a --bootstrap-server option)",
                           old ? "[bootstrap-server],[config]" : "[[bootstrap-server], [config]]");
    if (action == "alter" && options.has("bootstrap-server") && !options.has("partitions"))
        return "Missing required argument \"[partitions]\"";
    if (std::string wrong = pairing_error(options, action, old); !wrong.empty()) return wrong;
    if (action == "create" && options.has("replica-assignment"))
        for (const std::string_view other : {"partitions", "replication-factor"})
            if (options.has(other)) return not_together("replica-assignment", other);
    return "";
}

std::optional<JavaError> wrong_topic_setting(std::string_view name, std::string_view value) {
    const ConfigKey* key = find_key(topic_config_keys(), name);
    if (key == nullptr) return bad_config(fmt::format("Unknown topic config name: {}", name));
    const auto good = check_value(*key, value);
    if (good) return {};
    return JavaError{"org.apache.kafka.common.config.ConfigException", good.error()};
}

std::expected<std::vector<std::pair<std::string, std::string>>, JavaError> topic_settings(const OptionValues& options) {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const std::string& given : options.all("config")) {
        const std::size_t equals = given.find('=');
        if (equals == std::string::npos || equals + 1 == given.size() ||
            given.find('=', equals + 1) != std::string::npos)
            return std::unexpected(
                illegal_argument("requirement failed: Invalid topic config: all configs to be added must be in the "
                                 "format \"key=val\"."));
        const std::string_view name = sim::trim_blanks(std::string_view(given).substr(0, equals));
        const std::string_view value = sim::trim_blanks(std::string_view(given).substr(equals + 1));
        if (const auto wrong = wrong_topic_setting(name, value)) return std::unexpected(*wrong);
        settings.emplace_back(name, value);
    }
    MR_ASSERT(settings.size() == options.all("config").size());
    return settings;
}

std::expected<std::vector<std::string>, JavaError> settings_to_remove(const OptionValues& options) {
    std::vector<std::string> names;
    for (const std::string& given : options.all("delete-config")) {
        const std::string name(sim::trim_blanks(given));
        if (find_key(topic_config_keys(), name) == nullptr)
            return std::unexpected(bad_config(fmt::format("Unknown topic config name: {}", name)));
        names.push_back(name);
    }
    MR_ASSERT(names.size() == options.all("delete-config").size());
    return names;
}

std::expected<std::vector<std::vector<i32>>, JavaError> parse_assignment(std::string_view text, KafkaVersion version) {
    std::vector<std::vector<i32>> partitions;
    for (std::size_t at = 0; at <= text.size() && !text.empty();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        auto replicas = parse_replicas(text.substr(at, end - at), version);
        if (!replicas) return std::unexpected(replicas.error());
        if (!partitions.empty() && replicas->size() != partitions.front().size())
            return std::unexpected(
                operation_failed(version, fmt::format("Partition {} has different replication factor: [{}]",
                                                   partitions.size(), fmt::join(*replicas, ", "))));
        MR_ASSERT(!replicas->empty());
        partitions.push_back(std::move(*replicas));
        at = end + 1;
    }
    return partitions;
}

std::expected<client::NewTopicOrder, JavaError> topic_to_create(const OptionValues& options, KafkaVersion version) {
    client::NewTopicOrder order;
    const auto name = text_of(options, "topic");
    const auto partitions = count_of(options, "partitions");
    const auto factor = count_of(options, "replication-factor");
    const auto assignment_text = text_of(options, "replica-assignment");
    if (!name) return std::unexpected(as_java(name.error()));
    if (!partitions) return std::unexpected(partitions.error());
    if (!factor) return std::unexpected(factor.error());
    if (!assignment_text) return std::unexpected(as_java(assignment_text.error()));
    auto assignment = parse_assignment(*assignment_text, version);
    if (!assignment) return std::unexpected(assignment.error());
    auto settings = topic_settings(options);
    if (!settings) return std::unexpected(settings.error());
    const bool by_broker = !options.has("zookeeper");   // else the counts are looked at where replicas are placed
    if (by_broker && options.has("replication-factor") && (*factor < 1 || *factor > INT16_MAX))
        return std::unexpected(illegal_argument("The replication factor must be between 1 and 32767 inclusive"));
    if (by_broker && options.has("partitions") && *partitions < 1)
        return std::unexpected(illegal_argument("The partitions must be greater than 0"));
    MR_ASSERT(!by_broker || *partitions == -1 || *partitions > 0);
    MR_ASSERT(!by_broker || *factor == -1 || (*factor > 0 && *factor <= INT16_MAX));
    order.name = *name;
    order.partitions = *partitions;
    order.replication_factor = static_cast<i16>(std::clamp<i32>(*factor, INT16_MIN, INT16_MAX));
    order.assignment = std::move(*assignment);
    order.config = std::move(*settings);
    return order;
}

}  // namespace engine::tools
