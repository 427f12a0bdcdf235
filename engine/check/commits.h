// Oracle `commit-kept`: an offset commit is answered only when its record in __consumer_offsets is below the high
// watermark; and it is still there whenever another coordinator has taken over, and at the end. Otherwise a group
// would go back behind what it was told to be safe. While committed records are promised for __consumer_offsets.
#pragma once

#include "engine/check/scene.h"

namespace engine::check {

/// The record of the last answered commit of a group for a partition.
struct AnsweredCommit {
    TopicPartition stored_in;     // partition of __consumer_offsets
    Offset at;                    // its record's batch
    sim::Slice batch;
    Offset committed;
};

struct Commits {
    sim::FlatMap<std::pair<NameId, TopicPartition>, AnsweredCommit> answered;
};

void check_commit_fact(Commits& commits, const Scene& scene, const sim::Fact& fact);
void check_commits_kept(const Commits& commits, const Scene& scene);

}  // namespace engine::check
