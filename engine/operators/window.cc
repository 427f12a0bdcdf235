// Window functions: rows sorted by partition and order, then each function walks its partitions.
#include <algorithm>

#include "engine/operators/accumulator.h"
#include "engine/operators/run.h"
#include "engine/plan/arithmetic.h"
#include "engine/plan/outputs.h"
#include "engine/sql/calendar.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// One partition of the sorted rows, with what functions ask of it.
struct Partition {
    i64 from = 0;
    i64 to = 0;
};

/// How far a bound lies ahead of the row at hand.
struct Offset {
    Value value;
    DataType type;
};

struct Frames {
    const Expr& spec;
    Offset lower, upper;
    std::span<const Column> orders;  ///< sorted order keys
    std::span<const i32> peers;      ///< number of the peer group of each row
    Exprs order_exprs;
};

i64 peer_start(const Frames& f, const Partition& p, i64 row) {
    while (row > p.from && f.peers[static_cast<std::size_t>(row - 1)] == f.peers[static_cast<std::size_t>(row)]) --row;
    return row;
}

i64 peer_end(const Frames& f, const Partition& p, i64 row) {
    while (row + 1 < p.to && f.peers[static_cast<std::size_t>(row + 1)] == f.peers[static_cast<std::size_t>(row)])
        ++row;
    return row + 1;
}

/// A decimal counts by its last digit, so that no sum is rounded: keys and offsets have one scale.
double axis_number(const Value& v, const DataType& type) {
    return type.id == TypeId::decimal ? static_cast<double>(v.dec) : number_of(v, type);
}

double order_number(const Frames& f, i64 row) { return axis_number(get(f.orders[0], row), f.orders[0].type); }

double range_offset(const Frames& f, const Offset& o) {
    const DataType& key = f.orders[0].type;
    if (key.id == TypeId::date && o.type.id == TypeId::day_time)
        return static_cast<double>(o.value.i) / static_cast<double>(kMicrosPerDay);
    return axis_number(o.value, o.type);
}

/// The value of the order key that a bound lies at: months go by the calendar, all else by number.
double range_target(const Frames& f, i64 row, const Offset& o, i64 sign) {
    MR_ASSERT(sign == 1 || sign == -1);
    if (o.type.id != TypeId::year_month) return order_number(f, row) + static_cast<double>(sign) * range_offset(f, o);
    const i64 key = get(f.orders[0], row).i, months = o.value.i * sign;
    if (f.orders[0].type.id == TypeId::date) return static_cast<double>(add_months(key, months));
    const i64 day = floor_div(key, kMicrosPerDay);
    return static_cast<double>(add_months(day, months) * kMicrosPerDay + (key - day * kMicrosPerDay));
}

/// First row (lower) or the row after the last (upper) of a frame bound by value.
i64 range_bound(const Frames& f, const Partition& p, i64 row, const Offset& o, bool lower) {
    MR_ASSERT(row >= p.from && row < p.to);
    const bool ascending = f.order_exprs[0]->ascending;
    if (f.orders[0].null(row)) return lower ? peer_start(f, p, row) : peer_end(f, p, row);
    i64 r = p.from;
    while (r < p.to && f.orders[0].null(r)) ++r;
    if (o.value.null) {  // where the nulls are
        if (f.order_exprs[0]->nulls_first) return lower ? p.from : r;
        while (r < p.to && !f.orders[0].null(r)) ++r;
        return lower ? r : p.to;
    }
    const double target = range_target(f, row, o, ascending ? 1 : -1);
    const auto before = [&](i64 k) { return ascending ? order_number(f, k) < target : order_number(f, k) > target; };
    const auto beyond = [&](i64 k) { return ascending ? order_number(f, k) > target : order_number(f, k) < target; };
    while (r < p.to && !f.orders[0].null(r) && (lower ? before(r) : !beyond(r))) ++r;
    return r;
}

i64 bound(const Frames& f, const Partition& p, i64 row, bool lower) {
    const bool rows = f.spec.frame.kind == FrameKind::rows;
    const Offset& o = lower ? f.lower : f.upper;
    switch (lower ? f.spec.frame.lower : f.spec.frame.upper) {
        case BoundKind::unbounded_preceding: return p.from;
        case BoundKind::unbounded_following: return p.to;
        case BoundKind::current_row:
            if (rows) return lower ? row : row + 1;
            return lower ? peer_start(f, p, row) : peer_end(f, p, row);
        case BoundKind::preceding: case BoundKind::following: {
            if (!rows) return range_bound(f, p, row, o, lower);
            return std::clamp(row + o.value.i + (lower ? 0 : 1), p.from, p.to);
        }
    }
    return p.from;
}

