#include "engine/dfs/glob.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::dfs {

namespace {

/// What stands between a bracket or brace and its end; none if it has no end. `end` = behind the end.
std::optional<std::string_view> enclosed(std::string_view pattern, char close, std::size_t& end) {
    const std::size_t at = pattern.find(close, 2);
    if (at == std::string_view::npos) return std::nullopt;
    end = at + 1;
    MR_ASSERT(end <= pattern.size());
    return pattern.substr(1, at - 1);
}

bool in_class(char c, std::string_view set) {
    const bool other = set.front() == '^' || set.front() == '!';
    if (other) set.remove_prefix(1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const bool range = i + 2 < set.size() && set[i + 1] == '-';
        found = found || (range ? c >= set[i] && c <= set[i + 2] : c == set[i]);
        i += range ? 2 : 0;
    }
    return found != other;
}

bool starts_choice(std::string_view name, std::string_view choices, std::string_view rest) {
    MR_ASSERT(choices.size() < SIZE_MAX);
    for (std::size_t at = 0; at <= choices.size();) {
        const std::size_t end = std::min(choices.find(',', at), choices.size());
        if (matches_glob(name, std::string(choices.substr(at, end - at)) + std::string(rest))) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

bool has_wildcards(std::string_view path) { return path.find_first_of("*?[{") != std::string_view::npos; }

bool matches_glob(std::string_view name, std::string_view pattern) {
    if (pattern.empty()) return name.empty();
    const char c = pattern.front();
    std::size_t end = 0;
    if (c == '*') {
        const std::size_t most = std::min(name.find('/'), name.size());
        for (std::size_t n = 0; n <= most; ++n)
            if (matches_glob(name.substr(n), pattern.substr(1))) return true;
        return false;
    }
    if (c == '{')
        if (const auto choices = enclosed(pattern, '}', end)) return starts_choice(name, *choices, pattern.substr(end));
    if (name.empty()) return false;
    if (c == '?') return name.front() != '/' && matches_glob(name.substr(1), pattern.substr(1));
    if (c == '[')
        if (const auto set = enclosed(pattern, ']', end))
            return in_class(name.front(), *set) && matches_glob(name.substr(1), pattern.substr(end));
    const bool taken = c == '\\' && pattern.size() > 1;
    MR_ASSERT(!pattern.empty());
    if (taken) pattern.remove_prefix(1);
    return name.front() == pattern.front() && matches_glob(name.substr(1), pattern.substr(1));
}

void keep_named(std::vector<FileInfo>& files, std::string_view pattern) {
    if (pattern.empty()) return;
    std::erase_if(files, [&](const FileInfo& f) {
        MR_ASSERT(!f.path.empty());
        return !matches_glob(std::string_view(f.path).substr(f.path.rfind('/') + 1), pattern);
    });
}

std::optional<std::vector<FileInfo>> list_matching(const FileStore& store, const std::string& path) {
    if (!has_wildcards(path)) return store.list(path);
    const std::string pattern = plain_path(path);
    const std::size_t slash = pattern.rfind('/', pattern.find_first_of("*?[{"));
    const auto depth = std::count(pattern.begin(), pattern.end(), '/');
    auto all = store.list(slash == std::string::npos ? "/" : pattern.substr(0, slash));
    if (!all) return std::nullopt;
    // As many parts of a file's path as the pattern has are what it speaks of.
    std::erase_if(*all, [&](const FileInfo& f) {
        std::size_t end = 0;
        for (auto n = depth; n > 0 && end < f.path.size(); --n)
            end = std::min(f.path.find('/', end + 1), f.path.size());
        MR_ASSERT(end <= f.path.size());
        return !matches_glob(std::string_view(f.path).substr(0, end), pattern);
    });
    if (all->empty()) return std::nullopt;
    return all;
}

}  // namespace engine::dfs
