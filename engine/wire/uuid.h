// 16 bytes that name a topic, a cluster or an incarnation. All zero means "none".
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "engine/model/ids.h"

namespace engine::wire {

struct Uuid {
    std::array<u8, 16> bytes{};

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    [[nodiscard]] bool is_zero() const { return *this == Uuid{}; }
};
static_assert(sizeof(Uuid) == 16);

/// URL-safe base64 without padding, 22 characters, as Kafka prints ids.
std::string to_text(const Uuid& id);
/// The id that a text stands for; zero if it is not one.
Uuid uuid_from_text(std::string_view text);
/// `8-4-4-4-12` hex digits, as in member ids.
std::string to_dashed_hex(const Uuid& id);

}  // namespace engine::wire
