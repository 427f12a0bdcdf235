// The commands of zookeeper-shell: which there are, how their words are taken apart, and the request that each stands
// for. Private to that tool.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "engine/zookeeper/jute.h"
#include "sim/base/flat_map.h"

namespace engine::tools {

struct ShellCommand {
    std::string name;
    std::string flags;                                // letters without an argument
    sim::FlatMap<char, std::string> values;           // letters with one
    std::vector<std::string> operands;                // behind the name

    [[nodiscard]] bool has(char flag) const { return flags.find(flag) != std::string::npos || values.contains(flag); }
};

/// Why a command cannot be carried out. An unknown one comes with the list of those there are.
struct ShellMistake {
    std::string message;
    bool is_unknown = false;
};

/// Takes a command apart. Requires at least one word.
std::expected<ShellCommand, ShellMistake> parse_shell_command(const std::vector<std::string>& words);
/// What is said of an old way to write a command; "" if nothing is.
std::string deprecation_of(const ShellCommand& command);
/// What the command asks the server first; nothing if it asks nothing.
std::expected<std::optional<zookeeper::ZkRequest>, ShellMistake> request_of(const ShellCommand& command);

/// What ZooKeeper's Java client says of a path that is none; "" of one that is. Requires plain ASCII.
std::string path_complaint(std::string_view path);
/// "name usage" of each command, sorted.
std::vector<std::string> shell_commands();
/// What the shell says of an error of the server.
std::string shell_error(std::string_view command, zookeeper::ZkError error, const std::string& path);

}  // namespace engine::tools
