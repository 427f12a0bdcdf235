// Joins of two streams: each row is matched with what the other side has kept, then kept itself until the watermark
// says that nothing can match it any more. Outer rows come out when they leave unmatched.
#include <algorithm>
#include <numeric>

#include "engine/plan/outputs.h"
#include "engine/stream/join_parts.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

void number_changed(StateBody& body, std::string_view key, u64 number) {
    MR_ASSERT(!key.empty());
    if (number == 0) return put_removal(body, key);
    char value[16] = {};
    set_word(value, 1, 0, static_cast<i64>(number));
    put_change(body, key, {value, sizeof value});
}

void row_changed(StateBody& body, const JoinSide& s, std::string_view key, u64 index, std::string_view row) {
    const auto number = static_cast<i64>(index);
    if (!s.plain_keys) {
        widen(key, s.key_types, false, number, s.place);
        return row.empty() ? put_removal(body, s.place) : put_change(body, s.place, row);
    }
    const std::size_t words = s.key_types.size(), size = words_size(words + 1);
    MR_ASSERT(key.size() == words_size(words));
    if (row.empty()) return widen_words(key, words, number, grow_removal(body, size));
    const ChangePlaces to = grow_change(body, size, row.size());
    widen_words(key, words, number, to.key);
    row.copy(to.value, row.size());
}

void settle(Joining& j, bool all) {
    MR_ASSERT(!j.semi || j.left.width() > 0);
    std::size_t at = 0;
    for (std::size_t n = kBatchRows; at < j.given.size(); at += n) {
        n = std::min<std::size_t>(n, j.given.size() - at);
        if (!all && n < kBatchRows) break;
        Batch b = unpacked(j, std::span(j.given).subspan(at, n), {});
        if (j.semi) b.columns.resize(j.left.width());
        j.output.push_back(std::move(b));
    }
    j.given.erase(j.given.begin(), j.given.begin() + static_cast<std::ptrdiff_t>(at));
}

bool has_matched(const JoinSide& s, std::string_view row) { return word_of(row, s.row_types.size(), s.width()) != 0; }

