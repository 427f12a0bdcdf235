#include "app/proof/masks/pattern.h"

#include <regex>

namespace app::proof {

struct Pattern::Impl {
    std::regex regex;
};

namespace {

std::regex::flag_type flags_of(Pattern::Letters letters, bool by_line) {
    auto flags = std::regex::ECMAScript;
    if (letters == Pattern::Letters::of_any_case) flags |= std::regex::icase;
    return by_line ? flags | std::regex::multiline : flags;
}

Groups groups_of(const std::smatch& match) {
    Groups groups;
    for (const auto& group : match) groups.push_back(group.str());
    return groups;
}

}  // namespace

Pattern::Pattern(const std::string& text, Letters letters, bool by_line)
    : impl_(std::make_shared<const Impl>(std::regex(text, flags_of(letters, by_line)))) {}

bool finds(const std::string& text, const Pattern& pattern) { return std::regex_search(text, pattern.impl().regex); }

bool finds(const std::string& text, Groups& groups, const Pattern& pattern) {
    std::smatch match;
    const bool found = std::regex_search(text, match, pattern.impl().regex);
    groups = groups_of(match);
    return found;
}

bool matches(const std::string& text, Groups& groups, const Pattern& pattern) {
    std::smatch match;
    const bool matched = std::regex_match(text, match, pattern.impl().regex);
    groups = groups_of(match);
    return matched;
}

std::vector<Found> all_found(const std::string& text, const Pattern& pattern) {
    std::vector<Found> found;
    const std::regex& regex = pattern.impl().regex;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
        found.push_back({static_cast<std::size_t>(at->position()), groups_of(*at)});
    return found;
}

std::string replaced(const std::string& text, const Pattern& pattern, const std::string& with) {
    return std::regex_replace(text, pattern.impl().regex, with);
}

}  // namespace app::proof
