// Joins: a hash table over the right side where the condition has equalities, pairs of all rows where not.
// What the equalities leave over is evaluated on the pairs they find.
#include <algorithm>

#include "engine/operators/key_table.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

void conjuncts(const ExprRef& e, Exprs& out) {
    MR_ASSERT(e != nullptr);
    if (is_call(e, "and")) {
        conjuncts(e->args[0], out);
        conjuncts(e->args[1], out);
    } else {
        out.push_back(e);
    }
}

bool reads_only(const ExprRef& e, const Exprs& columns) {
    MR_ASSERT(e != nullptr);
    bool any = false;
    for (const u64 id : references(e)) {
        any = true;
        if (!contains_id(columns, id)) return false;
    }
    return any;
}

struct Keys {
    Exprs left, right;
    std::vector<u8> null_safe;
    ExprRef rest;
};

Keys equalities(const ExprRef& condition, const Exprs& left, const Exprs& right) {
    MR_ASSERT(!condition || condition->resolved);
    Keys k;
    if (!condition) return k;
    Exprs parts;
    conjuncts(condition, parts);
    for (const ExprRef& e : parts) {
        const bool equal = is_call(e, "=") || is_call(e, "<=>");
        const bool straight = equal && reads_only(e->args[0], left) && reads_only(e->args[1], right);
        const bool crossed = equal && reads_only(e->args[1], left) && reads_only(e->args[0], right);
        if (straight || crossed) {
            k.left.push_back(e->args[straight ? 0 : 1]);
            k.right.push_back(e->args[straight ? 1 : 0]);
            k.null_safe.push_back(e->name == "<=>" ? 1 : 0);
        } else if (!k.rest) {
            k.rest = e;
        } else {
            k.rest = edit(operation("and", {k.rest, e}), [](Expr& x) {
                x.fn = find_function("and", true);
                x.type = type_of(TypeId::boolean);
                x.resolved = true;
            });
        }
    }
    return k;
}

