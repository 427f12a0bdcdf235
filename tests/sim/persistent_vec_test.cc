#include "sim/base/persistent_vec.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"
#include "tests/support/broken.h"

using namespace sim;

namespace {

using Numbers = PersistentVec<u64, 4>;

Numbers numbers(u64 count) {
    Numbers items;
    for (u64 i = 0; i < count; ++i) items.push_back(i);
    return items;
}

std::vector<u64> listed(const Numbers& items) {
    std::vector<u64> list;
    for (u64 i = 0; i < items.size(); ++i) list.push_back(items[i]);
    return list;
}

}  // namespace

TEST_CASE("a copy does not see what is done to the original") {
    Numbers original = numbers(10);
    const Numbers copy = original;
    original.edit(1) = 100;
    original.push_back(10);
    CHECK(listed(copy) == listed(numbers(10)));
    CHECK((original[1] == 100 && original.size() == 11));
}

TEST_CASE("a truncated vector grows again without touching its copies") {
    Numbers original = numbers(10);
    const Numbers copy = original;
    original.truncate(6);
    original.push_back(60);
    CHECK((original.size() == 7 && original.back() == 60));
    CHECK((copy.size() == 10 && copy[6] == 6));
    CHECK(tests::breaks([&] { original.truncate(8); }));
}

TEST_CASE("a persistent vector does what a plain one does") {
    Prng prng = Prng::forked(1, "vec");
    Numbers items;
    std::vector<u64> model;
    std::vector<std::pair<Numbers, std::vector<u64>>> copies;
    for (int i = 0; i < 3000; ++i) {
        const u64 choice = prng.below(100), value = prng.next();
        if (choice < 60 || model.empty()) { items.push_back(value); model.push_back(value); }
        else if (choice < 95) { const u64 at = prng.below(model.size()); items.edit(at) = value; model[at] = value; }
        else { const u64 to = prng.below(model.size() + 1); items.truncate(to); model.resize(to); }
        if (i % 500 == 0) copies.emplace_back(items, model);
    }
    CHECK(listed(items) == model);
    for (const auto& [copy, expected] : copies) CHECK(listed(copy) == expected);
}

TEST_CASE("the place in a sorted vector is found by halving") {
    const Numbers items = numbers(100);
    for (const u64 wanted : {0u, 1u, 50u, 99u, 100u})
        CHECK(items.partition_point([&](u64 item) { return item < wanted; }) == wanted);
}

TEST_CASE("a digest follows the items, not how they came to be there") {
    Numbers grown = numbers(12), cut = numbers(20);
    cut.truncate(12);
    CHECK(digest_of(grown) == digest_of(cut));
    grown.edit(11) = 0;
    CHECK(digest_of(grown) != digest_of(cut));
}
