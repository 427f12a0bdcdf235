// How old rows of one side of a join may get before they can match nothing more: solved from the conditions that bound
// its event time by the other side's.
#pragma once

#include <optional>

#include "engine/sql/tree.h"

namespace engine::spark {

/// The watermark of the state of the side with `own` columns, in milliseconds: rows with an event time at or below it
/// may go. None if the condition bounds nothing. `watermark_ms`: the value for event times of the other side.
std::optional<i64> state_watermark(const ExprRef& condition, const Exprs& own, const Exprs& other, i64 watermark_ms);

}  // namespace engine::spark
