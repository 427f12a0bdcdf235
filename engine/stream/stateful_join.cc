// Joins of two streams: each row is matched with what the other side has kept, then kept itself until the watermark
// says that nothing can match it any more. Outer rows come out when they leave unmatched.
#include <algorithm>
#include <tuple>

#include "engine/plan/outputs.h"
#include "engine/stream/join_parts.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Whether a row has become too old to match anything that may still come.
bool evictable(const Joining& j, const JoinSide& s, i64 moment) {
    MR_ASSERT(j.op < j.r.evict.size());
    if (moment == kNever || (s.moment.key < 0 && !s.value_ms)) return false;
    return passed(j.r.plan, moment, s.moment.key >= 0 ? j.r.evict[j.op] : *s.value_ms);
}

i64 moment_of(const JoinSide& s, std::string_view key, std::string_view row) {
    return moment_of(s.moment, key, s.key_types, row, s.row_types);
}

/// The change of a key's number of rows; 0 = the key goes.
void number_changed(const JoinSide& s, i32 partition, std::string_view key, u64 number) {
    std::string& body = *s.numbers[static_cast<std::size_t>(partition)];
    if (number == 0) return put_removal(body, key);
    char value[16] = {};
    set_word(value, 1, 0, static_cast<i64>(number));
    put_change(body, key, {value, sizeof value});
}

/// The change of one row of a key; empty = its place is empty now.
void row_changed(const JoinSide& s, i32 partition, std::string_view key, u64 index, std::string_view row) {
    std::string& body = *s.places[static_cast<std::size_t>(partition)];
    s.place.clear();
    append_widened(key, s.key_types, static_cast<i64>(index), s.place);
    if (row.empty()) put_removal(body, s.place);
    else put_change(body, s.place, row);
}

void emit(Joining& j, bool left_is_own, std::string_view own, std::string_view other) {
    MR_ASSERT(!own.empty());
    j.given.push_back(left_is_own ? JoinedRow{own, other} : JoinedRow{other, own});
}

/// Rows that were given become columns. Before bytes move that they are views of.
void settle(Joining& j) {
    for (std::size_t at = 0; at < j.given.size(); at += kBatchRows) {
        const std::size_t n = std::min<std::size_t>(kBatchRows, j.given.size() - at);
        Batch b = unpacked(j, std::span(j.given).subspan(at, n), {});
        if (j.semi) b.columns.resize(j.left.width());
        j.output.push_back(std::move(b));
    }
    j.given.clear();
}

bool has_matched(const JoinSide& s, std::string_view row) { return word_of(row, s.row_types.size(), s.width()) != 0; }

/// Marks a kept row as matched; it as it is then.
std::string_view match(Joining& j, const JoinSide& s, JoinRows& kept, const KeptPlace& at) {
    JoinPage& page = kept.edit(at.page);
    const bool matched = !j.r.plan.has_bug(PlantedBug::matched_flag_lost);
    set_word(page.bytes.data() + page.rows[at.row].at, s.row_types.size(), s.width(), matched ? 1 : 0);
    return page.row(at.row);
}

/// Gives the pairs of one row with the kept rows that it matches; whether there was one.
bool probe(Joining& j, const Arrivals& a, std::size_t i, bool from_left, JoinRows& other) {
    const JoinSide& s = from_left ? j.right : j.left;
    const bool lost = j.r.plan.has_bug(PlantedBug::matched_flag_lost);
    bool matched = false;
    for (std::size_t k = i == 0 ? 0 : a.until[i - 1]; k < a.until[i]; ++k) {
        const KeptPlace& at = a.found[k];
        std::string_view kept = other.page(at.page).row(at.row);
        const bool first = !has_matched(s, kept);
        if (j.semi && !from_left && !first) continue;
        matched = true;
        if (first || lost) kept = match(j, s, other, at);
        if (first) row_changed(s, a.partitions[i], a.keys[i], at.index, kept);
        if (!j.semi) emit(j, from_left, a.rows[i], kept);
        else if (from_left) return emit(j, true, a.rows[i], {}), true;
        else if (first) emit(j, true, kept, {});
    }
    return matched;
}

/// Whether a row came too late; it is counted then.
bool too_late(Joining& j, const JoinSide& s, const Batch& b, i64 row) {
    MR_ASSERT(j.op < j.r.late.size());
    const Column& c = b.columns[static_cast<std::size_t>(s.moment.row)];
    if (c.null(row)) return false;
    const i64 micros = physical_of(c.type) == Physical::ints ? c.ints[c.at(row)] : event_micros(get(c, row), c.type);
    if (!passed(j.r.plan, micros, j.r.late[j.op])) return false;
    ++j.metrics.dropped;
    j.r.out.judgements.push_back({j.op, true, {get(c, row)}, floor_div(micros, 1000), j.r.late[j.op]});
    return true;
}

