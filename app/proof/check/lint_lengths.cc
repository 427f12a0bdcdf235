// Rules 14 and 21: how texts are written.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/lab/lesson/lesson_names.h"
#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"

namespace app::proof {
namespace {

using lab::Lesson;

constexpr int kMostSentence = 22;      // words
constexpr int kMostGrade = 90;         // tenths of a school year

struct Limit {
    TextKind kind;
    std::string_view name;
    int words;
};
constexpr std::array kLimits = {
    Limit{TextKind::say, "say", 60},
    Limit{TextKind::explain, "explain", 60},
    Limit{TextKind::because, "because", 45},
    Limit{TextKind::ask, "ask", 25},
};

bool is_told(TextKind kind) {
    return std::ranges::find(kLimits, kind, &Limit::kind) != kLimits.end() || kind == TextKind::free_say ||
        kind == TextKind::hint;
}

void check_length(const VisibleText& text, Findings& findings) {
    const auto limit = std::ranges::find(kLimits, text.kind, &Limit::kind);
    if (limit == kLimits.end()) return;
    const int words = count_words(text.text->value);
    if (words > limit->words)
        findings.add(text.text->place, fmt::format("'{}' has {} words; at most {}", limit->name, words, limit->words));
}

void check_sentences(const VisibleText& text, Findings& findings) {
    if (!is_told(text.kind)) return;
    for (const std::string& sentence : sentences_of(plain(text.text->value)))
        if (const auto words = words_of(sentence); static_cast<int>(words.size()) > kMostSentence)
            findings.warn(text.text->place,
                fmt::format("a sentence of {} words, from \"{} {}\"; at most {}", words.size(), words[0], words[1],
                kMostSentence));
}

// ---- reading grade ------------------------------------------------------------------------------

/// Names of things, code, settings: no measure of how hard a text reads.
bool is_name(const std::string& word, const std::vector<std::string>& names) {
    constexpr std::array<std::string_view, 6> kProducts = {"kafka", "spark", "zookeeper", "cassandra", "isr", "kraft"};
    const std::string bare = normalised(word);
    const bool code = bare.find_first_of("0123456789._/=-") != std::string::npos;
    return code || std::ranges::find(kProducts, bare) != kProducts.end() ||
        std::ranges::find(names, bare) != names.end();
}

std::string without_names(std::string_view sentence, const std::vector<std::string>& names) {
    std::string kept;
    for (const std::string& word : words_of(sentence))
        if (!is_name(word, names)) kept += (kept.empty() ? "" : " ") + word;
    return kept;
}

void check_grade(const Lesson& lesson, Findings& findings) {
    const lab::LessonNames names = lab::names_in(lesson);
    std::vector<std::string> own = names.startable;
    for (const std::string& topic : names.topic_names()) own.push_back(topic);
    std::vector<std::string> sentences;
    for (const lab::StepBlock& step : lesson.steps)
        for (const std::string& sentence : sentences_of(plain(step.say.value, false)))
            if (std::string kept = without_names(sentence, own); !kept.empty()) sentences.push_back(std::move(kept));
    const int grade = grade_tenths(sentences);
    if (grade > kMostGrade)
        findings.warn(lesson.info.id.place,
            fmt::format("the narration reads like school year {}.{}; at most {}", grade / 10, grade % 10,
            kMostGrade / 10));
}

// ---- style --------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 3> kBelittling = {"just", "simply", "obviously"};
/// Before "just" they speak of time: "has just been printed".
constexpr std::array<std::string_view, 3> kPerfect = {"has just", "have just", "had just"};
constexpr std::array<std::string_view, 2> kAbsolute = {"always", "never"};
/// Words after which a bare number is an amount of something unnamed.
constexpr std::array kAmounts =
    std::to_array<std::string_view>({"after", "for", "within", "takes", "every", "least", "most", "than"});

void check_numerals(const VisibleText& text, Findings& findings) {
    for (const std::string& sentence : sentences_of(plain(text.text->value, false))) {
        const auto words = words_of(sentence);
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string number = normalised(words[i]);
            const bool bare = !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
            const bool last = i + 1 == words.size() || words[i].back() == ',' || words[i].back() == ';';
            const bool amount = std::ranges::find(kAmounts, normalised(words[i - 1])) != kAmounts.end();
            if (bare && last && amount && words[i].find('%') == std::string::npos)
                findings.add(text.text->place, fmt::format("\"{} {}\": {} of what?", words[i - 1], words[i], number));
        }
    }
}

void check_phrases(const VisibleText& text, std::span<const std::string_view> words, std::string_view why,
    Findings& findings) {
    const std::string whole = normalised(text.text->value);
    for (const std::string_view word : words)
        if (has_phrase(whole, word)) findings.add(text.text->place, fmt::format("\"{}\" {}", word, why));
}

}  // namespace

void lint_lengths(const Lesson& lesson, Findings& findings) {
    for (const VisibleText& text : visible_texts(lesson)) {
        check_length(text, findings);
        check_sentences(text, findings);
    }
    check_grade(lesson, findings);
}

void lint_style(const Lesson& lesson, Findings& findings) {
    for (const VisibleText& text : visible_texts(lesson)) {
        if (text.kind == TextKind::slide_says) continue;
        const std::string whole = normalised(text.text->value);
        const bool of_time =
            std::ranges::any_of(kPerfect, [&](std::string_view phrase) { return has_phrase(whole, phrase); });
        check_phrases(text, std::span(kBelittling).subspan(of_time ? 1 : 0),
            "tells the learner that it should be easy", findings);
        if (text.kind == TextKind::choice)
            check_phrases(text, kAbsolute, "in a choice is a hint that it is wrong", findings);
        if (is_told(text.kind)) check_numerals(text, findings);
    }
}

}  // namespace app::proof
