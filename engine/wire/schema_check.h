// What the compiler checks of every message schema: a visitor of the schema functions that never runs.
//
// A schema is sound if its names are there and differ, each field is present in some version that the message has,
// and tagged fields are numbered in ascending order and come in flexible versions only. The structs inside of a
// message are held to the same.
#pragma once

#include <array>
#include <type_traits>

#include "engine/wire/schema.h"

namespace engine::wire {

class SchemaCheck {
public:
    constexpr SchemaCheck(i16 lowest, i16 highest, i16 flexible_since)
        : lowest_(lowest), highest_(highest), flexible_since_(flexible_since) {}

    template <class T>
    constexpr void field(std::string_view name, const T&, When present = kAlways) {
        note(name, present);
        inside<T>();
    }
    template <class T>
    constexpr void nullable(std::string_view name, const std::optional<T>&, When present = kAlways, When = kAlways) {
        note(name, present);
        inside<T>();
    }
    template <class T>
    constexpr void nullable_struct(std::string_view name, const std::optional<T>& value, When present = kAlways) {
        nullable(name, value, present);
    }
    template <class T, class... Default>
    constexpr void tagged(std::string_view name, i32 tag, const T&, When present, const Default&...) {
        note(name, present);
        if (tag <= last_tag_ || present.first < flexible_since_) sound_ = false;
        last_tag_ = tag;
        inside<T>();
    }

    template <class T>
    [[nodiscard]] constexpr bool of();

private:
    template <class T>
    struct Inner { using Type = T; };
    template <class T>
    struct Inner<std::optional<T>> : Inner<T> {};
    template <class T, u32 N>
    struct Inner<sim::SmallVec<T, N>> : Inner<T> {};

    static constexpr std::size_t kMostNames = 48;

    constexpr void note(std::string_view name, When present) {
        if (name.empty() || present.first > present.last) sound_ = false;
        if (present.first > highest_ || present.last < lowest_) sound_ = false;
        for (std::size_t i = 0; i < count_; ++i)
            if (names_[i] == name) sound_ = false;
        names_[count_++] = name;  // beyond the array: the compiler refuses
    }
    template <class T>
    constexpr void inside();

    i16 lowest_;
    i16 highest_;
    i16 flexible_since_;
    std::array<std::string_view, kMostNames> names_{};
    std::size_t count_ = 0;
    i32 last_tag_ = -1;
    bool sound_ = true;
};

/// An object that schema functions name and never read, so that it need not be made.
template <class T>
union Unmade {
    constexpr Unmade() : nothing(0) {}
    constexpr ~Unmade() {}
    char nothing;
    T value;
};
template <class T>
inline constexpr Unmade<T> kUnmade{};

template <class T>
constexpr bool SchemaCheck::of() {
    T::fields(*this, kUnmade<T>.value);
    return sound_ && count_ > 0;
}

template <class T>
constexpr void SchemaCheck::inside() {
    using Part = typename Inner<T>::Type;
    if constexpr (requires(SchemaCheck& check, const Part& part) { Part::fields(check, part); }) {
        SchemaCheck check(lowest_, highest_, flexible_since_);
        sound_ = sound_ && check.of<Part>();
    }
}

/// Lowest version that a message has: 0 if it does not say.
template <class T>
consteval i16 lowest_version() {
    if constexpr (requires { T::kLowest; }) return T::kLowest;
    else return 0;
}

template <class T>
consteval bool sound_schema() {
    return SchemaCheck(lowest_version<T>(), T::kHighest, T::kFlexibleSince).of<T>();
}

}  // namespace engine::wire
