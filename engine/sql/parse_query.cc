// Statements and queries: SELECT with its clauses, set operations, CTEs, ORDER BY and LIMIT. What stands
// after FROM is in parse_relation.cc.
#include <algorithm>
#include <utility>

#include "engine/sql/parser_state.h"
#include "sim/base/assert.h"

namespace engine::spark {

PlanRef Parser::statement() {
    MR_ASSERT(at < tokens.size());
    if (is_word("EXPLAIN")) return explain();
    if (refused_of_hive()) return plan_of(PlanKind::one_row, {});
    if (is_word("CREATE")) return create_view();
    if (is_word("SET") && at_identifier(1)) return set_command();
    if (is_word("SHOW")) return show_command();
    if (is_word("CACHE") && !is_word("TABLE", 1) && !is_word("LAZY", 1) && peek(1).kind != TokenKind::end) {
        next();
        fail_here();
    }
    if (is_word("TABLE", 1) ? is_word("CACHE") || is_word("UNCACHE") || is_word("REFRESH")
                            : (is_word("CACHE") && is_word("LAZY", 1)) || (is_word("CLEAR") && is_word("CACHE", 1)))
        return cache_command();
    if ((is_word("DESCRIBE") || is_word("DESC")) && !is_word("FUNCTION", 1) && !is_word("DATABASE", 1) &&
        !is_word("SCHEMA", 1))
        return describe_command();
    if (is_word("INSERT") || is_word("UPDATE") || is_word("DELETE") || is_word("MERGE") || is_word("TRUNCATE"))
        return change_of_table();
    if (is_word("USE") || is_word("DESCRIBE") || is_word("ALTER") ||
        (is_word("DROP") && !is_word("VIEW", 1) && !is_word("TABLE", 1)))
        return refused_command();
    if (is_word("DROP") && (is_word("VIEW", 1) || is_word("TABLE", 1))) {
        const u32 first = at;
        next();
        next();
        Plan p;
        p.kind = PlanKind::command;
        p.name = "drop view";
        p.missing = accept_words({"IF", "EXISTS"});
        p.parts = name();
        p.at = from(first);
        return make(std::move(p));
    }
    return query();
}

PlanRef Parser::explain() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    Plan p;
    p.kind = PlanKind::command;
    p.name = "explain";
    p.parts = {"simple"};
    for (const char* mode : {"EXTENDED", "FORMATTED", "COST", "CODEGEN"})
        if (accept_word(mode)) p.parts = {mode};
    p.children = {statement()};
    p.at = from(first);
    return make(std::move(p));
}

PlanRef Parser::set_command() {
    MR_ASSERT(at < tokens.size());
    next();
    Plan p;
    p.kind = PlanKind::command;
    p.name = "set";
    const u32 start = peek().start;
    u32 stop = start;
    while (!ended() && !is_symbol("=")) stop = next().stop;
    p.parts.push_back(text->substr(start, stop - start + 1));
    if (accept_symbol("=")) {
        const u32 value = peek().start;
        while (!ended()) stop = next().stop;
        p.parts.push_back(text->substr(value, stop - value + 1));
    }
    return make(std::move(p));
}

PlanRef Parser::create_view() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    const bool replace = accept_words({"OR", "REPLACE"});
    accept_word("GLOBAL");
    if (!accept_word("TEMP") && !accept_word("TEMPORARY")) {
        if (!is_word("TABLE") && !is_word("VIEW") && !is_word("DATABASE") && !is_word("SCHEMA") && !is_word("FUNCTION"))
            fail_here();
        const bool table = is_word("TABLE");
        next();
        if (ended()) fail_here();
        if (table && at_identifier() && !failure.failed) {
            // Without Hive a table needs a format.
            const std::string plan_text = "'CreateTable `spark_catalog`.`default`." + quoted(name().back()) +
                                          ", org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe, ErrorIfExists\n";
            failure.set(analysis_error("NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT",
                                       "CREATE Hive TABLE (AS SELECT) is not supported, if you want to enable it, "
                                       "please set \"spark.sql.catalogImplementation\" to \"hive\".",
                                       {}, plan_text));
            return plan_of(PlanKind::one_row, {});
        }
        fail("_LEGACY_ERROR_TEMP_0035", "Operation not allowed: only temporary views can be created.", from(first));
        return plan_of(PlanKind::one_row, {});
    }
    expect_word("VIEW");
    Plan p;
    p.kind = PlanKind::command;
    p.name = "create view";
    p.all = replace;
    if (accept_words({"IF", "NOT", "EXISTS"})) p.missing = true;
    p.parts = name();
    if (is_symbol("(")) p.names = {identifier_list()};
    p.at = from(first);
    if (accept_word("USING")) {
        // The format stands before the name's parts, the options as they are typed.
        p.parts.insert(p.parts.begin(), identifier());
        if (accept_word("OPTIONS")) {
            expect_symbol("(");
            do {
                const std::string key = next().text;
                accept_symbol("=");
                p.options.emplace_back(key, next().text);
            } while (accept_symbol(",") && !failure.failed);
            expect_symbol(")");
        }
        return make(std::move(p));
    }
    expect_word("AS");
    p.children = {query()};
    p.at = from(first);
    return make(std::move(p));
}

