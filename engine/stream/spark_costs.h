// What Spark's work takes in modelled time, where a lesson does not say. Round numbers of the size that a small cluster
// shows.
#pragma once

#include "sim/base/types.h"

namespace engine::spark {

constexpr sim::Nanos kPlanCost = sim::millis(60);
constexpr sim::Nanos kTaskCost = sim::millis(15);  // launch, and what a task does besides its rows
constexpr sim::Nanos kRowCost = sim::micros(20);   // of one operator
constexpr sim::Nanos kBlockCost = sim::micros(200);  // of a shuffle, written or read
constexpr sim::Nanos kStateFileCost = sim::millis(5);
constexpr sim::Nanos kSinkCost = sim::millis(10);
constexpr sim::Nanos kPollingDelay = sim::millis(10);  // between two looks for new data
// Shares of `batch_cost`, in hundredths: planning, each of two stages, the sink.
constexpr sim::i64 kPlanShare = 10, kStageShare = 40, kSinkShare = 10;
static_assert(kPlanShare + 2 * kStageShare + kSinkShare == 100);

}  // namespace engine::spark
