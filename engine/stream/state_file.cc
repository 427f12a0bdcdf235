#include "engine/stream/state_file.h"

#include <lz4.h>
#include <xxhash.h>

#include <cstring>

#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr std::size_t kWord = 8;

std::size_t null_words(std::size_t fields) { return (fields + 63) / 64; }

void put_word(std::string& out, std::size_t at, u64 v) {
    MR_ASSERT(at + kWord <= out.size());
    for (std::size_t i = 0; i < kWord; ++i) out[at + i] = static_cast<char>(v >> (8 * i));
}

u64 word_at(std::string_view s, std::size_t at) {
    MR_ASSERT(at + kWord <= s.size());
    u64 v = 0;
    for (std::size_t i = 0; i < kWord; ++i) v |= static_cast<u64>(static_cast<u8>(s[at + i])) << (8 * i);
    return v;
}

/// Appends a tail, padded to words; the word that points at it.
u64 put_tail(std::string& out, std::string_view bytes) {
    MR_ASSERT(out.size() % kWord == 0);
    const u64 pointer = static_cast<u64>(out.size()) << 32 | bytes.size();
    out += bytes;
    out.append((kWord - bytes.size() % kWord) % kWord, '\0');
    return pointer;
}

std::string array_bytes(const Values& items, const DataType& element);

u64 real_word(double d, bool narrow) {
    u64 v = 0;
    if (narrow) {
        const auto f = static_cast<float>(d);
        u32 w = 0;
        std::memcpy(&w, &f, 4);
        return w;
    }
    std::memcpy(&v, &d, 8);
    return v;
}

std::vector<DataType> types_of(const DataType& structure) {
    MR_ASSERT(structure.fields != nullptr);
    std::vector<DataType> out;
    for (const Field& f : *structure.fields) out.push_back(f.type);
    return out;
}

u64 field_word(std::string& out, const Value& v, const DataType& t) {
    MR_ASSERT(!v.null);
    switch (t.id) {
        case TypeId::boolean: return v.i ? 1 : 0;
        case TypeId::tinyint: return static_cast<u8>(v.i);
        case TypeId::smallint: return static_cast<sim::u16>(v.i);
        case TypeId::integer:
        case TypeId::date:
        case TypeId::year_month: return static_cast<u32>(v.i);
        case TypeId::float_: return real_word(v.d, true);
        case TypeId::double_: return real_word(v.d, false);
        case TypeId::string:
        case TypeId::binary: return put_tail(out, v.s);
        case TypeId::structure: return put_tail(out, unsafe_row(items_of(v), types_of(t)));
        case TypeId::array: return put_tail(out, array_bytes(items_of(v), element_of(t)));
        case TypeId::decimal:
            return t.a <= 18 ? static_cast<u64>(static_cast<i64>(v.dec)) : put_tail(out, int128_text(v.dec));
        default: return static_cast<u64>(v.i);
    }
}

std::string array_bytes(const Values& items, const DataType& element) {
    std::vector<DataType> types(items.size(), element);
    // Count, null bits, one word an element: as UnsafeArrayData with 8-byte elements.
    std::string out(kWord + null_words(items.size()) * kWord + items.size() * kWord, '\0');
    put_word(out, 0, items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].null) {
            out[kWord + i / 8] = static_cast<char>(out[kWord + i / 8] | (1 << (i % 8)));
            continue;
        }
        const u64 w = field_word(out, items[i], element);
        put_word(out, kWord + null_words(items.size()) * kWord + i * kWord, w);
    }
    return out;
}

}  // namespace

std::string unsafe_row(const Values& row, const std::vector<DataType>& types) {
    MR_ASSERT(row.size() == types.size());
    const std::size_t nulls = null_words(row.size()) * kWord;
    std::string out(nulls + row.size() * kWord, '\0');
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].null) {
            out[i / 8] = static_cast<char>(out[i / 8] | (1 << (i % 8)));
            continue;
        }
        const u64 w = field_word(out, row[i], types[i]);
        put_word(out, nulls + i * kWord, w);
    }
    return out;
}

std::optional<Values> from_unsafe_row(std::string_view bytes, const std::vector<DataType>& types) {
    const std::size_t nulls = null_words(types.size()) * kWord;
    if (bytes.size() < nulls + types.size() * kWord) return std::nullopt;
    Values out;
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (bytes[i / 8] >> (i % 8) & 1) {
            out.push_back(null_value());
            continue;
        }
        const u64 w = word_at(bytes, nulls + i * kWord);
        const std::size_t at = w >> 32, size = w & 0xffffffff;
        const auto tail = [&]() -> std::optional<std::string_view> {
            return at + size <= bytes.size() ? std::optional(bytes.substr(at, size)) : std::nullopt;
        };
        switch (types[i].id) {
            case TypeId::boolean: out.push_back(bool_value(w != 0)); break;
            case TypeId::tinyint: out.push_back(int_value(static_cast<sim::i8>(w))); break;
            case TypeId::smallint: out.push_back(int_value(static_cast<sim::i16>(w))); break;
            case TypeId::integer:
            case TypeId::date:
            case TypeId::year_month: out.push_back(int_value(static_cast<sim::i32>(w))); break;
            case TypeId::double_: {
                double d = 0;
                std::memcpy(&d, &w, 8);
                out.push_back(real_value(d));
                break;
            }
            case TypeId::string:
            case TypeId::binary: {
                if (!tail()) return std::nullopt;
                out.push_back(string_value(std::string(*tail())));
                break;
            }
            case TypeId::structure: {
                const auto inner = tail() ? from_unsafe_row(*tail(), types_of(types[i])) : std::nullopt;
                if (!inner) return std::nullopt;
                out.push_back(list_value(*inner));
                break;
            }
            default: out.push_back(int_value(static_cast<i64>(w)));
        }
    }
    MR_ASSERT(out.size() == types.size());
    return out;
}

