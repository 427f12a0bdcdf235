// Short names for the columns of the function table's parts: read by the files that write a part, and by no other.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

inline constexpr NullRule ST = NullRule::strict, SN = NullRule::strict_null, SE = NullRule::sees, NV = NullRule::never;
inline constexpr auto K = FunctionKind::scalar;

}  // namespace engine::spark
