#include "engine/pyspark/token.h"

#include "engine/plan/utf8.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

namespace {

using sim::u32;

struct Scanner {
    std::string_view text;
    std::size_t at = 0;
    u32 line = 1;
    std::size_t line_start = 0;
    int brackets = 0;
    std::vector<std::size_t> indents = {0};
    std::vector<Token> out;
    bool fresh = true;  ///< at the start of a logical line
    bool stopped = false;

    [[nodiscard]] char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
    [[nodiscard]] bool ended() const { return at >= text.size(); }
    [[nodiscard]] u32 column() const { return static_cast<u32>(at - line_start); }
};

void put(Scanner& s, TokenKind kind, std::string text, std::size_t start) {
    MR_ASSERT(start <= s.text.size());
    const std::size_t from = start >= s.line_start ? start - s.line_start : 0;
    s.out.push_back({kind, std::move(text), s.line, static_cast<u32>(from), static_cast<u32>(start)});
}

void stop(Scanner& s, std::string message) {
    MR_ASSERT(!s.stopped);
    put(s, TokenKind::wrong, std::move(message), s.at);
    s.stopped = true;
}

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
void next_line(Scanner& s) {
    MR_ASSERT(s.at <= s.text.size());
    ++s.line;
    s.line_start = s.at;
}

/// Blank lines and comments give no tokens; the indentation of other lines may.
void scan_indent(Scanner& s) {
    MR_ASSERT(s.fresh);
    for (;;) {
        const std::size_t start = s.at;
        while (s.peek() == ' ' || s.peek() == '\t') ++s.at;
        if (s.peek() == '#')
            while (!s.ended() && s.peek() != '\n') ++s.at;
        if (s.peek() == '\r' && s.peek(1) == '\n') ++s.at;
        if (s.peek() == '\n') {
            ++s.at;
            next_line(s);
            continue;
        }
        if (s.ended()) return;
        const std::size_t width = s.at - start;
        if (width > s.indents.back()) {
            s.indents.push_back(width);
            put(s, TokenKind::indent, "", s.at);
        }
        while (width < s.indents.back()) {
            s.indents.pop_back();
            put(s, TokenKind::dedent, "", s.at);
        }
        if (width != s.indents.back()) stop(s, "unindent does not match any outer indentation level");
        s.fresh = false;
        return;
    }
}

u32 hex_digits(Scanner& s, int count) {
    MR_ASSERT(count > 0);
    u32 v = 0;
    for (int i = 0; i < count && !s.ended(); ++i) {
        const char c = s.peek();
        const int d = sim::hex_digit(c);
        if (d < 0) break;
        v = v * 16 + static_cast<u32>(d);
        ++s.at;
    }
    return v;
}

void scan_escape(Scanner& s, std::string& out) {
    MR_ASSERT(s.peek() == '\\');
    ++s.at;
    const char c = s.peek();
    ++s.at;
    switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case '0': out += '\0'; break;
        case '\n': next_line(s); break;
        case 'x': append_point(out, hex_digits(s, 2)); break;
        case 'u': append_point(out, hex_digits(s, 4)); break;
        case '\\': case '\'': case '"': out += c; break;
        default: out += '\\'; out += c; break;
    }
}

void scan_string(Scanner& s, bool raw, bool format, std::size_t start) {
    const char quote = s.peek();
    MR_ASSERT(quote == '"' || quote == '\'');
    const bool triple = s.peek(1) == quote && s.peek(2) == quote;
    const Token head{format ? TokenKind::format_text : TokenKind::text, "", s.line, s.column(),
                     static_cast<u32>(start)};
    s.at += triple ? 3 : 1;
    std::string out;
    for (;;) {
        const char c = s.peek();
        if (s.ended() || (c == '\n' && !triple)) return stop(s, "unterminated string literal");
        if (c == quote && (!triple || (s.peek(1) == quote && s.peek(2) == quote))) break;
        if (c == '\\' && !raw) {
            scan_escape(s, out);
            continue;
        }
        out += c;
        ++s.at;
        if (c == '\n') next_line(s);
        if (c == '\\' && raw && !s.ended()) out += s.text[s.at++];
    }
    s.at += triple ? 3 : 1;
    Token token = head;
    token.text = std::move(out);
    s.out.push_back(std::move(token));
}

