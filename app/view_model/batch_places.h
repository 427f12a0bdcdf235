// Batches of a replica's active segment with the bytes where they begin: what Wire and Log files show.
#pragma once

#include "app/lab/sql/log_walk.h"
#include "app/view_model/scene.h"

namespace app {

struct PlacedBatch {
    engine::wire::BatchHeader header;
    sim::Slice bytes;
    u64 position = 0;  // in the file of its segment
    [[nodiscard]] i64 first() const { return header.base_offset; }
    [[nodiscard]] i64 last() const { return header.last_offset(); }
    [[nodiscard]] i64 end() const { return static_cast<i64>(position + bytes.length); }
};

/// The replica that is looked at: the selected one, else the leader's.
lab::Replica chosen_replica(const Scene& scene);
/// The offset that is looked at: the selected one if the log has it, else the last.
i64 watched_offset(const Scene& scene, const lab::Replica& replica);
/// Which segment holds an offset. Requires a log with a segment.
std::size_t segment_with(const engine::log::Log& log, i64 offset);
/// The batches of a segment around an offset: at most `most`, ending behind it.
std::vector<PlacedBatch> batches_around(const Scene& scene, const lab::Replica& replica, std::size_t segment,
                                        i64 offset, std::size_t most);

}  // namespace app
