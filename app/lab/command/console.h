// How commands speak: lines to standard output, problems and progress to standard error, an exit code.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace app::lab {

constexpr int kGood = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

inline void print_line(const std::string& line) { fmt::print("{}\n", line); }
inline int complain(const std::string& problem) {
    std::fflush(stdout);
    fmt::print(stderr, "millrace: {}\n", problem);
    return kFailed;
}

}  // namespace app::lab
