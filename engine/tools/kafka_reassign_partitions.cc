// Sections: texts; the plan; making up a plan; carrying out; verifying; calling off; answers.
#include "engine/tools/kafka_reassign_partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/model/json.h"
#include "engine/tools/moves_throttle.h"
#include "engine/tools/tool.h"
#include "engine/wire/messages/alter_partition_reassignments.h"
#include "engine/wire/messages/list_partition_reassignments.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using client::PartitionName;
using Json = nlohmann::ordered_json;

constexpr std::string_view kExisting =
    "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a "
    "new partition assignment in addition to the existing one. The --additional flag can also be used to change the "
    "throttle by resubmitting the current reassignment.";

// ---- texts --------------------------------------------------------------------------------------

std::string text_of(const PartitionName& name) { return fmt::format("{}-{}", name.topic, name.partition); }

template <class Names>
std::string names_text(const Names& names) {
    std::string text;
    for (const PartitionName& name : names) text += (text.empty() ? "" : ",") + text_of(name);
    return text;
}

std::vector<PartitionName> wished(const MovesTool& tool) {
    std::vector<PartitionName> names;
    for (const MoveWish& wish : tool.wishes) names.push_back(wish.name);
    std::ranges::sort(names);
    return names;
}

constexpr std::string_view kThrottle = "throttle";
constexpr std::string_view kLogDirThrottle = "replica-alter-log-dirs-throttle";
constexpr std::string_view kVerifyLater =
    "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.";

/// The tool catches what goes wrong and prints it on standard output.
void finish_with_error(ToolCall& call, const JavaError& error) {
    print(call, "Error: " + error.message);
    print(call, trace_text(error));
    print(call, "");
    finish(call, 1);
}

void finish_tersely(ToolCall& call, std::string_view line) {
    print(call, line);
    finish(call, 1);
}

/// The end, but for throttles that are to be taken away.
void end_without_throttles(ToolCall& call, std::string_view before = "") {
    MovesTool& tool = call.states.moves;
    if (tool.options.has("preserve-throttles")) return finish(call, 0);
    tool.step = MovesStep::unthrottled;
    tool.missing = ask_no_throttles(call, before);
    MR_ASSERT(tool.missing > 0);
}

// ---- the plan -----------------------------------------------------------------------------------

template <class Items>
std::string repeated(const Items& items) {
    std::vector<typename Items::value_type> twice;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (std::ranges::find(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i), items[i]) !=
            items.begin() + static_cast<std::ptrdiff_t>(i))
            twice.push_back(items[i]);
    return fmt::format("{}", fmt::join(twice, ","));
}

using Assignment = std::vector<std::pair<PartitionName, std::vector<i32>>>;

std::string plan_json(const Assignment& assignment) {
    std::string text;
    for (const auto& [name, replicas] : assignment) {
        const std::vector<std::string_view> dirs(replicas.size(), "\"any\"");
        text +=
            fmt::format(R"({}{{"topic":"{}","partition":{},"replicas":[{}],"log_dirs":[{}]}})", text.empty() ? "" : ",",
                        name.topic, name.partition, fmt::join(replicas, ","), fmt::join(dirs, ","));
    }
    return fmt::format(R"({{"version":1,"partitions":[{}]}})", text);
}

// ---- making up a plan ---------------------------------------------------------------------------

bool generates(const MovesTool& tool) { return tool.options.has("generate"); }

std::vector<i32> numbers_in(std::string_view list) {
    std::vector<i32> numbers;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        std::from_chars(list.data() + at, list.data() + end, numbers.emplace_back());
        at = end + 1;
    }
    return numbers;
}

/// A wish for each topic of the file: its first partition stands for all, and may be anywhere on these brokers.
std::expected<std::vector<MoveWish>, JavaError> read_topics_to_move(const ToolCall& call, const std::string& text,
                                                                    const std::string& broker_list) {
    const Json file = read_json<Json>(text);
    if (!file.is_object()) return std::unexpected(command_failed(call.version, "The input string is not a valid JSON"));
    const std::vector<i32> brokers = numbers_in(broker_list);
    if (const std::string twice = repeated(brokers); !twice.empty())
        return std::unexpected(command_failed(call.version, "Broker list contains duplicate entries: " + twice));
    std::vector<std::string> topics;
    for (const Json& entry : file.value("topics", Json::array())) topics.push_back(entry.value("topic", ""));
    if (const std::string twice = repeated(topics); !twice.empty())
        return std::unexpected(
            command_failed(call.version, "List of topics to reassign contains duplicate entries: " + twice));
    std::vector<MoveWish> wishes;
    for (const std::string& topic : topics) wishes.push_back({{topic, 0}, brokers});
    return wishes;
}

