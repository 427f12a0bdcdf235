// Oracles of what controllers write, seen at ZooKeeper, change by change:
//
// `fenced`      a controller that was deposed writes nothing: a state's controller epoch is that of
//               /controller_epoch at that moment. Holds always.
// `epochs`      a leader epoch never goes back, and another leader has a higher one. Holds always.
// `isr-members` an ISR is not empty, holds replicas only, and holds the leader. Holds always.
// `clean`       a new leader was in the ISR before. Unless the topic allows unclean elections.
// `isr-join`    who joins an ISR holds everything below its leader's high watermark. While committed records are
//               promised; judged if the leader runs and has the epoch written.
// `isr-leave`   who leaves an ISR within a leader's term was dropped by that leader, which at the moment of asking
//               had not seen it caught up for replica.lag.time.max.ms. Who leaves at the controller's hand, with a
//               new epoch, has lost its registration since it joined. Holds always; an unclean election, which
//               makes a list of one, is left out.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct Elections {
    sim::FlatMap<BrokerId, u64> gone_at;                            // event of the last end of a registration
    sim::FlatMap<BrokerId, u64> told_at;                            // event in which a controller last took note of one
    sim::FlatMap<std::pair<TopicPartition, BrokerId>, u64> joined;  // event of joining the ISR; 0 = from the start
};

/// Oracle `move-whole`: when a move of replicas ends, every replica that was added has been in the ISR. Holds always.
void check_moves(const Scene& scene);
/// A state znode has changed.
void check_state_write(Elections& elections, const Scene& scene, const StateChange& change);
/// Registrations that end; leaders that ask for smaller ISRs.
void check_isr_fact(Elections& elections, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
