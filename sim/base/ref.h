// Shared ownership inside one thread: a count in the object, one word in the holder, no atomics.
//
// Ref<T> shares something immutable (a chunk of bytes, a frame). Cow<T> shares a state until somebody edits
// it: copying a world copies the pointer, and the first edit afterwards copies the state.
#pragma once

#include <utility>

#include "sim/base/assert.h"
#include "sim/base/digest.h"

namespace sim {

/// Base of what a Ref may hold. T is destroyed by `T::destroy(T*)` if it has one, else by delete.
struct Shared {
    mutable u32 references = 0;

    Shared() = default;
    Shared(const Shared&) : references(0) {}  // a copy starts a life of its own
    Shared& operator=(const Shared&) { return *this; }
};

template <class T>
class Ref {
public:
    Ref() = default;
    explicit Ref(const T* object) : object_(object) { acquire(); }
    Ref(const Ref& other) : object_(other.object_) { acquire(); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Ref& operator=(Ref other) noexcept { std::swap(object_, other.object_); return *this; }
    ~Ref() { release(); }

    explicit operator bool() const { return object_ != nullptr; }
    const T& operator*() const { return *get(); }
    const T* operator->() const { return get(); }
    [[nodiscard]] const T* get() const { MR_ASSERT(object_ != nullptr); return object_; }
    [[nodiscard]] bool unique() const { return object_ != nullptr && object_->references == 1; }
    friend bool operator==(const Ref& a, const Ref& b) { return a.object_ == b.object_; }

    void digest(Hasher& hasher) const {
        hasher.add(object_ != nullptr);
        if (object_ != nullptr) sim::digest(hasher, *object_);
    }

private:
    void acquire() const { if (object_ != nullptr) ++object_->references; }
    void release() {
        MR_ASSERT(object_ == nullptr || object_->references > 0);
        if (object_ == nullptr || --object_->references > 0) return;
        if constexpr (requires { T::destroy(object_); }) T::destroy(object_);
        else delete object_;
    }

    const T* object_ = nullptr;
};

/// A value that copies share until one of them edits it.
template <class T>
class Cow {
public:
    Cow() : box_(new Box) {}
    explicit Cow(T value) : box_(new Box{{}, std::move(value)}) {}

    const T& operator*() const { return box_->value; }
    const T* operator->() const { return &box_->value; }
    /// The value, for writing. References taken before by readers of this holder may go stale.
    T& edit() {
        if (!box_.unique()) box_ = Ref<Box>(new Box{{}, box_->value});
        MR_ASSERT(box_.unique());
        return const_cast<Box*>(box_.get())->value;
    }
    void digest(Hasher& hasher) const { sim::digest(hasher, box_->value); }

private:
    struct Box : Shared {
        Box() = default;
        Box(Shared shared, T v) : Shared(shared), value(std::move(v)) {}
        T value{};
    };
    Ref<Box> box_;
};

}  // namespace sim