/// The offset of a bound; of what is no offset, none.
Offset offset_of(BoundKind kind, const ExprRef& bound, EvalContext& cx) {
    if (kind != BoundKind::preceding && kind != BoundKind::following) return {};
    MR_ASSERT(bound != nullptr && bound->resolved);
    Value v = eval_constant(bound, cx);
    if (kind == BoundKind::preceding && bound->type.id == TypeId::decimal) v.dec = -v.dec;
    else if (kind == BoundKind::preceding) v.i = -v.i, v.d = -v.d;
    return {std::move(v), bound->type};
}

/// An aggregate over frames. Frames that only grow are folded once; others anew for each row.
Column aggregate_over(const ExprRef& aggregate, const Frames& f, std::span<const Partition> parts,
                      std::span<const Column> args, const Column* filter, i64 rows, EvalContext& cx) {
    MR_ASSERT(aggregate != nullptr);
    Builder out(aggregate->type, rows);
    const bool growing = f.spec.frame.lower == BoundKind::unbounded_preceding;
    for (const Partition& p : parts) {
        Accumulator state = make_accumulator(aggregate);
        grow(state, 1);
        i64 done = p.from;
        i64 last_from = -1, last_to = -1;
        Value value;
        for (i64 row = p.from; row < p.to && cx.ok(); ++row) {
            const i64 from = bound(f, p, row, true);
            const i64 to = std::max(from, bound(f, p, row, false) - (cx.bug == SqlBug::frame_one_less ? 1 : 0));
            if (from == last_from && to == last_to) {
                out.add(value);
                continue;
            }
            if (!growing) {
                state = make_accumulator(aggregate);
                grow(state, 1);
                done = from;
            }
            std::vector<i32> next;
            for (i64 r = done; r < to; ++r)
                if (!filter || (!filter->null(r) && filter->ints[filter->at(r)] != 0))
                    next.push_back(static_cast<i32>(r));
            if (!cx.spend((to - done) * 8)) break;
            done = std::max(done, to);
            std::vector<Column> part;
            for (const Column& c : args) part.push_back(gather(c, next));
            const std::vector<u32> groups(next.size(), 0);
            accumulate(state, part, groups, cx);
            // Lists are handed over when read: fold from the start next time.
            Accumulator* reader = &state;
            const Column one = results(*reader, 1, cx);
            value = get(one, 0);
            if (!state.lists.empty()) {
                state = make_accumulator(aggregate);
                grow(state, 1);
                done = p.from;
            }
            out.add(value);
            last_from = from;
            last_to = to;
        }
    }
    while (out.column.size < rows) out.add_null();
    return out.finish();
}

Value offset_value(const ExprRef& call, std::span<const Column> args, const Partition& p, i64 row, EvalContext&) {
    MR_ASSERT(call != nullptr);
    i64 n = get(args[1], row).i;
    if (std::string_view(call->fn->name) == "lag") n = -n;
    const i64 step = n < 0 ? -1 : 1;
    i64 at = row + n;
    if (call->ignore_nulls && n != 0) {
        i64 left = n < 0 ? -n : n;
        for (at = row + step; at >= p.from && at < p.to; at += step)
            if (!args[0].null(at) && --left == 0) break;
    }
    if (at < p.from || at >= p.to) return get(args[2], row);
    return get(args[0], at);
}

Value rank_value(std::string_view name, const Frames& f, const Partition& p, i64 row, std::span<const Column> args) {
    MR_ASSERT(row >= 0);
    const i64 n = p.to - p.from, start = peer_start(f, p, row);
    if (name == "row_number") return int_value(row - p.from + 1);
    if (name == "rank") return int_value(start - p.from + 1);
    if (name == "dense_rank")
        return int_value(f.peers[static_cast<std::size_t>(row)] - f.peers[static_cast<std::size_t>(p.from)] + 1);
    if (name == "percent_rank")
        return real_value(n <= 1 ? 0.0 : static_cast<double>(start - p.from) / static_cast<double>(n - 1));
    if (name == "cume_dist")
        return real_value(static_cast<double>(peer_end(f, p, row) - p.from) / static_cast<double>(n));
    const i64 buckets = std::max<i64>(get(args[0], row).i, 1), size = n / buckets, larger = n % buckets,
              at = row - p.from;
    return int_value(at < larger * (size + 1) ? at / (size + 1) + 1
                                              : (at - larger * (size + 1)) / std::max<i64>(size, 1) + larger + 1);
}