namespace {

void emit(Joining& j, i32 partition, bool left_is_own, std::string_view own, std::string_view other) {
    MR_ASSERT(!own.empty());
    j.given.push_back(left_is_own ? JoinedRow{own, other} : JoinedRow{other, own});
    if (j.ordered) j.partitions.push_back(partition);
}

/// Gives the pairs of one row with the kept rows that it matches; whether there was one.
bool probe(Joining& j, const Arrivals& a, std::size_t i, bool from_left) {
    const JoinSide& s = from_left ? j.right : j.left;
    const bool lost = j.r.plan.has_bug(PlantedBug::matched_flag_lost);
    bool matched = false;
    const FoundRows& pairs = a.pairs[i];
    for (u32 k = pairs.from; k < pairs.from + pairs.size; ++k) {
        const KeptPlace& at = a.found[k];
        if (a.holds[k] == 0) continue;
        const bool first = !has_matched(s, at.view());
        if (j.semi && !from_left && !first) continue;
        matched = true;
        if (first || lost) set_word(at.row, s.row_types.size(), s.width(), lost ? 0 : 1);
        if (first) row_changed(*s.places[static_cast<std::size_t>(a.partitions[i])], s, a.keys[i], at.index, at.view());
        if (!j.semi) emit(j, a.partitions[i], from_left, a.rows[i], at.view());
        else if (from_left) return emit(j, a.partitions[i], true, a.rows[i], {}), true;
        else if (first) emit(j, a.partitions[i], true, at.view(), {});
    }
    return matched;
}

/// The batch without the rows that came too late; they are counted.
Batch in_time(Joining& j, const JoinSide& s, const Batch& b) {
    MR_ASSERT(j.op < j.r.late.size());
    if (s.moment.row < 0) return b;
    const Column& c = b.columns[static_cast<std::size_t>(s.moment.row)];
    const bool plain = physical_of(c.type) == Physical::ints;
    std::vector<i32> rows;
    rows.reserve(static_cast<std::size_t>(b.rows));
    for (i64 i = 0; i < b.rows; ++i) {
        const i64 micros = c.null(i) ? kNever : plain ? c.ints[c.at(i)] : event_micros(get(c, i), c.type);
        if (micros == kNever || !passed(j.r.plan, micros, j.r.late[j.op])) {
            rows.push_back(static_cast<i32>(i));
            continue;
        }
        ++j.metrics.dropped;
        j.r.out.judgements.push_back({j.op, true, {get(c, i)}, floor_div(micros, 1000), j.r.late[j.op]});
    }
    return static_cast<i64>(rows.size()) == b.rows ? b : gather(b, rows);
}

/// What one row gives; whether it is kept.
bool take_row(Joining& j, JoinSide& s, Arrivals& a, std::size_t i, bool left) {
    if (a.own[i] == 0) {
        if (s.outer) emit(j, a.partitions[i], left, a.rows[i], {});
        return false;
    }
    const bool matched = probe(j, a, i, left);
    if (j.semi && left && matched) return false;
    // The right side is not kept when it may go at once, but for outer rows that still have to come out.
    if (!left && s.evictable(a.moments[i]) && !(s.outer && !matched)) return false;
    if (matched) {
        const std::string_view row = a.rows[i];
        set_word(a.rows.bytes.data() + (row.data() - a.rows.bytes.data()), s.row_types.size(), s.width(), 1);
    }
    return true;
}

/// Adds rows, page by page: each page is brought into the cache once. The number of rows that the key of each has then.
std::vector<u32> added_rows(const Arrivals& a, const std::vector<u8>& kept, JoinRows& own) {
    std::vector<u32> numbers(kept.size(), 0);
    const std::vector<u32> order = in_page_order(own, a.hashes);
    const u32 came = own.came;
    MR_ASSERT(order.size() == kept.size());
    for (std::size_t n = 0; n < order.size(); ++n) {
        if (n + kAhead < order.size()) fetch_row(a.keys, order[n + kAhead]);
        if (n + kAhead < order.size()) fetch_row(a.rows, order[n + kAhead]);
        const u32 i = order[n];
        if (kept[i] == 0) continue;
        own.came = came + i;
        numbers[i] = own.add(a.hashes[i], a.partitions[i], a.keys[i], a.rows[i], a.moments[i]);
    }
    own.came = came + static_cast<u32>(order.size());
    return numbers;
}

/// Adds rows, then notes the changes in the order in which the rows came.
void keep_rows(Joining& j, const JoinSide& s, const Arrivals& a, const std::vector<u8>& kept, JoinRows& own) {
    own.reserve(a.hashes);
    const std::vector<u32> numbers = added_rows(a, kept, own);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] == 0) continue;
        ++j.metrics.updated;
        MR_ASSERT(numbers[i] > 0);
        const auto partition = static_cast<std::size_t>(a.partitions[i]);
        row_changed(*s.places[partition], s, a.keys[i], numbers[i] - 1, a.rows[i]);
        number_changed(*s.numbers[partition], a.keys[i], numbers[i]);
    }
}

void take_side(Joining& j, JoinSide& s, bool left, JoinRows& own, JoinRows& other) {
    if (s.rows.batches.empty()) return;
    Arrivals a = arrivals(j, s, in_time(j, s, concat(s.rows.batches)));
    if (a.rows.size() == 0) return;
    find_pairs(a, other);
    std::vector<u8> kept(a.rows.size(), 0);
    // Row by row as far as possible: what is judged is still in the cache when it is given and becomes columns.
    for (std::size_t from = 0, to = 0; from < kept.size() && j.cx.ok(); from = to) {
        to = judge_pairs(j, a, from, left);
        for (std::size_t i = from; i < to && j.cx.ok(); ++i) kept[i] = take_row(j, s, a, i, left) ? 1 : 0;
        settle(j, false);
    }
    keep_rows(j, s, a, kept, own);
    settle(j, true);
}

