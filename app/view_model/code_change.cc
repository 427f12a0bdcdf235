#include "app/view_model/code_change.h"

#include <fmt/format.h>

#include "app/lab/sql/streams.h"

namespace app {
namespace {

/// Where a line of a text begins and ends; nothing if there is none of this number.
std::optional<std::pair<std::size_t, std::size_t>> line_of(const std::string& text, std::size_t number) {
    std::size_t from = 0;
    for (std::size_t i = 1; i < number; ++i) {
        from = text.find('\n', from);
        if (from == std::string::npos) return std::nullopt;
        ++from;
    }
    if (number == 0 || from >= text.size()) return std::nullopt;
    const std::size_t end = std::min(text.find('\n', from), text.size());
    MR_ASSERT(from <= end);
    return std::pair{from, end};
}

/// The first of `counts-2`, `counts-3` .. that no query has.
std::string free_name(const Scene& scene, const std::string& query) {
    for (int i = 2;; ++i) {
        std::string name = fmt::format("{}-{}", query, i);
        if (!lab::find_query(scene.reader(), name)) return name;
    }
}

}  // namespace

std::expected<SubmittedText, std::string> submit_with_line(const Scene& scene, const std::string& query,
                                                           std::size_t number, const std::string& text) {
    const lab::KnownQuery known = lab::find_query(scene.reader(), query);
    if (!known) return std::unexpected(fmt::format("there is no query '{}'", query));
    const bool program = !known.spec->program.empty();
    std::string whole = program ? known.spec->program : known.spec->sql;
    const auto place = line_of(whole, number);
    if (!place) return std::unexpected(fmt::format("its text has no line {}", number));
    const std::size_t indent = whole.find_first_not_of(' ', place->first);
    const bool keeps_indent = number > 1 && !text.starts_with(' ') && indent != std::string::npos &&
                              indent < place->second && !program;
    const std::size_t from = keeps_indent ? indent : place->first;
    whole.replace(from, place->second - from, text);
    const char quote = whole.find('"') == std::string::npos ? '"' : '\'';
    if (whole.find(quote) != std::string::npos)
        return std::unexpected("The text has quotes of both kinds: use one kind, so that it fits into a line.");
    SubmittedText out;
    out.name = free_name(scene, query);
    out.line = fmt::format("submit {} like {} {}={}{}{}", out.name, query, program ? "program" : "sql", quote, whole,
                           quote);
    return out;
}

}  // namespace app