/// Kafka's round-robin with a start and a shift for a topic's partitions (AdminUtils.assignReplicasToBrokers).
std::vector<std::vector<i32>> dealt(sim::Env& env, const std::vector<i32>& brokers, std::size_t partitions,
                                    std::size_t replicas) {
    MR_ASSERT(!brokers.empty() && replicas <= brokers.size());
    const auto count = static_cast<u64>(brokers.size());
    const u64 start = env.rng().below(count);
    u64 shift = env.rng().below(count);
    std::vector<std::vector<i32>> lists;
    for (u64 p = 0; p < partitions; ++p) {
        if (p > 0 && p % count == 0) ++shift;
        const u64 first = (p + start) % count;
        std::vector<i32>& list = lists.emplace_back();
        list.push_back(brokers[first]);
        for (u64 r = 0; r + 1 < replicas; ++r) list.push_back(brokers[(first + 1 + (shift + r) % (count - 1)) % count]);
    }
    return lists;
}

/// Of the brokers that were named those that are there.
std::vector<i32> usable_brokers(const MovesTool& tool) {
    MR_ASSERT(!tool.wishes.empty());
    std::vector<i32> usable = tool.brokers;
    const std::vector<i32>& named = tool.wishes.front().replicas;
    std::erase_if(usable,
                  [&](i32 broker) { return !named.empty() && std::ranges::find(named, broker) == named.end(); });
    return usable;
}

void generate(ToolCall& call) {
    const MovesTool& tool = call.states.moves;
    const std::vector<i32> brokers = tool.wishes.empty() ? std::vector<i32>{} : usable_brokers(tool);
    Assignment present(tool.replicas.begin(), tool.replicas.end()), proposed;
    std::ranges::sort(present);
    for (std::size_t i = 0; i < present.size();) {
        std::size_t end = i;
        while (end < present.size() && present[end].first.topic == present[i].first.topic) ++end;
        const std::size_t factor = present[i].second.size();
        if (factor > brokers.size())
            return finish_with_error(call, {"org.apache.kafka.common.errors.InvalidReplicationFactorException",
                                            fmt::format("Replication factor: {} larger than available brokers: {}",
                                                        factor, brokers.size())});
        for (auto& list : dealt(call.env, brokers, end - i, factor))
            proposed.emplace_back(present[i++].first, std::move(list));
    }
    print(call, "Current partition replica assignment\n" + plan_json(present) + "\n");
    print(call, "Proposed partition reassignment configuration\n" + plan_json(proposed));
    finish(call, 0);
}

// ---- carrying out -------------------------------------------------------------------------------

std::string current_json(const MovesTool& tool) {
    Assignment assignment;
    for (const PartitionName& name : wished(tool))
        if (const auto* replicas = tool.replicas.find(name)) assignment.emplace_back(name, *replicas);
    return plan_json(assignment);
}

/// Asks for the moves of the plan, or that they are called off.
void ask_moves(ToolCall& call, const std::vector<PartitionName>& names, bool cancel) {
    MovesTool& tool = call.states.moves;
    wire::AlterPartitionReassignmentsRequest request;
    for (const PartitionName& name : names) {
        if (request.topics.empty() || request.topics.back().name != name.topic)
            request.topics.emplace_back().name = name.topic;
        auto& part = request.topics.back().partitions.emplace_back();
        part.partition_index = name.partition;
        if (cancel) continue;
        part.replicas.emplace();
        for (const i32 broker : std::ranges::find(tool.wishes, name, &MoveWish::name)->replicas)
            part.replicas->push_back(broker);
    }
    tool.step = MovesStep::altered;
    ask(call.admin, call.env, client::raw_call(request, 0, BrokerId{tool.controller}));
}

bool has_topic(const MovesTool& tool, const std::string& topic) {
    return std::ranges::any_of(tool.replicas, [&](const auto& entry) { return entry.first.topic == topic; });
}

/// A partition of a topic that is not there, or one that the topic does not have.
JavaError unknown_partition(const MovesTool& tool, const PartitionName& name) {
    const bool known = has_topic(tool, name.topic);
    const std::string message = "Unable to find partition: " + text_of(name);
    return in_future(error_of(ErrorCode::unknown_topic_or_partition, {known ? message : "", !known}));
}

