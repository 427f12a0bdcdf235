// Texts of lessons as words and sentences, and which texts a learner sees when.
#pragma once

#include "app/lab/lesson/lesson.h"

namespace app::proof {

enum class TextKind : sim::u8 { objective, say, ask, choice, because, explain, slide_says, slide_does, free_say, hint,
    goal, compare, review, card };

struct VisibleText {
    TextKind kind;
    const lab::Text* text;
    int step = -1;                     // index; -1: before the steps, or after all of them
};

/// All texts that a learner reads, in the order in which they appear.
std::vector<VisibleText> visible_texts(const lab::Lesson& lesson);

/// Without Markdown: stars, backticks, links. Code between backticks stays if `keep_code`.
std::string plain(std::string_view markdown, bool keep_code = true);
std::vector<std::string> words_of(std::string_view plain_text);
std::vector<std::string> sentences_of(std::string_view plain_text);
/// Words in lower case, without punctuation at their ends, one blank between: for finding phrases.
std::string normalised(std::string_view text);
/// Whether `phrase` stands in `text` as whole words; both normalised.
bool has_phrase(std::string_view text, std::string_view phrase);

int count_words(std::string_view markdown);
/// Flesch-Kincaid grade of a text, in tenths of a school year.
int grade_tenths(const std::vector<std::string>& sentences);
int syllables_of(std::string_view word);

}  // namespace app::proof
