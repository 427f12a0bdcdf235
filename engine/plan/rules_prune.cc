// Columns that nobody reads are dropped as far down as they go.
#include <algorithm>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

using ColumnIds = std::vector<u64>;

bool wanted(const ColumnIds& ids, u64 id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

void need(ColumnIds& ids, const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    for (const u64 id : all_references(e))
        if (!wanted(ids, id)) ids.push_back(id);
}

void need_all(ColumnIds& ids, const Exprs& exprs) {
    for (const ExprRef& e : exprs) need(ids, e);
}

ColumnIds of_columns(const Exprs& columns) {
    ColumnIds ids;
    for (const ExprRef& c : columns) ids.push_back(c->id);
    return ids;
}

PlanRef pruned(const PlanRef& p, const ColumnIds& required);

/// The child without what is not needed, by a projection if it gives more.
PlanRef only(const PlanRef& child, const ColumnIds& ids) {
    MR_ASSERT(child != nullptr);
    const PlanRef inner = pruned(child, ids);
    Exprs kept;
    const Exprs columns = output_of(*inner);
    for (const ExprRef& c : columns)
        if (wanted(ids, c->id)) kept.push_back(c);
    if (kept.size() == columns.size()) return inner;
    return project_over(inner, kept);
}

PlanRef pruned_items(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    Exprs kept;
    for (const ExprRef& e : p->exprs)
        if (wanted(required, e->id)) kept.push_back(e);
    ColumnIds ids;
    need_all(ids, kept);
    const bool aggregate = p->kind == PlanKind::aggregate;
    if (aggregate) need_all(ids, p->groups);
    const PlanRef child = aggregate ? only(p->children[0], ids) : pruned(p->children[0], ids);
    if (kept.size() == p->exprs.size()) return with_children(p, {child});
    return edit(p, [&](Plan& x) {
        x.exprs = kept;
        x.children = {child};
    });
}

PlanRef pruned_join(const PlanRef& p, ColumnIds ids) {
    MR_ASSERT(p->children.size() == 2);
    if (p->condition) need(ids, p->condition);
    return with_children(p, {only(p->children[0], ids), only(p->children[1], ids)});
}

PlanRef pruned_generate(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    ColumnIds ids = required;
    need_all(ids, p->exprs);
    const PlanRef child = only(p->children[0], ids);
    std::string unrequired;
    const Exprs columns = output_of(*child);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (!wanted(required, columns[i]->id)) unrequired += (unrequired.empty() ? "" : ", ") + std::to_string(i);
    const std::string before = p->options.empty() ? "" : p->options[0].second;
    if (child == p->children[0] && before == unrequired) return p;
    return edit(p, [&](Plan& x) {
        x.children = {child};
        x.options.clear();
        if (!unrequired.empty()) x.options = {{"unrequired", unrequired}};
    });
}

PlanRef pruned_expand(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < p->output.size(); ++i)
        if (wanted(required, p->output[i]->id)) places.push_back(i);
    ColumnIds ids;
    for (const Exprs& row : p->rows)
        for (const std::size_t i : places) need(ids, row[i]);
    const PlanRef child = only(p->children[0], ids);
    if (places.size() == p->output.size()) return with_children(p, {child});
    return edit(p, [&](Plan& x) {
        x.children = {child};
        Exprs output;
        for (const std::size_t i : places) output.push_back(p->output[i]);
        x.output = output;
        for (std::size_t r = 0; r < x.rows.size(); ++r) {
            Exprs row;
            for (const std::size_t i : places) row.push_back(p->rows[r][i]);
            x.rows[r] = row;
        }
    });
}

PlanRef pruned_union(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    const Exprs columns = output_of(*p);
    std::vector<PlanRef> children;
    for (const PlanRef& side : p->children) {
        const Exprs own = output_of(*side);
        ColumnIds ids;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (wanted(required, columns[i]->id)) ids.push_back(own[i]->id);
        children.push_back(only(side, ids));
    }
    return with_children(p, std::move(children));
}

PlanRef pruned_window(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    Exprs kept;
    for (const ExprRef& e : p->exprs)
        if (wanted(required, e->id)) kept.push_back(e);
    if (kept.empty()) return pruned(p->children[0], required);
    ColumnIds ids;
    for (const ExprRef& c : output_of(*p->children[0]))
        if (wanted(required, c->id)) ids.push_back(c->id);
    need_all(ids, kept);
    need_all(ids, p->groups);
    for (const Exprs& row : p->rows) need_all(ids, row);
    const PlanRef child = only(p->children[0], ids);
    if (kept.size() == p->exprs.size()) return with_children(p, {child});
    return edit(p, [&](Plan& x) {
        x.exprs = kept;
        x.children = {child};
    });
}

