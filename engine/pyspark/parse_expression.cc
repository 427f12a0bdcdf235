// Expressions of Python, from the loosest operator to the tightest.
#include <cstdlib>

#include "engine/pyspark/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

NodeRef Parser::expression_list() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    const NodeRef first = expression();
    if (!symbol(",")) return first;
    std::vector<NodeRef> kids = {first};
    while (accept_symbol(",")) {
        const bool over = peek().kind == TokenKind::newline || symbol("=") || symbol(")") || symbol("]") ||
                          symbol(":") || peek().kind == TokenKind::end;
        if (over) break;
        kids.push_back(expression());
    }
    return make(NodeKind::tuple, from, std::move(kids));
}

NodeRef Parser::expression() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return make(NodeKind::none, peek());
    const Token from = peek();
    NodeRef out;
    if (word("lambda")) out = lambda();
    else if (accept_symbol("*")) {
        out = make(NodeKind::unary, from, {logic_or()}, "*");
    } else {
        out = logic_or();
        if (accept_word("if")) {
            const NodeRef condition = logic_or();
            expect_word("else");
            out = make(NodeKind::conditional, from, {out, condition, expression()});
        }
    }
    --nesting;
    return out;
}

NodeRef Parser::lambda() {
    const Token from = next();
    Node n;
    n.kind = NodeKind::lambda;
    n.line = from.line;
    n.column = from.column;
    n.start = from.start;
    parameters(n, ":");
    expect_symbol(":");
    n.kids.insert(n.kids.begin(), expression());
    return std::make_shared<const Node>(std::move(n));
}

NodeRef Parser::logic_or() {
    const Token from = peek();
    NodeRef out = logic_and();
    while (accept_word("or")) out = make(NodeKind::logic, from, {out, logic_and()}, "or");
    return out;
}

NodeRef Parser::logic_and() {
    const Token from = peek();
    NodeRef out = logic_not();
    while (accept_word("and")) out = make(NodeKind::logic, from, {out, logic_not()}, "and");
    return out;
}

NodeRef Parser::logic_not() {
    const Token from = peek();
    if (!accept_word("not")) return comparison();
    if (!enter()) return make(NodeKind::none, from);
    const NodeRef out = make(NodeKind::unary, from, {logic_not()}, "not");
    --nesting;
    return out;
}

NodeRef Parser::comparison() {
    const Token from = peek();
    std::vector<NodeRef> kids = {binary(0)};
    std::vector<std::string> operators;
    for (;;) {
        std::string op;
        for (const char* s : {"==", "!=", "<=", ">=", "<", ">"})
            if (op.empty() && symbol(s)) op = s;
        if (!op.empty()) next();
        else if (accept_word("in")) op = "in";
        else if (word("not") && word("in", 1)) op = "not in", next(), next();
        else if (accept_word("is")) op = accept_word("not") ? "is not" : "is";
        else break;
        operators.push_back(op);
        kids.push_back(binary(0));
    }
    return operators.empty() ? kids[0] : make(NodeKind::compare, from, std::move(kids), "", std::move(operators));
}

NodeRef Parser::binary(int level) {
    static constexpr const char* kLevels[][5] = {{"|"},        {"^"},      {"&"},
                                                 {"<<", ">>"}, {"+", "-"}, {"*", "//", "/", "%", "@"}};
    constexpr int kDeepest = 6;
    MR_ASSERT(level >= 0 && level <= kDeepest);
    if (level == kDeepest) return unary();
    const Token from = peek();
    NodeRef out = binary(level + 1);
    for (;;) {
        std::string op;
        for (const char* s : kLevels[level])
            if (s && op.empty() && symbol(s)) op = s;
        if (op.empty()) return out;
        next();
        out = make(NodeKind::binary, from, {out, binary(level + 1)}, op);
    }
}

NodeRef Parser::unary() {
    const Token from = peek();
    for (const char* op : {"-", "+", "~"}) {
        if (!symbol(op)) continue;
        next();
        if (!enter()) return make(NodeKind::none, from);
        const NodeRef out = make(NodeKind::unary, from, {unary()}, op);
        --nesting;
        return out;
    }
    return power();
}

NodeRef Parser::power() {
    const Token from = peek();
    const NodeRef base = postfix();
    if (!accept_symbol("**")) return base;
    return make(NodeKind::binary, from, {base, unary()}, "**");
}

