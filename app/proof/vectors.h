// `vectors`: recorded inputs of the real systems, put into our code; what comes out must be what was recorded.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace app::proof {

struct VectorTally {
    int passed = 0;
    int failed = 0;
};

/// Runs all vectors of these files; a line for each that failed goes to `tell`. A file that cannot be read and a
/// category that no code answers for count as failures, by name.
VectorTally check_vectors(std::span<const std::string> files, const std::function<void(std::string_view)>& tell);

/// The command: complaints and the tally to standard output, progress to standard error.
int run_vectors(std::span<const std::string> files);

}  // namespace app::proof
