#include "app/ui/motion.h"

#include <algorithm>

namespace app::ui {
namespace {

constexpr i32 kEventsTweened = 10;

float part(i64 elapsed, i64 from, i64 length) {
    return ease_out_cubic(std::clamp(static_cast<float>(elapsed - from) / static_cast<float>(length), 0.0f, 1.0f));
}

StepMotion reduced_motion(i64 elapsed) {
    StepMotion out;
    out.outline = 1 - std::clamp(static_cast<float>(elapsed) / motion::fading_outline_ms, 0.0f, 1.0f);
    out.running = elapsed < motion::fading_outline_ms;
    return out;
}

}  // namespace

float ease_out_cubic(float t) {
    const float rest = 1 - t;
    return 1 - rest * rest * rest;
}

StepMotion step_motion(i64 elapsed_ms, bool backwards, bool reduced, i32 events) {
    if (events > kEventsTweened) return {};
    if (reduced) return reduced_motion(elapsed_ms);
    const i64 at = backwards ? motion::step_ms - elapsed_ms : elapsed_ms;
    StepMotion out;
    out.cause = part(at, 0, motion::cause_ms);
    out.message = part(at, motion::cause_ms, motion::message_ms);
    out.effect = part(at, motion::cause_ms + motion::message_ms, motion::effect_ms);
    out.running = elapsed_ms < motion::step_ms;
    return out;
}

}  // namespace app::ui
