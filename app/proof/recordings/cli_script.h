// Recorded terminals: command lines, what was typed into them, what they printed and how they ended, run against one
// cluster that stays up.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

struct CliResult {
    int passed = 0;                         // blocks
    std::vector<std::string> complaints;    // one a block that differs
};

CliResult run_cli_script(const std::string& text);

}  // namespace app::proof
