// What every oracle looks at: the world after an event, the history up to it, and what may be promised.
#pragma once

#include <fmt/format.h>

#include "engine/check/committed.h"
#include "engine/check/finding.h"
#include "engine/check/promises.h"
#include "engine/check/replica_logs.h"
#include "engine/check/zk_view.h"
#include "engine/model/facts.h"

namespace engine::check {

struct Scene {
    const World& world;
    const History& history;
    const Promises& promises;
    const ZkView& zk;
    const Committed& committed;
    Findings& findings;
    u64 event_index = 0;

    template <class... Args>
    void found(std::string_view oracle, fmt::format_string<Args...> text, Args&&... args) const {
        findings.add(oracle, event_index, fmt::format(text, std::forward<Args>(args)...));
    }
    [[nodiscard]] std::string text(TopicPartition id) const { return text_of(world, id); }
    [[nodiscard]] const std::string& name(NodeId node) const { return world.card(node).name; }
    [[nodiscard]] bool durable(TopicPartition id) const { return promises.durable(id.topic); }
    [[nodiscard]] bool compacted(TopicPartition id) const { return promises.compacted(id.topic); }
    [[nodiscard]] bool retained(TopicPartition id) const { return promises.retained(id.topic); }
};

inline TopicPartition partition_of(const sim::Fact& fact) { return {fact.subject, fact.partition}; }

}  // namespace engine::check
