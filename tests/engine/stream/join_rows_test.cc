#include "engine/stream/join_rows.h"

#include <catch2/catch_test_macros.hpp>

#include <map>

#include "sim/base/prng.h"

using namespace engine::spark;

namespace {

using Model = std::map<std::string, std::vector<std::string>>;

Model contents(const JoinRows& rows) {
    Model out;
    for_each_key(rows, [&](const JoinPage& page, const KeptKey& key) {
        for (const u32 r : page.rows_of(key)) out[std::string(page.key(key))].emplace_back(page.row(r));
    });
    return out;
}

void add(JoinRows& rows, const std::string& key, const std::string& row) {
    const u32 hash = hash_of_key(key);
    rows.reserve({hash});
    rows.add(hash, static_cast<i32>(key.size() % 3), key, row, 0);
}

/// Drops every other row of a key.
void thin(JoinRows& rows, const std::string& key) {
    const u64 page = rows.page_of(hash_of_key(key));
    const KeptKey* found = rows.page(page).find(hash_of_key(key), key);
    if (found == nullptr) return;
    std::vector<u32> kept;
    const std::vector<u32> all = rows.page(page).rows_of(*found);
    for (std::size_t i = 1; i < all.size(); i += 2) kept.push_back(all[i]);
    const auto place = static_cast<u32>(found - rows.page(page).keys.data());
    rows.keep(rows.edit(page), place, kept);
    JoinPage scratch;
    rows.sweep(page, scratch);
}

}  // namespace

TEST_CASE("join rows: they keep what a map of lists keeps, and copies do not see each other's changes") {
    sim::Prng rng = sim::Prng::forked(1, "join rows");
    JoinRows rows;
    Model model;
    std::vector<std::pair<JoinRows, Model>> copies;
    for (int i = 0; i < 4000; ++i) {
        const std::string key = "k" + std::to_string(rng.below(600));
        if (rng.chance(1, 4) && model.contains(key)) {
            thin(rows, key);
            std::vector<std::string>& list = model[key];
            std::vector<std::string> kept;
            for (std::size_t k = 1; k < list.size(); k += 2) kept.push_back(list[k]);
            list = kept;
            if (list.empty()) model.erase(key);
        } else {
            const std::string row = "row " + std::to_string(i);
            add(rows, key, row);
            model[key].push_back(row);
        }
        if (i % 500 == 0) copies.emplace_back(rows, model);
    }
    copies.emplace_back(rows, model);
    for (const auto& [copy, was] : copies) {
        CHECK(contents(copy) == was);
        i64 n = 0;
        for (const auto& [key, list] : was) n += static_cast<i64>(list.size());
        CHECK((copy.keys == static_cast<i64>(was.size()) && copy.rows == n));
    }
}
