// The agenda: a 4-ary heap in one vector. Nothing is searched in it: what was cancelled is recognised as stale when
// it surfaces, or swept out with all its like.
#pragma once

#include <vector>

#include "sim/base/assert.h"
#include "sim/base/digest.h"
#include "sim/kernel/event.h"

namespace sim {

class EventHeap {
public:
    [[nodiscard]] bool empty() const { return events_.empty(); }
    [[nodiscard]] u32 size() const { return static_cast<u32>(events_.size()); }
    [[nodiscard]] const Event& top() const { MR_ASSERT(!empty()); return events_.front(); }
    [[nodiscard]] const std::vector<Event>& unordered() const { return events_; }

    void push(const Event& event);
    Event pop();
    /// Takes out every event that `is_stale` names. The order of the others stays. O(size).
    template <class IsStale>
    void sweep(IsStale&& is_stale) {
        std::erase_if(events_, is_stale);
        order();
    }
    void digest(Hasher& hasher) const;

private:
    void order();
    void sift_up(u32 hole, const Event& event);
    void sift_down(u32 hole, const Event& event);

    std::vector<Event> events_;
};

}  // namespace sim