PlanRef pruned(const PlanRef& p, const ColumnIds& required) {
    MR_ASSERT(p != nullptr);
    ColumnIds ids = required;
    switch (p->kind) {
        case PlanKind::project: case PlanKind::aggregate: return pruned_items(p, required);
        case PlanKind::filter: need(ids, p->condition); return with_children(p, {pruned(p->children[0], ids)});
        case PlanKind::join: return pruned_join(p, ids);
        case PlanKind::sort: case PlanKind::repartition: case PlanKind::watermark:
            need_all(ids, p->exprs);
            return with_children(p, {only(p->children[0], ids)});
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: case PlanKind::sample:
            return with_children(p, {only(p->children[0], ids)});
        case PlanKind::deduplicate:  // of a stream; an event time is read besides the keys if one says how long
            if (p->groups.empty() || !p->name.empty()) break;
            need_all(ids, p->groups);
            return with_children(p, {only(p->children[0], ids)});
        case PlanKind::generate: return pruned_generate(p, required);
        case PlanKind::expand: return pruned_expand(p, required);
        case PlanKind::union_: return pruned_union(p, required);
        case PlanKind::window: return pruned_window(p, required);
        default: break;
    }
    std::vector<PlanRef> children;
    for (const PlanRef& c : p->children) children.push_back(pruned(c, of_columns(output_of(*c))));
    return with_children(p, std::move(children));
}

}  // namespace

PlanRef prune_columns(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const PlanRef out = pruned(plan, of_columns(output_of(*plan)));
    return collapse_projects(o, out);
}

namespace {

/// Null in, null out: a null argument makes the result null, so that the predicate is not true.
bool null_intolerant(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::cast) return true;
    if (e->kind == ExprKind::field) return true;
    return e->kind == ExprKind::call && e->fn &&
           (e->fn->nulls == NullRule::strict || e->fn->nulls == NullRule::strict_null || is_call(e, "=") ||
            is_call(e, "<") || is_call(e, "<=") || is_call(e, ">") || is_call(e, ">=") || is_call(e, "+") ||
            is_call(e, "-") || is_call(e, "*") || is_call(e, "/") || is_call(e, "%"));
}

void attributes_below(const ExprRef& e, Exprs& out) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::attribute) {
        if (e->nullable && !contains_id(out, e->id)) out.push_back(e);
        return;
    }
    if (e->kind == ExprKind::field && e->args[0]->kind == ExprKind::attribute) {
        // A field itself must not be null; what it is taken from follows from that.
        const bool known = std::ranges::any_of(out, [&](const ExprRef& x) { return tree_form(x) == tree_form(e); });
        if (e->nullable && !known) out.push_back(e);
        return;
    }
    if (!null_intolerant(e)) return;
    for (const ExprRef& a : e->args) attributes_below(a, out);
}

/// Columns that must not be null for the conjuncts to hold.
Exprs implied_not_null(const Exprs& parts) {
    Exprs out;
    for (const ExprRef& c : parts) {
        if (is_call(c, "isnotnull")) {
            if (c->args[0]->kind != ExprKind::attribute) attributes_below(c->args[0], out);
        } else if (!is_call(c, "isnull") && !is_call(c, "<=>")) {
            attributes_below(c, out);
        }
    }
    return out;
}

bool has_not_null(const Exprs& parts, const ExprRef& column) {
    return std::any_of(parts.begin(), parts.end(), [&](const ExprRef& c) {
        return is_call(c, "isnotnull") && tree_form(c->args[0]) == tree_form(column);
    });
}

ExprRef with_not_null(const Exprs& columns, const ExprRef& condition, const Exprs& parts) {
    MR_ASSERT(columns.size() < 10000);
    Exprs added;
    for (const ExprRef& c : columns)
        if (!has_not_null(parts, c)) added.push_back(call_of("isnotnull", {c}));
    if (added.empty()) return condition;
    return condition ? call_of("and", {conjunction(added), condition}) : conjunction(added);
}

bool reads_within(const ExprRef& e, const Exprs& columns) {
    const auto ids = all_references(e);
    return !ids.empty() && std::ranges::all_of(ids, [&](u64 id) { return contains_id(columns, id); });
}

