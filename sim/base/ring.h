// A queue in one vector: pushes at the back, pops at the front, no allocation once it has its size.
#pragma once

#include <bit>
#include <utility>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/digest.h"

namespace sim {

template <class T>
class Ring {
public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] u32 size() const { return size_; }
    T& front() { return (*this)[0]; }
    const T& front() const { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }
    T& operator[](u32 i) { MR_ASSERT(i < size_); return slots_[index(i)]; }
    const T& operator[](u32 i) const { MR_ASSERT(i < size_); return slots_[index(i)]; }

    void push_back(T item) {
        if (size_ == slots_.size()) grow();
        MR_ASSERT(size_ < slots_.size());
        slots_[index(size_)] = std::move(item);
        ++size_;
    }
    T pop_front() {
        MR_ASSERT(size_ > 0);
        T item = std::exchange(slots_[head_], T{});
        head_ = index(1);
        --size_;
        return item;
    }
    void erase_at(u32 i) {
        MR_ASSERT(i < size_);
        for (; i + 1 < size_; ++i) slots_[index(i)] = std::move(slots_[index(i + 1)]);
        slots_[index(--size_)] = T{};
    }
    void clear() { while (!empty()) pop_front(); }
    void digest(Hasher& hasher) const {
        hasher.add(size_);
        for (u32 i = 0; i < size_; ++i) sim::digest(hasher, (*this)[i]);
    }

private:
    [[nodiscard]] u32 index(u32 i) const { return (head_ + i) & (static_cast<u32>(slots_.size()) - 1); }
    void grow() {
        std::vector<T> larger(slots_.empty() ? 4 : slots_.size() * 2);
        for (u32 i = 0; i < size_; ++i) larger[i] = std::move(slots_[index(i)]);
        slots_ = std::move(larger);
        head_ = 0;
        MR_ASSERT(std::has_single_bit(slots_.size()));  // index() masks instead of dividing
    }

    std::vector<T> slots_;
    u32 head_ = 0;
    u32 size_ = 0;
};

}  // namespace sim
