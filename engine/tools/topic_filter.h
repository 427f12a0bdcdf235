// The regular expression by which tools choose topics: a comma stands for "or", and the whole name must match.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace engine::tools {

/// Those of the names that match; the complaint if the expression is wrong.
std::expected<std::vector<std::string>, std::string> matching(std::string_view expression,
                                                              const std::vector<std::string>& names);

bool is_internal_topic(std::string_view name);

}  // namespace engine::tools
