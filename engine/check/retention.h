// Oracle `retention-rule`: a log loses records at its beginning only by the rule of its topic. With retention.ms every
// record that goes is older than that; with retention.bytes that many bytes stay; and nothing goes that is not
// committed. A follower also gives up what its leader has given up by rule. Always, for topics that limit either.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct AppendedBatch {
    Offset last;
    LeaderEpoch epoch = kNoEpoch;
    i64 newest_ms = -1;              // the largest timestamp in it
};

struct Retention {
    sim::FlatMap<TopicPartition, sim::FlatMap<Offset, AppendedBatch>> appended;   // by first offset
    sim::FlatMap<TopicPartition, Offset> allowed;                                 // where a log began once by rule
};

void check_retention_fact(Retention& retention, const Scene& scene, const sim::Fact& fact);

}  // namespace engine::check
