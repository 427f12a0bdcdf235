// Rule 15: a term is in the glossary, or was explained on the learner's way here.
//
// What is a term: an acronym (two capitals or more) or a word with a capital inside. Words that a lesson sets in bold
// are explained where they stand; names of settings, of the lesson's own objects and of error codes are no terms.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "app/lab/lesson/lesson_names.h"
#include "app/proof/check/lints.h"
#include "app/proof/check/prose.h"

namespace app::proof {
namespace {

using lab::Lesson;
using Spellings = std::set<std::string, std::less<>>;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/// "ISR", "LEO", "DStream", "KRaft"; not "Kafka", not "I", not "FOO_BAR".
bool looks_like_term(std::string_view word) {
    if (word.find_first_of("_./=:") != std::string_view::npos) return false;
    const auto capitals = std::ranges::count_if(word, is_capital);
    if (capitals < 2) return false;
    const bool inner = std::any_of(word.begin() + 1, word.end(), is_capital);
    return inner && std::ranges::all_of(word, [](char c) { return is_capital(c) || is_small(c) || c == '-'; });
}

std::string_view bare(std::string_view word) {
    const auto letter = [](char c) { return is_capital(c) || is_small(c); };
    while (!word.empty() && !letter(word.front())) word.remove_prefix(1);
    while (!word.empty() && !letter(word.back())) word.remove_suffix(1);
    return word.ends_with("'s") ? word.substr(0, word.size() - 2) : word;
}

/// What stands between pairs of double stars.
std::vector<std::string> bold_phrases(std::string_view markdown) {
    std::vector<std::string> phrases;
    for (std::size_t at = markdown.find("**"); at != std::string_view::npos;) {
        const auto end = markdown.find("**", at + 2);
        if (end == std::string_view::npos) break;
        phrases.push_back(normalised(markdown.substr(at + 2, end - at - 2)));
        at = markdown.find("**", end + 2);
    }
    return phrases;
}

/// The lesson, first, and all that must come before it.
void collect_path(const Course& course, const Lesson& lesson, std::vector<const Lesson*>& path) {
    if (std::ranges::find(path, &lesson) != path.end()) return;
    path.push_back(&lesson);
    for (const lab::Text& id : lesson.info.prerequisites)
        for (const Lesson& other : course.lessons)
            if (other.info.id.value == id.value) collect_path(course, other, path);
}

Spellings own_names(const Lesson& lesson) {
    const lab::LessonNames names = lab::names_in(lesson);
    Spellings own(names.startable.begin(), names.startable.end());
    for (const std::string& topic : names.topic_names()) own.insert(topic);
    for (const lab::ConsumerBlock& consumer : lesson.consumers) own.insert(consumer.group.value);
    return own;
}

/// Bold phrases of the lessons before this one.
Spellings explained_before(const std::vector<const Lesson*>& path) {
    Spellings known;
    for (std::size_t i = 1; i < path.size(); ++i)
        for (const VisibleText& text : visible_texts(*path[i]))
            for (std::string& phrase : bold_phrases(text.text->value)) known.insert(std::move(phrase));
    return known;
}

struct TermCheck {
    const Course& course;
    Spellings own;
    Spellings known;                   // explained so far

    void read(const VisibleText& text, Findings& findings) {
        for (std::string& phrase : bold_phrases(text.text->value)) known.insert(std::move(phrase));
        for (const std::string& word : words_of(plain(text.text->value, false))) check_word(bare(word), text, findings);
    }

    void check_word(std::string_view word, const VisibleText& text, Findings& findings) {
        if (!looks_like_term(word) || own.contains(word) || known.contains(normalised(word))) return;
        if (course.catalogue->term(word) != nullptr) return;
        known.insert(normalised(word));  // told once a lesson
        findings.add(text.text->place,
            fmt::format("'{}' is not in the glossary, and no text before explains it", word));
    }
};

}  // namespace

void lint_terms(const Course& course, Findings& findings) {
    for (const Lesson& lesson : course.lessons) {
        findings.begin(15, Level::error, lesson.path);
        std::vector<const Lesson*> path;
        collect_path(course, lesson, path);
        TermCheck check{course, own_names(lesson), explained_before(path)};
        for (const VisibleText& text : visible_texts(lesson))
            if (text.kind != TextKind::slide_says && text.kind != TextKind::card) check.read(text, findings);
    }
}

}  // namespace app::proof
