// Tables that stand in a query as such: VALUES, and functions that give rows.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/eval.h"
#include "engine/plan/print.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// The rows of a table of values, resolved, up to one that cannot be. `last`: its expression that nothing is known of.
std::vector<Exprs> rows_of_values(Analyser& a, const Plan& p, ExprRef& last) {
    MR_ASSERT(!p.names.empty());
    const std::size_t width = p.names[0].size();
    std::vector<Exprs> rows;
    for (std::size_t r = 0; r < p.rows.size(); ++r) {
        if (p.rows[r].size() != width) {
            a.fail("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                   fmt::format("Invalid inline table. Inline table expected {} columns but found {} columns in row {}.",
                               width, p.rows[r].size(), r),
                   p.at);
            return rows;
        }
        Exprs row;
        for (const ExprRef& e : p.rows[r]) {
            last = a.resolve(e, {});
            if (!a.ok()) return rows;
            if (last->kind == ExprKind::alias) last = last->args[0];
            if (last->resolved && !foldable(last))
                a.fail("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
                       fmt::format("Invalid inline table. Cannot evaluate the expression \"{}\" in inline table "
                                   "definition.",
                                   pretty(last)),
                       last->at);
            if (!last->resolved || !a.ok()) return rows;
            row.push_back(last);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Text and numbers do not meet in a table of values.
std::optional<DataType> type_of_values(const Exprs& column, bool ansi) {
    MR_ASSERT(!column.empty());
    const auto is_text = [](const ExprRef& e) { return e->type.id == TypeId::string; };
    const auto is_other = [&](const ExprRef& e) { return !is_text(e) && e->type.id != TypeId::void_; };
    if (std::ranges::any_of(column, is_text) && std::ranges::any_of(column, is_other)) return std::nullopt;
    return wider_type_of(column, 0, ansi);
}

}  // namespace

PlanRef Analyser::inline_table(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    ExprRef last;
    const std::vector<Exprs> rows = rows_of_values(*this, *p, last);
    if (!ok()) return p;
    if (rows.size() < p->rows.size()) return edit(p, [&](Plan& x) { x.rows[rows.size()] = {last}; });
    Plan out;
    out.kind = PlanKind::local_relation;
    Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
    EvalContext cx;
    cx.ansi = session.ansi;
    cx.bug = session.bug;
    cx.clock = session.clock;
    for (std::size_t c = 0; c < p->names[0].size(); ++c) {
        Exprs column;
        for (const Exprs& row : rows) column.push_back(row[c]);
        const auto type = type_of_values(column, session.ansi);
        if (!type) {
            fail("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                 fmt::format("Invalid inline table. Found incompatible types in the column {} for inline table.",
                             quoted(p->names[0][c])),
                 p->at);
            return p;
        }
        Builder builder(*type);
        for (const ExprRef& e : column) builder.add(eval_constant(implicit(e, *type, session.ansi), cx));
        if (!cx.ok()) return failure = cx.failure, p;
        const bool nullable = std::ranges::any_of(column, [](const ExprRef& e) { return e->nullable; });
        batch.columns.push_back(builder.finish());
        out.output.push_back(attribute(p->names[0][c], *type, nullable, session.ids.take()));
    }
    const auto table = std::make_shared<Table>();
    table->batches.push_back(std::move(batch));
    out.table = table;
    out.at = p->at;
    return make_resolved(std::move(out));
}

PlanRef Analyser::table_function(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Exprs args;
    for (const ExprRef& e : p->exprs) args.push_back(resolve(e, {}));
    if (!ok()) return p;
    if (!resolved_all(args)) return edit(p, [&](Plan& x) { x.exprs = args; });
    const std::string name = sim::lower_ascii(p->name);
    if (name != "range") {
        const FunctionInfo* fn = find_function(name);
        if (fn && fn->kind == FunctionKind::generator) {
            Plan g;
            g.kind = PlanKind::generate;
            g.children = {edit(plan_of(PlanKind::one_row, {}), [](Plan& x) { x.resolved = true; })};
            g.exprs = {function(name, p->exprs, p->at)};
            g.names = {{}};
            return generate(make(std::move(g)));
        }
        fail("UNRESOLVABLE_TABLE_VALUED_FUNCTION",
             fmt::format("Could not resolve {0} to a table-valued function. Please make sure that {0} is defined as a "
                         "table-valued function and that all required parameters are provided correctly. If {0} is not "
                         "defined, please create the table-valued function before using it. For more information about "
                         "defining table-valued functions, please refer to the Apache Spark documentation.",
                         quoted(p->name)),
             p->at);
        return p;
    }
    EvalContext cx;
    cx.clock = session.clock;
    std::vector<i64> v;
    for (const ExprRef& a : args) {
        if (a->type.id == TypeId::string && !session.ansi) {
            fail("UNEXPECTED_INPUT_TYPE",
                 fmt::format("Parameter {} of function `range` requires the \"BIGINT\" type, however \"{}\" has the "
                             "type \"STRING\".",
                             v.size() + (args.size() == 1 ? 2 : 1), pretty(a)),
                 p->at);
            return p;
        }
        ExprRef as_long = implicit(a, type_of(TypeId::bigint), session.ansi);
        const Value value = eval_constant(as_long, cx);
        if (!cx.ok()) return failure = cx.failure, p;
        v.push_back(value.i);
    }
    if (v.empty() || v.size() > 4) {
        fail("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
             fmt::format("The `range` requires [1, 2, 3, 4] parameters but the actual number is {}. Please, refer to "
                         "'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.",
                         v.size()),
             p->at);
        return p;
    }
    Plan out;
    out.kind = PlanKind::range;
    out.start = v.size() > 1 ? v[0] : 0;
    out.end = v.size() > 1 ? v[1] : v[0];
    out.step = v.size() > 2 ? v[2] : 1;
    out.n = v.size() > 3 ? v[3] : 0;
    out.output = {attribute("id", type_of(TypeId::bigint), false, session.ids.take())};
    out.resolved = true;
    if (out.step == 0)
        fail("FAILED_FUNCTION_CALL",
             "Failed preparing of the function `range` for call. Please, double check function's arguments.", p->at);
    return make(std::move(out));
}

}  // namespace engine::spark
