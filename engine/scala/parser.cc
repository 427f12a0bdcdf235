// Statements, types and patterns.
#include "engine/scala/parser.h"

#include <fmt/format.h>

#include <utility>

#include "sim/base/assert.h"

namespace engine::spark::scala {

std::string text_of(const Type& type) {
    std::string out = type.name;
    for (std::size_t i = 0; i < type.args.size(); ++i) out += (i ? "," : "[") + text_of(type.args[i]);
    return type.args.empty() ? out : out + "]";
}

const Token& Parser::next() {
    MR_ASSERT(!tokens.empty());
    const Token& t = peek();
    if (at + 1 < tokens.size()) ++at;
    return t;
}

bool Parser::op(std::string_view text, std::size_t ahead) const {
    const Token& t = peek(ahead);
    return t.kind == TokenKind::op && t.text == text;
}

bool Parser::word(std::string_view text, std::size_t ahead) const {
    const Token& t = peek(ahead);
    return t.kind == TokenKind::name && !t.quoted && t.text == text;
}

bool Parser::accept_op(std::string_view text) { return op(text) ? (next(), true) : false; }
bool Parser::accept_word(std::string_view text) { return word(text) ? (next(), true) : false; }

void Parser::fail(std::string message) {
    MR_ASSERT(at < tokens.size());
    if (failed) return;
    failed = true;
    const Token& t = peek();
    error = {t.kind == TokenKind::wrong ? t.text : std::move(message), t.line, t.column};
    at = tokens.size() - 1;
}

namespace {

std::string shown(const Token& t) {
    switch (t.kind) {
        case TokenKind::end: return "end of file";
        case TokenKind::name: return t.text == "_" ? "'_'" : "identifier '" + t.text + "'";
        case TokenKind::text: case TokenKind::interpolated: return "string literal";
        case TokenKind::integer: return "integer literal";
        case TokenKind::real: return "double literal";
        default: return "'" + t.text + "'";
    }
}

}  // namespace

void Parser::expect_op(std::string_view text) {
    MR_ASSERT(at < tokens.size());
    if (!accept_op(text)) fail(fmt::format("'{}' expected but {} found.", text, shown(peek())));
}

std::string Parser::identifier() {
    MR_ASSERT(at < tokens.size());
    const Token& t = peek();
    if (t.kind != TokenKind::name) {
        fail(fmt::format("identifier expected but {} found.", shown(t)));
        return "";
    }
    return next().text;
}

bool Parser::enter() {
    MR_ASSERT(at < tokens.size());
    if (++nesting > kMaxNesting) fail("this program is nested too deeply");
    return !failed;
}

bool Parser::line_ends() const { return peek().kind == TokenKind::end || (peek().fresh && !enclosed); }

NodeRef Parser::make(NodeKind kind, const Token& from, std::vector<NodeRef> kids, std::string text) const {
    auto n = std::make_shared<Node>();
    n->kind = kind;
    n->text = std::move(text);
    n->kids = std::move(kids);
    n->line = from.line;
    n->column = from.column;
    return n;
}

NodeRef Parser::statements(const Token& from, std::string_view close) {
    MR_ASSERT(at < tokens.size());
    const bool around = std::exchange(enclosed, false);
    std::vector<NodeRef> kids;
    while (!failed && peek().kind != TokenKind::end && !op(close) && !(close == "}" && word("case"))) {
        if (accept_op(";")) continue;
        kids.push_back(statement());
        if (failed || op(close) || peek().kind == TokenKind::end || op(";") || peek().fresh) continue;
        fail(fmt::format("';' expected but {} found.", shown(peek())));
    }
    enclosed = around;
    return make(NodeKind::block, from, std::move(kids));
}

void Parser::skip_modifiers() {
    MR_ASSERT(at < tokens.size());
    for (;;) {
        if (op("@")) {
            next();
            identifier();
            if (op("(")) {
                next();
                while (!failed && !op(")") && peek().kind != TokenKind::end) next();
                expect_op(")");
            }
            continue;
        }
        bool any = false;
        for (const char* m : {"override", "private", "protected", "final", "implicit", "lazy", "sealed", "abstract"})
            if (word(m)) next(), any = true;
        if (any && op("[")) type_arguments();
        if (!any) return;
    }
}

NodeRef Parser::statement() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return make(NodeKind::unit, peek());
    skip_modifiers();
    const Token from = peek();
    NodeRef out;
    if (accept_word("import")) out = import();
    else if (accept_word("package")) {
        std::string name = identifier();
        while (accept_op(".")) name += "." + identifier();
        out = make(NodeKind::unit, from);
    } else if (word("val") || word("var")) out = value_definition();
    else if (word("def")) out = function_definition();
    else if (word("case") && (word("class", 1) || word("object", 1))) {
        next();
        const std::string what = next().text;
        out = class_definition(from, what == "class" ? "case class" : "object");
    } else if (word("class") || word("object") || word("trait")) out = class_definition(from, next().text);
    else if (word("type")) {
        next();
        identifier();
        expect_op("=");
        type();
        out = make(NodeKind::unit, from);
    } else out = expression();
    --nesting;
    return out;
}

