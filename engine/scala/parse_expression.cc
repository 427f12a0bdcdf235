// Expressions.
#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "engine/scala/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

constexpr std::string_view kKeywords[] = {"if",   "else",   "match", "case",  "yield",  "do",      "while",   "for",
                                          "val",  "var",    "def",   "class", "object", "trait",   "extends", "with",
                                          "new",  "return", "throw", "try",   "catch",  "finally", "import",  "package",
                                          "type", "this",   "super", "null",  "true",   "false",   "_"};

bool keyword(const Token& t) {
    if (t.kind != TokenKind::name || t.quoted) return false;
    for (const std::string_view k : kKeywords)
        if (t.text == k) return true;
    return false;
}

/// Precedence of an operator by its first character; -1 if the token is none.
int level_of(const Token& t) {
    constexpr std::string_view kReserved[] = {"=>", "=", "<-", ":", "@", "#", ".",  ",", ";",
                                              "(",  ")", "[",  "]", "{", "}", "<:", ">:"};
    if (t.kind == TokenKind::name) return keyword(t) ? -1 : 0;
    if (t.kind != TokenKind::op) return -1;
    for (const std::string_view r : kReserved)
        if (t.text == r) return -1;
    const bool compares = t.text == "<=" || t.text == ">=" || t.text == "!=" || t.text[0] == '=';
    if (t.text.back() == '=' && t.text.size() > 1 && !compares) return -1;  // an assignment
    switch (t.text[0]) {
        case '|': return 1;
        case '^': return 2;
        case '&': return 3;
        case '=': case '!': return 4;
        case '<': case '>': return 5;
        case ':': return 6;
        case '+': case '-': return 7;
        case '*': case '/': case '%': return 8;
        default: return 9;
    }
}

constexpr int kTightest = 9;

bool plain_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

NodeRef Parser::with_placeholders(const Token& from, std::size_t before, NodeRef body) {
    MR_ASSERT(before <= pending.size());
    const bool alone = body->kind == NodeKind::name && pending.size() == before + 1 && body->text == pending.back();
    if (pending.size() == before || alone) return body;
    auto f = std::make_shared<Node>(*make(NodeKind::lambda, from, {std::move(body)}));
    for (std::size_t i = before; i < pending.size(); ++i) f->params.push_back({pending[i], {}, false, false, nullptr});
    pending.resize(before);
    return f;
}

NodeRef Parser::expression() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return make(NodeKind::unit, peek());
    const Token from = peek();
    const std::size_t before = pending.size();
    NodeRef out = with_placeholders(from, before, expression_inner());
    --nesting;
    return out;
}

bool Parser::lambda_follows() const {
    if (peek().kind == TokenKind::name && !keyword(peek())) return op("=>", 1);
    if (word("_") && op("=>", 1)) return true;
    if (!op("(")) return false;
    int depth = 0;
    for (std::size_t i = 0; at + i < tokens.size(); ++i) {
        if (op("(", i) || op("[", i) || op("{", i)) ++depth;
        if ((op(")", i) || op("]", i) || op("}", i)) && --depth == 0) return op("=>", i + 1);
    }
    return false;
}

NodeRef Parser::lambda() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    auto f = std::make_shared<Node>(*make(NodeKind::lambda, from));
    if (accept_op("(")) f->params = parameters(")");
    else f->params = {{next().text, {}, false, false, nullptr}};
    expect_op("=>");
    f->kids = {expression()};
    return f;
}

