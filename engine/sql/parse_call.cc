// Words that begin an expression: names, calls, and the calls with a syntax of their own (CAST, EXTRACT, TRIM, ...).
#include <fmt/format.h>

#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool reserved_here(const std::string& upper) {
    // Words that can begin no expression although they could be identifiers elsewhere.
    return upper == "FROM" || upper == "WHERE" || upper == "GROUP" || upper == "ORDER" || upper == "HAVING" ||
           upper == "UNION";
}

ExprRef star_of(std::vector<std::string> parts, Origin at) {
    Expr e;
    e.kind = ExprKind::star;
    e.parts = std::move(parts);
    e.at = std::move(at);
    return make(std::move(e));
}

}  // namespace

ExprRef Parser::word_primary() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const std::string word = peek().upper;
    const bool open = is_symbol("(", 1);
    if (word == "ALL" && open && is_word("SELECT", 2)) {
        next();
        fail_here();
        return null_literal();
    }
    if (word == "NULL" && !open) return next(), literal(null_value(), {}, from(first));
    if ((word == "TRUE" || word == "FALSE") && !open) return next(), bool_literal(word == "TRUE", from(first));
    const bool no_case = peek(1).kind == TokenKind::end || (is_word("END", 1) && peek(2).kind == TokenKind::end);
    if (word == "CASE" && !no_case) return case_when();
    if (word == "INTERVAL" && (peek(1).kind == TokenKind::number || peek(1).kind == TokenKind::string ||
                               ((is_symbol("-", 1) || is_symbol("+", 1)) && peek(2).kind != TokenKind::end)))
        return interval();
    if (peek(1).kind == TokenKind::string && !peek(1).raw && !reserved_here(word)) return typed_literal();
    if (open) {
        if (word == "CAST" || word == "TRY_CAST") return cast_call();
        if (word == "EXTRACT") return extract_call();
        if (word == "TRIM") return trim_call();
        if (word == "POSITION") return position_call();
        if (word == "SUBSTRING" || word == "SUBSTR") return substring_call();
        if (word == "OVERLAY") return overlay_call();
        if (word == "STRUCT") return struct_call();
        if (word == "TIMESTAMPADD" || word == "TIMESTAMPDIFF" || word == "DATEADD" || word == "DATEDIFF" ||
            word == "DATE_ADD" || word == "DATE_DIFF")
            return timestamp_unit_call();
    }
    std::vector<std::string> parts = {identifier()};
    while (is_symbol(".") && at_identifier(1)) {
        next();
        parts.push_back(identifier());
    }
    if (is_symbol(".") && is_symbol("*", 1)) {
        next();
        next();
        return star_of(std::move(parts), from(first));
    }
    if (is_symbol("(")) return call(std::move(parts), first);
    return name_of(std::move(parts), from(first));
}

ExprRef Parser::case_when() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    const u32 choice = nesting == item_nesting ? first + 2 : first + 1;
    ExprRef operand = is_word("WHEN") ? nullptr : expression();
    Exprs args;
    while (accept_word("WHEN")) {
        ExprRef condition = expression();
        expect_word("THEN");
        ExprRef value = expression();
        args.push_back(operand ? operation("=", {operand, condition}) : condition);
        args.push_back(std::move(value));
    }
    if (args.empty() && !ended()) fail_here_extra();
    else if (args.empty()) fail_here();
    // Once a branch was read ANTLR skips what begins neither another one nor the end.
    if (operand && !is_word("ELSE") && !is_word("END")) fail_unwanted();
    if (accept_word("ELSE")) args.push_back(expression());
    expect_word("END");
    // What is no CASE with conditions was a name, WHEN its alias, and what follows is one too many.
    if (!operand && failure.failed && !in_parentheses(first)) fail_at(choice);
    Expr e;
    e.kind = ExprKind::case_when;
    e.args = std::move(args);
    e.at = from(first);
    // The comparisons with the operand stand where the whole CASE stands.
    for (std::size_t i = 0; operand && i + 1 < e.args.size(); i += 2)
        e.args[i] = edit(e.args[i], [&](Expr& x) { x.at = e.at; });
    return make(std::move(e));
}

