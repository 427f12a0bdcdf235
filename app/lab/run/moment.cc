#include "app/lab/run/moment.h"

#include <fmt/format.h>

#include <charconv>

#include "app/lab/host/files.h"
#include "engine/verb.h"

namespace app::lab {
namespace {

using sim::i64;
using sim::u64;

constexpr std::string_view kWord = "millrace ", kBar = " | ";

std::string_view name_of(sim::InputAuthor author) {
    switch (author) {
        case sim::InputAuthor::lesson: return "lesson";
        case sim::InputAuthor::learner: return "learner";
        case sim::InputAuthor::outside: return "outside";
    }
    return "learner";
}

/// The first word of a text, which loses it.
std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    return word;
}

template <class Number>
bool take_number(std::string_view word, std::string_view prefix, Number& value) {
    if (!word.starts_with(prefix)) return false;
    word.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && end == word.data() + word.size();
}

/// "3623000000 lesson kill broker 1", carried out. Why not, or "".
std::string carry_out(Run& run, sim::Nanos origin, std::string_view part) {
    i64 at = 0;
    if (!take_number(take_word(part), "", at) || at < 0) return "each part after the first begins with a time";
    const std::string_view author = take_word(part);
    if (author != "lesson" && author != "learner") return fmt::format("'{}' is neither lesson nor learner", author);
    const sim::Nanos moment = origin + sim::nanos(at);
    if (moment < run.clock()) return "the times of the parts must ascend";
    run.run_to(moment);
    const std::string line(part);
    const bool waits = engine::parse_verb(line).name == "wait";
    if (!waits)
        if (std::string why = engine::refusal_of(run.world(), line); !why.empty())
            return fmt::format("'{}' is not possible at {} ns: {}", line, at, why);
    run.act(author == "lesson" ? sim::InputAuthor::lesson : sim::InputAuthor::learner, line);
    return "";
}

}  // namespace

bool is_moment(std::string_view text) {
    return text.starts_with(kWord) && text.find(" seed=") != std::string_view::npos;
}

std::string untellable(const Session& session) {
    for (const sim::Input& input : session.run->timeline().branch().inputs)
        if (!input.payload.empty() || input.line.find_first_of("|\n") != std::string::npos)
            return fmt::format("'{}' cannot stand in one line", input.line);
    return "";
}

std::string moment_text(const Session& session) {
    MR_ASSERT(untellable(session).empty());
    const Run& run = *session.run;
    const sim::Nanos origin = run.world().frame->origin;
    std::string text = fmt::format("{}{} seed={} at={}", kWord, without_extension(file_name(session.path)),
                                   session.seed, run.lesson_clock().count);
    for (const sim::Input& input : run.timeline().branch().inputs)
        if (input.at_index < run.cursor())
            text += fmt::format("{}{} {} {}", kBar, (input.at - origin).count, name_of(input.author), input.line);
    return text;
}

std::expected<std::unique_ptr<Session>, std::string> open_moment(std::string_view text) {
    if (!is_moment(text))
        return std::unexpected("a moment reads: millrace LESSON seed=N at=NANOSECONDS | TIME AUTHOR LINE ..");
    text.remove_prefix(kWord.size());
    const auto bar = std::min(text.find(kBar), text.size());
    std::string_view head = text.substr(0, bar);
    u64 seed = 0;
    i64 at = 0;
    const std::string name(take_word(head));
    if (!take_number(take_word(head), "seed=", seed) || !take_number(take_word(head), "at=", at) || at < 0)
        return std::unexpected("a moment needs seed=N and at=NANOSECONDS after the lesson");
    auto session = open_lesson(name, seed);
    if (!session) return session;
    Run& run = *(*session)->run;
    const sim::Nanos origin = run.world().frame->origin;
    for (std::size_t from = bar; from < text.size();) {
        from += kBar.size();
        const auto end = std::min(text.find(kBar, from), text.size());
        if (std::string wrong = carry_out(run, origin, text.substr(from, end - from)); !wrong.empty())
            return std::unexpected(wrong);
        from = end;
    }
    if (origin + sim::nanos(at) < run.clock()) return std::unexpected("the moment lies before its last input");
    run.run_to(origin + sim::nanos(at));
    return session;
}

}  // namespace app::lab