NodeRef Parser::import() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    auto n = std::make_shared<Node>(*make(NodeKind::import, from));
    do {
        std::string path = identifier();
        bool more = true;
        while (more && !failed && accept_op(".")) {
            if (!op("{")) {
                path += "." + identifier();
                continue;
            }
            next();
            while (!failed && !op("}")) {
                std::string name = identifier();
                if (accept_op("=>")) name += "=" + identifier();
                n->names.push_back(path + "." + name);
                if (!accept_op(",")) break;
            }
            expect_op("}");
            path.clear();
            more = false;
        }
        if (!path.empty()) n->names.push_back(path);
    } while (accept_op(","));
    return n;
}

NodeRef Parser::value_definition() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    const NodeRef target = pattern();
    auto n = std::make_shared<Node>(*make(NodeKind::val, from, {target}, from.text));
    if (target->kind == NodeKind::of_type) n->types = target->types;
    if (accept_op(":")) n->types = {type()};
    expect_op("=");
    if (word("_") && (peek(1).fresh || op(";", 1))) n->kids.push_back(make(NodeKind::null, next()));
    else n->kids.push_back(expression());
    return n;
}

std::vector<Param> Parser::parameters(std::string_view close) {
    MR_ASSERT(at < tokens.size());
    std::vector<Param> out;
    const bool around = std::exchange(enclosed, true);
    accept_word("implicit");
    while (!failed && !op(close)) {
        skip_modifiers();
        if (word("val") || word("var")) next();
        Param p;
        p.name = identifier();
        if (accept_op(":")) {
            p.by_name = accept_op("=>");
            p.type = type();
            p.repeated = accept_op("*");
        }
        if (accept_op("=")) p.value = expression();
        out.push_back(std::move(p));
        if (!accept_op(",")) break;
    }
    enclosed = around;
    expect_op(close);
    return out;
}

NodeRef Parser::function_definition() {
    MR_ASSERT(at < tokens.size());
    const Token from = next();
    auto n = std::make_shared<Node>(*make(NodeKind::def, from));
    n->text = peek().kind == TokenKind::op && !op("(") && !op("[") ? next().text : identifier();
    if (op("[")) type_arguments();
    while (op("(")) {
        next();
        std::vector<Param> list = parameters(")");
        n->lists.push_back(static_cast<sim::u32>(list.size()));
        for (Param& p : list) n->params.push_back(std::move(p));
    }
    if (accept_op(":")) n->types = {type()};
    if (op("{")) n->kids = {braced()};
    else if (accept_op("=")) n->kids = {expression()};
    else n->kids = {make(NodeKind::unit, from)};
    return n;
}

NodeRef Parser::class_definition(const Token& from, std::string what) {
    MR_ASSERT(at < tokens.size());
    auto n = std::make_shared<Node>(*make(NodeKind::class_, from, {}, identifier()));
    n->names = {std::move(what)};
    if (op("[")) type_arguments();
    while (op("(") && !peek().fresh) {
        next();
        for (Param& p : parameters(")")) n->params.push_back(std::move(p));
    }
    std::vector<NodeRef> none;
    if (accept_word("extends")) {
        do {
            n->types.push_back(simple_type());
            if (op("(")) {
                next();
                while (!failed && !op(")")) {
                    expression();
                    if (!accept_op(",")) break;
                }
                expect_op(")");
            }
        } while (accept_word("with"));
    }
    if (op("{") && !peek().fresh) {
        const Token brace = next();
        n->kids = {statements(brace, "}")};
        expect_op("}");
    } else {
        n->kids = {make(NodeKind::block, from)};
    }
    return n;
}

// ---- types and patterns -------------------------------------------------------------------------

std::vector<Type> Parser::type_arguments() {
    MR_ASSERT(at < tokens.size());
    std::vector<Type> out;
    expect_op("[");
    const bool around = std::exchange(enclosed, true);
    while (!failed && !op("]")) {
        out.push_back(type());
        // Bounds and contexts of type parameters say nothing here.
        while (!failed && (op(":") || op("<:") || op(">:"))) next(), type();
        if (!accept_op(",")) break;
    }
    enclosed = around;
    expect_op("]");
    return out;
}

