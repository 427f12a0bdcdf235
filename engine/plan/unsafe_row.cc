#include "engine/plan/unsafe_row.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr std::size_t kWord = 8;
/// What a decimal of more than 18 digits, and a calendar interval, always take behind the words.
constexpr std::size_t kWide = 16;
constexpr int kWordDigits = 18;

std::size_t null_bytes(std::size_t fields) { return (fields + 63) / 64 * kWord; }

void put_bytes(char* to, u64 v, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<char>(v >> (8 * i));
}

u64 bytes_at(const char* from, std::size_t n) {
    u64 v = 0;
    for (std::size_t i = 0; i < n; ++i) v |= static_cast<u64>(static_cast<u8>(from[i])) << (8 * i);
    return v;
}

static_assert(std::endian::native == std::endian::little);  // whole words are copied as they are

void put_word(char* to, u64 v) { std::memcpy(to, &v, kWord); }

u64 word_at(const char* from) {
    u64 v = 0;
    std::memcpy(&v, from, kWord);
    return v;
}

bool wide_decimal(const DataType& t) { return t.id == TypeId::decimal && t.a > kWordDigits; }

/// Whether a field is a word and no more.
bool fits_word(const DataType& t) {
    switch (physical_of(t)) {
        case Physical::none: case Physical::ints: case Physical::reals: return true;
        case Physical::decimals: return !wide_decimal(t);
        case Physical::strings: case Physical::list: case Physical::fields: return false;
    }
    return false;
}

/// Bytes an element takes in an array.
std::size_t width_of(const DataType& t) {
    switch (t.id) {
        case TypeId::boolean:
        case TypeId::tinyint: return 1;
        case TypeId::smallint: return 2;
        case TypeId::integer: case TypeId::date: case TypeId::year_month: case TypeId::float_: return 4;
        default: return kWord;
    }
}

u64 int_word(i64 v, const DataType& t) {
    const std::size_t width = width_of(t);
    return width == kWord ? static_cast<u64>(v) : static_cast<u64>(v) & ((u64{1} << (8 * width)) - 1);
}

i64 int_of_word(u64 w, const DataType& t) {
    switch (width_of(t)) {
        case 1: return t.id == TypeId::boolean ? (w & 0xff) != 0 : static_cast<i8>(w);
        case 2: return static_cast<i16>(w);
        case 4: return static_cast<i32>(w);
        default: return static_cast<i64>(w);
    }
}

double one_of_equals(double v) { return v == 0 ? 0 : v != v ? std::numeric_limits<double>::quiet_NaN() : v; }

u64 real_word(double v, const DataType& t) {
    return t.id == TypeId::float_ ? std::bit_cast<u32>(static_cast<float>(v)) : std::bit_cast<u64>(v);
}

double real_of_word(u64 w, const DataType& t) {
    return t.id == TypeId::float_ ? std::bit_cast<float>(static_cast<u32>(w)) : std::bit_cast<double>(w);
}

/// Appends a tail of the row that begins at `base`; the word that points at it.
u64 put_tail(std::string& out, std::size_t base, std::string_view bytes) {
    MR_ASSERT((out.size() - base) % kWord == 0);
    const u64 pointer = static_cast<u64>(out.size() - base) << 32 | bytes.size();
    out += bytes;
    out.append((kWord - bytes.size() % kWord) % kWord, '\0');
    return pointer;
}

/// Big-endian two's complement in the fewest bytes, in a place of 16.
u64 put_decimal(std::string& out, std::size_t base, i128 v) {
    char bytes[kWide];
    for (std::size_t i = 0; i < kWide; ++i) bytes[i] = static_cast<char>(static_cast<u128>(v) >> (8 * (kWide - 1 - i)));
    MR_ASSERT((out.size() - base) % kWord == 0);
    std::size_t skip = 0;
    while (skip + 1 < kWide && bytes[skip] == (v < 0 ? '\xff' : '\0') && ((bytes[skip + 1] & 0x80) != 0) == (v < 0))
        ++skip;
    const u64 pointer = static_cast<u64>(out.size() - base) << 32 | (kWide - skip);
    out.append(bytes + skip, kWide - skip);
    out.append(skip, '\0');
    return pointer;
}

