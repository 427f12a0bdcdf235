// From a lesson to the world it plays in, with the course's defaults for what the file leaves out.
//
// The defaults: brokers 1, 2, 3 and one ZooKeeper; broker 3 becomes controller if it is there (`controller = "race"`
// leaves it to whoever is first); one-way latency 40 ms, to ZooKeeper 1 ms, jitter a twentieth of it; tickTime
// 1000; four partitions of __consumer_offsets; no initial rebalance delay; no automatic preferred elections;
// internal topics with one replica where there are fewer than three brokers. All else is Kafka's own default.
#pragma once

#include "app/lab/lesson/lesson.h"
#include "engine/world_spec.h"

namespace app::lab {

constexpr sim::Nanos kDefaultLatency = sim::millis(40);
constexpr sim::Nanos kZookeeperLatency = sim::millis(1);
constexpr sim::i64 kJitterShare = 20;          // jitter = latency / 20
constexpr sim::u64 kDefaultSeed = 7;

/// The cluster and the Kafka clients of a lesson. Requires a lesson that loaded.
engine::WorldSpec to_spec(const Lesson& lesson, sim::u64 seed);

/// "needs Spark, which is not built yet": why a lesson that loads cannot be run; "" if it can.
std::string unmet_needs(const Lesson& lesson);

/// The seed that the lesson asks for.
sim::u64 seed_of(const Lesson& lesson);
/// Epoch milliseconds of its start.
sim::i64 start_ms_of(const Lesson& lesson);
/// The limit of a step's `until`, on the lesson's clock from the step's `do` on.
sim::Nanos timeout_of(const StepBlock& step);

}  // namespace app::lab
