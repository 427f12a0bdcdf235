#include "engine/scala/token.h"

#include "engine/plan/utf8.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

using sim::u32;

struct Scanner {
    std::string_view text;
    std::size_t at = 0;
    u32 line = 1;
    std::size_t line_start = 0;
    u32 shift = 0;  ///< columns before the first line
    bool fresh = true;
    bool stopped = false;
    std::vector<Token> out;

    [[nodiscard]] char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
    [[nodiscard]] bool ended() const { return at >= text.size(); }
};

bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80) != 0;
}
bool operator_char(char c) { return std::string_view("+-*/%=<>!&|^~?:#@\\").find(c) != std::string_view::npos; }

Token token_at(const Scanner& s, TokenKind kind, std::size_t start) {
    MR_ASSERT(start <= s.text.size());
    const std::size_t from = start >= s.line_start ? start - s.line_start : 0;
    return {kind, "", "", s.line, static_cast<u32>(from) + (s.line_start == 0 ? s.shift : 0), s.fresh, false};
}

void put(Scanner& s, Token token) {
    s.out.push_back(std::move(token));
    s.fresh = false;
}

void stop(Scanner& s, std::string message) {
    MR_ASSERT(!s.stopped);
    Token t = token_at(s, TokenKind::wrong, s.at);
    t.text = std::move(message);
    put(s, std::move(t));
    s.stopped = true;
}

void pass_line_end(Scanner& s) {
    MR_ASSERT(s.peek() == '\n');
    ++s.at;
    ++s.line;
    s.line_start = s.at;
    s.fresh = true;
}

/// Comments of the second kind lie in one another.
void pass_comment(Scanner& s) {
    int depth = 0;
    do {
        if (s.ended()) return stop(s, "unclosed comment");
        if (s.peek() == '/' && s.peek(1) == '*') ++depth, s.at += 2;
        else if (s.peek() == '*' && s.peek(1) == '/') --depth, s.at += 2;
        else if (s.peek() == '\n') pass_line_end(s);
        else ++s.at;
    } while (depth > 0);
}

bool pass_blank(Scanner& s) {
    const char c = s.peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f') return ++s.at, true;
    if (c == '\n') return pass_line_end(s), true;
    if (c == '/' && s.peek(1) == '/') {
        while (!s.ended() && s.peek() != '\n') ++s.at;
        return true;
    }
    if (c == '/' && s.peek(1) == '*') return pass_comment(s), true;
    return false;
}

void escape(Scanner& s, std::string& out) {
    MR_ASSERT(s.peek() == '\\');
    ++s.at;
    const char c = s.peek();
    ++s.at;
    switch (c) {
        case 'n': out += '\n'; return;
        case 't': out += '\t'; return;
        case 'r': out += '\r'; return;
        case 'b': out += '\b'; return;
        case 'f': out += '\f'; return;
        case 'u': {
            u32 v = 0;
            for (int i = 0; i < 4 && !s.ended(); ++i, ++s.at) {
                const char h = s.peek();
                v = v * 16 + static_cast<u32>(sim::is_digit(h) ? h - '0' : ((h | 32) - 'a' + 10) & 15);
            }
            append_point(out, v);
            return;
        }
        case '\\': case '\'': case '"': out += c; return;
        default: --s.at; stop(s, "invalid escape character"); return;
    }
}

/// After an opening quote. An interpolated text stays as written.
void scan_text(Scanner& s, Token token) {
    MR_ASSERT(s.peek() == '"');
    const bool triple = s.peek(1) == '"' && s.peek(2) == '"', raw = triple || token.kind == TokenKind::interpolated;
    s.at += triple ? 3 : 1;
    int braces = 0;
    for (;;) {
        const char c = s.peek();
        if (s.ended() || (c == '\n' && !triple)) return stop(s, "unclosed string literal");
        if (token.kind == TokenKind::interpolated && c == '$' && s.peek(1) == '{') ++braces;
        else if (braces > 0 && c == '{' && token.text.back() != '$') ++braces;
        else if (braces > 0 && c == '}') --braces;
        if (c == '"' && braces == 0) {
            if (!triple) break;
            if (s.peek(1) == '"' && s.peek(2) == '"' && s.peek(3) != '"') break;
        }
        if (c == '\\' && !raw) {
            escape(s, token.text);
            if (s.stopped) return;
            continue;
        }
        token.text += c;
        if (c == '\\' && !triple && s.at + 1 < s.text.size()) token.text += s.text[++s.at];
        if (c == '\n') {
            pass_line_end(s);
            continue;
        }
        ++s.at;
    }
    s.at += triple ? 3 : 1;
    const bool fresh = token.fresh;
    put(s, std::move(token));
    s.out.back().fresh = fresh;
}