ExprRef Parser::cast_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const bool tolerant = next().upper == "TRY_CAST";
    next();
    const auto plain_call = [&] {
        at = first;
        std::vector<std::string> name = {identifier()};
        return call(std::move(name), first);
    };
    if (is_symbol(")")) return plain_call();
    ExprRef arg = expression();
    if (is_symbol(")") || is_symbol(",")) return plain_call();
    if (!is_word("AS") && arg->kind == ExprKind::name) close_after_name(first + 1);
    expect_word("AS");
    const DataType type = data_type();
    expect_close();
    return edit(cast_to(std::move(arg), type, options.ansi && !tolerant, from(first)),
                [&](Expr& e) { e.is_try = tolerant; });
}

ExprRef Parser::extract_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    next();
    const std::string field = identifier();
    expect_word("FROM");
    ExprRef source = binary(0);
    expect_close();
    return function("extract", {string_literal(field), std::move(source)}, from(first));
}

ExprRef Parser::trim_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    next();
    std::string which = "BOTH";
    bool plain = true;
    if ((is_word("BOTH") || is_word("LEADING") || is_word("TRAILING")) && !is_symbol(")", 1) && !is_symbol(",", 1)) {
        which = next().upper;
        plain = false;
    }
    // With nothing before it FROM names the type of a literal if text follows, which is refused.
    if (plain && is_word("FROM") && peek(1).kind == TokenKind::string) return typed_literal();
    ExprRef one = is_word("FROM") ? nullptr : expression();
    if (accept_word("FROM")) {
        ExprRef source = expression();
        expect_symbol(")");
        const char* name = which == "LEADING" ? "ltrim" : which == "TRAILING" ? "rtrim" : "trim";
        Exprs args = {std::move(source)};
        if (one) args.push_back(std::move(one));
        ExprRef e = operation(name, std::move(args), from(first));
        return e;
    }
    if (!plain && one) fail_here();
    Exprs args = {one ? one : null_literal()};
    while (accept_symbol(",")) args.push_back(expression());
    expect_symbol(")");
    return call_tail(function("trim", std::move(args), from(first)), first);
}

ExprRef Parser::position_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    std::string name = next().text;
    next();
    ExprRef needle = binary(0);
    if (accept_word("IN")) {
        ExprRef text_arg = binary(0);
        expect_symbol(")");
        return operation("locate", {std::move(needle), std::move(text_arg), int_literal(1)}, from(first));
    }
    Exprs args = {std::move(needle)};
    while (accept_symbol(",")) args.push_back(expression());
    expect_symbol(")");
    return call_tail(function(std::move(name), std::move(args), from(first)), first);
}

ExprRef Parser::substring_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    std::string name = next().text;
    next();
    Exprs args;
    if (!is_symbol(")")) args.push_back(expression());
    if (accept_word("FROM")) {
        args.push_back(expression());
        if (accept_word("FOR")) args.push_back(expression());
        expect_symbol(")");
        if (args.size() == 2) args.push_back(int_literal(INT32_MAX));
        return operation("substring", std::move(args), from(first));
    }
    while (accept_symbol(",")) args.push_back(expression());
    expect_symbol(")");
    return call_tail(function(std::move(name), std::move(args), from(first)), first);
}

ExprRef Parser::overlay_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    next();
    Exprs args = {expression()};
    if (accept_word("PLACING")) {
        args.push_back(expression());
        expect_word("FROM");
        args.push_back(expression());
        if (accept_word("FOR")) args.push_back(expression());
    } else {
        while (accept_symbol(",")) args.push_back(expression());
    }
    expect_symbol(")");
    return function("overlay", std::move(args), from(first));
}

