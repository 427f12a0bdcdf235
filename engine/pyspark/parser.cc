#include "engine/pyspark/parser.h"

#include <fmt/format.h>

#include "sim/base/assert.h"

namespace engine::spark::py {

const Token& Parser::next() {
    MR_ASSERT(!tokens.empty());
    const Token& t = peek();
    if (at + 1 < tokens.size()) ++at;
    return t;
}

bool Parser::symbol(std::string_view text, std::size_t ahead) const {
    return peek(ahead).kind == TokenKind::symbol && peek(ahead).text == text;
}
bool Parser::word(std::string_view text, std::size_t ahead) const {
    return peek(ahead).kind == TokenKind::name && peek(ahead).text == text;
}

bool Parser::accept_symbol(std::string_view text) {
    if (!symbol(text)) return false;
    next();
    return true;
}

bool Parser::accept_word(std::string_view text) {
    if (!word(text)) return false;
    next();
    return true;
}

void Parser::expect_symbol(std::string_view text) {
    if (!accept_symbol(text)) fail("invalid syntax: expected '" + std::string(text) + "'");
}

void Parser::expect_word(std::string_view text) {
    if (!accept_word(text)) fail("invalid syntax: expected '" + std::string(text) + "'");
}

std::string Parser::identifier() {
    if (peek().kind != TokenKind::name) {
        fail("invalid syntax: expected a name");
        return "";
    }
    return next().text;
}

void Parser::fail(std::string message) {
    MR_ASSERT(!tokens.empty());
    if (failed) return;
    failed = true;
    const Token& t = peek();
    error = {t.kind == TokenKind::wrong ? t.text : std::move(message), t.line, t.column};
    at = tokens.size() - 1;
}

bool Parser::enter() {
    if (++nesting <= kMaxNesting) return true;
    fail("too many nested parentheses");
    return false;
}

NodeRef Parser::make(NodeKind kind, const Token& from, std::vector<NodeRef> kids, std::string text,
                     std::vector<std::string> names) const {
    Node n;
    n.kind = kind;
    n.kids = std::move(kids);
    n.text = std::move(text);
    n.names = std::move(names);
    n.line = from.line;
    n.column = from.column;
    n.start = from.start;
    for ([[maybe_unused]] const NodeRef& kid : n.kids) MR_ASSERT(kid != nullptr);
    return std::make_shared<const Node>(std::move(n));
}

NodeRef Parser::block_after_colon() {
    expect_symbol(":");
    const Token from = peek();
    if (peek().kind != TokenKind::newline) return simple_statements();
    next();
    if (peek().kind != TokenKind::indent) {
        fail("expected an indented block");
        return make(NodeKind::block, from);
    }
    next();
    std::vector<NodeRef> kids;
    while (peek().kind != TokenKind::dedent && peek().kind != TokenKind::end) kids.push_back(statement());
    if (peek().kind == TokenKind::dedent) next();
    return make(NodeKind::block, from, std::move(kids));
}

NodeRef Parser::statement() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return make(NodeKind::pass, peek());
    NodeRef out;
    if (word("if")) out = if_statement();
    else if (word("for")) out = for_statement();
    else if (word("def")) out = function();
    else if (word("class")) out = class_definition();
    else if (word("try")) out = try_statement();
    else if (word("while")) {
        const Token from = next();
        const NodeRef condition = expression();
        out = make(NodeKind::while_, from, {condition, block_after_colon()});
    } else if (word("with")) {
        out = with_statement();
    } else if (word("async") || symbol("@")) {
        fail("unsupported Python: '" + peek().text + "'");
        out = make(NodeKind::pass, peek());
    } else {
        out = simple_statements();
    }
    --nesting;
    return out;
}

NodeRef Parser::simple_statements() {
    const Token from = peek();
    std::vector<NodeRef> kids = {simple_statement()};
    while (accept_symbol(";")) {
        if (peek().kind == TokenKind::newline) break;
        kids.push_back(simple_statement());
    }
    if (peek().kind == TokenKind::newline) next();
    else if (peek().kind != TokenKind::end) fail("invalid syntax");
    return kids.size() == 1 ? kids[0] : make(NodeKind::block, from, std::move(kids));
}

