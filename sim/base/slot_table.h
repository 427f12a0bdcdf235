// A bounded table whose places are reused: handles carry a generation, so a stale one finds nothing.
#pragma once

#include <utility>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/digest.h"

namespace sim {

/// Names a place of a table and the generation that lives there. Generation 0 is never given out.
struct Handle {
    u32 index = 0;
    u32 generation = 0;

    friend constexpr auto operator<=>(const Handle&, const Handle&) = default;
    explicit constexpr operator bool() const { return generation != 0; }
    [[nodiscard]] constexpr u64 packed() const { return static_cast<u64>(generation) << 32 | index; }
    static constexpr Handle unpacked(u64 word) { return {static_cast<u32>(word), static_cast<u32>(word >> 32)}; }
};
static_assert(Handle::unpacked(Handle{3, 7}.packed()) == Handle{3, 7} && !Handle{3, 0});

template <class T>
class SlotTable {
public:
    explicit SlotTable(u32 capacity) : capacity_(capacity) { MR_ASSERT(capacity > 0); }

    [[nodiscard]] u32 size() const { return live_; }
    [[nodiscard]] u32 capacity() const { return capacity_; }
    [[nodiscard]] bool full() const { return live_ == capacity_; }

    /// Requires !full(): a bounded table that overflows is a broken bound, not a request for memory.
    Handle insert(T value) {
        MR_ASSERT(!full());
        u32 index = 0;
        if (!free_.empty()) {
            index = free_.back();
            free_.pop_back();
        } else {
            index = static_cast<u32>(slots_.size());
            slots_.emplace_back();
        }
        Slot& slot = slots_[index];
        MR_ASSERT(!slot.live);
        slot.value = std::move(value);
        slot.live = true;
        ++slot.generation;
        MR_ASSERT(slot.generation != 0);  // 0 names nothing
        ++live_;
        MR_ASSERT(live_ + free_.size() == slots_.size());
        return {index, slot.generation};
    }
    T* find(Handle handle) {
        if (handle.index >= slots_.size()) return nullptr;
        Slot& slot = slots_[handle.index];
        return slot.live && slot.generation == handle.generation ? &slot.value : nullptr;
    }
    const T* find(Handle handle) const { return const_cast<SlotTable*>(this)->find(handle); }
    /// The handle of the live entry at a place, or none.
    [[nodiscard]] Handle handle_at(u32 index) const {
        if (index >= slots_.size() || !slots_[index].live) return {};
        return {index, slots_[index].generation};
    }
    T& at(Handle handle) {
        T* value = find(handle);
        MR_ASSERT(value != nullptr);
        return *value;
    }
    const T& at(Handle handle) const { return const_cast<SlotTable*>(this)->at(handle); }
    void erase(Handle handle) {
        MR_ASSERT(find(handle) != nullptr);
        Slot& slot = slots_[handle.index];
        slot.value = T{};
        slot.live = false;
        free_.push_back(handle.index);
        --live_;
        MR_ASSERT(live_ + free_.size() == slots_.size());
    }
    /// Calls visit(handle, value) for every live entry, in order of place.
    template <class Visit>
    void for_each(Visit&& visit) {
        for (u32 i = 0; i < slots_.size(); ++i)
            if (slots_[i].live) visit(Handle{i, slots_[i].generation}, slots_[i].value);
    }
    template <class Visit>
    void for_each(Visit&& visit) const {
        const_cast<SlotTable*>(this)->for_each(
            [&](Handle handle, const T& value) { visit(handle, value); });
    }
    void digest(Hasher& hasher) const {
        hasher.add(live_);
        sim::digest(hasher, free_);
        for_each([&](Handle handle, const T& value) {
            hasher.add(handle.packed());
            sim::digest(hasher, value);
        });
    }

private:
    struct Slot {
        T value{};
        u32 generation = 0;
        bool live = false;
    };
    std::vector<Slot> slots_;
    std::vector<u32> free_;
    u32 live_ = 0;
    u32 capacity_;
};

}  // namespace sim
