// `check`: lessons held against the rules of the course and against their own run.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

struct CheckOptions {
    std::vector<std::string> lessons;   // names or files
    bool all = false;                   // every lesson in scenarios/
    bool course = false;                // what holds over all lessons together
};

int check_command(const CheckOptions& options);

}  // namespace app::proof
