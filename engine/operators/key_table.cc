#include "engine/operators/key_table.h"

#include <algorithm>
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

namespace {

constexpr u64 kOdd1 = 0x9E3779B185EBCA87ull, kOdd2 = 0xC2B2AE3D27D4EB4Full;
/// So many rows ahead of the one at hand memory is asked for: enough to hide its latency.
constexpr std::size_t kAhead = 12;

u32 tag_of(u64 hash) { return static_cast<u32>(hash >> 32); }

u64 hash_of_words(const u64* words, u32 width) {
    u64 h = width;
    for (u32 i = 0; i < width; ++i) h = std::rotl(h ^ (words[i] * kOdd2), 31) * kOdd1;
    h = (h ^ (h >> 29)) * kOdd2;
    return h ^ (h >> 32);
}

bool same_words(const u64* a, const u64* b, u32 width) {
    u64 differ = 0;
    for (u32 i = 0; i < width; ++i) differ |= a[i] ^ b[i];
    return differ == 0;
}

/// Words and null flags that a type takes; 0 words = does not fit.
struct Cells {
    u32 words = 0;
    u32 flags = 0;
};

Cells cells_of(const Column& c) {
    switch (physical_of(c.type)) {
        case Physical::ints:
        case Physical::reals: return {1, 1};
        case Physical::decimals: return {2, 1};
        case Physical::fields: {
            Cells out{0, 1};
            for (const Column& child : c.children) {
                const Cells inner = cells_of(child);
                if (inner.words == 0) return {};
                out = {out.words + inner.words, out.flags + inner.flags};
            }
            return out;
        }
        case Physical::none: case Physical::strings: case Physical::list: break;
    }
    return {};
}

/// Keys of rows, one after the other: the null flags, then the words of each cell.
struct Words {
    u32 width;
    i64 from, rows;
    std::vector<u64> keys;
    u32 word = 1, flag = 0;  ///< where the next cell goes

    [[nodiscard]] u64* row(std::size_t i) { return keys.data() + i * width; }
};

template <class Word>
void put_cells(Words& w, bool constant, Word word) {
    MR_ASSERT(w.word < w.width);
    u64* to = w.keys.data() + w.word++;
    const auto from = static_cast<std::size_t>(w.from), n = static_cast<std::size_t>(w.rows);
    for (std::size_t i = 0; i < n; ++i, to += w.width) *to = word(constant ? 0 : from + i);
}

/// Sets the flag of null cells and clears what lies inside them, from a word and a flag on.
void put_nulls(Words& w, const Column& c, bool constant, u32 word, u32 flag) {
    MR_ASSERT(flag < w.flag && word <= w.word);
    const u64 inside = ((u64{1} << w.flag) - 1) & ~((u64{1} << flag) - 1);
    const auto from = static_cast<std::size_t>(w.from);
    for (std::size_t i = 0; i < static_cast<std::size_t>(w.rows); ++i) {
        if (c.nulls[constant ? 0 : from + i] == 0) continue;
        u64* key = w.row(i);
        key[0] = (key[0] & ~inside) | u64{1} << flag;
        std::fill(key + word, key + w.word, 0);
    }
}

void put_column(Words& w, const Column& c, bool constant) {
    const u32 word = w.word, flag = w.flag++;
    switch (physical_of(c.type)) {
        case Physical::ints: put_cells(w, constant, [&](std::size_t i) { return static_cast<u64>(c.ints[i]); }); break;
        case Physical::reals: put_cells(w, constant, [&](std::size_t i) { return real_bits(c.reals[i]); }); break;
        case Physical::decimals:
            put_cells(w, constant, [&](std::size_t i) { return static_cast<u64>(static_cast<u128>(c.decimals[i])); });
            put_cells(w, constant,
                      [&](std::size_t i) { return static_cast<u64>(static_cast<u128>(c.decimals[i]) >> 64); });
            break;
        case Physical::fields:
            for (const Column& child : c.children) put_column(w, child, constant || child.constant);
            break;
        case Physical::none: case Physical::strings: case Physical::list: MR_ASSERT(false && "does not fit words");
    }
    if (!c.nulls.empty()) put_nulls(w, c, constant, word, flag);
}

Words words_of(std::span<const Column> columns, i64 from, i64 rows, u32 width) {
    Words w{.width = width, .from = from, .rows = rows, .keys = {}};
    w.keys.assign(static_cast<std::size_t>(rows) * width, 0);
    if (rows == 0) return w;
    for (const Column& c : columns) put_column(w, c, c.constant);
    MR_ASSERT(w.word == width);
    return w;
}

std::vector<u64> hashes_of(Words& w) {
    std::vector<u64> out(static_cast<std::size_t>(w.rows));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = hash_of_words(w.row(i), w.width);
    return out;
}

}  // namespace

u32 key_words(std::span<const Column> columns) {
    Cells all{1, 0};
    for (const Column& c : columns) {
        const Cells cells = cells_of(c);
        if (cells.words == 0) return 0;
        all = {all.words + cells.words, all.flags + cells.flags};
    }
    return columns.empty() || all.flags > 63 ? 0 : all.words;
}

