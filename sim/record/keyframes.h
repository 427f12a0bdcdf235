// Copies of a world kept at chosen event indexes, so that seeking back re-executes a short stretch only.
//
// Copies only shorten seeks; re-execution is the truth. When their weight or number exceeds the budget, every
// second one is dropped and the spacing doubles; the latest few stay dense, because stepping back from
// where one is is the commonest seek.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/types.h"

namespace sim {

struct KeyframeBudget {
    u64 bytes = 512ull << 20;
    u32 count = 512;
    u64 first_spacing = 1024;  // events between keyframes, before any thinning
};

template <class W>
class Keyframes {
public:
    struct Keyframe {
        u32 branch = 0;
        u64 index = 0;
        u64 weight = 0;  // bytes that this copy alone holds, estimated
        W world;
    };

    explicit Keyframes(KeyframeBudget budget = {}) : budget_(budget), spacing_(budget.first_spacing) {}

    [[nodiscard]] u64 spacing() const { return spacing_; }
    [[nodiscard]] u32 size() const { return static_cast<u32>(frames_.size()); }
    [[nodiscard]] u64 weight() const { return weight_; }

    /// Whether a world at this index should be kept.
    [[nodiscard]] bool due(u32 branch, u64 index) const {
        return index % spacing_ == 0 && find_exact(branch, index) == nullptr;
    }
    void keep(u32 branch, u64 index, u64 weight, const W& world) {
        MR_ASSERT(find_exact(branch, index) == nullptr);
        MR_ASSERT(frames_.empty() || index >= frames_.front().index);  // the first is the origin
        frames_.push_back({branch, index, weight, world});
        weight_ += weight;
        while (frames_.size() > 2 && (frames_.size() > budget_.count || weight_ > budget_.bytes)) thin();
    }
    /// The latest keyframe of a branch at or before an index, or nullptr.
    [[nodiscard]] const Keyframe* best(u32 branch, u64 index) const {
        const Keyframe* found = nullptr;
        for (const Keyframe& frame : frames_)
            if (frame.branch == branch && frame.index <= index && (!found || frame.index > found->index))
                found = &frame;
        return found;
    }

private:
    [[nodiscard]] const Keyframe* find_exact(u32 branch, u64 index) const {
        for (const Keyframe& frame : frames_)
            if (frame.branch == branch && frame.index == index) return &frame;
        return nullptr;
    }
    /// Keeps what the doubled spacing would have kept, and the origin, from which everything can be reached.
    void thin() {
        const u64 before = frames_.size();
        const u32 trunk = frames_.front().branch;
        const u64 origin = frames_.front().index;
        spacing_ *= 2;
        MR_ASSERT(spacing_ > budget_.first_spacing);
        std::erase_if(frames_, [&](const Keyframe& frame) {
            const bool is_origin = frame.branch == trunk && frame.index == origin;
            const bool goes = frame.index % spacing_ != 0 && !is_origin;
            if (goes) weight_ -= frame.weight;
            return goes;
        });
        if (frames_.size() == before && before > 2) drop_oldest_inner();
        MR_ASSERT(frames_.front().branch == trunk && frames_.front().index == origin);
    }
    void drop_oldest_inner() {
        MR_ASSERT(frames_.size() > 2 && frames_[1].weight <= weight_);
        weight_ -= frames_[1].weight;
        frames_.erase(frames_.begin() + 1);
    }

    KeyframeBudget budget_;
    u64 spacing_;
    u64 weight_ = 0;
    std::vector<Keyframe> frames_;
};

}  // namespace sim
