// Hash aggregation: group numbers from the keys, one accumulator a function, then the list over both.
#include <algorithm>

#include "engine/operators/aggregation.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

AggregateSplit split(Session& session, const Exprs& exprs, const Exprs& groups, const Exprs& group_columns) {
    MR_ASSERT(groups.size() == group_columns.size());
    AggregateSplit s;
    const std::function<ExprRef(const ExprRef&)> walk = [&](const ExprRef& e) -> ExprRef {
        if (e->kind == ExprKind::aggregate) {
            const std::string text = tree_form(e);
            for (std::size_t i = 0; i < s.calls.size(); ++i)
                if (tree_form(s.calls[i]) == text) return s.columns[i];
            s.calls.push_back(e);
            s.columns.push_back(attribute(pretty(e), e->type, true, session.ids.take()));
            return s.columns.back();
        }
        if (!is_literal(e) && e->kind != ExprKind::alias)
            for (std::size_t i = 0; i < groups.size(); ++i) {
                const bool same = e->kind == ExprKind::attribute
                                      ? groups[i]->kind == ExprKind::attribute && groups[i]->id == e->id
                                      : groups[i]->kind == e->kind && tree_form(groups[i]) == tree_form(e);
                if (same) return group_columns[i];
            }
        Exprs args;
        bool changed = false;
        for (const ExprRef& a : e->args) {
            args.push_back(walk(a));
            changed = changed || args.back() != a;
        }
        return changed ? edit(e, [&](Expr& x) { x.args = args; }) : e;
    };
    for (const ExprRef& e : exprs) s.items.push_back(walk(e));
    return s;
}

}  // namespace

void merge_sessions(const Batch& batch, std::vector<Column>& keys, std::size_t at) {
    MR_ASSERT(at < keys.size());
    std::vector<i32> order(static_cast<std::size_t>(batch.rows));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<i32>(i);
    const auto compare_others = [&](i32 a, i32 b) {
        for (std::size_t k = 0; k < keys.size(); ++k)
            if (k != at)
                if (const int c = compare_rows(keys[k], a, keys[k], b); c != 0) return c;
        return 0;
    };
    std::stable_sort(order.begin(), order.end(), [&](i32 a, i32 b) {
        const int c = compare_others(a, b);
        return c != 0 ? c < 0 : compare_rows(keys[at], a, keys[at], b) < 0;
    });
    std::vector<Value> merged(order.size());
    for (std::size_t i = 0; i < order.size();) {
        Value window = get(keys[at], order[i]);
        i64 end = items_of(window)[1].i;
        std::size_t j = i + 1;
        while (j < order.size() && compare_others(order[i], order[j]) == 0) {
            const Value next = get(keys[at], order[j]);
            if (items_of(next)[0].i > end) break;  // sessions that touch are one
            end = std::max(end, items_of(next)[1].i);
            ++j;
        }
        const Value whole = list_value({items_of(window)[0], int_value(end)});
        for (; i < j; ++i) merged[static_cast<std::size_t>(order[i])] = whole;
    }
    Builder out(keys[at].type, batch.rows);
    for (const Value& v : merged) out.add(v);
    keys[at] = out.finish();
}

void prepare(Aggregation& a, Rows& in) {
    Runner& r = a.runner;
    for (const ExprRef& g : a.plan.groups) {
        a.key_columns.push_back(attribute("key", g->type, true, r.session.ids.take()));
        a.bound_keys.push_back(bound_to(r.answered(g, in), in.columns));
    }
    a.parts = split(r.session, a.plan.exprs, a.plan.groups, a.key_columns);
    for (const ExprRef& call : a.parts.calls) {
        const ExprRef& inner = call->args[0];
        const bool turned =
            r.session.bug == SqlBug::first_is_last && inner->fn && std::string_view(inner->fn->name) == "first";
        a.accumulators.push_back(make_accumulator(
            turned
                ? edit(call, [&](Expr& x) { x.args[0] = edit(inner, [](Expr& y) { y.fn = find_function("last"); }); })
                : call));
        if (r.session.bug == SqlBug::distinct_forgotten) a.accumulators.back().distinct = false;
        Exprs args;
        for (const ExprRef& arg : call->args[0]->args) args.push_back(bound_to(r.answered(arg, in), in.columns));
        a.arguments.push_back(args);
        a.filters.push_back(call->filtered ? bound_to(r.answered(call->args[1], in), in.columns) : nullptr);
    }
    a.keys.resize(a.key_columns.size());
    MR_ASSERT(a.accumulators.size() == a.arguments.size());
}

/// Numbers the groups of a batch and keeps the keys of the new ones.
void number_groups(Aggregation& a, std::span<const Column> key_columns, i64 rows) {
    if (a.global()) return a.groups.assign(static_cast<std::size_t>(rows), 0);
    u32 known = a.table.size();
    group_rows(a.table, key_columns, rows, a.groups);
    if (known == a.table.size()) return;
    std::vector<i32> first;  // rows that brought a new group
    for (std::size_t i = 0; i < a.groups.size() && known < a.table.size(); ++i) {
        if (a.groups[i] != known) continue;
        first.push_back(static_cast<i32>(i));
        ++known;
    }
    MR_ASSERT(known == a.table.size());
    for (std::size_t k = 0; k < a.keys.size(); ++k) a.keys[k].push_back(gather(key_columns[k], first));
}

