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

namespace {

/// Whether a row has become too old to match anything that may still come.
bool evictable(const Joining& j, const JoinSide& s, i64 moment) {
    MR_ASSERT(j.op < j.r.evict.size());
    if (moment == kNever || (s.moment.key < 0 && !s.value_ms)) return false;
    return passed(j.r.plan, moment, s.moment.key >= 0 ? j.r.evict[j.op] : *s.value_ms);
}

/// The change of a key's number of rows; 0 = the key goes.
void number_changed(std::string& body, std::string_view key, u64 number) {
    MR_ASSERT(!key.empty());
    if (number == 0) return put_removal(body, key);
    char value[16] = {};
    set_word(value, 1, 0, static_cast<i64>(number));
    put_change(body, key, {value, sizeof value});
}

/// The change of one row of a key; empty = its place is empty now.
void row_changed(std::string& body, const JoinSide& s, std::string_view key, u64 index, std::string_view row) {
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

void emit(Joining& j, i32 partition, bool left_is_own, std::string_view own, std::string_view other) {
    MR_ASSERT(!own.empty());
    j.given.push_back(left_is_own ? JoinedRow{own, other} : JoinedRow{other, own});
    if (j.ordered) j.partitions.push_back(partition);
}

/// Rows that were given become columns. Before bytes move that they are views of.
void settle(Joining& j) {
    MR_ASSERT(!j.semi || j.left.width() > 0);
    for (std::size_t at = 0; at < j.given.size(); at += kBatchRows) {
        const std::size_t n = std::min<std::size_t>(kBatchRows, j.given.size() - at);
        Batch b = unpacked(j, std::span(j.given).subspan(at, n), {});
        if (j.semi) b.columns.resize(j.left.width());
        j.output.push_back(std::move(b));
    }
    j.given.clear();
}

bool has_matched(const JoinSide& s, std::string_view row) { return word_of(row, s.row_types.size(), s.width()) != 0; }

/// Gives the pairs of one row with the kept rows that it matches; whether there was one.
bool probe(Joining& j, const Arrivals& a, std::size_t i, bool from_left) {
    const JoinSide& s = from_left ? j.right : j.left;
    const bool lost = j.r.plan.has_bug(PlantedBug::matched_flag_lost);
    bool matched = false;
    for (std::size_t k = i == 0 ? 0 : a.until[i - 1]; k < a.until[i]; ++k) {
        const KeptPlace& at = a.found[k];
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
    if (!left && evictable(j, s, a.moments[i]) && !(s.outer && !matched)) return false;
    if (matched) {
        const std::string_view row = a.rows[i];
        set_word(a.rows.bytes.data() + (row.data() - a.rows.bytes.data()), s.row_types.size(), s.width(), 1);
    }
    return true;
}

/// Room for the changes of rows that are kept: their bytes, what says how long they are, and their numbers.
void reserve_changes(const JoinSide& s, const Arrivals& a, const std::vector<u8>& kept) {
    constexpr std::size_t kBeside = 32;
    std::vector<std::size_t> places(s.places.size(), 0), numbers(s.places.size(), 0);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] == 0) continue;
        const auto p = static_cast<std::size_t>(a.partitions[i]);
        places[p] += a.keys[i].size() + a.rows[i].size() + kBeside;
        numbers[p] += a.keys[i].size() + kBeside;
    }
    for (std::size_t p = 0; p < places.size(); ++p) {
        s.places[p]->reserve(s.places[p]->size() + places[p]);
        s.numbers[p]->reserve(s.numbers[p]->size() + numbers[p]);
    }
}

