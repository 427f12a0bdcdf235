// Oracles of the high watermark, the offset below which records are committed:
//
// `hw-monotonic` within one term of one leader it never goes down. Always. A new leader may stand lower than the
//                old one did: it learns the high watermark from its followers (KIP-101), so terms are not compared.
// `hw-held`      when a leader moves it, every member of the ISR that the leader knows holds everything below.
//                While committed records are promised: an unclean election lets followers cut what was committed,
//                and a power cut takes tails away.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct HighWatermarks {
    struct Term {
        LeaderEpoch epoch = kNoEpoch;
        Offset high_watermark;
    };
    sim::FlatMap<std::pair<TopicPartition, NodeId>, Term> terms;
};

void check_high_watermark_fact(HighWatermarks& watermarks, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
