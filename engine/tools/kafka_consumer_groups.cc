// Sections: questions; lists; descriptions; resets; deletions; steps.
#include "engine/tools/kafka_consumer_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/tools/group_options.h"
#include "engine/tools/group_tables.h"
#include "engine/wire/consumer_protocol.h"
#include "engine/wire/messages/delete_groups.h"
#include "engine/wire/messages/describe_groups.h"
#include "engine/wire/messages/find_coordinator.h"
#include "engine/wire/messages/list_groups.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/metadata.h"
#include "engine/wire/messages/offset_commit.h"
#include "engine/wire/messages/offset_delete.h"
#include "engine/wire/messages/offset_fetch.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using client::AdminResult;
using client::PartitionName;
using client::raw_call;

constexpr i64 kEarliest = -2, kLatest = -1;
constexpr Nanos kCoordinatorBackoff = sim::millis(100);

GroupsTool& state_of(ToolCall& call) { return call.states.groups; }
std::string_view action_of(const ToolCall& call) { return groups_action(call.states.groups.options); }
const std::string& group_of(const ToolCall& call) {
    MR_ASSERT(!call.states.groups.wanted.empty());
    return call.states.groups.wanted.front();
}

// ---- questions ----------------------------------------------------------------------------------

template <class Request>
void ask_broker(ToolCall& call, GroupsStep step, const Request& request, i16 version, BrokerId to, Nanos delay = {}) {
    GroupsTool& tool = state_of(call);
    tool.step = step;
    MR_ASSERT(step != GroupsStep::none && call.admin.running);
    ++tool.missing;
    client::AdminCall question = raw_call(request, version, to);
    if (delay.count > 0) question.not_before = call.env.now() + delay;
    const u64 id = ask(call.admin, call.env, std::move(question));
    if (step == GroupsStep::targets) tool.asked_targets[id] = true;
}

void ask_metadata(ToolCall& call) {
    wire::MetadataRequest request;
    request.allow_auto_topic_creation = false;
    ask_broker(call, GroupsStep::metadata, request, 8, kNoBroker);
}

void ask_coordinator(ToolCall& call, Nanos delay = {}) {
    wire::FindCoordinatorRequest request;
    request.key = group_of(call);
    ask_broker(call, GroupsStep::coordinator, request, 3, kNoBroker, delay);
}

void ask_description(ToolCall& call) {
    wire::DescribeGroupsRequest request;
    request.groups.push_back(group_of(call));
    ask_broker(call, GroupsStep::describe, request, 4, state_of(call).coordinator);
}

void ask_committed(ToolCall& call) {
    wire::OffsetFetchRequest request;
    request.group_id = group_of(call);
    ask_broker(call, GroupsStep::committed, request, 5, state_of(call).coordinator);
}

/// ListOffsets of these partitions, to the leader of each. False if there is nothing to ask.
bool ask_offsets(ToolCall& call, GroupsStep step, const std::vector<PartitionName>& partitions, i64 timestamp) {
    MR_ASSERT(step == GroupsStep::ends || step == GroupsStep::targets);
    GroupsTool& tool = state_of(call);
    sim::FlatMap<BrokerId, wire::ListOffsetsRequest> requests;
    for (const PartitionName& name : partitions) {
        const BrokerId* leader = tool.leaders.find(name);
        if (leader == nullptr || *leader == kNoBroker) continue;
        auto& topics = requests[*leader].topics;
        requests[*leader].replica_id = -1;
        if (topics.empty() || topics.back().name != name.topic) topics.emplace_back().name = name.topic;
        auto& part = topics.back().partitions.emplace_back();
        part.partition_index = name.partition;
        part.timestamp = timestamp;
    }
    for (const auto& [broker, request] : requests) ask_broker(call, step, request, 5, broker);
    return !requests.empty();
}

// ---- lists --------------------------------------------------------------------------------------

