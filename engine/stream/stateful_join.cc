// Joins of two streams: each row is matched with what the other side has kept, then kept itself until the watermark
// says that nothing can match it any more. Outer rows come out when they leave unmatched.
#include <algorithm>

#include "engine/plan/outputs.h"
#include "engine/stream/join_parts.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool evictable(const Joining& j, const JoinSide& s, const Values& key, const Values& row) {
    MR_ASSERT(j.op < j.r.evict.size() && key.size() == s.key_types.size() && row.size() == s.rows.columns.size());
    const i64 limit = j.r.evict[j.op];
    if (s.key_event >= 0) {
        const auto at = static_cast<std::size_t>(s.key_event);
        return passed(j.r.plan, key[at], s.key_types[at], limit);
    }
    if (!s.value_ms || s.event < 0) return false;
    const auto at = static_cast<std::size_t>(s.event);
    return passed(j.r.plan, row[at], s.rows.columns[at]->type, *s.value_ms);
}

const JoinSide& side_of(const Joining& j, bool left) { return left ? j.left : j.right; }

/// The change of a key's number of rows; 0 = the key goes.
void number_changed(Joining& j, bool left, const Values& key, std::size_t number) {
    const JoinSide& s = side_of(j, left);
    MR_ASSERT(key.size() == s.key_types.size());
    j.r.out.deltas.push_back({j.op,
                              partition_of(key, s.key_types, j.r.partitions(true)),
                              left ? "left-keyToNumValues" : "right-keyToNumValues",
                              key,
                              s.key_types,
                              number == 0,
                              number == 0 ? Values{} : Values{int_value(static_cast<i64>(number))},
                              {type_of(TypeId::bigint)}});
}

/// The change of one row of a key; none = its place is empty now.
void row_changed(Joining& j, bool left, const Values& key, std::size_t index, const JoinRow* row) {
    const JoinSide& s = side_of(j, left);
    MR_ASSERT(key.size() == s.key_types.size());
    StateDelta d{.op = j.op,
                 .partition = partition_of(key, s.key_types, j.r.partitions(true)),
                 .store = left ? "left-keyWithIndexToValue" : "right-keyWithIndexToValue",
                 .key = key,
                 .key_types = s.key_types,
                 .removed = row == nullptr,
                 .value = {},
                 .value_types = types_of(s.rows.columns)};
    d.key.push_back(int_value(static_cast<i64>(index)));
    d.key_types.push_back(type_of(TypeId::bigint));
    if (row) {
        d.value = row->row;
        d.value.push_back(bool_value(row->matched));
    }
    d.value_types.push_back(type_of(TypeId::boolean));
    j.r.out.deltas.push_back(std::move(d));
}

void emit(Joining& j, const Values* left, const Values* right) {
    MR_ASSERT(left || right);
    Values row = left ? *left : Values(j.width_left);
    if (!j.semi) {
        const Values other = right ? *right : Values(j.width_right);
        row.insert(row.end(), other.begin(), other.end());
    }
    j.output.push_back(std::move(row));
}

/// Matches one row with the kept rows of the other side; whether it matched.
bool probe(Joining& j, const Arrival& a, bool from_left) {
    if (a.kept == nullptr) return false;
    MR_ASSERT(a.holds.empty() || a.holds.size() == a.kept->size());
    bool matched = false;
    for (std::size_t i = 0; i < a.kept->size(); ++i) {
        JoinRow& kept = (*a.kept)[i];
        if (j.semi && !from_left && kept.matched) continue;
        if (!a.holds.empty() && !a.holds[i]) continue;
        matched = true;
        const bool first = !kept.matched;
        kept.matched = !j.r.plan.has_bug(PlantedBug::matched_flag_lost);
        if (first) row_changed(j, !from_left, a.key, i, &kept);
        const Values& l = from_left ? a.row : kept.row;
        const Values& r = from_left ? kept.row : a.row;
        if (!j.semi) emit(j, &l, &r);
        else if (from_left) return emit(j, &l, nullptr), true;
        else if (first) emit(j, &l, nullptr);
    }
    return matched;
}

/// Whether a row came too late; it is counted then.
bool too_late(Joining& j, const JoinSide& s, const Values& row) {
    MR_ASSERT(j.op < j.r.late.size());
    if (s.event < 0) return false;
    const auto at = static_cast<std::size_t>(s.event);
    if (!passed(j.r.plan, row[at], s.rows.columns[at]->type, j.r.late[j.op])) return false;
    const i64 micros = event_micros(row[at], s.rows.columns[at]->type);
    ++j.metrics.dropped;
    j.r.out.judgements.push_back({j.op, true, {row[at]}, floor_div(micros, 1000), j.r.late[j.op]});
    return true;
}

