#include "engine/operators/key_table.h"

#include <bit>
#include <cstring>

#include "engine/plan/row_hash.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

void put64(std::string& out, u64 v) { out.append(reinterpret_cast<const char*>(&v), 8); }

u64 real_bits(double v) {
    if (v == 0) return 0;
    if (v != v) return 0x7ff8000000000000ull;
    return std::bit_cast<u64>(v);
}

u64 hash_of(std::string_view key) { return static_cast<u64>(xxhash_bytes(key, 0)); }

}  // namespace

void encode_cell(const Column& c, i64 row, std::string& out) {
    MR_ASSERT(row >= 0 && row < c.size);
    if (c.null(row) || c.type.id == TypeId::void_) {
        out += '\0';
        return;
    }
    out += '\1';
    const std::size_t i = c.at(row);
    switch (physical_of(c.type)) {
        case Physical::none: break;
        case Physical::ints: put64(out, static_cast<u64>(c.ints[i])); break;
        case Physical::reals: put64(out, real_bits(c.reals[i])); break;
        case Physical::decimals:
            put64(out, static_cast<u64>(static_cast<u128>(c.decimals[i])));
            put64(out, static_cast<u64>(static_cast<u128>(c.decimals[i]) >> 64));
            break;
        case Physical::strings:
            put64(out, c.strings[i].size());
            out += c.strings[i];
            break;
        case Physical::list:
            put64(out, c.offsets[i + 1] - c.offsets[i]);
            for (u32 k = c.offsets[i]; k < c.offsets[i + 1]; ++k)
                for (const Column& child : c.children) encode_cell(child, k, out);
            break;
        case Physical::fields:
            for (const Column& child : c.children) encode_cell(child, static_cast<i64>(i), out);
            break;
    }
}

void encode_key(std::span<const Column> columns, i64 row, std::string& out) {
    out.clear();
    for (const Column& c : columns) encode_cell(c, row, out);
}

bool key_has_null(std::span<const Column> columns, i64 row) {
    MR_ASSERT(row >= 0);
    for (const Column& c : columns)
        if (c.type.id == TypeId::void_ || c.null(row)) return true;
    return false;
}

void KeyTable::grow() {
    MR_ASSERT(keys.size() == hashes.size());
    slots.assign(slots.size() * 2, 0);
    const u64 mask = slots.size() - 1;
    for (u32 i = 0; i < keys.size(); ++i) {
        u64 at = hashes[i] & mask;
        while (slots[at] != 0) at = (at + 1) & mask;
        slots[at] = i + 1;
    }
}

u32 KeyTable::put(std::string_view key, bool* added) {
    MR_ASSERT((slots.size() & (slots.size() - 1)) == 0);
    const u64 h = hash_of(key);
    const u64 mask = slots.size() - 1;
    u64 at = h & mask;
    for (; slots[at] != 0; at = (at + 1) & mask) {
        const u32 k = slots[at] - 1;
        if (hashes[k] == h && keys[k] == key) {
            if (added) *added = false;
            return k;
        }
    }
    const u32 k = size();
    slots[at] = k + 1;
    hashes.push_back(h);
    keys.push_back(heap.add(key));
    if (added) *added = true;
    if (keys.size() * 2 > slots.size()) grow();
    return k;
}

i64 KeyTable::find(std::string_view key) const {
    const u64 h = hash_of(key);
    const u64 mask = slots.size() - 1;
    for (u64 at = h & mask; slots[at] != 0; at = (at + 1) & mask) {
        const u32 k = slots[at] - 1;
        if (hashes[k] == h && keys[k] == key) return k;
    }
    return -1;
}

void group_rows(KeyTable& table, std::span<const Column> keys, i64 rows, std::vector<u32>& groups) {
    MR_ASSERT(rows >= 0);
    groups.resize(static_cast<std::size_t>(rows));
    std::string key, last;
    u32 last_group = 0;
    for (i64 i = 0; i < rows; ++i) {
        encode_key(keys, i, key);
        // Neighbours often share their key.
        if (i == 0 || key != last) {
            last_group = table.put(key);
            last.swap(key);
        }
        groups[static_cast<std::size_t>(i)] = last_group;
    }
}

}  // namespace engine::spark