void print_list(ToolCall& call) {
    MR_ASSERT(state_of(call).missing == 0);
    const OptionValues& options = state_of(call).options;
    auto& listed = state_of(call).listed;
    std::ranges::sort(listed);
    if (!options.has("state") && !options.has("type")) {
        for (const auto& [name, state] : listed) print(call, name);
        return finish(call, 0);
    }
    std::size_t width = 15;
    for (const auto& [name, state] : listed) width = std::max(width, name.size());
    if (!call.is_old()) width += 10;
    std::string head = fmt::format("{:<{}}", "GROUP", width);
    if (options.has("type")) head += fmt::format(" {:<20}", "TYPE");
    if (options.has("state")) head += fmt::format(" {:<20}", "STATE");
    print(call, head);
    for (const auto& [name, state] : listed) {
        std::string row = fmt::format("{:<{}}", name, width);
        if (options.has("type")) row += fmt::format(" {:<20}", "Classic");
        if (options.has("state")) row += fmt::format(" {:<20}", state);
        print(call, row);
    }
    finish(call, 0);
}

void next_group(ToolCall& call);

void on_listed(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    wire::ListGroupsResponse response;
    if (read_raw(result, response))
        for (const auto& group : response.groups) tool.listed.emplace_back(group.group_id, group.group_state);
    if (tool.missing > 0) return;
    if (action_of(call) == "list") return print_list(call);
    std::ranges::sort(tool.listed);
    for (const auto& [name, state] : tool.listed) tool.wanted.push_back(name);
    if (tool.wanted.empty()) return finish(call, 0);
    ask_coordinator(call);
}

// ---- descriptions -------------------------------------------------------------------------------

void take_description(ToolCall& call, const wire::DescribeGroupsResponse::Group& told) {
    ShownGroup& group = state_of(call).group;
    group = {told.group_id, told.group_state, told.protocol_type, told.protocol_data, {}};
    for (const auto& member : told.members) {
        ShownMember& shown = group.members.emplace_back();
        shown.id = member.member_id;
        shown.instance = member.group_instance_id.value_or("");
        shown.host = member.client_host;
        shown.client = member.client_id;
        wire::ConsumerAssignment assignment;
        if (member.member_assignment.empty() || !wire::from_versioned_bytes(member.member_assignment, assignment))
            continue;
        for (const auto& topic : assignment.assigned_partitions)
            for (const i32 partition : topic.partitions) shown.assignment.push_back({topic.topic, partition});
        std::ranges::sort(shown.assignment);
    }
}

/// What a description begins with. False if there is nothing to describe.
bool introduce(ToolCall& call) {
    const ShownGroup& group = state_of(call).group;
    if (group.state == "Dead") {
        print(call, fmt::format("\nError: Consumer group '{}' does not exist.", group.name));
        return false;
    }
    if (state_of(call).options.has("state")) return true;
    if (group.state == "Empty") complain(call, fmt::format("\nConsumer group '{}' has no active members.", group.name));
    if (group.state == "PreparingRebalance" || group.state == "CompletingRebalance")
        complain(call, fmt::format("\nWarning: Consumer group '{}' is rebalancing.", group.name));
    return true;
}

void describe_offsets(ToolCall& call) {
    const GroupsTool& tool = state_of(call);
    MR_ASSERT(tool.missing == 0 && !tool.wanted.empty());
    std::vector<OffsetRow> rows;
    std::vector<PartitionName> owned;
    const auto row_of = [&](const PartitionName& name, const ShownMember* member) {
        const i64* committed = tool.committed.find(name);
        const i64* end = tool.ends.find(name);
        rows.push_back({name, committed == nullptr ? -1 : *committed, end == nullptr ? -1 : *end, member});
    };
    for (const ShownMember& member : tool.group.members)
        for (const PartitionName& name : member.assignment) {
            row_of(name, &member);
            owned.push_back(name);
        }
    for (const auto& [name, offset] : tool.committed)
        if (std::ranges::find(owned, name) == owned.end()) row_of(name, nullptr);
    print_offset_rows(call, tool.group.name, rows);
    next_group(call);
}

void on_described(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(state_of(call).missing == 0 && !state_of(call).wanted.empty());
    wire::DescribeGroupsResponse response;
    if (!read_raw(result, response) || response.groups.empty() || response.groups.front().error_code != 0)
        return ask_coordinator(call, kCoordinatorBackoff);
    take_description(call, response.groups.front());
    const OptionValues& options = state_of(call).options;
    if (action_of(call) == "describe" && !introduce(call)) return next_group(call);
    if (action_of(call) == "describe" && options.has("members")) {
        print_members(call, state_of(call).group, options.has("verbose"));
        return next_group(call);
    }
    if (action_of(call) == "describe" && options.has("state")) {
        print_state(call, state_of(call).group, state_of(call).coordinator_address, state_of(call).coordinator);
        return next_group(call);
    }
    ask_committed(call);
}