void scan_number(Scanner& s) {
    MR_ASSERT(sim::is_digit(s.peek()) || s.peek() == '.');
    const std::size_t start = s.at;
    bool real = false;
    std::string digits;
    while (sim::is_digit(s.peek()) || s.peek() == '_' || s.peek() == '.' || s.peek() == 'e' || s.peek() == 'E') {
        const char c = s.peek();
        if (c != '_') digits += c;
        real = real || c == '.' || c == 'e' || c == 'E';
        ++s.at;
        if ((c == 'e' || c == 'E') && (s.peek() == '+' || s.peek() == '-')) digits += s.text[s.at++];
    }
    put(s, real ? TokenKind::real : TokenKind::integer, digits, start);
}

void scan_word(Scanner& s) {
    const std::size_t start = s.at;
    while (letter(s.peek()) || sim::is_digit(s.peek())) ++s.at;
    MR_ASSERT(s.at > start);
    const std::string word(s.text.substr(start, s.at - start));
    const bool quoted = s.peek() == '"' || s.peek() == '\'';
    const bool raw = word == "r" || word == "R";
    const bool format = word == "f" || word == "F" || word == "fr" || word == "rf";
    if (quoted && (raw || format || word == "u" || word == "b"))
        return scan_string(s, raw || word.size() == 2, format, start);
    put(s, TokenKind::name, word, start);
}

void scan_symbol(Scanner& s) {
    MR_ASSERT(!s.ended());
    static constexpr std::string_view kLong[] = {"**=", "//=", "...", "**", "//", "==", "!=", "<=", ">=", "->", "+=",
                                                 "-=",  "*=",  "/=",  "%=", "&=", "|=", "^=", "<<", ">>", ":="};
    const std::size_t start = s.at;
    std::string symbol(1, s.peek());
    for (const std::string_view l : kLong)
        if (s.text.substr(s.at).starts_with(l)) {
            symbol = l;
            break;
        }
    static constexpr std::string_view kKnown = "()[]{},:.;@=+-*/%&|^~<>!";
    if (symbol.size() == 1 && kKnown.find(symbol[0]) == std::string_view::npos)
        return stop(s, "invalid character '" + symbol + "'");
    if (symbol == "(" || symbol == "[" || symbol == "{") ++s.brackets;
    if ((symbol == ")" || symbol == "]" || symbol == "}") && s.brackets > 0) --s.brackets;
    s.at += symbol.size();
    put(s, TokenKind::symbol, symbol, start);
}

/// Blanks, comments, line ends inside brackets or after a backslash. True if something was passed over.
bool skip(Scanner& s) {
    const char c = s.peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f') return ++s.at, true;
    if (c == '#') {
        while (!s.ended() && s.peek() != '\n') ++s.at;
        return true;
    }
    const bool joined = c == '\\' && (s.peek(1) == '\n' || (s.peek(1) == '\r' && s.peek(2) == '\n'));
    if (!joined && !(c == '\n' && s.brackets > 0)) return false;
    while (s.peek() != '\n') ++s.at;
    ++s.at;
    next_line(s);
    return true;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
    Scanner s{.text = text, .indents = {0}, .out = {}};
    while (!s.stopped) {
        if (s.fresh) scan_indent(s);
        if (s.ended() || s.stopped) break;
        if (skip(s)) continue;
        const char c = s.peek();
        if (c == '\n') {
            put(s, TokenKind::newline, "", s.at++);
            next_line(s);
            s.fresh = true;
        } else if (c == '"' || c == '\'') scan_string(s, false, false, s.at);
        else if (sim::is_digit(c) || (c == '.' && sim::is_digit(s.peek(1)))) scan_number(s);
        else if (letter(c)) scan_word(s);
        else scan_symbol(s);
    }
    if (!s.out.empty() && s.out.back().kind != TokenKind::newline) put(s, TokenKind::newline, "", s.at);
    for (std::size_t i = 1; i < s.indents.size(); ++i) put(s, TokenKind::dedent, "", s.at);
    put(s, TokenKind::end, "", s.at);
    MR_ASSERT(s.out.back().kind == TokenKind::end);
    return std::move(s.out);
}

}  // namespace engine::spark::py
