#include "engine/stream/join_rows.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "engine/plan/row_hash.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

u32 put_bytes(JoinPage& page, std::string_view bytes) {
    const auto at = static_cast<u32>(page.bytes.size());
    MR_ASSERT(page.bytes.size() + bytes.size() < UINT32_MAX);
    page.bytes += bytes;
    return at;
}

u32 put_row(JoinPage& page, std::string_view row, i64 moment) {
    MR_ASSERT(!row.empty());
    page.rows.push_back({moment, put_bytes(page, row), static_cast<u32>(row.size()), kNoRow});
    return static_cast<u32>(page.rows.size() - 1);
}

void add_key(JoinPage& page, KeptKey key) {
    u32& bucket = page.buckets[key.hash % kBucketsAPage];
    key.next = std::exchange(bucket, static_cast<u32>(page.keys.size()));
    page.keys.push_back(key);
    MR_ASSERT(key.next == kNoKey || key.next < bucket);
}

/// Copies a key with its rows.
void move_key(const JoinPage& from, const KeptKey& k, JoinPage& to) {
    MR_ASSERT(k.rows > 0 && k.first != kNoRow);
    KeptKey copy = k;
    copy.at = put_bytes(to, from.key(k));
    copy.first = copy.last = kNoRow;
    for (u32 r = k.first; r != kNoRow; r = from.rows[r].next) {
        const u32 placed = put_row(to, from.row(r), from.rows[r].moment);
        if (copy.first == kNoRow) copy.first = placed;
        else to.rows[copy.last].next = placed;
        copy.last = placed;
    }
    add_key(to, copy);
}

void make_room(JoinPage& page, std::size_t keys, std::size_t bytes) {
    page.keys.reserve(keys);
    page.rows.reserve(keys);
    page.bytes.reserve(bytes);
    MR_ASSERT(page.rows.capacity() >= keys);
}

JoinPage* new_page(const JoinPage& like) {
    auto* page = new JoinPage;
    make_room(*page, like.keys.size(), like.bytes.size());
    return page;
}

/// Twice as many pages: those of one page go to it and to the one as far behind it as there were pages.
void split(JoinRows& all) {
    const u64 before = all.pages.size();
    std::vector<PageSlot> low, high;
    for (u64 i = 0; i < before; ++i) {
        const JoinPage& page = all.page(i);
        JoinPage *stay = new_page(page), *go = new_page(page);
        low.push_back({sim::Ref<JoinPage>(stay), all.pages[i].soonest});
        high.push_back({sim::Ref<JoinPage>(go), all.pages[i].soonest});
        for (const KeptKey& k : page.keys) move_key(page, k, (k.hash >> kBucketBits & before) != 0 ? *go : *stay);
    }
    all.pages.truncate(0);
    for (auto& slot : low) all.pages.push_back(std::move(slot));
    for (auto& slot : high) all.pages.push_back(std::move(slot));
    MR_ASSERT(all.pages.size() == before * 2);
}

/// How many of the hashes differ, by the places they fall on; a few too few where two share a place.
i64 about_distinct(const std::vector<u32>& hashes) {
    std::vector<bool> seen(std::bit_ceil(hashes.size() * 4 + 1));
    i64 out = 0;
    for (const u32 h : hashes) {
        const auto place = h & (seen.size() - 1);
        out += seen[place] ? 0 : 1;
        seen[place] = true;
    }
    return out;
}

}  // namespace

const KeptKey* JoinPage::find(u32 hash, std::string_view wanted) const {
    for (u32 i = buckets[hash % kBucketsAPage]; i != kNoKey; i = keys[i].next)
        if (keys[i].hash == hash && keys[i].rows > 0 && key(keys[i]) == wanted) return &keys[i];
    return nullptr;
}

std::vector<u32> JoinPage::rows_of(const KeptKey& k) const {
    std::vector<u32> out;
    rows_of(k, out);
    return out;
}

void JoinPage::rows_of(const KeptKey& k, std::vector<u32>& out) const {
    out.clear();
    out.reserve(k.rows);
    for (u32 r = k.first; r != kNoRow; r = rows[r].next) out.push_back(r);
    MR_ASSERT(out.size() == k.rows);
}

JoinPage& JoinRows::edit(u64 i) {
    sim::Ref<JoinPage>& page = pages.edit(i).page;  // from here on nobody shares the reference
    if (!page.unique()) page = sim::Ref<JoinPage>(new JoinPage(*page));
    MR_ASSERT(page.unique());
    return const_cast<JoinPage&>(*page);
}

