// Recorded files of a partition's directory: read with our own code, written again, and compared byte by byte.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace app::proof {

/// Runs the `checks` of a recording of disk files. What does not hold, a line each.
std::vector<std::string> check_disk_files(const nlohmann::json& recording);

}  // namespace app::proof
