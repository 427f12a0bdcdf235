#include "app/ui/widgets/section.h"

#include <string>
#include <vector>

#include "app/ui/rich_text.h"

namespace app::ui {
namespace {

constexpr float kTracking = 0.5f;   // small capitals stand a little apart

/// Draws letter by letter, and records the word as one label.
void tracked(Canvas& canvas, float x, float mid_y, Type type, Colour colour, std::string_view words) {
    std::vector<TextMark>* marks = canvas.marks;
    canvas.marks = nullptr;
    float at = x;
    for (std::size_t i = 0; i < words.size();) {
        std::size_t size = 1;
        while (i + size < words.size() && (static_cast<unsigned char>(words[i + size]) & 0xc0u) == 0x80u) ++size;
        at += text(canvas, at, mid_y, type, colour, words.substr(i, size)) + kTracking;
        i += size;
    }
    canvas.marks = marks;
    if (marks == nullptr || words.empty()) return;
    const Rect box{x, mid_y - em(type.size) * 0.36f, at - x, em(type.size) * 0.72f};
    marks->push_back({std::string(words), box, canvas.clips.empty() ? box : canvas.clips.back(), canvas.layer,
                      canvas.scroll_depth > 0});
}

}  // namespace

void section_label(Canvas& canvas, float left, float right, float mid_y, std::string_view label,
                   std::string_view value) {
    tracked(canvas, left, mid_y, {Face::semibold, Size::hint}, canvas.theme->low, label);
    if (!value.empty()) text(canvas, right, mid_y, {Face::mono, Size::hint}, canvas.theme->low, value, Align::right);
}

float heading(Canvas& canvas, float x, float mid_y, std::string_view title, std::string_view sentence) {
    const float width = text(canvas, x, mid_y, {Face::semibold, Size::question}, canvas.theme->ink, title);
    if (sentence.empty()) return x + width;
    return x + width + 10 +
           text(canvas, x + width + 10, mid_y + 1, {Face::regular, Size::label}, canvas.theme->low, sentence);
}

float view_heading(Canvas& canvas, float x, float mid_y, std::string_view title, std::string_view sentence) {
    const float width = text(canvas, x, mid_y, {Face::semibold, Size::title}, canvas.theme->ink, title);
    return x + width + 12 +
           text(canvas, x + width + 12, mid_y + 2, {Face::regular, Size::body}, canvas.theme->mid, sentence);
}

float rule_box(Canvas& canvas, float x, float top, float width, std::string_view markdown_text) {
    const TextStyle style = body_style(*canvas.theme);
    const float height =
        markdown(canvas, x + space::card, top + 8, width - 2 * space::card, markdown_text, style, false) + 16;
    fill(canvas, {x, top, width, height}, canvas.theme->raised, radius::button);
    markdown(canvas, x + space::card, top + 8, width - 2 * space::card, markdown_text, style);
    return height;
}

}  // namespace app::ui
