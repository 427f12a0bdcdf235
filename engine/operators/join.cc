// Joins: a hash table over the right side where the condition has equalities, pairs of all rows where not.
// What the equalities leave over is evaluated on the pairs they find.
#include <algorithm>

#include "engine/operators/key_table.h"
#include "engine/operators/run.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

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
    Exprs parts, rest;
    conjuncts_of(condition, parts);
    for (const ExprRef& e : parts) {
        const bool equal = is_call(e, "=") || is_call(e, "<=>");
        const bool straight = equal && reads_only(e->args[0], left) && reads_only(e->args[1], right);
        const bool crossed = equal && reads_only(e->args[1], left) && reads_only(e->args[0], right);
        if (straight || crossed) {
            k.left.push_back(e->args[straight ? 0 : 1]);
            k.right.push_back(e->args[straight ? 1 : 0]);
            k.null_safe.push_back(e->name == "<=>" ? 1 : 0);
        } else {
            rest.push_back(e);
        }
    }
    if (!rest.empty()) k.rest = conjunction(rest);
    return k;
}

bool unusable(const std::vector<Column>& keys, const std::vector<u8>& null_safe, i64 row) {
    MR_ASSERT(keys.size() == null_safe.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (null_safe[i] == 0 && (keys[i].type.id == TypeId::void_ || keys[i].null(row))) return true;
    return false;
}

/// Chains of right rows by key, each in their order.
struct Built {
    KeyTable table;
    std::vector<i32> first, next;
};

Built build(const std::vector<Column>& keys, const std::vector<u8>& null_safe, i64 rows) {
    MR_ASSERT(keys.size() == null_safe.size() && rows >= 0);
    Built b;
    std::vector<u32> numbers;
    group_rows(b.table, keys, rows, numbers);
    b.first.assign(b.table.size(), -1);
    b.next.assign(static_cast<std::size_t>(rows), -1);
    for (i64 i = rows; i-- > 0;) {
        if (unusable(keys, null_safe, i)) continue;
        i32& first = b.first[numbers[static_cast<std::size_t>(i)]];
        b.next[static_cast<std::size_t>(i)] = first;
        first = static_cast<i32>(i);
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

/// One join under way: the right side whole and hashed if there are equalities, the left one batch by batch.
struct Joining {
    Runner& runner;
    JoinType type;
    Batch right, left;
    Exprs bound_left;                ///< keys
    std::vector<Column> left_keys;   ///< of the batch at hand
    std::vector<u8> null_safe;
    ExprRef rest;               ///< what of the condition is no equality
    Built built;
    std::vector<i32> found;          ///< numbers of keys
    std::vector<u8> right_hit;       ///< of outer joins
    std::vector<i64> marks;          ///< of existence joins: whether each row of the result was matched
    Pairs result;
    const Sink& sink;
    bool wanted = true;              ///< by the sink

    [[nodiscard]] bool hashed() const { return !bound_left.empty(); }
    [[nodiscard]] bool right_outer() const { return type == JoinType::right_outer || type == JoinType::full_outer; }
    [[nodiscard]] bool pairs_only() const { return type == JoinType::inner || type == JoinType::cross; }
    [[nodiscard]] bool marks_rows() const { return type == JoinType::existence; }
    /// Only rows of the left side are given.
    [[nodiscard]] bool semi() const {
        return type == JoinType::left_semi || type == JoinType::left_anti || marks_rows();
    }
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
    if (j.marks_rows()) {
        MR_ASSERT(j.marks.size() == j.result.left.size());
        Builder marks(type_of(TypeId::boolean), batch.rows);
        for (const i64 m : j.marks) marks.add(bool_value(m != 0));
        batch.columns.push_back(marks.finish());
        j.marks.clear();
    }
    j.runner.cx.spend(batch.rows, bytes_of(batch));
    j.wanted = j.wanted && j.sink(std::move(batch));
    j.result = {};
}

/// All right rows for each of left rows start..stop.
Pairs all_pairs(Joining& j, i64 start, i64 stop) {
    Pairs found;
    EvalContext& cx = j.runner.cx;
    for (i64 i = start; i < stop && cx.spend(j.right.rows, j.right.rows * 8); ++i)
        for (i64 r = 0; r < j.right.rows; ++r) found.add(i, r);
    return found;
}

/// Pairs whose keys are equal, for left rows start..stop.
Pairs candidates(Joining& j, i64 start, i64 stop) {
    MR_ASSERT(start <= stop && stop <= j.left.rows);
    if (!j.hashed()) return all_pairs(j, start, stop);
    Pairs out;
    EvalContext& cx = j.runner.cx;
    find_rows(j.built.table, j.left_keys, start, stop, j.found);
    for (i64 i = start; i < stop && cx.ok(); ++i) {
        constexpr std::size_t kAhead = 8;  // rows whose chains are asked for before they are needed
        const auto at = static_cast<std::size_t>(i - start);
        if (at + kAhead < j.found.size() && j.found[at + kAhead] >= 0)
            __builtin_prefetch(&j.built.first[static_cast<std::size_t>(j.found[at + kAhead])]);
        if (j.found[at] < 0 || unusable(j.left_keys, j.null_safe, i)) continue;
        i64 hits = 0;
        for (i32 r = j.built.first[static_cast<std::size_t>(j.found[at])]; r >= 0;
             r = j.built.next[static_cast<std::size_t>(r)], ++hits)
            out.add(i, r);
        cx.spend(1 + hits, hits * 8);
    }
    return out;
}

/// Those pairs that satisfy the rest of the condition.
Pairs checked(Joining& j, Pairs found) {
    MR_ASSERT(found.left.size() == found.right.size());
    if (!j.rest || found.left.empty()) return found;
    Batch pairs{.rows = static_cast<i64>(found.left.size()), .columns = {}};
    for (const Column& c : j.left.columns) pairs.columns.push_back(gather(c, found.left));
    for (const Column& c : j.right.columns) pairs.columns.push_back(gather(c, found.right));
    Pairs kept;
    for (const i32 k : true_rows(eval(j.rest, pairs, j.runner.cx)))
        kept.add(found.left[static_cast<std::size_t>(k)], found.right[static_cast<std::size_t>(k)]);
    return kept;
}

/// What left rows start..stop give, by the type of join. Pairs are in the order of left rows.
void emit_left(Joining& j, const Pairs& pairs, i64 start, i64 stop) {
    if (j.pairs_only()) {
        j.result.left.insert(j.result.left.end(), pairs.left.begin(), pairs.left.end());
        j.result.right.insert(j.result.right.end(), pairs.right.begin(), pairs.right.end());
        return flush(j, false);
    }
    std::size_t at = 0;
    for (i64 i = start; i < stop; ++i) {
        const std::size_t from = at;
        while (at < pairs.left.size() && pairs.left[at] == i) ++at;
        const bool hit = at > from;
        if (j.marks_rows()) {
            j.result.add(i, -1);
            j.marks.push_back(hit ? 1 : 0);
        } else if (j.semi()) {
            if (hit == (j.type == JoinType::left_semi)) j.result.add(i, -1);
        } else {
            for (std::size_t k = from; k < at; ++k) {
                j.result.add(i, pairs.right[k]);
                if (j.right_outer()) j.right_hit[static_cast<std::size_t>(pairs.right[k])] = 1;
            }
            if (!hit && (j.type == JoinType::left_outer || j.type == JoinType::full_outer)) j.result.add(i, -1);
        }
        flush(j, false);
    }
    MR_ASSERT(at == pairs.left.size());
}

/// One batch of the left side against all of the right one.
void join_batch(Joining& j, Batch left) {
    j.left = std::move(left);
    j.left_keys = j.runner.evaluate(j.bound_left, j.left);
    constexpr i64 kStretch = 256;
    for (i64 start = 0; start < j.left.rows && j.runner.ok() && j.wanted; start += kStretch) {
        const i64 stop = std::min<i64>(start + kStretch, j.left.rows);
        const Pairs pairs = checked(j, candidates(j, start, stop));
        if (j.runner.ok()) emit_left(j, pairs, start, stop);
    }
    flush(j, true);
    MR_ASSERT(j.result.left.empty() || !j.runner.ok());
}

/// Right rows that nothing matched.
void emit_right(Joining& j, const Exprs& left_columns) {
    j.left = whole({left_columns, {}});
    for (i64 r = 0; r < j.right.rows; ++r) {
        if (j.right_hit[static_cast<std::size_t>(r)] == 0) j.result.add(-1, r);
        flush(j, false);
    }
    flush(j, true);
}

}  // namespace

void Runner::join(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() == 2);
    if (const ExprRef in = null_aware_equality(*p)) return not_in(p, in, sink);
    const Rows right = run(p->children[1]);
    if (!ok()) return;
    const Exprs left = output_of(*p->children[0]);
    const Keys keys = equalities(p->condition, left, right.columns);
    Exprs bound_left, bound_right, both = left;
    both.insert(both.end(), right.columns.begin(), right.columns.end());
    for (const ExprRef& e : keys.left) bound_left.push_back(bound_to(e, left));
    for (const ExprRef& e : keys.right) bound_right.push_back(bound_to(e, right.columns));
    Joining j{.runner = *this,
              .type = p->join,
              .right = whole(right),
              .left = {},
              .bound_left = bound_left,
              .left_keys = {},
              .null_safe = keys.null_safe,
              .rest = keys.rest ? bound_to(keys.rest, both) : nullptr,
              .built = {},
              .found = {},
              .right_hit = {},
              .marks = {},
              .result = {},
              .sink = sink};
    const std::vector<Column> right_keys = evaluate(bound_right, j.right);
    if (!ok()) return;
    if (j.hashed()) j.built = build(right_keys, j.null_safe, j.right.rows);
    if (j.right_outer()) j.right_hit.assign(static_cast<std::size_t>(j.right.rows), 0);
    each(p->children[0], [&](Batch batch) {
        join_batch(j, std::move(batch));
        return ok() && j.wanted;
    });
    if (j.right_outer() && ok() && j.wanted) emit_right(j, left);
}

}  // namespace engine::spark
