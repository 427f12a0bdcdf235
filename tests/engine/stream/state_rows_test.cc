#include "engine/stream/state_rows.h"

#include <catch2/catch_test_macros.hpp>

#include <map>

#include "tests/engine/plan/random_columns.h"

using namespace engine::spark;
using namespace tests;

namespace {

bool same(const Value& a, const Value& b) {
    if (a.null != b.null || a.i != b.i || a.d != b.d || a.dec != b.dec || a.s != b.s || !a.items != !b.items)
        return false;
    return !a.items || std::equal(a.items->begin(), a.items->end(), b.items->begin(), b.items->end(), same);
}

bool same(const StateRow& a, const StateRow& b) {
    const auto same_values = [](const Values& x, const Values& y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const Value& v, const Value& w) { return same(v, w); });
    };
    return same_values(a.key, b.key) && same_values(a.value, b.value);
}

using RowModel = std::map<std::string, StateRow>;

/// Whether the rows are those of the model, in its order.
bool holds(const StateRows& rows, const RowModel& model) {
    if (rows.size() != model.size()) return false;
    auto expected = model.begin();
    for (const auto& [place, row] : rows) {
        if (expected == model.end() || place != expected->first || !same(row, expected->second)) return false;
        ++expected;
    }
    return expected == model.end();
}

StateRow any_row(sim::Prng& rng) {
    StateRow out;
    for (u64 i = rng.below(3); i > 0; --i) out.key.push_back(any_value(rng, any_type(rng, 2)));
    for (u64 i = rng.below(3); i > 0; --i) out.value.push_back(any_value(rng, any_type(rng, 2)));
    return out;
}

}  // namespace

TEST_CASE("state rows: they are a map in order, and copies do not see each other's changes") {
    sim::Prng rng = sim::Prng::forked(1, "state rows");
    StateRows rows;
    RowModel model;
    std::vector<std::pair<StateRows, RowModel>> copies;
    for (int i = 0; i < 30'000; ++i) {
        // It grows over many pages and chunks, then is taken away again.
        const bool grows = i < 18'000;
        const std::string place = "p" + std::to_string(rng.below(9'000));
        if (rng.chance(grows ? 1 : 9, 10)) {
            CHECK(rows.erase(place) == (model.erase(place) > 0));
        } else {
            const StateRow row = any_row(rng);
            rows.put(place, row);
            model[place] = row;
        }
        if (i % 3'000 == 0) copies.emplace_back(rows, model);
        if (i % 50 != 0) continue;
        const auto found = rows.find(place);
        CHECK((found.has_value() == model.contains(place) && rows.contains(place) == found.has_value()));
        if (found) CHECK(same(*found, model.at(place)));
        const auto at = rows.lower_bound(place + "0");
        const auto expected = model.lower_bound(place + "0");
        CHECK((at == rows.end()) == (expected == model.end()));
        if (expected != model.end() && at != rows.end()) CHECK(at.place() == expected->first);
    }
    for (const auto& [place, row] : RowModel(model)) rows.erase(place), model.erase(place);
    copies.emplace_back(rows, model);
    rows.put("again", {});
    CHECK(rows.size() == 1);
    for (const auto& [copy, was] : copies) CHECK(holds(copy, was));
}
