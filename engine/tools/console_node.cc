#include "engine/tools/console_node.h"

#include <fmt/format.h>

#include <array>

#include "engine/model/facts.h"
#include "engine/model/json.h"
#include "engine/model/node_of.h"
#include "engine/model/touch.h"
#include "engine/tools/command_line.h"
#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using sim::Env;

enum ConsoleTimer : u16 { kClusterTimer = 1, kAdminTimer, kStartTimer };
constexpr std::array<std::string_view, 4> kTimerNames = {"none", "metadata or request timeout",
                                                         "retry or timeout of a call", "tool start"};
static_assert(kTimerNames.size() == kStartTimer + 1);
static_assert(kClusterTimer != 0 && kAdminTimer != kClusterTimer);

constexpr i32 kNotFound = 127;      // as bash has it
constexpr i32 kSyntaxError = 2;

ToolCall call_of(Console& console, Env& env) {
    ConsoleMemory& memory = console.memory;
    return {console.settings.version,
            console.files,
            memory.command,
            memory.tools,
            memory.admin,
            console.settings.choices,
            env};
}

void forget(Console& console, const Env& env) {
    console.memory = {};
    console.memory.life = env.incarnation();
}

// ---- begin and end ------------------------------------------------------------------------------

void start_next(Console& console, Env& env) {
    ConsoleMemory& memory = console.memory;
    const bool just_starting = memory.life != env.incarnation();  // its first step will begin it
    if (just_starting || memory.busy || console.queue.empty()) return;
    TypedCommand typed = console.queue.pop_front();
    MR_ASSERT(typed.seq > console.last.seq && typed.seq < console.next_seq);
    forget(console, env);
    memory.busy = true;
    memory.command.seq = typed.seq;
    memory.command.line = std::move(typed.line);
    memory.command.input = std::move(typed.input);
    memory.admin.timer_kind = kAdminTimer;
    memory.admin.cluster.timer_kind = kClusterTimer;
    memory.starting = env.timer(std::max(console.settings.tool_start_time, sim::kLoopDelay), kStartTimer, 0);
}

void tell_end(Env& env, const CommandRun& command) {
    MR_ASSERT(command.finished && command.seq > 0);
    CommandRow row;
    row.event_index = env.event_index();
    row.seq = command.seq;
    row.line = command.line;
    row.exit_code = command.exit_code;
    row.output = command.output;
    row.errors = command.errors;
    env.recorder<Observer>().on_command(row);
    env.fact(node_fact(FactKind::command_finished, {command.exit_code, command.seq}));
    env.touch(touch::kCommands | touch::kFacts);
}

/// If the command has ended: tells it and goes on with the next one.
void end_if_finished(Console& console, Env& env) {
    ConsoleMemory& memory = console.memory;
    if (!memory.busy || !memory.command.finished) return;
    MR_ASSERT(memory.life == env.incarnation());
    if (memory.admin.running) close(memory.admin, env);
    tell_end(env, memory.command);
    if (memory.command.exit_code != 0 && console.first_failure.empty())
        console.first_failure = memory.command.line + "\n" + memory.command.output + memory.command.errors;
    console.last = std::move(memory.command);
    forget(console, env);
    start_next(console, env);
}

void fail(ToolCall& call, std::string_view complaint, i32 exit_code) {
    complain(call, complaint);
    finish(call, exit_code);
}

/// `echo WORDS | TOOL ..` gives the words to the tool. Without a pipe echo just prints: false, nothing is left to run.
bool take_pipe(CommandRun& command, std::vector<std::string>& words) {
    MR_ASSERT(!words.empty());
    if (words.front() != "echo" && words.front() != "printf") return true;
    const auto pipe = std::ranges::find(words, "|");
    std::vector<std::string> said(std::next(words.begin()), pipe);
    bool newline = words.front() == "echo", escapes = words.front() == "printf";
    while (!said.empty() && (said.front() == "-n" || said.front() == "-e" || said.front() == "-ne")) {
        newline = newline && said.front().find('n') == std::string::npos;
        escapes = escapes || said.front().find('e') != std::string::npos;
        said.erase(said.begin());
    }
    std::string text = fmt::format("{}{}", fmt::join(said, " "), newline ? "\n" : "");
    for (const auto& [escape, character] : {std::pair{"\\n", "\n"}, {"\\t", "\t"}})
        for (std::size_t at = 0; escapes && (at = text.find(escape, at)) != std::string::npos; ++at)
            text.replace(at, 2, character);
    if (pipe == words.end()) {
        command.output = text;
        return false;
    }
    command.input = text;
    words.erase(words.begin(), std::next(pipe));
    return !words.empty();
}

