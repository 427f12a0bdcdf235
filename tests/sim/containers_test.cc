#include <catch2/catch_test_macros.hpp>

#include "sim/base/flat_map.h"
#include "sim/base/prng.h"
#include "sim/base/ring.h"
#include "sim/base/slot_table.h"
#include "sim/base/small_vec.h"
#include "tests/support/broken.h"

using namespace sim;

// ---- flat map -----------------------------------------------------------------------------------

TEST_CASE("a flat map walks its keys in order, whatever order they came in") {
    FlatMap<i32, std::string> map;
    for (const i32 key : {5, 1, 3}) map[key] = std::to_string(key);
    std::string keys;
    for (const auto& [key, value] : map) keys += value;
    CHECK(keys == "135");
    CHECK((map.contains(3) && !map.contains(4) && map.find(4) == nullptr));
}

TEST_CASE("a flat map forgets what is erased and only that") {
    FlatMap<i32, i32> map;
    for (i32 key = 0; key < 10; ++key) map[key] = key * key;
    CHECK((map.erase(4) && !map.erase(4)));
    map.erase_if([](const auto& entry) { return entry.first % 2 == 1; });
    CHECK((map.size() == 4 && map.at(6) == 36 && map.find(5) == nullptr));
    CHECK(tests::breaks([&] { (void)map.at(5); }));
}

// ---- ring ---------------------------------------------------------------------------------------

TEST_CASE("a ring gives back what it got, in order, through growth and wrapping") {
    Ring<u32> ring;
    Prng prng = Prng::forked(1, "ring");
    u32 in = 0, out = 0;
    for (int i = 0; i < 5000; ++i) {
        if (prng.chance(3, 5)) ring.push_back(in++);
        else if (!ring.empty()) CHECK(ring.pop_front() == out++);
    }
    CHECK(ring.size() == in - out);
    while (!ring.empty()) CHECK(ring.pop_front() == out++);
    CHECK(tests::breaks([&] { ring.pop_front(); }));
}

TEST_CASE("an item can be taken out of the middle of a ring") {
    Ring<i32> ring;
    for (i32 i = 0; i < 6; ++i) ring.push_back(i);
    ring.pop_front();
    ring.push_back(6);
    ring.erase_at(2);
    CHECK((ring.size() == 5 && ring.front() == 1 && ring[1] == 2 && ring[2] == 4 && ring.back() == 6));
}

TEST_CASE("rings with equal items have equal digests wherever they begin") {
    Ring<i32> plain, turned;
    for (i32 i = 0; i < 3; ++i) turned.push_back(9);
    for (i32 i = 0; i < 3; ++i) turned.pop_front();
    for (i32 i = 0; i < 4; ++i) { plain.push_back(i); turned.push_back(i); }
    CHECK(digest_of(plain) == digest_of(turned));
}

// ---- slot table ---------------------------------------------------------------------------------

TEST_CASE("a stale handle finds nothing, though its place is taken again") {
    SlotTable<i32> table(4);
    const Handle first = table.insert(1);
    table.erase(first);
    const Handle second = table.insert(2);
    CHECK((second.index == first.index && second.generation > first.generation));
    CHECK((table.find(first) == nullptr && table.at(second) == 2));
    CHECK(table.handle_at(second.index) == second);
    CHECK_FALSE(table.find(Handle{}));
}

TEST_CASE("a full table is a broken bound, not a larger table") {
    SlotTable<i32> table(2);
    table.insert(1);
    table.insert(2);
    CHECK(table.full());
    CHECK(tests::breaks([&] { table.insert(3); }));
}

TEST_CASE("a handle survives being packed into a word") {
    const Handle handle{77, 12};
    CHECK(Handle::unpacked(handle.packed()) == handle);
    CHECK_FALSE(static_cast<bool>(Handle{77, 0}));
}

TEST_CASE("live entries are walked in order of place") {
    SlotTable<char> table(8);
    std::vector<Handle> handles;
    for (const char c : {'a', 'b', 'c', 'd'}) handles.push_back(table.insert(c));
    table.erase(handles[1]);
    std::string seen;
    table.for_each([&](Handle, char c) { seen += c; });
    CHECK((seen == "acd" && table.size() == 3));
}

// ---- small vector -------------------------------------------------------------------------------

TEST_CASE("a small vector keeps its items when it moves to the heap and back") {
    SmallVec<std::string, 2> items;
    for (int i = 0; i < 5; ++i) items.push_back(std::string(30, static_cast<char>('a' + i)));
    SmallVec<std::string, 2> copy = items, taken = std::move(items);
    CHECK((copy == taken && taken.size() == 5 && taken[4][0] == 'e'));
    copy.erase_at(0);
    CHECK((copy.size() == 4 && copy.front()[0] == 'b'));
    taken = copy;
    copy.clear();
    CHECK((taken.size() == 4 && copy.empty()));
}

TEST_CASE("a small vector that was moved from can be used again") {
    SmallVec<std::string, 2> few = {"a", "b"}, many = {"a", "b", "c"};
    const auto few_taken = std::move(few);
    const auto many_taken = std::move(many);
    few.push_back("x");
    many.push_back("y");
    CHECK((few.size() == 1 && many.size() == 1 && few_taken.size() == 2 && many_taken.size() == 3));
}
