// Sections: options; by the brokers; by ZooKeeper; the tool.
#include "engine/tools/kafka_preferred_replica_election.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/model/java_hash.h"
#include "engine/model/json.h"
#include "engine/tools/kafka_leader_election.h"
#include "engine/tools/tool.h"

namespace engine::tools {
namespace {

using client::PartitionName;
using A = ArgumentKind;
using Json = nlohmann::ordered_json;
using zookeeper::ZkData;

// ---- options --------------------------------------------------------------------------------------

constexpr std::array kPreferredSpecs = {
    OptionSpec{"admin.config", A::text, "config file", "File with settings for the admin client."},
    OptionSpec{"bootstrap-server", A::text, "host:port", "The brokers to connect to, separated by commas."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"path-to-json-file", A::text,
               "list of partitions for which preferred replica leader election needs to be triggered",
               "File with the partitions to elect for; all partitions without one."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
    OptionSpec{"zookeeper", A::text, "urls", "DEPRECATED: the ZooKeeper to connect to."},
};
static_assert(is_sound(kPreferredSpecs));
static_assert(std::ranges::is_sorted(kPreferredSpecs, {}, &OptionSpec::name));

std::string shown_partition(const PartitionName& name) { return fmt::format("{}-{}", name.topic, name.partition); }

// ---- by the brokers -------------------------------------------------------------------------------

void ask_brokers(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    MR_ASSERT(tool.from_file || tool.wanted.empty());
    ConfigMap limits;
    limits["default.api.timeout.ms"] = "60000";
    limits["request.timeout.ms"] = "30000";
    const AdminOptions admin{tool.options.last("bootstrap-server"), tool.options.last("admin.config"), limits};
    if (const auto connected = connect_admin(call, admin); !connected)
        return finish_with_uncaught(call, connected.error());
    client::AdminCall question;
    question.kind = client::AdminKind::elect_leaders;
    question.all_partitions = !tool.from_file;
    question.partitions = tool.wanted;
    ask(call.admin, call.env, std::move(question));
}

// ---- by ZooKeeper ---------------------------------------------------------------------------------

/// Partitions as a set of Scala has them, and the name that it gives itself.
std::pair<std::vector<std::string>, std::string> as_set(const std::vector<PartitionName>& names) {
    constexpr std::size_t kSmallSet = 4;
    constexpr u32 kFactor = 31;
    std::vector<std::string> texts;
    std::vector<u32> hashes;
    for (const PartitionName& name : names) {
        texts.push_back(shown_partition(name));
        hashes.push_back(kFactor * (kFactor + static_cast<u32>(name.partition)) + java_hash(name.topic));
    }
    sort_as_scala_set(texts, hashes);
    const std::string list =
        fmt::format("{}({})", texts.size() > kSmallSet ? "HashSet" : "Set", fmt::join(texts, ", "));
    return {std::move(texts), list};
}

void ask_next(ToolCall& call, PreferredStep step, std::vector<zookeeper::ZkRequest> requests) {
    MR_ASSERT(step != PreferredStep::none);
    call.states.preferred.step = step;
    ask_zookeeper(call, call.states.preferred.ask, std::move(requests));
}

void ask_partitions(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    if (!tool.from_file) tool.topics = tool.ask.answers.front().children;
    else
        for (const PartitionName& name : tool.wanted)
            if (std::ranges::find(tool.topics, name.topic) == tool.topics.end()) tool.topics.push_back(name.topic);
    std::ranges::sort(tool.topics);
    MR_ASSERT(std::ranges::adjacent_find(tool.topics) == tool.topics.end());
    std::vector<zookeeper::ZkRequest> requests;
    for (const std::string& topic : tool.topics)
        requests.push_back(zookeeper::get_data_request("/brokers/topics/" + topic));
    if (requests.empty()) requests.push_back(zookeeper::exists_request("/admin"));
    ask_next(call, PreferredStep::partitions, std::move(requests));
}

void leave_wish(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    MR_ASSERT(tool.known.empty() && tool.ask.answers.size() >= tool.topics.size());
    for (std::size_t i = 0; i < tool.topics.size(); ++i) {
        const Json node = read_json<Json>(tool.ask.answers[i].data.bytes);
        const std::size_t count = node.is_object() ? node.value("partitions", Json::object()).size() : 0;
        for (std::size_t p = 0; p < count; ++p) tool.known.push_back({tool.topics[i], static_cast<i32>(p)});
    }
    std::vector<PartitionName> valid = tool.from_file ? tool.wanted : tool.known;
    std::erase_if(valid, [&](const PartitionName& name) {
        return std::ranges::find(tool.known, name) == tool.known.end();
    });
    Json partitions = Json::array();
    for (const PartitionName& name : valid)
        partitions.push_back(Json{{"topic", name.topic}, {"partition", name.partition}});
    const std::string wish = json_text(Json{{"version", 1}, {"partitions", partitions}});
    std::swap(tool.known, valid);   // from here on: those that are elected for
    ask_next(call, PreferredStep::wish,
             {zookeeper::create_request("/admin/preferred_replica_election", ZkData::of(wish)),
              zookeeper::get_data_request("/admin/preferred_replica_election")});
}

void on_wish(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    MR_ASSERT(tool.ask.answers.size() == 2);
    const auto [texts, list] = as_set(tool.known);
    if (failed(tool.ask.answers.front().error)) {
        const Json present = read_json<Json>(tool.ask.answers[1].data.bytes);
        std::string names;
        for (const Json& entry : present.is_object() ? present.value("partitions", Json::array()) : Json::array())
            names += fmt::format("{}{}-{}", names.empty() ? "" : ",", entry.value("topic", ""),
                                 entry.value("partition", 0));
        complain(call, fmt::format(
                           "Exception in thread \"main\" {}\nCaused by: {}",
                           to_text(command_failed(call.version, "Admin command failed")),
                           to_text(operation_failed(
                               call.version, fmt::format("Preferred replica leader election currently in progress for "
                                                         "{}. Aborting operation",
                                                         names)))));
        return end_ask(call, tool.ask, 1);
    }
    print(call, fmt::format("Created preferred replica election path with {}", fmt::join(texts, ",")));
    print(call, "Successfully started preferred replica election for partitions " + list);
    for (const PartitionName& name : tool.wanted)
        if (std::ranges::find(tool.known, name) == tool.known.end())
            print(call,
                  fmt::format("Skipping preferred replica leader election for partition {} since it doesn't exist.",
                              shown_partition(name)));
    end_ask(call, tool.ask, 0);
}

/// Reads --path-to-json-file. False: the tool has ended by it.
bool read_wanted(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    if (!tool.options.has("path-to-json-file")) return true;
    auto listed = listed_partitions(call, tool.options.last("path-to-json-file"), "Preferred replica election data",
                                    "Preferred replica election data is empty");
    if (!listed) {
        finish_with_uncaught(call, listed.error());
        return false;
    }
    tool.from_file = true;
    tool.wanted = std::move(*listed);
    return true;
}

}  // namespace

// ---- the tool -------------------------------------------------------------------------------------

void begin_preferred_election(ToolCall& call) {
    PreferredTool& tool = call.states.preferred;
    print(call, "This tool is deprecated. Please use kafka-leader-election tool. Tracking issue: KAFKA-8405");
    auto options = parse_options(kPreferredSpecs, call.arguments());
    if (!options) return finish_with_uncaught(call, as_java(options.error()));
    tool.options = std::move(*options);
    const bool brokers = tool.options.has("bootstrap-server"), zookeeper = tool.options.has("zookeeper");
    if (answered_help(call, tool.options,
                      "This tool helps to causes leadership for each partition to be transferred back to the "
                      "'preferred replica', it can be used to balance leadership among the servers.",
                      kPreferredSpecs))
        return;
    if (brokers == zookeeper)
        return finish_with_usage(call, "Exactly one of '[bootstrap-server]' or '[zookeeper]' must be provided",
                                 kPreferredSpecs);
    if (!read_wanted(call)) return;
    if (brokers) return ask_brokers(call);
    print(call, "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.");
    print(call, "Use --bootstrap-server instead to specify a broker to connect to.");
    if (!open_ask(call, tool.ask, tool.options.last("zookeeper")))
        return finish_with_uncaught(call, {"kafka.zookeeper.ZooKeeperClientTimeoutException",
                                           "Timed out waiting for connection while in state: CONNECTING"});
    ask_next(call, PreferredStep::topics, {zookeeper::get_children_request("/brokers/topics")});
}

void on_preferred_election_result(ToolCall& call, const client::AdminResult& result) {
    MR_ASSERT(result.kind == client::AdminKind::elect_leaders);
    if (failed(result.error)) {
        const JavaError error = error_of(result);
        const bool late = error.type.ends_with(".TimeoutException");
        if (late) print(call, "Timeout waiting for election results");
        return finish_with_uncaught(call, late ? command_failed(call.version, "Timeout waiting for election results")
                                               : in_future(error));
    }
    std::vector<std::string> succeeded;
    std::vector<const client::AdminOutcome*> failures;
    bool not_needed = false;
    for (const client::AdminOutcome& outcome : result.outcomes) {
        if (outcome.error == ErrorCode::none)
            succeeded.push_back(fmt::format("{}-{}", outcome.name, outcome.partition));
        else if (outcome.error == ErrorCode::election_not_needed) not_needed = true;
        else failures.push_back(&outcome);
    }
    const std::string names = fmt::format("{}", fmt::join(succeeded, ", "));
    if (!succeeded.empty())
        print(call, fmt::format("Successfully completed preferred leader election for partitions {}", names));
    if (not_needed) print(call, fmt::format("Preferred replica already elected for partitions {}", names));
    if (failures.empty()) return finish(call, 0);
    JavaError error =
        command_failed(call.version, fmt::format("{} preferred replica(s) could not be elected", failures.size()));
    for (const client::AdminOutcome* outcome : failures) {
        const std::string exception = to_text(error_of(outcome->error, outcome->message));
        print(call, fmt::format("Error completing preferred leader election for partition: {}-{}: {}", outcome->name,
                                outcome->partition, exception));
        error.message += fmt::format("\n\tSuppressed: {}", exception);
    }
    finish_with_uncaught(call, error);
}

void on_preferred_election_notice(ToolCall& call, sim::Notice& notice) {
    PreferredTool& tool = call.states.preferred;
    if (!on_ask_notice(call, tool.ask, notice)) return;
    switch (std::exchange(tool.step, PreferredStep::none)) {
        case PreferredStep::topics: return ask_partitions(call);
        case PreferredStep::partitions: return leave_wish(call);
        case PreferredStep::wish: return on_wish(call);
        case PreferredStep::none: return;
    }
}

}  // namespace engine::tools
