#include "engine/sql/parser.h"

#include <algorithm>

#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

Parser make_parser(const std::string& text, Ids& ids, const ParseOptions& options) {
    Parser p;
    p.text = std::make_shared<const std::string>(text);
    p.tokens = tokenize(*p.text);
    p.ids = &ids;
    p.options = options;
    const bool open_comment = p.tokens.back().text == "/*";
    if (open_comment)
        p.failure.set(parse_error("UNCLOSED_BRACKETED_COMMENT",
                                  "Found an unclosed bracketed comment. Please, append */ at the end of the comment.",
                                  {.text = p.text}));
    return p;
}

namespace {

std::string near(const Token& token, const std::string& text) {
    if (token.kind == TokenKind::end) return "end of input";
    return "'" + text.substr(token.start, token.stop - token.start + 1) + "'";
}

}  // namespace

const Token& Parser::peek(u32 ahead) const {
    MR_ASSERT(at < tokens.size());
    const std::size_t i = std::min<std::size_t>(at + ahead, tokens.size() - 1);
    return tokens[i];
}

const Token& Parser::next() {
    MR_ASSERT(at < tokens.size());
    const Token& token = peek();
    if (at + 1 < tokens.size()) ++at;
    return token;
}

bool Parser::is_symbol(std::string_view symbol, u32 ahead) const {
    MR_ASSERT(at < tokens.size());
    return peek(ahead).kind == TokenKind::symbol && peek(ahead).text == symbol;
}

bool Parser::is_word(std::string_view word, u32 ahead) const {
    MR_ASSERT(at < tokens.size());
    return peek(ahead).kind == TokenKind::word && peek(ahead).upper == word;
}

bool Parser::accept_symbol(std::string_view symbol) {
    MR_ASSERT(at < tokens.size());
    if (!is_symbol(symbol)) return false;
    next();
    return true;
}

bool Parser::accept_word(std::string_view word) {
    MR_ASSERT(at < tokens.size());
    if (!is_word(word)) return false;
    next();
    return true;
}

bool Parser::accept_words(std::initializer_list<std::string_view> words) {
    MR_ASSERT(at < tokens.size());
    u32 i = 0;
    for (const std::string_view word : words)
        if (!is_word(word, i++)) return false;
    for (; i > 0; --i) next();
    return true;
}

void Parser::expect_symbol(std::string_view symbol) {
    MR_ASSERT(at < tokens.size());
    if (accept_symbol(symbol)) return;
    if (is_symbol(symbol, 1)) fail_unwanted();
    else fail_here();
}

bool Parser::goes_on_without_close() const {
    MR_ASSERT(at < tokens.size());
    static constexpr std::string_view kGoesOn[] = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION"};
    return ended() ||
           std::any_of(std::begin(kGoesOn), std::end(kGoesOn), [&](std::string_view w) { return is_word(w); });
}

/// The parenthesis that ends a call or a query in FROM: where what follows could go on without it, it is told as
/// missing.
void Parser::expect_close() {
    MR_ASSERT(at < tokens.size());
    if (failure.failed || accept_symbol(")")) return;
    if (is_symbol(")", 1)) return fail_unwanted();
    if (goes_on_without_close()) fail_missing("')'");
    else fail_here();
}

void Parser::expect_word(std::string_view word) {
    MR_ASSERT(at < tokens.size());
    if (accept_word(word) || failure.failed) return;
    if (is_word(word, 1) && !ended()) return fail_unwanted();
    const bool value = at_identifier() || peek().kind == TokenKind::number || peek().kind == TokenKind::string;
    const bool inserted = (word == "AND" || word == "THEN") ? value : word == "END" && is_word("FROM");
    if (inserted) fail_missing("'" + std::string(word) + "'");
    else fail_here();
}

bool strict_nonreserved(const std::string& upper) {
    static constexpr std::string_view kStrict[] = {"ANTI", "CROSS",   "EXCEPT", "FULL",    "INNER", "INTERSECT",
                                                   "JOIN", "LATERAL", "LEFT",   "NATURAL", "ON",    "RIGHT",
                                                   "SEMI", "MINUS",   "UNION",  "USING"};
    return std::find(std::begin(kStrict), std::end(kStrict), upper) != std::end(kStrict);
}

bool Parser::at_identifier(u32 ahead) const {
    MR_ASSERT(at < tokens.size());
    return peek(ahead).kind == TokenKind::word || peek(ahead).kind == TokenKind::quoted_word;
}

bool Parser::at_strict_identifier() const {
    MR_ASSERT(at < tokens.size());
    return peek().kind == TokenKind::quoted_word ||
           (peek().kind == TokenKind::word && !strict_nonreserved(peek().upper));
}

std::string Parser::identifier() {
    MR_ASSERT(at < tokens.size());
    if (!at_identifier()) {
        fail_here();
        return "";
    }
    return next().text;
}

std::vector<std::string> Parser::name() {
    MR_ASSERT(at < tokens.size());
    std::vector<std::string> parts = {identifier()};
    while (is_symbol(".") && at_identifier(1)) {
        next();
        parts.push_back(identifier());
    }
    return parts;
}

std::vector<std::string> Parser::identifier_list() {
    MR_ASSERT(at < tokens.size());
    std::vector<std::string> out;
    if (!is_symbol("(") && at_identifier()) fail_missing("'('");
    expect_symbol("(");
    do out.push_back(identifier());
    while (accept_symbol(","));
    expect_close();
    return out;
}

Origin Parser::from(u32 first_token) const {
    MR_ASSERT(at < tokens.size());
    const u32 last = at > 0 ? at - 1 : 0;
    return origin_of(text, tokens[first_token].start, tokens[std::max(first_token, last)].stop);
}

