#include "engine/tools/group_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/ascii.h"

namespace engine::tools {
namespace {

using A = ArgumentKind;

constexpr std::array kGroupSpecs = {
    OptionSpec{"all-groups", A::none, "", "All groups."},
    OptionSpec{"all-topics", A::none, "", "With --reset-offsets: all topics that the group has offsets of."},
    OptionSpec{"bootstrap-server", A::text, "server to connect to", "REQUIRED: the brokers to connect to."},
    OptionSpec{"by-duration", A::text, "duration", "Reset to where records were this long ago: PnDTnHnMnS."},
    OptionSpec{"command-config", A::text, "command config property file", "File with settings for the clients."},
    OptionSpec{"delete", A::none, "", "Delete groups."},
    OptionSpec{"delete-offsets", A::none, "", "Delete offsets of a group."},
    OptionSpec{"describe", A::none, "", "Describe groups, and how far behind they are."},
    OptionSpec{"dry-run", A::none, "", "Only show the outcome of a reset."},
    OptionSpec{"execute", A::none, "", "Carry a reset out."},
    OptionSpec{"export", A::none, "", "Show the outcome of a reset as CSV."},
    OptionSpec{"from-file", A::text, "path to CSV file", "Reset to offsets of a file."},
    OptionSpec{"group", A::text, "consumer group", "The group to act on."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"list", A::none, "", "List all groups."},
    OptionSpec{"members", A::none, "", "With --describe: the members."},
    OptionSpec{"offsets", A::none, "", "With --describe: the offsets; the default."},
    OptionSpec{"reset-offsets", A::none, "", "Reset offsets of a group without members."},
    OptionSpec{"shift-by", A::text, "number-of-offsets", "Reset by this many records, forward or back."},
    OptionSpec{"state", A::optional_text, "String", "With --describe or --list: the state."},
    OptionSpec{"timeout", A::number, "timeout (ms)", "How long to wait for a group to come to rest."},
    OptionSpec{"to-current", A::none, "", "Reset to the current offset."},
    OptionSpec{"to-datetime", A::text, "datetime",
               "Reset to the first record from a moment on: YYYY-MM-DDTHH:mm:SS.sss."},
    OptionSpec{"to-earliest", A::none, "", "Reset to the first offset."},
    OptionSpec{"to-latest", A::none, "", "Reset to the end."},
    OptionSpec{"to-offset", A::text, "offset", "Reset to an offset."},
    OptionSpec{"topic", A::text, "topic", "The topic, or topic:partition,partition, to act on."},
    OptionSpec{"type", A::optional_text, "String", "With --list: the type."},
    OptionSpec{"verbose", A::none, "", "With --describe: more."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
static_assert(is_sound(kGroupSpecs));
static_assert(std::ranges::is_sorted(kGroupSpecs, {}, &OptionSpec::name));

constexpr std::array kActions = {std::string_view("list"), std::string_view("describe"), std::string_view("delete"),
                                 std::string_view("reset-offsets"), std::string_view("delete-offsets")};
constexpr std::array kScenarios = {std::string_view("to-offset"),   std::string_view("to-current"),
                                   std::string_view("to-datetime"), std::string_view("from-file"),
                                   std::string_view("by-duration"), std::string_view("to-earliest"),
                                   std::string_view("to-latest"),   std::string_view("shift-by")};

std::ptrdiff_t given(const OptionValues& options, std::span<const std::string_view> names) {
    return std::ranges::count_if(names, [&](std::string_view name) { return options.has(name); });
}

/// The scenarios in the order in which they are held against the others.
constexpr std::array kScenariosChecked = {std::string_view("to-offset"),   std::string_view("to-datetime"),
                                          std::string_view("by-duration"), std::string_view("to-earliest"),
                                          std::string_view("to-latest"),   std::string_view("to-current"),
                                          std::string_view("shift-by"),    std::string_view("from-file")};
static_assert(kScenarios.size() == kScenariosChecked.size());

/// 3.9 names the wrong options where a description lacks a group.
std::string needs_one_of(std::string_view action, KafkaVersion version) {
    const std::string_view names = version == KafkaVersion::v2_8 ? "[group], [all-groups]"
                                   : action == "describe"        ? "[reset-offsets], [describe], [delete], [list]"
                                                                 : "[all-groups], [group]";
    return fmt::format("Option [{}] takes one of these options: {}", action, names);
}

std::string describe_error(const OptionValues& options) {
    MR_ASSERT(options.has("describe"));
    if (options.has("members") + options.has("offsets") + options.has("state") > 1)
        return "Option [describe] takes at most one of these options: [members], [offsets], [state]";
    return options.last("state").empty() ? "" : "Option [describe] does not take a value for [state]";
}

std::string reset_error(const OptionValues& options, KafkaVersion version) {
    MR_ASSERT(options.has("reset-offsets"));
    if (options.has("dry-run") && options.has("execute"))
        return "Option [reset-offsets] only accepts one of [execute] and [dry-run]";
    if (!options.has("group") && !options.has("all-groups")) return needs_one_of("reset-offsets", version);
    for (const std::string_view used : kScenariosChecked)
        for (const std::string_view other : kScenariosChecked)
            if (used != other && options.has(used) && options.has(other)) return not_together(used, other);
    return "";
}

/// What is wrong with the choice of groups and topics.
std::string scope_error(const OptionValues& options) {
    MR_ASSERT(options.has("bootstrap-server"));
    if (!options.has("group") && !options.has("topic")) return "";
    if (options.has("group") && options.has("all-groups")) return not_together("group", "all-groups");
    if (options.has("group") && options.has("list")) return not_together("group", "list");
    for (const std::string_view action : {"list", "describe"})
        if (options.has("topic") && options.has(action)) return not_together("topic", action);
    return "";
}

}  // namespace

OptionSpecs group_option_specs() { return kGroupSpecs; }

std::string_view groups_action(const OptionValues& options) {
    if (given(options, kActions) != 1) return "";
    return *std::ranges::find_if(kActions, [&](std::string_view name) { return options.has(name); });
}

std::string groups_usage_error(const OptionValues& options, KafkaVersion version) {
    if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
    const bool named = options.has("group") || options.has("all-groups");
    for (const std::string_view action : {"describe", "delete"})
        if (options.has(action) && !named) return needs_one_of(action, version);
    std::string wrong = options.has("describe") ? describe_error(options) : "";
    if (!wrong.empty()) return wrong;
    if (options.has("delete") && options.has("topic"))
        return "The consumer does not support topic-specific offset deletion from a consumer group.";
    if (options.has("delete-offsets") && (!options.has("group") || !options.has("topic")))
        return fmt::format("Option [delete-offsets] takes the following options: {}",
                           version == KafkaVersion::v2_8 ? "[group], [topic]" : "[all-groups], [group]");
    if (options.has("reset-offsets")) wrong = reset_error(options, version);
    if (wrong.empty()) wrong = scope_error(options);
    if (!wrong.empty() || !groups_action(options).empty()) return wrong;
    return "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets";
}

std::string reset_plan_error(const OptionValues& options, KafkaVersion version) {
    MR_ASSERT(groups_action(options) == "reset-offsets");
    if (!options.has("all-topics") && !options.has("topic") && !options.has("from-file"))
        return "One of the reset scopes should be defined: --all-topics, --topic.";
    if (given(options, kScenarios) == 1) return "";
    // A set of Java that remembers the order, and one of Scala that does not.
    if (version != KafkaVersion::v2_8)
        return fmt::format("Option '[reset-offsets]' requires one of the following scenarios: [[{}]]",
                           fmt::join(kScenarios, "], ["));
    return "Option '[reset-offsets]' requires one of the following scenarios: HashSet([by-duration], [to-offset], "
           "[from-file], [to-datetime], [to-earliest], [to-current], [shift-by], [to-latest])";
}

std::string read_states(const std::string& text, KafkaVersion version, std::vector<std::string>& states) {
    constexpr std::array kStates = {std::string_view("PreparingRebalance"), std::string_view("CompletingRebalance"),
                                    std::string_view("Stable"),             std::string_view("Dead"),
                                    std::string_view("Empty"),              std::string_view("Assigning"),
                                    std::string_view("Reconciling")};
    const bool old = version == KafkaVersion::v2_8;
    const std::span<const std::string_view> known = std::span(kStates).first(old ? kStates.size() - 2 : kStates.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view word = sim::trim_blanks(std::string_view(text).substr(at, end - at));
        const auto state = std::ranges::find_if(known, [&](std::string_view name) {
            return old ? name == word : sim::lower_ascii(name) == sim::lower_ascii(word);
        });
        if (state == known.end())
            return fmt::format("Invalid state list '{}'. Valid states are: {}", text, fmt::join(known, ", "));
        states.emplace_back(*state);
        at = end + 1;
    }
    return "";
}

std::expected<std::vector<NamedScope>, JavaError> scopes_of(const OptionValues& options) {
    std::vector<NamedScope> scopes;
    for (const std::string& text : options.all("topic")) {
        const auto colon = text.find(':');
        NamedScope& scope = scopes.emplace_back();
        scope.topic = text.substr(0, colon);
        for (std::size_t at = colon == std::string::npos ? text.size() : colon + 1; at < text.size();) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            i32 partition = -1;
            const auto [rest, status] = std::from_chars(text.data() + at, text.data() + end, partition);
            if (status != std::errc{} || rest != text.data() + end)
                return std::unexpected(JavaError{"java.lang.NumberFormatException",
                                                 fmt::format("For input string: \"{}\"", text.substr(at, end - at))});
            scope.partitions.push_back(partition);
            at = end + 1;
        }
    }
    return scopes;
}

}  // namespace engine::tools
