// The values that collect_set keeps, in the order in which Spark gives them.
#pragma once

#include "engine/plan/column.h"

namespace engine::spark {

/// Different values in the order of a scala.collection.mutable.HashSet (2.12) to which they were added one by one.
/// Values whose Java hash is not known here (decimals, lists and structures) stay in the order in which they came.
Values in_set_order(const Values& values, const DataType& type);

}  // namespace engine::spark
