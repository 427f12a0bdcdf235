// Fixed-width numbers, simulated time, and the strong types that ids and quantities are made of.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

namespace sim {

using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// Simulated time or a span of it, in nanoseconds. A moment counts from the start of the world.
struct Nanos {
    i64 count = 0;

    friend constexpr auto operator<=>(Nanos, Nanos) = default;
    friend constexpr Nanos operator+(Nanos a, Nanos b) { return {a.count + b.count}; }
    friend constexpr Nanos operator-(Nanos a, Nanos b) { return {a.count - b.count}; }
    friend constexpr Nanos operator*(Nanos a, i64 n) { return {a.count * n}; }
    friend constexpr Nanos operator/(Nanos a, i64 n) { return {a.count / n}; }
    constexpr Nanos& operator+=(Nanos b) { count += b.count; return *this; }
    constexpr Nanos& operator-=(Nanos b) { count -= b.count; return *this; }
    [[nodiscard]] constexpr i64 to_millis() const { return count / 1'000'000; }
};

constexpr Nanos nanos(i64 n) { return {n}; }
constexpr Nanos micros(i64 n) { return {n * 1'000}; }
constexpr Nanos millis(i64 n) { return {n * 1'000'000}; }
constexpr Nanos seconds(i64 n) { return {n * 1'000'000'000}; }
constexpr Nanos kForever{INT64_MAX};

/// An identity: compared and ordered, never calculated with.
template <class Tag, class Rep>
struct Id {
    Rep value{};
    friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// A quantity of one unit: may be moved by plain numbers, and two of them have a distance.
template <class Tag, class Rep>
struct Quantity {
    Rep value{};
    friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
    friend constexpr Quantity operator+(Quantity a, Rep n) { return {static_cast<Rep>(a.value + n)}; }
    friend constexpr Quantity operator-(Quantity a, Rep n) { return {static_cast<Rep>(a.value - n)}; }
    friend constexpr Rep operator-(Quantity a, Quantity b) { return static_cast<Rep>(a.value - b.value); }
    constexpr Quantity& operator+=(Rep n) { value = static_cast<Rep>(value + n); return *this; }
    constexpr Quantity& operator++() { ++value; return *this; }
};

/// A simulated process, by its place in the world's list of nodes.
using NodeId = Id<struct NodeIdTag, u16>;
constexpr NodeId kNoNode{0xffff};

/// A word that the world has met (topic, client, path), by its place in the name table.
using NameId = Id<struct NameIdTag, u32>;
constexpr NameId kNoName{0xffffffff};

static_assert(sizeof(Nanos) == 8 && sizeof(NodeId) == 2 && sizeof(NameId) == 4);
static_assert(std::is_trivially_copyable_v<Nanos> && std::is_trivially_copyable_v<NodeId>);
static_assert(micros(1) == nanos(1'000) && millis(1) == micros(1'000) && seconds(1) == millis(1'000));
static_assert(seconds(1).to_millis() == 1'000 && nanos(999'999).to_millis() == 0);
static_assert(kForever > seconds(9'000'000'000));  // 285 years: no world lives as long

}  // namespace sim
