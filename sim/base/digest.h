// Digest of a state: a number that changes when any member does.
//
// Works on numbers, enums, strings, vectors, arrays, pairs and plain structs (by reflection, so a new member
// is in the digest from its first day); a class with private members offers `void digest(Hasher&) const`.
#pragma once

#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/base/hash.h"
#include "sim/base/reflect.h"

namespace sim {

template <class T>
concept DigestsItself = requires(const T& value, Hasher& hasher) { value.digest(hasher); };

template <class T>
void digest(Hasher& hasher, const T& value);

inline void digest(Hasher& hasher, const std::string& text) {
    hasher.add_bytes({reinterpret_cast<const u8*>(text.data()), text.size()});
}
inline void digest(Hasher& hasher, const std::vector<u8>& bytes) { hasher.add_bytes(bytes); }

template <class T>
void digest(Hasher& hasher, const std::vector<T>& items) {
    hasher.add(items.size());
    for (const auto& item : items) digest(hasher, static_cast<const T&>(item));
}
template <class T, std::size_t N>
void digest(Hasher& hasher, const std::array<T, N>& items) {
    for (const T& item : items) digest(hasher, item);
}
template <class A, class B>
void digest(Hasher& hasher, const std::pair<A, B>& pair) {
    digest(hasher, pair.first);
    digest(hasher, pair.second);
}

template <class T>
void digest(Hasher& hasher, const T& value) {
    if constexpr (std::is_enum_v<T>) {
        hasher.add(static_cast<u64>(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
        static_assert(std::is_integral_v<T>, "floating point has no place in a simulated state");
        hasher.add(static_cast<u64>(value));
    } else if constexpr (DigestsItself<T>) {
        value.digest(hasher);
    } else {
        static_assert(PlainStruct<T>, "give this class a digest(Hasher&) member");
        for_each_field(value, [&](const auto& field) { digest(hasher, field); });
    }
}

template <class T>
u64 digest_of(const T& value) {
    Hasher hasher;
    digest(hasher, value);
    return hasher.value();
}

}  // namespace sim
