// EXCEPT ALL and INTERSECT ALL: rows of both sides are counted together, then written as often as is left of them
// (Spark's RewriteExceptAll and RewriteIntersectAll).
#include "engine/plan/coerce.h"
#include "engine/plan/functions.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A function of rows, as an item of an aggregate's list.
ExprRef summed_up(Optimiser& o, const char* function, const ExprRef& column, const char* name) {
    return alias_of(aggregate_of(call_of(function, {column})), name, o.session.ids.take());
}

/// A side with marks before its columns.
PlanRef with_marks(const PlanRef& side, Exprs marks) {
    const Exprs columns = output_of(*side);
    marks.insert(marks.end(), columns.begin(), columns.end());
    return project_over(side, std::move(marks));
}

PlanRef both_sides(const PlanRef& left, const PlanRef& right) {
    Plan u;
    u.kind = PlanKind::union_;
    u.all = true;
    u.children = {left, right};
    MR_ASSERT(output_of(*left).size() == output_of(*right).size());
    return make_resolved(std::move(u));
}

PlanRef counted(const PlanRef& rows, const Exprs& keys, Exprs items) {
    Plan a;
    a.kind = PlanKind::aggregate;
    a.children = {rows};
    a.groups = keys;
    a.exprs = std::move(items);
    return make_resolved(std::move(a));
}

/// Each row as often as its count says, without the count.
PlanRef repeated(const PlanRef& rows, const ExprRef& count, const Exprs& columns) {
    MR_ASSERT(count->type.id == TypeId::bigint);
    Exprs args = {count};
    args.insert(args.end(), columns.begin(), columns.end());
    Plan g;
    g.kind = PlanKind::generate;
    g.children = {rows};
    g.exprs = {call_of("replicaterows", std::move(args))};
    g.output = columns;
    return project_over(make_resolved(std::move(g)), columns);
}

}  // namespace

PlanRef except_all_counted(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::except && p->children.size() == 2);
    const Exprs columns = output_of(*p->children[0]);
    const auto mark = [&](i64 n) { return alias_of(int_literal(n, TypeId::bigint), "vcol", o.session.ids.take()); };
    const ExprRef plus = mark(1), minus = mark(-1);
    const PlanRef rows = both_sides(with_marks(p->children[0], {plus}), with_marks(p->children[1], {minus}));
    Exprs items = columns;
    items.push_back(summed_up(o, "sum", to_attribute(plus), "sum"));
    const ExprRef sum = to_attribute(items.back());
    const PlanRef left =
        filter_over(counted(rows, columns, std::move(items)), {call_of(">", {sum, int_literal(0, TypeId::bigint)})});
    return repeated(left, sum, columns);
}

PlanRef intersect_all_counted(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::intersect && p->children.size() == 2);
    const Exprs columns = output_of(*p->children[0]);
    const auto mark = [&](bool set, const char* name) {
        const ExprRef value = set ? bool_literal(true) : null_literal(type_of(TypeId::boolean));
        return alias_of(value, name, o.session.ids.take());
    };
    const ExprRef left1 = mark(true, "vcol1"), left2 = mark(false, "vcol2");
    const ExprRef right1 = mark(false, "vcol1"), right2 = mark(true, "vcol2");
    const PlanRef rows =
        both_sides(with_marks(p->children[0], {left1, left2}), with_marks(p->children[1], {right1, right2}));
    const Exprs marks = output_of(*rows);
    Exprs items = {summed_up(o, "count", marks[0], "vcol1_count"), summed_up(o, "count", marks[1], "vcol2_count")};
    const ExprRef first = to_attribute(items[0]), second = to_attribute(items[1]);
    items.insert(items.end(), columns.begin(), columns.end());
    const ExprRef one = int_literal(1, TypeId::bigint);
    const PlanRef both = filter_over(counted(rows, columns, std::move(items)),
                                     {call_of(">=", {first, one}), call_of(">=", {second, one})});
    Exprs list = columns;
    list.push_back(
        alias_of(call_of("if", {call_of(">", {first, second}), second, first}), "min_count", o.session.ids.take()));
    const ExprRef least = to_attribute(list.back());
    return repeated(project_over(both, std::move(list)), least, columns);
}

}  // namespace engine::spark