void scan_number(Scanner& s) {
    Token t = token_at(s, TokenKind::integer, s.at);
    const bool hex = s.peek() == '0' && (s.peek(1) | 32) == 'x';
    if (hex) t.text = "0x", s.at += 2;
    const auto digits = [&] {
        while (sim::is_digit(s.peek()) || s.peek() == '_' ||
               (hex && ((s.peek() | 32) >= 'a' && (s.peek() | 32) <= 'f'))) {
            if (s.peek() != '_') t.text += s.peek();
            ++s.at;
        }
    };
    digits();
    if (!hex && s.peek() == '.' && sim::is_digit(s.peek(1))) {
        t.kind = TokenKind::real;
        t.text += '.', ++s.at;
        digits();
    }
    if (!hex && (s.peek() | 32) == 'e' && (sim::is_digit(s.peek(1)) || sim::is_digit(s.peek(2)))) {
        t.kind = TokenKind::real;
        t.text += s.text[s.at++];
        if (s.peek() == '-' || s.peek() == '+') t.text += s.text[s.at++];
        digits();
    }
    const char suffix = s.peek();
    if (suffix == 'L' || suffix == 'l') t.prefix = "L", ++s.at;
    else if (!hex && (suffix == 'd' || suffix == 'D' || suffix == 'f' || suffix == 'F')) {
        t.kind = TokenKind::real;
        t.prefix = (suffix | 32) == 'f' ? "f" : "";
        ++s.at;
    }
    put(s, std::move(t));
}

void scan_word(Scanner& s) {
    Token t = token_at(s, TokenKind::name, s.at);
    // A dollar before a quote is an interpolation of its own.
    const auto part = [&] { return letter(s.peek()) || sim::is_digit(s.peek()); };
    while (part()) t.text += s.text[s.at++];
    if (s.peek() == '"' && t.text != "_") {
        t.kind = TokenKind::interpolated;
        t.prefix = std::move(t.text);
        t.text.clear();
        return scan_text(s, std::move(t));
    }
    // name_= and the like: operator characters may follow an underscore.
    if (t.text.size() > 1 && t.text.back() == '_')
        while (operator_char(s.peek())) t.text += s.text[s.at++];
    put(s, std::move(t));
}

void scan_quoted(Scanner& s) {
    Token t = token_at(s, TokenKind::name, s.at++);
    t.quoted = true;
    while (!s.ended() && s.peek() != '`' && s.peek() != '\n') t.text += s.text[s.at++];
    if (s.peek() != '`' || t.text.empty())
        return stop(s, t.text.empty() ? "empty quoted identifier" : "unclosed quoted identifier");
    ++s.at;
    put(s, std::move(t));
}

/// 'c' is a character, 'name a symbol.
void scan_tick(Scanner& s) {
    Token t = token_at(s, TokenKind::character, s.at++);
    if (s.peek() == '\\') {
        escape(s, t.text);
        if (s.stopped) return;
        if (s.peek() != '\'') return stop(s, "unclosed character literal");
        ++s.at;
        return put(s, std::move(t));
    }
    std::size_t width = 1;
    while (((static_cast<unsigned char>(s.peek(width)) & 0xC0U) == 0x80U)) ++width;
    if (s.peek(width) == '\'') {
        t.text = s.text.substr(s.at, width);
        s.at += width + 1;
        return put(s, std::move(t));
    }
    if (!letter(s.peek())) return stop(s, "unclosed character literal");
    t.kind = TokenKind::symbol;
    while (letter(s.peek()) || sim::is_digit(s.peek())) t.text += s.text[s.at++];
    put(s, std::move(t));
}

void scan_operator(Scanner& s) {
    Token t = token_at(s, TokenKind::op, s.at);
    if (std::string_view("()[]{},;.").find(s.peek()) != std::string_view::npos) {
        t.text = std::string(1, s.text[s.at++]);
        return put(s, std::move(t));
    }
    while (operator_char(s.peek()) && !(s.peek() == '/' && (s.peek(1) == '/' || s.peek(1) == '*')))
        t.text += s.text[s.at++];
    if (t.text.empty()) return stop(s, std::string("illegal character '") + s.peek() + "'");
    put(s, std::move(t));
}

}  // namespace

std::vector<Token> tokenize(std::string_view text, u32 first_line, u32 first_column) {
    Scanner s{.text = text,
              .at = 0,
              .line = first_line,
              .line_start = 0,
              .shift = first_column,
              .fresh = true,
              .stopped = false,
              .out = {}};
    while (!s.stopped) {
        if (s.ended()) break;
        if (pass_blank(s)) continue;
        const char c = s.peek();
        if (c == '"') scan_text(s, token_at(s, TokenKind::text, s.at));
        else if (sim::is_digit(c)) scan_number(s);
        else if (letter(c)) scan_word(s);
        else if (c == '`') scan_quoted(s);
        else if (c == '\'') scan_tick(s);
        else scan_operator(s);
    }
    put(s, token_at(s, TokenKind::end, s.text.size()));
    MR_ASSERT(s.out.back().kind == TokenKind::end);
    return std::move(s.out);
}

}  // namespace engine::spark::scala
