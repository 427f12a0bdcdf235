// Sections: the table; words; requests; errors.
#include "engine/tools/shell_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/assert.h"

namespace engine::tools {
namespace {

using zookeeper::ZkData;
using zookeeper::ZkError;
using zookeeper::ZkOp;
using zookeeper::ZkRequest;

// ---- the table ------------------------------------------------------------------------------------

struct CommandSpec {
    std::string_view name, usage;
    std::string_view flags = {}, valued = {};   // letters
    std::size_t least = 0;                      // operands
    std::string_view advice = {};               // instead of a further operand
};
constexpr std::array kShellCommands = {
    CommandSpec{"addauth", "scheme auth", "", "", 1},
    CommandSpec{"close", ""},
    CommandSpec{"config", "[-c] [-w] [-s]", "cws"},
    CommandSpec{"connect", "host:port"},
    CommandSpec{"create", "[-s] [-e] [-c] [-t ttl] path [data] [acl]", "sec", "t", 1},
    CommandSpec{"delete", "[-v version] path", "", "v", 1,
                "'delete path [version]' has been deprecated. Please use 'delete [-v version] path' instead."},
    CommandSpec{"deleteall", "path", "", "", 1},
    CommandSpec{"delquota", "[-n|-b] path", "nb", "", 1},
    CommandSpec{"get", "[-s] [-w] path", "sw", "", 1,
                "'get path [watch]' has been deprecated. Please use 'get [-s] [-w] path' instead."},
    CommandSpec{"getAcl", "[-s] path", "s", "", 1},
    CommandSpec{"history", ""},
    CommandSpec{"listquota", "path", "", "", 1},
    CommandSpec{"ls", "[-s] [-w] [-R] path", "?swR", "", 1,
                "'ls path [watch]' has been deprecated. Please use 'ls [-w] path' instead."},
    CommandSpec{"ls2", "path [watch]", "", "", 1},
    CommandSpec{"printwatches", "on|off"},
    CommandSpec{"quit", ""},
    CommandSpec{"reconfig",
                "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | [-add "
                "serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]"},
    CommandSpec{"redo", "cmdno"},
    CommandSpec{"removewatches", "path [-c|-d|-a] [-l]", "cdal", "", 1},
    CommandSpec{"rmr", "path", "", "", 1},
    CommandSpec{"set", "[-s] [-v version] path data", "s", "v", 2},
    CommandSpec{"setAcl", "[-s] [-v version] [-R] path acl", "sR", "v", 2},
    CommandSpec{"setquota", "-n|-b val path", "", "nb", 1},
    CommandSpec{"stat", "[-w] path", "w", "", 1,
                "'stat path [watch]' has been deprecated. Please use 'stat [-w] path' instead."},
    CommandSpec{"sync", "path", "", "", 1},
};
static_assert(std::ranges::is_sorted(kShellCommands, {}, &CommandSpec::name));

const CommandSpec* find_command(std::string_view name) {
    const auto at = std::ranges::find(kShellCommands, name, &CommandSpec::name);
    return at == kShellCommands.end() ? nullptr : &*at;
}

std::unexpected<ShellMistake> refuse(std::string message) {
    MR_ASSERT(!message.empty());
    return std::unexpected(ShellMistake{std::move(message)});
}

// ---- words ----------------------------------------------------------------------------------------

/// Letters behind a dash; one that wants an argument takes the rest of the word, or the next one.
std::expected<void, ShellMistake> take_letters(const CommandSpec& spec, const std::vector<std::string>& words,
                                               std::size_t& at, ShellCommand& command) {
    const std::string& word = words[at];
    for (std::size_t i = 1; i < word.size(); ++i) {
        if (spec.flags.find(word[i]) != std::string_view::npos) {
            command.flags += word[i];
            continue;
        }
        if (spec.valued.find(word[i]) == std::string_view::npos)
            return refuse("org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: " + word);
        if (i + 1 == word.size() && at + 1 == words.size())
            return refuse(fmt::format(
                "org.apache.commons.cli.MissingArgumentException: Missing argument for option: {}", word[i]));
        command.values[word[i]] = i + 1 < word.size() ? word.substr(i + 1) : words[++at];
        return {};
    }
    return {};
}

std::optional<i64> number_of_flag(const ShellCommand& command, char flag) {
    const std::string* text = command.values.find(flag);
    MR_ASSERT(text != nullptr);
    i64 number = 0;
    const auto [end, status] = std::from_chars(text->data(), text->data() + text->size(), number);
    return status == std::errc{} && end == text->data() + text->size() ? std::optional(number) : std::nullopt;
}

// ---- requests -------------------------------------------------------------------------------------

std::vector<zookeeper::Acl> acl_list(std::string_view text) {
    std::vector<zookeeper::Acl> acls;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view one = text.substr(at, end - at);
        const std::size_t first = one.find(':'), last = one.rfind(':');
        at = end + 1;
        if (first == last) continue;
        zookeeper::Acl acl{0, std::string(one.substr(0, first)), std::string(one.substr(first + 1, last - first - 1))};
        for (const char letter : one.substr(last + 1))
            acl.perms |= letter == 'r'   ? 1
                         : letter == 'w' ? 2
                         : letter == 'c' ? 4
                         : letter == 'd' ? 8
                         : letter == 'a' ? 16
                                         : 0;
        acls.push_back(std::move(acl));
    }
    return acls;
}

std::expected<ZkRequest, ShellMistake> create_of(const ShellCommand& command) {
    const bool container = command.has('c'), ephemeral = command.has('e'), timed = command.has('t');
    MR_ASSERT(command.name == "create" && !command.operands.empty());
    if (container && (ephemeral || command.has('s')))
        return refuse("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.");
    const auto ttl = timed ? number_of_flag(command, 't') : std::optional<i64>(0);
    if (!ttl) return refuse("-t argument must be a long value");
    if (timed && ephemeral) return refuse("TTLs cannot be used with Ephemeral znodes");
    if (timed && container) return refuse("TTLs cannot be used with Container znodes");
    const auto& words = command.operands;
    const i32 flags = (ephemeral ? zookeeper::kEphemeral : 0) | (command.has('s') ? zookeeper::kSequential : 0);
    ZkRequest request = zookeeper::create_request(words[0], words.size() > 1 ? ZkData::of(words[1]) : ZkData{},
                                                  container ? zookeeper::kContainer : flags);
    if (container) request.op = ZkOp::create_container;
    if (words.size() > 2) request.acl = acl_list(words[2]);
    if (!timed) return request;
    request.op = ZkOp::create_ttl;
    request.flags = command.has('s') ? zookeeper::kTtlSequential : zookeeper::kTtl;
    request.ttl_ms = *ttl;
    return request;
}

ZkRequest request_with(ZkOp op, const std::string& path) {
    ZkRequest request = zookeeper::exists_request(path);
    request.op = op;
    return request;
}

std::expected<ZkRequest, ShellMistake> change_of(const ShellCommand& command) {
    const std::string& path = command.operands[0];
    const auto given = command.values.contains('v') ? number_of_flag(command, 'v') : std::optional<i64>(-1);
    if (!given) return refuse(fmt::format("For input string: \"{}\"", *command.values.find('v')));
    const auto version = static_cast<i32>(*given);
    if (command.name == "delete") return zookeeper::delete_request(path, version);
    if (command.name == "set") return zookeeper::set_data_request(path, ZkData::of(command.operands[1]), version);
    MR_ASSERT(command.name == "setAcl");
    ZkRequest request = request_with(ZkOp::set_acl, path);
    request.acl = acl_list(command.operands[1]);
    request.version = version;
    return request;
}

}  // namespace