void execute(ToolCall& call) {
    MovesTool& tool = call.states.moves;
    for (const PartitionName& name : wished(tool))
        if (!tool.replicas.contains(name) && !(call.is_old() && has_topic(tool, name.topic)))
            return finish_with_error(call, unknown_partition(tool, name));
    print_present_replicas(call);
    if (tool.throttle < 0 && tool.log_dir_throttle < 0) return ask_moves(call, wished(tool), false);
    print(call, kVerifyLater);
    tool.step = MovesStep::throttled;
    tool.missing = ask_throttles(call, tool.throttle, tool.log_dir_throttle);
    MR_ASSERT(tool.missing > 0);
}

void on_throttled(ToolCall& call) {
    MovesTool& tool = call.states.moves;
    MR_ASSERT(tool.missing > 0);
    if (--tool.missing > 0) return;
    if (tool.throttle >= 0)
        print(call, fmt::format("The inter-broker throttle limit was set to {} B/s", tool.throttle));
    if (tool.log_dir_throttle >= 0)
        print(call, fmt::format("The replica-alter-dir throttle limit was set to {} B/s", tool.log_dir_throttle));
    ask_moves(call, wished(tool), false);
}

// ---- verifying ----------------------------------------------------------------------------------

std::string status_of(const MovesTool& tool, const MoveWish& wish, bool is_old) {
    const std::string name = text_of(wish.name);
    const std::vector<i32>* active = tool.active_targets.find(wish.name);
    if (active != nullptr && *active == wish.replicas)
        return fmt::format("Reassignment of partition {} is still in progress.", name);
    const std::vector<i32>* now = active != nullptr ? active : tool.replicas.find(wish.name);
    const std::vector<i32> none;
    if (now == nullptr) now = &none;
    if (*now == wish.replicas)
        return fmt::format("Reassignment of partition {} is {}.", name, is_old ? "complete" : "completed");
    return fmt::format("There is no active reassignment of partition {}, but replica set is {} rather than {}.", name,
                       fmt::join(*now, ","), fmt::join(wish.replicas, ","));
}

void verify(ToolCall& call) {
    MovesTool& tool = call.states.moves;
    MR_ASSERT(tool.action == MovesAction::verify);
    print_move_statuses(call);
    print(call, "");
    if (tool.active.empty()) end_without_throttles(call);
    else finish(call, 0);
}

// ---- calling off --------------------------------------------------------------------------------

void list(ToolCall& call) {
    const MovesTool& tool = call.states.moves;
    if (!tool.active.empty()) print(call, "Current partition reassignments:");
    for (const auto& [name, line] : tool.active) print(call, line);
    if (tool.active.empty()) print(call, "No partition reassignments found.");
    finish(call, 0);
}

void end_cancel(ToolCall& call) {
    constexpr std::string_view kNoMoves = "None of the specified partition moves are active.";
    const bool ends_line = call.is_old() || call.states.moves.options.has("preserve-throttles");
    if (ends_line) print(call, kNoMoves);
    end_without_throttles(call, ends_line ? "" : kNoMoves);   // 3.9 does not end that line here
}

std::vector<PartitionName> active_wishes(const MovesTool& tool) {
    std::vector<PartitionName> names = wished(tool);
    std::erase_if(names, [&](const PartitionName& name) { return !tool.active.contains(name); });
    return names;
}

void cancel(ToolCall& call) {
    const std::vector<PartitionName> names = active_wishes(call.states.moves);
    if (!names.empty()) return ask_moves(call, names, true);
    print(call, "None of the specified partition reassignments are active.");
    end_cancel(call);
}

// ---- answers ------------------------------------------------------------------------------------

void on_altered(ToolCall& call, const client::AdminResult& result) {
    const MovesTool& tool = call.states.moves;
    wire::AlterPartitionReassignmentsResponse response;
    if (!client::read_raw(result, response))
        return finish_with_error(call, error_of(ErrorCode::unknown_server_error, {}));
    std::string errors;
    for (const auto& topic : response.responses)
        for (const auto& part : topic.partitions)
            if (part.error_code != 0)
                errors += fmt::format("\n{}-{}: {}", topic.name, part.partition_index, part.error_message.value_or(""));
    const bool cancels = tool.action == MovesAction::cancel;
    const std::vector<PartitionName> names = cancels ? active_wishes(tool) : wished(tool);
    if (!errors.empty() && cancels)
        return finish_tersely(
            call, fmt::format("Error cancelling partition reassignment{} for:{}", plural(names.size()), errors));
    if (!errors.empty()) return finish_tersely(call, "Error reassigning partition(s):" + errors);
    if (!cancels) {
        print_moves_started(call, names);
        return finish(call, 0);
    }
    print(call, fmt::format("Successfully cancelled partition reassignment{} for: {}", plural(names.size()),
                            names_text(names)));
    end_cancel(call);
}

