// The words in which a message schema is written.
//
// A message is a plain struct with one static function that names its fields in wire order:
//
//     static void fields(auto& v, auto& m) {
//         v.field("max_wait_ms", m.max_wait_ms);
//         v.field("session_id", m.session_id, since(7));
//         v.tagged("cluster_id", 0, m.cluster_id, since(12));
//     }
//
// Encoder, decoder (with the dissection) and the reader of value trees are visitors of that one function.
#pragma once

#include <climits>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/ids.h"
#include "engine/wire/bytes.h"
#include "engine/wire/uuid.h"
#include "sim/base/small_vec.h"

namespace engine::wire {

/// The versions in which a field is present, or may be null.
struct When {
    i16 first = 0;
    i16 last = INT16_MAX;
    [[nodiscard]] constexpr bool holds(i16 version) const { return first <= version && version <= last; }
};
constexpr When kAlways{};
constexpr When kNever{INT16_MAX, 0};
constexpr When since(i16 version) { return {version, INT16_MAX}; }
constexpr When until(i16 version) { return {0, version}; }
constexpr When between(i16 first, i16 last) { return {first, last}; }
static_assert(since(7).holds(7) && !until(7).holds(8) && !kNever.holds(0));
static_assert(between(1, 1).holds(1) && !between(1, 1).holds(2) && kAlways.holds(0) && !kNever.holds(INT16_MAX));

using Blob = std::vector<u8>;

/// The records field of Produce and Fetch: batches by reference.
struct Records {
    Slices slices;
    bool is_null = false;

    [[nodiscard]] u32 size() const { MR_ASSERT(!is_null || slices.empty()); return total_length(slices); }
};

/// A list of structs; most hold one element.
template <class T>
using List = sim::SmallVec<T, 1>;
/// A list of numbers or names.
template <class T>
using Items = sim::SmallVec<T, 4>;

}  // namespace engine::wire