PlanRef Parser::query() {
    MR_ASSERT(at < tokens.size());
    if (!enter()) return plan_of(PlanKind::one_row, {});
    PlanRef out = is_word("WITH") ? ctes() : query_body();
    leave();
    return out;
}

PlanRef Parser::ctes() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    Plan with;
    with.kind = PlanKind::with;
    with.children.push_back(nullptr);
    do {
        std::string cte = identifier();
        for (const std::string& known : with.parts)
            if (known == cte) {
                fail("_LEGACY_ERROR_TEMP_0038", "CTE definition can't have duplicate names: '" + cte + "'.",
                     from(first));
                return plan_of(PlanKind::one_row, {});
            }
        std::vector<std::string> columns;
        const bool defined = is_word("SELECT", 1) || is_word("WITH", 1) || is_word("VALUES", 1) || is_symbol("(", 1);
        if (is_symbol("(") && !defined) columns = identifier_list();
        accept_word("AS");
        expect_symbol("(");
        PlanRef definition = query();
        expect_symbol(")");
        with.parts.push_back(std::move(cte));
        with.names.push_back(std::move(columns));
        with.children.push_back(std::move(definition));
    } while (accept_symbol(","));
    with.children[0] = query_body();
    with.at = from(first);
    return make(std::move(with));
}

PlanRef Parser::query_body() { return organised(query_term(0)); }

namespace {

PlanRef set_node(PlanKind kind, PlanRef left, PlanRef right, bool all, const Origin& at) {
    MR_ASSERT(left != nullptr && right != nullptr);
    Plan p;
    p.kind = kind;
    p.children = {std::move(left), std::move(right)};
    p.all = kind == PlanKind::union_ || all;
    p.at = at;
    PlanRef node = make(std::move(p));
    if (kind != PlanKind::union_ || all) return node;
    PlanRef distinct = plan_of(PlanKind::distinct, {node});
    return edit(distinct, [&](Plan& copy) { copy.at = at; });
}

}  // namespace

/// Level 0: UNION, EXCEPT, MINUS; level 1: INTERSECT, which binds stronger.
PlanRef Parser::query_term(int level) {
    MR_ASSERT(at < tokens.size());
    if (level == 2) return query_primary();
    const u32 first = at;
    PlanRef left = query_term(level + 1);
    for (;;) {
        PlanKind kind;
        if (level == 0 && is_word("UNION")) kind = PlanKind::union_;
        else if (level == 0 && (is_word("EXCEPT") || is_word("MINUS"))) kind = PlanKind::except;
        else if (level == 1 && is_word("INTERSECT")) kind = PlanKind::intersect;
        else return left;
        next();
        const bool all = accept_word("ALL");
        if (!all) accept_word("DISTINCT");
        if (peek().kind == TokenKind::number || peek().kind == TokenKind::string) fail_here_extra();
        PlanRef right = query_term(level + 1);
        left = set_node(kind, std::move(left), std::move(right), all, from(first));
        if (left->depth > 250) {
            nesting = kMaxNesting;
            enter();
            return left;
        }
    }
}

PlanRef Parser::query_primary() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    if (is_word("SELECT")) return select();
    if (is_word("VALUES")) return table_alias(values());
    if (is_word("TABLE") && at_identifier(1)) {
        next();
        Plan p;
        p.kind = PlanKind::relation_name;
        p.parts = name();
        p.at = from(first);
        return make(std::move(p));
    }
    if (is_word("FROM")) {
        PlanRef input = from_clause();
        if (!is_word("SELECT")) fail_here();
        next();
        const bool distinct = accept_word("DISTINCT");
        Exprs items = select_items();
        return clauses_over(lateral_views(input), std::move(items), distinct);
    }
    if (accept_symbol("(")) {
        PlanRef inner = query();
        expect_close();
        return inner;
    }
    fail_here();
    return plan_of(PlanKind::one_row, {});
}

