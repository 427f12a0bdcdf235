// Rows by key: the hash table under aggregates, joins, DISTINCT and set operations. A key is the columns of a
// row as bytes, such that equal values (null with null, 0.0 with -0.0, NaN with NaN) have equal bytes.
#pragma once

#include <string_view>
#include <vector>

#include "engine/plan/column.h"

namespace engine::spark {

/// Appends one cell to a key.
void encode_cell(const Column& column, i64 row, std::string& out);
void encode_key(std::span<const Column> columns, i64 row, std::string& out);
/// Whether a key of these columns has a null in this row.
bool key_has_null(std::span<const Column> columns, i64 row);

/// How many words a key of these columns takes, with the word of its null flags; 0 if it does not fit words (text,
/// lists) or has more than 63 cells.
u32 key_words(std::span<const Column> columns);

/// A key is bytes, or `width` words in `words`, for all keys of a table alike. A slot has the upper half of the hash
/// beside the key's number, so that a miss is seen without a look at the key, and a hit needs one.
/// Invariant: at most half of the slots are used; slot values are key numbers plus one.
struct KeyTable {
    struct Slot {
        u32 key = 0;
        u32 tag = 0;
    };
    std::vector<Slot> slots = std::vector<Slot>(64);
    std::vector<u64> hashes;
    std::vector<std::string_view> keys;
    Heap heap;
    u32 width = 0;
    std::vector<u64> words;

    [[nodiscard]] u32 size() const { return static_cast<u32>(hashes.size()); }
    /// The key's number, new if it was not there.
    u32 put(std::string_view key, bool* added = nullptr);
    /// The key's number, or -1.
    [[nodiscard]] i64 find(std::string_view key) const;
    /// The same for keys of words.
    u32 put_words(const u64* key, u64 hash);
    [[nodiscard]] i64 find_words(const u64* key, u64 hash) const;

private:
    u32 add(u64 hash, u64 slot);
    void grow();
};

/// Numbers for the keys of a batch, new where they were not there. Keys that fit words are gathered a column at a time
/// and hashed together; their slots are fetched ahead.
void group_rows(KeyTable& table, std::span<const Column> keys, i64 rows, std::vector<u32>& groups);
/// Numbers of the keys of rows from .. to of a batch, -1 for those that are not there. Requires keys of the table's
/// types.
void find_rows(const KeyTable& table, std::span<const Column> keys, i64 from, i64 to, std::vector<i32>& found);

}  // namespace engine::spark
