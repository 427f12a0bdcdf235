// Text in parts. What is given points into the text.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace sim {

/// The parts that each end with `by`; the last one may lack it. None of an empty text.
inline std::vector<std::string_view> parts_of(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(by, at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

/// Lines without their ends.
inline std::vector<std::string_view> lines_of(std::string_view text) { return parts_of(text, '\n'); }

}  // namespace sim