// ---- resets -------------------------------------------------------------------------------------

std::vector<PartitionName> reset_scope(ToolCall& call) {
    const GroupsTool& tool = state_of(call);
    std::vector<PartitionName> scope;
    if (tool.options.has("all-topics")) {
        for (const auto& [name, offset] : tool.committed) scope.push_back(name);
        return scope;
    }
    for (const NamedScope& named : scopes_of(tool.options))
        for (const auto& [name, leader] : tool.leaders) {
            const bool chosen = named.partitions.empty() ||
                                std::ranges::find(named.partitions, name.partition) != named.partitions.end();
            if (name.topic == named.topic && chosen) scope.push_back(name);
        }
    return scope;
}

i64 number_in(const OptionValues& options, std::string_view name) {
    const std::string text = text_of(options, name).value_or("0");
    i64 number = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    std::from_chars(begin, text.data() + text.size(), number);
    return number;
}

/// The moment that a scenario by time means; nothing if it is not by time.
std::optional<i64> moment_of(ToolCall& call) {
    const OptionValues& options = state_of(call).options;
    if (options.has("to-datetime")) return parse_datetime(text_of(options, "to-datetime").value_or(""));
    if (!options.has("by-duration")) return std::nullopt;
    const auto span = parse_iso_duration_ms(text_of(options, "by-duration").value_or(""));
    return span ? std::optional(call.env.wall_ms() - *span) : std::nullopt;
}

