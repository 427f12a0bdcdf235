// Sections: what is printed; the commands; the session.
#include "engine/tools/zookeeper_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/tools/command_line.h"
#include "engine/tools/tool.h"
#include "sim/base/lines.h"

namespace engine::tools {
namespace {

using zookeeper::ZkError;
using zookeeper::ZkOp;
using zookeeper::ZkResult;

constexpr i32 kSessionTimeoutMs = 30'000;

// ---- what is printed ------------------------------------------------------------------------------

/// As java.util.Date prints a moment: "Mon Jan 05 12:00:00 UTC 2026".
std::string java_date(i64 epoch_ms) {
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds{epoch_ms}};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{moment - day};
    return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {}", kDays[std::chrono::weekday{day}.c_encoding()],
                       kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       static_cast<int>(date.year()));
}

void print_stat(ToolCall& call, const zookeeper::Stat& stat) {
    print(call, fmt::format("cZxid = 0x{:x}", stat.czxid));
    print(call, fmt::format("ctime = {}", java_date(stat.ctime)));
    print(call, fmt::format("mZxid = 0x{:x}", stat.mzxid));
    print(call, fmt::format("mtime = {}", java_date(stat.mtime)));
    print(call, fmt::format("pZxid = 0x{:x}", stat.pzxid));
    print(call, fmt::format("cversion = {}", stat.cversion));
    print(call, fmt::format("dataVersion = {}", stat.version));
    print(call, fmt::format("aclVersion = {}", stat.aversion));
    print(call, fmt::format("ephemeralOwner = 0x{:x}", stat.ephemeral_owner));
    print(call, fmt::format("dataLength = {}", stat.data_length));
    print(call, fmt::format("numChildren = {}", stat.num_children));
}

std::string acl_text(const zookeeper::Acl& acl) {
    std::string perms;
    for (const auto& [bit, letter] : {std::pair{4, 'c'}, {8, 'd'}, {1, 'r'}, {2, 'w'}, {16, 'a'}})
        if ((acl.perms & bit) != 0) perms += letter;
    return fmt::format("'{},'{}\n: {}", acl.scheme, acl.id, perms);
}

/// Names as they are shown: sorted, or as the old command leaves them.
void print_children(ToolCall& call, const ShellCommand& command, const ZkResult& result) {
    std::vector<std::string> children = result.children;
    std::ranges::sort(children);
    const std::string list = fmt::format("[{}]", fmt::join(children, ", "));
    if (command.name == "ls2") print(call, list);
    if (command.name == "ls2") return print_stat(call, result.stat);
    if (!command.has('s')) return print(call, list);
    call.command.output += list;   // the node's state follows on the same line, and an empty line that
    print_stat(call, result.stat);
    print(call, "");
}

void print_result(ToolCall& call, const ShellCommand& command, const ZkResult& result) {
    MR_ASSERT(!failed(result.error));
    const std::string& name = command.name;
    if (name == "ls" || name == "ls2") return print_children(call, command, result);
    if (name == "get" || name == "config")
        print(call, result.data.is_null ? (name == "get" ? "null" : "") : result.data.bytes);
    if (name == "create") complain(call, "Created " + result.path);
    if (name == "sync") print(call, "Sync is OK");
    if (name == "getAcl")
        for (const zookeeper::Acl& acl : result.acl) print(call, acl_text(acl));
    const bool with_stat = name == "stat" || ((name == "get" || name == "set" || name == "config" || name == "getAcl" ||
                                               name == "setAcl") &&
                                              command.has('s'));
    if (with_stat) print_stat(call, result.stat);
}

// ---- the commands ---------------------------------------------------------------------------------

constexpr i32 kShellFailed = 1, kShellUnknown = 127;

void submit_next(ToolCall& call);

void end_shell(ToolCall& call) {
    MR_ASSERT(call.states.shell.running);
    zookeeper::close(call.states.shell.client, call.env);
    finish(call, call.states.shell.exit_code);
}

void print_event(ToolCall& call, std::string_view state, std::string_view type, std::string_view path) {
    print(call, "");
    print(call, "WATCHER::");
    print(call, "");
    print(call, fmt::format("WatchedEvent state:{} type:{} path:{}", state, type, path));
}

/// A command is over. On its own it is all the shell was asked for.
void end_command(ToolCall& call, i32 exit_code) {
    call.states.shell.exit_code = exit_code;
    if (!call.states.shell.interactive) return end_shell(call);
    submit_next(call);
}

void tell_mistake(ToolCall& call, const ShellMistake& mistake) {
    MR_ASSERT(!mistake.message.empty());
    if (mistake.is_unknown) {
        complain(call, "ZooKeeper -server host:port [-zk-tls-config-file <file>] cmd args");
        for (const std::string& line : shell_commands()) complain(call, fmt::format("\t{}", line));
    }
    complain(call, mistake.message);
}