Origin Parser::here() const { return origin_of(text, peek().start, peek().stop); }

void Parser::fail(std::string error_class, std::string message, const Origin& origin) {
    MR_ASSERT(at < tokens.size());
    Origin place = origin;
    place.text = text;
    failure.set(parse_error(error_class, message, place));
    at = static_cast<u32>(tokens.size() - 1);
}

void Parser::fail_here() {
    MR_ASSERT(at < tokens.size());
    if (failure.failed) return;
    fail("PARSE_SYNTAX_ERROR", "Syntax error at or near " + near(peek(), *text) + ".", here());
}

void Parser::fail_here_extra() {
    MR_ASSERT(at < tokens.size());
    if (failure.failed) return;
    std::string message = "Syntax error at or near " + near(peek(), *text);
    // Text in double quotes might be a name under other settings: ANTLR never takes it for one token too many.
    const bool quoted = (*text)[peek().start] == '"';
    if (peek(1).kind == TokenKind::end && !quoted) message += ": extra input " + near(peek(), *text);
    fail("PARSE_SYNTAX_ERROR", message + ".", here());
}

void Parser::fail_at(u32 token) {
    MR_ASSERT(token < tokens.size());
    if (failure.failed && failure.error.error_class != "PARSE_SYNTAX_ERROR") return;
    failure = {};
    at = token;
    fail_here();
}

void Parser::fail_missing(std::string_view token) {
    MR_ASSERT(at < tokens.size());
    if (failure.failed) return;
    const std::string place = "Syntax error at or near " + near(peek(), *text);
    fail("PARSE_SYNTAX_ERROR", place + ": missing " + std::string(token) + ".", here());
}

/// One token too many before what is expected: ANTLR would go on without it.
void Parser::fail_unwanted() {
    MR_ASSERT(at < tokens.size());
    if (failure.failed) return;
    const std::string token = near(peek(), *text);
    fail("PARSE_SYNTAX_ERROR", "Syntax error at or near " + token + ": extra input " + token + ".", here());
}

bool Parser::enter() {
    MR_ASSERT(at < tokens.size());
    if (++nesting <= kMaxNesting || failure.failed) return !failure.failed;
    Origin nowhere;
    fail("FAILED_TO_PARSE_TOO_COMPLEX",
         "The statement, including potential SQL functions and referenced views, was too complex to parse. To mitigate "
         "this error divide the "
         "statement into multiple, less complex chunks.",
         nowhere);
    return false;
}

namespace {

/// Whole text through one production; what is left over is refused.
template <class Result, class Production>
std::expected<Result, QueryError> whole(Parser& p, Production production) {
    MR_ASSERT(!p.tokens.empty());
    Result result = production(p);
    if (!p.failure.failed && !p.ended()) p.fail_here_extra();
    if (p.failure.failed) return std::unexpected(p.failure.error);
    return result;
}

/// A parser over text without tokens refuses the empty text in its own way.
bool refuse_empty(Parser& p) {
    MR_ASSERT(!p.tokens.empty());
    if (!p.ended()) return false;
    const bool comment = p.text->find_first_not_of(" \t\r\n") != std::string::npos;
    p.fail(comment ? "PARSE_SYNTAX_ERROR" : "PARSE_EMPTY_STATEMENT", "Syntax error at or near end of input.", p.here());
    return true;
}

}  // namespace

std::expected<PlanRef, QueryError> parse_statement(const std::string& text, Ids& ids, const ParseOptions& options) {
    Parser p = make_parser(text, ids, options);
    if (refuse_empty(p)) return std::unexpected(p.failure.error);
    return whole<PlanRef>(p, [](Parser& q) {
        PlanRef plan = q.statement();
        bool closed = false;
        while (q.accept_symbol(";")) closed = true;
        if (closed && !q.failure.failed && !q.ended())
            q.fail(
                "PARSE_SYNTAX_ERROR",
                "Syntax error at or near " + near(q.peek(), *q.text) + ": extra input " + near(q.peek(), *q.text) + ".",
                q.here());
        return plan;
    });
}

std::expected<ExprRef, QueryError> parse_expression(const std::string& text, Ids& ids, const ParseOptions& options) {
    Parser p = make_parser(text, ids, options);
    if (refuse_empty(p)) return std::unexpected(p.failure.error);
    return whole<ExprRef>(p, [](Parser& q) { return q.select_item(); });
}

std::expected<DataType, QueryError> parse_data_type(const std::string& text) {
    Ids ids;
    Parser p = make_parser(text, ids, {});
    auto type = whole<DataType>(p, [](Parser& q) { return q.data_type(); });
    if (type || type.error().error_class != "UNSUPPORTED_DATATYPE") return type;
    // The shape of the text is looked at before its names are.
    Parser q = make_parser(text, ids, {});
    q.next();
    if (q.ended() || q.is_symbol("(") || q.is_symbol("<")) return type;
    if (q.peek(1).kind == TokenKind::end) q.fail_here_extra();
    else q.fail_here();
    return std::unexpected(q.failure.error);
}

std::expected<DataType, QueryError> parse_schema(const std::string& text) {
    if (const auto single = parse_data_type(text)) return *single;
    Ids ids;
    Parser p = make_parser(text, ids, {});
    return whole<DataType>(p, [](Parser& q) { return struct_type(q.fields(false)); });
}

std::expected<std::vector<std::string>, QueryError> parse_name(const std::string& text) {
    Ids ids;
    Parser p = make_parser(text, ids, {});
    return whole<std::vector<std::string>>(p, [](Parser& q) { return q.name(); });
}

}  // namespace engine::spark
