#include "engine/operators/element_set.h"

#include <bit>
#include <optional>

#include "engine/operators/key_table.h"
#include "engine/plan/row_hash.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// The set begins with so many places and doubles when more than 45 in a hundred are taken.
constexpr std::size_t kFirstPlaces = 32, kLoadPerMille = 450;

u32 fold(u64 word) { return static_cast<u32>(word ^ word >> 32); }

/// hashCode() of the object that Spark has for a value.
std::optional<u32> java_hash(const Value& v, const DataType& type) {
    switch (type.id) {
        case TypeId::boolean: return v.i != 0 ? 1231U : 1237U;
        case TypeId::tinyint: case TypeId::smallint: case TypeId::integer: case TypeId::date:
        case TypeId::year_month: return static_cast<u32>(v.i);
        case TypeId::bigint: case TypeId::timestamp: case TypeId::timestamp_ntz: case TypeId::day_time:
            return fold(static_cast<u64>(v.i));
        case TypeId::float_: return std::bit_cast<u32>(static_cast<float>(v.d));
        case TypeId::double_: return fold(std::bit_cast<u64>(v.d));
        case TypeId::string: return static_cast<u32>(murmur_bytes(v.s, 42));
        default: return std::nullopt;
    }
}

u32 spread(u32 hash) { return __builtin_bswap32(hash * 0x9e3775cdU) * 0x9e3775cdU; }

/// The place that a hash wants among so many.
std::size_t place_of(u32 hash, std::size_t places) {
    MR_ASSERT(std::has_single_bit(places));
    const auto bits = static_cast<u32>(std::countr_zero(places));
    const u32 turned = std::rotr(spread(hash), static_cast<int>(bits % 32));
    return turned >> (32 - bits) & (places - 1);
}

struct SetPlaces {
    std::vector<std::optional<std::size_t>> places = std::vector<std::optional<std::size_t>>(kFirstPlaces);
    std::size_t size = 0;

    void add(std::size_t value, const std::vector<u32>& hashes) {
        std::size_t at = place_of(hashes[value], places.size());
        while (places[at]) at = (at + 1) % places.size();
        places[at] = value;
        if (++size < places.size() * kLoadPerMille / 1000) return;
        std::vector<std::optional<std::size_t>> before(places.size() * 2);
        before.swap(places);
        size = 0;
        for (const auto& v : before)
            if (v) add(*v, hashes);
    }
};

/// Each value once, where it came first.
Values different(const Values& values, const DataType& type) {
    KeyTable seen;
    Values out;
    for (const Value& v : values) {
        const Column c = constant_column(v, type, 1);
        std::string key;
        encode_cell(c, 0, key);
        bool added = false;
        seen.put(key, &added);
        if (added) out.push_back(v);
    }
    MR_ASSERT(out.size() <= values.size());
    return out;
}

}  // namespace

Values in_set_order(const Values& values, const DataType& type) {
    const Values own = different(values, type);
    std::vector<u32> hashes;
    for (const Value& v : own) {
        const auto hash = java_hash(v, type);
        if (!hash) return own;
        hashes.push_back(*hash);
    }
    SetPlaces table;
    for (std::size_t i = 0; i < own.size(); ++i) table.add(i, hashes);
    Values out;
    for (const auto& at : table.places)
        if (at) out.push_back(own[*at]);
    MR_ASSERT(out.size() == own.size());
    return out;
}

}  // namespace engine::spark
