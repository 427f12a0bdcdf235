// What joins of two streams forget: rows that the watermark says nothing can match any more. They are found page by
// page, as they lie in memory, and told in the order in which Spark goes through its stores.
#include <algorithm>
#include <numeric>

#include "engine/stream/join_parts.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

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

}  // namespace

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

}  // namespace engine::spark
