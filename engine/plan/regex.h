// Java's regular expressions on PCRE2: the pattern is translated where the dialects differ, and a step limit
// ends patterns that would search for ever.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

struct Span {
    std::size_t from = 0;
    std::size_t to = 0;
    bool set = false;
};

/// A compiled pattern. Copies share the code.
struct Regex {
    std::shared_ptr<void> code;
    std::string error;
    u32 groups = 0;

    bool ok() const { return code != nullptr; }
};

enum class Match : u8 { yes, no, gave_up };

/// Kept by pattern text: a statement compiles each once.
const Regex& compile_regex(const std::string& pattern, bool ignore_case = false, bool dot_all = false);
/// First match at or after `from`; groups[0] is the whole.
Match find(const Regex& regex, std::string_view text, std::size_t from, std::vector<Span>& groups);
/// The whole text matches.
Match matches(const Regex& regex, std::string_view text);
/// LIKE's pattern as a regular expression; none if the escape is misplaced.
std::optional<std::string> like_pattern(std::string_view pattern, char escape);

}  // namespace engine::spark
