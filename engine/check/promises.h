// What a run may be held to: it depends on how its topics and clients are configured, and on what is done to
// its machines. Oracles ask here before they speak.
//
// Two things void what Kafka says about committed records, and both are Kafka's own words, not bugs:
// - An unclean election takes a leader that does not hold all committed records. From the moment a topic allows
//   one (by its setting, the cluster's, or `elect unclean`), nothing is promised for it.
// - Kafka does not sync its log before it answers. A broker that loses power loses the tail that was not yet
//   synced; alone in the ISR, or together with the others, it takes committed records with it. From the first
//   power cut of a broker on, nothing is promised for any topic.
// A third thing is asked for: from the moment a topic's deletion is wished for, its records may go.
// A killed process keeps its page cache and voids nothing; neither does a full disk, which stops the broker
// before it answers. ZooKeeper syncs before it answers and loses nothing.
#pragma once

#include "engine/history.h"
#include "engine/world_spec.h"

namespace engine::check {

struct ProducerTerms {
    i16 acks = -1;
    bool idempotent = true;
};

struct ConsumerTerms {
    std::string group;           // "" = none
    std::vector<NameId> topics;  // subscribed
    bool from_earliest = false;
};

/// What a topic's settings let its logs lose by rule.
struct TopicTerms {
    bool compacted = false;        // of each key only the newest record stays
    Nanos delete_retention;        // for so long a tombstone stays at least
    i64 retention_ms = -1;         // -1 = nothing goes for its age, or so late that no run sees it
    i64 retention_bytes = -1;      // -1 = nothing goes for lack of room

    [[nodiscard]] bool retained() const { return retention_ms >= 0 || retention_bytes >= 0; }
};

struct Promises {
    sim::FlatMap<NodeId, ProducerTerms> producers;
    sim::FlatMap<NodeId, ConsumerTerms> consumers;
    std::vector<NameId> unclean_topics;
    sim::FlatMap<NameId, u64> deleted_topics; // whose deletion was asked for: the event of the first time
    sim::FlatMap<NameId, TopicTerms> topics;  // that lose records by rule
    bool offsets_compacted = false;           // segments of __consumer_offsets are small enough to be rolled in a run
    bool unclean_everywhere = false;
    bool power_lost = false;
    sim::FlatMap<NameId, i32> least_min_isr;  // the smallest min.insync.replicas that a topic had so far
    sim::FlatMap<NodeId, u64> ended_at;       // event at which a client's process was last ended by force
    u64 inputs_seen = 0;                      // rows of History::inputs

    /// Committed records of this topic stay what and where they are.
    [[nodiscard]] bool durable(NameId topic) const;
    [[nodiscard]] bool unclean_allowed(NameId topic) const;
    [[nodiscard]] bool was_deleted(NameId topic) const;
    [[nodiscard]] bool compacted(NameId topic) const;
    [[nodiscard]] bool retained(NameId topic) const;
    [[nodiscard]] i32 min_isr(NameId topic) const;
    [[nodiscard]] bool all_acks(NodeId producer) const;
};

Promises promises_of(const WorldSpec& spec, const World& world);
/// A topic has come to be: __consumer_offsets does when somebody first asks for it.
void note_created(Promises& promises, const World& world, NameId topic);
/// Takes account of the interventions since the last call.
void note_inputs(Promises& promises, const World& world, const History& history);

}  // namespace engine::check
