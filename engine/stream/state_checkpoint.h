// State of a query in its checkpoint: a delta file for every partition of every store in every batch, and the way back
// from them.
#pragma once

#include "engine/stream/driver.h"
#include "engine/stream/spark_wire.h"

namespace engine::spark {

struct StateFile {
    i64 partition = 0;
    std::string path;   ///< below the checkpoint
    std::string bytes;
};
/// The files of version `batch + 1` of every store.
std::vector<StateFile> state_files(const StreamPlan& plan, i64 batch, const BatchOutput& out);
/// The state of a version from the files below `root`: deltas up to it, in their order. A refusal if it cannot be read.
std::expected<std::shared_ptr<const StreamState>, QueryError> state_of_files(const Session& session, const StreamPlan& plan,
                                                                             const std::string& root,
                                                                             const std::vector<FileOrder>& files, i64 version);
/// Writes version `batch + 1` of every store.
void write_state(StreamDriver& driver, i64 batch, const BatchOutput& out);
/// Loads version `version`: what the batches before it left. A refusal if the plan's state is not the checkpoint's.
std::expected<bool, QueryError> load_state(StreamDriver& driver, i64 version);

}  // namespace engine::spark
