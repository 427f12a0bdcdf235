// Oracles of compaction, over what leaders have ever appended to topics with cleanup.policy=compact:
//
// `newest-kept`     of each key the newest committed record is in every log that reaches as far, and nothing is gone
//                   that is not outdated. A tombstone may go delete.retention.ms after it was written, not before.
//                   While committed records are promised.
// `one-per-key`     behind a pass, every key is at most once in the stretch that was compacted. Always.
// `cleaned-early`   a pass does not go beyond the high watermark: what is not yet committed may be cut, and what it
//                   outdated would be gone. Always.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

struct KeyedRecord {
    bool known = false;
    bool tombstone = false;
    LeaderEpoch epoch = kNoEpoch;   // of the leader that appended it
    Nanos at;                       // when
    std::string key;
};

struct Compaction {
    sim::FlatMap<TopicPartition, std::vector<KeyedRecord>> appended;   // by offset
    sim::FlatMap<TopicPartition, Offset> cleaned;                      // how far any replica has compacted
};

/// Appends and passes.
void check_compaction_fact(Compaction& compaction, const Scene& scene, const sim::Fact& fact);
/// Whether the record at an offset may be gone from a log, by the rules of its topic.
bool may_be_gone(const Compaction& compaction, const Scene& scene, TopicPartition id, Offset offset);
/// At the end: all logs.
void check_compacted_logs(const Compaction& compaction, const Scene& scene);

}  // namespace engine::check
