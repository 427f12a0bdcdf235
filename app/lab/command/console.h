// How commands speak: lines to standard output, problems and progress to standard error, an exit code.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace app::lab {

constexpr int kGood = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// What cannot be written is noticed once, at the end: see all_was_printed.
inline void print_line(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
}
/// False if standard output took less than it was given: a full disk, a reader that left.
inline bool all_was_printed() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }
inline int complain(const std::string& problem) {
    std::fflush(stdout);
    fmt::print(stderr, "millrace: {}\n", problem);
    return kFailed;
}

}  // namespace app::lab