void take_active(MovesTool& tool, const wire::ListPartitionReassignmentsResponse& response) {
    for (const auto& topic : response.topics)
        for (const auto& part : topic.partitions) {
            const PartitionName name{topic.name, part.partition_index};
            const auto listed = [](std::string_view word, const auto& ids) {
                return ids.empty() ? std::string() : fmt::format(" {}: {}.", word, fmt::join(ids, ","));
            };
            tool.active[name] =
                fmt::format("{}: replicas: {}.{}{}", text_of(name), fmt::join(part.replicas, ","),
                            listed("adding", part.adding_replicas), listed("removing", part.removing_replicas));
            ReplicaMove& move = tool.under_way[name];
            for (const i32 broker : part.replicas) {
                const bool comes = std::ranges::find(part.adding_replicas, broker) != part.adding_replicas.end();
                (comes ? move.destinations : move.sources).push_back(broker);
            }
            for (const i32 broker : part.replicas)
                if (std::ranges::find(part.removing_replicas, broker) == part.removing_replicas.end())
                    tool.active_targets[name].push_back(broker);
        }
}

void ask_topics(ToolCall& call) {
    MovesTool& tool = call.states.moves;
    client::AdminCall question;
    question.kind = client::AdminKind::describe_topics;
    for (const PartitionName& name : wished(tool))
        if (question.names.empty() || question.names.back() != name.topic) question.names.push_back(name.topic);
    tool.step = MovesStep::topics;
    ask(call.admin, call.env, std::move(question));
}

void on_active(ToolCall& call, const client::AdminResult& result) {
    MovesTool& tool = call.states.moves;
    MR_ASSERT(tool.step == MovesStep::active);
    wire::ListPartitionReassignmentsResponse response;
    if (!client::read_raw(result, response))
        return finish_with_error(call, error_of(ErrorCode::unknown_server_error, {}));
    take_active(tool, response);
    if (tool.action == MovesAction::list) return list(call);
    if (tool.action == MovesAction::cancel) return cancel(call);
    const bool executes = tool.action == MovesAction::execute;
    if (executes && !tool.active.empty() && !tool.options.has("additional")) return finish_tersely(call, kExisting);
    for (const MoveWish& wish : tool.wishes)
        for (const i32 broker : wish.replicas)
            if (executes && std::ranges::find(tool.brokers, broker) == tool.brokers.end())
                return finish_with_error(call,
                                         command_failed(call.version, fmt::format("Unknown broker id {}", broker)));
    ask_topics(call);
}

void on_cluster(ToolCall& call, const client::AdminResult& result) {
    MovesTool& tool = call.states.moves;
    MR_ASSERT(tool.step == MovesStep::cluster && tool.brokers.empty());
    for (const client::DescribedBroker& broker : result.brokers) tool.brokers.push_back(broker.id);
    std::ranges::sort(tool.brokers);
    tool.controller = result.controller;
    if (generates(tool)) return ask_topics(call);
    wire::ListPartitionReassignmentsRequest request;
    tool.step = MovesStep::active;
    ask(call.admin, call.env, client::raw_call(request, 0, BrokerId{tool.controller}));
}

void on_topics(ToolCall& call, const client::AdminResult& result) {
    MovesTool& tool = call.states.moves;
    MR_ASSERT(tool.step == MovesStep::topics);
    for (const client::DescribedTopic& topic : result.topics)
        for (const client::DescribedPartition& partition : topic.partitions)
            tool.replicas[PartitionName{topic.name, partition.index}] = partition.replicas;
    if (generates(tool)) generate(call);
    else if (tool.action == MovesAction::execute) execute(call);
    else verify(call);
}

/// A limit that is no number ends the tool: joptsimple refuses it when it is asked for.
bool read_throttles(ToolCall& call) {
    MovesTool& tool = call.states.moves;
    for (const auto& [name, limit] :
         {std::pair{kThrottle, &tool.throttle}, std::pair{kLogDirThrottle, &tool.log_dir_throttle}}) {
        const auto given = throttle_in(tool.options, name);
        if (!given) {
            finish_with_error(call, as_java(cannot_parse(given.error(), name)));
            return false;
        }
        *limit = *given;
    }
    return true;
}

}  // namespace

