#include "engine/tools/group_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

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

void print_reset_rows(ToolCall& call, const std::vector<ResetRow>& rows) {
    MR_ASSERT(!call.command.finished);
    const std::string end = call.is_old() ? "\n" : "";
    call.command.output +=
        fmt::format("\n{:<30} {:<30} {:<10} {:<15}{}", "GROUP", "TOPIC", "PARTITION", "NEW-OFFSET", end);
    for (const ResetRow& row : rows)
        call.command.output += fmt::format("{:<30} {:<30} {:<10} {:<15}{}", row.group, row.partition.topic,
                                           row.partition.partition, row.offset, end);
}

namespace {

/// A field as Jackson writes it: in quotes if it is long or has a character up to the comma in it.
std::string csv_field(const std::string& text) {
    constexpr std::size_t kLongestLooked = 24;
    const bool plain =
        text.size() <= kLongestLooked && std::ranges::all_of(text, [](char c) { return static_cast<u8>(c) > ','; });
    if (plain) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + '"';
}

}  // namespace

void print_reset_csv(ToolCall& call, const std::vector<ResetRow>& rows, bool with_groups) {
    MR_ASSERT(!call.command.finished);
    for (const ResetRow& row : rows)
        print(call, fmt::format("{}{},{},{}", with_groups ? csv_field(row.group) + "," : "",
                                csv_field(row.partition.topic), row.partition.partition, row.offset));
    print(call, "");
}

void print_deletions(ToolCall& call, const std::vector<GroupDeletion>& deletions) {
    MR_ASSERT(!call.command.finished);
    std::vector<std::string> deleted;
    for (const GroupDeletion& one : deletions)
        if (!failed(one.error)) deleted.push_back(one.group);
    const std::string names = fmt::format("'{}'", fmt::join(deleted, "', '"));
    if (deleted.size() == deletions.size())
        return print(call, fmt::format("Deletion of requested consumer groups ({}) was successful.", names));
    print(call, "\nError: Deletion of some consumer groups failed:");
    for (const GroupDeletion& one : deletions)
        if (failed(one.error))
            print(call, fmt::format("* Group '{}' could not be deleted due to: "
                                    "java.util.concurrent.ExecutionException: {}",
                                    one.group, to_text(error_of(one.error, {"", true}))));
    if (deleted.empty()) return;
    // 3.9 has its quotes in the wrong places.
    print(call, fmt::format("\nThese consumer groups were deleted successfully: {}",
                            call.is_old() ? names : fmt::format("'{}', '", fmt::join(deleted, "'"))));
}

namespace {

/// The line above the table: about the group as a whole, or about the first partition that failed.
std::string deletion_outcome(const std::string& group, const std::vector<std::string>& topics, ErrorCode error) {
    if (!failed(error))
        return fmt::format("Request succeed for deleting offsets with topic {} group {}", fmt::join(topics, ", "),
                           group);
    if (error == ErrorCode::group_id_not_found) return fmt::format("\nError: '{}' does not exist.", group);
    if (error == ErrorCode::non_empty_group)
        return fmt::format(
            "\nError: Deleting offsets of a consumer group '{}' is forbidden if the group is not empty.", group);
    if (error == ErrorCode::group_subscribed_to_topic || error == ErrorCode::unknown_topic_or_partition)
        return "\nError: Encounter some partition level error, see the follow-up details:";
    return fmt::format("\nError: Encounter some unknown error: {}", error_info(error).name);
}

}  // namespace

void print_deleted_offsets(ToolCall& call, const std::string& group, const std::vector<std::string>& topics,
                           const std::vector<std::string>& unknown, const wire::OffsetDeleteResponse& response) {
    MR_ASSERT(!call.command.finished);
    auto worst = static_cast<ErrorCode>(response.error_code);
    const bool all_failed = failed(worst);
    std::vector<std::tuple<std::string, i32, ErrorCode>> rows;
    for (const std::string& topic : unknown) rows.emplace_back(topic, -1, ErrorCode::unknown_topic_or_partition);
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions) {
            const auto error = all_failed ? worst : static_cast<ErrorCode>(partition.error_code);
            rows.emplace_back(topic.name, partition.partition_index, error);
            if (!failed(worst)) worst = error;
        }
    print(call, deletion_outcome(group, topics, worst));
    const std::string end = call.is_old() ? "\n" : "";
    call.command.output += fmt::format("\n{:<30} {:<15} {:<15}{}", "TOPIC", "PARTITION", "STATUS", end);
    std::ranges::sort(rows);
    for (const auto& [topic, partition, error] : rows) {
        const std::string status = !failed(error) ? "Successful"
                                                  : fmt::format("Error: {}{}", call.is_old() ? "" : ":",
                                                                to_text(error_of(error, {"", true})));
        call.command.output += fmt::format("{:<30} {:<15} {:<15}{}", topic,
                                           partition < 0 ? "Not Provided" : fmt::to_string(partition), status, end);
    }
}

}  // namespace engine::tools
