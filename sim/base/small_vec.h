// A vector whose first N elements need no allocation: for lists that usually hold one or two.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>

#include "sim/base/assert.h"
#include "sim/base/digest.h"

namespace sim {

template <class T, u32 N>
class SmallVec {
    static_assert(N > 0, "a vector without room of its own is std::vector");

public:
    SmallVec() = default;
    SmallVec(std::initializer_list<T> items) { for (const T& item : items) push_back(item); }
    SmallVec(const SmallVec& other) { append({other.data_, other.size_}); }
    SmallVec(SmallVec&& other) noexcept { take(other); }
    SmallVec& operator=(const SmallVec& other) {
        if (this != &other) { clear(); append({other.data_, other.size_}); }
        return *this;
    }
    SmallVec& operator=(SmallVec&& other) noexcept {
        if (this != &other) { release(); take(other); }
        return *this;
    }
    ~SmallVec() { release(); }

    [[nodiscard]] u32 size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    T& operator[](u32 i) { MR_ASSERT(i < size_); return data_[i]; }
    const T& operator[](u32 i) const { MR_ASSERT(i < size_); return data_[i]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }
    const T& front() const { return (*this)[0]; }
    T& front() { return (*this)[0]; }

    template <class... Args>
    T& emplace_back(Args&&... args) {
        if (size_ == capacity_) grow(capacity_ * 2);
        MR_ASSERT(size_ < capacity_);
        T* place = std::construct_at(data_ + size_, std::forward<Args>(args)...);
        ++size_;
        return *place;
    }
    /// Appends a run of items at once.
    void append(std::span<const T> items) {
        reserve(size_ + static_cast<u32>(items.size()));
        std::uninitialized_copy(items.begin(), items.end(), end());
        size_ += static_cast<u32>(items.size());
        MR_ASSERT(size_ <= capacity_);
    }
    void push_back(T item) { emplace_back(std::move(item)); }
    void pop_back() { MR_ASSERT(size_ > 0); std::destroy_at(data_ + --size_); }
    void clear() { std::destroy_n(data_, size_); size_ = 0; }
    void reserve(u32 count) { if (count > capacity_) grow(count); }
    void resize(u32 count) {
        reserve(count);
        while (size_ > count) pop_back();
        while (size_ < count) emplace_back();
    }
    void erase_at(u32 i) {
        MR_ASSERT(i < size_);
        std::move(data_ + i + 1, end(), data_ + i);
        pop_back();
    }

    friend bool operator==(const SmallVec& a, const SmallVec& b) { return std::ranges::equal(a, b); }
    void digest(Hasher& hasher) const {
        hasher.add(size_);
        for (const T& item : *this) sim::digest(hasher, item);
    }

private:
    T* inline_data() { return reinterpret_cast<T*>(inline_); }
    [[nodiscard]] bool on_heap() const { return data_ != reinterpret_cast<const T*>(inline_); }

    void grow(u32 wanted) {
        MR_ASSERT(wanted > capacity_);
        T* larger = std::allocator<T>().allocate(wanted);
        std::uninitialized_move_n(data_, size_, larger);
        std::destroy_n(data_, size_);
        if (on_heap()) std::allocator<T>().deallocate(data_, capacity_);
        data_ = larger;
        capacity_ = wanted;
    }
    void take(SmallVec& other) {
        MR_ASSERT(data_ == inline_data() && size_ == 0);
        if (other.on_heap()) {
            data_ = std::exchange(other.data_, other.inline_data());
            capacity_ = std::exchange(other.capacity_, N);
            size_ = std::exchange(other.size_, 0);
            return;
        }
        std::uninitialized_move_n(other.data_, other.size_, data_);
        size_ = other.size_;
        other.clear();
    }
    void release() {
        clear();
        if (!on_heap()) return;
        std::allocator<T>().deallocate(data_, capacity_);
        data_ = inline_data();
        capacity_ = N;
    }

    T* data_ = inline_data();
    u32 size_ = 0;
    u32 capacity_ = N;
    alignas(T) unsigned char inline_[sizeof(T) * N];
};

}  // namespace sim
