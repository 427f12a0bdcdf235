#include "engine/tools/kafka_leader_election.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/json.h"
#include "engine/tools/tool.h"

namespace engine::tools {
namespace {

using client::AdminOutcome;
using client::AdminResult;
using A = ArgumentKind;

constexpr std::array kElectionSpecs = {
    OptionSpec{"admin.config", A::text, "config file", "File with settings for the admin client."},
    OptionSpec{"all-topic-partitions", A::none, "",
               "Elect for all partitions for which it is possible. Not together with --topic or --path-to-json-file."},
    OptionSpec{"bootstrap-server", A::text, "host:port", "REQUIRED: the brokers to connect to, separated by commas."},
    OptionSpec{"election-type", A::text, "election type",
               "REQUIRED: preferred (only where the leader is not the preferred one) or unclean (only where there is "
               "no leader)."},
    OptionSpec{"help", A::none, "", "Print usage information."},
    OptionSpec{"partition", A::number, "partition id", "The partition to elect for. REQUIRED with --topic."},
    OptionSpec{"path-to-json-file", A::text, "Path to JSON file",
               "File with the partitions to elect for. Not together with --all-topic-partitions or --topic."},
    OptionSpec{"topic", A::text, "topic name",
               "The topic to elect for. Not together with --all-topic-partitions or --path-to-json-file."},
    OptionSpec{"version", A::none, "", "Print the version of Kafka."},
};
static_assert(is_sound(kElectionSpecs));
static_assert(std::ranges::is_sorted(kElectionSpecs, {}, &OptionSpec::name));
constexpr std::string_view kElectionPurpose =
    "This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are "
    "preferred replicas and unclean replicas.";

/// What the options lack or have too much of; "" if they make a command.
std::string wrong_options(const OptionValues& options, bool is_old) {
    std::vector<std::string_view> missing;
    for (const std::string_view name : {"bootstrap-server", "election-type"})
        if (!options.has(name)) missing.push_back(name);
    if (is_old) std::ranges::reverse(missing);   // 2.8 puts each before the others
    if (!missing.empty()) return fmt::format("Missing required option(s): {}", fmt::join(missing, ", "));
    MR_ASSERT(options.has("bootstrap-server") && options.has("election-type"));
    const int scopes = options.has("topic") + options.has("all-topic-partitions") + options.has("path-to-json-file");
    if (scopes != 1)
        return "One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file";
    if (options.has("topic") && !options.has("partition")) return "Missing required option(s): partition";
    if (!options.has("topic") && options.has("partition")) return "Option partition is only allowed if topic is used";
    return "";
}

std::expected<bool, OptionError> wants_unclean(const OptionValues& options) {
    const auto type = text_of(options, "election-type");
    if (!type) return std::unexpected(type.error());
    std::string upper;
    for (const char c : *type) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper != "PREFERRED" && upper != "UNCLEAN") return std::unexpected(cannot_parse(*type, "election-type"));
    return upper == "UNCLEAN";
}

/// Which partitions are meant.
std::expected<client::AdminCall, JavaError> election_call(const ToolCall& call, const OptionValues& options) {
    client::AdminCall question;
    question.kind = client::AdminKind::elect_leaders;
    MR_ASSERT(wrong_options(options, call.is_old()).empty());
    question.all_partitions = options.has("all-topic-partitions");
    if (question.all_partitions) return question;
    if (options.has("path-to-json-file")) {
        auto listed =
            listed_partitions(call, text_of(options, "path-to-json-file").value_or(""), "Replica election data",
                              "Replica election data is missing \"partitions\" field");
        if (!listed) return std::unexpected(listed.error());
        question.partitions = std::move(*listed);
        return question;
    }
    const auto topic = text_of(options, "topic");
    const auto partition = number_of(options, "partition", -1);
    if (!topic) return std::unexpected(as_java(topic.error()));
    if (!partition) return std::unexpected(as_java(partition.error()));
    question.partitions.push_back({*topic, *partition});
    return question;
}

std::string name_of_partition(const AdminOutcome& outcome) {
    return fmt::format("{}-{}", outcome.name, outcome.partition);
}

/// Outcomes of one sort, by the names of their partitions.
struct Sorted {
    std::vector<std::string> succeeded;
    std::vector<std::string> not_needed;
    std::vector<const AdminOutcome*> failed;
};

Sorted sorted(const AdminResult& result) {
    Sorted out;
    for (const AdminOutcome& outcome : result.outcomes) {
        if (outcome.error == ErrorCode::none) out.succeeded.push_back(name_of_partition(outcome));
        else if (outcome.error == ErrorCode::election_not_needed) out.not_needed.push_back(name_of_partition(outcome));
        else out.failed.push_back(&outcome);
    }
    MR_ASSERT(out.succeeded.size() + out.not_needed.size() + out.failed.size() == result.outcomes.size());
    return out;
}

void finish_with_failed(ToolCall& call, const std::vector<const AdminOutcome*>& failures, std::string_view type) {
    MR_ASSERT(!failures.empty());
    std::string suppressed;
    for (const AdminOutcome* outcome : failures) {
        const std::string exception = to_text(error_of(outcome->error, outcome->message));
        print(call, fmt::format("Error completing leader election ({}) for partition: {}: {}", type,
                                name_of_partition(*outcome), exception));
        suppressed += fmt::format("\n\tSuppressed: {}", exception);
    }
    JavaError error = command_failed(call.version, fmt::format("{} replica(s) could not be elected", failures.size()));
    if (call.is_old()) {
        error.message += suppressed;
        return finish_with_uncaught(call, error);
    }
    complain(call, error.message);
    complain(call, to_text(error) + suppressed);
    finish(call, 1);
}

/// A call that failed as a whole.
void finish_with_call_error(ToolCall& call, const JavaError& error) {
    if (!error.type.ends_with(".TimeoutException"))
        return finish_with_uncaught(
            call, {"java.lang.RuntimeException", "java.util.concurrent.ExecutionException: " + to_text(error)});
    print(call, "Timeout waiting for election results");
    finish_with_uncaught(call, command_failed(call.version, "Timeout waiting for election results"));
}

}  // namespace