namespace {

constexpr std::string_view kMagic = "LZ4Block";
constexpr std::size_t kHeader = 21, kBlock = 32 * 1024;
constexpr u8 kRaw = 0x15, kCompressed = 0x25;
constexpr u32 kSeed = 0x9747b28c;

void put_le32(std::string& out, u32 v) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i));
}

u32 le32(std::string_view s, std::size_t at) {
    MR_ASSERT(at + 4 <= s.size());
    u32 v = 0;
    for (std::size_t i = 0; i < 4; ++i) v |= static_cast<u32>(static_cast<u8>(s[at + i])) << (8 * i);
    return v;
}

void put_block(std::string& out, std::string_view raw) {
    MR_ASSERT(raw.size() <= kBlock);
    std::string packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))), '\0');
    const int n = raw.empty() ? 0
                              : LZ4_compress_default(raw.data(), packed.data(), static_cast<int>(raw.size()),
                                                     static_cast<int>(packed.size()));
    const bool gains = n > 0 && static_cast<std::size_t>(n) < raw.size();
    out += kMagic;
    out += static_cast<char>(gains ? kCompressed : kRaw);
    put_le32(out, static_cast<u32>(gains ? static_cast<std::size_t>(n) : raw.size()));
    put_le32(out, static_cast<u32>(raw.size()));
    put_le32(out, raw.empty() ? 0 : XXH32(raw.data(), raw.size(), kSeed) & 0x0fffffff);
    out += gains ? std::string_view(packed).substr(0, static_cast<std::size_t>(n)) : raw;
}

void put_be32(std::string& out, u32 v) {
    for (int i = 3; i >= 0; --i) out += static_cast<char>(v >> (8 * i));
}

std::optional<i64> be32(std::string_view s, std::size_t at) {
    if (at + 4 > s.size()) return std::nullopt;
    u32 v = 0;
    for (std::size_t i = 0; i < 4; ++i) v = v << 8 | static_cast<u8>(s[at + i]);
    return static_cast<sim::i32>(v);
}

}  // namespace

std::string lz4_blocks(std::string_view bytes) {
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += kBlock) put_block(out, bytes.substr(at, kBlock));
    put_block(out, {});
    MR_ASSERT(out.size() >= kHeader);
    return out;
}

std::optional<std::string> from_lz4_blocks(std::string_view bytes) {
    std::string out;
    std::size_t at = 0;
    for (;;) {
        if (at + kHeader > bytes.size() || bytes.substr(at, 8) != kMagic) return std::nullopt;
        const u8 token = static_cast<u8>(bytes[at + 8]);
        const std::size_t packed = le32(bytes, at + 9), raw = le32(bytes, at + 13);
        const u32 check = le32(bytes, at + 17);
        at += kHeader;
        if (raw == 0) return out;
        if (raw > 64 * kBlock || at + packed > bytes.size()) return std::nullopt;
        std::string block(raw, '\0');
        if (token == kRaw && packed == raw) block = bytes.substr(at, raw);
        else if (LZ4_decompress_safe(bytes.data() + at, block.data(), static_cast<int>(packed),
                                     static_cast<int>(raw)) != static_cast<int>(raw))
            return std::nullopt;
        if ((XXH32(block.data(), block.size(), kSeed) & 0x0fffffff) != check) return std::nullopt;
        out += block;
        at += packed;
    }
}

std::string state_file(const std::vector<StateChange>& changes) {
    std::string body;
    for (const StateChange& c : changes) {
        MR_ASSERT(c.key.size() % kWord == 0);
        put_be32(body, static_cast<u32>(c.key.size()));
        body += c.key;
        put_be32(body, c.value ? static_cast<u32>(c.value->size()) : UINT32_MAX);
        if (c.value) body += *c.value;
    }
    put_be32(body, UINT32_MAX);
    return lz4_blocks(body);
}

std::optional<std::vector<StateChange>> read_state_file(std::string_view bytes) {
    const auto body = from_lz4_blocks(bytes);
    if (!body) return std::nullopt;
    std::vector<StateChange> out;
    std::size_t at = 0;
    for (;;) {
        const auto key = be32(*body, at);
        if (!key) return std::nullopt;
        if (*key == -1) return out;
        const auto n = static_cast<std::size_t>(*key);
        if (*key < 0 || at + 8 + n > body->size()) return std::nullopt;
        StateChange c{body->substr(at + 4, n), std::nullopt};
        at += 4 + n;
        const i64 value = *be32(*body, at);
        at += 4;
        if (value >= 0) {
            if (at + static_cast<std::size_t>(value) > body->size()) return std::nullopt;
            c.value = body->substr(at, static_cast<std::size_t>(value));
            at += static_cast<std::size_t>(value);
        }
        out.push_back(std::move(c));
    }
}

}  // namespace engine::spark
