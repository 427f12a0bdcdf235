// Pairs of a stream join: ON taken apart, the rows that have come with their keys, and the kept rows of the other side
// that match them. Conditions are evaluated for many rows at once.
#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/stream/join_parts.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool within(const ExprRef& e, const Exprs& columns) {
    const auto ids = all_references(e);
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](u64 id) { return contains_id(columns, id); });
}

bool is_true(const Value& v) { return !v.null && v.i != 0; }

/// A null matches nothing, unless the equality says so.
bool usable(const Joining& j, const Values& key) {
    MR_ASSERT(key.size() == j.null_safe.size());
    for (std::size_t i = 0; i < key.size(); ++i)
        if (key[i].null && !j.null_safe[i]) return false;
    return true;
}

}  // namespace

std::vector<Equality> equalities(const Plan& join, const Exprs& left, const Exprs& right, Exprs& rest) {
    MR_ASSERT(join.children.size() == 2);
    Exprs parts;
    if (join.condition) conjuncts_of(join.condition, parts);
    std::vector<Equality> out;
    for (const ExprRef& c : parts) {
        const bool equal = is_call(c, "=") || is_call(c, "<=>");
        if (equal && within(c->args[0], left) && within(c->args[1], right))
            out.push_back({c->args[0], c->args[1], c->name == "<=>"});
        else if (equal && within(c->args[1], left) && within(c->args[0], right))
            out.push_back({c->args[1], c->args[0], c->name == "<=>"});
        else rest.push_back(c);
    }
    return out;
}

void arrange(Joining& j, const Exprs& left, const Exprs& right) {
    Exprs others, rest, own_left, own_right, both = left;
    both.insert(both.end(), right.begin(), right.end());
    const auto mark = [](const ExprRef& e) { return e->kind == ExprKind::attribute && e->watermark_ms >= 0; };
    for (const Equality& e : equalities(j.plan, left, right, others)) {
        j.left.keys.push_back(bound_to(e.left, left));
        j.right.keys.push_back(bound_to(e.right, right));
        j.left.key_types.push_back(e.left->type);
        j.right.key_types.push_back(e.right->type);
        const int place = static_cast<int>(j.null_safe.size());
        if ((mark(e.left) || mark(e.right)) && j.left.key_event < 0) j.left.key_event = j.right.key_event = place;
        j.null_safe.push_back(e.null_safe);
    }
    for (const ExprRef& c : others) {
        if (within(c, left)) own_left.push_back(c);
        else if (within(c, right)) own_right.push_back(c);
        else rest.push_back(c);
    }
    if (!own_left.empty()) j.left.own = bound_to(conjunction(own_left), left);
    if (!own_right.empty()) j.right.own = bound_to(conjunction(own_right), right);
    if (!rest.empty()) j.rest = bound_to(conjunction(rest), both);
}

std::vector<Values> keys_of(Joining& j, const JoinSide& s, const Rows& rows) {
    std::vector<Values> out;
    for (const Batch& b : rows.batches) {
        MR_ASSERT(b.columns.size() == s.rows.columns.size());
        std::vector<Column> keys;
        for (const ExprRef& k : s.keys) keys.push_back(eval(k, b, j.cx));
        for (i64 i = 0; i < b.rows; ++i) {
            Values& key = out.emplace_back();
            for (const Column& c : keys) key.push_back(get(c, i));
        }
    }
    return out;
}

std::vector<Arrival> arrivals(Joining& j, const JoinSide& s) {
    MR_ASSERT(s.key_types.size() == s.keys.size());
    std::vector<Arrival> out;
    std::vector<Values> rows = values_of(s.rows), keys = keys_of(j, s, s.rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Arrival& a = out.emplace_back();
        a.row = std::move(rows[i]);
        a.key = std::move(keys[i]);
        a.partition = partition_of(a.key, s.key_types, j.r.partitions(true));
        a.bytes = state_key(a.partition, a.key, s.key_types);
    }
    if (!s.own) return out;
    std::size_t at = 0;
    for (const Batch& b : s.rows.batches) {
        const Column own = eval(s.own, b, j.cx);
        for (i64 i = 0; i < b.rows; ++i) out[at++].own = is_true(get(own, i));
    }
    return out;
}

void find_pairs(Joining& j, std::vector<Arrival>& rows, bool left, JoinRows& other) {
    std::vector<Values> pairs;
    std::vector<Arrival*> whose;
    Exprs both = j.left.rows.columns;
    both.insert(both.end(), j.right.rows.columns.begin(), j.right.rows.columns.end());
    const auto judge = [&] {
        std::size_t at = 0;
        for (const Batch& b : rows_of(both, pairs).batches) {
            const Column rest = eval(j.rest, b, j.cx);
            for (i64 i = 0; i < b.rows; ++i) whose[at++]->holds.push_back(is_true(get(rest, i)));
        }
        MR_ASSERT(at == pairs.size());
        pairs.clear();
        whose.clear();
    };
    for (Arrival& a : rows) {
        if (!a.own || !usable(j, a.key)) continue;
        const auto found = other.find(a.bytes);
        if (found == other.end()) continue;
        a.kept = &found->second;
        if (!j.rest) continue;
        for (const JoinRow& kept : *a.kept) {
            Values pair = left ? a.row : kept.row;
            const Values& right = left ? kept.row : a.row;
            pair.insert(pair.end(), right.begin(), right.end());
            pairs.push_back(std::move(pair));
            whose.push_back(&a);
        }
        if (pairs.size() >= kBatchRows) judge();
    }
    if (j.rest) judge();
}

}  // namespace engine::spark
