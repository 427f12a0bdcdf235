// Whole numbers as they stand in Kafka's and ZooKeeper's bytes: most significant byte first.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include "sim/base/types.h"

namespace sim {

template <class T>
T to_big_endian(T value) {
    static_assert(std::is_integral_v<T> && sizeof(T) <= 8);
    static_assert(std::has_unique_object_representations_v<T>);
    static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
    if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
    else return std::byteswap(value);
}

/// The number in the sizeof(T) bytes that begin at `bytes`.
template <class T>
T load_big_endian(const u8* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return to_big_endian(value);
}

template <class T>
void store_big_endian(u8* bytes, T value) {
    value = to_big_endian(value);
    std::memcpy(bytes, &value, sizeof(T));
}

}  // namespace sim
