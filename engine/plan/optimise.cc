#include "engine/plan/optimise.h"

#include <algorithm>
#include <utility>

#include "engine/plan/analyser.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr int kMostRounds = 20;  ///< of a batch of rules; Spark allows 100, none of ours needs as many
static_assert(kMostRounds > 1 && kMostRounds <= 100);

void collect_outer(const PlanRef& p, std::vector<u64>& out) {
    MR_ASSERT(p != nullptr);
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (e->kind == ExprKind::outer) out.push_back(e->args[0]->id);
            if (e->plan) collect_outer(e->plan, out);
        });
    });
    for (const PlanRef& c : p->children) collect_outer(c, out);
}

using Rule = PlanRef (*)(Optimiser&, const PlanRef&);

PlanRef to_fixed_point(Optimiser& o, PlanRef plan, std::span<const Rule> rules) {
    // What a rule left as it was it need not see again.
    std::vector<PlanRef> settled(rules.size());
    for (int round = 0; round < kMostRounds && o.ok(); ++round) {
        const PlanRef before = plan;
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (plan == settled[i]) continue;
            const PlanRef given = std::exchange(plan, rules[i](o, plan));
            settled[i] = plan == given ? given : nullptr;
            if (!o.ok()) return plan;
        }
        if (plan == before) break;
    }
    MR_ASSERT(plan->resolved);
    return plan;
}

}  // namespace

bool is_stream_leaf(const Plan& p) {
    return p.kind == PlanKind::stream_relation ||
           ((p.kind == PlanKind::local_relation || p.kind == PlanKind::file_relation) && p.all);
}

bool reads_stream(const Plan& p) {
    return is_stream_leaf(p) || std::ranges::any_of(p.children, [](const PlanRef& c) { return reads_stream(*c); });
}

std::vector<u64> all_references(const ExprRef& e) {
    MR_ASSERT(e->depth > 0);
    MR_ASSERT(e != nullptr);
    std::vector<u64> out = references(e);
    visit(e, [&](const ExprRef& x) {
        if (x->plan) collect_outer(x->plan, out);
    });
    return out;
}

bool has_subquery(const ExprRef& e) {
    return any_of(e, [](const Expr& x) { return x.plan != nullptr; });
}

void conjuncts_of(const ExprRef& e, Exprs& out) {
    MR_ASSERT(e != nullptr);
    if (!is_call(e, "and")) return out.push_back(e);
    conjuncts_of(e->args[0], out);
    conjuncts_of(e->args[1], out);
}

ExprRef call_of(const char* name, Exprs args) {
    Expr scratch;
    Typing t{.e = scratch, .ansi = false, .zone = "UTC", .error_class = {}, .text = {}};
    const ExprRef out = typed(bound_call(name, std::move(args)), t);
    MR_ASSERT(out->resolved);
    return out;
}

ExprRef aggregate_of(ExprRef call, const ExprRef& filter) {
    MR_ASSERT(call->fn != nullptr && call->fn->kind == FunctionKind::aggregate);
    Expr a;
    a.kind = ExprKind::aggregate;
    a.type = call->type;
    a.nullable = call->nullable;
    a.resolved = true;
    a.args = {std::move(call)};
    if (filter) a.args.push_back(filter);
    a.filtered = filter != nullptr;
    return make(std::move(a));
}

ExprRef conjunction(const Exprs& parts) {
    MR_ASSERT(!parts.empty());
    ExprRef out = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) out = call_of("and", {out, parts[i]});
    return out;
}

PlanRef filter_over(const PlanRef& child, const Exprs& parts) {
    MR_ASSERT(child != nullptr);
    if (parts.empty()) return child;
    Plan p;
    p.kind = PlanKind::filter;
    p.children = {child};
    p.condition = conjunction(parts);
    return make_resolved(std::move(p));
}

ExprRef substituted(const ExprRef& e, const Exprs& items) {
    MR_ASSERT(e != nullptr);
    return rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
        if (x->kind != ExprKind::attribute) return x;
        for (const ExprRef& item : items)
            if (item->id == x->id && item->kind == ExprKind::alias) return item->args[0];
        return x;
    });
}