void take_row(Joining& j, JoinSide& s, Arrival& a, bool left, JoinRows& own) {
    MR_ASSERT(!a.bytes.empty() && a.row.size() == s.rows.columns.size());
    if (!a.own) {
        if (s.outer) emit(j, left ? &a.row : nullptr, left ? nullptr : &a.row);
        return;
    }
    const bool matched = probe(j, a, left);
    if (j.semi && left && matched) return;
    // The right side is not kept when it may go at once, but for outer rows that still have to come out.
    if (!left && evictable(j, s, a.key, a.row) && !(s.outer && !matched)) return;
    std::vector<JoinRow>& rows = own[a.bytes];
    rows.push_back({std::move(a.row), matched});
    ++j.metrics.updated;
    row_changed(j, left, a.key, rows.size() - 1, &rows.back());
    number_changed(j, left, a.key, rows.size());
}

void take_side(Joining& j, JoinSide& s, bool left, JoinRows& own, JoinRows& other) {
    std::vector<Arrival> rows = arrivals(j, s);
    std::erase_if(rows, [&](const Arrival& a) { return too_late(j, s, a.row); });
    find_pairs(j, rows, left, other);
    for (Arrival& a : rows) take_row(j, s, a, left, own);
}

/// A row leaves for good: outer joins give it if it never matched.
void leaves(Joining& j, const JoinSide& s, bool left, const Values& key, const JoinRow& gone) {
    MR_ASSERT(gone.row.size() == s.rows.columns.size());
    if (s.outer && !gone.matched) emit(j, left ? &gone.row : nullptr, left ? nullptr : &gone.row);
    if (!s.outer) ++j.metrics.removed;
    const auto at = static_cast<std::size_t>(std::max(s.event, 0));
    const i64 moment = s.event < 0 ? 0 : floor_div(event_micros(gone.row[at], s.rows.columns[at]->type), 1000);
    j.r.out.judgements.push_back({j.op, false, key, moment, j.r.evict[j.op]});
}

/// Rows of one key that may go. The last row moves into the hole, so that places stay without gaps.
void clean_key(Joining& j, const JoinSide& s, bool left, const Values& key, std::vector<JoinRow>& rows) {
    MR_ASSERT(!rows.empty());
    const std::size_t before = rows.size();
    for (std::size_t i = 0; i < rows.size();) {
        if (!evictable(j, s, key, rows[i].row)) {
            ++i;
            continue;
        }
        const JoinRow gone = rows[i];
        if (rows.size() > 1 && s.key_event < 0) {
            rows[i] = rows.back();
            row_changed(j, left, key, i, &rows[i]);
        }
        row_changed(j, left, key, s.key_event < 0 ? rows.size() - 1 : before - rows.size(), nullptr);
        if (s.key_event < 0) rows.pop_back();
        else rows.erase(rows.begin());
        leaves(j, s, left, key, gone);
    }
    if (rows.size() != before) number_changed(j, left, key, rows.size());
}

/// The key of each entry, by its first row.
std::vector<Values> kept_keys(Joining& j, const JoinSide& s, const JoinRows& own) {
    std::vector<Values> firsts;
    for (const auto& [bytes, rows] : own) firsts.push_back(rows.front().row);
    std::vector<Values> keys = keys_of(j, s, rows_of(s.rows.columns, firsts));
    MR_ASSERT(keys.size() == own.size());
    return keys;
}

bool any_evictable(const Joining& j, const JoinSide& s, const JoinRows& own, const std::vector<Values>& keys) {
    std::size_t i = 0;
    for (const auto& [bytes, rows] : own) {
        const Values& key = keys[i++];
        if (std::ranges::any_of(rows, [&](const JoinRow& r) { return evictable(j, s, key, r.row); })) return true;
    }
    return false;
}

void clean(Joining& j, const JoinSide& s, bool left, JoinRows& own, const std::vector<std::size_t>& before) {
    MR_ASSERT(s.event < static_cast<int>(s.rows.columns.size()));
    if (s.key_event < 0 && (!s.value_ms || s.event < 0)) return;
    const std::vector<Values> all = kept_keys(j, s, own);
    if (!any_evictable(j, s, own, all)) return;
    std::vector<std::vector<std::pair<JoinRows::iterator, const Values*>>> by_partition(before.size());
    std::size_t at = 0;
    for (auto it = own.begin(); it != own.end(); ++it)
        by_partition[static_cast<std::size_t>(partition_in(it->first))].emplace_back(it, &all[at++]);
    for (std::size_t p = 0; p < before.size(); ++p) {
        std::vector<std::string> keys;
        for (const auto& [it, key] : by_partition[p]) keys.push_back(unsafe_row(*key, s.key_types));
        for (const std::size_t i : store_order(keys, std::min(before[p], keys.size()))) {
            auto& [it, key] = by_partition[p][i];
            clean_key(j, s, left, *key, it->second);
            if (it->second.empty()) own.erase(it);
        }
    }
}