u64 put_calendar(std::string& out, std::size_t base, const Values& items) {
    MR_ASSERT(items.size() == 3);
    char bytes[kWide];
    put_bytes(bytes, static_cast<u64>(items[0].i), 4);
    put_bytes(bytes + 4, static_cast<u64>(items[1].i), 4);
    put_word(bytes + kWord, static_cast<u64>(items[2].i));
    return put_tail(out, base, {bytes, kWide});
}

/// What a null of the type leaves: the wide ones keep their place, so that they can be set later.
u64 put_null(std::string& out, std::size_t base, const DataType& t) {
    if (!wide_decimal(t) && t.id != TypeId::calendar) return 0;
    const u64 pointer = static_cast<u64>(out.size() - base) << 32 | (t.id == TypeId::calendar ? kWide : 0);
    out.append(kWide, '\0');
    return pointer;
}

void set_null(std::string& out, std::size_t bits, std::size_t i) {
    out[bits + i / 8] = static_cast<char>(out[bits + i / 8] | (1 << (i % 8)));
}

std::vector<DataType> field_types(const DataType& structure) {
    std::vector<DataType> out;
    for (const Field& f : child_fields(structure)) out.push_back(f.type);
    return out;
}

std::string array_bytes(const Values& items, const DataType& element, std::size_t from, std::size_t step);
std::string map_bytes(const Values& items, const DataType& t);

u64 put_value(std::string& out, std::size_t base, const Value& v, const DataType& t) {
    MR_ASSERT(!v.null);
    switch (t.id) {
        case TypeId::float_:
        case TypeId::double_: return real_word(v.d, t);
        case TypeId::string:
        case TypeId::binary: return put_tail(out, base, v.s);
        case TypeId::structure: return put_tail(out, base, unsafe_row(items_of(v), field_types(t)));
        case TypeId::array: return put_tail(out, base, array_bytes(items_of(v), element_of(t), 0, 1));
        case TypeId::map: return put_tail(out, base, map_bytes(items_of(v), t));
        case TypeId::calendar: return put_calendar(out, base, items_of(v));
        case TypeId::decimal:
            return wide_decimal(t) ? put_decimal(out, base, v.dec) : static_cast<u64>(static_cast<i64>(v.dec));
        default: return int_word(v.i, t);
    }
}

/// Count, null bits, elements by their width, tails (UnsafeArrayData). Takes items from, from + step ...
std::string array_bytes(const Values& items, const DataType& element, std::size_t from, std::size_t step) {
    MR_ASSERT(step > 0 && from < step);
    const std::size_t n = (items.size() + step - 1 - from) / step, width = width_of(element);
    const std::size_t first = kWord + null_bytes(n);
    std::string out(first + (n * width + kWord - 1) / kWord * kWord, '\0');
    put_word(out.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
        const Value& v = items[from + i * step];
        if (v.null) set_null(out, kWord, i);
        const u64 w = v.null ? put_null(out, 0, element) : put_value(out, 0, v, element);
        put_bytes(out.data() + first + i * width, w, width);
    }
    return out;
}

/// Bytes of the keys' array, that array, the values' array (UnsafeMapData).
std::string map_bytes(const Values& items, const DataType& t) {
    MR_ASSERT(items.size() % 2 == 0);
    const std::string keys = array_bytes(items, key_of(t), 0, 2);
    std::string out(kWord, '\0');
    put_word(out.data(), keys.size());
    return out + keys + array_bytes(items, value_of(t), 1, 2);
}

}  // namespace

void PackedRows::add(std::string_view row) {
    if (bytes.empty() && ends.empty()) each = row.size();
    if (each > 0 && each != row.size()) {
        for (u64 end = each; end <= bytes.size(); end += each) ends.push_back(end);
        each = 0;
    }
    MR_ASSERT(each == 0 || bytes.size() % each == 0);
    bytes += row;
    if (each == 0) ends.push_back(bytes.size());
}

std::string unsafe_row(const Values& row, const std::vector<DataType>& types) {
    MR_ASSERT(row.size() == types.size());
    const std::size_t nulls = null_bytes(row.size());
    std::string out(nulls + row.size() * kWord, '\0');
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].null) set_null(out, 0, i);
        const u64 w = row[i].null ? put_null(out, 0, types[i]) : put_value(out, 0, row[i], types[i]);
        put_word(out.data() + nulls + i * kWord, w);
    }
    return out;
}

