// The check after resolution: the first node from the leaves up that is not what it must be, in Spark's words.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/plan/analyser.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/unpivot.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

void unresolved_column(Analyser& a, const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(root != nullptr && p != nullptr && e != nullptr);
    Exprs columns;
    for (const PlanRef& c : p->children)
        for (const ExprRef& o : output_of(*c)) columns.push_back(o);
    std::stable_sort(columns.begin(), columns.end(), [](const ExprRef& x, const ExprRef& y) {
        return x->name != y->name ? x->name < y->name : x->id < y->id;
    });
    std::string name;
    for (const std::string& part : e->parts) name += (name.empty() ? "" : ".") + quoted(part);
    const std::string list = suggestions(e->parts, columns);
    if (list.empty())
        a.fail("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
               fmt::format("A column or function parameter with name {} cannot be resolved. ", name), e->at, root);
    else
        a.fail("UNRESOLVED_COLUMN.WITH_SUGGESTION",
               fmt::format("A column or function parameter with name {} cannot be resolved. Did you mean one of the "
                           "following? [{}].",
                           name, list),
               e->at, root);
}

/// A plan as it would be if nothing in it were wrong.
PlanRef as_resolved(Analyser& a, const PlanRef& root) {
    MR_ASSERT(root != nullptr);
    return rewrite_plan_up(root, [&](const PlanRef& p) {
        if (p->resolved) return p;
        const PlanRef named = map_exprs(p, [&](const ExprRef& x) {
            return x->kind == ExprKind::unresolved_alias
                       ? alias_of(x->args[0], pretty(x->args[0]), a.session.ids.take())
                       : x;
        });
        return edit(named, [](Plan& x) { x.resolved = true; });
    });
}

void mismatch(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(root != nullptr && e != nullptr);
    if (e->kind == ExprKind::call && !e->fn) return;  // one list of a grouping set
    Expr copy = *e;
    Typing t{.e = copy, .ansi = a.session.ansi, .zone = a.session.clock.zone, .error_class = "", .text = ""};
    engine::spark::typed(e, t);
    if (t.error_class.empty()) return;
    for (const ExprRef& arg : e->args)
        if (any_of(arg, [](const Expr& x) {
                return x.kind == ExprKind::call && x.fn && x.fn->kind == FunctionKind::generator;
            }))
            return a.fail("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                          fmt::format("The generator is not supported: nested in expressions \"{}\".", pretty(e)), {});
    if (t.error_class == "PARSE_EMPTY_STATEMENT") {
        a.fail(t.error_class, t.text, e->at);
        if (const std::size_t at = a.failure.error.message.find("PARSE_EMPTY_STATEMENT"); at != std::string::npos)
            a.failure.error.message.replace(at, 21, "PARSE_SYNTAX_ERROR");
    } else if (t.error_class.starts_with("DATATYPE_MISMATCH")) {
        // By now the names that struct(..) was given are only those of its fields.
        const ExprRef bare = rewrite_up(e, [](const ExprRef& x) {
            return x->implicit && is_literal(x) ? edit(x, [](Expr& y) { y.implicit = false; }) : x;
        });
        // What a lambda gives is looked at last, when everything else of the plan has its names.
        const bool late = e->kind == ExprKind::call && e->fn->kind == FunctionKind::higher_order &&
                          t.text.find("lambdafunction(") != std::string::npos &&
                          any_of(e, [](const Expr& x) { return x.kind == ExprKind::lambda_variable; });
        if (late)
            return a.fail(t.error_class,
                          fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}", pretty(bare), t.text),
                          root->at, as_resolved(a, root));
        a.fail(t.error_class, fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}", pretty(bare), t.text),
               e->at, root);
    } else {
        const bool nowhere =
            t.error_class.starts_with("WRONG_NUM_ARGS") || t.error_class.starts_with("SECOND_FUNCTION_ARGUMENT");
        // What looks at the format of numbers does so with the plan at hand.
        const bool shows_plan = t.error_class.starts_with("INVALID_FORMAT.");
        a.fail(t.error_class, t.text, nowhere ? Origin{} : e->at, shows_plan ? root : nullptr);
    }
}