std::expected<std::vector<client::PartitionName>, JavaError> listed_partitions(const ToolCall& call,
                                                                               const std::string& path,
                                                                               std::string_view what,
                                                                               const std::string& without_list) {
    const std::string* text = call.files.find(path);
    if (text == nullptr) return std::unexpected(no_such_file(call, path));
    const nlohmann::json json = read_json<nlohmann::json>(*text);
    if (!json.is_object()) return std::unexpected(operation_failed(call.version, fmt::format("{} is empty", what)));
    if (!json.contains("partitions"))
        return std::unexpected(operation_failed(call.version, without_list));
    std::vector<client::PartitionName> names;
    std::string twice;
    for (const auto& entry : json["partitions"]) {
        const client::PartitionName name{entry.value("topic", ""), entry.value("partition", 0)};
        if (std::ranges::find(names, name) != names.end())
            twice += fmt::format("{}{}-{}", twice.empty() ? "" : ",", name.topic, name.partition);
        names.push_back(name);
    }
    if (twice.empty()) return names;
    return std::unexpected(
        operation_failed(call.version, fmt::format("{} contains duplicate partitions: {}", what, twice)));
}

void begin_election(ToolCall& call) {
    auto options = parse_options(kElectionSpecs, call.arguments());
    if (!options) return finish_with_uncaught(call, as_java(options.error()));
    if (answered_help(call, *options, kElectionPurpose, kElectionSpecs)) return;
    if (const std::string wrong = wrong_options(*options, call.is_old()); !wrong.empty())
        return finish_with_uncaught(call, command_failed(call.version, wrong));
    const auto unclean = wants_unclean(*options);
    if (!unclean) return finish_with_uncaught(call, as_java(unclean.error()));
    auto question = election_call(call, *options);
    if (!question) return finish_with_uncaught(call, question.error());
    question->unclean = call.states.election.unclean = *unclean;
    const ConfigMap limits = [] {
        ConfigMap map;
        map["default.api.timeout.ms"] = "30000";
        map["request.timeout.ms"] = "15000";
        return map;
    }();
    const AdminOptions admin{text_of(*options, "bootstrap-server").value_or(""),
                             text_of(*options, "admin.config").value_or(""), limits};
    if (const auto connected = connect_admin(call, admin); !connected)
        return finish_with_uncaught(call, connected.error());
    call.states.election.options = std::move(*options);
    MR_ASSERT(call.admin.running && call.admin.calls.empty());
    ask(call.admin, call.env, std::move(*question));
}

void on_election_result(ToolCall& call, const AdminResult& result) {
    MR_ASSERT(result.kind == client::AdminKind::elect_leaders && call.admin.calls.empty());
    if (failed(result.error)) return finish_with_call_error(call, error_of(result));
    const std::string_view type = call.states.election.unclean ? "UNCLEAN" : "PREFERRED";
    const Sorted outcomes = sorted(result);
    if (!outcomes.succeeded.empty())
        print(call, fmt::format("Successfully completed leader election ({}) for partitions {}", type,
                                fmt::join(outcomes.succeeded, ", ")));
    // 2.8 prints the names of those that succeeded here.
    const bool named = profile_of(call.version).tools_name_elected_partitions;
    if (!outcomes.not_needed.empty())
        print(call, fmt::format("Valid replica already elected for partitions {}",
                                fmt::join(named ? outcomes.not_needed : outcomes.succeeded, ", ")));
    if (!outcomes.failed.empty()) return finish_with_failed(call, outcomes.failed, type);
    finish(call, 0);
}

}  // namespace engine::tools
