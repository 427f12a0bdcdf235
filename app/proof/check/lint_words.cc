// Rules 19 and 20: words that must not be mixed up, and colours that must not stand alone.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"

namespace app::proof {
namespace {

using lab::Lesson;
using Words = std::span<const std::string_view>;

bool is_in(Words words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

// ---- dropped, late, evicted, closed -------------------------------------------------------------

/// A word, and what it must not be said of: before a noun ("evicted rows") or behind it ("rows are evicted").
struct Misuse {
    std::string_view word;
    std::array<std::string_view, 8> nouns;
    std::string_view rule;
};
constexpr std::array kMisuses = {
    Misuse{"evicted", {"row", "rows", "event", "events", "record", "records", "message", "messages"},
        "only state is evicted"},
    Misuse{"dropped", {"state", "window", "windows", "group", "groups", "key", "keys"}, "only rows are dropped"},
    Misuse{"late", {"state", "states", "window", "windows", "batch", "batches", "key", "keys"}, "only rows are late"},
    Misuse{"closed", {"state", "row", "rows", "batch", "batches", "watermark", "event", "events"},
        "only windows are closed"},
};
constexpr std::array<std::string_view, 6> kForms = {"is", "are", "was", "were", "be", "been"};
constexpr std::array<std::string_view, 6> kStateWords = {"state", "of", "states", "store", "window", "windows"};
constexpr std::array<std::string_view, 4> kEvicting = {"evicted", "evicts", "evict", "eviction"};
constexpr std::array<std::string_view, 3> kDenials = {"not", "never", "nothing"};

bool is_misused(const std::vector<std::string>& words, std::size_t at, const Misuse& misuse) {
    const Words nouns = misuse.nouns;
    const bool before = at + 1 < words.size() && is_in(nouns, words[at + 1]) &&
        (at + 2 >= words.size() || !is_in(kStateWords, words[at + 2]));
    const bool behind = at >= 2 && is_in(kForms, words[at - 1]) && is_in(nouns, words[at - 2]) &&
        (at < 3 || !is_in(kStateWords, words[at - 3]));
    return before || behind;
}

std::vector<std::string> bare_words(std::string_view sentence) {
    std::vector<std::string> words;
    for (const std::string& word : words_of(sentence)) words.push_back(normalised(word));
    return words;
}

void check_stream_sentence(const std::vector<std::string>& words, lab::Place place, Findings& findings) {
    for (std::size_t i = 0; i < words.size(); ++i)
        for (const Misuse& misuse : kMisuses)
            if (words[i] == misuse.word && is_misused(words, i, misuse))
                findings.add(place, fmt::format("\"{}\" here: {}", misuse.word, misuse.rule));
    const bool evicts = std::ranges::any_of(words, [](const std::string& word) { return is_in(kEvicting, word); });
    const auto lost = std::ranges::find(words, "lost");
    const bool denied = lost != words.end() && lost != words.begin() && is_in(kDenials, *(lost - 1));
    if (evicts && lost != words.end() && !denied)
        findings.add(place, "evicted state is never \"lost\": it is finished");
}

bool is_about_streams(const Lesson& lesson) { return !lesson.queries.empty() || !lesson.dstreams.empty(); }

// ---- colours ------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 10> kColours = {
    "blue", "red", "green", "orange", "purple", "yellow", "grey", "gray", "vermillion", "pink",
};
constexpr std::array<std::string_view, 34> kShapes = {
    "crown", "star", "cross", "square", "squares", "triangle", "triangles", "circle", "circles", "dashed", "dash",
    "hatched", "hatch", "solid", "outline", "line", "lines", "flag", "flags", "band", "bands", "mark", "marks",
    "label", "labels", "arrow", "arrows", "ring", "rings", "filled", "hollow", "dot", "dots", "shape",
};

void check_colour_sentence(const std::vector<std::string>& words, lab::Place place, Findings& findings) {
    const auto colour = std::ranges::find_if(words, [](const std::string& word) { return is_in(kColours, word); });
    const bool shaped = std::ranges::any_of(words, [](const std::string& word) { return is_in(kShapes, word); });
    if (colour != words.end() && !shaped)
        findings.add(place,
            fmt::format("\"{}\" alone says nothing to who cannot see it; name the shape or the label too", *colour));
}

}  // namespace

void lint_stream_words(const Lesson& lesson, Findings& findings) {
    if (!is_about_streams(lesson)) return;
    for (const VisibleText& text : visible_texts(lesson)) {
        if (text.kind == TextKind::slide_says || text.kind == TextKind::choice)
            continue;  // what others say, or might think
        for (const std::string& sentence : sentences_of(plain(text.text->value)))
            check_stream_sentence(bare_words(sentence), text.text->place, findings);
    }
}

void lint_colours(const Lesson& lesson, Findings& findings) {
    for (const VisibleText& text : visible_texts(lesson))
        for (const std::string& sentence : sentences_of(plain(text.text->value)))
            check_colour_sentence(bare_words(sentence), text.text->place, findings);
}

}  // namespace app::proof
