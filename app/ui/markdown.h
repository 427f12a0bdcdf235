// Lesson text: the small part of Markdown that narration needs. Bold, italics, code, paragraphs and lists; everything
// else reads as plain text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/view_model/base.h"

namespace app::ui {

struct TextSpan {
    std::string text;
    bool bold = false;
    bool italic = false;
    bool code = false;
    friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

struct TextBlock {
    i32 indent = 0;            // depth of the list that holds it; 0 outside
    std::string bullet;        // "" or what stands before the first line
    bool code_block = false;   // keeps its line breaks
    std::vector<TextSpan> spans;
};

using RichText = std::vector<TextBlock>;

RichText parse_markdown(std::string_view source);

}  // namespace app::ui