NodeRef Parser::expression_inner() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    if (lambda_follows()) return lambda();
    if (word("if")) return if_expression();
    if (word("for")) return for_expression();
    if (word("try")) return try_expression();
    if (accept_word("while")) {
        expect_op("(");
        const bool around = std::exchange(enclosed, true);
        const NodeRef condition = expression();
        enclosed = around;
        expect_op(")");
        return make(NodeKind::while_, from, {condition, expression()});
    }
    if (accept_word("throw")) return make(NodeKind::throw_, from, {expression()});
    if (accept_word("return"))
        return make(NodeKind::return_, from, {line_ends() || op("}") ? make(NodeKind::unit, from) : expression()});
    NodeRef left = infix(0);
    while (!failed && word("match")) {
        next();
        expect_op("{");
        std::vector<NodeRef> kids = {left};
        for (NodeRef& c : case_list()) kids.push_back(std::move(c));
        expect_op("}");
        left = make(NodeKind::match, from, std::move(kids));
    }
    if (accept_op("=")) return make(NodeKind::assign, from, {left, expression()});
    if (peek().kind == TokenKind::op && peek().text.size() > 1 && peek().text.back() == '=' && level_of(peek()) < 0 &&
        !op("=>")) {
        const std::string text = next().text;
        return make(NodeKind::assign, from, {left, expression()}, text.substr(0, text.size() - 1));
    }
    if (op(":") && word("_", 1) && op("*", 2)) return left;  // a spread; the call takes it
    if (accept_op(":")) {
        auto typed = std::make_shared<Node>(*make(NodeKind::typed, from, {left}));
        typed->types = {type()};
        return typed;
    }
    return left;
}

NodeRef Parser::if_expression() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    expect_op("(");
    const bool around = std::exchange(enclosed, true);
    const NodeRef condition = expression();
    enclosed = around;
    expect_op(")");
    std::vector<NodeRef> kids = {condition, expression()};
    const bool separated = op(";") && word("else", 1);
    if (separated) next();
    if (accept_word("else")) kids.push_back(expression());
    return make(NodeKind::if_, from, std::move(kids));
}

NodeRef Parser::for_expression() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    const bool braces = op("{");
    expect_op(braces ? "{" : "(");
    const bool around = std::exchange(enclosed, !braces);
    std::vector<NodeRef> kids;
    while (!failed && !op(braces ? "}" : ")")) {
        const Token start = peek();
        if (accept_op(";")) continue;
        if (accept_word("if")) {
            kids.push_back(make(NodeKind::generator, start, {expression()}, "if"));
            continue;
        }
        const NodeRef target = pattern();
        const bool each = accept_op("<-");
        if (!each) expect_op("=");
        kids.push_back(make(NodeKind::generator, start, {target, expression()}, each ? "each" : "with"));
    }
    enclosed = around;
    expect_op(braces ? "}" : ")");
    const bool yields = accept_word("yield");
    if (!yields) accept_word("do");
    kids.push_back(expression());
    return make(NodeKind::for_, from, std::move(kids), yields ? "yield" : "do");
}

NodeRef Parser::try_expression() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    auto n = std::make_shared<Node>(*make(NodeKind::try_, from, {expression()}));
    if (accept_word("catch")) {
        expect_op("{");
        for (NodeRef& c : case_list()) n->kids.push_back(std::move(c));
        expect_op("}");
    }
    if (accept_word("finally")) {
        n->kids.push_back(expression());
        n->names = {"finally"};
    }
    return n;
}

NodeRef Parser::infix(int level) {
    MR_ASSERT(at < tokens.size());
    if (level > kTightest) return prefix();
    const Token from = peek();
    NodeRef left = infix(level + 1);
    for (int links = 0; !failed && level_of(peek()) == level && !line_ends(); ++links) {
        if (links > kMaxChain) fail("this expression is too long");
        // `f _`: the function itself.
        const Token name = next();
        const bool ends = line_ends() || op(")") || op("}") || op(",") || op(";");
        if (ends) return make(NodeKind::select, name, {left}, name.text);
        const NodeRef right = infix(name.text.back() == ':' ? level : level + 1);
        left = make(NodeKind::infix, from, {left, right}, name.text);
    }
    if (level == 0 && word("_") && !line_ends() && left->kind != NodeKind::infix) next();
    return left;
}