bool has_form(const Exprs& parts, const ExprRef& e) {
    return std::ranges::any_of(parts, [&](const ExprRef& c) { return tree_form(c) == tree_form(e); });
}

/// What holds for every row of a plan, as filters say it.
void constraints_of(const PlanRef& p, Exprs& out) {
    MR_ASSERT(p != nullptr);
    if (p->kind == PlanKind::filter) conjuncts_of(p->condition, out);
    const bool same_columns = p->kind == PlanKind::filter || p->kind == PlanKind::watermark ||
                              p->kind == PlanKind::sort || p->kind == PlanKind::repartition;
    if (same_columns || p->kind == PlanKind::project) constraints_of(p->children[0], out);
    if (p->kind != PlanKind::project) return;
    const Exprs kept = output_of(*p);
    std::erase_if(out, [&](const ExprRef& c) { return !reads_within(c, kept); });
}

/// An equality of two columns lets what is said of one be said of the other.
Exprs told_of_the_other(const Exprs& known) {
    Exprs out;
    const auto add = [&](const ExprRef& equality, const ExprRef& from, const ExprRef& to) {
        for (const ExprRef& c : known) {
            if (c == equality || is_call(c, "isnotnull") || !deterministic(c) || has_subquery(c)) continue;
            const auto ids = all_references(c);
            if (std::ranges::find(ids, from->id) == ids.end()) continue;
            const ExprRef moved = rewrite_up(
                c, [&](const ExprRef& x) { return x->kind == ExprKind::attribute && x->id == from->id ? to : x; });
            if (!has_form(known, moved) && !has_form(out, moved)) out.push_back(moved);
        }
    };
    for (const ExprRef& c : known) {
        if (!is_call(c, "=") || c->args[0]->kind != ExprKind::attribute || c->args[1]->kind != ExprKind::attribute)
            continue;
        add(c, c->args[0], c->args[1]);
        add(c, c->args[1], c->args[0]);
    }
    return out;
}

PlanRef guarded(const PlanRef& side, const Exprs& columns, const Exprs& told) {
    MR_ASSERT(side != nullptr);
    Exprs parts, news;
    constraints_of(side, parts);
    const Exprs own = output_of(*side);
    for (const ExprRef& c : told)
        if (reads_within(c, own) && !has_form(parts, c)) news.push_back(c);
    const ExprRef not_null = with_not_null(columns, nullptr, parts);
    if (not_null) news.push_back(not_null);
    return filter_over(side, news);
}

PlanRef inferred_join(const Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (!p->condition) return p;
    Exprs parts;
    conjuncts_of(p->condition, parts);
    const Exprs left = output_of(*p->children[0]), right = output_of(*p->children[1]);
    Exprs to_left, to_right;
    for (const ExprRef& c : implied_not_null(parts))
        (contains_id(left, references(c).at(0)) ? to_left : to_right).push_back(c);
    const bool l = p->join == JoinType::inner || p->join == JoinType::left_semi || p->join == JoinType::right_outer ||
                   p->join == JoinType::cross;
    const bool r = p->join == JoinType::inner || p->join == JoinType::left_semi || p->join == JoinType::left_outer ||
                   p->join == JoinType::left_anti || p->join == JoinType::cross;
    Exprs known;
    for (const PlanRef& c : p->children) constraints_of(c, known);
    std::erase_if(known, [&](const ExprRef& c) {
        return std::ranges::find(o.over_sources, tree_form(c)) != o.over_sources.end();
    });
    known.insert(known.end(), parts.begin(), parts.end());
    const Exprs told = told_of_the_other(known);
    return with_children(p, {l ? guarded(p->children[0], to_left, told) : p->children[0],
                             r ? guarded(p->children[1], to_right, told) : p->children[1]});
}

}  // namespace

PlanRef infer_filters(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (p->kind == PlanKind::join) return inferred_join(o, p);
        if (p->kind == PlanKind::generate) {
            // explode() of nothing gives no row.
            return p;
        }
        if (p->kind != PlanKind::filter) return p;
        Exprs parts;
        conjuncts_of(p->condition, parts);
        const ExprRef condition = with_not_null(implied_not_null(parts), p->condition, parts);
        return condition == p->condition ? p : edit(p, [&](Plan& x) { x.condition = condition; });
    });
}

}  // namespace engine::spark
