// Hash aggregation: group numbers from the keys, one accumulator a function, then the list over both.
#include <algorithm>

#include "engine/operators/accumulator.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"

namespace engine::spark {

namespace {

/// The distinct aggregate calls of a list, and the list with a column in place of each.
struct Split {
    Exprs calls;
    Exprs columns;
    Exprs items;
};

Split split(Session& session, const Exprs& exprs, const Exprs& groups, const Exprs& group_columns) {
    Split s;
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
                const bool same = e->kind == ExprKind::attribute ? groups[i]->kind == ExprKind::attribute && groups[i]->id == e->id : groups[i]->kind == e->kind && tree_form(groups[i]) == tree_form(e);
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

struct KeyColumns {
    std::vector<Builder> builders;
};

}  // namespace

void merge_sessions(Batch& batch, std::vector<Column>& keys, std::size_t at) {
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
            if (items_of(next)[0].i >= end) break;
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

Rows Runner::aggregate(const PlanRef& p) {
    Rows in = run(p->children[0]);
    Rows out{output_of(*p), {}};
    if (!ok()) return out;
    Exprs group_columns, bound_groups;
    for (const ExprRef& g : p->groups) {
        group_columns.push_back(attribute("key", g->type, true, session.ids.take()));
        bound_groups.push_back(bound_to(answered(g, in), in.columns));
    }
    Split s = split(session, p->exprs, p->groups, group_columns);
    std::vector<Accumulator> accumulators;
    std::vector<Exprs> arguments;
    std::vector<ExprRef> filters;
    for (const ExprRef& call : s.calls) {
        accumulators.push_back(make_accumulator(call));
        Exprs args;
        for (const ExprRef& a : call->args[0]->args) args.push_back(bound_to(answered(a, in), in.columns));
        arguments.push_back(args);
        filters.push_back(call->filtered ? bound_to(answered(call->args[1], in), in.columns) : nullptr);
    }
    if (p->name == "session" && in.batches.size() > 1) in.batches = {concat(in.batches)};
    KeyTable table;
    std::vector<Builder> keys;
    for (const ExprRef& g : group_columns) keys.emplace_back(g->type);
    std::vector<u32> groups;
    for (Batch& batch : in.batches) {
        std::vector<Column> key_columns = evaluate(bound_groups, batch);
        if (!ok()) return out;
        for (std::size_t k = 0; k < key_columns.size() && p->name == "session"; ++k)
            if (p->groups[k]->kind == ExprKind::attribute && p->groups[k]->name == "session_window") merge_sessions(batch, key_columns, k);
        const u32 before = table.size();
        if (p->groups.empty()) {
            groups.assign(static_cast<std::size_t>(batch.rows), 0);
        } else {
            group_rows(table, key_columns, batch.rows, groups);
            u32 known = before;
            for (std::size_t i = 0; i < groups.size() && known < table.size(); ++i) {
                if (groups[i] != known) continue;
                for (std::size_t k = 0; k < keys.size(); ++k) keys[k].add(get(key_columns[k], static_cast<i64>(i)));
                ++known;
            }
        }
        const u32 n = p->groups.empty() ? 1 : table.size();
        if (!cx.spend(batch.rows, static_cast<i64>(n - (p->groups.empty() ? 1 : before)) * 128)) return out;
        for (std::size_t a = 0; a < accumulators.size() && ok(); ++a) {
            grow(accumulators[a], n);
            if (!filters[a]) {
                const std::vector<Column> args = evaluate(arguments[a], batch);
                if (ok()) accumulate(accumulators[a], args, groups, cx);
                continue;
            }
            const std::vector<i32> rows = true_rows(eval(filters[a], batch, cx));
            const Batch part = gather(batch, rows);
            std::vector<u32> part_groups;
            for (const i32 r : rows) part_groups.push_back(groups[static_cast<std::size_t>(r)]);
            const std::vector<Column> args = evaluate(arguments[a], part);
            if (ok()) accumulate(accumulators[a], args, part_groups, cx);
        }
        if (!ok()) return out;
    }
    const u32 n = p->groups.empty() ? 1 : table.size();
    Batch grouped{.rows = n, .columns = {}};
    Exprs columns = group_columns;
    for (Builder& b : keys) grouped.columns.push_back(b.finish());
    for (std::size_t a = 0; a < accumulators.size() && ok(); ++a) {
        grow(accumulators[a], n);
        grouped.columns.push_back(results(accumulators[a], n, cx));
        columns.push_back(s.columns[a]);
    }
    if (!ok() || n == 0) return out;
    Exprs bound;
    Rows made{columns, {grouped}};
    for (const ExprRef& e : s.items) bound.push_back(bound_to(answered(e, made), made.columns));
    const Batch& whole = made.batches[0];
    for (i64 at = 0; at < whole.rows && ok(); at += kBatchRows) {
        const Batch part = slice(whole, at, std::min<i64>(kBatchRows, whole.rows - at));
        out.batches.push_back({part.rows, evaluate(bound, part)});
    }
    return out;
}

}  // namespace engine::spark
