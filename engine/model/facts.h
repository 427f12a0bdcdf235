// The closed list of what can be told about a world, and how each is said. One table feeds the transcript, the
// inspector, the space-time diagram and the SQL view, so they cannot disagree.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/model/ids.h"
#include "sim/kernel/fact.h"
#include "sim/kernel/name_table.h"

namespace engine {

enum class FactKind : u16 {
    none,
    // machines
    node_started,
    node_killed,
    node_halted,
    power_cut,
    node_paused,
    node_resumed,
    fault_began,
    fault_ended,
    message_dropped,
    message_held,
    message_released,
    message_delayed,
    input_refused,
    client_stopped,
    shutdown_began,
    // ZooKeeper
    session_opened,
    session_expired,
    session_closed,
    znode_created,
    znode_deleted,
    znode_changed,
    watch_fired,
    // controller
    broker_registered,
    controller,
    broker_gone,
    broker_joined,
    topic_created,
    topic_deleted,
    reassigned,
    leader,
    no_leader,
    isr,
    config_changed,
    election_refused,
    // replicas
    isr_proposed,
    became_leader,
    became_follower,
    role_refused,
    epoch_began,
    appended,
    replicated,
    duplicate_batch,
    append_refused,
    high_watermark,
    truncated,
    log_recovered,
    produce_waits,
    produce_expired,
    fetch_refused,
    fetch_session_opened,
    fetch_session_ended,
    fetch_nothing_new,
    log_failed,
    segments_deleted,
    log_cleaned,
    replication_failed,
    // clients
    record_sent,
    batch_sent,
    batch_acked,
    batch_failed,
    batch_retried,
    metadata_learned,
    producer_id,
    delivered,
    position_moved,
    offsets_committed,
    connection_lost,
    // groups
    coordinator_loaded,
    member_joined,
    member_left,
    rebalance,
    generation,
    assignment,
    fenced,
    partitions_assigned,
    partitions_revoked,
    partitions_lost,
    commit_failed,
    poll_failed,
    // tools
    command_finished,
};
constexpr u32 kFactKinds = static_cast<u32>(FactKind::command_finished) + 1;
static_assert(static_cast<u32>(FactKind::none) == 0 && kFactKinds <= UINT16_MAX);

/// The word that the SQL view shows as a fact's kind.
std::string_view kind_name(FactKind kind);
FactKind kind_of(const sim::Fact& fact);

/// What a sentence needs to know of the world.
struct FactWords {
    const sim::NameTable& names;
    std::function<std::string(NodeId)> node_name;
};

/// The sentence of a fact.
std::string fact_text(const sim::Fact& fact, const FactWords& words);

using Numbers = std::array<i64, 4>;

/// A fact about a node alone.
inline sim::Fact node_fact(FactKind kind, Numbers n = {}, sim::FactId cause = {}) {
    sim::Fact fact;
    fact.kind = static_cast<u16>(kind);
    fact.n = n;
    fact.cause = cause;
    return fact;
}
/// A fact about a partition.
inline sim::Fact partition_fact(FactKind kind, TopicPartition partition, Numbers n = {}, sim::FactId cause = {}) {
    sim::Fact fact = node_fact(kind, n, cause);
    fact.subject = partition.topic;
    fact.partition = partition.partition;
    return fact;
}
/// A fact about something with a name: a znode, a topic, a group.
inline sim::Fact named_fact(FactKind kind, NameId subject, Numbers n = {}, sim::FactId cause = {}) {
    return partition_fact(kind, {subject, -1}, n, cause);
}

}  // namespace engine
