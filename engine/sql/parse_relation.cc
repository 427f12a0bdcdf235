// What stands after FROM: tables, subqueries, VALUES, table functions, joins, lateral views, pivots, samples.
#include <charconv>
#include <fmt/format.h>

#include "engine/sql/decimal.h"
#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

PlanRef lateral_join_of(Parser& p, PlanRef left, PlanRef right, JoinType type, const Origin& at) {
    MR_ASSERT(left != nullptr && right != nullptr);
    Plan join;
    join.kind = PlanKind::lateral_join;
    join.children = {std::move(left), std::move(right)};
    join.join = type;
    join.n = static_cast<i64>(p.ids->take());
    join.at = at;
    return make(std::move(join));
}

/// LATERAL goes with a query in parentheses or a function that gives a table, not with a table's name.
bool may_be_lateral(Parser& p, const PlanRef& right, u32 first) {
    PlanRef inner = right;
    while (inner->kind == PlanKind::subquery_alias) inner = inner->children[0];
    const bool ok = inner->kind != PlanKind::relation_name && inner->kind != PlanKind::values;
    if (!ok)
        p.fail("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC",
               "Invalid SQL syntax: LATERAL can only be used with subquery and table-valued functions.", p.from(first));
    return ok;
}

}  // namespace

/// Relations between commas are joined from the left, and what extends a relation extends all that stands before it.
PlanRef Parser::from_clause() {
    MR_ASSERT(at < tokens.size());
    next();
    PlanRef plan = relation();
    while (accept_symbol(",")) {
        const u32 first = at;
        const bool lateral = is_word("LATERAL") && !is_word("VIEW", 1) && accept_word("LATERAL");
        PlanRef right = relation_primary();
        if (lateral && may_be_lateral(*this, right, first)) {
            plan = lateral_join_of(*this, std::move(plan), std::move(right), JoinType::inner, from(first));
        } else {
            Plan p;
            p.kind = PlanKind::join;
            p.children = {plan, right};
            plan = make(std::move(p));
        }
        plan = joined(std::move(plan));
    }
    plan = lateral_views(std::move(plan));
    return relation_tail(std::move(plan));
}

bool Parser::at_unpivot() const {
    return is_word("UNPIVOT") && (is_symbol("(", 1) || is_word("INCLUDE", 1) || is_word("EXCLUDE", 1));
}

PlanRef Parser::relation_tail(PlanRef plan) {
    MR_ASSERT(at < tokens.size());
    while (is_word("PIVOT") || at_unpivot()) {
        if (at_unpivot()) plan = unpivot(std::move(plan));
        else if (is_symbol("(", 1)) plan = pivot(std::move(plan));
        else break;
    }
    return plan;
}

PlanRef Parser::relation() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return plan_of(PlanKind::one_row, {});
    accept_word("LATERAL");
    PlanRef plan = joined(relation_primary());
    leave();
    return plan;
}

PlanRef Parser::values() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    Plan p;
    p.kind = PlanKind::values;
    do {
        ExprRef row = expression();
        Exprs items;
        if (is_call(row, "named_struct") || (row->kind == ExprKind::function && row->name == "struct")) {
            const std::size_t step = row->kind == ExprKind::call ? 2 : 1;
            for (std::size_t i = step - 1; i < row->args.size(); i += step) items.push_back(row->args[i]);
        } else {
            items.push_back(std::move(row));
        }
        p.rows.push_back(std::move(items));
        if (is_symbol(",") && peek(1).kind == TokenKind::end) fail_unwanted();
    } while (accept_symbol(","));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < p.rows[0].size(); ++i) names.push_back("col" + std::to_string(i + 1));
    p.names = {std::move(names)};
    p.at = from(first);
    return make(std::move(p));
}

namespace {

PlanRef aliased(PlanRef plan, std::string alias, std::vector<std::string> columns) {
    MR_ASSERT(plan != nullptr);
    // A table of values is told by the names it is given.
    if (plan->kind == PlanKind::values && columns.size() == plan->names[0].size())
        plan = edit(plan, [&](Plan& v) { v.names = {columns}; });
    Plan p;
    p.kind = PlanKind::subquery_alias;
    p.children = {std::move(plan)};
    p.name = std::move(alias);
    if (!columns.empty()) p.names = {std::move(columns)};
    return make(std::move(p));
}

}  // namespace