bool unusable(const std::vector<Column>& keys, const std::vector<u8>& null_safe, i64 row) {
    MR_ASSERT(keys.size() == null_safe.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (null_safe[i] == 0 && (keys[i].type.id == TypeId::void_ || keys[i].null(row))) return true;
    return false;
}

/// Chains of right rows by key.
struct Built {
    KeyTable table;
    std::vector<i32> first, next;
};

Built build(const std::vector<Column>& keys, const std::vector<u8>& null_safe, i64 rows) {
    MR_ASSERT(keys.size() == null_safe.size() && rows >= 0);
    Built b;
    b.next.assign(static_cast<std::size_t>(rows), -1);
    std::string key;
    for (i64 i = rows; i-- > 0;) {
        if (unusable(keys, null_safe, i)) continue;
        encode_key(keys, i, key);
        const u32 k = b.table.put(key);
        b.first.resize(b.table.size(), -1);
        b.next[static_cast<std::size_t>(i)] = b.first[k];
        b.first[k] = static_cast<i32>(i);
    }
    return b;
}

struct Pairs {
    std::vector<i32> left, right;

    void add(i64 l, i64 r) {
        left.push_back(static_cast<i32>(l));
        right.push_back(static_cast<i32>(r));
    }
};

/// One join under way: both sides whole, the right one hashed if there are equalities.
struct Joining {
    Runner& runner;
    JoinType type;
    Batch left, right;
    std::vector<Column> left_keys, right_keys;
    std::vector<u8> null_safe;
    ExprRef rest;               ///< what of the condition is no equality
    Built built;
    std::vector<u8> right_hit;
    Pairs result;
    std::vector<Batch> out;

    [[nodiscard]] bool hashed() const { return !left_keys.empty(); }
    [[nodiscard]] bool semi() const { return type == JoinType::left_semi || type == JoinType::left_anti; }
};

Batch whole(const Rows& r) {
    if (!r.batches.empty()) return concat(r.batches);
    Batch empty;
    for (const ExprRef& c : r.columns) empty.columns.push_back(sized_column(c->type, 0));
    return empty;
}

void flush(Joining& j, bool last) {
    MR_ASSERT(j.result.left.size() == j.result.right.size());
    if (static_cast<i64>(j.result.left.size()) < kBatchRows && !last) return;
    Batch batch{.rows = static_cast<i64>(j.result.left.size()), .columns = {}};
    if (batch.rows == 0) return;
    for (const Column& c : j.left.columns) batch.columns.push_back(gather(c, j.result.left));
    if (!j.semi())
        for (const Column& c : j.right.columns) batch.columns.push_back(gather(c, j.result.right));
    j.runner.cx.spend(batch.rows, bytes_of(batch));
    j.out.push_back(std::move(batch));
    j.result = {};
}

/// Pairs whose keys are equal, for left rows start..stop.
Pairs candidates(Joining& j, i64 start, i64 stop) {
    MR_ASSERT(start <= stop && stop <= j.left.rows);
    Pairs found;
    std::string key;
    EvalContext& cx = j.runner.cx;
    for (i64 i = start; i < stop && cx.ok(); ++i) {
        if (!j.hashed()) {
            if (!cx.spend(j.right.rows, j.right.rows * 8)) break;
            for (i64 r = 0; r < j.right.rows; ++r) found.add(i, r);
            continue;
        }
        if (unusable(j.left_keys, j.null_safe, i)) continue;
        encode_key(j.left_keys, i, key);
        const i64 k = j.built.table.find(key);
        if (k < 0) continue;
        i64 hits = 0;
        for (i32 r = j.built.first[static_cast<std::size_t>(k)]; r >= 0; r = j.built.next[static_cast<std::size_t>(r)], ++hits) found.add(i, r);
        cx.spend(1 + hits, hits * 8);
    }
    return found;
}

/// Those pairs that satisfy the rest of the condition.
Pairs checked(Joining& j, Pairs found) {
    MR_ASSERT(found.left.size() == found.right.size());
    if (!j.rest || found.left.empty()) return found;
    Batch pairs{.rows = static_cast<i64>(found.left.size()), .columns = {}};
    for (const Column& c : j.left.columns) pairs.columns.push_back(gather(c, found.left));
    for (const Column& c : j.right.columns) pairs.columns.push_back(gather(c, found.right));
    Pairs kept;
    for (const i32 k : true_rows(eval(j.rest, pairs, j.runner.cx))) kept.add(found.left[static_cast<std::size_t>(k)], found.right[static_cast<std::size_t>(k)]);
    return kept;
}

/// What left rows start..stop give, by the type of join. Pairs are in the order of left rows.
void emit_left(Joining& j, const Pairs& pairs, i64 start, i64 stop) {
    std::size_t at = 0;
    for (i64 i = start; i < stop; ++i) {
        const std::size_t from = at;
        while (at < pairs.left.size() && pairs.left[at] == i) ++at;
        const bool hit = at > from;
        if (j.semi()) {
            if (hit == (j.type == JoinType::left_semi)) j.result.add(i, -1);
        } else {
            for (std::size_t k = from; k < at; ++k) {
                j.result.add(i, pairs.right[k]);
                j.right_hit[static_cast<std::size_t>(pairs.right[k])] = 1;
            }
            if (!hit && (j.type == JoinType::left_outer || j.type == JoinType::full_outer)) j.result.add(i, -1);
        }
        flush(j, false);
    }
    MR_ASSERT(at == pairs.left.size());
}

}  // namespace

Rows Runner::join(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 2);
    const Rows left = run(p->children[0]), right = run(p->children[1]);
    Rows out{output_of(*p), {}};
    if (!ok()) return out;
    ExprRef condition = p->condition;
    const Keys keys = equalities(condition, left.columns, right.columns);
    Exprs bound_left, bound_right, both = left.columns;
    both.insert(both.end(), right.columns.begin(), right.columns.end());
    for (const ExprRef& e : keys.left) bound_left.push_back(bound_to(e, left.columns));
    for (const ExprRef& e : keys.right) bound_right.push_back(bound_to(e, right.columns));
    Joining j{*this, p->join, whole(left), whole(right), {}, {}, keys.null_safe, keys.rest ? bound_to(keys.rest, both) : nullptr, {}, {}, {}, {}};
    j.left_keys = evaluate(bound_left, j.left);
    j.right_keys = evaluate(bound_right, j.right);
    if (!ok()) return out;
    if (j.hashed()) j.built = build(j.right_keys, j.null_safe, j.right.rows);
    j.right_hit.assign(static_cast<std::size_t>(j.right.rows), 0);
    constexpr i64 kStretch = 256;
    for (i64 start = 0; start < j.left.rows && ok(); start += kStretch) {
        const i64 stop = std::min<i64>(start + kStretch, j.left.rows);
        const Pairs pairs = checked(j, candidates(j, start, stop));
        if (ok()) emit_left(j, pairs, start, stop);
    }
    if (j.type == JoinType::right_outer || j.type == JoinType::full_outer)
        for (i64 r = 0; r < j.right.rows; ++r)
            if (j.right_hit[static_cast<std::size_t>(r)] == 0) j.result.add(-1, r);
    flush(j, true);
    out.batches = std::move(j.out);
    return out;
}

}  // namespace engine::spark
