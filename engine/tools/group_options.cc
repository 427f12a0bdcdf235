#include "engine/tools/group_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

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
    OptionSpec{"state", A::none, "", "With --describe or --list: the state."},
    OptionSpec{"timeout", A::number, "timeout (ms)", "How long to wait for a group to come to rest."},
    OptionSpec{"to-current", A::none, "", "Reset to the current offset."},
    OptionSpec{"to-datetime", A::text, "datetime",
               "Reset to the first record from a moment on: YYYY-MM-DDTHH:mm:SS.sss."},
    OptionSpec{"to-earliest", A::none, "", "Reset to the first offset."},
    OptionSpec{"to-latest", A::none, "", "Reset to the end."},
    OptionSpec{"to-offset", A::text, "offset", "Reset to an offset."},
    OptionSpec{"topic", A::text, "topic", "The topic, or topic:partition,partition, to act on."},
    OptionSpec{"type", A::none, "", "With --list: the type."},
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

std::string reset_error(const OptionValues& options) {
    MR_ASSERT(options.has("reset-offsets"));
    if (options.has("dry-run") && options.has("execute"))
        return "Only one of the following options is allowed: [dry-run], [execute]";
    const auto scenarios = given(options, kScenarios);
    if (scenarios != 1)
        return fmt::format("Option '[reset-offsets]' requires one of the following scenarios: [[{}]]",
                           fmt::join(kScenarios, "], ["));
    if (options.has("from-file") || options.has("topic") || options.has("all-topics")) return "";
    return "One of the reset scopes should be defined: --all-topics, --topic.";
}

}  // namespace

OptionSpecs group_option_specs() { return kGroupSpecs; }

std::string_view groups_action(const OptionValues& options) {
    if (given(options, kActions) != 1) return "";
    return *std::ranges::find_if(kActions, [&](std::string_view name) { return options.has(name); });
}

std::string groups_usage_error(const OptionValues& options) {
    const std::string_view action = groups_action(options);
    if (action.empty())
        return "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, "
               "--delete-offsets";
    if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
    const bool named = options.has("group") || options.has("all-groups");
    if (action != "list" && !named)
        return fmt::format("Option [{}] takes one of these options: [reset-offsets], [describe], [delete], [list]",
                           action);
    if (action == "delete-offsets" && !options.has("topic"))
        return "Option [delete-offsets] takes the following options: [group], [topic]";
    return action == "reset-offsets" ? reset_error(options) : "";
}

std::vector<NamedScope> scopes_of(const OptionValues& options) {
    std::vector<NamedScope> scopes;
    for (const std::string& text : options.all("topic")) {
        const auto colon = text.find(':');
        NamedScope& scope = scopes.emplace_back();
        scope.topic = text.substr(0, colon);
        for (std::size_t at = colon == std::string::npos ? text.size() : colon + 1; at < text.size();) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            i32 partition = -1;
            std::from_chars(text.data() + at, text.data() + end, partition);
            scope.partitions.push_back(partition);
            at = end + 1;
        }
    }
    return scopes;
}

}  // namespace engine::tools