PlanRef Parser::table_alias(PlanRef plan) {
    MR_ASSERT(at < tokens.size());
    static constexpr std::string_view kStops[] = {"ORDER",   "GROUP",      "WHERE", "HAVING",  "LIMIT",
                                                  "OFFSET",  "WINDOW",     "PIVOT", "UNPIVOT", "TABLESAMPLE",
                                                  "CLUSTER", "DISTRIBUTE", "SORT",  "SELECT"};
    if (is_word("AS") && (peek(1).kind == TokenKind::end || peek(1).kind == TokenKind::symbol)) {
        // AS without a name behind it is the name.
    } else if (!accept_word("AS")) {
        if (!at_strict_identifier()) return plan;
        // A clause word is an alias only if no clause can follow: `FROM words WHERE` reads WHERE as the
        // alias, and so does `FROM words WHERE ORDER BY word`.
        for (const std::string_view stop : kStops) {
            if (!is_word(stop)) continue;
            const bool by = is_word("BY", 1);
            const bool goes_on = peek(1).kind != TokenKind::end && !is_symbol(")", 1) && !is_word("BY", 2);
            const bool clause =
                stop == "ORDER" || stop == "GROUP" || stop == "CLUSTER" || stop == "DISTRIBUTE" || stop == "SORT" ? by
                : stop == "UNPIVOT"                        ? at_unpivot()
                : stop == "PIVOT" || stop == "TABLESAMPLE" ? is_symbol("(", 1)
                                                           : goes_on;
            if (clause) {
                if (stop == "ORDER" && by && peek(2).kind == TokenKind::end) fail_here();
                return plan;
            }
        }
    }
    if (!at_strict_identifier()) {
        if (peek().kind == TokenKind::word) fail_here();
        else fail_here_extra();
        return plan;
    }
    std::string alias = identifier();
    std::vector<std::string> columns;
    if (is_symbol("(")) columns = identifier_list();
    return aliased(std::move(plan), std::move(alias), std::move(columns));
}

PlanRef Parser::table_function() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    Plan p;
    p.kind = PlanKind::table_function;
    p.parts = name();
    p.name = p.parts.back();
    expect_symbol("(");
    if (!is_symbol(")")) do p.exprs.push_back(expression());
        while (accept_symbol(","));
    expect_symbol(")");
    p.at = from(first);
    return make(std::move(p));
}

PlanRef Parser::relation_primary() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    if (is_word("VALUES")) return table_alias(values());
    if (is_symbol("(")) {
        next();
        PlanRef inner;
        const bool is_query = is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_word("FROM") ||
                              is_word("TABLE") || is_symbol("(");
        if (is_query) inner = query();
        else inner = relation();
        expect_close();
        inner = sample(std::move(inner));
        const u32 before = at;
        PlanRef out = table_alias(inner);
        return at == before && is_query ? aliased(std::move(inner), kUnnamedSubquery, {}) : out;
    }
    const bool query_word = is_word("SELECT") && is_word("FROM", 2);
    if (peek().kind == TokenKind::number || peek().kind == TokenKind::string) fail_here_extra();
    if (!at_identifier() || query_word || (peek().kind == TokenKind::word && strict_nonreserved(peek().upper))) {
        fail_here();
        return plan_of(PlanKind::one_row, {});
    }
    u32 i = 1;
    while (is_symbol(".", i) && at_identifier(i + 1)) i += 2;
    if (is_symbol("(", i)) return table_alias(table_function());
    Plan p;
    p.kind = PlanKind::relation_name;
    p.parts = name();
    p.at = from(first);
    return table_alias(sample(make(std::move(p))));
}

PlanRef Parser::sample(PlanRef input) {
    MR_ASSERT(at < tokens.size());
    if (!(is_word("TABLESAMPLE") && is_symbol("(", 1))) return input;
    const u32 first = at;
    next();
    next();
    Plan p;
    p.kind = PlanKind::sample;
    p.children = {std::move(input)};
    const u32 amount = at;
    const bool number = peek().kind == TokenKind::number;
    const std::string number_text = next().text;
    if (!number && !is_symbol(")")) fail_here();
    double v = 0;
    std::from_chars(number_text.data(), number_text.data() + number_text.size(), v);
    if (accept_word("ROWS")) {
        PlanRef limit = plan_of(PlanKind::local_limit, {p.children[0]});
        ExprRef n = int_literal(static_cast<i64>(v));
        limit = edit(limit, [&](Plan& q) { q.condition = n; });
        limit = edit(plan_of(PlanKind::global_limit, {limit}), [&](Plan& q) { q.condition = n; });
        expect_symbol(")");
        return limit;
    }
    if (is_symbol(")")) {
        const std::string text_of =
            number_text + " is not a valid byte length literal, expected syntax: DIGIT+ ('B' | 'K' | 'M' | 'G').";
        fail("_LEGACY_ERROR_TEMP_0016", text_of, from(amount));
        return p.children[0];
    }
    if (!accept_word("PERCENT")) fail_here();
    p.fraction = v / 100;
    if (p.fraction < 0 || p.fraction > 1)
        fail("_LEGACY_ERROR_TEMP_0064",
             fmt::format("Sampling fraction ({}) must be on interval [0, 1].", double_text(p.fraction)), from(first));
    expect_symbol(")");
    return make(std::move(p));
}