/// IN over a subquery with another number of columns.
void in_subquery_mismatch(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(root != nullptr && e->plan != nullptr);
    const auto list = [](std::span<const ExprRef> columns) {
        std::string out;
        for (const ExprRef& c : columns) out += (out.empty() ? "\"" : ", \"") + pretty(c) + "\"";
        return out;
    };
    const std::span<const ExprRef> left(e->args.data(), static_cast<std::size_t>(e->k));
    const Exprs right = output_of(*e->plan);
    a.fail("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
           fmt::format("Cannot resolve \"{}\" due to data type mismatch: The number of columns in the left hand side "
                       "of an IN subquery does not match the number of columns in the output of subquery. "
                       "Left hand side columns(length: {}): [{}], right hand side columns(length: {}): [{}].",
                       pretty(e), left.size(), list(left), right.size(), list(right)),
           e->at, root);
}

/// A window over what is no moment.
void fail_of_time(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(!e->args.empty());
    std::string shown = pretty(e);
    if (e->kind == ExprKind::session_window) shown.erase(shown.find('_'), 1);
    a.fail("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
           fmt::format("Cannot resolve \"{}\" due to data type mismatch: Parameter 1 requires the (\"(TIMESTAMP OR "
                       "TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, end: TIMESTAMP>\" or "
                       "\"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>\") type, however \"{}\" has the type "
                       "\"{}\".",
                       shown, pretty(e->args[0]), sql_name(e->args[0]->type)),
           e->at, root);
}

void time_window_limits(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(root != nullptr && e != nullptr);
    const std::string shown = pretty(e);
    const auto refuse = [&](const char* sub, const std::string& why) {
        a.fail(std::string("DATATYPE_MISMATCH.") + sub,
               fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}", shown, why), e->at, root);
    };
    if (e->n <= 0)
        refuse(
            "VALUE_OUT_OF_RANGE",
            fmt::format("The `window_duration` must be between (0, 9223372036854775807] (current value = {}L).", e->n));
    else if (e->m <= 0)
        refuse(
            "VALUE_OUT_OF_RANGE",
            fmt::format("The `slide_duration` must be between (0, 9223372036854775807] (current value = {}L).", e->m));
    else if (e->m > e->n)
        refuse("PARAMETER_CONSTRAINT_VIOLATION",
               fmt::format("The `slide_duration`({}L) must be <= the `window_duration`({}L).", e->m, e->n));
    else if (std::abs(e->k) >= e->m)
        refuse("PARAMETER_CONSTRAINT_VIOLATION",
               fmt::format("The `abs(start_time)`({}L) must be < the `slide_duration`({}L).", std::abs(e->k), e->m));
    else fail_of_time(a, root, e);
}

/// Whether the list of an aggregate has the expression outside of its functions and the groups do not have it.
bool beside_groups(const Plan& p, const ExprRef& wanted) {
    const auto is_it = [&](const Expr& e) { return e.plan == wanted->plan; };
    const std::function<bool(const ExprRef&)> outside = [&](const ExprRef& e) {
        if (is_it(*e)) return true;
        return e->kind != ExprKind::aggregate && std::ranges::any_of(e->args, outside);
    };
    return std::ranges::any_of(p.exprs, outside) &&
           std::ranges::none_of(p.groups, [&](const ExprRef& g) { return any_of(g, is_it); });
}

bool reaches_outside(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    bool found = false;
    visit_exprs(*p, [&](const ExprRef& e) {
        found = found || any_of(e, [](const Expr& x) { return x.kind == ExprKind::outer; });
    });
    return found || std::ranges::any_of(p->children, reaches_outside);
}

/// A subquery that stands for one value: one column, and one row where it looks at the query around it.
void check_scalar(Analyser& a, const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(e->plan != nullptr);
    if (const std::size_t n = output_of(*e->plan).size(); n != 1)
        return a.fail("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
                      fmt::format("Invalid subquery: Scalar subquery must return only one column, but got {}.", n),
                      e->at, root);
    if (!reaches_outside(e->plan)) return;
    PlanRef top = e->plan;
    while (top->kind == PlanKind::project || top->kind == PlanKind::filter || top->kind == PlanKind::subquery_alias)
        top = top->children[0];
    if (top->kind != PlanKind::aggregate)
        return a.fail("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY",
                      "Unsupported subquery expression: Correlated scalar subqueries must be aggregated to return at "
                      "most one row.",
                      e->at, root);
    if (p->kind == PlanKind::aggregate && beside_groups(*p, e))
        a.fail("SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION",
               fmt::format("The correlated scalar subquery '\"{}\"' is neither present in GROUP BY, nor in an "
                           "aggregate function. Add it to GROUP BY using ordinal position or wrap it in `first()` "
                           "(or `first_value`) if you don't care which value you get.",
                           pretty(e)),
               e->at, root);
}