void set_groups(Aggregation& a, u32 n, const std::function<const Values&(u32)>& key_of) {
    MR_ASSERT(a.table.size() == 0);
    std::vector<Builder> keys;
    for (const ExprRef& k : a.key_columns) keys.emplace_back(k->type, n);
    for (u32 g = 0; g < n; ++g) {
        if (!a.global()) a.table.put(std::string_view(reinterpret_cast<const char*>(&g), sizeof g));
        const Values& key = key_of(g);
        for (std::size_t k = 0; k < keys.size(); ++k) keys[k].add(key[k]);
    }
    for (std::size_t k = 0; k < keys.size(); ++k) a.keys[k] = {keys[k].finish()};
}

std::vector<Column> group_keys(const Aggregation& a) {
    std::vector<Column> out;
    for (std::size_t k = 0; k < a.keys.size(); ++k) out.push_back(concat(a.keys[k], a.key_columns[k]->type));
    return out;
}

void fold(Aggregation& a, std::size_t at, const Batch& batch) {
    MR_ASSERT(at < a.accumulators.size());
    Runner& r = a.runner;
    grow(a.accumulators[at], a.size());
    if (!a.filters[at]) {
        const std::vector<Column> args = r.evaluate(a.arguments[at], batch);
        if (r.ok()) accumulate(a.accumulators[at], args, a.groups, r.cx);
        return;
    }
    const std::vector<i32> rows = true_rows(eval(a.filters[at], batch, r.cx));
    const Batch part = gather(batch, rows);
    std::vector<u32> groups;
    for (const i32 row : rows) groups.push_back(a.groups[static_cast<std::size_t>(row)]);
    const std::vector<Column> args = r.evaluate(a.arguments[at], part);
    if (r.ok()) accumulate(a.accumulators[at], args, groups, r.cx);
}

/// Zeros of both signs are one key, as Spark's rule for floating numbers has it.
void unsign_zeros(Column& c) {
    for (double& v : c.reals) v += 0.0;
}

void absorb(Aggregation& a, const Batch& batch) {
    MR_ASSERT(a.bound_keys.size() == a.plan.groups.size());
    Runner& r = a.runner;
    std::vector<Column> key_columns = r.evaluate(a.bound_keys, batch);
    if (!r.ok()) return;
    for (Column& key : key_columns) unsign_zeros(key);
    for (std::size_t k = 0; k < key_columns.size() && a.plan.name == "session"; ++k)
        if (a.plan.groups[k]->kind == ExprKind::attribute && a.plan.groups[k]->name == "session_window")
            merge_sessions(batch, key_columns, k);
    const u32 before = a.size();
    number_groups(a, key_columns, batch.rows);
    if (!r.cx.spend(batch.rows, static_cast<i64>(a.size() - before) * 128)) return;
    for (std::size_t i = 0; i < a.accumulators.size() && r.ok(); ++i) fold(a, i, batch);
}

/// Keys and results as one batch, then the list over it.
Rows finish(Aggregation& a) {
    MR_ASSERT(a.keys.size() == a.key_columns.size());
    Runner& r = a.runner;
    Rows out{output_of(a.plan), {}};
    Batch grouped{.rows = a.size(), .columns = group_keys(a)};
    Exprs columns = a.key_columns;
    for (std::size_t i = 0; i < a.accumulators.size() && r.ok(); ++i) {
        grow(a.accumulators[i], a.size());
        grouped.columns.push_back(results(a.accumulators[i], a.size(), r.cx));
        columns.push_back(a.parts.columns[i]);
    }
    if (!r.ok() || grouped.rows == 0) return out;
    Exprs bound;
    Rows made{columns, {std::move(grouped)}};
    for (const ExprRef& e : a.parts.items) bound.push_back(bound_to(r.answered(e, made), made.columns));
    const Batch& whole = made.batches[0];
    for (i64 at = 0; at < whole.rows && r.ok(); at += kBatchRows) {
        const Batch part = slice(whole, at, std::min<i64>(kBatchRows, whole.rows - at));
        out.batches.push_back({part.rows, r.evaluate(bound, part)});
    }
    return out;
}

Rows Runner::aggregate(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    Aggregation a{*this, *p, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    const auto take = [&](const Batch& batch) {
        absorb(a, batch);
        return ok();
    };
    if (p->name == "session") {  // windows grow together over all rows
        Rows in = run(p->children[0]);
        if (ok()) prepare(a, in);
        if (ok() && !in.batches.empty()) take(concat(in.batches));
    } else {
        Exprs exprs = p->groups;
        exprs.insert(exprs.end(), p->exprs.begin(), p->exprs.end());
        each(p->children[0], exprs, [&](Rows& in) { prepare(a, in); }, take);
    }
    return ok() ? finish(a) : Rows{output_of(*p), {}};
}

}  // namespace engine::spark
