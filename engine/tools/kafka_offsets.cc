#include "engine/tools/kafka_offsets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/json.h"
#include "engine/tools/tool.h"
#include "engine/tools/topic_filter.h"
#include "engine/wire/messages/delete_records.h"
#include "engine/wire/messages/list_offsets.h"
#include "engine/wire/messages/metadata.h"

namespace engine::tools {
namespace {

using client::AdminResult;
using client::PartitionName;
using A = ArgumentKind;

constexpr std::array kGetSpecs = {
    OptionSpec{"bootstrap-server", A::text, "HOST1:PORT1,...", "REQUIRED: the brokers to connect to."},
    OptionSpec{"broker-list", A::text, "HOST1:PORT1,...", "DEPRECATED: the brokers to connect to."},
    OptionSpec{"command-config", A::text, "config file", "File with settings for the client."},
    OptionSpec{"exclude-internal-topics", A::none, "", "Leave out internal topics."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"partitions", A::text, "partition ids", "Partitions, separated by commas; all if there is none."},
    OptionSpec{"time", A::text, "timestamp", "-1 or latest, -2 or earliest, or a time in milliseconds."},
    OptionSpec{"topic", A::text, "topic", "The topic, or a regular expression."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
/// Of 2.8, which asks by a consumer.
constexpr std::array kOldGetSpecs = {
    OptionSpec{"broker-list", A::text, "hostname:port,...,hostname:port", "REQUIRED: the servers to connect to."},
    OptionSpec{"max-wait-ms", A::number, "ms", "DEPRECATED AND IGNORED: how long a fetch waits."},
    OptionSpec{"offsets", A::number, "count", "DEPRECATED AND IGNORED: how many offsets are returned."},
    OptionSpec{"partitions", A::text, "partition ids", "Partitions, separated by commas; all if there is none."},
    OptionSpec{"time", A::text, "timestamp/-1(latest)/-2(earliest)", "The time of the offsets."},
    OptionSpec{"topic", A::text, "topic", "REQUIRED: the topic."},
};
constexpr std::array kDeleteSpecs = {
    OptionSpec{"bootstrap-server", A::text, "server(s) to use for bootstrapping",
               "REQUIRED: the brokers to connect to."},
    OptionSpec{"command-config", A::text, "command config property file path", "File with settings for the client."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"offset-json-file", A::text, "Offset json file path",
               "REQUIRED: file with the partitions and their new beginnings."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
static_assert(is_sound(kGetSpecs) && is_sound(kOldGetSpecs) && is_sound(kDeleteSpecs));

void ask_all_topics(ToolCall& call) {
    wire::MetadataRequest request;
    request.allow_auto_topic_creation = false;
    ask(call.admin, call.env, client::raw_call(request, 8, kNoBroker));
}

/// All partitions with their leaders; nothing if the answer cannot be read.
sim::FlatMap<PartitionName, BrokerId> leaders_in(const AdminResult& result) {
    sim::FlatMap<PartitionName, BrokerId> leaders;
    wire::MetadataResponse response;
    if (!read_raw(result, response)) return leaders;
    for (const auto& topic : response.topics)
        for (const auto& partition : topic.partitions)
            leaders[{topic.name.value_or(""), partition.partition_index}] = BrokerId{partition.leader_id};
    return leaders;
}

/// Begins one of the tools. False if it has ended already.
bool begin(ToolCall& call, OptionSpecs specs, std::string_view purpose, std::string_view needed) {
    auto options = parse_options(specs, call.arguments());
    if (!options && call.is_old()) {
        finish_with_uncaught(call, {options.error().type, options.error().message});
        return false;
    }
    if (!options) {
        finish_with_usage(call, options.error().message, specs);
        return false;
    }
    if (answered_help(call, *options, purpose, specs)) return false;
    const std::string server = options->has("broker-list") ? "broker-list" : "bootstrap-server";
    for (const std::string_view name : {std::string_view(server), needed})
        if (!name.empty() && !options->has(name)) {
            finish_with_usage(call, fmt::format("Missing required argument \"[{}]\"", name), specs);
            return false;
        }
    const AdminOptions admin{
        text_of(*options, server).value_or(""), text_of(*options, "command-config").value_or(""), {}};
    call.states.offsets.options = std::move(*options);
    if (const auto connected = connect_admin(call, admin); !connected) {
        finish_with_uncaught(call, connected.error());
        return false;
    }
    return true;
}

/// A mistake that the tool itself catches, since 3.0.
void end_with_mistake(ToolCall& call, const JavaError& error) {
    MR_ASSERT(!error.message.empty());
    if (call.is_old()) return finish_with_uncaught(call, error);
    complain(call, "Error occurred: " + error.message);
    finish(call, 1);
}

void print_lines(ToolCall& call) {
    MR_ASSERT(call.states.offsets.missing == 0);
    for (const auto& [name, line] : call.states.offsets.lines) print(call, line);
    finish(call, 0);
}

// ---- kafka-get-offsets --------------------------------------------------------------------------

i64 asked_time(const OptionValues& options) {
    const std::string text = text_of(options, "time").value_or("latest");
    if (text == "latest" || text == "-1" || text.empty()) return -1;
    if (text == "earliest") return -2;
    if (text == "max-timestamp") return -3;
    i64 time = -1;
    std::from_chars(text.data(), text.data() + text.size(), time);
    return time;
}

/// Whether --time is one of the names or a number.
bool is_time(const OptionValues& options) {
    constexpr std::array kNames = {std::string_view("latest"), std::string_view("earliest"),
                                   std::string_view("max-timestamp"), std::string_view("earliest-local"),
                                   std::string_view("latest-tiered")};
    const std::string text = text_of(options, "time").value_or("");
    return std::ranges::find(kNames, text) != kNames.end() || long_of(options, "time", 0).has_value();
}

/// Partitions of --partitions; nothing if one is no number.
std::optional<std::vector<i32>> asked_partitions(const OptionValues& options) {
    const std::string list = text_of(options, "partitions").value_or("");
    std::vector<i32> partitions;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        i32 partition = 0;
        const auto [rest, status] = std::from_chars(list.data() + at, list.data() + end, partition);
        if (status != std::errc{} || rest != list.data() + end) return {};
        if (std::ranges::find(partitions, partition) == partitions.end()) partitions.push_back(partition);
        at = end + 1;
    }
    return partitions;
}

bool is_chosen_partition(const OptionValues& options, i32 partition) {
    MR_ASSERT(partition >= 0);
    const std::string list = text_of(options, "partitions").value_or("");
    return list.empty() || fmt::format(",{},", list).find(fmt::format(",{},", partition)) != std::string::npos;
}

std::vector<std::string> chosen_topics(const OptionValues& options,
                                       const sim::FlatMap<PartitionName, BrokerId>& leaders) {
    std::vector<std::string> names;
    for (const auto& [name, leader] : leaders)
        if (names.empty() || names.back() != name.topic) names.push_back(name.topic);
    if (options.has("exclude-internal-topics"))
        std::erase_if(names, [](const std::string& name) { return is_internal_topic(name); });
    if (!options.has("topic")) return names;
    return matching(text_of(options, "topic").value_or(""), names).value_or(std::vector<std::string>{});
}

void ask_leaders(ToolCall& call, const std::vector<std::pair<PartitionName, BrokerId>>& wanted) {
    OffsetsTool& tool = call.states.offsets;
    sim::FlatMap<BrokerId, wire::ListOffsetsRequest> requests;
    for (const auto& [name, leader] : wanted) {
        MR_ASSERT(leader != kNoBroker);
        auto& request = requests[leader];
        request.replica_id = -1;
        if (request.topics.empty() || request.topics.back().name != name.topic)
            request.topics.emplace_back().name = name.topic;
        auto& part = request.topics.back().partitions.emplace_back();
        part.partition_index = name.partition;
        part.timestamp = asked_time(tool.options);
    }
    for (const auto& [leader, request] : requests) ask(call.admin, call.env, client::raw_call(request, 5, leader));
    tool.missing = static_cast<u32>(requests.size());
    MR_ASSERT(tool.missing == call.admin.calls.size());
    if (tool.missing == 0) print_lines(call);
}

void ask_ends(ToolCall& call, const sim::FlatMap<PartitionName, BrokerId>& leaders) {
    const OptionValues& options = call.states.offsets.options;
    const auto topics = chosen_topics(options, leaders);
    std::vector<std::pair<PartitionName, BrokerId>> wanted;
    for (const auto& [name, leader] : leaders)
        if (std::ranges::find(topics, name.topic) != topics.end() && is_chosen_partition(options, name.partition) &&
            leader != kNoBroker)
            wanted.emplace_back(name, leader);
    if (wanted.empty())
        return end_with_mistake(call,
                                illegal_argument("Could not match any topic-partitions with the specified filters"));
    ask_leaders(call, wanted);
}

// ---- GetOffsetShell of 2.8 ------------------------------------------------------------------------

void end_with_message(ToolCall& call, std::string_view message) {
    complain(call, message);
    finish(call, 1);
}

/// One topic by its name; what is missing is told, and the rest shown.
void ask_ends_of_topic(ToolCall& call, const sim::FlatMap<PartitionName, BrokerId>& leaders) {
    const OptionValues& options = call.states.offsets.options;
    MR_ASSERT(call.is_old() && options.has("topic"));
    const std::string topic = text_of(options, "topic").value_or("");
    const auto asked = asked_partitions(options).value_or(std::vector<i32>{});
    std::vector<std::pair<PartitionName, BrokerId>> wanted;
    std::size_t partitions = 0;
    for (const auto& [name, leader] : leaders) {
        if (name.topic != topic) continue;
        ++partitions;
        if (asked.empty() || std::ranges::find(asked, name.partition) != asked.end())
            wanted.emplace_back(name, leader);
    }
    if (partitions == 0) return end_with_message(call, fmt::format("Topic {} does not exist", topic));
    if (wanted.empty())
        return end_with_message(call, fmt::format("Topic {} does not have any of the requested partitions {}", topic,
                                                  fmt::join(asked, ",")));
    for (const i32 partition : asked)
        if (!leaders.contains(PartitionName{topic, partition}))
            complain(call, fmt::format("Error: partition {} does not exist", partition));
    for (const auto& [name, leader] : wanted)
        if (leader == kNoBroker)
            complain(call, fmt::format("Error: partition {} does not have a leader. Skip getting offsets",
                                       name.partition));
    std::erase_if(wanted, [](const auto& entry) { return entry.second == kNoBroker; });
    ask_leaders(call, wanted);
}

void begin_old_get_offsets(ToolCall& call) {
    constexpr OptionSpecs specs = kOldGetSpecs;
    if (call.arguments().empty())
        return finish_with_usage(call, "An interactive shell for getting topic offsets.", specs);
    auto options = parse_options(specs, call.arguments());
    if (!options) return finish_with_uncaught(call, {options.error().type, options.error().message});
    for (const std::string_view needed : {"broker-list", "topic"})
        if (!options->has(needed))
            return finish_with_usage(call, fmt::format("Missing required argument \"[{}]\"", needed), specs);
    const std::string servers = text_of(*options, "broker-list").value_or("");
    if (!client::parse_bootstrap(servers)) return finish_with_usage(call, kNeedsHostPort, specs);
    if (!asked_partitions(*options))
        return end_with_message(
            call, fmt::format("--partitions expects a comma separated list of numeric partition ids, but received: {}",
                              text_of(*options, "partitions").value_or("")));
    const auto time = long_of(*options, "time", -1);
    if (!time) return finish_with_uncaught(call, {time.error().type, time.error().message});
    call.states.offsets.options = std::move(*options);
    if (const auto connected = connect_admin(call, {servers, "", {}}); !connected)
        return finish_with_uncaught(call, connected.error());
    ask_all_topics(call);
}

/// What 3.9 finds wrong with options that it could read; "" if nothing is.
std::string new_get_mistake(const OptionValues& options) {
    MR_ASSERT(is_sound(kGetSpecs));
    if (options.has("help") || options.has("version")) return "";
    if (!options.has("bootstrap-server") && !options.has("broker-list"))
        return "Missing required option(s) [bootstrap-server]";
    if (!asked_partitions(options))
        return fmt::format("--partitions expects a comma separated list of numeric partition ids, but received: {}",
                           text_of(options, "partitions").value_or(""));
    if (is_time(options)) return "";
    return fmt::format(
        "Malformed time argument {}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 "
        "or earliest-local / -5 or latest-tiered, or a specified long format timestamp",
        text_of(options, "time").value_or(""));
}

}  // namespace

void begin_get_offsets(ToolCall& call) {
    if (call.is_old()) return begin_old_get_offsets(call);
    if (const auto options = parse_options(kGetSpecs, call.arguments()); !options)
        return end_with_mistake(call, as_java(options.error()));
    else if (const std::string wrong = new_get_mistake(*options); !wrong.empty() && !call.arguments().empty())
        return end_with_mistake(call, illegal_argument(wrong));
    if (begin(call, kGetSpecs, "An interactive shell for getting topic-partition offsets.", "")) ask_all_topics(call);
}

void on_get_offsets_result(ToolCall& call, const AdminResult& result) {
    OffsetsTool& tool = call.states.offsets;
    if (failed(result.error)) return finish_with_uncaught(call, error_of(result));
    if (!std::exchange(tool.has_metadata, true))
        return call.is_old() ? ask_ends_of_topic(call, leaders_in(result)) : ask_ends(call, leaders_in(result));
    wire::ListOffsetsResponse response;
    if (read_raw(result, response))
        for (const auto& topic : response.topics)
            for (const auto& partition : topic.partitions) {
                if (partition.offset < 0 && !call.is_old()) continue;
                const std::string offset = partition.offset < 0 ? "" : std::to_string(partition.offset);
                tool.lines[{topic.name, partition.partition_index}] =
                    fmt::format("{}:{}:{}", topic.name, partition.partition_index, offset);
            }
    MR_ASSERT(tool.missing > 0);
    if (--tool.missing == 0) print_lines(call);
}

// ---- kafka-delete-records -----------------------------------------------------------------------

namespace {

/// The orders of --offset-json-file; what is wrong with it.
std::expected<sim::FlatMap<PartitionName, i64>, JavaError> read_orders(const ToolCall& call, const std::string& text) {
    const std::string_view tools = call.is_old() ? "kafka.admin" : "org.apache.kafka.server.common";
    const auto fail = [&](std::string_view type, std::string why) {
        return std::unexpected(JavaError{fmt::format("{}.{}", tools, type), std::move(why)});
    };
    const nlohmann::json json = read_json<nlohmann::json>(text);
    if (!json.is_object()) return fail("AdminOperationException", "The input string is not a valid JSON");
    if (const auto version = json.find("version"); version != json.end() && *version != 1)
        return fail("AdminOperationException",
                    fmt::format("Not supported version field value {}", json_text(*version)));
    if (!json.contains("partitions") || !json["partitions"].is_array())
        return fail("AdminOperationException", "Missing partitions field");
    sim::FlatMap<PartitionName, i64> orders;
    std::string twice;
    for (const auto& entry : json["partitions"]) {
        for (const char* field : {"topic", "partition", "offset"})
            if (!entry.is_object() || !entry.contains(field))
                return std::unexpected(JavaError{"com.fasterxml.jackson.databind.JsonMappingException",
                                                 fmt::format("No such field exists: `{}`", field)});
        if (!entry["topic"].is_string() || !entry["partition"].is_number_integer() ||
            !entry["offset"].is_number_integer())
            return std::unexpected(
                JavaError{"com.fasterxml.jackson.databind.JsonMappingException",
                          fmt::format("Expected numbers and a name, received {}", json_text(entry))});
        const PartitionName name{entry["topic"].get<std::string>(), entry["partition"].get<i32>()};
        if (orders.contains(name))
            twice += fmt::format("{}{}-{}", twice.empty() ? "" : ",", name.topic, name.partition);
        orders[name] = entry["offset"].get<i64>();
    }
    if (twice.empty()) return orders;
    return std::unexpected(
        JavaError{call.is_old() ? "kafka.common.AdminCommandFailedException"
                                : "org.apache.kafka.server.common.AdminCommandFailedException",
                  fmt::format("Offset json file contains duplicate topic partitions: {}", twice)});
}

void ask_deletions(ToolCall& call, const sim::FlatMap<PartitionName, BrokerId>& leaders) {
    OffsetsTool& tool = call.states.offsets;
    sim::FlatMap<BrokerId, wire::DeleteRecordsRequest> requests;
    for (const auto& [name, offset] : tool.orders) {
        const BrokerId* leader = leaders.find(name);
        if (leader == nullptr || *leader == kNoBroker) {
            const ErrorCode error =
                leader == nullptr ? ErrorCode::unknown_topic_or_partition : ErrorCode::leader_not_available;
            tool.lines[name] = fmt::format("partition: {}-{}\terror: {}", name.topic, name.partition,
                                           to_text(error_of(error, {"", true})));
            continue;
        }
        auto& request = requests[*leader];
        request.timeout_ms = 60'000;
        if (request.topics.empty() || request.topics.back().name != name.topic)
            request.topics.emplace_back().name = name.topic;
        request.topics.back().partitions.push_back({name.partition, offset});
    }
    print(call, "Executing records delete operation");
    for (const auto& [leader, request] : requests) ask(call.admin, call.env, client::raw_call(request, 1, leader));
    tool.missing = static_cast<u32>(requests.size());
    if (!requests.empty()) return;
    print(call, "Records delete operation completed:");
    print_lines(call);
}

}  // namespace

void begin_delete_records(ToolCall& call) {
    if (!begin(call, kDeleteSpecs,
               "This tool helps to delete records of the given partitions down to the specified offset.",
               "offset-json-file"))
        return;
    const std::string path = text_of(call.states.offsets.options, "offset-json-file").value_or("");
    const std::string* text = call.files.find(path);
    if (text == nullptr) return finish_with_uncaught(call, no_such_file(call, path));
    auto orders = read_orders(call, *text);
    if (!orders) return finish_with_uncaught(call, orders.error());
    call.states.offsets.orders = std::move(*orders);
    ask_all_topics(call);
}

void on_delete_records_result(ToolCall& call, const AdminResult& result) {
    OffsetsTool& tool = call.states.offsets;
    if (failed(result.error)) return finish_with_uncaught(call, error_of(result));
    if (!std::exchange(tool.has_metadata, true)) return ask_deletions(call, leaders_in(result));
    wire::DeleteRecordsResponse response;
    if (read_raw(result, response))
        for (const auto& topic : response.topics)
            for (const auto& partition : topic.partitions) {
                const auto error = static_cast<ErrorCode>(partition.error_code);
                const std::string outcome = failed(error)
                                                ? fmt::format("error: {}", to_text(error_of(error, {"", true})))
                                                : fmt::format("low_watermark: {}", partition.low_watermark);
                tool.lines[{topic.name, partition.partition_index}] =
                    fmt::format("partition: {}-{}\t{}", topic.name, partition.partition_index, outcome);
            }
    MR_ASSERT(tool.missing > 0);
    if (--tool.missing > 0) return;
    print(call, "Records delete operation completed:");
    print_lines(call);
}

}  // namespace engine::tools