namespace {

using RowTail = std::optional<std::string_view>;

RowTail tail_of(std::string_view row, u64 word) {
    const u64 at = word >> 32, size = word & 0xffffffff;
    return at + size <= row.size() ? RowTail(row.substr(at, size)) : std::nullopt;
}

std::optional<Value> value_of_word(std::string_view row, u64 word, const DataType& t);

std::optional<Values> array_of(std::string_view bytes, const DataType& element) {
    if (bytes.size() < kWord) return std::nullopt;
    const u64 n = word_at(bytes.data()), width = width_of(element);
    if (n > bytes.size() * 8) return std::nullopt;
    const std::size_t first = kWord + null_bytes(n);
    if (first + n * width > bytes.size()) return std::nullopt;
    Values out;
    for (std::size_t i = 0; i < n; ++i) {
        const bool null = (bytes[kWord + i / 8] >> (i % 8) & 1) != 0;
        auto v = null ? null_value() : value_of_word(bytes, bytes_at(bytes.data() + first + i * width, width), element);
        if (!v) return std::nullopt;
        out.push_back(std::move(*v));
    }
    return out;
}

std::optional<Values> map_of(std::string_view bytes, const DataType& t) {
    if (bytes.size() < kWord) return std::nullopt;
    const u64 n = word_at(bytes.data());
    if (n > bytes.size() - kWord) return std::nullopt;
    const auto keys = array_of(bytes.substr(kWord, n), key_of(t)),
               values = array_of(bytes.substr(kWord + n), value_of(t));
    if (!keys || !values || keys->size() != values->size()) return std::nullopt;
    Values out;
    for (std::size_t i = 0; i < keys->size(); ++i) out.insert(out.end(), {(*keys)[i], (*values)[i]});
    return out;
}

std::optional<i128> decimal_of(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > kWide) return std::nullopt;
    i128 v = static_cast<i8>(bytes[0]);
    for (const char c : bytes.substr(1)) v = v * 256 + static_cast<u8>(c);
    return v;
}

Values calendar_of(std::string_view bytes) {
    MR_ASSERT(bytes.size() == kWide);
    return {int_value(static_cast<i32>(bytes_at(bytes.data(), 4))),
            int_value(static_cast<i32>(bytes_at(bytes.data() + 4, 4))),
            int_value(static_cast<i64>(word_at(bytes.data() + kWord)))};
}

/// What lies behind the words.
std::optional<Value> value_of_tail(std::string_view bytes, const DataType& t) {
    if (t.id == TypeId::string || t.id == TypeId::binary) return string_value(std::string(bytes));
    if (t.id == TypeId::decimal) {
        const auto v = decimal_of(bytes);
        return v ? std::optional(decimal_value(*v)) : std::nullopt;
    }
    std::optional<Values> items;
    if (t.id == TypeId::structure) items = from_unsafe_row(bytes, field_types(t));
    else if (t.id == TypeId::array) items = array_of(bytes, element_of(t));
    else if (t.id == TypeId::map) items = map_of(bytes, t);
    else if (bytes.size() == kWide) items = calendar_of(bytes);
    return items ? std::optional(list_value(std::move(*items))) : std::nullopt;
}

std::optional<Value> value_of_word(std::string_view row, u64 word, const DataType& t) {
    if (!fits_word(t)) {
        const RowTail tail = tail_of(row, word);
        return tail ? value_of_tail(*tail, t) : std::nullopt;
    }
    switch (physical_of(t)) {
        case Physical::reals: return real_value(real_of_word(word, t));
        case Physical::decimals: return decimal_value(static_cast<i64>(word));
        case Physical::none: return null_value();
        default: return int_value(int_of_word(word, t));
    }
}

}  // namespace

