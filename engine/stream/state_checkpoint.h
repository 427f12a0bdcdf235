// State of a query in its checkpoint: a delta file for every partition of every store in every batch, and the way back
// from them.
#pragma once

#include "engine/stream/driver.h"

namespace engine::spark {

/// Writes version `batch + 1` of every store.
void write_state(StreamDriver& driver, i64 batch, const BatchOutput& out);
/// Loads version `version`: what the batches before it left. A refusal if the plan's state is not the checkpoint's.
std::expected<bool, QueryError> load_state(StreamDriver& driver, i64 version);

}  // namespace engine::spark