/// An offset within the log, with a warning if it had to be moved there.
i64 clamped(ToolCall& call, const PartitionName& name, i64 wanted) {
    const GroupsTool& tool = state_of(call);
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

i64 new_offset(ToolCall& call, const PartitionName& name) {
    const GroupsTool& tool = state_of(call);
    const auto value = [&](const sim::FlatMap<PartitionName, i64>& map) {
        const i64* v = map.find(name);
        return v == nullptr ? i64{-1} : *v;
    };
    if (tool.options.has("to-earliest")) return value(tool.targets);
    if (tool.options.has("to-latest")) return value(tool.ends);
    if (tool.options.has("to-offset")) return clamped(call, name, number_in(tool.options, "to-offset"));
    const i64 current = value(tool.committed) >= 0 ? value(tool.committed) : value(tool.ends);
    if (tool.options.has("shift-by")) return clamped(call, name, current + number_in(tool.options, "shift-by"));
    if (tool.options.has("to-current")) return current;
    if (value(tool.targets) >= 0) return value(tool.targets);
    print(call, fmt::format("\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
                            name.partition, name.topic));
    return value(tool.ends);
}

void finish_reset(ToolCall& call) {
    MR_ASSERT(state_of(call).missing == 0 && action_of(call) == "reset-offsets");
    const OptionValues& options = state_of(call).options;
    std::vector<ResetRow> rows;
    for (const PartitionName& name : reset_scope(call)) rows.push_back({name, new_offset(call, name)});
    if (options.has("export")) print_reset_csv(call, rows);
    else print_reset_rows(call, group_of(call), rows);
    if (!options.has("execute")) return next_group(call);
    wire::OffsetCommitRequest request;
    request.group_id = group_of(call);
    request.generation_id_or_member_epoch = -1;
    for (const ResetRow& row : rows) {
        if (request.topics.empty() || request.topics.back().name != row.partition.topic)
            request.topics.emplace_back().name = row.partition.topic;
        auto& part = request.topics.back().partitions.emplace_back();
        part.partition_index = row.partition.partition;
        part.committed_offset = row.offset;
        part.committed_metadata = "";
    }
    if (rows.empty()) return next_group(call);
    ask_broker(call, GroupsStep::order, request, 7, state_of(call).coordinator);
}

void begin_reset(ToolCall& call) {
    MR_ASSERT(state_of(call).missing == 0 && state_of(call).targets.empty());
    const ShownGroup& group = state_of(call).group;
    if (group.state != "Empty" && group.state != "Dead") {
        print(call,
              fmt::format(
                  "\nError: Assignments can only be reset if the group '{}' is inactive, but the current state is {}.",
                  group.name, group.state));
        print_reset_rows(call, group.name, {});
        return next_group(call);
    }
    if (!state_of(call).options.has("execute") && !state_of(call).options.has("dry-run"))
        complain(call,
                 "WARN: No action will be performed as the --execute option is missing."
                 "In a future major release, the default behavior of this command will be to prompt the user before "
                 "executing the reset rather than doing a dry run. "
                 "You should add the --dry-run option explicitly if you are scripting this command and want to keep "
                 "the current default behavior without prompting.");
    const auto moment = moment_of(call);
    const bool earliest = ask_offsets(call, GroupsStep::targets, reset_scope(call), moment ? *moment : kEarliest);
    const bool latest = ask_offsets(call, GroupsStep::ends, reset_scope(call), kLatest);
    if (!earliest && !latest) finish_reset(call);
}

// ---- deletions ----------------------------------------------------------------------------------

void begin_delete(ToolCall& call) {
    if (action_of(call) == "delete") {
        wire::DeleteGroupsRequest request;
        request.groups_names.push_back(group_of(call));
        return ask_broker(call, GroupsStep::order, request, 1, state_of(call).coordinator);
    }
    wire::OffsetDeleteRequest request;
    request.group_id = group_of(call);
    for (const PartitionName& name : reset_scope(call)) {
        if (request.topics.empty() || request.topics.back().name != name.topic)
            request.topics.emplace_back().name = name.topic;
        request.topics.back().partitions.push_back({name.partition});
    }
    ask_broker(call, GroupsStep::order, request, 0, state_of(call).coordinator);
}

void on_group_deleted(ToolCall& call, const AdminResult& result) {
    wire::DeleteGroupsResponse response;
    const bool good = read_raw(result, response) && !response.results.empty();
    const auto error =
        good ? static_cast<ErrorCode>(response.results.front().error_code) : ErrorCode::unknown_server_error;
    if (!failed(error)) {
        print(call, fmt::format("Deletion of requested consumer groups ('{}') was successful.", group_of(call)));
    } else {
        print(call, fmt::format("\nError: Deletion of some consumer groups failed:\n* Group '{}' could not be deleted "
                                "due to: java.util.concurrent.ExecutionException: {}",
                                group_of(call), to_text(error_of(error, {}))));
    }
    next_group(call);
}

void on_offsets_deleted(ToolCall& call, const AdminResult& result) {
    wire::OffsetDeleteResponse response;
    if (!read_raw(result, response)) return next_group(call);
    const auto top = static_cast<ErrorCode>(response.error_code);
    print_deleted_offsets(call, group_of(call), top, response);
    next_group(call);
}

void on_ordered(ToolCall& call, const AdminResult& result) {
    if (action_of(call) == "delete") return on_group_deleted(call, result);
    if (action_of(call) == "delete-offsets") return on_offsets_deleted(call, result);
    next_group(call);
}

// ---- steps --------------------------------------------------------------------------------------

void next_group(ToolCall& call) {
    GroupsTool& tool = state_of(call);
    MR_ASSERT(!tool.wanted.empty());
    tool.wanted.erase(tool.wanted.begin());
    tool.group = {};
    tool.committed.clear();
    tool.ends.clear();
    tool.targets.clear();
    if (tool.wanted.empty()) finish(call, 0);
    else ask_coordinator(call);
}

void on_metadata(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    MR_ASSERT(tool.missing == 0 && tool.brokers.empty());
    wire::MetadataResponse response;
    if (!read_raw(result, response)) return ask_metadata(call);
    for (const auto& broker : response.brokers) tool.brokers.push_back(BrokerId{broker.node_id});
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions)
            tool.leaders[{topic.name.value_or(""), partition.partition_index}] = BrokerId{partition.leader_id};
    if (!tool.wanted.empty()) return ask_coordinator(call);
    for (const BrokerId broker : tool.brokers) ask_broker(call, GroupsStep::list, wire::ListGroupsRequest{}, 4, broker);
}