ExprRef Parser::timestamp_unit_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const std::string name = next().text;
    static constexpr std::string_view kUnits[] = {"YEAR", "QUARTER", "MONTH",  "WEEK",        "DAY",        "DAYOFYEAR",
                                                  "HOUR", "MINUTE",  "SECOND", "MILLISECOND", "MICROSECOND"};
    bool unit = false;
    for (const std::string_view u : kUnits) unit = unit || (is_word(u, 1) && is_symbol(",", 2));
    if (!unit) return call({name}, first);
    next();
    const std::string word = next().upper;
    next();
    ExprRef a = expression();
    expect_symbol(",");
    ExprRef b = expression();
    expect_symbol(")");
    const bool add = name[name.size() - 1] == 'd' || name[name.size() - 1] == 'D';
    return operation(add ? "timestampadd" : "timestampdiff", {string_literal(word), std::move(a), std::move(b)},
                     from(first));
}

ExprRef Parser::struct_call() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    next();
    Exprs args;
    if (!is_symbol(")")) {
        do args.push_back(select_item());
        while (accept_symbol(","));
    }
    expect_symbol(")");
    for (ExprRef& arg : args)
        if (arg->kind == ExprKind::unresolved_alias) arg = arg->args[0];
    return call_tail(function("struct", std::move(args), from(first)), first);
}

/// The end of a call whose last argument is a name, which might also be a table's alias: only in a select item what is
/// missing is clear; elsewhere ANTLR stands before the parenthesis that opened and finds no way on.
void Parser::close_after_name(u32 open) {
    MR_ASSERT(open < tokens.size());
    const bool ends = is_symbol(")") || is_symbol(")", 1) || !goes_on_without_close();
    if (failure.failed || ends || nesting == item_nesting) return expect_close();
    fail_at(ended() && in_parentheses(open) ? at : open);
}

ExprRef Parser::call(std::vector<std::string> parts, u32 first) {
    MR_ASSERT(at < tokens.size());
    const u32 open = at;
    expect_symbol("(");
    Expr e;
    e.kind = ExprKind::function;
    e.name = parts.back();
    e.parts = std::move(parts);
    if (is_word("DISTINCT") && !is_symbol(")", 1) && !is_symbol(",", 1)) next(), e.distinct = true;
    else if (is_word("ALL") && !is_symbol(",", 1) && !is_symbol(")", 1)) next();
    if (!is_symbol(")")) {
        do {
            if (at_identifier() && is_symbol("=>", 1)) {
                e.name = e.name;
                next();
                next();
            }
            e.args.push_back(expression());
        } while (accept_symbol(","));
    }
    if (is_word("IGNORE") || is_word("RESPECT")) {
        e.ignore_nulls = next().upper == "IGNORE";
        expect_word("NULLS");
    }
    // A name may be the last of a call's arguments; after a second other one ANTLR skips what is neither a comma nor
    // the end of the call.
    const bool named = !e.distinct && !e.args.empty() && e.args.back()->kind == ExprKind::name &&
                       e.args.back()->parts.size() == 1;
    if (e.args.size() > 1 && !named && !is_symbol(")")) fail_unwanted();
    if (named) close_after_name(open);
    else expect_symbol(")");
    e.at = from(first);
    return call_tail(make(std::move(e)), first);
}

