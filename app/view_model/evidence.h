// Evidence: recorded facts that an answer rests on. Looking for one always says of whom, between what, up to which row;
// what does not concern those is not taken, however near it lies.
#pragma once

#include "app/view_model/scene.h"
#include "engine/model/facts.h"

namespace app {

using Evidence = std::vector<const engine::FactRow*>;

/// The latest fact at this moment that satisfies `wanted`; nullptr if there is none.
template <class Wanted>
const engine::FactRow* latest_fact(const Scene& scene, Wanted&& wanted) {
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0; --i)
        if (wanted(facts[i - 1])) return &facts[i - 1];
    return nullptr;
}

inline bool is_about(const engine::FactRow& row, TopicPartition id) {
    return TopicPartition{row.fact.subject, row.fact.partition} == id;
}

/// What kept two nodes from hearing each other when `before` happened (nullptr: now): a death or a pause of one of
/// them, or a fault of the links between them, that had begun and not ended. The latest; nullptr if nothing did.
const engine::FactRow* silence_between(const Scene& scene, NodeId a, NodeId b, const engine::FactRow* before = nullptr);
/// The same for one node: what stopped its process.
const engine::FactRow* end_of(const Scene& scene, NodeId node, const engine::FactRow* before = nullptr);

/// The fact that took a broker out of a partition's ISR for the last time; nullptr if it is in, or never was.
const engine::FactRow* left_isr(const Scene& scene, TopicPartition id, BrokerId broker);
/// The ISR that a fact about leader or ISR tells; empty of other facts.
engine::broker::BrokerList isr_of(const Scene& scene, const engine::FactRow& row);
/// The ISR as it was told last before a fact.
engine::broker::BrokerList isr_before(const Scene& scene, TopicPartition id, const engine::FactRow& row);
bool has(const engine::broker::BrokerList& list, BrokerId broker);

/// Adds a fact with what led to it, at most `most` facts; each once, in order.
void add_chain(const Scene& scene, Evidence& evidence, const engine::FactRow* row, std::size_t most = 4);
void add_fact(Evidence& evidence, const engine::FactRow* row);

/// "; broker 3 is paused since 5.120 s": the end of a sentence about what `silence_between` found; "" of nullptr.
std::string because(const Scene& scene, const engine::FactRow* row);

}  // namespace app
