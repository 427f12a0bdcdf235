// Oracles of the high watermark, the offset below which records are committed:
//
// `hw-monotonic` within one term of one leader's process it never goes down. Always. A new leader may stand lower
//                than the old one did: it knows the high watermark only as its last fetch told it (KIP-101). The
//                same goes for a process that was started again: it knows what it last wrote to its checkpoint. It
//                may even come back in the same term, when the controller ended with the session that noticed.
// `hw-held`      when a leader moves it, every member of the ISR that the leader knows holds everything below.
//                While committed records are promised: an unclean election lets followers cut what was committed,
//                and a power cut takes tails away.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct HighWatermarks {
    struct Term {
        LeaderEpoch epoch = kNoEpoch;
        u32 process = 0;          // which start of the broker
        Offset high_watermark;
    };
    sim::FlatMap<std::pair<TopicPartition, NodeId>, Term> terms;
};

void check_high_watermark_fact(HighWatermarks& watermarks, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
