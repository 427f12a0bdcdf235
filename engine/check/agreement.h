// Oracle `agreement`: below the high watermark of both, two replicas hold the same bytes, leader epochs and all.
// Now and then over the brokers that run, while committed records are promised; at the end, when every replica has
// caught up, over whole logs (as far as both go) and always: an unclean election or a power cut may lose records, but
// then all replicas have to lose the same.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct Agreement {
    // Up to where a broker's log was found to agree with the reference that it was compared with.
    sim::FlatMap<std::pair<TopicPartition, BrokerId>, Offset> verified;
};

void check_agreement(Agreement& agreement, const Scene& scene);
void check_full_agreement(const Scene& scene);
/// A replica's log was cut: what lies above is to be compared anew.
void note_cut(Agreement& agreement, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
