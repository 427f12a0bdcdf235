// The check after resolution: the first node from the leaves up that is not what it must be, in Spark's words.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/plan/analyser.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"
#include "sim/base/edit_distance.h"

namespace engine::spark {

std::string suggestions(const std::vector<std::string>& wanted, const Exprs& columns) {
    std::vector<std::string> qualifiers;
    for (const ExprRef& c : columns) {
        std::string q;
        for (const std::string& part : c->parts) q += quoted(part) + ".";
        if (std::find(qualifiers.begin(), qualifiers.end(), q) == qualifiers.end()) qualifiers.push_back(q);
    }
    const bool bare = wanted.size() == 1 && qualifiers.size() <= 1;
    std::string base;
    for (const std::string& part : wanted) base += (base.empty() ? "" : ".") + part;
    std::vector<std::pair<i64, std::string>> ranked;
    for (const ExprRef& c : columns) {
        std::string shown;
        if (!bare)
            for (const std::string& part : c->parts) shown += quoted(part) + ".";
        shown += quoted(c->name);
        ranked.emplace_back(sim::edit_distance(base, shown), shown);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string out;
    for (std::size_t i = 0; i < ranked.size() && i < 5; ++i) out += (i ? ", " : "") + ranked[i].second;
    return out;
}

namespace {

void unresolved_column(Analyser& a, const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(root != nullptr && p != nullptr && e != nullptr);
    Exprs columns;
    for (const PlanRef& c : p->children)
        for (const ExprRef& o : output_of(*c)) columns.push_back(o);
    std::stable_sort(columns.begin(), columns.end(), [](const ExprRef& x, const ExprRef& y) { return x->name != y->name ? x->name < y->name : x->id < y->id; });
    std::string name;
    for (const std::string& part : e->parts) name += (name.empty() ? "" : ".") + quoted(part);
    const std::string list = suggestions(e->parts, columns);
    if (list.empty()) a.fail("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", fmt::format("A column or function parameter with name {} cannot be resolved. ", name), e->at, root);
    else a.fail("UNRESOLVED_COLUMN.WITH_SUGGESTION", fmt::format("A column or function parameter with name {} cannot be resolved. Did you mean one of the following? [{}].", name, list), e->at, root);
}

void mismatch(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(root != nullptr && e != nullptr);
    if (e->kind == ExprKind::call && !e->fn) return;  // one list of a grouping set
    Expr copy = *e;
    Typing t{.e = copy, .ansi = a.session.ansi, .zone = a.session.clock.zone, .error_class = "", .text = ""};
    engine::spark::typed(e, t);
    if (t.error_class.empty()) return;
    for (const ExprRef& arg : e->args)
        if (any_of(arg, [](const Expr& x) { return x.kind == ExprKind::call && x.fn && x.fn->kind == FunctionKind::generator; }))
            return a.fail("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", fmt::format("The generator is not supported: nested in expressions \"{}\".", pretty(e)), {});
    if (t.error_class == "PARSE_EMPTY_STATEMENT") {
        a.fail(t.error_class, t.text, e->at);
        if (const std::size_t at = a.failure.error.message.find("PARSE_EMPTY_STATEMENT"); at != std::string::npos) a.failure.error.message.replace(at, 21, "PARSE_SYNTAX_ERROR");
    } else if (t.error_class.starts_with("DATATYPE_MISMATCH")) {
        a.fail(t.error_class, fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}", pretty(e), t.text), e->at, root);
    } else {
        a.fail(t.error_class, t.text, t.error_class.starts_with("WRONG_NUM_ARGS") ? Origin{} : e->at);
    }
}

void time_window_limits(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(root != nullptr && e != nullptr);
    const std::string shown = pretty(e);
    const auto refuse = [&](const char* sub, const std::string& why) { a.fail(std::string("DATATYPE_MISMATCH.") + sub, fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}", shown, why), e->at, root); };
    if (e->n <= 0) refuse("VALUE_OUT_OF_RANGE", fmt::format("The `window_duration` must be between (0, 9223372036854775807] (current value = {}L).", e->n));
    else if (e->m <= 0) refuse("VALUE_OUT_OF_RANGE", fmt::format("The `slide_duration` must be between (0, 9223372036854775807] (current value = {}L).", e->m));
    else if (e->m > e->n) refuse("PARAMETER_CONSTRAINT_VIOLATION", fmt::format("The `slide_duration`({}L) must be <= the `window_duration`({}L).", e->m, e->n));
    else if (std::abs(e->k) >= e->m) refuse("PARAMETER_CONSTRAINT_VIOLATION", fmt::format("The `abs(start_time)`({}L) must be < the `slide_duration`({}L).", std::abs(e->k), e->m));
    else refuse("UNEXPECTED_INPUT_TYPE", fmt::format("Parameter 1 requires the (\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, end: TIMESTAMP>\" or \"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>\") type, however \"{}\" has the type \"{}\".", pretty(e->args[0]), sql_name(e->args[0]->type)));
}

}  // namespace

/// What observe() may not measure: CollectMetrics in Spark's CheckAnalysis.
void Analyser::check_metrics(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::collect_metrics);
    const auto refuse = [&](const char* sub, const std::string& text) { fail(std::string("INVALID_OBSERVED_METRICS.") + sub, "Invalid observed metrics. " + text, {}, p); };
    if (p->name.empty()) return refuse("MISSING_NAME", "The observed metrics should be named: '" + plan_tree(p) + ".");
    const std::function<void(const ExprRef&, const ExprRef&, bool)> check = [&](const ExprRef& metric, const ExprRef& e, bool inside) {
        if (!ok()) return;
        const std::string shown = "\"" + pretty(metric) + "\"";
        if (e->kind == ExprKind::window) return refuse("WINDOW_EXPRESSIONS_UNSUPPORTED", "Window expressions are not allowed in observed metrics, but found: " + shown + ".");
        if (!inside && !deterministic(e)) return refuse("NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC", "Non-deterministic expression " + shown + " can only be used as an argument to an aggregate function.");
        if (e->kind == ExprKind::attribute && !inside) return refuse("NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE", "Attribute " + shown + " can only be used as an argument to an aggregate function.");
        if (e->kind != ExprKind::aggregate) {
            for (const ExprRef& a : e->args) check(metric, a, inside);
            return;
        }
        if (inside) return refuse("NESTED_AGGREGATES_UNSUPPORTED", "Nested aggregates are not allowed in observed metrics, but found: " + shown + ".");
        if (e->distinct) return refuse("AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED", "Aggregate expression with distinct are not allowed in observed metrics, but found: " + shown + ".");
        if (e->filtered) return refuse("AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED", "Aggregate expression with filter predicate are not allowed in observed metrics, but found: " + shown + ".");
        for (const ExprRef& a : e->args[0]->args) check(metric, a, true);
    };
    for (const ExprRef& m : p->exprs) check(m, m, false);
}

void Analyser::check_expr(const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(p != nullptr);
    MR_ASSERT(e != nullptr);
    if (e->resolved && e->kind != ExprKind::window && !e->plan) {
        for (const ExprRef& arg : e->args)
            if (ok()) check_expr(root, p, arg);
        return;
    }
    for (const ExprRef& arg : e->args)
        if (ok() && arg->kind != ExprKind::lambda) check_expr(root, p, arg);
    if (!ok()) return;
    if (e->plan) check(root, e->plan);
    if (!ok() || e->resolved) {
        if (ok() && e->kind == ExprKind::scalar_subquery && e->plan) {
            bool correlated = false;
            const std::function<void(const PlanRef&)> look = [&](const PlanRef& q) {
                visit_exprs(*q, [&](const ExprRef& x) { correlated = correlated || any_of(x, [](const Expr& y) { return y.kind == ExprKind::outer; }); });
                for (const PlanRef& c : q->children) look(c);
            };
            look(e->plan);
            PlanRef top = e->plan;
            while (top->kind == PlanKind::project || top->kind == PlanKind::filter || top->kind == PlanKind::subquery_alias) top = top->children[0];
            if (correlated && top->kind != PlanKind::aggregate) {
                fail("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY", "Unsupported subquery expression: Correlated scalar subqueries must be aggregated to return at most one row.", e->at, root);
            }
        }
        return;
    }
    switch (e->kind) {
        case ExprKind::name: unresolved_column(*this, root, p, e); break;
        case ExprKind::parameter:
            fail("UNBOUND_SQL_PARAMETER", fmt::format("Found the unbound parameter: {}. Please, fix `args` and provide a mapping of the parameter to a SQL literal.", e->name), e->at, root);
            break;
        case ExprKind::time_window: time_window_limits(*this, root, e); break;
        case ExprKind::star:
            fail("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in expression `alias`.", {});
            break;
        case ExprKind::lambda: case ExprKind::lambda_name: break;
        default: mismatch(*this, root, e);
    }
}

namespace {

bool valid_over_groups(Analyser& a, const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(root != nullptr && p != nullptr && e != nullptr);
    if (!a.ok() || e->kind == ExprKind::aggregate || is_literal(e)) return a.ok();
    for (const ExprRef& g : p->groups)
        if (same_expr(g, e)) return true;
    if (e->kind == ExprKind::attribute) {
        for (const ExprRef& g : p->groups)
            if (g->kind == ExprKind::attribute && g->id == e->id) return true;
        if (p->groups.empty()) {
            a.fail("MISSING_GROUP_BY", "The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.", p->at.line != 0 ? p->at : root->at, root);
        } else {
            a.fail("MISSING_AGGREGATION", fmt::format("The non-aggregating expression \"{}\" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use \"any_value({})\" if you do not care which of the values within a group is returned.", pretty(e), pretty(e)), {}, root);
        }
        return false;
    }
    for (const ExprRef& arg : e->args)
        if (!valid_over_groups(a, root, p, arg)) return false;
    return true;
}

void check_aggregate(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const auto nested = [&](const ExprRef& e) {
        visit(e, [&](const ExprRef& x) {
            if (x->kind != ExprKind::aggregate || !a.ok()) return;
            for (const ExprRef& arg : x->args[0]->args)
                if (has_aggregate(arg))
                    a.fail("NESTED_AGGREGATE_FUNCTION", "It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.", [&] {
                        ExprRef found = arg;
                        visit(arg, [&](const ExprRef& y) {
                            if (y->kind == ExprKind::aggregate) found = y;
                        });
                        return found->at;
                    }(), root);
        });
    };
    for (const ExprRef& e : p->exprs) nested(e);
    for (const ExprRef& g : p->groups) {
        if (!a.ok()) return;
        if (has_aggregate(g)) {
            std::string list;
            a.fail("GROUP_BY_AGGREGATE", fmt::format("Aggregate functions are not allowed in GROUP BY, but found {}.", pretty(g)), g->at, root);
        } else if (g->type.id == TypeId::map) {
            a.fail("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", fmt::format("The expression \"{}\" cannot be used as a grouping expression because its data type \"{}\" is not an orderable data type.", pretty(g), sql_name(g->type)), g->at, root);
        }
    }
    for (const ExprRef& e : p->exprs)
        if (a.ok()) valid_over_groups(a, root, p, e->kind == ExprKind::alias ? e->args[0] : e);
}

void check_filter(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const ExprRef& c = p->condition;
    if (c->type.id != TypeId::boolean) {
        a.fail("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", fmt::format("Cannot resolve \"{}\" due to data type mismatch: Filter expression \"{}\" of type \"{}\" is not a boolean.", pretty(c), pretty(c), sql_name(c->type)), root->at, root);
        return;
    }
    if (!has_aggregate(c) && !has_window(c)) return;
    if (!has_aggregate(c)) return a.fail("_LEGACY_ERROR_TEMP_1034", "It is not allowed to use window functions inside WHERE clause.", {});
    std::string list;
    visit(c, [&](const ExprRef& x) {
        if (x->kind != ExprKind::aggregate && x->kind != ExprKind::window) return;
        std::string shown = x->args[0]->name;
        const ExprRef call = x->kind == ExprKind::aggregate ? x->args[0] : x->args[0];
        std::string args;
        for (const ExprRef& arg : call->args) {
            std::string text = pretty(arg);
            if (arg->kind == ExprKind::attribute && !arg->parts.empty()) text = arg->parts.back() + "." + arg->name;
            args += (args.empty() ? "" : ", ") + text;
        }
        list += (list.empty() ? "" : ", ") + (x->kind == ExprKind::aggregate ? call->name + "(" + args + ")" : pretty(x));
    });
    a.fail("INVALID_WHERE_CONDITION", fmt::format("The WHERE condition \"{}\" contains invalid expressions: {}.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.", pretty(c), list), root->at, root);
}

void check_limit(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const ExprRef& n = p->condition;
    const char* what = p->kind == PlanKind::offset ? "offset" : "limit";
    const auto refuse = [&](const char* sub, const std::string& why) { a.fail(std::string("INVALID_LIMIT_LIKE_EXPRESSION.") + sub, fmt::format("The limit like expression \"{}\" is invalid. {}", pretty(n), why), n->at, root); };
    if (!foldable(n)) return refuse("IS_UNFOLDABLE", fmt::format("The {} expression must evaluate to a constant value.", what));
    if (n->type.id != TypeId::integer) return refuse("DATA_TYPE", fmt::format("The {} expression must be integer type, but got \"{}\".", what, sql_name(n->type)));
    EvalContext cx;
    const Value v = eval_constant(n, cx);
    if (v.null) return refuse("IS_NULL", fmt::format("The evaluated {} expression must not be null.", what));
    if (v.i < 0) refuse("IS_NEGATIVE", fmt::format("The {} expression must be equal to or greater than 0, but got {}.", what, v.i));
}

void check_node(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    switch (p->kind) {
        case PlanKind::aggregate: check_aggregate(a, root, p); break;
        case PlanKind::filter: check_filter(a, root, p); break;
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: check_limit(a, root, p); break;
        case PlanKind::join:
            if (p->condition && p->condition->type.id != TypeId::boolean)
                a.fail("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", fmt::format("The join condition \"{}\" has the invalid type \"{}\", expected \"BOOLEAN\".", pretty(p->condition), sql_name(p->condition->type)), p->condition->at, root);
            break;
        case PlanKind::sort:
            for (const ExprRef& o : p->exprs)
                if (a.ok() && (o->type.id == TypeId::map)) a.fail("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", fmt::format("Cannot resolve \"{}\" due to data type mismatch: The `sortorder` does not support ordering on type \"{}\".", pretty(o), sql_name(o->type)), o->at, root);
            break;
        case PlanKind::watermark:
            if (p->exprs[0]->type.id != TypeId::timestamp && p->exprs[0]->type.id != TypeId::timestamp_ntz)
                a.fail("EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE", fmt::format("The event time `{}` has the invalid type \"{}\", but expected \"TIMESTAMP\".", p->exprs[0]->name, sql_name(p->exprs[0]->type)), p->at, root);
            break;
        default: break;
    }
    if (!a.ok() || p->kind == PlanKind::window) return;
    visit_exprs(*p, [&](const ExprRef& root_expr) {
        visit(root_expr, [&](const ExprRef& e) {
            if (a.ok() && is_grouping(*e))
                a.fail("UNSUPPORTED_GROUPING_EXPRESSION", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.", e->at, root);
            if (a.ok() && e->kind == ExprKind::call && e->fn && e->fn->kind == FunctionKind::window)
                a.fail("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", fmt::format("Window function \"{}\" requires an OVER clause.", pretty(e)), root->at, root);
        });
    });
}

}  // namespace

void Analyser::check(const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::view) return;
    for (const PlanRef& c : p->children)
        if (ok()) check(root, c);
    if (!ok()) return;
    if (p->kind == PlanKind::relation_name) {
        std::string name;
        for (const std::string& part : p->parts) name += (name.empty() ? "" : ".") + quoted(part);
        fail("TABLE_OR_VIEW_NOT_FOUND", fmt::format("The table or view {} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.", name), p->at, root);
        return;
    }
    visit_exprs(*p, [&](const ExprRef& e) {
        if (ok()) check_expr(root, p, e);
    });
    if (!ok()) return;
    if (!p->resolved) {
        QueryError error{"Py4JJavaError", "org.apache.spark.SparkException", "INTERNAL_ERROR", "XX000", fmt::format("[INTERNAL_ERROR] Found the unresolved operator: '{}", node_text(p))};
        Origin at = p->at;
        if (at.line != 0) error.message += "\n" + query_context(at);
        failure.set(std::move(error));
        return;
    }
    check_node(*this, root, p);
}

}  // namespace engine::spark