/// Lets a tool work on what somebody wrote into a file of the console or into a znode. JSON of another shape than the
/// tool takes for granted ends it, as Java's exception would.
template <class Work>
void guarded(ToolCall& call, Work work) {
    try {
        work();
    } catch (const nlohmann::json::exception&) {
        if (call.command.finished) return;
        finish_with_uncaught(call, {"com.fasterxml.jackson.databind.JsonMappingException",
                                    "A value is missing or of another type than expected"});
    }
}

/// The tool has come up: it reads its arguments and asks its first question.
void begin_tool(Console& console, Env& env) {
    MR_ASSERT(console.memory.busy && !console.memory.command.finished);
    MR_ASSERT(!console.memory.admin.running);
    ToolCall call = call_of(console, env);
    auto words = split_command(call.command.line);
    if (!words) return fail(call, words.error(), kSyntaxError);
    if (words->empty()) return finish(call, 0);
    if (!take_pipe(call.command, *words)) return finish(call, 0);
    const bool by_class = words->front().find("kafka-run-class") != std::string::npos && words->size() > 1;
    if (by_class) words->erase(words->begin());   // the class that is named is the tool
    call.command.words = std::move(*words);
    const std::string& name = call.command.words.front();
    const Tool* tool = find_tool(name);
    if (tool == nullptr) return fail(call, fmt::format("bash: {}: command not found", name), kNotFound);
    guarded(call, [&] { tool->begin(call); });
}

void take_results(Console& console, Env& env, const client::AdminResults& results) {
    for (const client::AdminResult& result : results) {
        MR_ASSERT(console.memory.busy && !console.memory.command.words.empty());
        if (console.memory.command.finished) return;
        const Tool* tool = find_tool(console.memory.command.words.front());
        MR_ASSERT(tool != nullptr);
        ToolCall call = call_of(console, env);
        guarded(call, [&] { tool->on_result(call, result); });
    }
}

/// The tool that runs; nullptr if none does.
const Tool* running_tool(const Console& console) {
    const CommandRun& command = console.memory.command;
    return !console.memory.busy || command.finished || command.words.empty() ? nullptr
                                                                             : find_tool(command.words.front());
}

void on_work(Console& console, Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer && notice.timer_kind == kStartTimer) {
        console.memory.starting = {};
        return begin_tool(console, env);
    }
    if (const Tool* tool = running_tool(console); tool != nullptr && tool->on_notice != nullptr) {
        ToolCall call = call_of(console, env);
        guarded(call, [&] { tool->on_notice(call, notice); });
        if (console.memory.command.finished) return;
    }
    if (!concerns(console.memory.admin, notice)) return;
    client::AdminResults results;
    on_notice(console.memory.admin, env, notice, results);
    take_results(console, env, results);
}

}  // namespace

u32 type_command(Console& console, std::string line, std::string input) {
    const u32 seq = console.next_seq++;
    MR_ASSERT(seq > 0);
    console.queue.push_back({seq, std::move(line), std::move(input)});
    return seq;
}

u32 run_command(Console& console, Env& env, std::string line, std::string input) {
    const u32 seq = type_command(console, std::move(line), std::move(input));
    start_next(console, env);
    return seq;
}

void write_file(Console& console, std::string path, std::string content) {
    MR_ASSERT(!path.empty());
    console.files[path] = std::move(content);
}

void interrupt_command(Console& console, Env& env) {
    if (!console.memory.busy) return;
    ToolCall call = call_of(console, env);
    const Tool* tool = running_tool(console);
    env.cancel(console.memory.starting);
    if (tool != nullptr && tool->on_interrupt != nullptr) tool->on_interrupt(call);
    else if (!call.command.finished) finish(call, kInterrupted);
    end_if_finished(console, env);
    start_next(console, env);
}

bool idle(const Console& console) { return !console.memory.busy && console.queue.empty(); }

std::string_view ConsoleNode::timer_name(u16 timer_kind) const {
    return timer_kind < kTimerNames.size() ? kTimerNames[timer_kind] : kTimerNames[0];
}

void ConsoleNode::on_notice(Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::boot) forget(state, env);
    else on_work(state, env, notice);
    end_if_finished(state, env);
    start_next(state, env);
}

}  // namespace engine::tools

template class engine::NodeOf<engine::tools::ConsoleNode>;
