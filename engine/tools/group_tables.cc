#include "engine/tools/group_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace engine::tools {
namespace {

constexpr std::size_t kLeast = 15;

/// 2.8 ends each row with a line end; 3.9 begins each row with one.
void print_row(ToolCall& call, const std::string& row) {
    MR_ASSERT(!call.command.finished);
    MR_ASSERT(!call.command.finished && !row.empty());
    call.command.output += call.is_old() ? row + "\n" : "\n" + row;
}
/// The head of a table, below an empty line.
void print_head(ToolCall& call, const std::string& head) { print_row(call, call.is_old() ? "\n" + head : head); }

std::string number_or_dash(i64 number) { return number < 0 ? "-" : std::to_string(number); }

std::size_t widest(std::size_t least, const auto& rows, auto&& text_of_row) {
    MR_ASSERT(least > 0);
    std::size_t width = least;
    for (const auto& row : rows) width = std::max(width, std::string(text_of_row(row)).size());
    return width;
}

/// "orders(0,1), other(2)"; 3.9 leaves out the names.
std::string assignment_text(const ToolCall& call, const std::vector<client::PartitionName>& assignment) {
    std::string text, last;
    for (const client::PartitionName& name : assignment) {
        const bool fresh = text.empty() || name.topic != last;
        if (fresh) text += fmt::format("{}{}(", text.empty() ? "" : "), ", call.is_old() ? name.topic : "");
        text += fmt::format("{}{}", fresh ? "" : ",", name.partition);
        last = name.topic;
    }
    return text.empty() ? "-" : text + ")";
}

}  // namespace

void print_offset_rows(ToolCall& call, const std::string& group, const std::vector<OffsetRow>& rows) {
    MR_ASSERT(!call.command.finished);
    if (rows.empty()) return;
    const std::size_t groups = std::max(kLeast, group.size());
    const std::size_t topics = widest(kLeast, rows, [](const OffsetRow& r) { return r.partition.topic; });
    const std::size_t members =
        widest(kLeast, rows, [](const OffsetRow& r) { return r.member == nullptr ? std::string("-") : r.member->id; });
    const std::size_t hosts = widest(
        kLeast, rows, [](const OffsetRow& r) { return r.member == nullptr ? std::string("-") : r.member->host; });
    const auto line = [&](std::string_view g, std::string_view t, std::string_view p, std::string_view c,
                          std::string_view e, std::string_view l, std::string_view m, std::string_view h,
                          std::string_view client) {
        return fmt::format("{:<{}} {:<{}} {:<10} {:<15} {:<15} {:<15} {:<{}} {:<{}} {}", g, groups, t, topics, p, c, e,
                           l, m, members, h, hosts, client);
    };
    print_head(call, line("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID",
                          "HOST", "CLIENT-ID"));
    for (const OffsetRow& row : rows) {
        const i64 lag = row.committed < 0 || row.end < 0 ? -1 : row.end - row.committed;
        const ShownMember* member = row.member;
        print_row(call, line(group, row.partition.topic, std::to_string(row.partition.partition),
                             number_or_dash(row.committed), number_or_dash(row.end), number_or_dash(lag),
                             member == nullptr ? "-" : member->id, member == nullptr ? "-" : member->host,
                             member == nullptr ? "-" : member->client));
    }
}

void print_members(ToolCall& call, const ShownGroup& group, bool verbose) {
    MR_ASSERT(!call.command.finished);
    if (group.members.empty() && call.is_old()) return;
    const bool instances = std::ranges::any_of(group.members, [](const ShownMember& m) { return !m.instance.empty(); });
    const std::size_t groups = std::max(kLeast, group.name.size());
    const std::size_t ids = widest(kLeast, group.members, [](const ShownMember& m) { return m.id; });
    const std::size_t names = widest(17, group.members, [](const ShownMember& m) { return m.instance; });
    const std::size_t hosts = widest(kLeast, group.members, [](const ShownMember& m) { return m.host; });
    const std::size_t clients = widest(kLeast, group.members, [](const ShownMember& m) { return m.client; });
    const auto line = [&](std::string_view g, std::string_view id, std::string_view instance, std::string_view host,
                          std::string_view client, std::string_view count, std::string_view assignment) {
        const std::string second = instances ? fmt::format(" {:<{}}", instance, names) : "";
        return fmt::format("{:<{}} {:<{}}{} {:<{}} {:<{}} {:<15} {}", g, groups, id, ids, second, host, hosts, client,
                           clients, count, assignment);
    };
    print(call, "\n" + line("GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID", "#PARTITIONS",
                            verbose ? "ASSIGNMENT" : ""));
    for (const ShownMember& member : group.members)
        print(call,
              line(group.name, member.id, member.instance, member.host, member.client,
                   std::to_string(member.assignment.size()), verbose ? assignment_text(call, member.assignment) : ""));
}

