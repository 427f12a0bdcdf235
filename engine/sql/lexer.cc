#include "engine/sql/lexer.h"

#include "engine/sql/utf8.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<u8>(c) >= 0x80;
}

struct Scanner {
    std::string_view text;
    u32 at = 0;
    std::vector<Token> out;

    char peek(u32 ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
};

/// n hexadecimal digits at `from`; -1 if there are not that many.
i64 hex_at(std::string_view text, std::size_t from, std::size_t n) {
    MR_ASSERT(from <= text.size());
    if (from + n > text.size()) return -1;
    i64 v = 0;
    for (std::size_t i = from; i < from + n; ++i) {
        const char c = text[i];
        const int h = sim::hex_digit(c);
        if (h < 0) return -1;
        v = v * 16 + h;
    }
    return v;
}

/// \ooo, \uXXXX, \UXXXXXXXX and the one-letter escapes; \% and \_ keep their backslash.
std::size_t append_escape(std::string& out, std::string_view body, std::size_t i) {
    MR_ASSERT(i < body.size());
    const char c = body[i];
    if (c == 'u' || c == 'U') {
        const std::size_t n = c == 'u' ? 4 : 8;
        if (const i64 v = hex_at(body, i + 1, n); v >= 0) {
            append_point(out, static_cast<u32>(v));
            return i + n;
        }
    }
    const auto octal = [&](std::size_t k) { return k < body.size() && body[k] >= '0' && body[k] <= '7'; };
    if (c >= '0' && c <= '1' && octal(i + 1) && octal(i + 2)) {
        out += static_cast<char>((c - '0') * 64 + (body[i + 1] - '0') * 8 + (body[i + 2] - '0'));
        return i + 2;
    }
    switch (c) {
        case '0': out += '\0'; break;
        case 'b': out += '\b'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'Z': out += '\x1A'; break;
        case '%': out += "\\%"; break;
        case '_': out += "\\_"; break;
        default: out += c; break;
    }
    return i;
}

std::string decode(std::string_view body, bool raw) {
    std::string out;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (!raw && body[i] == '\\' && i + 1 < body.size()) i = append_escape(out, body, i + 1);
        else out += body[i];
    }
    return out;
}