NodeRef Parser::simple_statement() {
    const Token from = peek();
    if (accept_word("pass")) return make(NodeKind::pass, from);
    if (accept_word("break")) return make(NodeKind::break_, from);
    if (accept_word("continue")) return make(NodeKind::continue_, from);
    if (accept_word("import")) return import();
    if (accept_word("from")) return from_import();
    if (accept_word("global") || accept_word("nonlocal")) {
        std::vector<std::string> names = {identifier()};
        while (accept_symbol(",")) names.push_back(identifier());
        return make(NodeKind::global, from, {}, "", std::move(names));
    }
    if (accept_word("return")) {
        const bool empty = peek().kind == TokenKind::newline || symbol(";");
        return make(NodeKind::return_, from, {empty ? make(NodeKind::none, from) : expression_list()});
    }
    if (accept_word("raise"))
        return make(NodeKind::raise, from,
                    {peek().kind == TokenKind::newline ? make(NodeKind::none, from) : expression()});
    if (accept_word("del")) return make(NodeKind::delete_, from, {expression_list()});
    if (accept_word("assert")) {
        std::vector<NodeRef> kids = {expression()};
        if (accept_symbol(",")) kids.push_back(expression());
        return make(NodeKind::assert_, from, std::move(kids));
    }
    return assignment();
}

NodeRef Parser::assignment() {
    const Token from = peek();
    std::vector<NodeRef> parts = {expression_list()};
    if (symbol(":") && parts[0]->kind == NodeKind::name) {  // a type annotation is read and forgotten
        next();
        expression();
    }
    static constexpr std::string_view kOperators[] = {"+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^="};
    for (const std::string_view op : kOperators)
        if (accept_symbol(op))
            return make(NodeKind::augmented, from, {parts[0], expression_list()},
                        std::string(op.substr(0, op.size() - 1)));
    while (accept_symbol("=")) parts.push_back(expression_list());
    if (parts.size() == 1) return make(NodeKind::expression, from, std::move(parts));
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const NodeKind k = parts[i]->kind;
        if (k != NodeKind::name && k != NodeKind::attribute && k != NodeKind::subscript && k != NodeKind::tuple &&
            k != NodeKind::list)
            fail("cannot assign to expression");
    }
    return make(NodeKind::assign, from, std::move(parts));
}

std::string Parser::dotted_name() {
    std::string out = identifier();
    while (accept_symbol(".")) out += "." + identifier();
    return out;
}

NodeRef Parser::import() {
    const Token from = peek();
    std::vector<std::string> names;
    do {
        const std::string module = dotted_name();
        names.push_back(module + "=" + (accept_word("as") ? identifier() : module.substr(0, module.find('.'))));
    } while (accept_symbol(","));
    return make(NodeKind::import, from, {}, "", std::move(names));
}

NodeRef Parser::from_import() {
    const Token from = peek();
    const std::string module = dotted_name();
    expect_word("import");
    std::vector<std::string> names;
    if (accept_symbol("*")) return make(NodeKind::from_import, from, {}, module, {"*"});
    const bool parenthesis = accept_symbol("(");
    do {
        if (parenthesis && symbol(")")) break;
        const std::string name = identifier();
        names.push_back(name + "=" + (accept_word("as") ? identifier() : name));
    } while (accept_symbol(","));
    if (parenthesis) expect_symbol(")");
    return make(NodeKind::from_import, from, {}, module, std::move(names));
}

void Parser::parameters(Node& out, std::string_view close) {
    MR_ASSERT(!close.empty());
    bool defaults = false;
    while (!symbol(close) && peek().kind != TokenKind::end) {
        std::string star = accept_symbol("**") ? "**" : accept_symbol("*") ? "*" : "";
        out.names.push_back(star + identifier());
        if (close == ")" && accept_symbol(":")) expression();
        if (accept_symbol("=")) {
            out.kids.push_back(expression());
            defaults = true;
        } else if (defaults && star.empty()) {
            fail("parameter without a default follows parameter with a default");
        }
        if (!accept_symbol(",")) break;
    }
}

