// Sections: failures; times; which partitions; plans in files; new offsets.
#include "engine/tools/group_resets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "sim/base/ascii.h"
#include "sim/base/assert.h"
#include "sim/base/lines.h"

namespace engine::tools {

using client::PartitionName;

// ---- failures -----------------------------------------------------------------------------------

namespace {

/// Exceptions that Java wants to be declared: the reset of 3.9 wraps them.
bool is_checked(const JavaError& error) {
    return error.type.ends_with(".ParseException") || error.type.ends_with(".ExecutionException") ||
           error.type.ends_with(".IOException");
}

}  // namespace

void fail_groups(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!call.command.finished && !error.type.empty());
    if (!call.is_old() && call.states.groups.options.has("reset-offsets") && is_checked(error))
        return fail_groups(call, {"java.lang.RuntimeException", to_text(error),
                                  fmt::format("\nCaused by: {}", trace_text(error))});
    if (error.type == "java.lang.IllegalArgumentException" || error.type == "java.lang.NumberFormatException")
        return finish_with_usage(call, error.message, group_option_specs());
    print(call, fmt::format("\nError: Executing consumer group command failed due to {}", error.message));
    complain(call, trace_text(error));
    finish(call, 0);
}

JavaError no_such_partition(const GroupsTool& tool, const PartitionName& name) {
    MR_ASSERT(!tool.leaders.contains(name));
    const bool has_topic =
        std::ranges::any_of(tool.leaders, [&](const auto& entry) { return entry.first.topic == name.topic; });
    const ErrorCode code = has_topic ? ErrorCode::leader_not_available : ErrorCode::unknown_topic_or_partition;
    return in_future(error_of(code, {"", true}));
}

// ---- times --------------------------------------------------------------------------------------

namespace {

/// A number of exactly so many digits at a place of a text.
bool read_digits(std::string_view text, std::size_t at, std::size_t length, i32& number) {
    if (text.size() < at + length || !sim::all_digits(text.substr(at, length))) return false;
    std::from_chars(text.data() + at, text.data() + at + length, number);
    return true;
}

/// "Z", "+02", "+0200" or "+02:00" in minutes.
std::optional<i32> zone_minutes(std::string_view zone) {
    if (zone == "Z") return 0;
    if (zone.empty() || (zone[0] != '+' && zone[0] != '-')) return {};
    i32 hours = 0, minutes = 0;
    const std::size_t minutes_at = zone.size() == 6 && zone[3] == ':' ? 4 : 3;
    if (!read_digits(zone, 1, 2, hours)) return {};
    if (zone.size() > 3 && (zone.size() != minutes_at + 2 || !read_digits(zone, minutes_at, 2, minutes))) return {};
    return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::expected<i64, JavaError> parse_datetime(std::string_view text) {
    const auto fail = [](std::string why) { return std::unexpected(JavaError{"java.text.ParseException", why}); };
    const std::size_t t = text.find('T');
    if (t == std::string_view::npos || t + 1 == text.size())
        return fail("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format");
    const std::string_view clock = text.substr(t + 1);
    const std::size_t zone_at = clock.find_first_of("+-Z");
    const std::string whole = zone_at == std::string_view::npos ? std::string(text) + "Z" : std::string(text);
    i32 year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
    const std::size_t zone = zone_at == std::string_view::npos ? text.size() : t + 1 + zone_at;
    const bool good = read_digits(text, 0, 4, year) && read_digits(text, 5, 2, month) && read_digits(text, 8, 2, day) &&
                      read_digits(text, 11, 2, hour) && read_digits(text, 14, 2, minute) &&
                      read_digits(text, 17, 2, second) && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
                      text[13] == ':' && text[16] == ':' && text.size() > 20 && text[19] == '.' &&
                      read_digits(text, 20, zone - std::min<std::size_t>(zone, 20), millis);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    const auto minutes = zone_minutes(std::string_view(whole).substr(std::min(zone, whole.size())));
    if (!good || !date.ok() || hour > 23 || minute > 59 || second > 59 || millis > 999 || !minutes)
        return fail(fmt::format("Unparseable date: \"{}\"", whole));
    return std::chrono::sys_days{date}.time_since_epoch().count() * i64{86'400'000} +
           (((hour * 60 + minute) - *minutes) * i64{60} + second) * 1000 + millis;
}

std::optional<i64> parse_iso_duration_ms(std::string_view text) {
    if (!text.starts_with('P')) return std::nullopt;
    i64 total = 0;
    bool time = false;
    for (std::size_t at = 1; at < text.size();) {
        if (text[at] == 'T') {
            time = true;
            ++at;
            continue;
        }
        i64 number = 0;
        const auto [end, status] = std::from_chars(text.data() + at, text.data() + text.size(), number);
        if (status != std::errc{} || end == text.data() + text.size()) return std::nullopt;
        const char unit = *end;
        const i64 scale = unit == 'D' && !time  ? 86'400'000
                          : unit == 'H' && time ? 3'600'000
                          : unit == 'M' && time ? 60'000
                          : unit == 'S' && time ? 1000
                                                : 0;
        if (scale == 0) return std::nullopt;
        total += number * scale;
        at = static_cast<std::size_t>(end - text.data()) + 1;
    }
    return total;
}

// ---- which partitions -----------------------------------------------------------------------------

std::vector<i32> partitions_of(ToolCall& call, const NamedScope& scope) {
    if (!scope.partitions.empty()) return scope.partitions;
    std::vector<i32> all;
    for (const auto& [name, leader] : call.states.groups.leaders)
        if (name.topic == scope.topic) all.push_back(name.partition);
    MR_ASSERT(std::ranges::is_sorted(all));
    return all;
}

// ---- plans in files -------------------------------------------------------------------------------

namespace {

/// Fields of a line of CSV; quotes around one are taken away.
std::vector<std::string> csv_fields(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        else if (c == ',' && !quoted) fields.emplace_back();
        else fields.back() += c;
    }
    MR_ASSERT(!fields.empty());
    return fields;
}

using Plan = std::vector<std::pair<PartitionName, i64>>;

/// Adds what a line says of a group. False if the line is not of this form.
bool add_planned(const std::vector<std::string>& fields, const std::string& group, bool with_groups, Plan& plan) {
    const std::size_t first = with_groups ? 1 : 0;
    MR_ASSERT(!fields.empty());
    if (fields.size() != first + 3) return false;
    i32 partition = 0;
    i64 offset = 0;
    const auto number = [](std::string_view text, auto& to) {
        text = sim::trim_blanks(text);
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), to);
        return status == std::errc{} && end == text.data() + text.size();
    };
    if (!number(fields[first + 1], partition) || !number(fields[first + 2], offset)) return false;
    if (!with_groups || fields[0] == group) plan.emplace_back(PartitionName{fields[first], partition}, offset);
    return true;
}

