// Expressions: operators by precedence, predicates, postfix access, lambdas. Calls with a syntax of their own
// are in parse_call.cc.
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A chain of AND or OR becomes a balanced tree, as Spark builds it, so that long chains stay shallow.
ExprRef balanced(const Exprs& parts, std::size_t low, std::size_t high, const std::string& op, const Origin& at) {
    MR_ASSERT(low <= high && high < parts.size());
    if (low == high) return parts[low];
    if (high - low == 1) return operation(op, {parts[low], parts[high]}, at);
    const std::size_t middle = low + (high - low) / 2;
    return operation(op, {balanced(parts, low, middle, op, at), balanced(parts, middle + 1, high, op, at)}, at);
}

ExprRef negate(ExprRef e, bool negated, const Origin& at) { return negated ? operation("not", {std::move(e)}, at) : e; }

}  // namespace

ExprRef Parser::expression() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return null_literal();
    ExprRef out = boolean_or();
    leave();
    if (out->depth > kMaxDepth) {
        nesting = kMaxNesting;
        enter();
        return null_literal();
    }
    return out;
}

/// Whether a parenthesis before a token is still open there. For messages alone: it looks at all tokens.
bool Parser::in_parentheses(u32 token) const {
    MR_ASSERT(token < tokens.size());
    i64 depth = 0;
    for (u32 i = 0; i < token; ++i)
        if (tokens[i].kind == TokenKind::symbol) depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
    return depth > 0;
}

/// An operator word with nothing after it: ANTLR ends the expression before it and calls the word extra, or takes
/// it for the alias where one may stand.
bool Parser::dangling(std::string_view word) {
    MR_ASSERT(at < tokens.size());
    const bool named = word == "IS" && nesting == item_nesting && is_word("FROM", 1);
    if (!is_word(word) || (peek(1).kind != TokenKind::end && !named) || in_parentheses(at)) return false;
    if (nesting != item_nesting) fail_here_extra();
    return true;
}

ExprRef Parser::boolean_or() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    Exprs parts = {boolean_and()};
    while (!dangling("OR") && accept_word("OR")) parts.push_back(boolean_and());
    return parts.size() == 1 ? parts[0] : balanced(parts, 0, parts.size() - 1, "or", from(first));
}

ExprRef Parser::boolean_and() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    Exprs parts = {boolean_not()};
    while (!dangling("AND") && accept_word("AND")) parts.push_back(boolean_not());
    return parts.size() == 1 ? parts[0] : balanced(parts, 0, parts.size() - 1, "and", from(first));
}

ExprRef Parser::boolean_not() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const bool bang = is_symbol("!");
    // NOT with nothing to deny is a name.
    const bool alone = peek(1).kind == TokenKind::end || is_symbol(")", 1) || is_symbol(",", 1);
    if ((!is_word("NOT") || alone) && !bang) return predicate();
    next();
    if (!enter()) return null_literal();
    ExprRef inner = boolean_not();
    leave();
    return operation("not", {std::move(inner)}, from(first));
}

ExprRef Parser::predicate() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    if (is_word("EXISTS") && is_symbol("(", 1) &&
        (is_word("SELECT", 2) || is_word("WITH", 2) || is_word("VALUES", 2) || is_word("FROM", 2))) {
        next();
        next();
        // In a select item EXISTS may be a name, and SELECT a column of its arguments.
        const u32 choice = nesting == item_nesting ? first + 3 : first + 1;
        Expr e;
        e.kind = ExprKind::exists;
        e.plan = query();
        e.id = ids->take();
        expect_symbol(")");
        if (failure.failed) fail_at(choice);
        e.at = from(first);
        e.type = type_of(TypeId::boolean);
        return make(std::move(e));
    }
    ExprRef left = binary(0);
    bool more = true;
    while (more) left = predicate_tail(std::move(left), more);
    return left;
}