std::vector<PlanRef> Parser::hints() {
    MR_ASSERT(at < tokens.size());
    std::vector<PlanRef> out;
    while (accept_symbol("/*+")) {
        while (!ended() && !is_symbol("*/")) {
            Plan p;
            p.kind = PlanKind::hint;
            p.name = identifier();
            if (accept_symbol("(")) {
                while (!ended() && !is_symbol(")")) {
                    if (!accept_symbol(",")) p.exprs.push_back(primary());
                }
                expect_symbol(")");
            }
            out.push_back(make(std::move(p)));
            accept_symbol(",");
        }
        expect_symbol("*/");
    }
    return out;
}

Exprs Parser::select_items() {
    MR_ASSERT(at < tokens.size());
    Exprs out;
    do out.push_back(select_item());
    while (accept_symbol(","));
    return out;
}

ExprRef Parser::select_item() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    const int outside = std::exchange(item_nesting, nesting + 1);
    ExprRef e = expression();
    item_nesting = outside;
    if (accept_word("AS")) {
        if (is_symbol("(")) {
            auto names = identifier_list();
            Expr many;
            many.kind = ExprKind::multi_alias;
            many.args = {e};
            many.parts = std::move(names);
            many.at = from(first);
            return make(std::move(many));
        }
        const bool clause_follows = is_word("FROM") && !(peek(1).kind == TokenKind::end) &&
                                    !(peek(1).kind == TokenKind::symbol && peek(1).text == ",") && !is_word("FROM", 1);
        if (!at_identifier() || clause_follows) {
            // `word AS` at the end reads AS as the alias itself.
            if (ended() || is_word("FROM"))
                return alias_of(std::move(e), tokens[at - 1].text, ids->take(), from(first));
            // So does it before something that cannot be a name; that something is one too many.
            if (peek().kind == TokenKind::number || peek().kind == TokenKind::string)
                return alias_of(std::move(e), tokens[at - 1].text, ids->take(), from(first));
            fail_here();
            return e;
        }
        std::string alias = identifier();
        return alias_of(std::move(e), std::move(alias), ids->take(), from(first));
    }
    const bool clause = is_word("FROM") && at > 0 && !(at >= 1 && tokens[at - 1].text == ",");
    static constexpr std::string_view kClauses[] = {"FROM",    "WHERE",      "GROUP",     "HAVING",  "ORDER",  "SORT",
                                                    "CLUSTER", "DISTRIBUTE", "LIMIT",     "OFFSET",  "WINDOW", "UNION",
                                                    "EXCEPT",  "MINUS",      "INTERSECT", "LATERAL", "FOR"};
    bool ends = clause;
    if (peek().kind == TokenKind::word && peek(1).kind == TokenKind::end) {
        // A word of a clause with nothing after it is a name like any other.
        std::string alias = identifier();
        return alias_of(std::move(e), std::move(alias), ids->take(), from(first));
    }
    for (const std::string_view word : kClauses) ends = ends || is_word(word);
    if (!ends && at_identifier()) {
        std::string alias = identifier();
        return alias_of(std::move(e), std::move(alias), ids->take(), from(first));
    }
    if (!ends && is_symbol("(") && e->kind == ExprKind::function) {
        auto names = identifier_list();
        Expr many;
        many.kind = ExprKind::multi_alias;
        many.args = {e};
        many.parts = std::move(names);
        return make(std::move(many));
    }
    if (e->kind == ExprKind::name || e->kind == ExprKind::star) return e;
    return unresolved_alias(std::move(e));
}

PlanRef Parser::select() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    next();
    std::vector<PlanRef> given = hints();
    const bool distinct = accept_word("DISTINCT");
    if (!distinct) accept_word("ALL");
    Exprs items = select_items();
    PlanRef plan = select_parts(std::move(items), distinct, std::move(given));
    const Origin at_all = from(first);
    if (plan->kind == PlanKind::having && plan->children[0]->at.line == 0)
        plan = with_children(plan, {edit(plan->children[0], [&](Plan& p) { p.at = at_all; })});
    return edit(plan, [&](Plan& p) { p.at = at_all; });
}