/// Names in the body of a lambda that are neither its variables nor columns. Spark has forgotten where they stood.
void lambda_names(Analyser& a, const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    for (const ExprRef& arg : e->args)
        if (a.ok()) lambda_names(a, root, p, arg);
    if (a.ok() && e->kind == ExprKind::name) unresolved_column(a, root, p, edit(e, [](Expr& x) { x.at = {}; }));
}

void window_mismatch(Analyser& a, const PlanRef& root, const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::window && e->args.size() > 1);
    const ExprRef& spec = e->args[1];
    if (spec->kind == ExprKind::window_spec && upside_down(spec->frame)) {
        const std::string frame = pretty(edit(spec, [](Expr& x) { x.args.clear(), x.n = 0; }));
        a.fail("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
               fmt::format("Cannot resolve \"{}\" due to data type mismatch: The lower bound of a window frame must be "
                           "less than or equal to the upper bound.",
                           frame.substr(1, frame.size() - 2)),
               spec->at, root);
    }
    if (const auto why = spec->kind == ExprKind::window_spec ? frame_refused(*spec) : std::nullopt; why && a.ok()) {
        // What is wrong with the order is told of the whole window, what is wrong with the bounds of them alone.
        const bool whole = why->error_class.find("RANGE_FRAME") != std::string::npos;
        const std::string text = pretty(whole ? spec : edit(spec, [](Expr& x) { x.args.clear(), x.n = 0; }));
        a.fail(why->error_class,
               fmt::format("Cannot resolve \"{}\" due to data type mismatch: {}",
                           whole ? text : text.substr(1, text.size() - 2), why->text),
               spec->at, root);
    }
    // Where there is a WINDOW clause, it is refused before there is a plan to show.
    if (spec->kind == ExprKind::window_reference)
        a.fail("_LEGACY_ERROR_TEMP_1004",
               fmt::format("Window specification {} is not defined in the WINDOW clause.", spec->name), {},
               spec->n == 1 ? nullptr : root);
}

}  // namespace

void Analyser::check_expr(const PlanRef& root, const PlanRef& p, const ExprRef& e) {
    MR_ASSERT(p != nullptr && e != nullptr);
    if (e->resolved && e->kind != ExprKind::window && !e->plan) {
        for (const ExprRef& arg : e->args)
            if (ok()) check_expr(root, p, arg);
        return;
    }
    for (const ExprRef& arg : e->args)
        if (ok() && arg->kind != ExprKind::lambda) check_expr(root, p, arg);
    if (!ok()) return;
    if (e->plan) check(root, e->plan);
    if (ok() && e->resolved && e->kind == ExprKind::scalar_subquery && e->plan) return check_scalar(*this, root, p, e);
    if (!ok() || e->resolved) return;
    switch (e->kind) {
        case ExprKind::name: unresolved_column(*this, root, p, e); break;
        case ExprKind::parameter:
            fail("UNBOUND_SQL_PARAMETER",
                 fmt::format("Found the unbound parameter: {}. Please, fix `args` and provide a mapping of the "
                             "parameter to a SQL literal.",
                             e->name),
                 e->at, root);
            break;
        case ExprKind::time_window: time_window_limits(*this, root, e); break;
        case ExprKind::session_window: fail_of_time(*this, root, e); break;
        case ExprKind::star:
            fail("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in expression `alias`.", {});
            break;
        case ExprKind::lambda: case ExprKind::lambda_name: break;
        case ExprKind::in_subquery: in_subquery_mismatch(*this, root, e); break;
        case ExprKind::window: window_mismatch(*this, root, e); break;
        default: mismatch(*this, root, e);
    }
    for (const ExprRef& arg : e->args)
        if (ok() && arg->kind == ExprKind::lambda) lambda_names(*this, root, p, arg);
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
            a.fail("MISSING_GROUP_BY",
                   "The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions "
                   "using OVER clauses.",
                   p->at.line != 0 ? p->at : root->at, root);
        } else {
            a.fail("MISSING_AGGREGATION",
                   fmt::format(
                       "The non-aggregating expression \"{}\" is based on columns which are not participating in the "
                       "GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, "
                       "or use \"any_value({})\" if you do not care which of the values within a group is returned.",
                       pretty(e), pretty(e)),
                   {}, root);
        }
        return false;
    }
    for (const ExprRef& arg : e->args)
        if (!valid_over_groups(a, root, p, arg)) return false;
    return true;
}

