// A terminal as a node of the world: it runs Kafka's command-line tools, one after the other, over the simulated
// network. What a command printed and its exit code go to the observer; nothing else of it stays but the last one.
//
// Lines that were typed wait in a queue that outlives the process; a command that runs when the process dies is
// gone without an outcome.
#pragma once

#include "engine/model/node.h"
#include "engine/tools/tool.h"

namespace engine::tools {

struct ConsoleSettings {
    std::string name;
    KafkaVersion version = KafkaVersion::v3_9;   // of the tools
    Nanos tool_start_time;                       // a JVM's start, before a tool connects
    ToolChoices choices = {};                    // recorded random choices
};

/// A command that is typed and has not yet begun.
struct TypedCommand {
    u32 seq = 0;
    std::string line;
    std::string input;
};

struct ConsoleMemory {
    u32 life = 0;                    // of the process that this belongs to
    bool busy = false;               // a command starts or runs
    sim::TimerId starting;           // of a tool that comes up
    CommandRun command;
    ToolStates tools;
    client::AdminClient admin;
};

struct Console {
    ConsoleSettings settings;
    u32 next_seq = 1;
    sim::Ring<TypedCommand> queue;
    Files files;
    CommandRun last;                 // the last one that ended
    std::string first_failure;       // what the first command that failed printed; "" if none has
    ConsoleMemory memory;
};

/// Types a line; it begins when its turn has come. Its number. Also before the console has started.
u32 type_command(Console& console, std::string line, std::string input = "");
/// The same on a console that runs: if it is idle, the command begins.
u32 run_command(Console& console, sim::Env& env, std::string line, std::string input = "");
/// Ctrl-C.
void interrupt_command(Console& console, sim::Env& env);
/// Makes a file that tools can read.
void write_file(Console& console, std::string path, std::string content);
/// Nothing runs and nothing waits.
[[nodiscard]] bool idle(const Console& console);

class ConsoleNode final : public NodeOf<ConsoleNode> {
public:
    explicit ConsoleNode(ConsoleSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    Console state;
};

}  // namespace engine::tools
