#include "engine/operators/key_table.h"

#include <catch2/catch_test_macros.hpp>

#include <map>

#include "tests/engine/plan/random_columns.h"

using namespace engine::spark;
using namespace tests;

TEST_CASE("keys: rows are numbered by their keys in the order in which the keys come, and found again") {
    sim::Prng rng = sim::Prng::forked(1, "keys");
    int words = 0;
    for (int i = 0; i < 1500; ++i) {
        std::vector<DataType> types;
        for (u64 c = 1 + rng.below(3); c > 0; --c) types.push_back(any_type(rng, 2));
        KeyTable table;
        std::map<std::string, u32> model;
        for (int batch = 0; batch < 3; ++batch) {
            const i64 rows = rng.between(0, 40);
            std::vector<Column> columns;
            for (const DataType& t : types) columns.push_back(any_column(rng, t, rows));
            std::vector<i32> before, after;
            find_rows(table, columns, 0, rows, before);
            std::vector<u32> groups;
            group_rows(table, columns, rows, groups);
            const i64 from = rows / 2;
            find_rows(table, columns, from, rows, after);
            for (i64 r = 0; r < rows; ++r) {
                std::string key;
                encode_key(columns, r, key);
                const auto at = static_cast<std::size_t>(r);
                const auto known = model.find(key);
                if (groups[at] < model.size()) REQUIRE((known != model.end() && known->second == groups[at]));
                else REQUIRE((known == model.end() && groups[at] == model.size()));
                if (before[at] >= 0) REQUIRE(static_cast<u32>(before[at]) == groups[at]);
                model.emplace(key, groups[at]);
                if (r >= from) REQUIRE(static_cast<u32>(after[static_cast<std::size_t>(r - from)]) == groups[at]);
            }
        }
        CHECK(table.size() == model.size());
        words += table.width > 0 ? 1 : 0;
    }
    CHECK(words > 100);
}
