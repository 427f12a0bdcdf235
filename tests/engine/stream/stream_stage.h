// A world of one broker with a topic of words, somebody who sends them, and a windowed count with a watermark over it.
#pragma once

#include "engine/stream/driver_node.h"
#include "tests/support/small_world.h"

namespace tests {

/// Words as (minute of sending, minute of the event, word), counted in windows of 10 minutes, watermark 10 minutes,
/// a trigger every 5 minutes, two shuffle partitions, two executors.
engine::WorldSpec word_spec(sim::u64 seed = 7);

/// What the driver has told.
const engine::spark::StreamLedger& ledger(const Stage& stage);
/// Rows that reached the sink, in order.
std::vector<std::string> sink_rows(const Stage& stage);
/// The newest row of a batch; nullptr if it did not begin.
const engine::BatchRow* batch(const Stage& stage, sim::i64 id);
/// Batches that were committed.
sim::i64 committed(const Stage& stage);

}  // namespace tests