/// What --from-file orders for a group: "topic,partition,offset" for a single one, else with the group in front.
std::expected<Plan, JavaError> plan_of(ToolCall& call, const std::string& group) {
    const OptionValues& options = call.states.groups.options;
    const std::string path = text_of(options, "from-file").value_or("");
    const std::string* text = call.files.find(path);
    if (text == nullptr)
        return std::unexpected(no_such_file(call, path));
    Plan plan;
    const bool with_groups =
        options.all("group").size() != 1 || csv_fields(std::string_view(*text).substr(0, text->find('\n'))).size() == 4;
    for (const std::string_view full : sim::lines_of(*text)) {
        const std::string_view line = sim::trim_controls(full);
        if (!line.empty() && !add_planned(csv_fields(line), group, with_groups, plan))
            return std::unexpected(JavaError{"com.fasterxml.jackson.databind.exc.MismatchedInputException",
                                             fmt::format("Cannot read the line '{}' of {}", line, path)});
    }
    return plan;
}

}  // namespace

std::expected<std::vector<PartitionName>, JavaError> reset_scope(ToolCall& call) {
    const GroupsTool& tool = call.states.groups;
    MR_ASSERT(!tool.group.name.empty());
    std::vector<PartitionName> scope;
    if (tool.options.has("from-file")) {
        const auto plan = plan_of(call, tool.group.name);
        if (!plan) return std::unexpected(plan.error());
        for (const auto& [name, offset] : *plan) scope.push_back(name);
    } else if (tool.options.has("all-topics")) {
        for (const auto& [name, offset] : tool.committed) scope.push_back(name);
    } else {
        const auto named = scopes_of(tool.options);
        if (!named) return std::unexpected(named.error());
        for (const NamedScope& one : *named) {
            const auto partitions = partitions_of(call, one);
            if (partitions.empty())
                return std::unexpected(in_future(error_of(ErrorCode::unknown_topic_or_partition, {"", true})));
            for (const i32 partition : partitions) scope.push_back({one.topic, partition});
        }
    }
    for (const PartitionName& name : scope)
        if (!tool.leaders.contains(name)) return std::unexpected(no_such_partition(tool, name));
    return scope;
}

