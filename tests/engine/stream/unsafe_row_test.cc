#include "engine/plan/unsafe_row.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/engine/plan/random_columns.h"

using namespace engine::spark;
using namespace tests;

namespace {

struct Drawn {
    std::vector<DataType> types;
    std::vector<Column> columns;
    i64 rows = 0;

    [[nodiscard]] Values row(i64 i) const {
        Values out;
        for (const Column& c : columns) out.push_back(get(c, i));
        return out;
    }
};

Drawn draw(sim::Prng& rng) {
    Drawn out;
    out.rows = rng.between(1, 6);
    const u64 width = rng.chance(1, 10) ? 63 + rng.below(3) : 1 + rng.below(4);
    for (u64 c = 0; c < width; ++c) {
        out.types.push_back(any_type(rng, width > 10 ? 0 : 2));
        out.columns.push_back(any_column(rng, out.types.back(), out.rows));
    }
    return out;
}

bool same(const Values& a, const Values& b, const std::vector<DataType>& types) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].null != b[i].null || (!a[i].null && !same_value(a[i], b[i], types[i]))) return false;
    return a.size() == b.size();
}

}  // namespace

TEST_CASE("unsafe rows: columns are packed as their values are, and come back") {
    sim::Prng rng = sim::Prng::forked(1, "rows");
    for (int i = 0; i < 3000; ++i) {
        const Drawn d = draw(rng);
        const PackedRows packed = packed_rows(d.columns, d.rows);
        std::vector<std::string_view> views;
        for (i64 r = 0; r < d.rows; ++r) {
            views.push_back(packed[static_cast<u64>(r)]);
            REQUIRE(views.back() == unsafe_row(d.row(r), d.types));
            const auto back = from_unsafe_row(views.back(), d.types);
            REQUIRE((back.has_value() && same(*back, d.row(r), d.types)));
        }
        views.push_back({});
        for (std::size_t c = 0; c < d.types.size(); ++c) {
            const Column column = unpacked_column(views, d.types, c);
            for (i64 r = 0; r < d.rows; ++r) REQUIRE(same({get(column, r)}, {get(d.columns[c], r)}, {d.types[c]}));
            REQUIRE(get(column, d.rows).null);
        }
    }
}

TEST_CASE("unsafe rows: rows of one length lie side by side until one of another length comes") {
    PackedRows rows;
    const std::vector<std::string> added = {"12345678", "abcdefgh", "x", "", "yz"};
    for (std::size_t i = 0; i < added.size(); ++i) {
        rows.add(added[i]);
        CHECK(rows.ends.empty() == (i < 2));
        REQUIRE(rows.size() == i + 1);
        for (std::size_t k = 0; k <= i; ++k) CHECK(rows[k] == added[k]);
    }
}

TEST_CASE("unsafe rows: a row with one field more is what it would be if it had been packed so") {
    sim::Prng rng = sim::Prng::forked(2, "rows");
    for (int i = 0; i < 2000; ++i) {
        const Drawn d = draw(rng);
        const PackedRows packed = packed_rows(d.columns, d.rows);
        std::vector<DataType> types = d.types;
        types.push_back(type_of(TypeId::bigint));
        std::string wide;
        for (i64 r = 0; r < d.rows; ++r) {
            Values row = d.row(r);
            row.push_back(int_value(77 + r));
            widen(packed[static_cast<u64>(r)], d.types, words_only(d.types), 77 + r, wide);
            REQUIRE(wide == unsafe_row(row, types));
        }
    }
}

TEST_CASE("unsafe rows: keys that are equal have equal bytes") {
    const std::vector<DataType> types = {type_of(TypeId::double_), struct_type({{"a", type_of(TypeId::float_), true}})};
    const auto packed = [&](double zero) {
        const Values row = {real_value(zero), list_value({real_value(zero)})};
        const std::vector<Column> columns = {constant_column(row[0], types[0], 1),
                                             constant_column(row[1], types[1], 1)};
        return std::string(packed_rows(columns, 1, true)[0]);
    };
    CHECK(packed(0.0) == packed(-0.0));
    CHECK(packed(0.0) != packed(1.0));
}

TEST_CASE("unsafe rows: bytes that do not fit are refused, whatever they are") {
    sim::Prng rng = sim::Prng::forked(3, "rows");
    for (int i = 0; i < 3000; ++i) {
        const Drawn d = draw(rng);
        std::string bytes = unsafe_row(d.row(0), d.types);
        for (u64 k = 1 + rng.below(4); k > 0; --k) bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
        if (rng.chance(1, 3)) bytes.resize(rng.below(bytes.size()));
        const auto back = from_unsafe_row(bytes, d.types);
        CHECK((!back || back->size() == d.types.size()));
    }
}