ExprRef Parser::predicate_tail(ExprRef left, bool& more) {
    MR_ASSERT(at < tokens.size());
    // Spark gives a predicate the place of its own words, without what stands before them.
    const u32 words = at;
    const bool negated =
        (is_word("NOT") || is_symbol("!")) && (is_word("BETWEEN", 1) || is_word("IN", 1) || is_word("LIKE", 1) ||
                                               is_word("ILIKE", 1) || is_word("RLIKE", 1) || is_word("REGEXP", 1));
    if (negated) next();
    if (dangling("LIKE") || dangling("ILIKE") || dangling("RLIKE") || dangling("REGEXP") || dangling("IS") ||
        dangling("BETWEEN"))
        return more = false, left;
    if (accept_word("BETWEEN")) {
        ExprRef low = binary(0);
        expect_word("AND");
        ExprRef high = binary(0);
        const Origin at_all = from(words);
        ExprRef both =
            operation("and", {operation(">=", {left, low}, at_all), operation("<=", {left, high}, at_all)}, at_all);
        return negate(std::move(both), negated, at_all);
    }
    if (is_word("IN") && is_symbol("(", 1)) return in_tail(std::move(left), negated, words);
    if (is_word("RLIKE") || is_word("REGEXP")) {
        next();
        ExprRef pattern = binary(0);
        const Origin at_all = from(words);
        return negate(operation("rlike", {std::move(left), std::move(pattern)}, at_all), negated, at_all);
    }
    if (is_word("LIKE") || is_word("ILIKE")) return like_tail(std::move(left), negated, words);
    if (accept_word("IS")) {
        const bool inverse = accept_word("NOT");
        if (accept_word("NULL")) return operation(inverse ? "isnotnull" : "isnull", {std::move(left)}, from(words));
        if (accept_word("TRUE"))
            return negate(operation("<=>", {std::move(left), bool_literal(true)}, from(words)), inverse, from(words));
        if (accept_word("FALSE"))
            return negate(operation("<=>", {std::move(left), bool_literal(false)}, from(words)), inverse, from(words));
        if (accept_word("UNKNOWN"))
            return operation(inverse ? "isnotunknown" : "isunknown", {std::move(left)}, from(words));
        if (!inverse && !is_word("DISTINCT") && nesting != item_nesting) fail_at(words);
        expect_word("DISTINCT");
        expect_word("FROM");
        ExprRef right = binary(0);
        return negate(operation("<=>", {std::move(left), std::move(right)}, from(words)), !inverse, from(words));
    }
    more = false;
    return left;
}

ExprRef Parser::in_tail(ExprRef left, bool negated, u32 first) {
    MR_ASSERT(at < tokens.size());
    if (is_symbol(")", 2)) {
        // Where an alias may stand, IN is one, and the parenthesis is one too many.
        if (nesting == item_nesting) next();
        fail_here();
        return left;
    }
    // Where an alias may stand, IN is one, and its parenthesis is what is wrong.
    const u32 choice = nesting == item_nesting ? at + 1 : at;
    const auto refuse_in = [&] {
        if (failure.failed && !negated) fail_at(choice);
    };
    next();
    next();
    if (is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_word("FROM")) {
        Expr e;
        e.kind = ExprKind::in_subquery;
        e.id = ids->take();
        e.plan = query();
        expect_symbol(")");
        refuse_in();
        e.args = is_call(left, "named_struct") && left->at.text && (*left->at.text)[left->at.start] == '('
                     ? Exprs{}
                     : Exprs{left};
        if (e.args.empty())
            for (std::size_t i = 1; i < left->args.size(); i += 2) e.args.push_back(left->args[i]);
        e.type = type_of(TypeId::boolean);
        e.at = from(first);
        const Origin at_all = e.at;
        return negate(make(std::move(e)), negated, at_all);
    }
    Exprs args = {std::move(left)};
    do args.push_back(expression());
    while (accept_symbol(","));
    expect_symbol(")");
    refuse_in();
    return negate(operation("in", std::move(args), from(first)), negated, from(first));
}