std::string path_complaint(std::string_view path) {
    if (path.empty()) return "Path length must be > 0";
    if (path.front() != '/') return "Path must start with / character";
    if (path.size() == 1) return "";
    if (path.back() == '/') return "Path must not end with / character";
    const auto ends_part = [&](std::size_t at) { return at + 1 == path.size() || path[at + 1] == '/'; };
    for (std::size_t i = 1; i < path.size(); ++i) {
        const bool dots = path[i] == '.' && ends_part(i) &&
                          (path[i - 1] == '/' || (path[i - 1] == '.' && i >= 2 && path[i - 2] == '/'));
        const std::string_view reason = path[i] == '\0'                        ? "null character not allowed"
                                        : path[i] == '/' && path[i - 1] == '/' ? "empty node name specified"
                                        : dots                                 ? "relative paths not allowed"
                                        : path[i] > 0 && path[i] < ' '         ? "invalid character"
                                                                               : "";
        if (!reason.empty()) return fmt::format("Invalid path string \"{}\" caused by {} @{}", path, reason, i);
    }
    return "";
}

std::expected<ShellCommand, ShellMistake> parse_shell_command(const std::vector<std::string>& words) {
    MR_ASSERT(!words.empty());
    const CommandSpec* spec = find_command(words.front());
    if (spec == nullptr)
        return std::unexpected(ShellMistake{"Command not found: Command not found " + words.front(), true});
    ShellCommand command;
    command.name = words.front();
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (words[at].size() < 2 || words[at].front() != '-') command.operands.push_back(words[at]);
        else if (const auto taken = take_letters(*spec, words, at, command); !taken)
            return std::unexpected(taken.error());
    }
    if (command.operands.size() < spec->least) return refuse(fmt::format("{} {}", spec->name, spec->usage));
    if (!spec->advice.empty() && command.operands.size() > 1 && command.name != "delete") command.flags += 'w';
    return command;
}