/// Adds rows page by page; the number of rows that the key of each has then.
std::vector<u32> added_rows(const Arrivals& a, const std::vector<u8>& kept, JoinRows& own) {
    std::vector<u32> numbers(kept.size(), 0);
    const std::vector<u32> order = in_page_order(own, a.hashes);
    for (std::size_t from = 0; from < order.size();) {
        const u64 page = own.page_of(a.hashes[order[from]]);
        std::size_t end = from, rows = 0, bytes = 0;
        for (; end < order.size() && own.page_of(a.hashes[order[end]]) == page; ++end) {
            if (kept[order[end]] == 0) continue;
            ++rows;
            bytes += a.keys[order[end]].size() + a.rows[order[end]].size();
        }
        if (rows > 0) own.make_room(page, rows, bytes);
        for (; from < end; ++from) {
            if (from + kAhead < order.size()) fetch_row(a.keys, order[from + kAhead]);
            if (from + kAhead < order.size()) fetch_row(a.rows, order[from + kAhead]);
            if (const u32 i = order[from]; kept[i] != 0)
                numbers[i] =
                    own.add(page, a.hashes[i], a.partitions[i], a.keys[i], a.rows[i], a.moments[i], own.came + i);
        }
    }
    own.came += static_cast<u32>(order.size());
    return numbers;
}

/// Adds rows, then notes the changes in the order in which the rows came.
void keep_rows(Joining& j, const JoinSide& s, const Arrivals& a, const std::vector<u8>& kept, JoinRows& own) {
    own.reserve(a.hashes);
    const std::vector<u32> numbers = added_rows(a, kept, own);
    reserve_changes(s, a, kept);
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
    Arrivals a = arrivals(j, s, [&](const Batch& b) { return in_time(j, s, b); });
    if (a.rows.size() == 0) return;
    find_pairs(j, a, left, other);
    std::vector<u8> kept(a.rows.size(), 0);
    for (std::size_t i = 0; i < kept.size() && j.cx.ok(); ++i) {
        if (i + kAhead < kept.size() && a.until[i + kAhead] > 0)
            __builtin_prefetch(a.found[a.until[i + kAhead] - 1].row, 1);
        kept[i] = take_row(j, s, a, i, left) ? 1 : 0;
    }
    keep_rows(j, s, a, kept, own);
    settle(j);
}

/// A part of a list or text.
struct Part {
    u32 from = 0, size = 0;
};

/// A key that rows leave, and where in an Evicting stands what that leads to. It fills a line of the cache.
struct alignas(64) EvictedKey {
    std::string_view key;
    i32 partition = 0;
    u32 bucket = 0;  ///< where its store has it
    u32 came = 0;    ///< keys ascend by it in the order in which they came
    Part places, numbers, given, judged;
};
static_assert(sizeof(EvictedKey) == 64);

/// Rows that leave are gathered page by page, as they lie in memory, and told in the order in which Spark goes through
/// its stores.
struct Evicting {
    std::vector<EvictedKey> keys;
    std::string places, numbers;
    std::vector<JoinedRow> given;
    std::vector<i64> moments;  ///< event times of the rows that leave, in milliseconds
    std::vector<u32> rows;     ///< of the key at hand
};

/// A row leaves for good: outer joins give it if it never matched.
void leaves(Joining& j, const JoinSide& s, bool left, std::string_view key, std::string_view gone, i64 moment,
            Evicting& to) {
    if (s.outer && !has_matched(s, gone)) to.given.push_back(left ? JoinedRow{gone, {}} : JoinedRow{{}, gone});
    if (!s.outer) ++j.metrics.removed;
    const i64 own = s.moment.key < 0 ? moment : moment_of({-1, s.moment.row}, key, s.key_types, gone, s.row_types),
              micros = own == kNever ? 0 : own;
    to.moments.push_back(floor_div(micros, 1000));
}

/// Rows of one key that may go. The last row moves into the hole, so that places stay without gaps.
void clean_key(Joining& j, const JoinSide& s, bool left, JoinRows& own, u64 at, u32 number, Evicting& to) {
    const JoinPage& page = own.page(at);
    const KeptKey& k = page.keys[number];
    const std::string_view key = page.key(k);
    std::vector<u32>& rows = to.rows;
    page.rows_of(k, rows);
    const std::size_t before = rows.size();
    MR_ASSERT(before > 0);
    for (std::size_t i = 0; i < rows.size();) {
        const u32 gone = rows[i];
        if (!evictable(j, s, page.rows[gone].moment)) {
            ++i;
            continue;
        }
        if (rows.size() > 1 && s.moment.key < 0) {
            rows[i] = rows.back();
            row_changed(to.places, s, key, i, page.row(rows[i]));
        }
        row_changed(to.places, s, key, s.moment.key < 0 ? rows.size() - 1 : before - rows.size(), {});
        if (s.moment.key < 0) rows.pop_back();
        else rows.erase(rows.begin());
        leaves(j, s, left, key, page.row(gone), page.rows[gone].moment, to);
    }
    number_changed(to.numbers, key, rows.size());
    own.keep(at, number, rows);
}

