// A fact: something happened that the lab can show and a cause can be walked back from. Plain data; what a
// kind means and how its sentence reads is the business of the engine's table of facts.
#pragma once

#include <array>
#include <type_traits>

#include "sim/base/types.h"

namespace sim {

constexpr u64 kNoEvent = ~u64{0};

/// Names a fact: the event that produced it and its place among that event's facts.
struct FactId {
    u64 event_index = kNoEvent;
    u32 ordinal = 0;

    friend constexpr auto operator<=>(const FactId&, const FactId&) = default;
    explicit constexpr operator bool() const { return event_index != kNoEvent; }
};

struct Fact {
    u16 kind = 0;           // the engine's closed enum
    NodeId node = kNoNode;  // whom the sentence is about
    NameId subject = kNoName;
    i32 partition = -1;
    std::array<i64, 4> n{};  // meaning by kind
    FactId cause;            // an earlier fact; none = the event that produced this one
};
static_assert(std::is_trivially_copyable_v<Fact>);
static_assert(FactId{} > FactId{0, 1} && !FactId{});  // "none" is behind all facts

}  // namespace sim