namespace {

struct JoinWords {
    JoinType type = JoinType::inner;
    bool natural = false;
    bool found = false;
};

JoinWords join_words(Parser& p) {
    MR_ASSERT(p.at < p.tokens.size());
    JoinWords out;
    const u32 saved = p.at;
    out.natural = p.accept_word("NATURAL");
    if (p.accept_word("INNER")) out.type = JoinType::inner;
    else if (p.accept_word("CROSS")) out.type = JoinType::cross;
    else if (p.accept_word("LEFT")) {
        out.type = p.accept_word("SEMI")   ? JoinType::left_semi
                   : p.accept_word("ANTI") ? JoinType::left_anti
                                           : JoinType::left_outer;
        p.accept_word("OUTER");
    } else if (p.accept_word("SEMI")) out.type = JoinType::left_semi;
    else if (p.accept_word("ANTI")) out.type = JoinType::left_anti;
    else if (p.accept_word("RIGHT")) {
        out.type = JoinType::right_outer;
        p.accept_word("OUTER");
    } else if (p.accept_word("FULL")) {
        out.type = JoinType::full_outer;
        p.accept_word("OUTER");
    }
    out.found = p.accept_word("JOIN");
    if (!out.found && p.at != saved && !p.failure.failed) {
        const std::string token = p.peek().kind == TokenKind::word ? "'" + p.peek().text + "': missing 'JOIN'." : "";
        if (token.empty()) p.fail_here();
        else p.fail("PARSE_SYNTAX_ERROR", "Syntax error at or near " + token, p.here());
    }
    return out;
}

}  // namespace

PlanRef Parser::joined_one(PlanRef left, JoinType type, bool natural, u32 first) {
    MR_ASSERT(left != nullptr);
    const bool lateral = accept_word("LATERAL");
    const u32 start = at;
    PlanRef right = relation_primary();
    if (lateral && !may_be_lateral(*this, right, start)) return left;
    Plan p;
    p.kind = PlanKind::join;
    if (lateral) p = *lateral_join_of(*this, left, right, type, {});
    p.children = {std::move(left), std::move(right)};
    p.join = type;
    p.natural = natural;
    if (accept_word("ON")) p.condition = expression();
    else if (accept_word("USING")) p.names = {identifier_list()};
    p.at = from(first);
    if (!lateral) return make(std::move(p));
    if (natural || !p.names.empty()) {
        const bool by_using = !natural;
        fail(by_using ? "UNSUPPORTED_FEATURE.LATERAL_JOIN_USING" : "INCOMPATIBLE_JOIN_TYPES",
             by_using ? "The feature is not supported: JOIN USING with LATERAL correlation."
                      : "The join types LATERAL and NATURAL are incompatible.",
             p.at);
    } else if (type != JoinType::inner && type != JoinType::cross && type != JoinType::left_outer) {
        const char* shown = type == JoinType::right_outer  ? "RIGHT OUTER"
                            : type == JoinType::full_outer ? "FULL OUTER"
                            : type == JoinType::left_semi  ? "LEFT SEMI"
                                                           : "LEFT ANTI";
        fail("INVALID_LATERAL_JOIN_TYPE",
             std::string("The ") + shown +
                 " JOIN with LATERAL correlation is not allowed because an OUTER subquery cannot correlate to its join "
                 "partner. Remove the LATERAL correlation or use an INNER JOIN, or LEFT OUTER JOIN instead.",
             p.at);
    }
    return make(std::move(p));
}

PlanRef Parser::joined(PlanRef left) {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    for (left = relation_tail(std::move(left));; left = relation_tail(std::move(left))) {
        const JoinWords words = join_words(*this);
        if (!words.found) return left;
        left = joined_one(std::move(left), words.type, words.natural, first);
        if (left->depth > 250) {
            nesting = kMaxNesting;
            enter();
        }
    }
}

PlanRef Parser::lateral_views(PlanRef input) {
    MR_ASSERT(at < tokens.size());
    while (is_word("LATERAL") && is_word("VIEW", 1)) {
        const u32 first = at;
        next();
        next();
        Plan p;
        p.kind = PlanKind::generate;
        p.children = {std::move(input)};
        p.outer = accept_word("OUTER");
        ExprRef generator = primary();
        // The generator has the place of its clause.
        p.exprs = {edit(generator, [&](Expr& e) { e.at = from(first); })};
        if (!at_identifier()) fail_here();
        else if (!is_word("AS")) p.name = identifier();
        std::vector<std::string> columns;
        if (accept_word("AS") || (at_identifier() && !is_word("LATERAL") && !is_word("WHERE") && !is_word("GROUP") &&
                                  !is_word("ORDER") && !is_word("LIMIT") && !is_word("HAVING"))) {
            do columns.push_back(identifier());
            while (accept_symbol(","));
        }
        p.names = {std::move(columns)};
        p.at = from(first);
        input = make(std::move(p));
    }
    return input;
}

}  // namespace engine::spark