NodeRef Parser::postfix() {
    NodeRef out = atom();
    for (;;) {
        const Token from = peek();
        if (accept_symbol(".")) {
            Token place = peek();
            std::string name = identifier();
            out = make(NodeKind::attribute, place, {out}, std::move(name));
        } else if (symbol("(")) {
            out = call(out);
        } else if (symbol("[")) {
            out = subscript(out);
        } else {
            return out;
        }
        if (failed) return out;
    }
}

NodeRef Parser::call(NodeRef callee) {
    const Token from = next();
    std::vector<NodeRef> kids = {std::move(callee)};
    std::vector<std::string> names;
    while (!symbol(")") && !failed) {
        std::string name;
        if (accept_symbol("**")) name = "**";
        else if (accept_symbol("*")) name = "*";
        else if (peek().kind == TokenKind::name && symbol("=", 1)) name = identifier(), next();
        const Token start = peek();
        NodeRef value = expression();
        if (word("for")) value = comprehension(value, start, "generator");
        kids.push_back(std::move(value));
        names.push_back(std::move(name));
        if (!accept_symbol(",")) break;
    }
    expect_symbol(")");
    MR_ASSERT(kids.size() == names.size() + 1);
    return make(NodeKind::call, from, std::move(kids), "", std::move(names));
}

NodeRef Parser::subscript(NodeRef base) {
    const Token from = next();
    const NodeRef nothing = make(NodeKind::none, from);
    std::vector<NodeRef> parts;
    bool slice = false;
    for (int i = 0; i < 3; ++i) {
        parts.push_back(symbol(":") || symbol("]") ? nothing : expression_list());
        if (!accept_symbol(":")) break;
        slice = true;
    }
    expect_symbol("]");
    while (slice && parts.size() < 3) parts.push_back(nothing);
    const NodeRef index = slice ? make(NodeKind::slice, from, std::move(parts)) : parts[0];
    return make(NodeKind::subscript, from, {std::move(base), index});
}

NodeRef Parser::atom() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    switch (from.kind) {
        case TokenKind::integer: case TokenKind::real: return number();
        case TokenKind::text: case TokenKind::format_text: return strings();
        case TokenKind::name: break;
        case TokenKind::symbol:
            if (symbol("(")) return parenthesised();
            if (symbol("[")) return bracketed();
            if (symbol("{")) return braced();
            [[fallthrough]];
        default: fail("invalid syntax"); return make(NodeKind::none, from);
    }
    next();
    Node n;
    if (from.text == "None") return make(NodeKind::none, from);
    if (from.text == "True" || from.text == "False") {
        n.kind = NodeKind::boolean;
        n.integer = from.text == "True";
        n.line = from.line;
        n.column = from.column;
        return std::make_shared<const Node>(std::move(n));
    }
    static constexpr std::string_view kReserved[] = {"yield", "await",  "async", "with", "def",    "class",
                                                     "for",   "while",  "if",    "else", "import", "return",
                                                     "try",   "except", "in",    "is",   "and",    "or"};
    for (const std::string_view r : kReserved)
        if (from.text == r)
            fail(r == "yield" || r == "await" ? "unsupported Python: '" + from.text + "'" : "invalid syntax");
    return make(NodeKind::name, from, {}, from.text);
}

NodeRef Parser::number() {
    const Token from = next();
    Node n;
    n.kind = from.kind == TokenKind::integer ? NodeKind::integer : NodeKind::real;
    n.text = from.text;
    n.line = from.line;
    n.column = from.column;
    n.start = from.start;
    if (n.kind == NodeKind::integer) n.integer = std::strtoll(from.text.c_str(), nullptr, 10);
    else n.real = std::strtod(from.text.c_str(), nullptr);
    return std::make_shared<const Node>(std::move(n));
}

NodeRef Parser::strings() {
    const Token from = peek();
    std::vector<NodeRef> parts;
    std::string plain;
    bool format = false;
    while (peek().kind == TokenKind::text || peek().kind == TokenKind::format_text) {
        const Token t = next();
        if (t.kind == TokenKind::text) {
            plain += t.text;
            parts.push_back(make(NodeKind::text, t, {}, t.text));
        } else {
            format = true;
            parts.push_back(format_string(t));
        }
    }
    return format ? make(NodeKind::format, from, std::move(parts)) : make(NodeKind::text, from, {}, plain);
}

