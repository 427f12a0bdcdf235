// zookeeper-shell: looks at znodes and changes them, one command on its line or one a line of its input.
#pragma once

#include "engine/tools/options.h"
#include "engine/tools/shell_commands.h"
#include "engine/zookeeper/client.h"

namespace engine::tools {

struct ToolCall;

struct ShellTool {
    zookeeper::ZkClient client;
    bool running = false;
    bool interactive = false;              // commands come from the input, line by line
    std::vector<std::string> lines;        // that are still to be carried out
    ShellCommand command;                  // that runs
    i32 exit_code = 0;                     // of the last one
    std::vector<std::string> unlisted;     // of ls -R: whose children are not yet named
    std::vector<std::string> doomed;       // of deleteall: parents before their children
    u32 listed = 0;                        // of these, whose children are known
};

void begin_zookeeper_shell(ToolCall& call);
void on_zookeeper_shell_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