namespace {

/// What Spark's parser makes with a truth value for its own type; calls of functions are not looked up yet.
bool is_predicate(const Expr& e) {
    static constexpr std::string_view kPredicates[] = {
        "=",         "<=>",       "<",       "<=",      ">",          ">=",         "and",
        "or",        "not",       "in",      "like",    "ilike",      "rlike",      "isnull",
        "isnotnull", "isunknown", "likeany", "likeall", "notlikeany", "notlikeall", "isnotunknown"};
    if (e.kind == ExprKind::in_subquery || e.kind == ExprKind::exists) return true;
    return e.kind == ExprKind::call &&
           std::ranges::any_of(kPredicates, [&](std::string_view predicate) { return predicate == e.name; });
}

}  // namespace

PlanRef Parser::select_parts(Exprs items, bool distinct, std::vector<PlanRef> given) {
    MR_ASSERT(at < tokens.size());
    const PlanRef plan = lateral_views(is_word("FROM") ? from_clause() : plan_of(PlanKind::one_row, {}));
    PlanRef out = clauses_over(plan, std::move(items), distinct);
    for (auto it = given.rbegin(); it != given.rend(); ++it) out = with_children(*it, {out});
    return out;
}

/// WHERE, GROUP BY, HAVING and WINDOW over what FROM gave.
PlanRef Parser::clauses_over(PlanRef plan, Exprs items, bool distinct) {
    MR_ASSERT(plan != nullptr);
    if (accept_word("WHERE")) {
        ExprRef condition = expression();
        const Origin origin = condition->at;
        plan = plan_of(PlanKind::filter, {plan});
        plan = edit(plan, [&](Plan& p) { p.condition = condition, p.at = origin; });
    }
    bool grouped = false;
    PlanRef out = aggregation(plan, items, grouped);
    if (is_word("HAVING")) {
        next();
        ExprRef condition = expression();
        // What does not look like a predicate is made one (Spark's withHavingClause).
        if (!is_predicate(*condition))
            condition = cast_to(condition, type_of(TypeId::boolean), options.ansi, condition->at);
        if (!grouped) {
            Plan aggregate;
            aggregate.kind = PlanKind::aggregate;
            aggregate.children = {plan};
            aggregate.exprs = items;
            out = make(std::move(aggregate));
        }
        out = plan_of(PlanKind::having, {out});
        out = edit(out, [&](Plan& p) { p.condition = condition; });
    }
    if (distinct) out = plan_of(PlanKind::distinct, {out});
    if (is_word("WINDOW") && at_identifier(1) && is_word("AS", 2)) named_windows(out);
    return out;
}

ExprRef Parser::grouping_item() {
    MR_ASSERT(at < tokens.size());
    const bool sets = is_word("GROUPING") && is_word("SETS", 1);
    if (!((is_word("ROLLUP") || is_word("CUBE")) && is_symbol("(", 1)) && !sets) return expression();
    const u32 first = at;
    Expr e;
    e.kind = ExprKind::grouping_set;
    e.name = sets ? "grouping sets" : is_word("CUBE") ? "cube" : "rollup";
    next();
    if (sets) next();
    expect_symbol("(");
    do {
        if (sets && (is_word("ROLLUP") || is_word("CUBE") || is_word("GROUPING"))) {
            e.args.push_back(grouping_item());
            continue;
        }
        Exprs members;
        if (accept_symbol("(")) {
            if (!is_symbol(")")) do members.push_back(expression());
                while (accept_symbol(","));
            expect_symbol(")");
        } else {
            members.push_back(expression());
        }
        e.args.push_back(operation("row", std::move(members)));
    } while (accept_symbol(","));
    if (ended() && e.args.size() > 1) fail_unwanted();
    expect_symbol(")");
    e.at = from(first);
    return make(std::move(e));
}

PlanRef Parser::aggregation(PlanRef input, Exprs items, bool& grouped) {
    MR_ASSERT(at < tokens.size());
    if (!(is_word("GROUP") && is_word("BY", 1))) return plan_of(PlanKind::project, {input}, std::move(items));
    next();
    next();
    grouped = true;
    Plan p;
    p.kind = PlanKind::aggregate;
    p.children = {std::move(input)};
    p.exprs = std::move(items);
    if (is_word("ALL") && !is_symbol(",", 1) && !is_symbol(".", 1)) p.groups.push_back(name_of({next().text}));
    else do p.groups.push_back(grouping_item());
        while (accept_symbol(","));
    if (is_word("WITH") && (is_word("CUBE", 1) || is_word("ROLLUP", 1))) {
        next();
        Expr e;
        e.kind = ExprKind::grouping_set;
        e.name = next().upper == "CUBE" ? "cube" : "rollup";
        for (const ExprRef& g : p.groups) e.args.push_back(operation("row", {g}));
        p.groups = {make(std::move(e))};
    } else if (accept_word("WITH")) {
        fail_here();
    } else if (is_word("GROUPING") && is_word("SETS", 1)) {
        p.groups = {grouping_item()};
    }
    return make(std::move(p));
}