/// A call as SQL, its columns with their tables.
std::string qualified_call(const ExprRef& call) {
    MR_ASSERT(call != nullptr);
    std::string args;
    for (const ExprRef& arg : call->args) {
        const bool qualified = arg->kind == ExprKind::attribute && !arg->parts.empty();
        args += (args.empty() ? "" : ", ") + (qualified ? arg->parts.back() + "." + arg->name : pretty(arg));
    }
    return call->name + "(" + args + ")";
}

void check_aggregate(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const auto nested = [&](const ExprRef& e) {
        visit(e, [&](const ExprRef& x) {
            if (x->kind != ExprKind::aggregate || !a.ok()) return;
            for (const ExprRef& arg : x->args[0]->args)
                if (has_aggregate(arg))
                    a.fail(
                        "NESTED_AGGREGATE_FUNCTION",
                        "It is not allowed to use an aggregate function in the argument of another aggregate function. "
                        "Please use the inner aggregate function in a sub-query.",
                        [&] {
                            ExprRef found = arg;
                            visit(arg, [&](const ExprRef& y) {
                                if (y->kind == ExprKind::aggregate) found = y;
                            });
                            return found->at;
                        }(),
                        root);
        });
    };
    for (const ExprRef& e : p->exprs) nested(e);
    for (const ExprRef& g : p->groups) {
        if (!a.ok()) return;
        if (has_aggregate(g)) {
            const std::string found = g->kind == ExprKind::aggregate ? qualified_call(g->args[0]) : pretty(g);
            a.fail("GROUP_BY_AGGREGATE",
                   fmt::format("Aggregate functions are not allowed in GROUP BY, but found {}.", found), g->at, root);
        } else if (g->type.id == TypeId::map) {
            a.fail("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
                   fmt::format("The expression \"{}\" cannot be used as a grouping expression because its data type "
                               "\"{}\" is not an orderable data type.",
                               pretty(g), sql_name(g->type)),
                   g->at, root);
        }
    }
    for (const ExprRef& e : p->exprs)
        if (a.ok()) valid_over_groups(a, root, p, e->kind == ExprKind::alias ? e->args[0] : e);
}

void check_filter(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const ExprRef& c = p->condition;
    if (c->type.id != TypeId::boolean) {
        a.fail("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
               fmt::format("Cannot resolve \"{}\" due to data type mismatch: Filter expression \"{}\" of type \"{}\" "
                           "is not a boolean.",
                           pretty(c), pretty(c), sql_name(c->type)),
               root->at, root);
        return;
    }
    if (!has_aggregate(c) && !has_window(c)) return;
    if (!has_aggregate(c))
        return a.fail("_LEGACY_ERROR_TEMP_1034", "It is not allowed to use window functions inside WHERE clause.", {});
    std::string list;
    visit(c, [&](const ExprRef& x) {
        if (x->kind != ExprKind::aggregate && x->kind != ExprKind::window) return;
        list += (list.empty() ? "" : ", ") + (x->kind == ExprKind::aggregate ? qualified_call(x->args[0]) : pretty(x));
    });
    a.fail("INVALID_WHERE_CONDITION",
           fmt::format("The WHERE condition \"{}\" contains invalid expressions: {}.\nRewrite the query to avoid "
                       "window functions, aggregate functions, and generator functions in the WHERE clause.",
                       pretty(c), list),
           root->at, root);
}

void check_limit(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    const ExprRef& n = p->condition;
    const char* what = p->kind == PlanKind::offset ? "offset" : "limit";
    const auto refuse = [&](const char* sub, const std::string& why) {
        a.fail(std::string("INVALID_LIMIT_LIKE_EXPRESSION.") + sub,
               fmt::format("The limit like expression \"{}\" is invalid. {}", pretty(n), why), n->at, root);
    };
    if (!foldable(n))
        return refuse("IS_UNFOLDABLE", fmt::format("The {} expression must evaluate to a constant value.", what));
    if (n->type.id != TypeId::integer)
        return refuse("DATA_TYPE",
                      fmt::format("The {} expression must be integer type, but got \"{}\".", what, sql_name(n->type)));
    EvalContext cx;
    const Value v = eval_constant(n, cx);
    if (v.null) return refuse("IS_NULL", fmt::format("The evaluated {} expression must not be null.", what));
    if (v.i < 0)
        refuse("IS_NEGATIVE",
               fmt::format("The {} expression must be equal to or greater than 0, but got {}.", what, v.i));
}