NodeRef Parser::prefix() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    for (const char* sign : {"-", "!", "+", "~"}) {
        if (!op(sign)) continue;
        next();
        const Token& number = peek();
        if (*sign == '-' && (number.kind == TokenKind::integer || number.kind == TokenKind::real)) {
            auto n = std::make_shared<Node>(*literal());
            n->integer = -n->integer;
            n->real = -n->real;
            return suffixes(n);
        }
        if (!enter()) return make(NodeKind::unit, from);
        const NodeRef arg = prefix();
        --nesting;
        return make(NodeKind::prefix, from, {arg}, sign);
    }
    return postfix();
}

NodeRef Parser::postfix() { return suffixes(atom()); }

NodeRef Parser::suffixes(NodeRef base) {
    MR_ASSERT(at < tokens.size());
    for (int links = 0; !failed; ++links) {
        if (links > kMaxChain) fail("this expression is too long");
        const Token from = peek();
        if (op(".") && peek(1).kind == TokenKind::name) {
            next();
            const Token name = next();
            base = make(NodeKind::select, name, {base}, name.text);
            continue;
        }
        if (line_ends() || (peek().fresh && !op(")"))) return base;
        const bool callable = base->kind == NodeKind::name || base->kind == NodeKind::select ||
                              base->kind == NodeKind::apply || base->kind == NodeKind::type_apply ||
                              base->kind == NodeKind::new_;
        if (op("[") && callable) {
            auto n = std::make_shared<Node>(*make(NodeKind::type_apply, from, {base}));
            n->types = type_arguments();
            base = n;
        } else if (op("(") || (op("{") && callable && base->kind != NodeKind::new_)) {
            base = call(base);
        } else {
            return base;
        }
    }
    return base;
}

NodeRef Parser::call(NodeRef callee) {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    auto n = std::make_shared<Node>(*make(NodeKind::apply, from, {callee}));
    n->line = callee->line;
    n->column = callee->column;
    if (op("{")) {
        n->kids.push_back(braced());
        n->names = {""};
        return n;
    }
    expect_op("(");
    const bool around = std::exchange(enclosed, true);
    while (!failed && !op(")")) {
        std::string name;
        if (peek().kind == TokenKind::name && op("=", 1)) name = next().text, next();
        NodeRef arg = expression();
        if (accept_op(":")) {
            accept_word("_");
            expect_op("*");
            name = "*";
        }
        n->kids.push_back(std::move(arg));
        n->names.push_back(std::move(name));
        if (!accept_op(",")) break;
    }
    enclosed = around;
    expect_op(")");
    return n;
}

NodeRef Parser::atom() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    if (from.kind == TokenKind::wrong) fail(from.text);
    if (op("(")) return parenthesised();
    if (op("{")) return braced();
    if (accept_word("new")) return creation();
    if (accept_word("_")) {
        pending.push_back(fmt::format("_${}", ++underscores));
        return make(NodeKind::name, from, {}, pending.back());
    }
    if (accept_word("this")) return make(NodeKind::this_, from);
    if (accept_word("super")) return make(NodeKind::this_, from);
    if (from.kind == TokenKind::interpolated) return interpolation();
    if (from.kind == TokenKind::name && !keyword(from)) return make(NodeKind::name, from, {}, next().text);
    return literal();
}

NodeRef Parser::literal() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    auto n = std::make_shared<Node>(*make(NodeKind::unit, from));
    switch (from.kind) {
        case TokenKind::integer: {
            n->kind = NodeKind::integer;
            n->text = from.prefix;
            const bool hex = from.text.starts_with("0x");
            sim::u64 value = 0;
            const char* first = from.text.data() + (hex ? 2 : 0);
            const auto parsed = std::from_chars(first, from.text.data() + from.text.size(), value, hex ? 16 : 10);
            if (parsed.ec != std::errc()) fail("integer number too large");
            n->integer = static_cast<sim::i64>(value);
            const bool wide = n->integer > INT32_MAX && n->text.empty() && !hex;
            if (wide && n->integer != sim::i64{INT32_MAX} + 1) fail("integer number too large");
            break;
        }
        case TokenKind::real:
            n->kind = NodeKind::real;
            n->text = from.prefix;
            n->real = std::strtod(from.text.c_str(), nullptr);
            break;
        case TokenKind::text: n->kind = NodeKind::text, n->text = from.text; break;
        case TokenKind::character: n->kind = NodeKind::character, n->text = from.text; break;
        case TokenKind::symbol: n->kind = NodeKind::symbol, n->text = from.text; break;
        default:
            if (word("true") || word("false")) n->kind = NodeKind::boolean, n->integer = word("true") ? 1 : 0;
            else if (word("null")) n->kind = NodeKind::null;
            else
                fail(from.kind == TokenKind::end ? "unexpected end of the program"
                                                 : fmt::format("illegal start of expression: {}", from.text));
            break;
    }
    if (!failed) next();
    return n;
}

