// What a replica or a broker is at this moment, in the words and roles of the look.
#pragma once

#include "app/view_model/scene.h"
#include "app/view_model/stage.h"

namespace app {

/// Of a broker to a partition: by the controller's word, and whether the broker is there at all.
ReplicaRole role_of(const Scene& scene, TopicPartition id, NodeId broker);
/// "leader", "in sync", "out of sync", "at 5.060" of a dead one, "paused", "starting".
std::string status_of(const Scene& scene, TopicPartition id, NodeId broker);
NodeHealth health_of(const Scene& scene, NodeId node);
/// When a node that is gone went; nothing if the history does not reach back to it.
std::optional<Nanos> gone_since(const Scene& scene, NodeId node);

/// The last `most` cells of a replica's log with its marks. Without the replica in memory: an empty tape.
TapeVm tape_of(const Scene& scene, TopicPartition id, NodeId broker, std::size_t most);

/// A record as it lies in a log, as text; nothing if the offset holds none.
struct RecordText {
    std::string key;
    std::string value;
    i64 timestamp_ms = -1;
    sim::i32 leader_epoch = -1;
    i64 producer_id = -1;
    sim::i32 sequence = -1;
};
std::optional<RecordText> record_at(const Scene& scene, const lab::Replica& replica, i64 offset);

}  // namespace app