std::optional<Values> from_unsafe_row(std::string_view bytes, const std::vector<DataType>& types) {
    const std::size_t nulls = null_bytes(types.size());
    if (bytes.size() < nulls + types.size() * kWord) return std::nullopt;
    Values out;
    out.reserve(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto word = word_of(bytes, types.size(), i);
        Value& v = out.emplace_back();
        if (!word || types[i].id == TypeId::void_) continue;
        if (physical_of(types[i]) == Physical::ints) {
            v.null = false;
            v.i = int_of_word(static_cast<u64>(*word), types[i]);
            continue;
        }
        auto other = value_of_word(bytes, static_cast<u64>(*word), types[i]);
        if (!other) return std::nullopt;
        v = std::move(*other);
    }
    MR_ASSERT(out.size() == types.size());
    return out;
}

namespace {

/// The word of a cell that is not null and needs no tail.
u64 cell_word(const Column& c, std::size_t i, bool as_key) {
    switch (physical_of(c.type)) {
        case Physical::ints: return int_word(c.ints[i], c.type);
        case Physical::reals: return real_word(as_key ? one_of_equals(c.reals[i]) : c.reals[i], c.type);
        default: return static_cast<u64>(static_cast<i64>(c.decimals[i]));
    }
}

/// Reals inside as keys have them.
Value key_value(Value v, const DataType& t) {
    if (v.null || physical_of(t) == Physical::strings) return v;
    v.d = one_of_equals(v.d);
    if (!is_nested(t)) return v;
    const std::vector<Field>& fields = child_fields(t);
    Values items = items_of(v);
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i] = key_value(std::move(items[i]), fields[i % fields.size()].type);
    return list_value(std::move(items));
}

u64 cell_with_tail(const Column& c, i64 row, bool as_key, std::string& out, std::size_t base) {
    if (physical_of(c.type) == Physical::strings) return put_tail(out, base, c.strings[c.at(row)]);
    Value v = get(c, row);
    return put_value(out, base, as_key ? key_value(std::move(v), c.type) : v, c.type);
}

/// Rows that are words only: a column at a time.
void pack_words(PackedRows& out, std::span<const Column> columns, std::size_t rows, bool as_key) {
    const std::size_t nulls = null_bytes(columns.size()), width = nulls + columns.size() * kWord;
    MR_ASSERT(out.bytes.empty() && out.ends.empty());
    out.each = width;
    if (width == 0) out.ends.assign(rows, 0);
    out.bytes.assign(rows * width, '\0');
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const Column& column = columns[c];
        char* at = out.bytes.data();
        for (std::size_t i = 0; i < rows; ++i, at += width) {
            if (column.type.id == TypeId::void_ || column.null(static_cast<i64>(i)))
                at[c / 8] = static_cast<char>(at[c / 8] | (1 << (c % 8)));
            else put_word(at + nulls + c * kWord, cell_word(column, column.at(static_cast<i64>(i)), as_key));
        }
    }
}

}  // namespace

PackedRows packed_rows(std::span<const Column> columns, i64 rows, bool as_key) {
    PackedRows out;
    bool words = true;
    for (const Column& c : columns) words = words && fits_word(c.type);
    if (words) {
        pack_words(out, columns, static_cast<std::size_t>(rows), as_key);
        return out;
    }
    out.ends.resize(static_cast<std::size_t>(rows));
    const std::size_t nulls = null_bytes(columns.size());
    for (std::size_t i = 0; i < out.ends.size(); ++i) {
        const std::size_t base = out.bytes.size();
        out.bytes.append(nulls + columns.size() * kWord, '\0');
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const Column& column = columns[c];
            const i64 row = static_cast<i64>(i);
            u64 word = 0;
            if (column.type.id == TypeId::void_ || column.null(row)) {
                set_null(out.bytes, base, c);
                word = put_null(out.bytes, base, column.type);
            } else if (fits_word(column.type)) {
                word = cell_word(column, column.at(row), as_key);
            } else {
                word = cell_with_tail(column, row, as_key, out.bytes, base);
            }
            put_word(out.bytes.data() + base + nulls + c * kWord, word);
        }
        out.ends[i] = out.bytes.size();
    }
    return out;
}

std::optional<i64> word_of(std::string_view row, std::size_t fields, std::size_t at) {
    const std::size_t nulls = null_bytes(fields);
    MR_ASSERT(at < fields && nulls + fields * kWord <= row.size());
    if (row[at / 8] >> (at % 8) & 1) return std::nullopt;
    return static_cast<i64>(word_at(row.data() + nulls + at * kWord));
}

