#include "sim/kernel/event_heap.h"

#include <catch2/catch_test_macros.hpp>

#include "sim/base/prng.h"
#include "tests/support/broken.h"

using namespace sim;

namespace {

Event event(i64 at, u64 seq) {
    Event made;
    made.at = nanos(at);
    made.seq = seq;
    return made;
}

}  // namespace

TEST_CASE("events come in order of time, then of scheduling") {
    EventHeap heap;
    for (const Event& one : {event(5, 1), event(3, 2), event(5, 3), event(3, 4)}) heap.push(one);
    std::vector<u64> order;
    while (!heap.empty()) order.push_back(heap.pop().seq);
    CHECK(order == std::vector<u64>{2, 4, 1, 3});
}

TEST_CASE("a heap under load stays sorted") {
    EventHeap heap;
    Prng prng = Prng::forked(1, "heap");
    u64 seq = 0;
    i64 now = 0;
    for (int i = 0; i < 20'000; ++i) {
        if (heap.empty() || prng.chance(11, 20)) {
            heap.push(event(now + static_cast<i64>(prng.below(1000)), ++seq));
            continue;
        }
        const Event next = heap.pop();
        REQUIRE(next.at.count >= now);
        now = next.at.count;
    }
    for (Event last = event(now, 0); !heap.empty();) {
        const Event next = heap.pop();
        REQUIRE(before(last, next));
        last = next;
    }
}

TEST_CASE("an event without a number is a broken contract") {
    EventHeap heap;
    CHECK(tests::breaks([&] { heap.push(event(1, 0)); }));
    CHECK(tests::breaks([&] { heap.pop(); }));
}
