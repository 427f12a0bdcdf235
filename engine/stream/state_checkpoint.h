// State of a query in its checkpoint: a delta file for every partition of every store in every batch, and the way back
// from them.
#pragma once

#include <functional>

#include "engine/stream/driver.h"
#include "engine/stream/spark_wire.h"

namespace engine::spark {

struct StateFile {
    i64 partition = 0;
    std::string path;   ///< below the checkpoint
    std::string bytes;
};
/// The files of version `batch + 1` of every store, and with the first their schemas.
std::vector<StateFile> state_files(Session& session, const StreamPlan& plan, i64 batch, const BatchOutput& out);
/// A file below the checkpoint; none if there is none.
using StateReader = std::function<std::optional<std::string>(const std::string& path)>;
/// What the batches before `version` left, the operator farthest from the sink first. A refusal if a store was written
/// by columns of other types, or cannot be read; `root` is for its text.
std::expected<StreamState, QueryError> read_state(Session& session, const StreamPlan& plan, i64 version,
                                                  const StateReader& read, const std::string& root);
/// The same from files that were sent: paths begin with `root`.
std::expected<std::shared_ptr<const StreamState>, QueryError> state_of_files(const Session& session,
                                                                             const StreamPlan& plan,
                                                                             const std::string& root,
                                                                             const std::vector<FileOrder>& files,
                                                                             i64 version);
/// The bytes of a store's snapshot at a version. None if its deltas are not there.
std::optional<std::string> snapshot_of(const StateReader& read, const std::string& store_path, i64 version);
/// The work that goes on beside the batches: snapshots where deltas have gathered, old versions removed.
void maintain_state(StreamDriver& driver);
/// Writes version `batch + 1` of every store.
void write_state(StreamDriver& driver, i64 batch, const BatchOutput& out);
/// Loads version `version`: what the batches before it left. A refusal if the plan's state is not the checkpoint's.
std::expected<bool, QueryError> load_state(StreamDriver& driver, i64 version);

}  // namespace engine::spark
