// Oracle `one-leader`: in one leader epoch of a partition one broker leads, and no other acts as leader. The
// epoch is what followers and clients tell two leaders apart by (KIP-101); this holds whatever is configured and
// whatever breaks.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct Leaders {
    sim::FlatMap<std::pair<TopicPartition, LeaderEpoch>, BrokerId> of_epoch;
};

/// A broker takes up the lead.
void check_leader_fact(Leaders& leaders, const Scene& scene, const sim::Fact& fact);
/// A controller has written who leads.
void check_leader_write(Leaders& leaders, const Scene& scene, const StateChange& change);

}  // namespace engine::check