std::expected<std::vector<MoveWish>, JavaError> read_plan(const ToolCall& call, const std::string& text) {
    const Json file = read_json<Json>(text);
    if (!file.is_object()) return std::unexpected(command_failed(call.version, "The input string is not a valid JSON"));
    std::vector<MoveWish> wishes;
    for (const Json& entry : file.value("partitions", Json::array())) {
        MoveWish wish{{entry.value("topic", ""), entry.value("partition", 0)}, {}};
        for (const Json& broker : entry.value("replicas", Json::array()))
            if (broker.is_number_integer()) wish.replicas.push_back(broker.get<i32>());
        wishes.push_back(std::move(wish));
    }
    if (wishes.empty())
        return std::unexpected(command_failed(call.version, "Partition reassignment list cannot be empty"));
    std::vector<std::string> names;
    for (const MoveWish& wish : wishes) names.push_back(text_of(wish.name));
    if (const std::string twice = repeated(names); !twice.empty())
        return std::unexpected(
            command_failed(call.version, "Partition reassignment contains duplicate topic partitions: " + twice));
    if (std::ranges::any_of(wishes, [](const MoveWish& wish) { return wish.replicas.empty(); }))
        return std::unexpected(command_failed(call.version, "Partition replica list cannot be empty"));
    return wishes;
}

void print_present_replicas(ToolCall& call) {
    print(call, fmt::format("Current partition replica assignment\n\n{}\n\nSave this to use as the "
                            "--reassignment-json-file option during rollback",
                            current_json(call.states.moves)));
}

void print_move_statuses(ToolCall& call) {
    std::vector<MoveWish> sorted = call.states.moves.wishes;
    std::ranges::sort(sorted, {}, &MoveWish::name);
    print(call, "Status of partition reassignment:");
    for (const MoveWish& wish : sorted) print(call, status_of(call.states.moves, wish, call.is_old()));
    MR_ASSERT(sorted.size() == call.states.moves.wishes.size());
}

void print_moves_started(ToolCall& call, const std::vector<PartitionName>& names) {
    MR_ASSERT(!names.empty());
    print(call,
          fmt::format("Successfully started partition reassignment{} for {}", plural(names.size()), names_text(names)));
}

void finish_moves_with(ToolCall& call, const JavaError& error) { finish_with_error(call, error); }

std::string_view existing_moves_refusal() { return kExisting; }

void begin_moves(ToolCall& call, OptionValues options) {
    MovesTool& tool = call.states.moves;
    tool.options = std::move(options);
    tool.action = tool.options.has("execute")  ? MovesAction::execute
                  : tool.options.has("verify") ? MovesAction::verify
                  : tool.options.has("cancel") ? MovesAction::cancel
                                               : MovesAction::list;
    const auto last = [&](std::string_view name) {
        return tool.options.has(name) ? tool.options.all(name).back() : std::string();
    };
    if (tool.action != MovesAction::list || generates(tool)) {
        const std::string path = last(generates(tool) ? "topics-to-move-json-file" : "reassignment-json-file");
        const std::string* text = call.files.find(path);
        if (text == nullptr) return finish_with_error(call, no_such_file(call, path));
        auto wishes = generates(tool) ? read_topics_to_move(call, *text, last("broker-list"))
                                      : read_plan(call, *text);
        if (!wishes) return finish_with_error(call, wishes.error());
        tool.wishes = std::move(*wishes);
    }
    if (!read_throttles(call)) return;
    const AdminOptions admin{last("bootstrap-server"), last("command-config"), {}};
    if (const auto connected = connect_admin(call, admin); !connected)
        return finish_with_error(call, connected.error());
    client::AdminCall question;
    question.kind = client::AdminKind::describe_cluster;
    ask(call.admin, call.env, std::move(question));
}

void on_moves_result(ToolCall& call, const client::AdminResult& result) {
    const bool of_throttles =
        call.states.moves.step == MovesStep::throttled || call.states.moves.step == MovesStep::unthrottled;
    if (failed(result.error) || (of_throttles && result.failure() != nullptr))
        return finish_with_error(call, in_future(error_of(result)));
    switch (call.states.moves.step) {
        case MovesStep::cluster: return on_cluster(call, result);
        case MovesStep::active: return on_active(call, result);
        case MovesStep::topics: return on_topics(call, result);
        case MovesStep::throttled: return on_throttled(call);
        case MovesStep::altered: return on_altered(call, result);
        case MovesStep::unthrottled:
            if (--call.states.moves.missing == 0) finish(call, 0);
            return;
    }
}

}  // namespace engine::tools