NodeRef Parser::function() {
    const Token from = next();
    Node n;
    n.kind = NodeKind::function;
    n.text = identifier();
    n.line = from.line;
    n.column = from.column;
    n.start = from.start;
    expect_symbol("(");
    parameters(n, ")");
    expect_symbol(")");
    if (accept_symbol("->")) expression();
    n.kids.insert(n.kids.begin(), block_after_colon());
    MR_ASSERT(!n.kids.empty());
    return std::make_shared<const Node>(std::move(n));
}

NodeRef Parser::class_definition() {
    const Token from = next();
    const std::string name = identifier();
    if (accept_symbol("(")) {
        if (!symbol(")")) expression_list();
        expect_symbol(")");
    }
    return make(NodeKind::class_, from, {block_after_colon()}, name);
}

NodeRef Parser::if_statement() {
    const Token from = next();
    const NodeRef condition = expression();
    std::vector<NodeRef> kids = {condition, block_after_colon()};
    if (word("elif")) kids.push_back(if_statement());
    else if (accept_word("else")) kids.push_back(block_after_colon());
    return make(NodeKind::if_, from, std::move(kids));
}

NodeRef Parser::for_statement() {
    const Token from = next();
    std::vector<NodeRef> targets;
    do targets.push_back(postfix());
    while (accept_symbol(","));
    const NodeRef target = targets.size() == 1 ? targets[0] : make(NodeKind::tuple, from, targets);
    expect_word("in");
    const NodeRef source = expression_list();
    return make(NodeKind::for_, from, {target, source, block_after_colon()});
}

/// `with E as t: body` is what Python says it is: t = E.__enter__(), and E.__exit__() after the body however it ends.
NodeRef Parser::with_statement() {
    const Token from = next();
    const NodeRef manager = make(NodeKind::name, from, {}, fmt::format(" with {}:{}", from.line, from.start));
    const auto call = [&](const char* name, std::size_t arguments) {
        std::vector<NodeRef> kids = {make(NodeKind::attribute, from, {manager}, name)};
        kids.resize(arguments + 1, make(NodeKind::none, from));
        return make(NodeKind::call, from, std::move(kids), "", std::vector<std::string>(arguments));
    };
    const NodeRef made = make(NodeKind::assign, from, {manager, expression()}), entered = call("__enter__", 0),
                  left = make(NodeKind::expression, from, {call("__exit__", 3)});
    const NodeRef begun = accept_word("as") ? make(NodeKind::assign, from, {postfix(), entered})
                                            : make(NodeKind::expression, from, {entered});
    MR_ASSERT(manager->text.front() == ' ');  // no name of a program's own
    const NodeRef body = symbol(",") ? with_statement() : block_after_colon();
    return make(NodeKind::block, from,
                {made, begun,
                 make(NodeKind::try_, from, {body, make(NodeKind::block, from, {left})}, "", {"finally"})});
}

NodeRef Parser::try_statement() {
    const Token from = next();
    std::vector<NodeRef> kids = {block_after_colon()};
    std::vector<std::string> names;
    while (word("except") || word("finally") || word("else")) {
        const std::string kind = next().text;
        std::string bound;
        if (kind == "except" && !symbol(":")) {
            expression();
            if (accept_word("as")) bound = identifier();
        }
        kids.push_back(block_after_colon());
        names.push_back(kind == "except" ? "except=" + bound : kind);
    }
    return make(NodeKind::try_, from, std::move(kids), "", std::move(names));
}

std::expected<NodeRef, SyntaxError> parse_program(const std::string& text) {
    Parser p;
    p.tokens = tokenize(text);
    const Token from = p.peek();
    std::vector<NodeRef> kids;
    while (p.peek().kind != TokenKind::end && !p.failed) {
        if (p.peek().kind == TokenKind::wrong) p.fail("");
        else if (p.peek().kind == TokenKind::indent) p.fail("unexpected indent");
        else if (p.peek().kind == TokenKind::newline) p.next();
        else kids.push_back(p.statement());
    }
    if (p.failed) return std::unexpected(p.error);
    return p.make(NodeKind::block, from, std::move(kids));
}

}  // namespace engine::spark::py
