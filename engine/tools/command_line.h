// A line of a terminal taken apart as a POSIX shell does it: blanks separate words; 'single' and "double" quotes
// and \ keep what is special. No variables, no patterns.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace engine::tools {

/// The words of a line; the shell's complaint if a quote is not closed.
std::expected<std::vector<std::string>, std::string> split_command(std::string_view line);

}  // namespace engine::tools
