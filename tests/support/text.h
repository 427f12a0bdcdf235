// What tests ask of texts.
#pragma once

#include <string_view>

namespace tests {

inline bool has(std::string_view text, std::string_view part) { return text.contains(part); }

}  // namespace tests
