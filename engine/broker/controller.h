// The controller: one broker that decides who leads. Its state here; what it does in controller/*.cc.
//
// All its work is done by one thread: an event is taken from the queue and broken into steps; a step asks
// ZooKeeper, decides, writes conditionally (fenced by the version of /controller_epoch), and tells brokers.
// While answers are awaited nothing else happens, as in Kafka.
#pragma once

#include "engine/broker/metadata_cache.h"
#include "engine/broker/sockets.h"
#include "engine/broker/zk_tasks.h"
#include "engine/broker/znodes.h"
#include "engine/wire/channel.h"
#include "sim/kernel/fact.h"

namespace engine::broker {

struct LiveBroker {
    Endpoint endpoint;
    BrokerEpoch epoch = kNoBrokerEpoch;   // czxid of its registration
};

/// What the controller believes of one partition. partition_epoch is the version of its state znode.
struct ControlledPartition {
    BrokerList replicas;
    BrokerId leader = kNoBroker;
    LeaderEpoch leader_epoch = kNoEpoch;
    PartitionEpoch partition_epoch{-1};
    ControllerEpoch controller_epoch;
    BrokerList isr;
    BrokerList adding;                    // while it moves: who is new in `replicas` ..
    BrokerList removing;                  // .. and who will leave it
    bool has_state = false;               // its state znode exists
    sim::FactId set_by;                   // the fact that last changed leader or ISR