/// Batches of the size that they have everywhere.
std::vector<Batch> regular(std::vector<Batch> batches) {
    const auto full = [](const Batch& b) { return b.rows == kBatchRows; };
    const bool fits = batches.empty() || batches.back().rows <= kBatchRows;
    if (fits && (batches.size() < 2 || std::all_of(batches.begin(), batches.end() - 1, full))) return batches;
    const Batch whole = concat(batches);
    std::vector<Batch> out;
    for (i64 at = 0; at < whole.rows; at += kBatchRows)
        out.push_back(slice(whole, at, std::min<i64>(kBatchRows, whole.rows - at)));
    return out;
}

/// The rows of each task together, one task after the other.
void order_by_partition(Joining& j) {
    if (!j.ordered || j.output.empty()) return;
    const Batch whole = concat(j.output);
    MR_ASSERT(static_cast<i64>(j.partitions.size()) == whole.rows);
    std::vector<i32> order(j.partitions.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](i32 i) { return j.partitions[static_cast<std::size_t>(i)]; });
    j.output = {gather(whole, order)};
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

/// What a key says of its time goes before what a range of times says.
void find_last_evictable(const Joining& j, JoinSide& s) {
    MR_ASSERT(j.op < j.r.evict.size() && !s.last_evictable);
    if (s.moment.key >= 0) s.last_evictable = last_passed(j.r.plan, j.r.evict[j.op]);
    else if (s.value_ms) s.last_evictable = last_passed(j.r.plan, *s.value_ms);
}

}  // namespace

Exprs join_keys(const Plan& join, bool left) {
    MR_ASSERT(join.kind == PlanKind::join);
    Exprs rest, out;
    for (const Equality& e : equalities(join, output_of(*join.children[0]), output_of(*join.children[1]), rest))
        out.push_back(left ? e.left : e.right);
    return out;
}

bool join_forgets(const Plan& join) {
    MR_ASSERT(join.kind == PlanKind::join);
    const Exprs left = output_of(*join.children[0]), right = output_of(*join.children[1]);
    const auto marked = [](const ExprRef& e) { return e->kind == ExprKind::attribute && e->watermark_ms >= 0; };
    Exprs rest;
    for (const Equality& e : equalities(join, left, right, rest))
        if (marked(e.left) || marked(e.right)) return true;
    const auto bounded = [&](const Exprs& own, const Exprs& other) {
        return event_time_place(own) >= 0 && state_watermark(join.condition, own, other, 0);
    };
    return bounded(left, right) || bounded(right, left);
}

Rows StreamRunner::join(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 2);
    Joining j{.r = *this,
              .plan = *p,
              .op = plan.operator_of(p.get()),
              .left = {},
              .right = {},
              .rest = {},
              .rest_reads = {},
              .cx = {},
              .given = {},
              .output = {},
              .ordered = plan.operators.size() > 1,
              .partitions = {},
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
    if (j.left.moment.row >= 0)
        j.left.value_ms = state_watermark(p->condition, j.left.rows.columns, j.right.rows.columns, evict[j.op]);
    if (j.right.moment.row >= 0)
        j.right.value_ms = state_watermark(p->condition, j.right.rows.columns, j.left.rows.columns, evict[j.op]);
    if (plan.has_bug(PlantedBug::join_evicts_other_side)) std::swap(j.left.value_ms, j.right.value_ms);
    find_last_evictable(j, j.left);
    find_last_evictable(j, j.right);
    JoinRows& left = writable(state.operators[j.op].left);
    JoinRows& right = writable(state.operators[j.op].right);
    const std::vector<i64> before_left = left.keys_in, before_right = right.keys_in;
    take_side(j, j.left, true, left, right);
    take_side(j, j.right, false, right, left);
    clean(j, j.left, true, left, before_left);
    clean(j, j.right, false, right, before_right);
    order_by_partition(j);
    if (!j.cx.ok()) failure.set(j.cx.failure.error);
    j.metrics.name = "symmetricHashJoin";
    j.metrics.total = left.rows + right.rows;
    j.metrics.partitions = partitions(true);
    j.metrics.stores = 4 * partitions(true);
    out.operators[j.op] = j.metrics;
    return {output_of(*p), regular(std::move(j.output))};
}

}  // namespace engine::spark
