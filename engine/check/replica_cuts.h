// Oracles of the follower's side of replication:
//
// `cut-committed` a replica that cuts its log loses only what the leader does not have. A record that was
//                 committed, and that this replica held in the same leader epoch, is the leader's too: it must
//                 not be cut, or two failures in a row lose it (KIP-101). While committed records are promised.
// `epoch-ahead`   a follower never holds a batch of a later leader epoch than it was told of: its fetches carry
//                 its epoch, and a leader of another one refuses them (KIP-320). Holds always.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct ReplicaCuts {
    sim::FlatMap<std::pair<TopicPartition, NodeId>, log::LeaderEpochs> epochs;  // of each log, before its next cut
};

/// Of the replicas that run now.
ReplicaCuts read_replica_epochs(const World& world);
void check_replica_fact(ReplicaCuts& cuts, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