namespace {

/// Where a replacement field's format begins: at the first colon outside brackets and quotes; the size if nowhere.
std::size_t place_of_spec(std::string_view field) {
    int depth = 0;
    char quote = 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const char c = field[i];
        if (quote != 0) quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"') quote = c;
        else if (c == '[' || c == '(') ++depth;
        else if (c == ']' || c == ')') --depth;
        else if (c == ':' && depth == 0) return i;
    }
    return field.size();
}

}  // namespace

NodeRef Parser::format_string(const Token& token) {
    std::vector<NodeRef> parts;
    std::string text;
    const std::string& s = token.text;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if ((s[i] == '{' || s[i] == '}') && i + 1 < s.size() && s[i + 1] == s[i]) {
            text += s[i++];
            continue;
        }
        if (s[i] != '{') {
            text += s[i];
            continue;
        }
        const std::size_t end = s.find('}', i);
        if (end == std::string::npos) {
            fail("f-string: expecting '}'");
            break;
        }
        std::string inner = s.substr(i + 1, end - i - 1), spec;
        if (const std::size_t colon = place_of_spec(inner); colon < inner.size())
            spec = inner.substr(colon + 1), inner.resize(colon);
        Parser p;
        p.tokens = tokenize(inner);
        p.nesting = nesting + 1;
        const NodeRef value = nesting < kMaxNesting ? p.expression() : make(NodeKind::none, token);
        if (p.failed || p.peek().kind != TokenKind::newline) fail("f-string: invalid syntax");
        parts.push_back(make(NodeKind::text, token, {}, text));
        parts.push_back(make(NodeKind::format, token, {value}, "value", {spec}));
        text.clear();
        i = end;
    }
    parts.push_back(make(NodeKind::text, token, {}, text));
    return make(NodeKind::format, token, std::move(parts));
}

NodeRef Parser::parenthesised() {
    const Token from = next();
    if (accept_symbol(")")) return make(NodeKind::tuple, from);
    const NodeRef first = expression();
    if (word("for")) {
        const NodeRef out = comprehension(first, from, "generator");
        expect_symbol(")");
        return out;
    }
    std::vector<NodeRef> kids = {first};
    bool tuple = false;
    while (accept_symbol(",")) {
        tuple = true;
        if (!symbol(")")) kids.push_back(expression());
    }
    expect_symbol(")");
    return tuple ? make(NodeKind::tuple, from, std::move(kids)) : first;
}

NodeRef Parser::bracketed() {
    const Token from = next();
    std::vector<NodeRef> kids;
    while (!symbol("]") && !failed) {
        kids.push_back(expression());
        if (word("for") && kids.size() == 1) {
            const NodeRef out = comprehension(kids[0], from, "list");
            expect_symbol("]");
            return out;
        }
        if (!accept_symbol(",")) break;
    }
    expect_symbol("]");
    return make(NodeKind::list, from, std::move(kids));
}

NodeRef Parser::braced() {
    const Token from = next();
    std::vector<NodeRef> kids;
    bool dict = symbol("}");
    while (!symbol("}") && !failed) {
        kids.push_back(expression());
        if (accept_symbol(":")) {
            dict = true;
            kids.push_back(expression());
        }
        if (word("for")) {
            const NodeRef pair = dict ? make(NodeKind::tuple, from, kids) : kids[0];
            const NodeRef out = comprehension(pair, from, dict ? "dict" : "set");
            expect_symbol("}");
            return out;
        }
        if (!accept_symbol(",")) break;
    }
    expect_symbol("}");
    if (dict && kids.size() % 2 != 0) fail("invalid syntax");
    return make(dict ? NodeKind::dict : NodeKind::set, from, std::move(kids));
}

NodeRef Parser::comprehension(NodeRef value, const Token& from, const char* what) {
    MR_ASSERT(value != nullptr);
    expect_word("for");
    std::vector<NodeRef> targets;
    do targets.push_back(postfix());
    while (accept_symbol(","));
    const NodeRef target = targets.size() == 1 ? targets[0] : make(NodeKind::tuple, from, targets);
    expect_word("in");
    std::vector<NodeRef> kids = {std::move(value), target, logic_or()};
    while (accept_word("if")) kids.push_back(logic_or());
    if (word("for")) fail("unsupported Python: a comprehension with several sources");
    return make(NodeKind::comprehension, from, std::move(kids), what);
}

}  // namespace engine::spark::py