Type Parser::simple_type() {
    MR_ASSERT(at < tokens.size());
    if (accept_op("(")) {
        Type t{"", {}};
        while (!failed && !op(")")) {
            t.args.push_back(type());
            if (!accept_op(",")) break;
        }
        expect_op(")");
        if (t.args.size() == 1 && !op("=>")) return t.args[0];
        t.name = fmt::format("Tuple{}", t.args.size());
        return t;
    }
    if (accept_word("_")) return {"Any", {}};
    Type t{identifier(), {}};
    while (op(".") && peek(1).kind == TokenKind::name) next(), t.name = next().text;
    accept_op("#");
    if (op("[") && !peek().fresh) t.args = type_arguments();
    return t;
}

Type Parser::type() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return {};
    Type t = simple_type();
    while (accept_word("with")) simple_type();
    if (accept_op("=>")) {
        std::vector<Type> args = t.name.starts_with("Tuple") ? t.args : std::vector<Type>{t};
        const std::size_t n = args.size();
        args.push_back(type());
        t = {fmt::format("Function{}", n), std::move(args)};
    }
    --nesting;
    return t;
}

NodeRef Parser::pattern() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    NodeRef first = simple_pattern();
    if (accept_op(":")) {
        auto typed = std::make_shared<Node>(*make(NodeKind::of_type, from, {first}));
        typed->types = {simple_type()};
        first = typed;
    }
    if (!op("|")) return first;
    std::vector<NodeRef> all = {first};
    while (accept_op("|")) all.push_back(simple_pattern());
    return make(NodeKind::either, from, std::move(all));
}

NodeRef Parser::simple_pattern() {
    MR_ASSERT(at < tokens.size());
    const Token from = peek();
    if (!enter()) return make(NodeKind::wildcard, from);
    NodeRef out;
    if (accept_word("_")) out = make(NodeKind::wildcard, from);
    else if (accept_op("(")) {
        std::vector<NodeRef> kids;
        while (!failed && !op(")")) {
            kids.push_back(pattern());
            if (!accept_op(",")) break;
        }
        expect_op(")");
        out = kids.size() == 1 ? kids[0] : make(NodeKind::tuple, from, std::move(kids));
    } else if (from.kind == TokenKind::name && !word("true") && !word("false") && !word("null")) {
        std::string name = next().text;
        bool path = false;
        while (op(".") && peek(1).kind == TokenKind::name) next(), name = next().text, path = true;
        const bool upper = path || from.quoted || (name[0] >= 'A' && name[0] <= 'Z');
        if (op("(") && !peek().fresh) {
            next();
            std::vector<NodeRef> kids;
            while (!failed && !op(")")) {
                kids.push_back(pattern());
                if (!accept_op(",")) break;
            }
            expect_op(")");
            out = make(NodeKind::extractor, from, std::move(kids), name);
        } else if (accept_op("@")) out = make(NodeKind::bound, from, {simple_pattern()}, name);
        else out = make(upper ? NodeKind::name : NodeKind::bound, from, {}, name);
    } else if (op("-")) out = prefix();
    else out = literal();
    --nesting;
    return out;
}

std::vector<NodeRef> Parser::case_list() {
    MR_ASSERT(at < tokens.size());
    std::vector<NodeRef> out;
    while (!failed && word("case")) {
        const Token from = next();
        const bool around = std::exchange(enclosed, true);
        const NodeRef what = pattern();
        const NodeRef guard = accept_word("if") ? infix(0) : make(NodeKind::none, from);
        enclosed = around;
        expect_op("=>");
        out.push_back(make(NodeKind::case_, from, {what, guard, statements(peek(), "}")}));
    }
    return out;
}

std::expected<NodeRef, SyntaxError> parse_program(const std::string& text) {
    Parser p;
    p.tokens = tokenize(text);
    const NodeRef tree = p.statements(p.peek(), "");
    if (!p.failed && p.peek().kind != TokenKind::end) p.fail(fmt::format("{} is not expected here", shown(p.peek())));
    if (p.failed) return std::unexpected(p.error);
    return tree;
}

std::expected<Type, SyntaxError> parse_type(const std::string& text) {
    Parser p;
    p.tokens = tokenize(text);
    Type t = p.type();
    if (p.failed) return std::unexpected(p.error);
    return t;
}

}  // namespace engine::spark::scala