/// What one row gives; whether it is kept.
bool take_row(Joining& j, JoinSide& s, Arrivals& a, std::size_t i, bool left, JoinRows& other) {
    if (a.own[i] == 0) {
        if (s.outer) emit(j, left, a.rows[i], {});
        return false;
    }
    const bool matched = probe(j, a, i, left, other);
    if (j.semi && left && matched) return false;
    // The right side is not kept when it may go at once, but for outer rows that still have to come out.
    if (!left && evictable(j, s, moment_of(s, a.keys[i], a.rows[i])) && !(s.outer && !matched)) return false;
    if (matched) {
        const std::string_view row = a.rows[i];
        set_word(a.rows.bytes.data() + (row.data() - a.rows.bytes.data()), s.row_types.size(), s.width(), 1);
    }
    return true;
}

/// Adds rows page by page, then notes the changes in the order in which the rows came.
void keep_rows(Joining& j, const JoinSide& s, const Arrivals& a, const std::vector<u8>& kept, JoinRows& own) {
    own.reserve(a.hashes);
    std::vector<u32> numbers(kept.size(), 0);
    for (const u32 i : in_page_order(own, a.hashes)) {
        if (kept[i] == 0) continue;
        const i64 moment = moment_of(s, a.keys[i], a.rows[i]);
        numbers[i] = own.add(own.page_of(a.hashes[i]), a.hashes[i], a.partitions[i], a.keys[i], a.rows[i], moment);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] == 0) continue;
        ++j.metrics.updated;
        MR_ASSERT(numbers[i] > 0);
        row_changed(s, a.partitions[i], a.keys[i], numbers[i] - 1, a.rows[i]);
        number_changed(s, a.partitions[i], a.keys[i], numbers[i]);
    }
}

void take_side(Joining& j, JoinSide& s, bool left, JoinRows& own, JoinRows& other) {
    Arrivals a = arrivals(j, s, [&](const Batch& b, i64 row) { return s.moment.row >= 0 && too_late(j, s, b, row); });
    if (a.rows.size() == 0) return;
    find_pairs(j, a, left, other);
    std::vector<u8> kept(a.rows.size(), 0);
    for (std::size_t i = 0; i < kept.size() && j.cx.ok(); ++i) kept[i] = take_row(j, s, a, i, left, other) ? 1 : 0;
    keep_rows(j, s, a, kept, own);
    settle(j);
}

/// A row leaves for good: outer joins give it if it never matched.
void leaves(Joining& j, const JoinSide& s, bool left, std::string_view key, std::string_view gone) {
    if (s.outer && !has_matched(s, gone)) emit(j, left, gone, {});
    if (!s.outer) ++j.metrics.removed;
    const i64 own = moment_of({-1, s.moment.row}, key, s.key_types, gone, s.row_types), micros = own == kNever ? 0 : own;
    auto values = from_unsafe_row(key, s.key_types);
    MR_ASSERT(values.has_value());
    j.r.out.judgements.push_back({j.op, false, std::move(*values), floor_div(micros, 1000), j.r.evict[j.op]});
}

/// Rows of one key that may go. The last row moves into the hole, so that places stay without gaps.
void clean_key(Joining& j, const JoinSide& s, bool left, JoinRows& own, u32 at, u32 number) {
    const JoinPage& page = own.page(at);
    const KeptKey& k = page.keys[number];
    const std::string_view key = page.key(k);
    std::vector<u32> rows = page.rows_of(k);
    const std::size_t before = rows.size();
    MR_ASSERT(before > 0);
    for (std::size_t i = 0; i < rows.size();) {
        const std::string_view row = page.row(rows[i]);
        if (!evictable(j, s, page.rows[rows[i]].moment)) {
            ++i;
            continue;
        }
        if (rows.size() > 1 && s.moment.key < 0) {
            rows[i] = rows.back();
            row_changed(s, k.partition, key, i, page.row(rows[i]));
        }
        row_changed(s, k.partition, key, s.moment.key < 0 ? rows.size() - 1 : before - rows.size(), {});
        if (s.moment.key < 0) rows.pop_back();
        else rows.erase(rows.begin());
        leaves(j, s, left, key, row);
    }
    if (rows.size() == before) return;
    number_changed(s, k.partition, key, rows.size());
    own.keep(at, number, rows);
}

/// A key that something may have to leave, and where its store has it.
struct Due {
    i32 partition = 0;
    u64 bucket = 0;
    std::string_view key;
    u32 page = 0, number = 0;
};

bool any_evictable(const Joining& j, const JoinSide& s, const JoinPage& page, const KeptKey& k) {
    if (k.rows == 0) return false;
    for (u32 r = k.first; r != kNoRow; r = page.rows[r].next)
        if (evictable(j, s, page.rows[r].moment)) return true;
    return false;
}