/// Commands that ask the server nothing. True if this is one that the shell answers on the spot.
bool answered_locally(ToolCall& call, const ShellCommand& command) {
    const std::vector<std::string>& operands = command.operands;
    if (command.name == "history") print(call, "0 - null");
    if (command.name == "printwatches" && operands.empty()) print(call, "printwatches is on");
    return command.name == "history" || command.name == "printwatches" || command.name == "addauth" ||
           command.name == "reconfig";
}

void submit_line(ToolCall& call, const ShellCommand& command) {
    ShellTool& shell = call.states.shell;
    MR_ASSERT(!call.command.finished);
    shell.command = command;
    if (command.name == "quit" || command.name == "close" || command.name == "connect") {
        print_event(call, "Closed", "None", "null");
        return command.name == "quit" ? end_shell(call) : end_command(call, 0);
    }
    if (const std::string advice = deprecation_of(command); !advice.empty()) complain(call, advice);
    if (command.name == "listquota")
        complain(call, fmt::format("absolute path is /zookeeper/quota{}/zookeeper_limits", command.operands.front()));
    const auto request = request_of(command);
    if (!request) {
        tell_mistake(call, request.error());
        return end_command(call, kShellFailed);
    }
    if (!*request) {
        (void)answered_locally(call, command);
        return end_command(call, 0);
    }
    shell.listed = 0;
    shell.unlisted.clear();
    shell.doomed.clear();
    if (command.name == "deleteall" || command.name == "rmr") shell.doomed.push_back((*request)->path);
    submit(shell.client, call.env, **request, 1);
}

void submit_next(ToolCall& call) {
    ShellTool& shell = call.states.shell;
    while (!shell.lines.empty()) {
        const std::string line = shell.lines.front();
        shell.lines.erase(shell.lines.begin());
        const auto words = split_command(line);
        if (!words || words->empty()) continue;
        const auto command = parse_shell_command(*words);
        if (command) return submit_line(call, *command);
        tell_mistake(call, command.error());
        shell.exit_code = command.error().is_unknown ? kShellUnknown : kShellFailed;
    }
    end_shell(call);
}

/// deleteall looks into every node first, then deletes from the deepest up.
void go_on_deleting(ToolCall& call, const ZkResult& result) {
    ShellTool& shell = call.states.shell;
    MR_ASSERT(!shell.doomed.empty() && shell.listed <= shell.doomed.size());
    if (shell.listed < shell.doomed.size()) {
        const std::string path = shell.doomed[shell.listed++];
        for (const std::string& child : result.children) {
            const std::string below = path + "/" + child;
            // Below the root that is no path, which is what keeps the root from being deleted.
            if (const std::string wrong = path_complaint(below); !wrong.empty()) {
                complain(call, wrong);
                return end_command(call, kShellFailed);
            }
            shell.doomed.push_back(below);
        }
        if (shell.listed < shell.doomed.size())
            return submit(shell.client, call.env, zookeeper::get_children_request(shell.doomed[shell.listed]), 1);
    } else {
        shell.doomed.pop_back();
        --shell.listed;
    }
    MR_ASSERT(shell.listed == shell.doomed.size());
    if (shell.doomed.empty()) return end_command(call, 0);
    submit(shell.client, call.env, zookeeper::delete_request(shell.doomed.back()), 1);
}

/// ls -R: the children of a node are named, then looked into one after the other.
void go_on_listing(ToolCall& call, const ZkResult& result) {
    ShellTool& shell = call.states.shell;
    MR_ASSERT(shell.unlisted.empty() == (result.op == ZkOp::get_data));
    if (result.op == ZkOp::get_data) {
        print(call, shell.command.operands.front());
        shell.unlisted.push_back(shell.command.operands.front());
    } else {
        const std::string parent = shell.unlisted.front() == "/" ? "" : shell.unlisted.front();
        shell.unlisted.erase(shell.unlisted.begin());
        std::vector<std::string> paths;
        for (const std::string& child : result.children) paths.push_back(parent + "/" + child);
        std::ranges::sort(paths);
        for (const std::string& path : paths) print(call, path);
        shell.unlisted.insert(shell.unlisted.begin(), paths.begin(), paths.end());
    }
    if (shell.unlisted.empty()) return end_command(call, 0);
    submit(shell.client, call.env, zookeeper::get_children_request(shell.unlisted.front()), 1);
}

