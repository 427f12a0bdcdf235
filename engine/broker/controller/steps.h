// Inside the controller: how a step is begun, gone on with, and ended. Only controller/*.cc includes this.
#pragma once

#include "engine/broker/broker.h"

namespace engine::broker::controller {

// ---- the machinery (run.cc) -------------------------------------------------------------------------

/// Takes up work as long as nothing is awaited.
void run(Ctx ctx);
/// Adds a step behind those that are planned.
void plan(Ctx ctx, ControllerStep step);
/// Puts steps right behind the one that is being done.
void plan_next(Ctx ctx, std::vector<ControllerStep> steps);
/// The step that is being done.
ControllerStep& current(Ctx ctx);
/// Ends it.
void finish_step(Ctx ctx);
/// Asks ZooKeeper for it; the answers come to the step's `on_answers` with `phase` set to this.
void ask(Ctx ctx, u8 phase, std::vector<zookeeper::ZkRequest> requests);
ControllerStep make_step(StepKind kind);

/// A write that fails if another controller has taken over: multi of a check on /controller_epoch and it.
zookeeper::ZkRequest fenced(Ctx ctx, zookeeper::ZkRequest write);
/// What became of a fenced write: ok, bad_version of the fence (resign!), or the write's own error.
enum class FencedOutcome : u8 { done, deposed, refused };
FencedOutcome outcome_of(const zookeeper::ZkResult& result);
/// Error of the write itself.
zookeeper::ZkError error_of(const zookeeper::ZkResult& result);
/// What the znode of a partition says, taken over. False, and nothing is changed, if it is not there or unreadable.
bool take_state(ControlledPartition& partition, const zookeeper::ZkResult& result);
/// The same for a partition that the controller knew already: a write whose answer was lost shows here.
void refresh_state(Ctx ctx, TopicPartition id, const zookeeper::ZkResult& result);
BrokerList live_brokers(Ctx ctx);
/// Those of them that are not about to leave.
BrokerList staying_brokers(Ctx ctx);
NodeId node_of(Ctx ctx, BrokerId broker);
std::string text_of(const BrokerList& brokers);

// ---- steps, by file ---------------------------------------------------------------------------------

void begin_claim(Ctx ctx);                                       // claim.cc
void on_claim_answers(Ctx ctx, const ZkBatch& batch);
void begin_load(Ctx ctx);                                        // load.cc
void on_load_answers(Ctx ctx, const ZkBatch& batch);
void begin_new_brokers(Ctx ctx);                                 // membership.cc
void on_new_brokers_answers(Ctx ctx, const ZkBatch& batch);
void begin_remove_replicas(Ctx ctx);                             // removal.cc
void on_remove_replicas_answers(Ctx ctx, const ZkBatch& batch);
void begin_elect(Ctx ctx);                                       // elections.cc
void on_elect_answers(Ctx ctx, const ZkBatch& batch);
void begin_preferred_znode(Ctx ctx);
void on_preferred_znode_answers(Ctx ctx, const ZkBatch& batch);
void plan_departure(Ctx ctx, const ControllerEvent& event);       // departure.cc
void stop_replicas_step(Ctx ctx);
void reply_departure(Ctx ctx);
void begin_deletions(Ctx ctx);                                   // deletion.cc
void on_deletions_answers(Ctx ctx, const ZkBatch& batch);
/// Brokers are there that may hold replicas of topics that are being deleted.
void resume_deletions(Ctx ctx, const BrokerList& joined);
/// A broker says that it has deleted a replica.
void note_replica_deleted(Ctx ctx, BrokerId broker, TopicPartition id);
void begin_reassign(Ctx ctx);                                    // reassign.cc
void on_reassign_answers(Ctx ctx, const ZkBatch& batch);
/// One partition's replicas are to become these; empty: goes on with the move that is under way.
ControllerStep reassign_step(Ctx ctx, TopicPartition id, BrokerList target);
/// Whether such a move cannot even begin.
bool failed_reassignment(Ctx ctx, TopicPartition id, const BrokerList& target);
/// Steps that go on with moves: all, or those that wait for one of these brokers.
std::vector<ControllerStep> resume_moves(Ctx ctx, const BrokerList& joined);
/// Moves that the present ISRs of these partitions complete are ended.
void plan_completed_moves(Ctx ctx, const std::vector<TopicPartition>& changed);
void plan_asked_moves(Ctx ctx, const ControllerEvent& event);     // move_requests.cc
void reply_moves(Ctx ctx);
void begin_create_partitions(Ctx ctx);                           // topics.cc
void on_create_partitions_answers(Ctx ctx, const ZkBatch& batch);
void begin_write_isr(Ctx ctx);                                   // isr_writes.cc
void on_write_isr_answers(Ctx ctx, const ZkBatch& batch);

// ---- telling brokers (tell.cc) ----------------------------------------------------------------------

/// LeaderAndIsr for these partitions to their live replicas (or only to `only`), UpdateMetadata to everybody.
void announce(Ctx ctx, const std::vector<TopicPartition>& partitions, const BrokerList& only = {});
/// UpdateMetadata about these partitions (may be none) to these brokers.
void tell_metadata(Ctx ctx, const std::vector<TopicPartition>& partitions, const BrokerList& to);
/// StopReplica for these partitions to one broker.
void tell_stop(Ctx ctx, BrokerId broker, const std::vector<TopicPartition>& partitions, bool delete_logs);
void open_channel(Ctx ctx, BrokerId broker);
void close_channel(Ctx ctx, BrokerId broker);
/// Of all topics but those that are being deleted.
std::vector<TopicPartition> all_partitions(Ctx ctx);

/// Partitions whose state znode does not exist yet: nobody alive could lead them when they were made.
std::vector<TopicPartition> stateless_partitions(Ctx ctx);
/// Partitions without a live leader: what a change of members may give one to.
std::vector<TopicPartition> leaderless(Ctx ctx);

}  // namespace engine::broker::controller
