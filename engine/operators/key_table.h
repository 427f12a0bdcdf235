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

/// Invariant: at most half of the slots are used; slot values are key numbers plus one.
struct KeyTable {
    std::vector<u32> slots = std::vector<u32>(64, 0);
    std::vector<u64> hashes;
    std::vector<std::string_view> keys;
    Heap heap;

    [[nodiscard]] u32 size() const { return static_cast<u32>(keys.size()); }
    /// The key's number, new if it was not there.
    u32 put(std::string_view key, bool* added = nullptr);
    /// The key's number, or -1.
    [[nodiscard]] i64 find(std::string_view key) const;

private:
    void grow();
};

/// Numbers for the keys of a batch. Single columns of numbers or text take a shorter way.
void group_rows(KeyTable& table, std::span<const Column> keys, i64 rows, std::vector<u32>& groups);

}  // namespace engine::spark
