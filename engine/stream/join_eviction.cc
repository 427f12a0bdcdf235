// What joins of two streams forget: rows that the watermark says nothing can match any more. They are found page by
// page, as they lie in memory, and told in the order in which Spark goes through its stores.
#include <algorithm>

#include "engine/stream/join_parts.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A key that rows leave: where it lies, and its place among what is told.
struct EvictedKey {
    u32 rank = 0;  ///< of its bucket, among those of all stores
    u32 came = 0;  ///< keys of a bucket ascend by it in the order in which they came
    u32 page = 0;
    u32 number = 0;  ///< in its page
};
static_assert(sizeof(EvictedKey) == 16);

/// Keys are found page by page, as they lie in memory; their rows leave in the order in which Spark goes through its
/// stores.
struct Evicting {
    std::vector<u64> buckets;     ///< of each partition's store
    std::vector<u32> first;       ///< the rank of each store's first bucket; one more at the end
    std::vector<EvictedKey> keys;
    std::vector<JoinPage*> pages;  ///< those that rows leave, for writing
    std::size_t key_bytes = 0, key_rows = 0;
    std::vector<u32> rows;  ///< of the key at hand
};

/// A row leaves for good: outer joins give it if it never matched.
void leaves(Joining& j, const JoinSide& s, bool left, std::string_view key, i32 partition, std::string_view gone,
            i64 moment, EvictedRows& told) {
    if (s.outer && !has_matched(s, gone)) {
        j.given.push_back(left ? JoinedRow{gone, {}} : JoinedRow{{}, gone});
        if (j.ordered) j.partitions.push_back(partition);
    }
    if (!s.outer) ++j.metrics.removed;
    const i64 own = s.moment.key < 0 ? moment : moment_of({-1, s.moment.row}, key, s.key_types, gone, s.row_types),
              micros = own == kNever ? 0 : own;
    told.event_ms.push_back(floor_div(micros, 1000));
}

/// Rows of one key that may go. The last row moves into the hole, so that places stay without gaps.
void clean_key(Joining& j, const JoinSide& s, bool left, JoinRows& own, JoinPage& page, u32 number,
               std::vector<u32>& rows, EvictedRows& told) {
    const KeptKey& k = page.keys[number];
    const std::string_view key = page.key(k);
    StateBody& places = *s.places[static_cast<std::size_t>(k.partition)];
    page.rows_of(k, rows);
    const std::size_t before = rows.size();
    MR_ASSERT(before > 0);
    for (std::size_t i = 0; i < rows.size();) {
        const u32 gone = rows[i];
        if (!s.evictable(page.rows[gone].moment)) {
            ++i;
            continue;
        }
        if (i + 1 < rows.size() && s.moment.key < 0) {
            rows[i] = rows.back();
            row_changed(places, s, key, i, page.row(rows[i]));
        }
        row_changed(places, s, key, s.moment.key < 0 ? rows.size() - 1 : before - rows.size(), {});
        if (s.moment.key < 0) rows.pop_back();
        else rows.erase(rows.begin());
        leaves(j, s, left, key, k.partition, page.row(gone), page.rows[gone].moment, told);
    }
    number_changed(*s.numbers[static_cast<std::size_t>(k.partition)], key, rows.size());
    told.keys.add(key);
    told.until.push_back(static_cast<u32>(told.event_ms.size()));
    own.keep(page, number, rows);
}

bool any_evictable(const JoinSide& s, const JoinPage& page, const KeptKey& k) {
    for (u32 r = k.rows > 0 ? k.first : kNoRow; r != kNoRow; r = page.rows[r].next)
        if (s.evictable(page.rows[r].moment)) return true;
    return false;
}

/// The keys of a page that rows leave.
void find_evicted(const JoinSide& s, JoinRows& own, u32 at, Evicting& to) {
    if (!s.evictable(own.pages[at].soonest)) return;
    const JoinPage& page = own.page(at);
    const std::size_t known = to.keys.size();
    for (u32 number = 0; number < page.keys.size(); ++number) {
        const KeptKey& k = page.keys[number];
        if (!any_evictable(s, page, k)) continue;
        const auto partition = static_cast<std::size_t>(k.partition);
        const auto bucket = static_cast<u32>(k.hash & (to.buckets[partition] - 1));
        to.keys.push_back({to.first[partition] + bucket, k.came - own.came, at, number});  // what came goes around
        to.key_bytes += k.size;
        to.key_rows += k.rows;
    }
    if (to.keys.size() > known) to.pages[at] = &own.edit(at);
}