namespace {

/// Filters with nothing but filters and projections between them and a leaf. Whether `plan` is such a branch.
bool note_filters(const Plan& plan, std::vector<std::string>& out) {
    if (plan.children.empty()) return true;
    bool near = plan.children.size() == 1 && (plan.kind == PlanKind::filter || plan.kind == PlanKind::project);
    for (const PlanRef& c : plan.children) near = note_filters(*c, out) && near;
    if (!near || plan.kind != PlanKind::filter) return near;
    Exprs parts;
    conjuncts_of(plan.condition, parts);
    for (const ExprRef& c : parts) out.push_back(tree_form(c));
    return true;
}

/// Sorts that nobody sees are gone, several aggregates over distinct values are rewritten.
PlanRef over_unsorted_rows(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(!o.streaming);
    const PlanRef out = rewrite_distinct_aggregates(o, aggregates_of_unscaled(o, eliminate_sorts(o, plan)));
    return out == plan ? plan : prune_columns(o, out);
}

/// A union of unions is one union (Spark's CombineUnions).
PlanRef combine_unions(Optimiser&, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::union_) return p;
        std::vector<PlanRef> sides;
        for (const PlanRef& c : p->children) {
            const bool alike = c->kind == PlanKind::union_ && c->by_name == p->by_name && c->missing == p->missing;
            if (alike) sides.insert(sides.end(), c->children.begin(), c->children.end());
            else sides.push_back(c);
        }
        return sides.size() == p->children.size() ? p : with_children(p, std::move(sides));
    });
}

PlanRef through_all_rules(Optimiser& o, const PlanRef& analysed) {
    MR_ASSERT(analysed->resolved);
    static constexpr Rule kFirst[] = {finish_analysis, drop_aliases};
    static constexpr Rule kReplace[] = {replace_operators};
    static constexpr Rule kOperators[] = {combine_unions,       push_lists,        push_lists_below_limits,
                                          push_predicates,      collapse_projects, push_limits,
                                          simplify_expressions, prune_columns,     drop_late_aliases};
    static constexpr Rule kLocal[] = {compute_local, collapse_projects, drop_late_aliases};
    // No rule makes a definition or another name: once is enough.
    PlanRef plan = finish_analysis(o, with_tables_inlined(analysed));
    // Tables at hand are worked through before anything is moved.
    if (!o.streaming && o.ok()) plan = compute_local(o, plan);
    if (o.ok()) plan = pull_out_groups(o, plan);
    if (!o.streaming && o.ok()) plan = eliminate_distinct(o, plan);
    plan = o.ok() ? prepare_subqueries(o, plan) : plan;
    if (!o.ok()) return plan;
    plan = to_fixed_point(o, plan, kFirst);
    const PlanRef replaced = to_fixed_point(o, plan, kReplace);
    if (replaced != plan) plan = to_fixed_point(o, replaced, kFirst);
    if (o.streaming) note_filters(*plan, o.over_sources);
    plan = to_fixed_point(o, plan, kOperators);
    if (!o.ok()) return plan;
    const PlanRef inferred = infer_filters(o, plan);
    if (inferred != plan) plan = to_fixed_point(o, inferred, kOperators);
    if (!o.streaming && o.ok()) plan = over_unsorted_rows(o, plan);
    plan = to_fixed_point(o, plan, kLocal);
    if (!o.ok()) return plan;
    if (!o.streaming) plan = optimise_one_row(o, plan);
    const PlanRef joined = predicates_as_joins(o, plan);
    if (joined != plan) plan = prune_columns(o, push_limits(o, push_predicates(o, joined)));
    return o.streaming ? plan : push_limits_through_windows(o, infer_window_limits(o, plan));
}

}  // namespace

PlanRef optimised_part(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const bool streaming = std::exchange(o.streaming, reads_stream(*plan));
    const PlanRef out = through_all_rules(o, plan);
    o.streaming = streaming;
    return out;
}

std::expected<PlanRef, QueryError> optimise(Session& session, const PlanRef& analysed) {
    MR_ASSERT(analysed->resolved);
    Optimiser o{.session = session, .cx = {}, .streaming = reads_stream(*analysed), .over_sources = {}};
    o.cx.ansi = session.ansi;
    o.cx.bug = session.bug;
    o.cx.clock = session.clock;
    const PlanRef plan = through_all_rules(o, analysed);
    if (!o.ok()) return std::unexpected(o.cx.failure.error);
    return plan;
}

}  // namespace engine::spark
