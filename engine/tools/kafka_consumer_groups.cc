// Sections: questions; lists; descriptions; resets; deletions; steps.
#include "engine/tools/kafka_consumer_groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/tools/group_options.h"
#include "engine/tools/group_resets.h"
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

constexpr i64 kLatest = -1;
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
void end(ToolCall& call);
void refuse_active(ToolCall& call);

void on_listed(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    wire::ListGroupsResponse response;
    if (read_raw(result, response))
        for (const auto& group : response.groups) tool.listed.emplace_back(group.group_id, group.group_state);
    if (tool.missing > 0) return;
    if (action_of(call) == "list") return print_list(call);
    std::ranges::sort(tool.listed);
    for (const auto& [name, state] : tool.listed) tool.wanted.push_back(name);
    if (tool.wanted.empty()) return end(call);
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
    const std::string& state = state_of(call).group.state;
    state_of(call).had_groups = true;
    if (action_of(call) == "reset-offsets" && state != "Empty" && state != "Dead") return refuse_active(call);
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

void finish_reset(ToolCall& call) {
    MR_ASSERT(state_of(call).missing == 0 && action_of(call) == "reset-offsets");
    auto rows = rows_to_reset(call);
    if (!rows) return fail_groups(call, rows.error());
    GroupsTool& tool = state_of(call);
    tool.resets.insert(tool.resets.end(), rows->begin(), rows->end());
    if (!tool.options.has("execute") || rows->empty()) return next_group(call);
    wire::OffsetCommitRequest request;
    request.group_id = group_of(call);
    request.generation_id_or_member_epoch = -1;
    for (const ResetRow& row : *rows) {
        if (request.topics.empty() || request.topics.back().name != row.partition.topic)
            request.topics.emplace_back().name = row.partition.topic;
        auto& part = request.topics.back().partitions.emplace_back();
        part.partition_index = row.partition.partition;
        part.committed_offset = row.offset;
        part.committed_metadata = "";
    }
    ask_broker(call, GroupsStep::order, request, 7, tool.coordinator);
}

/// Only a group without members can be reset.
void refuse_active(ToolCall& call) {
    const ShownGroup& group = state_of(call).group;
    MR_ASSERT(group.state != "Empty" && group.state != "Dead");
    print(call,
          fmt::format(
              "\nError: Assignments can only be reset if the group '{}' is inactive, but the current state is {}.",
              group.name, group.state));
    next_group(call);
}

void begin_reset(ToolCall& call) {
    MR_ASSERT(state_of(call).missing == 0 && state_of(call).targets.empty());
    if (const std::string wrong = reset_plan_error(state_of(call).options, call.version); !wrong.empty())
        return finish_with_usage(call, wrong, group_option_specs());
    const auto scope = reset_scope(call);
    if (!scope) return fail_groups(call, scope.error());
    const auto moment = reset_moment(call);
    if (!moment) return fail_groups(call, moment.error());
    const bool earliest = ask_offsets(call, GroupsStep::targets, *scope, *moment);
    const bool latest = ask_offsets(call, GroupsStep::ends, *scope, kLatest);
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
    const auto scope = scopes_of(state_of(call).options);
    if (!scope) return fail_groups(call, scope.error());
    for (const NamedScope& named : *scope) {
        auto partitions = partitions_of(call, named);
        if (partitions.empty()) continue;   // the table says so
        auto& topic = request.topics.emplace_back();
        topic.name = named.topic;
        for (const i32 partition : partitions) topic.partitions.push_back({partition});
    }
    ask_broker(call, GroupsStep::order, request, 0, state_of(call).coordinator);
}

void on_group_deleted(ToolCall& call, const AdminResult& result) {
    wire::DeleteGroupsResponse response;
    const bool good = read_raw(result, response) && !response.results.empty();
    const auto error =
        good ? static_cast<ErrorCode>(response.results.front().error_code) : ErrorCode::unknown_server_error;
    state_of(call).deletions.push_back({group_of(call), error});
    next_group(call);
}

void on_offsets_deleted(ToolCall& call, const AdminResult& result) {
    wire::OffsetDeleteResponse response;
    if (!read_raw(result, response)) return next_group(call);
    std::vector<std::string> unknown;
    const bool refused = response.topics.empty();   // as a whole: then each partition is told of all the same
    for (const NamedScope& named : scopes_of(state_of(call).options).value_or(std::vector<NamedScope>{})) {
        const auto partitions = partitions_of(call, named);
        if (partitions.empty()) unknown.push_back(named.topic);
        if (!refused || partitions.empty()) continue;
        auto& topic = response.topics.emplace_back();
        topic.name = named.topic;
        for (const i32 partition : partitions) topic.partitions.push_back({partition, response.error_code});
    }
    print_deleted_offsets(call, group_of(call), state_of(call).options.all("topic"), unknown, response);
    next_group(call);
}

void on_ordered(ToolCall& call, const AdminResult& result) {
    if (action_of(call) == "delete") return on_group_deleted(call, result);
    if (action_of(call) == "delete-offsets") return on_offsets_deleted(call, result);
    next_group(call);
}

// ---- steps --------------------------------------------------------------------------------------

/// What is printed when all groups are done.
void end(ToolCall& call) {
    const GroupsTool& tool = state_of(call);
    MR_ASSERT(tool.wanted.empty() && !call.command.finished);
    if (action_of(call) == "delete") print_deletions(call, tool.deletions);
    const bool resets = action_of(call) == "reset-offsets" && tool.had_groups;
    if (resets && tool.options.has("export")) print_reset_csv(call, tool.resets, tool.options.all("group").size() != 1);
    else if (resets) print_reset_rows(call, tool.resets);
    finish(call, 0);
}

void next_group(ToolCall& call) {
    GroupsTool& tool = state_of(call);
    MR_ASSERT(!tool.wanted.empty());
    tool.wanted.erase(tool.wanted.begin());
    tool.group = {};
    tool.committed.clear();
    tool.ends.clear();
    tool.targets.clear();
    if (tool.wanted.empty()) end(call);
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
    wire::ListGroupsRequest request;
    std::vector<std::string> states;
    if (action_of(call) == "list")
        if (const std::string wrong = read_states(tool.options.last("state"), call.version, states); !wrong.empty())
            return finish_with_usage(call, wrong, group_option_specs());
    for (const std::string& state : states) request.states_filter.push_back(state);
    for (const BrokerId broker : tool.brokers) ask_broker(call, GroupsStep::list, request, 4, broker);
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
    for (const PartitionName& name : shown)
        if (call.is_old() && !tool.leaders.contains(name)) return fail_groups(call, no_such_partition(tool, name));
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
    if (!options)
        return complain(call, fmt::format("Exception in thread \"main\" {}: {}", options.error().type,
                                          options.error().message)),
               finish(call, 1);
    constexpr std::string_view kPurpose =
        "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset "
        "consumer group offsets.";
    // 2.8 wants to know the servers first, even of a call for help.
    const bool hurried = call.is_old() && !options->has("bootstrap-server");
    if (!hurried && answered_help(call, *options, kPurpose, group_option_specs())) return;
    if (options->has("reset-offsets") && !options->has("execute") && !options->has("dry-run"))
        complain(call,
                 "WARN: No action will be performed as the --execute option is missing."
                 "In a future major release, the default behavior of this command will be to prompt the user before "
                 "executing the reset rather than doing a dry run. "
                 "You should add the --dry-run option explicitly if you are scripting this command and want to keep "
                 "the current default behavior without prompting.");
    if (const std::string wrong = groups_usage_error(*options, call.version); !wrong.empty())
        return finish_with_usage(call, wrong, group_option_specs());
    const AdminOptions admin{
        text_of(*options, "bootstrap-server").value_or(""), text_of(*options, "command-config").value_or(""), {}};
    if (const auto connected = connect_admin(call, admin); !connected)
        return finish_with_uncaught(call, connected.error());
    GroupsTool& tool = state_of(call);
    tool.options = std::move(*options);
    if (!tool.options.has("all-groups") && groups_action(tool.options) != "list")
        tool.wanted = tool.options.all("group");
    std::ranges::sort(tool.wanted);
    tool.wanted.erase(std::unique(tool.wanted.begin(), tool.wanted.end()), tool.wanted.end());
    if (tool.options.has("reset-offsets")) sort_as_java_set(tool.wanted);
    if (groups_action(tool.options) == "delete-offsets")
        if (const auto group = text_of(tool.options, "group"); !group) return fail_groups(call, as_java(group.error()));
    ask_metadata(call);
}

void on_groups_result(ToolCall& call, const AdminResult& result) {
    GroupsTool& tool = state_of(call);
    if (failed(result.error)) return fail_groups(call, in_future(error_of(result)));
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