/// `before`: keys of each partition when the batch began.
Evicting evicting(const JoinRows& own, const std::vector<i64>& before) {
    Evicting out;
    MR_ASSERT(before.size() <= own.keys_in.size());
    const std::size_t partitions = own.keys_in.size();
    u64 ranks = 0;
    for (std::size_t p = 0; p < partitions; ++p) {
        const i64 began = p < before.size() ? std::min(before[p], own.keys_in[p]) : 0;
        out.buckets.push_back(store_buckets(static_cast<u64>(began), static_cast<u64>(own.keys_in[p])));
        out.first.push_back(static_cast<u32>(ranks));
        ranks += out.buckets.back();
    }
    MR_ASSERT(ranks < UINT32_MAX);
    out.first.push_back(static_cast<u32>(ranks));
    out.pages.assign(own.pages.size(), nullptr);
    return out;
}

/// The keys by partition, bucket and the order in which they came. Buckets are counted, not compared: they are about as
/// many as keys.
std::vector<EvictedKey> in_store_order(const Evicting& all) {
    std::vector<u32> starts(all.first.back() + 1, 0);
    std::vector<EvictedKey> out(all.keys.size());
    for (const EvictedKey& k : all.keys) ++starts[k.rank + 1];
    for (std::size_t r = 1; r < starts.size(); ++r) starts[r] += starts[r - 1];
    MR_ASSERT(starts.back() == out.size());
    for (const EvictedKey& k : all.keys) out[starts[k.rank]++] = k;
    const auto earlier = [](const EvictedKey& a, const EvictedKey& b) { return a.came < b.came; };
    for (auto at = out.begin(); at != out.end();) {
        auto end = at + 1;
        while (end != out.end() && end->rank == at->rank) ++end;
        if (end - at > 1) std::sort(at, end, earlier);
        at = end;
    }
    return out;
}

/// A page's keys do not lie in the order of its buckets, and one partition's store may have fewer buckets than all
/// pages together: places are asked for ahead of the moment at which rows leave, in two steps.
void fetch_ahead(const Evicting& all, const std::vector<EvictedKey>& order, std::size_t at) {
    constexpr std::size_t kKeysOf = 2 * kAhead, kRowsOf = kAhead;
    if (at + kKeysOf < order.size()) {
        const EvictedKey& k = order[at + kKeysOf];
        __builtin_prefetch(all.pages[k.page]->keys.data() + k.number, 1);
    }
    if (at + kRowsOf < order.size()) {
        const EvictedKey& e = order[at + kRowsOf];
        const JoinPage& page = *all.pages[e.page];
        const KeptKey& k = page.keys[e.number];
        MR_ASSERT(k.rows > 0);
        __builtin_prefetch(page.rows.data() + k.first);
        __builtin_prefetch(page.bytes.data() + k.at);
    }
}

}  // namespace

void clean(Joining& j, const JoinSide& s, bool left, JoinRows& own, const std::vector<i64>& before) {
    MR_ASSERT(s.moment.row < static_cast<int>(s.width()));
    if (!s.last_evictable) return;
    Evicting all = evicting(own, before);
    for (u32 at = 0; at < own.pages.size(); ++at) find_evicted(s, own, at, all);
    if (all.keys.empty()) return;
    EvictedRows& told = j.r.out.evicted.emplace_back();
    told.op = j.op;
    told.after = j.r.out.judgements.size();
    told.watermark_ms = j.r.evict[j.op];
    told.key_types = s.key_types;
    told.keys.bytes.reserve(all.key_bytes);
    told.until.reserve(all.keys.size());
    told.event_ms.reserve(all.key_rows);
    const std::vector<EvictedKey> order = in_store_order(all);
    for (std::size_t n = 0; n < order.size(); ++n) {
        fetch_ahead(all, order, n);
        clean_key(j, s, left, own, *all.pages[order[n].page], order[n].number, all.rows, told);
    }
    MR_ASSERT(told.until.size() == order.size());
    settle(j, true);
    JoinPage scratch;
    for (u64 at = 0; at < all.pages.size(); ++at)
        if (all.pages[at] != nullptr) own.sweep(at, scratch);
}

}  // namespace engine::spark
