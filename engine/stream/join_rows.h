// The rows that one side of a stream join keeps: by key, under each key in the order in which they came.
//
// Keys are spread over pages by their hash. A page is so many neighbouring buckets of the hash table that Spark's state
// store is, with about as many keys, and holds their rows as bytes (unsafe_row.h), in one piece. Who goes through keys
// bucket by bucket, as Spark does when rows leave, goes from page to page. Copies of the whole share pages: the first
// change of a page after a copy copies that page alone.
//
// Invariant: `pages` is a power of two; a key lies in the page that the bits of its hash above those of its bucket in
// the page name; `keys` and `rows` count what the pages hold, `keys_in` by partition; no row of a page may go sooner
// than its slot says.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/types.h"
#include "sim/base/persistent_vec.h"
#include "sim/base/ref.h"

namespace engine::spark {

inline constexpr u32 kNoRow = UINT32_MAX;
inline constexpr u32 kNoKey = UINT32_MAX;
inline constexpr i64 kNever = INT64_MAX;
inline constexpr u32 kBucketBits = 5;  ///< of a hash: the bucket in a page
inline constexpr u32 kBucketsAPage = 1U << kBucketBits;

struct KeptRow {
    i64 moment = kNever;  ///< microseconds: once a watermark has reached it, the row may go
    u32 at = 0;           ///< in the page's bytes
    u32 size = 0;
    u32 next = kNoRow;
};

struct KeptKey {
    u32 hash = 0;
    u32 at = 0;  ///< in the page's bytes
    u32 size = 0;
    i32 partition = 0;
    u32 rows = 0;
    u32 first = kNoRow;
    u32 last = kNoRow;
    u32 came = 0;       ///< when its first row did
    u32 next = kNoKey;  ///< in its bucket
};

struct JoinPage : sim::Shared {
    std::vector<KeptKey> keys;
    std::vector<KeptRow> rows;
    std::string bytes;
    std::array<u32, kBucketsAPage> buckets;  ///< the newest key of each

    JoinPage() { buckets.fill(kNoKey); }
    [[nodiscard]] std::string_view key(const KeptKey& k) const { return std::string_view(bytes).substr(k.at, k.size); }
    [[nodiscard]] std::string_view row(u32 r) const { return std::string_view(bytes).substr(rows[r].at, rows[r].size); }
    [[nodiscard]] const KeptKey* find(u32 hash, std::string_view key) const;
    /// The rows of a key, as places in `rows`.
    [[nodiscard]] std::vector<u32> rows_of(const KeptKey& k) const;
    /// The same, written over `out`.
    void rows_of(const KeptKey& k, std::vector<u32>& out) const;
};

/// A page, and the earliest moment at which one of its rows may go.
struct PageSlot {
    sim::Ref<JoinPage> page;
    i64 soonest = kNever;
};

struct JoinRows {
    sim::PersistentVec<PageSlot> pages;
    std::vector<i64> keys_in;  ///< by partition
    i64 keys = 0;
    i64 rows = 0;
    u32 came = 0;  ///< rows that came so far; goes around

    [[nodiscard]] i64 size() const { return keys; }
    /// The page a hash names. Requires that there is one.
    [[nodiscard]] u64 page_of(u32 hash) const { return hash >> kBucketBits & (pages.size() - 1); }
    [[nodiscard]] const JoinPage& page(u64 i) const { return *pages[i].page; }
    /// A page, for writing.
    JoinPage& edit(u64 i);
    /// Makes room for keys of these hashes.
    void reserve(const std::vector<u32>& hashes);
    /// Adds a row; how many its key has now. Requires room for the key.
    u32 add(u32 hash, i32 partition, std::string_view key, std::string_view row, i64 moment);
    /// Gives a key of a page that was brought by `edit` the rows named, in their order; the others go. A key without
    /// rows is gone after `sweep`.
    void keep(JoinPage& page, u32 key, std::span<const u32> rows);
    /// Drops what `keep` left behind in a page. Its room stays for rows to come, unless there is far too much of it.
    /// `scratch`: written over.
    void sweep(u64 page, JoinPage& scratch);
};

/// What Java's hash table makes of the key, a row of Spark's: its low bits are the bucket that a state store has it in.
u32 hash_of_key(std::string_view key);
/// All keys by partition and bytes, for digests and people.
void for_each_key(const JoinRows& rows, const std::function<void(const JoinPage&, const KeptKey&)>& visit);

}  // namespace engine::spark