ExprRef Parser::like_tail(ExprRef left, bool negated, u32 first) {
    MR_ASSERT(at < tokens.size());
    const u32 here = at;
    const bool fold = next().upper == "ILIKE";
    if ((is_word("ANY") || is_word("SOME") || is_word("ALL")) && is_symbol("(", 1)) {
        const bool all = next().upper == "ALL";
        next();
        Exprs args = {std::move(left)};
        if (is_symbol(")")) {
            fail("_LEGACY_ERROR_TEMP_0064", "Expected something between '(' and ')'..", from(here));
            return null_literal();
        }
        do args.push_back(expression());
        while (accept_symbol(","));
        expect_symbol(")");
        if (fold)
            for (ExprRef& arg : args) arg = operation("lower", {arg}, arg->at);
        return operation(negated ? (all ? "notlikeall" : "notlikeany") : (all ? "likeall" : "likeany"), std::move(args),
                         from(first));
    }
    ExprRef pattern = binary(0);
    Exprs args = {std::move(left), std::move(pattern)};
    if (is_word("ESCAPE") && peek(1).kind == TokenKind::end) fail_here_extra();
    if (accept_word("ESCAPE")) {
        if (peek().kind != TokenKind::string) fail_here();
        args.push_back(string_run());
        if (!failure.failed && args[2]->value.s.size() != 1) {
            fail("INVALID_ESC",
                 "Found an invalid escape string: '" + args[2]->value.s +
                     "'. The escape string must contain only one character.",
                 from(here));
        }
    }
    return negate(operation(fold ? "ilike" : "like", std::move(args), from(first)), negated, from(first));
}

namespace {

/// Binary operators from weakest to strongest.
constexpr std::string_view kLevels[6][9] = {
    {"=", "==", "<=>", "<>", "!=", "<", "<=", ">", ">="}, {"|"}, {"^"}, {"&"}, {"+", "-", "||"}, {"*", "/", "%"},
};

std::string operator_at(const Parser& p, int level) {
    MR_ASSERT(level >= 0);
    if (p.peek().kind == TokenKind::word) return level == 5 && p.peek().upper == "DIV" ? "div" : "";
    if (p.peek().kind != TokenKind::symbol) return "";
    for (const std::string_view op : kLevels[level])
        if (!op.empty() && p.peek().text == op) return std::string(op);
    return "";
}

ExprRef binary_node(const std::string& op, ExprRef left, ExprRef right, const Origin& at) {
    MR_ASSERT(left != nullptr && right != nullptr);
    if (op == "==") return operation("=", {std::move(left), std::move(right)}, at);
    if (op == "<>" || op == "!=")
        return operation("not", {operation("=", {std::move(left), std::move(right)}, at)}, at);
    if (op == "||") return operation("concat", {std::move(left), std::move(right)}, at);
    return operation(op, {std::move(left), std::move(right)}, at);
}

}  // namespace

ExprRef Parser::binary(int level) {
    MR_ASSERT(at < tokens.size());
    if (level == 6) return unary();
    const u32 first = at;
    ExprRef left = binary(level + 1);
    for (std::string op = operator_at(*this, level); !op.empty(); op = operator_at(*this, level)) {
        next();
        ExprRef right = binary(level + 1);
        left = binary_node(op, std::move(left), std::move(right), from(first));
        if (left->depth > kMaxDepth) {
            nesting = kMaxNesting;
            enter();
            return null_literal();
        }
    }
    return left;
}

ExprRef Parser::unary() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    if (is_symbol("-") && peek(1).kind == TokenKind::number) {
        next();
        return postfix(number(true, first), first);
    }
    if (!is_symbol("-") && !is_symbol("+") && !is_symbol("~")) return primary();
    const std::string op = next().text;
    if (!enter()) return null_literal();
    ExprRef inner = unary();
    leave();
    return operation(op == "-" ? "negative" : op == "+" ? "positive" : "~", {std::move(inner)}, from(first));
}

ExprRef Parser::primary() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    if (at_lambda()) return lambda();
    return postfix(primary_base(), first);
}

ExprRef Parser::postfix(ExprRef base, u32 first) {
    MR_ASSERT(at < tokens.size());
    while (!failure.failed) {
        if (is_symbol(".") && at_identifier(1)) {
            next();
            std::string field = identifier();
            if (base->kind == ExprKind::name)
                base = edit(base, [&](Expr& e) { e.parts.push_back(field), e.at = from(first); });
            else {
                Expr e;
                e.kind = ExprKind::extract;
                e.args = {base, string_literal(field)};
                e.at = from(first);
                e.distinct = true;
                base = make(std::move(e));
            }
        } else if (is_symbol(".")) {
            next();
            fail_here();
        } else if (accept_symbol("[")) {
            ExprRef index = binary(0);
            if (at_identifier() || is_symbol(",") || ended()) fail_missing("']'");
            expect_symbol("]");
            Expr e;
            e.kind = ExprKind::extract;
            e.args = {base, std::move(index)};
            e.at = from(first);
            base = make(std::move(e));
        } else {
            return base;
        }
        if (base->depth > kMaxDepth) {
            nesting = kMaxNesting;
            enter();
        }
    }
    return base;
}