ExprRef Parser::call_tail(ExprRef made, u32 first) {
    MR_ASSERT(at < tokens.size());
    if (is_word("WITHIN") && is_word("GROUP", 1)) {
        next();
        next();
        expect_symbol("(");
        expect_word("ORDER");
        expect_word("BY");
        ExprRef order = sort_order_item();
        expect_symbol(")");
        made = edit(made, [&](Expr& e) { e.args.insert(e.args.begin(), order); });
    }
    if (is_word("FILTER") && is_symbol("(", 1) && is_word("WHERE", 2)) {
        next();
        next();
        next();
        ExprRef condition = expression();
        expect_close();
        made = edit(made, [&](Expr& e) {
            e.filtered = true;
            e.args.push_back(condition);
            e.at = from(first);
        });
    }
    if ((is_word("IGNORE") || is_word("RESPECT")) && is_word("NULLS", 1)) {
        const bool ignore = next().upper == "IGNORE";
        next();
        made = edit(made, [&](Expr& e) { e.ignore_nulls = ignore; });
    }
    if (dangling("OVER") || !accept_word("OVER")) return made;
    ExprRef spec = window_spec();
    Expr e;
    e.kind = spec->kind == ExprKind::window_reference ? ExprKind::window : ExprKind::window;
    e.args = {made, std::move(spec)};
    e.at = from(first);
    return make(std::move(e));
}

ExprRef Parser::window_spec() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    Expr spec;
    if (!is_symbol("(") || (at_identifier(1) && is_symbol(")", 2))) {
        spec.kind = ExprKind::window_reference;
        const bool wrapped = accept_symbol("(");
        spec.name = identifier();
        if (wrapped) expect_symbol(")");
        return make(std::move(spec));
    }
    const bool by = is_word("BY", 2) && (is_word("PARTITION", 1) || is_word("DISTRIBUTE", 1) || is_word("CLUSTER", 1) ||
                                         is_word("ORDER", 1) || is_word("SORT", 1));
    if (at_identifier(1) && !by && !is_word("ROWS", 1) && !is_word("RANGE", 1)) fail_here();
    next();
    spec.kind = ExprKind::window_spec;
    if ((is_word("PARTITION") || is_word("DISTRIBUTE")) && is_word("BY", 1)) {
        next();
        next();
        do spec.args.push_back(expression());
        while (accept_symbol(","));
    }
    spec.n = static_cast<i64>(spec.args.size());
    if (is_word("ORDER") || is_word("SORT")) {
        next();
        if (!is_word("BY") && at_identifier()) fail_missing("'BY'");
        expect_word("BY");
        for (ExprRef& order : sort_orders()) spec.args.push_back(order);
    }
    if (is_word("ROWS") || is_word("RANGE")) frame(spec);
    expect_symbol(")");
    spec.at = from(first);
    return make(std::move(spec));
}

BoundKind Parser::frame_bound(ExprRef& value) {
    MR_ASSERT(at < tokens.size());
    if (accept_word("UNBOUNDED")) {
        if (accept_word("PRECEDING")) return BoundKind::unbounded_preceding;
        expect_word("FOLLOWING");
        return BoundKind::unbounded_following;
    }
    if (accept_word("CURRENT")) {
        expect_word("ROW");
        return BoundKind::current_row;
    }
    const u32 first = at;
    value = binary(0);
    const bool column = any_of(value, [](const Expr& e) { return e.kind == ExprKind::name; });
    if (column && !failure.failed)
        fail("_LEGACY_ERROR_TEMP_0064", "Frame bound value must be a literal..", from(first));
    if (accept_word("PRECEDING")) return BoundKind::preceding;
    if (is_symbol(")")) fail_missing("{'FOLLOWING', 'PRECEDING'}");
    // Without its word a bound goes on as a condition, up to where no word follows either.
    if (accept_word("AND")) {
        binary(0);
        fail_here();
    }
    expect_word("FOLLOWING");
    return BoundKind::following;
}

void Parser::frame(Expr& spec) {
    MR_ASSERT(at < tokens.size());
    spec.frame.kind = next().upper == "ROWS" ? FrameKind::rows : FrameKind::range;
    if (accept_word("BETWEEN")) {
        spec.frame.lower = frame_bound(spec.frame.lower_value);
        expect_word("AND");
        spec.frame.upper = frame_bound(spec.frame.upper_value);
        return;
    }
    spec.frame.lower = frame_bound(spec.frame.lower_value);
    spec.frame.upper = BoundKind::current_row;
}

}  // namespace engine::spark