void Parser::named_windows(PlanRef& plan) {
    MR_ASSERT(at < tokens.size());
    next();
    std::vector<std::pair<std::string, ExprRef>> specs;
    do {
        std::string label = identifier();
        expect_word("AS");
        ExprRef spec = window_spec();
        specs.emplace_back(std::move(label), std::move(spec));
    } while (accept_symbol(","));
    const Rewrite fill = [&](const ExprRef& e) {
        if (e->kind != ExprKind::window_reference) return e;
        for (const auto& [label, spec] : specs)
            if (label == e->name) return spec;
        return edit(e, [](Expr& x) { x.n = 1; });
    };
    plan = map_exprs(plan, [&](const ExprRef& e) { return rewrite_up(e, fill); });
}

Exprs Parser::sort_orders() {
    MR_ASSERT(at < tokens.size());
    Exprs out;
    do out.push_back(sort_order_item());
    while (accept_symbol(","));
    return out;
}

ExprRef Parser::sort_order_item() {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    ExprRef e = expression();
    bool ascending = true;
    if (accept_word("DESC")) ascending = false;
    else accept_word("ASC");
    bool nulls_first = ascending;
    if (accept_word("NULLS")) {
        nulls_first = is_word("FIRST");
        if (!accept_word("FIRST")) expect_word("LAST");
    }
    ExprRef order = sort_order(std::move(e), ascending, nulls_first);
    const Origin origin = from(first);
    return edit(order, [&](Expr& o) { o.at = origin; });
}

PlanRef Parser::organised(PlanRef plan) {
    MR_ASSERT(at < tokens.size());
    const auto sorted = [&](bool global) {
        const u32 first = at;
        next();
        next();
        Exprs orders = sort_orders();
        if (failure.failed) fail_at(first);
        PlanRef sort = plan_of(PlanKind::sort, {plan}, std::move(orders));
        const Origin origin = from(first);
        return edit(sort, [&](Plan& p) { p.all = global, p.at = origin; });
    };
    if (is_word("ORDER") && is_word("BY", 1)) {
        plan = sorted(true);
    } else {
        if ((is_word("DISTRIBUTE") || is_word("CLUSTER")) && is_word("BY", 1)) {
            const bool cluster = next().upper == "CLUSTER";
            next();
            Plan p;
            p.kind = PlanKind::repartition;
            p.children = {plan};
            p.n = -1;
            p.all = true;
            do p.exprs.push_back(expression());
            while (accept_symbol(","));
            Exprs keys = p.exprs;
            plan = make(std::move(p));
            if (cluster) {
                Exprs orders;
                for (const ExprRef& key : keys) orders.push_back(sort_order(key, true, true));
                plan = plan_of(PlanKind::sort, {plan}, orders);
            }
        }
        if (is_word("SORT") && is_word("BY", 1)) plan = sorted(false);
    }
    if (is_word("WINDOW") && at_identifier(1) && is_word("AS", 2)) named_windows(plan);
    return with_limit(std::move(plan));
}

PlanRef Parser::with_limit(PlanRef plan) {
    MR_ASSERT(at < tokens.size());
    const u32 first = at;
    ExprRef limit, offset;
    if (is_word("LIMIT") && peek(1).kind == TokenKind::end) fail_here_extra();
    if (accept_word("LIMIT")) {
        if (!accept_word("ALL")) limit = expression();
    }
    if (accept_word("OFFSET")) offset = expression();
    const auto over = [&](PlanKind kind, const ExprRef& n) {
        plan = plan_of(kind, {plan});
        plan = edit(plan, [&](Plan& p) { p.condition = n, p.at = from(first); });
    };
    if (offset) over(PlanKind::offset, offset);
    if (limit) {
        over(PlanKind::local_limit, limit);
        over(PlanKind::global_limit, limit);
    }
    return plan;
}

}  // namespace engine::spark