std::string deprecation_of(const ShellCommand& command) {
    MR_ASSERT(!command.name.empty());
    const CommandSpec* spec = find_command(command.name);
    MR_ASSERT(spec != nullptr);
    if (!spec->advice.empty() && command.operands.size() > 1) return std::string(spec->advice);
    if (command.name == "ls2") return "'ls2' has been deprecated. Please use 'ls [-s] path' instead.";
    if (command.name == "rmr") return "The command 'rmr' has been deprecated. Please use 'deleteall' instead.";
    return "";
}

std::expected<std::optional<ZkRequest>, ShellMistake> request_of(const ShellCommand& command) {
    MR_ASSERT(find_command(command.name) != nullptr);
    if (command.name == "config") return zookeeper::get_data_request("/zookeeper/config", command.has('w'));
    const CommandSpec* spec = find_command(command.name);
    if (spec->least == 0 || command.name == "addauth") return std::nullopt;
    std::string path = command.operands.front();
    const bool of_quota = command.name == "listquota" || command.name == "delquota";
    if (of_quota) path = "/zookeeper/quota" + path + "/zookeeper_limits";
    const bool sequential = command.name == "create" && command.has('s');
    if (std::string wrong = path_complaint(sequential ? path + "1" : path); !wrong.empty())
        return refuse(std::move(wrong));
    const bool watch = command.has('w');
    if (command.name == "ls" && command.has('R')) return zookeeper::get_data_request(path, watch);
    if (command.name == "ls" || command.name == "ls2" || command.name == "deleteall" || command.name == "rmr")
        return zookeeper::get_children_request(path, watch);
    if (command.name == "get" || command.name == "listquota") return zookeeper::get_data_request(path, watch);
    if (command.name == "stat" || command.name == "delquota") return zookeeper::exists_request(path, watch);
    if (command.name == "getAcl") return request_with(ZkOp::get_acl, path);
    if (command.name == "sync") return request_with(ZkOp::sync, path);
    if (command.name == "create") return create_of(command);
    if (command.name == "delete" || command.name == "set" || command.name == "setAcl") return change_of(command);
    if (command.name == "removewatches") return zookeeper::exists_request(path);
    return refuse(fmt::format("This console has no command {}", command.name));
}

std::vector<std::string> shell_commands() {
    std::vector<std::string> lines;
    for (const CommandSpec& spec : kShellCommands) lines.push_back(fmt::format("{} {}", spec.name, spec.usage));
    MR_ASSERT(lines.size() == kShellCommands.size());
    return lines;
}

std::string shell_error(std::string_view command, ZkError error, const std::string& path) {
    MR_ASSERT(zookeeper::failed(error));
    const auto name = zookeeper::name_of(error);
    const std::string plain =
        fmt::format("KeeperErrorCode = {} for {}", name == "NotEmpty" ? "Directory not empty" : name, path);
    if (command == "get") return fmt::format("org.apache.zookeeper.KeeperException${}Exception: {}", name, plain);
    switch (error) {
        case ZkError::no_node: return "Node does not exist: " + path;
        case ZkError::no_children_for_ephemerals: return "Ephemerals cannot have children: " + path;
        case ZkError::node_exists: return "Node already exists: " + path;
        case ZkError::not_empty: return "Node not empty: " + path;
        case ZkError::invalid_acl: return "Acl is not valid : " + path;
        case ZkError::no_auth: return "Authentication is not valid : " + path;
        case ZkError::bad_arguments: return "Arguments are not valid : " + path;
        case ZkError::bad_version: return "version No is not valid : " + path;
        default: return plain;
    }
}

}  // namespace engine::tools
