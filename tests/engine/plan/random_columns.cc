#include "tests/engine/plan/random_columns.h"

#include <array>

namespace tests {

using namespace engine::spark;

DataType any_type(sim::Prng& rng, int depth) {
    constexpr std::array kFlat = {TypeId::boolean, TypeId::tinyint, TypeId::smallint,  TypeId::integer,
                                  TypeId::bigint,  TypeId::float_,  TypeId::double_,   TypeId::string,
                                  TypeId::binary,  TypeId::date,    TypeId::timestamp, TypeId::calendar};
    const u64 kind = rng.below(depth > 0 ? kFlat.size() + 5 : kFlat.size() + 2);
    if (kind < kFlat.size()) return type_of(kFlat[kind]);
    if (kind == kFlat.size()) return decimal_type(10, 2);
    if (kind == kFlat.size() + 1) return decimal_type(30, 4);
    if (kind == kFlat.size() + 2) return array_type(any_type(rng, depth - 1), true);
    if (kind == kFlat.size() + 3) return map_type(type_of(TypeId::string), any_type(rng, depth - 1), true);
    return struct_type({{"a", any_type(rng, depth - 1), true}, {"b", any_type(rng, depth - 1), true}});
}

namespace {

Value any_list(sim::Prng& rng, const DataType& type) {
    Values items;
    const std::vector<Field>& fields = child_fields(type);
    const u64 n = type.id == TypeId::structure ? 1 : rng.below(4);
    for (u64 i = 0; i < n; ++i)
        for (std::size_t f = 0; f < fields.size(); ++f) {
            Value v = any_value(rng, fields[f].type);
            if (type.id == TypeId::map && f == 0 && v.null) v = string_value("key");
            items.push_back(std::move(v));
        }
    return list_value(std::move(items));
}

}  // namespace

Value any_value(sim::Prng& rng, const DataType& type) {
    if (rng.chance(1, 5)) return null_value();
    constexpr std::array<double, 6> kReals = {0.0, -0.0, 1.5, -2.25, 1e10, 3.0};
    switch (type.id) {
        case TypeId::boolean: return bool_value(rng.chance(1, 2));
        case TypeId::float_:
        case TypeId::double_: return real_value(kReals[rng.below(kReals.size())]);
        case TypeId::decimal:
            return decimal_value(static_cast<i128>(rng.between(-3, 3)) *
                                 (type.a > 18 ? i128{1} << (8 * rng.below(12)) : 1));
        case TypeId::string:
        case TypeId::binary: {
            const auto letter = static_cast<char>('a' + rng.below(3));
            return string_value(std::string(rng.below(20), letter));
        }
        case TypeId::array: case TypeId::map: case TypeId::structure: return any_list(rng, type);
        case TypeId::calendar:
            return list_value(
                {int_value(rng.between(-2, 2)), int_value(rng.between(-2, 2)), int_value(rng.between(-9, 9))});
        case TypeId::timestamp:
        case TypeId::bigint:
            return int_value(rng.chance(1, 2) ? rng.between(-3, 3) : rng.between(INT64_MIN / 2, INT64_MAX / 2));
        default: return int_value(rng.between(-128, 127));
    }
}

Column any_column(sim::Prng& rng, const DataType& type, i64 rows) {
    if (rng.chance(1, 8)) return constant_column(any_value(rng, type), type, rows);
    Builder out(type, rows);
    for (i64 i = 0; i < rows; ++i) out.add(any_value(rng, type));
    return out.finish();
}

}  // namespace tests