std::vector<std::size_t> sizes(const JoinRows& rows, i64 partitions) {
    std::vector<std::size_t> out(static_cast<std::size_t>(partitions));
    for (const auto& [key, list] : rows) ++out[static_cast<std::size_t>(partition_in(key))];
    return out;
}

i64 kept_rows(const JoinRows& rows) {
    i64 n = 0;
    for (const auto& [key, list] : rows) n += static_cast<i64>(list.size());
    return n;
}

}  // namespace

std::vector<DataType> join_key_types(const Plan& join) {
    MR_ASSERT(join.kind == PlanKind::join);
    Exprs rest;
    std::vector<DataType> out;
    for (const Equality& e : equalities(join, output_of(*join.children[0]), output_of(*join.children[1]), rest))
        out.push_back(e.left->type);
    return out;
}

bool join_forgets(const Plan& join) {
    MR_ASSERT(join.kind == PlanKind::join);
    const Exprs left = output_of(*join.children[0]), right = output_of(*join.children[1]);
    const auto marked = [](const ExprRef& e) { return e->kind == ExprKind::attribute && e->watermark_ms >= 0; };
    Exprs rest;
    for (const Equality& e : equalities(join, left, right, rest))
        if (marked(e.left) || marked(e.right)) return true;
    if (event_time_place(left) < 0 || event_time_place(right) < 0) return false;
    return state_watermark(join.condition, left, right, 0) || state_watermark(join.condition, right, left, 0);
}

Rows StreamRunner::join(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 2);
    Joining j{.r = *this,
              .plan = *p,
              .op = plan.operator_of(p.get()),
              .left = {},
              .right = {},
              .null_safe = {},
              .rest = {},
              .cx = {},
              .output = {},
              .metrics = {}};
    j.left.rows = run(p->children[0]);
    j.right.rows = run(p->children[1]);
    if (!ok()) return {output_of(*p), {}};
    j.cx.ansi = session.ansi;
    j.cx.clock = session.clock;
    j.left.rows.columns = output_of(*p->children[0]);
    j.right.rows.columns = output_of(*p->children[1]);
    arrange(j, j.left.rows.columns, j.right.rows.columns);
    j.semi = p->join == JoinType::left_semi;
    j.left.outer = p->join == JoinType::left_outer || p->join == JoinType::full_outer;
    j.right.outer = p->join == JoinType::right_outer || p->join == JoinType::full_outer;
    j.width_left = j.left.rows.columns.size();
    j.width_right = j.right.rows.columns.size();
    j.left.event = event_time_place(j.left.rows.columns);
    j.right.event = event_time_place(j.right.rows.columns);
    // A side that is kept for ever if nothing bounds it.
    if (j.right.event >= 0)
        j.left.value_ms = state_watermark(p->condition, j.left.rows.columns, j.right.rows.columns, evict[j.op]);
    if (j.left.event >= 0)
        j.right.value_ms = state_watermark(p->condition, j.right.rows.columns, j.left.rows.columns, evict[j.op]);
    if (plan.has_bug(PlantedBug::join_evicts_other_side)) std::swap(j.left.value_ms, j.right.value_ms);
    JoinRows& left = writable(state.operators[j.op].left);
    JoinRows& right = writable(state.operators[j.op].right);
    const std::vector<std::size_t> before_left = sizes(left, partitions(true)),
                                   before_right = sizes(right, partitions(true));
    take_side(j, j.left, true, left, right);
    take_side(j, j.right, false, right, left);
    clean(j, j.left, true, left, before_left);
    clean(j, j.right, false, right, before_right);
    if (!j.cx.ok()) failure.set(j.cx.failure.error);
    j.metrics.name = "symmetricHashJoin";
    j.metrics.total = kept_rows(left) + kept_rows(right);
    j.metrics.partitions = partitions(true);
    j.metrics.stores = 4 * partitions(true);
    out.operators[j.op] = j.metrics;
    return rows_of(output_of(*p), j.output);
}

}  // namespace engine::spark