void KeyTable::grow() {
    constexpr std::size_t kSmall = 1 << 16;
    slots.assign(slots.size() * (slots.size() < kSmall ? 4 : 2), {});
    const u64 mask = slots.size() - 1;
    for (u32 i = 0; i < hashes.size(); ++i) {
        u64 at = hashes[i] & mask;
        while (slots[at].key != 0) at = (at + 1) & mask;
        slots[at] = {i + 1, tag_of(hashes[i])};
    }
    MR_ASSERT(hashes.size() * 2 <= slots.size());
}

u32 KeyTable::add(u64 hash, u64 slot) {
    MR_ASSERT(slots[slot].key == 0);
    const u32 k = size();
    slots[slot] = {k + 1, tag_of(hash)};
    hashes.push_back(hash);
    if (hashes.size() * 2 > slots.size()) grow();
    return k;
}

u32 KeyTable::put(std::string_view key, bool* added) {
    MR_ASSERT(width == 0 && (slots.size() & (slots.size() - 1)) == 0);
    const u64 h = hash_of(key), mask = slots.size() - 1;
    u64 at = h & mask;
    if (added) *added = false;
    for (; slots[at].key != 0; at = (at + 1) & mask)
        if (slots[at].tag == tag_of(h) && keys[slots[at].key - 1] == key) return slots[at].key - 1;
    if (added) *added = true;
    keys.push_back(heap.add(key));
    return add(h, at);
}

i64 KeyTable::find(std::string_view key) const {
    const u64 h = hash_of(key), mask = slots.size() - 1;
    for (u64 at = h & mask; slots[at].key != 0; at = (at + 1) & mask)
        if (slots[at].tag == tag_of(h) && keys[slots[at].key - 1] == key) return slots[at].key - 1;
    return -1;
}

u32 KeyTable::put_words(const u64* key, u64 h) {
    MR_ASSERT(width > 0 && keys.empty());
    const u64 mask = slots.size() - 1;
    u64 at = h & mask;
    for (; slots[at].key != 0; at = (at + 1) & mask) {
        const u32 k = slots[at].key - 1;
        if (slots[at].tag == tag_of(h) && same_words(words.data() + u64{k} * width, key, width)) return k;
    }
    words.insert(words.end(), key, key + width);
    return add(h, at);
}

i64 KeyTable::find_words(const u64* key, u64 h) const {
    MR_ASSERT(width > 0 && words.size() == u64{width} * size());
    const u64 mask = slots.size() - 1;
    for (u64 at = h & mask; slots[at].key != 0; at = (at + 1) & mask) {
        const u32 k = slots[at].key - 1;
        if (slots[at].tag == tag_of(h) && same_words(words.data() + u64{k} * width, key, width)) return k;
    }
    return -1;
}

namespace {

/// Calls `visit(i, hash)` for each row, with the slots of the rows to come asked for ahead.
template <class Visit>
void with_slots_ahead(const KeyTable& table, const std::vector<u64>& hashes, Visit visit) {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (i + 2 * kAhead < hashes.size())
            __builtin_prefetch(&table.slots[hashes[i + 2 * kAhead] & (table.slots.size() - 1)]);
        if (i + kAhead < hashes.size()) {
            // Most often the first slot is the right one: its key is asked for too.
            const u32 key = table.slots[hashes[i + kAhead] & (table.slots.size() - 1)].key;
            if (key != 0) __builtin_prefetch(&table.words[u64{key - 1} * table.width]);
        }
        visit(i, hashes[i]);
    }
}

void group_words(KeyTable& table, std::span<const Column> keys, i64 rows, std::vector<u32>& groups) {
    MR_ASSERT(table.width == key_words(keys));
    Words w = words_of(keys, 0, rows, table.width);
    with_slots_ahead(table, hashes_of(w), [&](std::size_t i, u64 h) { groups[i] = table.put_words(w.row(i), h); });
}

}  // namespace

void group_rows(KeyTable& table, std::span<const Column> keys, i64 rows, std::vector<u32>& groups) {
    MR_ASSERT(rows >= 0);
    groups.resize(static_cast<std::size_t>(rows));
    if (table.size() == 0) table.width = key_words(keys);
    if (table.width > 0) return group_words(table, keys, rows, groups);
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

void find_rows(const KeyTable& table, std::span<const Column> keys, i64 from, i64 to, std::vector<i32>& found) {
    MR_ASSERT(from <= to);
    found.assign(static_cast<std::size_t>(to - from), -1);
    if (table.size() == 0) return;
    if (table.width > 0) {
        Words w = words_of(keys, from, to - from, table.width);
        return with_slots_ahead(table, hashes_of(w), [&](std::size_t i, u64 h) {
            found[i] = static_cast<i32>(table.find_words(w.row(i), h));
        });
    }
    std::string key;
    for (i64 i = from; i < to; ++i) {
        encode_key(keys, i, key);
        found[static_cast<std::size_t>(i - from)] = static_cast<i32>(table.find(key));
    }
}

}  // namespace engine::spark