void set_word(char* row, std::size_t fields, std::size_t at, i64 word) {
    MR_ASSERT(at < fields);
    put_word(row + null_bytes(fields) + at * kWord, static_cast<u64>(word));
}

namespace {

/// Calls `take(i, word)` or `none(i)` for each row.
template <class Take, class None>
void each_word(std::span<const std::string_view> rows, std::size_t fields, std::size_t at, Take take, None none) {
    const std::size_t place = null_bytes(fields) + at * kWord, byte = at / 8;
    const auto bit = static_cast<u8>(1U << (at % 8));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const char* row = rows[i].data();
        MR_ASSERT(row == nullptr || place + kWord <= rows[i].size());
        if (row == nullptr || (static_cast<u8>(row[byte]) & bit) != 0) none(i);
        else take(i, word_at(row + place));
    }
}

Column unpacked_words(std::span<const std::string_view> rows, const DataType& t, std::size_t fields, std::size_t at) {
    Column out = sized_column(t, static_cast<i64>(rows.size()));
    if (t.id == TypeId::void_) return out;
    const auto none = [&](std::size_t i) {
        if (out.nulls.empty()) out.nulls.assign(rows.size(), 0);
        out.nulls[i] = 1;
    };
    switch (physical_of(t)) {
        case Physical::reals:
            each_word(
                rows, fields, at, [&](std::size_t i, u64 w) { out.reals[i] = real_of_word(w, t); }, none);
            break;
        case Physical::decimals:
            each_word(
                rows, fields, at, [&](std::size_t i, u64 w) { out.decimals[i] = static_cast<i64>(w); }, none);
            break;
        default:
            each_word(
                rows, fields, at, [&](std::size_t i, u64 w) { out.ints[i] = int_of_word(w, t); }, none);
    }
    return out;
}

}  // namespace

Column unpacked_column(std::span<const std::string_view> rows, std::span<const DataType> types, std::size_t at) {
    MR_ASSERT(at < types.size());
    const DataType& t = types[at];
    if (fits_word(t)) return unpacked_words(rows, t, types.size(), at);
    Builder out(t, static_cast<i64>(rows.size()));
    const auto take = [&](std::size_t i, u64 word) {
        const RowTail tail = tail_of(rows[i], word);
        MR_ASSERT(tail.has_value());
        if (physical_of(t) == Physical::strings) return out.add_string(*tail);
        const auto v = value_of_tail(*tail, t);
        MR_ASSERT(v.has_value());
        out.add(*v);
    };
    each_word(rows, types.size(), at, take, [&](std::size_t) { out.add_null(); });
    return out.finish();
}

bool words_only(std::span<const DataType> types) { return std::all_of(types.begin(), types.end(), fits_word); }

std::size_t words_size(std::size_t fields) { return null_bytes(fields) + fields * kWord; }

void widen_words(std::string_view row, std::size_t fields, i64 word, char* to) {
    const std::size_t nulls = null_bytes(fields), wider = null_bytes(fields + 1), own = fields * kWord;
    MR_ASSERT(row.size() == nulls + own);
    std::memcpy(to, row.data(), nulls);
    std::memset(to + nulls, 0, wider - nulls);
    std::memcpy(to + wider, row.data() + nulls, own);
    put_word(to + wider + own, static_cast<u64>(word));
}

void widen(std::string_view row, std::span<const DataType> types, bool plain, i64 word, std::string& out) {
    const std::size_t n = types.size(), nulls = null_bytes(n), wider = null_bytes(n + 1), words = nulls + n * kWord;
    MR_ASSERT(row.size() >= words);
    out.assign(row.substr(0, nulls));
    out.append(wider - nulls, '\0');
    out.append(row.substr(nulls, n * kWord));
    char last[kWord];
    put_word(last, static_cast<u64>(word));
    out.append(last, kWord);
    if (plain) return;
    out.append(row.substr(words));
    const u64 shift = static_cast<u64>(wider - nulls + kWord) << 32;
    for (std::size_t i = 0; i < n; ++i) {
        char* at = out.data() + wider + i * kWord;
        if (const u64 pointer = word_at(at); !fits_word(types[i]) && pointer != 0) put_word(at, pointer + shift);
    }
}

}  // namespace engine::spark
