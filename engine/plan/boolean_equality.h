// Spark's rule for a truth value beside a number (BooleanEquality): without ANSI `true = 1` asks the truth value
// itself, other numbers are compared with it as a number.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

/// For `=` and `<=>`. True if the node was rewritten and typed: nothing is left to compare. Otherwise a truth value
/// beside a number may have become a number.
bool boolean_equality(Typing& t);

}  // namespace engine::spark
