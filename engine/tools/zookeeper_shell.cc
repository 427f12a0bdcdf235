// Sections: words of a command; what is printed; the commands; the session.
#include "engine/tools/zookeeper_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "engine/tools/command_line.h"
#include "engine/tools/tool.h"

namespace engine::tools {
namespace {

using zookeeper::ZkError;
using zookeeper::ZkOp;
using zookeeper::ZkRequest;
using zookeeper::ZkResult;

constexpr i32 kSessionTimeoutMs = 30'000;

// ---- words of a command ---------------------------------------------------------------------------

bool has_flag(const std::vector<std::string>& words, char flag) {
    return std::ranges::any_of(words, [&](const std::string& word) {
        return word.size() > 1 && word[0] == '-' && word.find(flag) != std::string::npos && word[1] != '-';
    });
}

/// The words that are no flags, behind the command's name.
std::vector<std::string> operands(const std::vector<std::string>& words) {
    std::vector<std::string> plain;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const bool takes_version = words[i] == "-v" && i + 1 < words.size();
        if (takes_version) ++i;
        else if (words[i].size() < 2 || words[i][0] != '-') plain.push_back(words[i]);
    }
    return plain;
}

i32 version_of(const std::vector<std::string>& words) {
    const auto at = std::ranges::find(words, "-v");
    if (at == words.end() || std::next(at) == words.end()) return -1;
    i32 version = -1;
    const std::string& text = *std::next(at);
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

std::optional<ZkRequest> read_request(const std::vector<std::string>& words, const std::vector<std::string>& given) {
    const std::string& name = words.front();
    if (given.empty()) return {};
    const bool watch = has_flag(words, 'w');
    if (name == "ls" || name == "ls2") return zookeeper::get_children_request(given[0], watch);
    if (name == "get") return zookeeper::get_data_request(given[0], watch);
    if (name == "stat") return zookeeper::exists_request(given[0], watch);
    if (name == "deleteall" || name == "rmr") return zookeeper::get_children_request(given[0]);
    if (name == "delete") return zookeeper::delete_request(given[0], version_of(words));
    if (name == "set" && given.size() > 1)
        return zookeeper::set_data_request(given[0], zookeeper::ZkData::of(given[1]), version_of(words));
    if (name == "getAcl" || name == "sync") {
        ZkRequest request = zookeeper::exists_request(given[0]);
        request.op = name == "sync" ? ZkOp::sync : ZkOp::get_acl;
        return request;
    }
    if (name != "create") return {};
    const i32 flags =
        (has_flag(words, 'e') ? zookeeper::kEphemeral : 0) | (has_flag(words, 's') ? zookeeper::kSequential : 0);
    ZkRequest request =
        zookeeper::create_request(given[0], given.size() > 1 ? zookeeper::ZkData::of(given[1]) : zookeeper::ZkData{},
                                  has_flag(words, 'c') ? zookeeper::kContainer : flags);
    if (has_flag(words, 'c')) request.op = ZkOp::create_container;
    return request;
}

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

std::string exception_of(ZkError error, const std::string& path) {
    MR_ASSERT(zookeeper::failed(error));
    const auto name = zookeeper::name_of(error);
    return fmt::format("org.apache.zookeeper.KeeperException${}Exception: KeeperErrorCode = {} for {}", name,
                       name == "NotEmpty" ? "Directory not empty" : name, path);
}

void print_result(ToolCall& call, const std::vector<std::string>& words, const ZkResult& result) {
    MR_ASSERT(!words.empty() && !failed(result.error));
    const std::string& name = words.front();
    std::vector<std::string> children = result.children;
    std::ranges::sort(children);
    if (name == "ls" || name == "ls2") print(call, fmt::format("[{}]", fmt::join(children, ", ")));
    if (name == "get") print(call, result.data.is_null ? "null" : result.data.bytes);
    if (name == "create") print(call, "Created " + result.path);
    if (name == "sync") print(call, "Sync is OK");
    if (name == "getAcl")
        for (const zookeeper::Acl& acl : result.acl) print(call, acl_text(acl));
    const bool with_stat =
        name == "stat" || name == "ls2" || ((name == "ls" || name == "get" || name == "set") && has_flag(words, 's'));
    if (with_stat) print_stat(call, result.stat);
}

constexpr std::array kCommands = {"addauth scheme auth",
                                  "close",
                                  "create [-s] [-e] [-c] path [data]",
                                  "delete [-v version] path",
                                  "deleteall path",
                                  "get [-s] [-w] path",
                                  "getAcl path",
                                  "ls [-s] [-w] path",
                                  "quit",
                                  "set [-s] [-v version] path data",
                                  "stat [-w] path",
                                  "sync path"};

void print_help(ToolCall& call, const std::string& word) {
    complain(call, "ZooKeeper -server host:port cmd args");
    for (const char* line : kCommands) complain(call, fmt::format("\t{}", line));
    if (!word.empty()) complain(call, fmt::format("Command not found: Command not found {}", word));
}

// ---- the commands ---------------------------------------------------------------------------------

void submit_next(ToolCall& call);

void end_shell(ToolCall& call, i32 exit_code) {
    MR_ASSERT(call.states.shell.running);
    zookeeper::close(call.states.shell.client, call.env);
    finish(call, exit_code);
}

/// A command is over. On its own it is all the shell was asked for.
void end_command(ToolCall& call, i32 exit_code) {
    if (!call.states.shell.interactive) return end_shell(call, exit_code);
    submit_next(call);
}

void submit_line(ToolCall& call, std::vector<std::string> words) {
    ShellTool& shell = call.states.shell;
    MR_ASSERT(!words.empty() && !call.command.finished);
    shell.words = std::move(words);
    if (shell.words.front() == "quit") return end_shell(call, 0);
    auto request = read_request(shell.words, operands(shell.words));
    if (!request) {
        print_help(call, operands(shell.words).empty() && shell.words.size() == 1 ? shell.words.front() : "");
        return end_command(call, 1);
    }
    shell.listed = 0;
    shell.doomed.clear();
    if (shell.words.front() == "deleteall" || shell.words.front() == "rmr") shell.doomed.push_back(request->path);
    submit(shell.client, call.env, std::move(*request), 1);
}

void submit_next(ToolCall& call) {
    ShellTool& shell = call.states.shell;
    while (!shell.lines.empty()) {
        const std::string line = shell.lines.front();
        shell.lines.erase(shell.lines.begin());
        auto words = split_command(line);
        if (words && !words->empty()) return submit_line(call, std::move(*words));
    }
    end_shell(call, 0);
}

/// deleteall looks into every node first, then deletes from the deepest up.
void go_on_deleting(ToolCall& call, const ZkResult& result) {
    ShellTool& shell = call.states.shell;
    MR_ASSERT(!shell.doomed.empty() && shell.listed <= shell.doomed.size());
    if (shell.listed < shell.doomed.size()) {
        const std::string path = shell.doomed[shell.listed++];
        for (const std::string& child : result.children)
            shell.doomed.push_back(path == "/" ? "/" + child : path + "/" + child);
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

void on_reply(ToolCall& call, const ZkResult& result) {
    ShellTool& shell = call.states.shell;
    const std::vector<std::string> given = operands(shell.words);
    if (failed(result.error)) {
        complain(call, exception_of(result.error, given.empty() ? result.path : given.front()));
        return end_command(call, 1);
    }
    if (!shell.doomed.empty()) return go_on_deleting(call, result);
    print_result(call, shell.words, result);
    end_command(call, 0);
}

// ---- the session ----------------------------------------------------------------------------------

void on_connected(ToolCall& call) {
    MR_ASSERT(call.states.shell.running && !call.arguments().empty());
    ShellTool& shell = call.states.shell;
    print(call, "");
    print(call, "WATCHER::");
    print(call, "");
    print(call, "WatchedEvent state:SyncConnected type:None path:null");
    if (shell.interactive) return submit_next(call);
    const auto words = call.arguments().subspan(1);
    submit_line(call, {words.begin(), words.end()});
}

void on_watch(ToolCall& call, const zookeeper::WatchEvent& event) {
    constexpr std::array kTypes = {"None", "NodeCreated", "NodeDeleted", "NodeDataChanged", "NodeChildrenChanged"};
    print(call, "");
    print(call, "WATCHER::");
    print(call, "");
    print(call, fmt::format("WatchedEvent state:SyncConnected type:{} path:{}",
                            kTypes.at(static_cast<std::size_t>(event.type)), event.path));
}

}  // namespace

void begin_zookeeper_shell(ToolCall& call) {
    ShellTool& shell = call.states.shell;
    if (call.arguments().empty()) {
        complain(call, "USAGE: bin/zookeeper-shell.sh zookeeper_host:port[/path] [-zk-tls-config-file file] [args...]");
        return finish(call, 1);
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
        const std::string& input = call.command.input;
        for (std::size_t at = 0; at < input.size();) {
            const std::size_t end = std::min(input.find('\n', at), input.size());
            shell.lines.push_back(input.substr(at, end - at));
            at = end + 1;
        }
    }
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
        else if (event.kind == zookeeper::ZkEventKind::expired) end_shell(call, 1);
    }
}

}  // namespace engine::tools
