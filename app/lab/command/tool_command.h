// `tool`: a script of Kafka's command lines, run on the console of a fresh cluster.
#pragma once

#include <string>

namespace app::lab {

struct ToolOptions {
    std::string script;          // a file, or "-" for standard input
    int brokers = 1;
    std::string version = "3.9";
};

/// Prints what the commands print; the exit code is the last one's, as a shell has it.
int tool_command(const ToolOptions& options);

}  // namespace app::lab