NodeRef Parser::interpolation() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    auto n = std::make_shared<Node>(*make(NodeKind::interpolated, from, {}, from.prefix));
    std::string plain;
    const std::string& s = from.text;
    const auto flush = [&] {
        n->kids.push_back(make(NodeKind::text, from, {}, plain));
        plain.clear();
    };
    for (std::size_t i = 0; i < s.size() && !failed; ++i) {
        if (s[i] != '$' || i + 1 >= s.size()) {
            plain += s[i];
            continue;
        }
        if (s[i + 1] == '$') {
            plain += s[i++];
            continue;
        }
        std::size_t end = i + 1;
        const bool braces = s[end] == '{';
        int depth = 0;
        if (braces) {
            do {
                depth += s[end] == '{' ? 1 : s[end] == '}' ? -1 : 0;
                ++end;
            } while (end < s.size() && depth > 0);
        } else {
            while (end < s.size() && (s[end] == '_' || plain_letter(s[end]))) ++end;
        }
        if (end == i + 1 || depth > 0) {
            fail("invalid string interpolation");
            break;
        }
        flush();
        Parser inner;
        inner.nesting = nesting;
        inner.tokens = tokenize(std::string_view(s).substr(i + (braces ? 2 : 1), end - i - (braces ? 3 : 1)), from.line,
                                from.column + static_cast<sim::u32>(i));
        inner.enclosed = true;
        n->kids.push_back(inner.expression());
        if (inner.failed) fail(inner.error.message);
        i = end - 1;
    }
    flush();
    return n;
}

NodeRef Parser::parenthesised() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    const bool around = std::exchange(enclosed, true);
    std::vector<NodeRef> kids;
    while (!failed && !op(")")) {
        kids.push_back(expression());
        if (!accept_op(",")) break;
    }
    enclosed = around;
    expect_op(")");
    if (kids.empty()) return make(NodeKind::unit, from);
    return kids.size() == 1 ? kids[0] : make(NodeKind::tuple, from, std::move(kids));
}

NodeRef Parser::braced() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    if (!enter()) return make(NodeKind::unit, from);
    const bool around = std::exchange(enclosed, false);
    NodeRef out;
    if (word("case") && !word("class", 1) && !word("object", 1)) {
        out = make(NodeKind::cases, from, case_list());
    } else if (lambda_follows()) {
        auto f = std::make_shared<Node>(*make(NodeKind::lambda, peek()));
        if (accept_op("(")) f->params = parameters(")");
        else f->params = {{next().text, {}, false, false, nullptr}};
        expect_op("=>");
        f->kids = {statements(peek(), "}")};
        out = f;
    } else {
        out = statements(from, "}");
    }
    enclosed = around;
    expect_op("}");
    --nesting;
    return out;
}

NodeRef Parser::creation() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    auto n = std::make_shared<Node>(*make(NodeKind::new_, from));
    n->types = {simple_type()};
    if (op("(") && !peek().fresh) {
        const NodeRef args = call(make(NodeKind::unit, from));
        n->kids.assign(args->kids.begin() + 1, args->kids.end());
    }
    if (op("{") && !line_ends()) {
        const Token brace = next();
        n->kids.push_back(statements(brace, "}"));
        n->names = {"body"};
        expect_op("}");
    }
    return n;
}

}  // namespace engine::spark::scala