/// grouping() means something only where there are several sets of groups.
void check_groupings(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    visit_exprs(*p, [&](const ExprRef& root_expr) {
        visit(root_expr, [&](const ExprRef& e) {
            if (a.ok() && is_grouping(*e))
                a.fail("UNSUPPORTED_GROUPING_EXPRESSION",
                       "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.", e->at, root);
        });
    });
}

/// A timestamp, or a window by its end.
bool is_event_time(const DataType& type) {
    if (type.id != TypeId::structure) return type.id == TypeId::timestamp;
    MR_ASSERT(type.fields != nullptr);
    const auto end = std::ranges::find(*type.fields, std::string("end"), &Field::name);
    return end != type.fields->end() && end->type.id == TypeId::timestamp;
}

/// What stands before OVER: a function of windows or of groups, the latter over all rows.
void check_over(Analyser& a, const PlanRef& root, const ExprRef& window) {
    MR_ASSERT(window->kind == ExprKind::window);
    const Expr& of = *window->args[0];
    if (of.kind != ExprKind::aggregate && (!of.fn || of.fn->kind != FunctionKind::window))
        a.fail("UNSUPPORTED_EXPR_FOR_WINDOW",
               fmt::format("Expression \"{}\" not supported within a window function.", pretty(window->args[0])),
               window->at, root);
    else if (of.distinct)
        a.fail("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
               fmt::format("Distinct window functions are not supported: \"{}\".", pretty(window)), window->at, root);
}

void check_node(Analyser& a, const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(root != nullptr && p != nullptr);
    if (p->kind == PlanKind::aggregate) check_groupings(a, root, p);
    if (!a.ok()) return;
    switch (p->kind) {
        case PlanKind::aggregate: check_aggregate(a, root, p); break;
        case PlanKind::filter: check_filter(a, root, p); break;
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: check_limit(a, root, p); break;
        case PlanKind::distinct: case PlanKind::except: case PlanKind::intersect:
            for (const ExprRef& c : output_of(*p))
                if (a.ok() && c->type.id == TypeId::map)
                    a.fail("UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE",
                           fmt::format("The feature is not supported: Cannot have MAP type columns in DataFrame which "
                                       "calls set operations "
                                       "(INTERSECT, EXCEPT, etc.), but the type of column {} is \"{}\".",
                                       quoted(c->name), sql_name(c->type)),
                           p->at, root);
            break;
        case PlanKind::window:
            for (const ExprRef& e : p->exprs)
                visit(e, [&](const ExprRef& x) {
                    if (a.ok() && x->kind == ExprKind::window) check_over(a, root, x);
                });
            break;
        case PlanKind::sort:
            for (const ExprRef& o : p->exprs) {
                if (!a.ok() || !has_aggregate(o)) continue;
                ExprRef found;
                visit(o, [&](const ExprRef& x) {
                    if (x->kind == ExprKind::aggregate && !found) found = x;
                });
                a.fail("UNSUPPORTED_EXPR_FOR_OPERATOR",
                       fmt::format("A query operator contains one or more unsupported expressions. Consider to rewrite "
                                   "it to avoid window functions, aggregate functions, and generator functions in the "
                                   "WHERE clause.\nInvalid expressions: [\"{}\"]",
                                   pretty(found)),
                       p->at, root);
            }
            for (const ExprRef& o : p->exprs)
                if (a.ok() && !orderable(o->type))
                    a.fail("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
                           fmt::format("Cannot resolve \"{}\" due to data type mismatch: The `sortorder` does not "
                                       "support ordering on type \"{}\".",
                                       pretty(o), sql_name(o->type)),
                           o->at, root);
            break;
        case PlanKind::watermark:
            if (!is_event_time(p->exprs[0]->type))
                a.fail("EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE",
                       fmt::format("The event time `{}` has the invalid type \"{}\", but expected \"TIMESTAMP\".",
                                   p->exprs[0]->name, sql_name(p->exprs[0]->type)),
                       p->at, root);
            break;
        default: break;
    }
    if (a.ok() && p->kind != PlanKind::aggregate) check_groupings(a, root, p);
    if (!a.ok() || p->kind == PlanKind::window) return;
    visit_exprs(*p, [&](const ExprRef& root_expr) {
        visit(root_expr, [&](const ExprRef& e) {
            if (a.ok() && e->kind == ExprKind::call && e->fn && e->fn->kind == FunctionKind::window)
                a.fail("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
                       fmt::format("Window function \"{}\" requires an OVER clause.", pretty(e)), root->at, root);
        });
    });
}