void print_state(ToolCall& call, const ShownGroup& group, const std::string& coordinator, BrokerId id) {
    const std::string where = fmt::format("{}{}({})", coordinator, call.is_old() ? " " : "  ", id.value);
    const std::size_t width = std::max<std::size_t>(25, where.size());
    print(call, fmt::format("\n{:<25} {:<{}} {:<20} {:<15} {}", "GROUP", "COORDINATOR (ID)", width,
                            "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"));
    print(call, fmt::format("{:<25} {:<{}} {:<20} {:<15} {}", group.name, where, width, group.protocol, group.state,
                            group.members.size()));
}

void print_reset_rows(ToolCall& call, const std::string& group, const std::vector<ResetRow>& rows) {
    const std::string end = call.is_old() ? "\n" : "";
    call.command.output +=
        fmt::format("\n{:<30} {:<30} {:<10} {:<15}{}", "GROUP", "TOPIC", "PARTITION", "NEW-OFFSET", end);
    for (const ResetRow& row : rows)
        call.command.output += fmt::format("{:<30} {:<30} {:<10} {:<15}{}", group, row.partition.topic,
                                           row.partition.partition, row.offset, end);
}

void print_reset_csv(ToolCall& call, const std::vector<ResetRow>& rows) {
    for (const ResetRow& row : rows)
        print(call, fmt::format("{},{},{}", row.partition.topic, row.partition.partition, row.offset));
    print(call, "");
}

std::string topics_in(const wire::OffsetDeleteResponse& response) {
    std::string names;
    for (const auto& topic : response.topics) names += (names.empty() ? "" : ", ") + topic.name;
    return names;
}

void print_deleted_offsets(ToolCall& call, const std::string& group, ErrorCode error,
                           const wire::OffsetDeleteResponse& response) {
    bool all_good = !failed(error);
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions) all_good = all_good && partition.error_code == 0;
    if (failed(error))
        print(call, fmt::format("\nError: Encountered some unknown error: {}", to_text(error_of(error, {}))));
    else if (all_good)
        print(call,
              fmt::format("Request succeed for deleting offsets with topic {} group {}", topics_in(response), group));
    else print(call, "\nError: Encounter some partition level error, see the follow-up details:");
    const std::string end = call.is_old() ? "\n" : "";
    call.command.output += fmt::format("\n{:<30} {:<15} {:<15}{}", "TOPIC", "PARTITION", "STATUS", end);
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions) {
            const auto code = static_cast<ErrorCode>(partition.error_code);
            const std::string status =
                failed(code) ? fmt::format("Error: :{}", to_text(error_of(code, {}))) : "Successful";
            call.command.output +=
                fmt::format("{:<30} {:<15} {:<15}{}", topic.name, partition.partition_index, status, end);
        }
}

std::optional<i64> parse_datetime(std::string_view text) {
    i32 year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
    const auto part = [&](std::size_t at, std::size_t length, i32& number) {
        if (text.size() < at + length) return false;
        const auto [end, status] = std::from_chars(text.data() + at, text.data() + at + length, number);
        return status == std::errc{} && end == text.data() + at + length;
    };
    const bool good = part(0, 4, year) && part(5, 2, month) && part(8, 2, day) && part(11, 2, hour) &&
                      part(14, 2, minute) && part(17, 2, second);
    if (!good) return std::nullopt;
    if (text.size() > 20 && text[19] == '.' && !part(20, 3, millis)) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count() * i64{86'400'000} +
           ((hour * 60 + minute) * 60 + second) * i64{1000} + millis;
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

}  // namespace engine::tools
