#include "engine/tools/command_line.h"

#include <fmt/format.h>

#include "sim/base/assert.h"

namespace engine::tools {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// Takes words off a line, one character at a time.
struct Splitter {
    std::string_view line;
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = '\0';

    void add(char c) {
        word += c;
        in_word = true;
    }
    void end_word() {
        MR_ASSERT(in_word || word.empty());
        MR_ASSERT(quote == '\0');
        if (in_word) words.push_back(std::move(word));
        word.clear();
        in_word = false;
    }
    /// Inside double quotes only these are special behind a backslash.
    [[nodiscard]] bool escapes(char next) const {
        return quote == '\0' || next == '"' || next == '\\' || next == '$' || next == '`';
    }

    void take(char c, char next, std::size_t& at) {
        MR_ASSERT(at < line.size() && line[at] == c);
        MR_ASSERT(quote == '\0' || in_word);
        if (c == quote && quote != '\0') quote = '\0';
        else if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
            in_word = true;
        } else if (c == '\\' && quote != '\'' && next != '\0' && escapes(next)) {
            add(next);
            ++at;
        } else if (quote == '\0' && is_blank(c)) end_word();
        else add(c);
    }
};

}  // namespace

std::expected<std::vector<std::string>, std::string> split_command(std::string_view line) {
    Splitter splitter;
    splitter.line = line;
    for (std::size_t at = 0; at < line.size(); ++at)
        splitter.take(line[at], at + 1 < line.size() ? line[at + 1] : '\0', at);
    if (splitter.quote != '\0')
        return std::unexpected(fmt::format("bash: unexpected EOF while looking for matching `{}'", splitter.quote));
    splitter.end_word();
    MR_ASSERT(splitter.word.empty() && !splitter.in_word);
    return std::move(splitter.words);
}

}  // namespace engine::tools