std::expected<i64, JavaError> reset_moment(ToolCall& call) {
    constexpr i64 kEarliest = -2;
    const OptionValues& options = call.states.groups.options;
    MR_ASSERT(options.has("reset-offsets"));
    for (const std::string_view number : {"to-offset", "shift-by"})
        if (const auto value = long_of(options, number, 0); !value)
            return std::unexpected(as_java(value.error()));
    if (options.has("to-datetime")) return parse_datetime(text_of(options, "to-datetime").value_or(""));
    if (!options.has("by-duration")) return kEarliest;
    const auto span = parse_iso_duration_ms(text_of(options, "by-duration").value_or(""));
    if (!span)
        return std::unexpected(
            JavaError{"java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration"});
    return call.env.wall_ms() - *span;
}

// ---- new offsets ----------------------------------------------------------------------------------

namespace {

/// An offset within the log, with a warning if it had to be moved there.
i64 clamped(ToolCall& call, const PartitionName& name, i64 wanted) {
    const GroupsTool& tool = call.states.groups;
    const i64* first = tool.targets.find(name);
    const i64* end = tool.ends.find(name);
    const std::string_view logger = call.is_old() ? "kafka.admin.ConsumerGroupCommand$"
                                                  : "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    const auto warn = [&](std::string_view side, std::string_view end_name, i64 becomes) {
        complain(call,
                 log_line(call.env.wall_ms(), "WARN",
                          fmt::format(
                              "New offset ({}) is {} than {} offset for topic partition {}-{}. Value will be set to {}",
                              wanted, side, end_name, name.topic, name.partition, becomes),
                          logger));
        return becomes;
    };
    if (end != nullptr && wanted > *end) return warn("higher", "latest", *end);
    if (first != nullptr && wanted < *first) return warn("lower", "earliest", *first);
    return wanted;
}

i64 value_or_none(const sim::FlatMap<PartitionName, i64>& map, const PartitionName& name) {
    const i64* value = map.find(name);
    return value == nullptr ? i64{-1} : *value;
}

/// What the scenario makes of a partition. Requires one without a file.
std::expected<i64, JavaError> new_offset(ToolCall& call, const PartitionName& name) {
    const GroupsTool& tool = call.states.groups;
    const OptionValues& options = tool.options;
    MR_ASSERT(!options.has("from-file"));
    const i64 target = value_or_none(tool.targets, name), end = value_or_none(tool.ends, name);
    const i64 committed = value_or_none(tool.committed, name);
    if (options.has("to-earliest")) return target;
    if (options.has("to-latest")) return end;
    if (options.has("to-offset")) return clamped(call, name, long_of(options, "to-offset", 0).value_or(0));
    if (options.has("to-current")) return committed >= 0 ? committed : end;
    if (options.has("shift-by")) {
        if (committed < 0)
            return std::unexpected(illegal_argument(
                fmt::format("Cannot shift offset for partition {}-{} since there is no current committed offset",
                            name.topic, name.partition)));
        return clamped(call, name, committed + long_of(options, "shift-by", 0).value_or(0));
    }
    if (target >= 0) return target;
    if (!call.is_old())
        print(call, fmt::format("\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
                                name.partition, name.topic));
    return end;
}

}  // namespace

std::expected<std::vector<ResetRow>, JavaError> rows_to_reset(ToolCall& call) {
    const GroupsTool& tool = call.states.groups;
    MR_ASSERT(tool.missing == 0);
    std::vector<ResetRow> rows;
    if (tool.options.has("from-file")) {
        const auto plan = plan_of(call, tool.group.name);
        if (!plan) return std::unexpected(plan.error());
        if (plan->empty()) print(call, fmt::format("\nError: No reset plan for group {} found", tool.group.name));
        for (const auto& [name, offset] : *plan) rows.push_back({tool.group.name, name, clamped(call, name, offset)});
        return rows;
    }
    const auto scope = reset_scope(call);
    if (!scope) return std::unexpected(scope.error());
    for (const PartitionName& name : *scope) {
        const auto offset = new_offset(call, name);
        if (!offset) return std::unexpected(offset.error());
        rows.push_back({tool.group.name, name, *offset});
    }
    return rows;
}

}  // namespace engine::tools
