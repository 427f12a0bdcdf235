#include "sim/kernel/event_heap.h"

#include <algorithm>

namespace sim {
namespace {
constexpr u32 kArity = 4;
}

void EventHeap::push(const Event& event) {
    MR_ASSERT(event.seq != 0);
    events_.push_back(event);
    sift_up(size() - 1, event);
    MR_ASSERT(!before(event, top()));
}

Event EventHeap::pop() {
    MR_ASSERT(!empty());
    const Event first = events_.front();
    const Event last = events_.back();
    events_.pop_back();
    if (!events_.empty()) sift_down(0, last);
    MR_ASSERT(empty() || before(first, top()));
    return first;
}

void EventHeap::order() {
    for (u32 hole = size() / kArity + 1; hole-- > 0;)
        if (hole < size()) sift_down(hole, Event(events_[hole]));
    MR_VALIDATE(std::ranges::none_of(events_, [&](const Event& event) { return before(event, top()); }));
}

void EventHeap::sift_up(u32 hole, const Event& event) {
    MR_ASSERT(hole < size());
    while (hole > 0) {
        const u32 parent = (hole - 1) / kArity;
        if (!before(event, events_[parent])) break;
        events_[hole] = events_[parent];
        hole = parent;
    }
    events_[hole] = event;
}

void EventHeap::sift_down(u32 hole, const Event& event) {
    MR_ASSERT(hole < size());
    for (;;) {
        const u32 first = hole * kArity + 1;
        if (first >= size()) break;
        u32 least = first;
        const u32 end = std::min(first + kArity, size());
        for (u32 child = first + 1; child < end; ++child)
            if (before(events_[child], events_[least])) least = child;
        if (!before(events_[least], event)) break;
        events_[hole] = events_[least];
        hole = least;
    }
    events_[hole] = event;
}

void EventHeap::digest(Hasher& hasher) const { sim::digest(hasher, events_); }

}  // namespace sim
