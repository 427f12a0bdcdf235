#include "app/proof/check/prose.h"

#include <algorithm>

namespace app::proof {
namespace {

using lab::Lesson;
using lab::Text;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_char(char c) { return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_word_char(std::string_view text) { return std::ranges::any_of(text, is_word_char); }

void add(std::vector<VisibleText>& all, TextKind kind, const Text& text, int step) {
    if (text.given()) all.push_back({kind, &text, step});
}
void add(std::vector<VisibleText>& all, TextKind kind, const std::vector<Text>& texts, int step) {
    for (const Text& text : texts) add(all, kind, text, step);
}

void add_step(std::vector<VisibleText>& all, const Lesson& lesson, int index) {
    const lab::StepBlock& step = lesson.steps[static_cast<std::size_t>(index)];
    add(all, TextKind::say, step.say, index);
    add(all, TextKind::ask, step.predict.ask, index);
    for (const lab::ChoiceBlock& choice : step.predict.choices) add(all, TextKind::choice, choice.text, index);
    for (const lab::ChoiceBlock& choice : step.predict.choices) add(all, TextKind::because, choice.because, index);
    add(all, TextKind::explain, step.explain, index);
    for (const lab::SlideBlock& slide : lesson.slides) {
        if (slide.after.value != step.id.value) continue;
        add(all, TextKind::slide_says, slide.says, index);
        add(all, TextKind::slide_does, slide.does, index);
    }
}

void add_end(std::vector<VisibleText>& all, const Lesson& lesson) {
    add(all, TextKind::free_say, lesson.free.say, -1);
    add(all, TextKind::hint, lesson.free.hints, -1);
    for (const lab::GoalBlock& goal : lesson.goals) add(all, TextKind::goal, goal.text, -1);
    for (const lab::CompareBlock& compare : lesson.compares) add(all, TextKind::compare, compare.text, -1);
    for (const lab::ReviewBlock& review : lesson.reviews) {
        add(all, TextKind::review, review.ask, -1);
        add(all, TextKind::review, review.answer, -1);
    }
    for (const Text* text : {&lesson.info.real, &lesson.info.simulated, &lesson.info.differs})
        add(all, TextKind::card, *text, -1);
}

}  // namespace

std::vector<VisibleText> visible_texts(const Lesson& lesson) {
    std::vector<VisibleText> all;
    add(all, TextKind::objective, lesson.info.objectives, -1);
    for (int i = 0; i < static_cast<int>(lesson.steps.size()); ++i) add_step(all, lesson, i);
    add_end(all, lesson);
    return all;
}

// ---- words and sentences ------------------------------------------------------------------------

std::string plain(std::string_view markdown, bool keep_code) {
    std::string text;
    bool code = false;
    for (const char c : markdown) {
        if (c == '`') code = !code;
        if (c == '`' || (!code && c == '*') || (code && !keep_code)) continue;
        text += c;
    }
    return text;
}

std::vector<std::string> words_of(std::string_view plain_text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < plain_text.size();) {
        const auto end =
            static_cast<std::size_t>(std::find_if(plain_text.begin() + static_cast<std::ptrdiff_t>(at),
            plain_text.end(), is_blank) - plain_text.begin());
        const std::string_view word = plain_text.substr(at, end - at);
        if (has_word_char(word)) words.emplace_back(word);
        at = end + 1;
    }
    return words;
}

std::vector<std::string> sentences_of(std::string_view plain_text) {
    std::vector<std::string> sentences;
    std::string sentence;
    for (std::size_t i = 0; i < plain_text.size(); ++i) {
        const char c = plain_text[i];
        sentence += is_blank(c) ? ' ' : c;
        const bool ends = (c == '.' || c == '!' || c == '?') &&
            (i + 1 == plain_text.size() || is_blank(plain_text[i + 1]));
        if (!ends && i + 1 < plain_text.size()) continue;
        if (has_word_char(sentence)) sentences.push_back(sentence);
        sentence.clear();
    }
    return sentences;
}

std::string normalised(std::string_view text) {
    std::string joined;
    for (const std::string& word : words_of(plain(text))) {
        const auto from = std::ranges::find_if(word, is_word_char) - word.begin();
        const auto to = std::find_if(word.rbegin(), word.rend(), is_word_char).base() - word.begin();
        if (!joined.empty()) joined += ' ';
        for (auto i = from; i < to; ++i) joined += lower(word[static_cast<std::size_t>(i)]);
    }
    return joined;
}

bool has_phrase(std::string_view text, std::string_view phrase) {
    if (phrase.empty()) return false;
    for (std::size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
        const bool starts = at == 0 || text[at - 1] == ' ';
        const std::size_t end = at + phrase.size();
        if (starts && (end == text.size() || text[end] == ' ')) return true;
    }
    return false;
}

int count_words(std::string_view markdown) { return static_cast<int>(words_of(plain(markdown)).size()); }

// ---- reading grade ------------------------------------------------------------------------------

int syllables_of(std::string_view word) {
    const auto vowel = [](char c) { return std::string_view("aeiouy").find(lower(c)) != std::string_view::npos; };
    int count = 0;
    bool before = false;
    for (const char c : word) {
        count += vowel(c) && !before ? 1 : 0;
        before = vowel(c);
    }
    const bool silent_e = word.size() > 2 && lower(word.back()) == 'e' && !vowel(word[word.size() - 2]) &&
        lower(word[word.size() - 2]) != 'l';
    return std::max(1, count - (silent_e ? 1 : 0));
}

/// Kincaid et al. 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59.
int grade_tenths(const std::vector<std::string>& sentences) {
    int words = 0;
    int syllables = 0;
    for (const std::string& sentence : sentences)
        for (const std::string& word : words_of(sentence)) {
            ++words;
            syllables += syllables_of(normalised(word));
        }
    if (words == 0) return 0;
    const double grade = 0.39 * words / static_cast<double>(sentences.size()) + 11.8 * syllables / words - 15.59;
    return static_cast<int>(grade * 10);
}

}  // namespace app::proof