/// Commands about quotas and watches, of which there are none.
bool answered_without(ToolCall& call, const ShellCommand& command, bool missing) {
    MR_ASSERT(!command.operands.empty());
    const std::string& path = command.operands.front();
    if (command.name == "listquota" && missing) complain(call, fmt::format("quota for {} does not exist.", path));
    else if (command.name == "delquota" && missing) print(call, "Quota does not exist for " + path);
    else if (command.name != "removewatches") return false;
    const bool watches = command.name == "removewatches";
    if (watches) complain(call, "KeeperErrorCode = No such watcher for " + path);
    end_command(call, watches ? kShellFailed : 0);
    return true;
}

void on_reply(ToolCall& call, const ZkResult& result) {
    ShellTool& shell = call.states.shell;
    const ShellCommand command = shell.command;
    const bool has_path = !command.operands.empty();
    MR_ASSERT(!command.name.empty() && shell.running);
    if (has_path && answered_without(call, command, result.error == ZkError::no_node)) return;
    if (failed(result.error)) {
        complain(call, shell_error(command.name, result.error, has_path ? command.operands.front() : result.path));
        return end_command(call, kShellFailed);
    }
    if (!shell.doomed.empty()) return go_on_deleting(call, result);
    if (command.name == "ls" && command.has('R')) return go_on_listing(call, result);
    print_result(call, command, result);
    end_command(call, 0);
}

// ---- the session ----------------------------------------------------------------------------------

void on_connected(ToolCall& call) {
    MR_ASSERT(call.states.shell.running && !call.arguments().empty());
    print_event(call, "SyncConnected", "None", "null");
    if (call.states.shell.interactive) return submit_next(call);
    submit_line(call, ShellCommand(call.states.shell.command));
}

void on_watch(ToolCall& call, const zookeeper::WatchEvent& event) {
    constexpr std::array kTypes = {"None", "NodeCreated", "NodeDeleted", "NodeDataChanged", "NodeChildrenChanged"};
    print_event(call, "SyncConnected", kTypes.at(static_cast<std::size_t>(event.type)), event.path);
}

/// A single command that needs no connection, or is none, is over before there is one.
bool ended_at_once(ToolCall& call) {
    const auto words = call.arguments().subspan(1);
    const auto command = parse_shell_command({words.begin(), words.end()});
    const auto end = [&](i32 exit_code) {
        finish(call, exit_code);
        return true;
    };
    if (!command) {
        tell_mistake(call, command.error());
        return end(command.error().is_unknown ? kShellUnknown : kShellFailed);
    }
    call.states.shell.command = *command;
    if (command->name == "redo" && !command->operands.empty()) {
        complain(call, "Command index out of range");
        return end(kShellFailed);
    }
    if (answered_locally(call, *command)) return end(0);
    const auto request = request_of(*command);
    if (request) return false;
    if (const std::string advice = deprecation_of(*command); !advice.empty()) complain(call, advice);
    if (command->name == "listquota")
        complain(call, fmt::format("absolute path is /zookeeper/quota{}/zookeeper_limits", command->operands.front()));
    tell_mistake(call, request.error());
    return end(kShellFailed);
}

}  // namespace

void begin_zookeeper_shell(ToolCall& call) {
    ShellTool& shell = call.states.shell;
    if (call.arguments().empty()) {
        complain(call, "USAGE: bin/zookeeper-shell.sh zookeeper_host:port[/path] [-zk-tls-config-file file] [args...]");
        return finish(call, kShellFailed);
    }
    const std::string& address = call.arguments().front();
    if (!point_at_zookeeper(call, address, shell.client)) {
        complain(call, fmt::format("Unable to connect to {}", address));
        return finish(call, 1);
    }
    print(call, "Connecting to " + address);
    shell.interactive = call.arguments().size() == 1;
    if (shell.interactive) {
        print(call, "Welcome to ZooKeeper!");
        print(call, "JLine support is disabled");
        for (const std::string_view line : sim::lines_of(call.command.input)) shell.lines.emplace_back(line);
    }
    if (!shell.interactive && ended_at_once(call)) return;
    shell.client.asked_timeout_ms = kSessionTimeoutMs;
    shell.running = true;
    zookeeper::open(shell.client, call.env);
}

void on_zookeeper_shell_notice(ToolCall& call, sim::Notice& notice) {
    ShellTool& shell = call.states.shell;
    if (!shell.running || !concerns(shell.client, notice)) return;
    for (const zookeeper::ZkEvent& event : zookeeper::on_notice(shell.client, call.env, notice)) {
        if (call.command.finished) return;
        if (event.kind == zookeeper::ZkEventKind::session_opened) on_connected(call);
        else if (event.kind == zookeeper::ZkEventKind::reply) on_reply(call, event.result);
        else if (event.kind == zookeeper::ZkEventKind::watch) on_watch(call, event.watch);
        else if (event.kind == zookeeper::ZkEventKind::expired) end_shell(call);
    }
}

}  // namespace engine::tools