bool any_evictable(const Joining& j, const JoinSide& s, const JoinPage& page, const KeptKey& k) {
    for (u32 r = k.rows > 0 ? k.first : kNoRow; r != kNoRow; r = page.rows[r].next)
        if (evictable(j, s, page.rows[r].moment)) return true;
    return false;
}

Part part_of(std::size_t from, std::size_t to) {
    MR_ASSERT(from <= to && to <= UINT32_MAX);
    return {static_cast<u32>(from), static_cast<u32>(to - from)};
}

void evict_page(Joining& j, const JoinSide& s, bool left, JoinRows& own, u64 at, const std::vector<u64>& buckets,
                Evicting& to) {
    for (u32 number = 0; number < own.page(at).keys.size(); ++number) {
        const JoinPage& page = own.page(at);
        const KeptKey& k = page.keys[number];
        if (!any_evictable(j, s, page, k)) continue;
        const std::string_view key = page.key(k);
        const i32 partition = k.partition;
        EvictedKey gone;
        gone.key = key;
        gone.partition = partition;
        gone.bucket = static_cast<u32>(bucket_in_store(key, buckets[static_cast<std::size_t>(partition)]));
        gone.came = k.came - own.came;  // numbers go around
        const std::size_t places = to.places.size(), numbers = to.numbers.size(), given = to.given.size(),
                          judged = to.moments.size();
        clean_key(j, s, left, own, at, number, to);
        gone.places = part_of(places, to.places.size());
        gone.numbers = part_of(numbers, to.numbers.size());
        gone.given = part_of(given, to.given.size());
        gone.judged = part_of(judged, to.moments.size());
        to.keys.push_back(gone);
    }
}

/// Buckets of each partition's store. `before`: its keys when the batch began.
std::vector<u64> buckets_of(const JoinRows& own, const std::vector<i64>& before) {
    std::vector<u64> out;
    MR_ASSERT(before.size() <= own.keys_in.size());
    for (std::size_t p = 0; p < own.keys_in.size(); ++p) {
        const i64 began = p < before.size() ? std::min(before[p], own.keys_in[p]) : 0;
        out.push_back(store_buckets(static_cast<u64>(began), static_cast<u64>(own.keys_in[p])));
    }
    return out;
}

/// The places of keys by partition, bucket and the order in which they came. Buckets are counted, not compared: they
/// are about as many as keys.
std::vector<u32> store_order(const std::vector<EvictedKey>& keys, const std::vector<u64>& buckets) {
    std::vector<u64> first(buckets.size() + 1, 0);  // of each partition
    for (std::size_t p = 0; p < buckets.size(); ++p) first[p + 1] = first[p] + buckets[p];
    const auto rank = [&](u32 i) { return first[static_cast<std::size_t>(keys[i].partition)] + keys[i].bucket; };
    std::vector<u32> starts(first.back() + 1, 0), out(keys.size());
    for (u32 i = 0; i < keys.size(); ++i) ++starts[rank(i) + 1];
    for (std::size_t r = 1; r < starts.size(); ++r) starts[r] += starts[r - 1];
    MR_ASSERT(starts.back() == keys.size());
    for (u32 i = 0; i < keys.size(); ++i) out[starts[rank(i)]++] = i;
    for (std::size_t at = 0; at < out.size();) {
        std::size_t end = at + 1;
        while (end < out.size() && rank(out[end]) == rank(out[at])) ++end;
        const auto from = out.begin() + static_cast<std::ptrdiff_t>(at),
                   to = out.begin() + static_cast<std::ptrdiff_t>(end);
        if (end - at > 1) std::sort(from, to, [&](u32 a, u32 b) { return keys[a].came < keys[b].came; });
        at = end;
    }
    return out;
}