/// In the order in which Spark goes through its stores.
std::vector<Due> due_keys(const Joining& j, const JoinSide& s, const JoinRows& own, const std::vector<i64>& before) {
    std::vector<u64> buckets;
    for (std::size_t p = 0; p < own.keys_in.size(); ++p) {
        const i64 began = p < before.size() ? std::min(before[p], own.keys_in[p]) : 0;
        buckets.push_back(store_buckets(static_cast<u64>(began), static_cast<u64>(own.keys_in[p])));
    }
    std::vector<Due> out;
    for (u32 at = 0; at < own.pages.size(); ++at) {
        const JoinPage& page = own.page(at);
        for (u32 number = 0; number < page.keys.size(); ++number) {
            const KeptKey& k = page.keys[number];
            if (!any_evictable(j, s, page, k)) continue;
            const u64 bucket = bucket_in_store(page.key(k), buckets[static_cast<std::size_t>(k.partition)]);
            out.push_back({k.partition, bucket, page.key(k), at, number});
        }
    }
    std::ranges::sort(out, {}, [](const Due& d) { return std::tuple(d.partition, d.bucket, d.key); });
    return out;
}

void clean(Joining& j, const JoinSide& s, bool left, JoinRows& own, const std::vector<i64>& before) {
    MR_ASSERT(s.moment.row < static_cast<int>(s.width()));
    if (s.moment.key < 0 && (!s.value_ms || s.moment.row < 0)) return;
    std::vector<u8> touched(own.pages.size(), 0);
    for (const Due& d : due_keys(j, s, own, before)) {
        clean_key(j, s, left, own, d.page, d.number);
        touched[d.page] = 1;
    }
    settle(j);
    for (u64 page = 0; page < touched.size(); ++page)
        if (touched[page] != 0) own.sweep(page);
}

/// Batches of the size that they have everywhere.
std::vector<Batch> regular(std::vector<Batch> batches) {
    const auto full = [](const Batch& b) { return b.rows == kBatchRows; };
    if (batches.size() < 2 || std::all_of(batches.begin(), batches.end() - 1, full)) return batches;
    const Batch whole = concat(batches);
    std::vector<Batch> out;
    for (i64 at = 0; at < whole.rows; at += kBatchRows)
        out.push_back(slice(whole, at, std::min<i64>(kBatchRows, whole.rows - at)));
    return out;
}

void prepare_side(Joining& j, JoinSide& s, const std::string& name, const Exprs& columns) {
    s.rows.columns = columns;
    s.row_types = types_of(columns);
    s.row_types.push_back(type_of(TypeId::boolean));
    s.moment = moment_place(j.plan, name == "left");
    for (i64 p = 0; p < j.r.partitions(true); ++p) {
        s.numbers.push_back(&j.r.out.deltas[{j.op, p, name + "-keyToNumValues"}]);
        s.places.push_back(&j.r.out.deltas[{j.op, p, name + "-keyWithIndexToValue"}]);
    }
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
              .rest_reads = {},
              .cx = {},
              .given = {},
              .output = {},
              .metrics = {}};
    j.left.rows = run(p->children[0]);
    j.right.rows = run(p->children[1]);
    if (!ok()) return {output_of(*p), {}};
    j.cx.ansi = session.ansi;
    j.cx.clock = session.clock;
    prepare_side(j, j.left, "left", output_of(*p->children[0]));
    prepare_side(j, j.right, "right", output_of(*p->children[1]));
    arrange(j, j.left.rows.columns, j.right.rows.columns);
    j.semi = p->join == JoinType::left_semi;
    j.left.outer = p->join == JoinType::left_outer || p->join == JoinType::full_outer;
    j.right.outer = p->join == JoinType::right_outer || p->join == JoinType::full_outer;
    // A side that is kept for ever if nothing bounds it.
    if (j.right.moment.row >= 0)
        j.left.value_ms = state_watermark(p->condition, j.left.rows.columns, j.right.rows.columns, evict[j.op]);
    if (j.left.moment.row >= 0)
        j.right.value_ms = state_watermark(p->condition, j.right.rows.columns, j.left.rows.columns, evict[j.op]);
    if (plan.has_bug(PlantedBug::join_evicts_other_side)) std::swap(j.left.value_ms, j.right.value_ms);
    JoinRows& left = writable(state.operators[j.op].left);
    JoinRows& right = writable(state.operators[j.op].right);
    const std::vector<i64> before_left = left.keys_in, before_right = right.keys_in;
    take_side(j, j.left, true, left, right);
    take_side(j, j.right, false, right, left);
    clean(j, j.left, true, left, before_left);
    clean(j, j.right, false, right, before_right);
    if (!j.cx.ok()) failure.set(j.cx.failure.error);
    j.metrics.name = "symmetricHashJoin";
    j.metrics.total = left.rows + right.rows;
    j.metrics.partitions = partitions(true);
    j.metrics.stores = 4 * partitions(true);
    out.operators[j.op] = j.metrics;
    return {output_of(*p), regular(std::move(j.output))};
}

}  // namespace engine::spark