/// The node below a limit that names a column of the query around it; null if there is none.
PlanRef limited_outer(const PlanRef& p, bool limited = false) {
    MR_ASSERT(p != nullptr);
    bool outer = false;
    if (limited)
        visit_exprs(*p, [&](const ExprRef& root) {
            outer = outer || any_of(root, [](const Expr& e) { return e.kind == ExprKind::outer; });
        });
    if (outer) return p;
    const bool below =
        limited || p->kind == PlanKind::global_limit || p->kind == PlanKind::local_limit || p->kind == PlanKind::offset;
    for (const PlanRef& c : p->children)
        if (PlanRef found = limited_outer(c, below)) return found;
    return nullptr;
}

/// Whether an operator asks for the type of a lambda, or of a lambda's variable, that no function took.
bool asks_lambda_type(const Plan& p) {
    const auto untyped = [](const ExprRef& e) {
        return e->kind == ExprKind::lambda_name || (e->kind == ExprKind::lambda && !e->resolved);
    };
    const auto asks = [&](const Expr& e) {
        const bool only_nulls = e.kind == ExprKind::call && (e.name == "isnull" || e.name == "isnotnull");
        const bool typing = e.kind == ExprKind::call || e.kind == ExprKind::cast || e.kind == ExprKind::case_when;
        return typing && !only_nulls && std::ranges::any_of(e.args, untyped);
    };
    bool found = false;
    visit_exprs(p, [&](const ExprRef& e) { found = found || any_of(e, asks); });
    return found;
}

}  // namespace

void Analyser::check(const PlanRef& root, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::view) return;
    // Definitions are looked at where they are named.
    const std::size_t count = p->kind == PlanKind::with ? 1 : p->children.size();
    for (std::size_t i = 0; i < count && ok(); ++i) check(root, p->children[i]);
    if (!ok()) return;
    if (p->kind == PlanKind::relation_name) {
        fail("TABLE_OR_VIEW_NOT_FOUND", table_not_found_text(p->parts), p->at, root);
        return;
    }
    visit_exprs(*p, [&](const ExprRef& e) {
        if (ok()) check_expr(root, p, e);
    });
    if (!ok()) return;
    const bool set = p->kind == PlanKind::union_ || p->kind == PlanKind::except || p->kind == PlanKind::intersect;
    if (set && !p->resolved && !p->by_name)
        if (const auto why = set_operation_refused(*p, session.ansi))
            return fail(why->error_class, why->text, p->at, root);
    if (p->kind == PlanKind::unpivot)
        if (const auto why = unpivot_refused(*p, session.ansi)) return fail(why->error_class, why->text, {}, root);
    if (p->kind == PlanKind::join && p->condition && p->condition->resolved && p->condition->type.id != TypeId::boolean)
        return fail("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
                    fmt::format("The join condition \"{}\" has the invalid type \"{}\", expected \"BOOLEAN\".",
                                pretty(p->condition), sql_name(p->condition->type)),
                    p->at, root);
    if (p->kind == PlanKind::lateral_join && p->resolved)
        if (const PlanRef inner = limited_outer(p->children[1]))
            return fail(
                "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED",
                "Unsupported subquery expression: Accessing outer query column is not allowed in this location" +
                    plan_tree(inner) + ".",
                p->at, root);
    if (!p->resolved && asks_lambda_type(*p))
        return fail("", "Invalid call to dataType on unresolved object", {}, root);
    if (!p->resolved) {
        QueryError error{"Py4JJavaError", "org.apache.spark.SparkException", "INTERNAL_ERROR", "XX000",
                         fmt::format("[INTERNAL_ERROR] Found the unresolved operator: '{}", node_text(p))};
        if (p->at.line != 0) error.message += "\n" + query_context(p->at);
        failure.set(std::move(error));
        return;
    }
    check_inputs(root, p);
    if (ok()) check_node(*this, root, p);
}

}  // namespace engine::spark
