#include "app/ui/rich_text.h"

namespace app::ui {
namespace {

/// A run of letters without a break, or one space.
struct Word {
    std::string text;
    Type type;
    Colour colour = 0;
    bool italic = false;
    bool breaks = false;   // a line ends here
    bool space = false;
    float width = 0;
};

Type type_of(const TextSpan& span, const TextStyle& style) {
    if (span.code) return {span.bold ? Face::mono_bold : Face::mono, style.size};
    return {span.bold || style.semibold ? Face::semibold : Face::regular, style.size};
}

Word make_word(const Canvas& canvas, const TextSpan& span, const TextStyle& style, std::string_view text) {
    Word word{std::string(text),
              type_of(span, style),
              span.bold || span.code ? style.bold : style.plain,
              span.italic,
              false,
              text == " ",
              0};
    word.width = text_width(canvas, word.type, word.text);
    return word;
}

/// A line break of the source breaks a line only where the text says so: hard breaks and code.
std::vector<Word> words_of(const Canvas& canvas, const TextBlock& block, const TextStyle& style) {
    std::vector<Word> out;
    for (const TextSpan& span : block.spans) {
        for (std::size_t at = 0; at < span.text.size();) {
            if (span.text[at] == '\n') {
                out.push_back({});
                out.back().breaks = true;
                ++at;
                continue;
            }
            std::size_t end = span.text[at] == ' ' ? at + 1 : span.text.find_first_of(" \n", at);
            if (end == std::string::npos) end = span.text.size();
            out.push_back(make_word(canvas, span, style, std::string_view(span.text).substr(at, end - at)));
            at = end;
        }
    }
    return out;
}

/// The most letters of a word that fit; at least one.
std::size_t letters_that_fit(const Canvas& canvas, const Word& word, float width) {
    std::size_t fits = 1, at = 1;
    for (; at <= word.text.size(); ++at) {
        const bool inside = at < word.text.size() && (static_cast<unsigned char>(word.text[at]) & 0xc0u) == 0x80u;
        if (inside) continue;
        if (text_width(canvas, word.type, std::string_view(word.text).substr(0, at)) > width) break;
        fits = at;
    }
    return fits;
}

/// Words that no line can hold are cut into pieces that stand on lines of their own.
std::vector<Word> cut_long_words(const Canvas& canvas, std::vector<Word> words, float width) {
    std::vector<Word> out;
    for (Word& word : words) {
        while (word.width > width && word.text.size() > 1) {
            Word piece = word;
            piece.text = word.text.substr(0, letters_that_fit(canvas, word, width));
            piece.width = text_width(canvas, piece.type, piece.text);
            word.text.erase(0, piece.text.size());
            word.width = text_width(canvas, word.type, word.text);
            out.push_back(piece);
            out.push_back({});
            out.back().breaks = true;
        }
        out.push_back(std::move(word));
    }
    return out;
}

/// Neighbours without a space between them stay together.
float unbroken_width(const std::vector<Word>& words, std::size_t from) {
    float width = 0;
    for (std::size_t i = from; i < words.size() && !words[i].space && !words[i].breaks; ++i) width += words[i].width;
    return width;
}

void draw_word(Canvas& canvas, const Word& word, float x, float mid_y) {
    const int first = canvas.list->VtxBuffer.Size;
    text(canvas, x, mid_y, word.type, word.colour, word.text);
    if (word.italic) slant(canvas, first, snap(canvas, mid_y + em(word.type.size) * 0.36f));
}

/// One line's words, joined where they share a face so that a label is one label.
struct Line {
    std::vector<Word> words;

    void add(const Word& word) {
        if (!words.empty() && words.back().type.face == word.type.face && words.back().colour == word.colour &&
            words.back().italic == word.italic) {
            words.back().text += word.text;
        } else {
            words.push_back(word);
        }
    }
    void draw(Canvas& canvas, float x, float mid_y) {
        for (Word& word : words) {
            draw_word(canvas, word, x, mid_y);
            x += text_width(canvas, word.type, word.text);
        }
        words.clear();
    }
};

float draw_block(Canvas& canvas, float x, float top, float width, const TextBlock& block,
                 const TextStyle& style, bool draw) {
    const float line_height = em(style.size) * style.line_height;
    const std::vector<Word> words = cut_long_words(canvas, words_of(canvas, block, style), width);
    float mid = top + line_height / 2;
    float used = 0;
    Line line;
    const auto finish_line = [&] {
        if (draw) line.draw(canvas, x, mid);
        mid += line_height;
        used = 0;
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool starts_run = i == 0 || words[i - 1].space || words[i - 1].breaks;
        if (words[i].breaks ||
            (starts_run && !words[i].space && used > 0 && used + unbroken_width(words, i) > width + 0.5f))
            finish_line();
        if (words[i].breaks || (words[i].space && used == 0 && !block.code_block)) continue;
        if (draw) line.add(words[i]);
        used += words[i].width;
    }
    if (draw) line.draw(canvas, x, mid);
    return mid + line_height / 2 - top;
}

}  // namespace

TextStyle body_style(const Theme& theme, Size size) { return {size, theme.mid, theme.ink, 1.5f, 6, false}; }

float paragraphs(Canvas& canvas, float x, float top, float width, const RichText& text_blocks,
                 const TextStyle& style, bool draw) {
    float y = top;
    for (std::size_t i = 0; i < text_blocks.size(); ++i) {
        const TextBlock& block = text_blocks[i];
        if (i > 0) y += block.indent > 0 ? style.between_blocks / 3 : style.between_blocks;
        const float indent = static_cast<float>(block.indent) * 16;
        if (draw && !block.bullet.empty()) {
            text(canvas, x + indent - 14, y + em(style.size) * style.line_height / 2,
                 {Face::regular, style.size}, style.plain, block.bullet);
        }
        y += draw_block(canvas, x + indent, y, width - indent, block, style, draw);
    }
    return y - top;
}

float markdown(Canvas& canvas, float x, float top, float width, std::string_view source, const TextStyle& style,
               bool draw) {
    return paragraphs(canvas, x, top, width, parse_markdown(source), style, draw);
}

float wrapped(Canvas& canvas, float x, float top, float width, Type type, Colour colour, std::string_view words,
              bool draw) {
    const bool mono = type.face == Face::mono || type.face == Face::mono_bold;
    const bool bold = type.face == Face::semibold || type.face == Face::mono_bold;
    const RichText text_blocks{{0, {}, false, {{std::string(words), bold, false, mono}}}};
    return paragraphs(canvas, x, top, width, text_blocks, {type.size, colour, colour, 1.5f, 0, false}, draw);
}

}  // namespace app::ui
