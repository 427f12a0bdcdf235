// A whole number beside a decimal that is written out: `id > 2.5` asks whether it is more than 2 (Spark's
// DecimalPrecision), so that columns of whole numbers are compared as such.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

/// Puts the whole number that bounds just as much in the decimal's place, in a comparison by order. True = the decimal
/// is past every whole number, and the node has become the answer.
bool decimal_bound(Typing& t);

}  // namespace engine::spark
