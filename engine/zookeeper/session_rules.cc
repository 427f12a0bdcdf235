// Numbers about sessions that clients and lessons can check.
#include <algorithm>

#include "engine/zookeeper/server.h"

namespace engine::zookeeper {
namespace {

/// Java's java.util.Random, as far as nextBytes needs it.
class JavaRandom {
public:
    explicit JavaRandom(i64 seed) : state_((static_cast<u64>(seed) ^ kMultiplier) & kMask) {}
    u32 next32() {
        state_ = (state_ * kMultiplier + 0xb) & kMask;
        return static_cast<u32>(state_ >> 16);
    }

private:
    static constexpr u64 kMultiplier = 0x5deece66dULL;
    static constexpr u64 kMask = (1ULL << 48) - 1;
    u64 state_;
};

constexpr i64 kSuperSecret = 0xb3415c00;

}  // namespace

std::array<u8, 16> session_passwd(i64 session_id) {
    JavaRandom random(session_id ^ kSuperSecret);
    std::array<u8, 16> bytes{};
    for (u32 i = 0; i < bytes.size(); i += 4) {
        const u32 word = random.next32();
        for (u32 j = 0; j < 4; ++j) bytes[i + j] = static_cast<u8>(word >> (8 * j));
    }
    return bytes;
}

i32 negotiated_timeout_ms(i32 asked_ms, Nanos tick_time) {
    const auto tick_ms = static_cast<i32>(tick_time.to_millis());
    MR_ASSERT(tick_ms > 0);
    MR_ASSERT(tick_ms <= INT32_MAX / 20);
    return std::clamp(asked_ms, 2 * tick_ms, 20 * tick_ms);
}

i64 session_deadline_ms(i64 now_ms, i32 timeout_ms, Nanos tick_time) {
    const i64 tick_ms = tick_time.to_millis();
    MR_ASSERT(tick_ms > 0 && timeout_ms > 0);
    const i64 deadline_ms = ((now_ms + timeout_ms) / tick_ms + 1) * tick_ms;
    MR_ASSERT(deadline_ms > now_ms + timeout_ms && deadline_ms <= now_ms + timeout_ms + tick_ms);
    return deadline_ms;
}

}  // namespace engine::zookeeper
