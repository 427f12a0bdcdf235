// What has ever been committed: the furthest high watermark that a leader told, and in which leader epochs
// the records below it were written. Other oracles measure logs and reads by it.
#pragma once

#include "engine/history.h"
#include "engine/log/leader_epochs.h"
#include "engine/world.h"

namespace engine::check {

struct CommittedPart {
    Offset high_watermark;
    log::LeaderEpochs epochs;   // of the leader that told it
};

struct Committed {
    sim::FlatMap<TopicPartition, CommittedPart> parts;

    [[nodiscard]] Offset high_watermark(TopicPartition id) const {
        const CommittedPart* part = parts.find(id);
        return part == nullptr ? Offset{0} : part->high_watermark;
    }
};

/// Of the leaders that run now.
Committed read_committed(const World& world);
/// Takes account of a fact.
void note_fact(Committed& committed, const World& world, const sim::Fact& fact);

}  // namespace engine::check
