// Whether a world that was healed has come to rest: `converged` is demanded within a bounded time.
//
// Every broker runs and is registered by a living session; every partition has a leader that acts as such in the
// epoch that ZooKeeper names, with all replicas in its ISR; all replicas end at the same offset and have it as high
// watermark (of __consumer_offsets, which consumers go on writing to: they have got as far as the leader was when
// it was last asked); nothing is left of topics that were deleted or of replicas that moved; every group is stable and
// divides all partitions of its topics among the consumers that run; every send has an outcome; and every group that
// reads from the earliest record has been handed all records of its topics (while committed records are promised:
// `read-all` in reads.h).
#pragma once

#include "engine/check/reads.h"

namespace engine::check {

/// What was seen when it was last asked.
struct Rest {
    u64 first_open_send = 0;                        // rows of History::sends below all have outcomes
    sim::FlatMap<TopicPartition, Offset> ends;      // leaders' log ends
    sim::FlatMap<BrokerId, u64> loaded;             // event in which a broker last took over groups
    std::vector<NameId> moved;                      // topics of which replicas have moved
    ControllerEpoch first_controller;               // when observation began
    BrokerList unregistered;                        // at some time: nobody told them then what was deleted
};

/// What has not yet come to rest; "" if all has.
std::string unconverged(const Scene& scene, const Reads& reads, const Compaction& compaction, Rest& rest);

}  // namespace engine::check