/// What was gathered lies in memory in an order that has nothing to do with that of a store: it is asked for ahead of
/// the moment at which it is told, in two steps.
void fetch_ahead(const Evicting& done, const std::vector<u32>& order, std::size_t at) {
    if (at + 2 * kAhead < order.size()) __builtin_prefetch(&done.keys[order[at + 2 * kAhead]]);
    if (at + kAhead >= order.size()) return;
    const EvictedKey& k = done.keys[order[at + kAhead]];
    MR_ASSERT(k.places.size > 0 && k.numbers.size > 0 && k.judged.size > 0);
    for (u32 byte = 0; byte < k.places.size; byte += 64) __builtin_prefetch(done.places.data() + k.places.from + byte);
    __builtin_prefetch(done.numbers.data() + k.numbers.from);
    __builtin_prefetch(done.moments.data() + k.judged.from);
    __builtin_prefetch(k.key.data());
}

/// Room for what is told.
void reserve_told(const JoinSide& s, const Evicting& done, EvictedRows& told) {
    std::vector<std::size_t> places(s.places.size(), 0), numbers(s.places.size(), 0);
    std::size_t keys = 0;
    for (const EvictedKey& k : done.keys) {
        const auto p = static_cast<std::size_t>(k.partition);
        MR_ASSERT(p < places.size());
        places[p] += k.places.size;
        numbers[p] += k.numbers.size;
        keys += k.key.size();
    }
    told.keys.bytes.reserve(keys);
    for (std::size_t p = 0; p < places.size(); ++p) {
        s.places[p]->reserve(s.places[p]->size() + places[p]);
        s.numbers[p]->reserve(s.numbers[p]->size() + numbers[p]);
    }
}

/// Tells what was gathered, in the stores' order.
void tell(Joining& j, const JoinSide& s, Evicting& done, const std::vector<u64>& buckets) {
    MR_ASSERT(!done.keys.empty() && done.keys.back().judged.size > 0);
    EvictedRows& told = j.r.out.evicted.emplace_back();
    told.op = j.op;
    told.after = j.r.out.judgements.size();
    told.watermark_ms = j.r.evict[j.op];
    told.key_types = s.key_types;
    told.keys.ends.reserve(done.keys.size());
    told.until.reserve(done.keys.size());
    told.event_ms.reserve(done.moments.size());
    reserve_told(s, done, told);
    const std::vector<u32> order = store_order(done.keys, buckets);
    for (std::size_t n = 0; n < order.size(); ++n) {
        fetch_ahead(done, order, n);
        const EvictedKey& k = done.keys[order[n]];
        const auto partition = static_cast<std::size_t>(k.partition);
        s.places[partition]->append(done.places, k.places.from, k.places.size);
        s.numbers[partition]->append(done.numbers, k.numbers.from, k.numbers.size);
        for (u32 g = 0; g < k.given.size; ++g) j.given.push_back(done.given[k.given.from + g]);
        if (j.ordered) j.partitions.resize(j.partitions.size() + k.given.size, k.partition);
        told.keys.add(k.key);
        const auto first = done.moments.begin() + k.judged.from;
        told.event_ms.insert(told.event_ms.end(), first, first + k.judged.size);
        told.until.push_back(static_cast<u32>(told.event_ms.size()));
    }
}

void clean(Joining& j, const JoinSide& s, bool left, JoinRows& own, const std::vector<i64>& before) {
    MR_ASSERT(s.moment.row < static_cast<int>(s.width()));
    if (s.moment.key < 0 && (!s.value_ms || s.moment.row < 0)) return;
    const std::vector<u64> buckets = buckets_of(own, before);
    Evicting done;
    std::vector<u64> pages;
    for (u64 at = 0; at < own.pages.size(); ++at) {
        const std::size_t known = done.keys.size();
        evict_page(j, s, left, own, at, buckets, done);
        if (done.keys.size() > known) pages.push_back(at);
    }
    if (done.keys.empty()) return;
    tell(j, s, done, buckets);
    settle(j);
    JoinPage scratch;
    for (const u64 page : pages) own.sweep(page, scratch);
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