    /// The ISR is part of the replicas, and whoever leads is in it. O(replicas).
    [[nodiscard]] bool holds_together() const;
    [[nodiscard]] bool moves() const { return !adding.empty() || !removing.empty(); }
};

/// A replica list while it moves: the target, then those of the old list that are not in it.
struct ReplicaMoves {
    BrokerList replicas;
    BrokerList adding;
    BrokerList removing;
};
/// The same on its way to another target; with the old list as target it goes back.
ReplicaMoves reassign_to(const ReplicaMoves& present, const BrokerList& target);

struct ControlledTopic {
    wire::Uuid id;
    bool unclean_election = false;        // as far as it was asked for
    sim::FlatMap<i32, ControlledPartition> partitions;
};

// ---- work ---------------------------------------------------------------------------------------

enum class ControllerEventKind : u8 {
    elect,               // /controller is gone: try to become it
    broker_change,       // children of /brokers/ids
    topic_change,        // children of /brokers/topics
    preferred_znode,     // /admin/preferred_replica_election
    elect_leaders,       // a request: arg = operation of the topic admin
    alter_partition,     // a request: arg = pending AlterPartition
    unclean_enabled,     // a topic now allows unclean elections, or (without a name) those that say nothing themselves
    leader_imbalance,    // the periodic check
    controlled_shutdown, // a request: arg = pending shutdown
    delete_topics,       // children of /admin/delete_topics
    topic_gone,          // the last replica of a topic is deleted
    topic_data,          // /brokers/topics/T has changed: it may have more partitions
    moves_znode,         // /admin/reassign_partitions has come to be
    alter_moves,         // a request: arg = pending AlterPartitionReassignments
};

struct ControllerEvent {
    ControllerEventKind kind = ControllerEventKind::elect;
    u64 arg = 0;
    NameId topic = kNoName;
    sim::FactId cause;
};

enum class ElectionKind : u8 {
    offline,      // first replica that is live and in the ISR; else, if allowed, the first live one
    preferred,    // the first replica, if it is live and in the ISR
    unclean,      // as offline, allowed
    departure,    // first member of the ISR that is live and not about to leave
};

enum class StepKind : u8 {
    none,
    read_controller_epoch,
    create_controller_epoch,
    claim,               // multi: create /controller, raise /controller_epoch
    load_admin_znodes,
    load_broker_ids,
    load_brokers,
    load_topic_names,
    load_topics,
    load_states,
    read_new_brokers,
    remove_replicas,     // of dead brokers from ISRs: read, then write
    elect,               // read, perhaps ask for topic configs, then write
    create_partitions,   // znodes of new partitions, one level after the other
    write_isr,           // a leader's AlterPartition
    finish_preferred,    // delete the znode that asked for it
    read_preferred,
    tell_metadata,       // UpdateMetadata to brokers
    announce,            // LeaderAndIsr and UpdateMetadata for partitions
    reply_election,
    read_deletions,      // which topics are to be deleted
    erase_topic,         // znodes of a topic without replicas
    reassign,            // one partition's replicas: begins a move, changes it, goes on with it
    read_moves_asked,    // /admin/reassign_partitions
    drop_moves_asked,    // takes partitions out of it
    reply_moves,         // the moves of a request have begun
    stop_replicas,       // StopReplica for partitions of a broker that leaves
    reply_departure,
    end_failover,
};

/// One piece of work. What is not meant for its kind stays empty.
struct ControllerStep {
    StepKind kind = StepKind::none;
    u8 phase = 0;
    ElectionKind election = ElectionKind::offline;
    std::vector<TopicPartition> partitions;
    BrokerList brokers;
    std::vector<std::string> names;
    u64 arg = 0;
    bool all_partitions = false;
    bool for_all = false;                 // reassign: the state being written is the one that every replica is told
    bool bumped = false;                  // .. and it has been written
    BrokerId written_leader = kNoBroker;  // .. what is being written
    BrokerList written_isr;
    sim::FactId cause;
};

/// A leader's request to change an ISR, waiting for its turn.
struct PendingAlterPartition {
    ReplyTo reply_to;
    BrokerId broker;
    BrokerEpoch broker_epoch = kNoBrokerEpoch;
    struct Item {
        TopicPartition id;       // by name, or (since version 2) by the topic's id, looked up when its turn comes
        wire::Uuid topic_id;
        LeaderEpoch leader_epoch;
        PartitionEpoch partition_epoch;
        BrokerList isr;
        ErrorCode error = ErrorCode::none;
        bool done = false;
    };
    std::vector<Item> items;
};

/// A request to move replicas, waiting for its turn.
struct PendingMoves {
    ReplyTo reply_to;
    struct Item {
        std::string topic;
        i32 partition = 0;
        bool cancel = false;
        BrokerList target;
        ErrorCode error = ErrorCode::none;
        std::string message;
    };
    std::vector<Item> items;
};

/// A broker's request to leave, waiting for its turn.
struct PendingShutdown {
    ReplyTo reply_to;
    BrokerId broker;
};

/// A replica of a topic that is being deleted, and is still there.
struct DoomedReplica {
    TopicPartition id;
    BrokerId broker;
};

// ---- telling brokers ----------------------------------------------------------------------------

/// A request for a broker that is not yet answered.
struct ControllerRequest {
    wire::ApiKey api = wire::ApiKey::update_metadata;
    sim::FrameRef frame;          // complete but for nothing: it can be sent again as it is
    i16 version = 0;
    i32 correlation_id = 0;
};

struct ControllerChannel {
    wire::Channel channel;
    sim::Ring<ControllerRequest> queue;   // the first is in flight if the channel is not idle
    sim::TimerId retry;
};

struct Controller {
    bool active = false;
    bool claiming = false;                // a bid for /controller is under way
    bool awaiting = false;                // the current step has asked ZooKeeper
    u64 term = 0;                         // grows when we resign: answers to earlier questions are void
    ControllerEpoch epoch;
    i32 epoch_zk_version = -1;
    sim::FlatMap<BrokerId, LiveBroker> brokers;
    sim::FlatMap<NameId, ControlledTopic> topics;
    sim::Ring<ControllerEvent> events;
    std::vector<ControllerStep> steps;    // of the event in work; the first is being done
    sim::FlatMap<BrokerId, ControllerChannel> channels;
    sim::FlatMap<u64, PendingAlterPartition> alter_requests;
    u64 next_alter = 1;
    sim::FlatMap<u64, PendingShutdown> shutdowns;
    u64 next_shutdown = 1;
    sim::FlatMap<u64, PendingMoves> move_requests;
    u64 next_move = 1;
    BrokerList shutting_down;             // alive, but not to be given anything
    sim::FlatMap<NameId, std::vector<DoomedReplica>> deletions;
    sim::FactId active_since;
    sim::TimerId imbalance_check;

    [[nodiscard]] bool busy() const { return !steps.empty(); }
    [[nodiscard]] bool is_live(BrokerId broker) const { return brokers.contains(broker); }
    [[nodiscard]] ControlledPartition* find(TopicPartition id) {
        ControlledTopic* topic = topics.find(id.topic);
        return topic == nullptr ? nullptr : topic->partitions.find(id.partition);
    }
    [[nodiscard]] const ControlledPartition* find(TopicPartition id) const {
        return const_cast<Controller*>(this)->find(id);
    }
};

/// Who shall lead, by the rule of an election; nothing if nobody may.
struct ElectionOutcome {
    bool elected = false;
    bool unclean = false;
    BrokerId leader = kNoBroker;
    BrokerList isr;
    ErrorCode refusal = ErrorCode::none;
};
struct ElectionCandidates {
    const BrokerList& replicas;
    const BrokerList& isr;
    const BrokerList& live;
    BrokerId current_leader = kNoBroker;
};
ElectionOutcome elect_leader(ElectionKind kind, bool unclean_allowed, const ElectionCandidates& candidates);

}  // namespace engine::broker