void JoinRows::reserve(const std::vector<u32>& hashes) {
    if (pages.empty()) pages.push_back({sim::Ref<JoinPage>(new JoinPage), kNever});
    const i64 more = about_distinct(hashes);
    while (static_cast<i64>(pages.size()) * kBucketsAPage < keys + more) split(*this);
    MR_ASSERT(std::has_single_bit(pages.size()));
}

u32 JoinRows::add(u32 hash, i32 partition, std::string_view key, std::string_view row, i64 moment) {
    const u64 at = page_of(hash);
    MR_ASSERT(partition >= 0 && !pages.empty());
    JoinPage& p = edit(at);
    if (i64& soonest = pages.edit(at).soonest; moment < soonest) soonest = moment;
    if (p.keys.capacity() == 0) make_room(p, kBucketsAPage, kBucketsAPage * (key.size() + row.size()));
    auto* k = const_cast<KeptKey*>(p.find(hash, key));
    if (k == nullptr) {
        const u32 placed = put_bytes(p, key);
        add_key(p, {hash, placed, static_cast<u32>(key.size()), partition, 0, kNoRow, kNoRow, came, kNoKey});
        k = &p.keys.back();
        ++keys;
        if (keys_in.size() <= static_cast<std::size_t>(partition))
            keys_in.resize(static_cast<std::size_t>(partition) + 1);
        ++keys_in[static_cast<std::size_t>(partition)];
    }
    const u32 placed = put_row(p, row, moment);
    if (k->rows == 0) k->first = placed;
    else p.rows[k->last].next = placed;
    k->last = placed;
    ++rows;
    ++came;
    return ++k->rows;
}

void JoinRows::keep(JoinPage& p, u32 key, std::span<const u32> kept) {
    KeptKey& k = p.keys[key];
    MR_ASSERT(kept.size() <= k.rows && k.rows > 0);
    rows -= static_cast<i64>(k.rows - kept.size());
    k.rows = static_cast<u32>(kept.size());
    k.first = kept.empty() ? kNoRow : kept.front();
    k.last = kept.empty() ? kNoRow : kept.back();
    for (std::size_t i = 0; i < kept.size(); ++i) p.rows[kept[i]].next = i + 1 < kept.size() ? kept[i + 1] : kNoRow;
    if (!kept.empty()) return;
    --keys;
    --keys_in[static_cast<std::size_t>(k.partition)];
    MR_ASSERT(keys >= 0 && keys_in[static_cast<std::size_t>(k.partition)] >= 0);
}

void JoinRows::sweep(u64 at, JoinPage& scratch) {
    constexpr std::size_t kMostRoom = 16;  // times what is kept
    scratch.keys.clear();
    scratch.rows.clear();
    scratch.bytes.clear();
    scratch.buckets.fill(kNoKey);
    for (const KeptKey& k : page(at).keys)
        if (k.rows > 0) move_key(page(at), k, scratch);
    MR_ASSERT(scratch.keys.size() <= page(at).keys.size());
    i64& soonest = pages.edit(at).soonest = kNever;
    for (const KeptRow& r : scratch.rows) soonest = std::min(soonest, r.moment);
    sim::Ref<JoinPage>& own = pages.edit(at).page;
    if (!own.unique() || own->rows.capacity() > kMostRoom * (scratch.rows.size() + 1)) {
        own = sim::Ref<JoinPage>(new JoinPage(scratch));
        return;
    }
    auto& p = const_cast<JoinPage&>(*own);
    p.keys = scratch.keys;
    p.rows = scratch.rows;
    p.bytes.assign(scratch.bytes);
    p.buckets = scratch.buckets;
}

u32 hash_of_key(std::string_view key) {
    constexpr i32 kSeed = 42;  // of an UnsafeRow's hash code
    const auto h = static_cast<u32>(murmur_bytes(key, kSeed));
    return h ^ h >> 16;
}

void for_each_key(const JoinRows& all, const std::function<void(const JoinPage&, const KeptKey&)>& visit) {
    std::vector<std::pair<const JoinPage*, const KeptKey*>> found;
    for (u64 i = 0; i < all.pages.size(); ++i)
        for (const KeptKey& k : all.page(i).keys)
            if (k.rows > 0) found.emplace_back(&all.page(i), &k);
    MR_ASSERT(static_cast<i64>(found.size()) == all.keys);
    std::ranges::sort(found, [](const auto& a, const auto& b) {
        return std::tuple(a.second->partition, a.first->key(*a.second)) <
               std::tuple(b.second->partition, b.first->key(*b.second));
    });
    for (const auto& [page, key] : found) visit(*page, *key);
}

}  // namespace engine::spark