Value nth_value(const ExprRef& call, const Frames& f, const Partition& p, i64 row, std::span<const Column> args) {
    MR_ASSERT(call != nullptr);
    const i64 from = bound(f, p, row, true), to = bound(f, p, row, false);
    i64 left = get(args[1], row).i;
    for (i64 r = from; r < to; ++r) {
        if (call->ignore_nulls && args[0].null(r)) continue;
        if (--left == 0) return get(args[0], r);
    }
    return null_value();
}

}  // namespace

Rows Runner::window(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    Rows out{output_of(*p), {}};
    if (!ok() || in.batches.empty()) return out;
    Batch all = concat(in.batches);
    Exprs partition_exprs, order_exprs = p->rows[0], bound_keys;
    for (const ExprRef& g : p->groups) partition_exprs.push_back(sort_order(g, true, true));
    Exprs both = partition_exprs;
    both.insert(both.end(), order_exprs.begin(), order_exprs.end());
    for (const ExprRef& o : both) bound_keys.push_back(bound_to(o->args[0], in.columns));
    std::vector<Column> keys = evaluate(bound_keys, all);
    if (!ok() || !cx.spend(all.rows * 32)) return out;
    const std::vector<i32> order = sorted_rows(both, keys, all.rows);
    all = gather(all, order);
    for (Column& k : keys) k = gather(k, order);
    std::vector<Partition> parts;
    std::vector<i32> peers(static_cast<std::size_t>(all.rows), 0);
    const std::size_t np = partition_exprs.size();
    for (i64 i = 0; i < all.rows; ++i) {
        bool new_partition = i == 0, new_peer = i == 0;
        for (std::size_t k = 0; k < keys.size() && i > 0; ++k) {
            if (compare_rows(keys[k], i - 1, keys[k], i) == 0) continue;
            new_peer = true;
            new_partition = new_partition || k < np;
        }
        if (new_partition) parts.push_back({i, i});
        parts.back().to = i + 1;
        peers[static_cast<std::size_t>(i)] = (i > 0 ? peers[static_cast<std::size_t>(i - 1)] : 0) + (new_peer ? 1 : 0);
    }
    const std::span<const Column> order_keys(keys.data() + np, keys.size() - np);
    for (const ExprRef& alias : p->exprs) {
        const ExprRef w = alias->args[0];
        const ExprRef function = w->args[0];
        const Frame& frame = w->args[1]->frame;
        const Frames frames{*w->args[1], offset_of(frame.lower, frame.lower_value, cx),
                            offset_of(frame.upper, frame.upper_value, cx), order_keys, peers, order_exprs};
        const bool is_aggregate = function->kind == ExprKind::aggregate;
        const ExprRef call = is_aggregate ? function->args[0] : function;
        Exprs bound_args;
        for (const ExprRef& a : call->args) bound_args.push_back(bound_to(a, in.columns));
        const std::vector<Column> args = evaluate(bound_args, all);
        if (!ok()) return out;
        if (is_aggregate) {
            Column filter;
            if (function->filtered) filter = eval(bound_to(function->args[1], in.columns), all, cx);
            all.columns.push_back(
                aggregate_over(function, frames, parts, args, function->filtered ? &filter : nullptr, all.rows, cx));
            continue;
        }
        Builder made(w->type, all.rows);
        const std::string_view name = call->fn->name;
        for (const Partition& part : parts)
            for (i64 row = part.from; row < part.to && ok(); ++row) {
                if (name == "lag" || name == "lead") made.add(offset_value(call, args, part, row, cx));
                else if (name == "nth_value") made.add(nth_value(call, frames, part, row, args));
                else made.add(rank_value(name, frames, part, row, args));
            }
        all.columns.push_back(made.finish());
    }
    if (!ok()) return out;
    for (i64 at = 0; at < all.rows; at += kBatchRows)
        out.batches.push_back(slice(all, at, std::min<i64>(kBatchRows, all.rows - at)));
    return out;
}

}  // namespace engine::spark