bool Parser::at_lambda() const {
    MR_ASSERT(at < tokens.size());
    if (at_identifier() && is_symbol("->", 1)) return true;
    if (!is_symbol("(")) return false;
    u32 i = 1;
    while (at_identifier(i)) {
        ++i;
        if (is_symbol(")", i)) return is_symbol("->", i + 1);
        if (!is_symbol(",", i)) return false;
        ++i;
    }
    return false;
}

ExprRef Parser::lambda() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    std::vector<std::string> names;
    if (is_symbol("(")) names = identifier_list();
    else names.push_back(identifier());
    expect_symbol("->");
    Exprs args = {expression()};
    for (const std::string& variable : names) {
        Expr e;
        e.kind = ExprKind::lambda_name;
        e.parts = {variable};
        args.push_back(make(std::move(e)));
    }
    // Names of the parameters inside the body mean the variables, whatever columns there are.
    args[0] = rewrite_up(args[0], [&](const ExprRef& e) {
        if (e->kind != ExprKind::name) return e;
        for (const std::string& variable : names)
            if (e->parts[0] == variable) return edit(e, [](Expr& copy) { copy.kind = ExprKind::lambda_name; });
        return e;
    });
    Expr e;
    e.kind = ExprKind::lambda;
    e.args = std::move(args);
    e.at = from(first);
    return make(std::move(e));
}

ExprRef Parser::parenthesised() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    if (is_word("SELECT") || is_word("WITH") || is_word("VALUES") || (is_word("FROM") && at_identifier(1))) {
        Expr e;
        e.kind = ExprKind::scalar_subquery;
        e.plan = query();
        e.id = ids->take();
        expect_close();
        e.at = from(first);
        return make(std::move(e));
    }
    Exprs items;
    const auto member = [&] {
        const u32 start = at;
        ExprRef e = expression();
        const bool named = accept_word("AS") || (at_identifier() && !is_word("FROM"));
        if (!named) return e;
        e = alias_of(std::move(e), identifier(), ids->take(), from(start));
        if (items.empty() && !is_symbol(",")) fail_here();
        return e;
    };
    ExprRef inner = member();
    if (!is_symbol(",")) {
        if (!accept_symbol(")")) fail_here();
        return inner;
    }
    items = {std::move(inner)};
    while (accept_symbol(",")) items.push_back(member());
    if (ended() || is_word("FROM")) fail_unwanted();
    expect_symbol(")");
    Exprs args;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ExprRef& item = items[i];
        args.push_back(string_literal(item->kind == ExprKind::name    ? item->parts.back()
                                      : item->kind == ExprKind::alias ? item->name
                                                                      : "col" + std::to_string(i + 1)));
        args.push_back(item);
    }
    return operation("named_struct", std::move(args), from(first));
}

ExprRef Parser::primary_base() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const Token& token = peek();
    switch (token.kind) {
        case TokenKind::number: return number(false, first);
        case TokenKind::string: return string_run();
        case TokenKind::word: return word_primary();
        case TokenKind::quoted_word: {
            std::vector<std::string> name = {next().text};
            while (is_symbol(".") && at_identifier(1)) {
                next();
                name.push_back(identifier());
            }
            if (is_symbol("(")) return call(std::move(name), first);
            if (is_symbol(".") && is_symbol("*", 1)) break;
            return name_of(std::move(name), from(first));
        }
        case TokenKind::symbol: break;
        case TokenKind::end: case TokenKind::bad: fail_here(); return null_literal();
    }
    if (is_symbol("(")) return parenthesised();
    if (is_symbol("*")) {
        next();
        Expr e;
        e.kind = ExprKind::star;
        e.at = from(first);
        return make(std::move(e));
    }
    if (is_symbol("?") || (is_symbol(":") && at_identifier(1))) {
        Expr e;
        e.kind = ExprKind::parameter;
        e.k = is_symbol("?") ? static_cast<i64>(token.start) : -1;
        if (next().text == ":") e.name = identifier();
        else e.name = "_" + std::to_string(e.k);
        e.at = from(first);
        return make(std::move(e));
    }
    fail_here();
    return null_literal();
}

}  // namespace engine::spark
