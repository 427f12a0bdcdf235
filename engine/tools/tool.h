// What a command-line tool is to the console: a function that begins it, and one that takes the answers it waits
// for. Its state is a struct of its own (kafka_topics.h and so on); all of them are members of ToolStates.
//
// A tool prints by print and complain and ends by finish. It runs in its node's time: between a question and its
// answer other things happen.
#pragma once

#include "engine/model/version_profile.h"
#include "engine/tools/console_consumer.h"
#include "engine/tools/console_producer.h"
#include "engine/tools/dump_log.h"
#include "engine/tools/java_text.h"
#include "engine/tools/kafka_configs.h"
#include "engine/tools/kafka_consumer_groups.h"
#include "engine/tools/kafka_leader_election.h"
#include "engine/tools/kafka_offsets.h"
#include "engine/tools/kafka_preferred_replica_election.h"
#include "engine/tools/kafka_reassign_partitions.h"
#include "engine/tools/kafka_topics.h"
#include "engine/tools/tool_choices.h"
#include "engine/tools/zk_configs.h"
#include "engine/tools/zk_reassign.h"
#include "engine/tools/zk_topics.h"
#include "engine/tools/zookeeper_shell.h"

namespace engine::tools {

/// State of the tool that runs; those of the others are empty.
struct ToolStates {
    TopicsTool topics;
    ConfigsTool configs;
    ElectionTool election;
    PreferredTool preferred;
    GroupsTool groups;
    OffsetsTool offsets;
    ConsoleProducerTool console_producer;
    ConsoleConsumerTool console_consumer;
    ShellTool shell;
    ZkTopicsTool zk_topics;
    ZkConfigsTool zk_configs;
    ReassignTool reassign;
    MovesTool moves;
};

/// Timers of a tool that brings a client library of its own, and of the tool itself.
enum ToolTimer : u16 { kToolClusterTimer = 16, kToolLibraryTimer, kToolTimer, kToolZkHeartbeat, kToolZkReconnect };

/// Exit code of a command that the user stopped, as bash has it.
constexpr i32 kInterrupted = 130;

/// A command from its line to its exit code.
struct CommandRun {
    u32 seq = 0;
    std::string line;
    std::string input;                // what it reads from standard input
    std::vector<std::string> words;   // of the line, once it has started
    std::string output;
    std::string errors;
    bool finished = false;
    i32 exit_code = 0;
};

/// Files that tools can read, by path.
using Files = sim::FlatMap<std::string, std::string>;

/// One call into a tool.
struct ToolCall {
    KafkaVersion version;
    const Files& files;
    CommandRun& command;
    ToolStates& states;
    client::AdminClient& admin;
    ToolChoices& choices;
    sim::Env& env;

    [[nodiscard]] bool is_old() const { return version == KafkaVersion::v2_8; }
    /// The words behind the tool's name.
    [[nodiscard]] std::span<const std::string> arguments() const {
        MR_ASSERT(!command.words.empty());
        return std::span(command.words).subspan(1);
    }
};

struct Tool {
    std::string_view name;            // without .sh
    void (*begin)(ToolCall&);
    void (*on_result)(ToolCall&, const client::AdminResult&) = nullptr;
    void (*on_notice)(ToolCall&, sim::Notice&) = nullptr;      // of libraries of its own
    void (*on_interrupt)(ToolCall&) = nullptr;                 // Ctrl-C; otherwise the process just ends
};

/// The tool of a command name, with or without .sh and a path; nullptr if there is none.
const Tool* find_tool(std::string_view command);
std::span<const Tool> all_tools();

/// A line of standard output, and of standard error.
void print(ToolCall& call, std::string_view line);
void complain(ToolCall& call, std::string_view line);
void finish(ToolCall& call, i32 exit_code);

/// What tools say that look at the addresses of --broker-list themselves.
constexpr std::string_view kNeedsHostPort = "Please provide valid host:port like host1:9091,host2:9092\n ";

/// A usage error: the complaint, the table of options, exit code 1.
void finish_with_usage(ToolCall& call, std::string_view complaint, OptionSpecs specs);
/// What --help, --version and a lack of arguments do in every tool. True if the tool has ended by it.
bool answered_help(ToolCall& call, const OptionValues& options, std::string_view purpose, OptionSpecs specs);
/// An exception that nobody caught: 3.9 prints message and exception, 2.8 as the JVM does. Exit code 1.
void finish_with_uncaught(ToolCall& call, const JavaError& error);

/// Options that came after 2.8 are unknown to it. True if the tool has ended by one of them.
bool refused_as_new(ToolCall& call, const OptionValues& options, std::span<const std::string_view> newer,
                    OptionSpecs specs);

/// Connects the admin client to what --bootstrap-server and --command-config say.
struct AdminOptions {
    std::string bootstrap;
    std::string config_file;          // "" = none
    ConfigMap overrides;              // what the tool itself sets
};
std::expected<void, JavaError> connect_admin(ToolCall& call, const AdminOptions& options);
/// Adds to `config` what a file of settings says (path "" = none) and then single "key=value" words.
std::expected<void, std::string> read_settings(ToolCall& call, const std::string& path,
                                               const std::vector<std::string>& words, ConfigMap& config);
/// Points a ZooKeeper client at "host:port[,..][/path]". False if nobody has that address.
bool point_at_zookeeper(ToolCall& call, const std::string& connect, zookeeper::ZkClient& client);

}  // namespace engine::tools
