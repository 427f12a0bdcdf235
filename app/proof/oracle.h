// `oracle`: recordings of the real systems, run against ours.
#pragma once

#include <string>
#include <vector>

namespace app::proof {

/// Runs files and folders of recordings, each by what it holds; what has no runner yet fails by name.
int run_oracles(const std::vector<std::string>& paths);

}  // namespace app::proof
