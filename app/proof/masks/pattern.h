// Regular expressions (ECMAScript's) of masks and recorded words. The library's templates are compiled once, in
// pattern.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace app::proof {

class Pattern {
public:
    enum class Letters { exact, of_any_case };

    /// Throws std::regex_error if the text is no pattern: patterns are written in the program and in recordings.
    /// `^` and `$` stand for the ends of lines if `by_line`.
    explicit Pattern(const std::string& text, Letters letters = Letters::exact, bool by_line = false);

    struct Impl;
    [[nodiscard]] const Impl& impl() const { return *impl_; }

private:
    std::shared_ptr<const Impl> impl_;
};

/// What was found: the whole, then what each pair of parentheses holds.
using Groups = std::vector<std::string>;

struct Found {
    std::size_t at = 0;  ///< in the text
    Groups groups;
};

bool finds(const std::string& text, const Pattern& pattern);
bool finds(const std::string& text, Groups& groups, const Pattern& pattern);
/// Whether the pattern is all of the text.
bool matches(const std::string& text, Groups& groups, const Pattern& pattern);
std::vector<Found> all_found(const std::string& text, const Pattern& pattern);
/// Every place that is found, replaced. `$1`: what the first pair of parentheses holds.
std::string replaced(const std::string& text, const Pattern& pattern, const std::string& with);

}  // namespace app::proof
