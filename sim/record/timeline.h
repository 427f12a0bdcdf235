// Time travel over any copyable world: a journal of inputs, keyframes, branches, and a cursor.
//
// Traits<W> says how to drive a world:
//   using History;                                  // what happened: append-only, truncatable copy
//   static u64 index(const W&);                     // events carried out so far
//   static bool step(W&, History*);                 // one event; nullptr = do not record
//   static void apply(W&, const Input&, History*);  // one input, which takes the index index(w)
//   static u64 trace(const W&);                     // hash of everything so far
//   static u64 weight(const W&);                    // bytes that a copy holds alone, estimated
//   static History prefix(const History&, u64 index);  // rows of events before `index`
//
// The world that a timeline begins with is its origin, at whatever index it stands.
//
// Invariants: the history of a branch covers exactly the events [origin, head) of that branch; re-executing below
// head records nothing; an input at a cursor below head opens a branch and keeps the old future.
#pragma once

#include <string>
#include <vector>

#include "sim/record/input.h"
#include "sim/record/keyframes.h"

namespace sim {

/// A re-execution that did not come out as the first time: determinism is broken, and the lab says so.
struct Divergence {
    bool found = false;
    u64 index = 0;
};

template <class W, class Traits>
class Timeline {
public:
    using History = typename Traits::History;
    struct Branch {
        u32 id = 0;
        u32 parent = 0;
        u64 fork = 0;               // index at which it left its parent; the origin's for the first
        u64 head = 0;               // events carried out on it so far
        std::vector<Input> inputs;  // all from index 0 on, those before the fork shared by value
        History history;
        std::vector<u64> samples;   // trace at the origin, then at each multiple of kSampleEvery
    };
    static constexpr u64 kSampleEvery = 1024;

    explicit Timeline(const W& origin, KeyframeBudget budget = {}) : world_(origin), keyframes_(budget) {
        first_ = Traits::index(origin);
        Branch& trunk = branches_.emplace_back();
        trunk.fork = trunk.head = first_;
        trunk.samples.push_back(Traits::trace(origin));
        keyframes_.keep(0, first_, Traits::weight(origin), origin);
    }

    [[nodiscard]] const W& world() const { return world_; }
    [[nodiscard]] u64 first() const { return first_; }
    [[nodiscard]] u64 cursor() const { return Traits::index(world_); }
    [[nodiscard]] const Branch& branch() const { return branches_[current_]; }
    /// The history of the current branch, for what is written beside the events: answers, taken touch bits.
    [[nodiscard]] History& history() { return branches_[current_].history; }
    [[nodiscard]] const std::vector<Branch>& branches() const { return branches_; }
    [[nodiscard]] bool at_head() const { return cursor() == branch().head; }
    [[nodiscard]] const Divergence& divergence() const { return divergence_; }
    [[nodiscard]] const Keyframes<W>& keyframes() const { return keyframes_; }

    /// Carries out the next event or journaled input. False if nothing is left to happen.
    bool advance() {
        Branch& branch = branches_[current_];
        const bool fresh = at_head();
        const u64 before = cursor();
        MR_ASSERT(before <= branch.head);
        const Input* input = fresh ? nullptr : input_at(branch, cursor());
        History* recorder = fresh ? &branch.history : nullptr;
        if (input != nullptr) Traits::apply(world_, *input, recorder);
        else if (!Traits::step(world_, recorder)) return false;
        MR_ASSERT(cursor() == before + 1);
        after_event(branch, fresh);
        return true;
    }

    /// Applies an input at the cursor: appends it at the head, or opens a branch below it.
    void act(Input input) {
        if (!at_head()) fork();
        Branch& branch = branches_[current_];
        input.at_index = cursor();
        MR_ASSERT(branch.inputs.empty() || branch.inputs.back().at_index < input.at_index);
        branch.inputs.push_back(input);
        Traits::apply(world_, input, &branch.history);
        MR_ASSERT(cursor() == input.at_index + 1);
        after_event(branch, true);
    }

    /// Moves the cursor to an index at or below the head of the current branch.
    void seek(u64 index) {
        MR_ASSERT(index <= branch().head);
        if (index < cursor() || worth_jumping(index)) restore(index);
        while (cursor() < index) advance();
        MR_ASSERT(cursor() == index);
    }

    /// Makes another branch the current one; the cursor goes to `index` on it.
    void switch_to(u32 id, u64 index) {
        MR_ASSERT(id < branches_.size());
        MR_ASSERT(index >= first_ && index <= branches_[id].head);
        current_ = id;
        restore(index);
        while (cursor() < index) advance();
    }

    /// Opens a branch at the cursor although no input asks for it yet, and makes it the current one.
    void fork() {
        const u64 at = cursor();
        const Branch& from = branches_[current_];
        MR_ASSERT(at >= first_ && at <= from.head);
        Branch fresh;
        fresh.id = static_cast<u32>(branches_.size());
        fresh.parent = from.id;
        fresh.fork = fresh.head = at;
        for (const Input& input : from.inputs)
            if (input.at_index < at) fresh.inputs.push_back(input);
        fresh.history = Traits::prefix(from.history, at);
        fresh.samples.assign(from.samples.begin(),
                             from.samples.begin() + static_cast<std::ptrdiff_t>(sample_at(at) + 1));
        branches_.push_back(std::move(fresh));
        current_ = branches_.back().id;
    }

    /// Restores the world from a keyframe and re-executes to the cursor: must change nothing.
    void rebuild_at_cursor() {
        const u64 at = cursor();
        restore(at);
        while (cursor() < at) advance();
    }

private:
    static const Input* input_at(const Branch& branch, u64 index) {
        const auto found = std::ranges::lower_bound(branch.inputs, index, {}, &Input::at_index);
        return found != branch.inputs.end() && found->at_index == index ? &*found : nullptr;
    }

    void after_event(Branch& branch, bool fresh) {
        const u64 index = cursor();
        if (fresh) branch.head = index;
        if (index % kSampleEvery == 0) check_sample(branch, index);
        if (keyframes_.due(branch.id, index)) keyframes_.keep(branch.id, index, Traits::weight(world_), world_);
    }

    [[nodiscard]] u64 sample_at(u64 index) const {
        MR_ASSERT(index >= first_);
        return index / kSampleEvery - first_ / kSampleEvery;
    }

    void check_sample(Branch& branch, u64 index) {
        const u64 sample = sample_at(index);
        if (sample == branch.samples.size()) branch.samples.push_back(Traits::trace(world_));
        MR_ASSERT(sample < branch.samples.size());
        if (branch.samples[sample] != Traits::trace(world_) && !divergence_.found) divergence_ = {true, index};
    }

    /// The best keyframe for an index of a branch, looking up its line of parents.
    const typename Keyframes<W>::Keyframe* best_keyframe(u32 id, u64 index) const {
        for (;;) {
            if (const auto* frame = keyframes_.best(id, index)) return frame;
            const Branch& branch = branches_[id];
            MR_ASSERT(branch.id != 0);  // branch 0 has a keyframe at the origin
            index = std::min(index, branch.fork);
            id = branch.parent;
        }
    }
    [[nodiscard]] bool worth_jumping(u64 index) const {
        return best_keyframe(current_, index)->index > cursor() + keyframes_.spacing();
    }
    void restore(u64 index) {
        const auto* frame = best_keyframe(current_, index);
        world_ = frame->world;
        MR_ASSERT(cursor() <= index);
    }

    W world_;
    u64 first_ = 0;
    std::vector<Branch> branches_;
    u32 current_ = 0;
    Keyframes<W> keyframes_;
    Divergence divergence_;
};

}  // namespace sim