void on_coordinator(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(state_of(call).missing == 0 && !state_of(call).wanted.empty());
    wire::FindCoordinatorResponse response;
    if (!read_raw(result, response) || response.error_code != 0) return ask_coordinator(call, kCoordinatorBackoff);
    GroupsTool& tool = state_of(call);
    tool.coordinator = BrokerId{response.node_id};
    tool.coordinator_address = fmt::format("{}:{}", response.host, response.port);
    const bool deletes = action_of(call).starts_with("delete");
    if (deletes) begin_delete(call);
    else ask_description(call);
}

void on_committed(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    MR_ASSERT(tool.missing == 0);
    wire::OffsetFetchResponse response;
    if (!read_raw(result, response) || response.error_code != 0) return ask_coordinator(call, kCoordinatorBackoff);
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions)
            if (partition.committed_offset >= 0)
                tool.committed[{topic.name, partition.partition_index}] = partition.committed_offset;
    if (action_of(call) == "reset-offsets") return begin_reset(call);
    std::vector<PartitionName> shown;
    for (const auto& [name, offset] : tool.committed) shown.push_back(name);
    for (const ShownMember& member : tool.group.members)
        for (const PartitionName& name : member.assignment)
            if (std::ranges::find(shown, name) == shown.end()) shown.push_back(name);
    std::ranges::sort(shown);
    if (!ask_offsets(call, GroupsStep::ends, shown, kLatest)) describe_offsets(call);
}

/// Answers about ends and targets come in any order; the question tells which is which.
void on_offsets(ToolCall& call, const AdminResult& result, bool targets) {
    GroupsTool& tool = state_of(call);
    wire::ListOffsetsResponse response;
    if (read_raw(result, response))
        for (const auto& topic : response.topics)
            for (const auto& partition : topic.partitions)
                if (partition.error_code == 0)
                    (targets ? tool.targets : tool.ends)[{topic.name, partition.partition_index}] = partition.offset;
    if (tool.missing > 0) return;
    if (action_of(call) == "describe") describe_offsets(call);
    else finish_reset(call);
}

}  // namespace

void begin_groups(ToolCall& call) {
    auto options = parse_options(group_option_specs(), call.arguments());
    if (!options) {
        if (call.is_old() || !options.error().message.ends_with("is not a recognized option"))
            return finish_with_usage(call, options.error().message, group_option_specs());
        return finish_with_usage(call, options.error().message, group_option_specs());
    }
    constexpr std::string_view kPurpose =
        "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset "
        "consumer group offsets.";
    if (answered_help(call, *options, kPurpose, group_option_specs())) return;
    if (const std::string wrong = groups_usage_error(*options); !wrong.empty())
        return finish_with_usage(call, wrong, group_option_specs());
    const AdminOptions admin{
        text_of(*options, "bootstrap-server").value_or(""), text_of(*options, "command-config").value_or(""), {}};
    if (const auto connected = connect_admin(call, admin); !connected)
        return finish_with_uncaught(call, connected.error());
    GroupsTool& tool = state_of(call);
    tool.options = std::move(*options);
    if (!tool.options.has("all-groups") && groups_action(tool.options) != "list")
        tool.wanted = tool.options.all("group");
    ask_metadata(call);
}

void on_groups_result(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    if (failed(result.error)) {
        print(call,
              fmt::format("\nError: Executing consumer group command failed due to {}", to_text(error_of(result))));
        return finish(call, 1);
    }
    MR_ASSERT(tool.missing > 0);
    --tool.missing;
    switch (tool.step) {
        case GroupsStep::metadata: return on_metadata(call, result);
        case GroupsStep::list: return on_listed(call, result);
        case GroupsStep::coordinator: return on_coordinator(call, result);
        case GroupsStep::describe: return on_described(call, result);
        case GroupsStep::committed: return on_committed(call, result);
        case GroupsStep::ends:
        case GroupsStep::targets: return on_offsets(call, result, tool.asked_targets.contains(result.call));
        case GroupsStep::order: return on_ordered(call, result);
        case GroupsStep::none: MR_ASSERT(false);
    }
}

}  // namespace engine::tools