void push(Scanner& s, TokenKind kind, u32 start, std::string text) {
    MR_ASSERT(s.at > start);
    Token token{.kind = kind, .text = std::move(text), .upper = "", .start = start, .stop = s.at - 1};
    if (kind == TokenKind::word) {
        token.upper = token.text;
        for (char& c : token.upper)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    s.out.push_back(std::move(token));
}

/// From the opening quote. An open string becomes a `bad` token of the quote alone.
void scan_string(Scanner& s, u32 start, bool raw) {
    MR_ASSERT(start <= s.at);
    const char quote = s.peek();
    u32 i = s.at + 1;
    while (i < s.text.size()) {
        if (!raw && s.text[i] == '\\') i += 2;
        else if (s.text[i] == quote) break;
        else ++i;
    }
    if (i >= s.text.size()) {
        ++s.at;
        push(s, TokenKind::bad, start, std::string(1, quote));
        return;
    }
    const std::string_view body = s.text.substr(s.at + 1, i - s.at - 1);
    s.at = i + 1;
    push(s, TokenKind::string, start, decode(body, raw));
    s.out.back().raw = raw;
}

void scan_quoted_word(Scanner& s) {
    const u32 start = s.at;
    std::string name;
    for (u32 i = s.at + 1; i < s.text.size(); ++i) {
        if (s.text[i] != '`') {
            name += s.text[i];
        } else if (i + 1 < s.text.size() && s.text[i + 1] == '`') {
            name += '`';
            ++i;
        } else {
            s.at = i + 1;
            push(s, TokenKind::quoted_word, start, name);
            return;
        }
    }
    ++s.at;
    push(s, TokenKind::bad, start, "`");
}

bool scan_exponent(Scanner& s) {
    if (s.peek() != 'e' && s.peek() != 'E') return false;
    const u32 sign = s.peek(1) == '+' || s.peek(1) == '-' ? 1 : 0;
    if (!sim::is_digit(s.peek(1 + sign))) return false;
    s.at += 1 + sign;
    while (sim::is_digit(s.peek())) ++s.at;
    return true;
}

/// L, S, Y, F, D or BD, if no letter or digit follows.
void scan_suffix(Scanner& s) {
    const char c = static_cast<char>(s.peek() & ~32);
    const u32 length = c == 'B' && (s.peek(1) & ~32) == 'D'                       ? 2
                       : c == 'L' || c == 'S' || c == 'Y' || c == 'F' || c == 'D' ? 1
                                                                                  : 0;
    if (length != 0 && !letter(s.peek(length)) && !sim::is_digit(s.peek(length))) s.at += length;
}

void scan_number(Scanner& s) {
    MR_ASSERT(s.at < s.text.size());
    const u32 start = s.at;
    while (sim::is_digit(s.peek())) ++s.at;
    if (s.peek() != '.' && letter(s.peek())) {
        const u32 before = s.at;
        const bool exponent = scan_exponent(s);
        scan_suffix(s);
        if (letter(s.peek()) || (!exponent && s.at == before)) {
            s.at = before;
            while (letter(s.peek()) || sim::is_digit(s.peek())) ++s.at;
            push(s, TokenKind::word, start, std::string(s.text.substr(start, s.at - start)));
            return;
        }
    } else {
        if (s.peek() == '.') {
            ++s.at;
            while (sim::is_digit(s.peek())) ++s.at;
        }
        scan_exponent(s);
        scan_suffix(s);
    }
    push(s, TokenKind::number, start, std::string(s.text.substr(start, s.at - start)));
}

void scan_symbol(Scanner& s) {
    MR_ASSERT(s.at < s.text.size());
    static constexpr std::string_view kLong[] = {"<=>", "<>", "!=", "==", "<=", ">=", "||", "->", "=>", "!<", "!>"};
    const u32 start = s.at;
    for (const std::string_view symbol : kLong)
        if (s.text.substr(s.at).starts_with(symbol)) {
            s.at += static_cast<u32>(symbol.size());
            push(s, TokenKind::symbol, start, std::string(symbol));
            return;
        }
    ++s.at;
    const bool known = std::string_view("+-*/%&|^~=<>!()[]{},.;:?").find(s.text[start]) != std::string_view::npos;
    push(s, known ? TokenKind::symbol : TokenKind::bad, start, std::string(1, s.text[start]));
}

/// Blanks and comments; a bracketed comment may nest. False = an open comment ends the text.
bool skip(Scanner& s) {
    while (s.at < s.text.size()) {
        if (static_cast<u8>(s.peek()) <= ' ') {
            ++s.at;
        } else if (s.peek() == '-' && s.peek(1) == '-') {
            while (s.at < s.text.size() && s.peek() != '\n') ++s.at;
        } else if (s.peek() == '/' && s.peek(1) == '*') {
            int depth = 0;
            do {
                if (s.peek() == '/' && s.peek(1) == '*') ++depth, s.at += 2;
                else if (s.peek() == '*' && s.peek(1) == '/') --depth, s.at += 2;
                else ++s.at;
            } while (depth > 0 && s.at < s.text.size());
            if (depth > 0) return false;
        } else {
            return true;
        }
        if (s.peek() == '/' && s.peek(1) == '*' && s.peek(2) == '+') return true;
    }
    return true;
}

void scan_token(Scanner& s) {
    MR_ASSERT(s.at < s.text.size());
    const char c = s.peek();
    const char next = s.peek(1);
    if ((c == 'r' || c == 'R') && (next == '\'' || next == '"')) {
        const u32 start = s.at++;
        scan_string(s, start, true);
    } else if (c == '\'' || c == '"') {
        scan_string(s, s.at, false);
    } else if (c == '`') {
        scan_quoted_word(s);
    } else if (sim::is_digit(c) ||
               (c == '.' && sim::is_digit(next) &&
                (s.out.empty() || s.out.back().stop + 1 != s.at ||
                 (s.out.back().kind != TokenKind::word && s.out.back().text != ")" && s.out.back().text != "]")))) {
        scan_number(s);
    } else if (letter(c)) {
        const u32 start = s.at;
        while (letter(s.peek()) || sim::is_digit(s.peek())) ++s.at;
        push(s, TokenKind::word, start, std::string(s.text.substr(start, s.at - start)));
    } else if (c == '/' && next == '*' && s.peek(2) == '+') {
        const u32 start = s.at;
        s.at += 3;
        push(s, TokenKind::symbol, start, "/*+");
    } else if (c == '*' && next == '/') {
        const u32 start = s.at;
        s.at += 2;
        push(s, TokenKind::symbol, start, "*/");
    } else {
        scan_symbol(s);
    }
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
    Scanner s{.text = text, .at = 0, .out = {}};
    bool open_comment = false;
    for (;;) {
        if (!(s.peek() == '/' && s.peek(1) == '*' && s.peek(2) == '+')) open_comment = !skip(s);
        if (s.at >= text.size()) break;
        scan_token(s);
    }
    s.out.push_back({.kind = TokenKind::end,
                     .text = open_comment ? "/*" : "",
                     .upper = "",
                     .start = static_cast<u32>(text.size()),
                     .stop = static_cast<u32>(text.size())});
    return std::move(s.out);
}

}  // namespace engine::spark
