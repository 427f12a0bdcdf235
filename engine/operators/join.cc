// Joins: a hash table over the right side where the condition has equalities, pairs of all rows where not.
// What the equalities leave over is evaluated on the pairs they find.
#include <algorithm>

#include "engine/operators/key_table.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"

namespace engine::spark {

namespace {

void conjuncts(const ExprRef& e, Exprs& out) {
    if (is_call(e, "and")) {
        conjuncts(e->args[0], out);
        conjuncts(e->args[1], out);
    } else {
        out.push_back(e);
    }
}

bool reads_only(const ExprRef& e, const Exprs& columns) {
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
};

}  // namespace

Rows Runner::join(const PlanRef& p) {
    Rows left_rows = run(p->children[0]);
    Rows right_rows = run(p->children[1]);
    Rows out{output_of(*p), {}};
    if (!ok()) return out;
    const Exprs lc = left_rows.columns, rc = right_rows.columns;
    const auto whole = [](const Rows& r) {
        if (!r.batches.empty()) return concat(r.batches);
        Batch empty;
        for (const ExprRef& c : r.columns) empty.columns.push_back(sized_column(c->type, 0));
        return empty;
    };
    const Batch left = whole(left_rows), right = whole(right_rows);
    ExprRef condition = p->condition;
    Keys keys = equalities(condition, lc, rc);
    Exprs bl, br, both = lc;
    both.insert(both.end(), rc.begin(), rc.end());
    for (const ExprRef& e : keys.left) bl.push_back(bound_to(e, lc));
    for (const ExprRef& e : keys.right) br.push_back(bound_to(e, rc));
    const ExprRef rest = keys.rest ? bound_to(keys.rest, both) : nullptr;
    const std::vector<Column> lk = evaluate(bl, left), rk = evaluate(br, right);
    if (!ok()) return out;
    const bool hashed = !bl.empty();
    const Built built = hashed ? build(rk, keys.null_safe, right.rows) : Built{};
    const JoinType type = p->join;
    const bool semi = type == JoinType::left_semi || type == JoinType::left_anti;
    std::vector<u8> right_hit(static_cast<std::size_t>(right.rows), 0);
    std::string key;
    const auto emit = [&](const Pairs& pairs) {
        Batch batch{.rows = static_cast<i64>(pairs.left.size()), .columns = {}};
        if (batch.rows == 0) return;
        for (const Column& c : left.columns) batch.columns.push_back(gather(c, pairs.left));
        if (!semi)
            for (const Column& c : right.columns) batch.columns.push_back(gather(c, pairs.right));
        cx.spend(batch.rows, bytes_of(batch));
        out.batches.push_back(std::move(batch));
    };
    Pairs result;
    const auto flush = [&](bool last) {
        if (static_cast<i64>(result.left.size()) < kBatchRows && !last) return;
        emit(result);
        result = {};
    };
    for (i64 start = 0; start < left.rows && ok(); start += 256) {
        const i64 stop = std::min<i64>(start + 256, left.rows);
        Pairs found;
        for (i64 i = start; i < stop && ok(); ++i) {
            if (hashed) {
                if (unusable(lk, keys.null_safe, i)) continue;
                encode_key(lk, i, key);
                const i64 k = built.table.find(key);
                if (k < 0) continue;
                for (i32 r = built.first[static_cast<std::size_t>(k)]; r >= 0; r = built.next[static_cast<std::size_t>(r)]) {
                    found.left.push_back(static_cast<i32>(i));
                    found.right.push_back(r);
                }
                cx.spend(static_cast<i64>(1), 0);
            } else {
                if (!cx.spend(right.rows, right.rows * 8)) break;
                for (i64 r = 0; r < right.rows; ++r) {
                    found.left.push_back(static_cast<i32>(i));
                    found.right.push_back(static_cast<i32>(r));
                }
            }
        }
        if (!ok()) break;
        if (rest && !found.left.empty()) {
            Batch pairs{.rows = static_cast<i64>(found.left.size()), .columns = {}};
            for (const Column& c : left.columns) pairs.columns.push_back(gather(c, found.left));
            for (const Column& c : right.columns) pairs.columns.push_back(gather(c, found.right));
            const std::vector<i32> keep = true_rows(eval(rest, pairs, cx));
            Pairs kept;
            for (const i32 k : keep) {
                kept.left.push_back(found.left[static_cast<std::size_t>(k)]);
                kept.right.push_back(found.right[static_cast<std::size_t>(k)]);
            }
            found = std::move(kept);
        }
        std::size_t at = 0;
        for (i64 i = start; i < stop; ++i) {
            const std::size_t from = at;
            while (at < found.left.size() && found.left[at] == i) ++at;
            const bool hit = at > from;
            if (semi) {
                if (hit == (type == JoinType::left_semi)) result.left.push_back(static_cast<i32>(i)), result.right.push_back(-1);
                continue;
            }
            for (std::size_t k = from; k < at; ++k) {
                result.left.push_back(found.left[k]);
                result.right.push_back(found.right[k]);
                right_hit[static_cast<std::size_t>(found.right[k])] = 1;
            }
            if (!hit && (type == JoinType::left_outer || type == JoinType::full_outer)) {
                result.left.push_back(static_cast<i32>(i));
                result.right.push_back(-1);
            }
            flush(false);
        }
        flush(false);
    }
    if (type == JoinType::right_outer || type == JoinType::full_outer)
        for (i64 r = 0; r < right.rows; ++r)
            if (right_hit[static_cast<std::size_t>(r)] == 0) {
                result.left.push_back(-1);
                result.right.push_back(static_cast<i32>(r));
            }
    flush(true);
    return out;
}

}  // namespace engine::spark
