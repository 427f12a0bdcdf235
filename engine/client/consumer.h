// Kafka's consumer library, classic group protocol, as the Java client 3.9 behaves: poll() keeps the membership,
// the positions and the fetches going and hands out records; heartbeats go out whether the application polls or
// not.
//
//   consumer_coordinator.cc  finding the coordinator, heartbeats, leaving
//   consumer_group.cc        JoinGroup, SyncGroup, what is assigned
//   consumer_commits.cc      OffsetCommit: by interval, before a rebalance, on request, at the end
//   consumer_positions.cc    OffsetFetch, ListOffsets, OffsetForLeaderEpoch: where to read
//   consumer_fetch.cc        Fetch, and what is buffered of it
//   consumer_poll.cc         what poll() does, records to the application, time
//   consumer_close.cc        close()
//
// The application is in poll() from `enter_poll` until `take_records` gives it something, or `leave_poll`. Joining,
// committing by interval and fetching happen in there only; with the application at work for longer than
// max.poll.interval.ms the consumer leaves its group by itself (spec/kafka.md sections 4 and 6).
//
// Invariants: a partition is fetched from and handed out only in state `fetching`; at most one fetch is in flight
// to a broker; records are handed out in the order of their offsets from `position` on.
#pragma once

#include "engine/client/assignor.h"
#include "engine/client/cluster_client.h"
#include "engine/model/observer.h"
#include "engine/wire/api.h"
#include "engine/wire/fetch_session.h"
#include "sim/base/chunk.h"

namespace engine::client {

// ---- partitions -----------------------------------------------------------------------------------

enum class PositionState : u8 {
    initializing,   // the committed offset is not known yet
    resetting,      // auto.offset.reset or a seek to an end decides: ListOffsets
    validating,     // the leader changed: does its log still hold what was read? OffsetForLeaderEpoch
    fetching,
};

/// Where reading of a partition stands.
struct AssignedPartition {
    PositionState state = PositionState::initializing;
    Offset position = kNoOffset;          // next to hand out
    LeaderEpoch epoch = kNoEpoch;         // of the record before the position, as far as it is known
    BrokerId leader = kNoBroker;          // whom the position was last checked against
    LeaderEpoch leader_epoch = kNoEpoch;
    OffsetReset reset = OffsetReset::earliest;  // while resetting: to which end
    bool by_request = false;              // a seek to an end, not the policy, asked for it
    bool asked = false;                   // an answer about the position is on its way
    Nanos not_before;                     // back-off of the next question or fetch
    bool paused = false;
    bool revoking = false;                // its commit before the rebalance is on its way: nothing is handed out
    Offset committed = kNoOffset;         // as far as this consumer knows
    Offset high_watermark = kNoOffset;    // as the last fetch told
    Offset last_stable_offset = kNoOffset;
    Offset log_start = kNoOffset;
    u64 turn = 0;                         // of the last fetch that brought something: others go first
};

struct AbortedRange {
    i64 producer_id = -1;
    Offset first;
};

/// What a fetch brought of one partition and the application has not yet got.
struct FetchedPart {
    TopicPartition id;
    Offset offset;                        // that was asked for
    std::vector<sim::Slice> batches;
    u32 next_batch = 0;
    std::vector<AbortedRange> aborted;    // by first offset; read_committed only
    std::vector<i64> aborting;            // producers whose records are skipped until their marker
};

// ---- requests -------------------------------------------------------------------------------------

enum class CommitPurpose : u8 { interval, rebalance, sync, close };

struct AskedPart {
    TopicPartition id;
    Offset offset;
    LeaderEpoch epoch = kNoEpoch;
};

/// A request that is not yet answered, by the tag that it was sent with.
struct ConsumerRequest {
    wire::ApiKey api = wire::ApiKey::fetch;
    BrokerId broker = kNoBroker;
    i32 generation = -1;
    CommitPurpose purpose = CommitPurpose::interval;
    std::vector<AskedPart> parts;
};

// ---- the group ------------------------------------------------------------------------------------

/// The broker that looks after the group. It has a connection of its own: a waiting fetch must not hold back
/// heartbeats.
struct CoordinatorSearch {
    BrokerId broker = kNoBroker;          // none while it is looked for
    Nanos not_before;
    u32 failures = 0;
};

/// Kafka's MemberState: preparing and completing are where a member waits for the others.
enum class MemberState : u8 { unjoined, preparing_rebalance, completing_rebalance, stable };
std::string_view name_of(MemberState state);

/// What must be done once before a member joins again: commit, then give up partitions.
enum class JoinPreparation : u8 { due, committing, done };

struct Membership {
    MemberState state = MemberState::unjoined;
    std::string member_id;
    i32 generation = -1;
    std::string protocol;                 // assignor that the coordinator chose
    bool rejoin_needed = true;
    std::string rejoin_reason;            // told with JoinGroup (KIP-800)
    JoinPreparation preparation = JoinPreparation::due;
    Nanos prepare_until;
    Nanos retry_not_before;
    u32 failures = 0;
    Nanos heartbeat_due;
    Nanos session_ends;                   // without a good heartbeat the coordinator is doubted
    Nanos poll_due;                       // the application must be back in poll() by then
    bool leads = false;
    bool assigning = false;               // as leader: waits for metadata of all topics of the group
    std::vector<AssignmentMember> members;          // as leader: who is to get something
    sim::FlatMap<NameId, i32> assigned_sizes;       // as leader: partitions that the assignment was made of
    RememberedAssignment remembered;
};

/// commitSync() that is under way, or the last one.
struct SyncCommit {
    bool active = false;
    bool sent = false;
    std::vector<AskedPart> offsets;
    Nanos not_before;
    Nanos until;
    u32 failures = 0;
    std::string exception;                // of the last one; "" if it went well
};

enum class CloseStep : u8 { open, committing, leaving, ending_sessions, closed };

// ---- the consumer ---------------------------------------------------------------------------------

struct Consumer {
    ConsumerConfig config;
    ClusterClient cluster;
    std::vector<NameId> subscription;     // topics; empty: partitions were assigned by hand
    NameId group = kNoName;
    CoordinatorSearch coordinator;
    Membership membership;
    sim::FlatMap<TopicPartition, AssignedPartition> assignment;
    sim::FlatMap<u64, ConsumerRequest> requests;
    sim::FlatMap<BrokerId, wire::FetchSession> fetch_sessions;
    u64 next_request = 1;
    std::vector<FetchedPart> fetched;     // in the order of arrival
    u64 next_turn = 1;
    bool in_poll = false;
    Nanos auto_commit_due;
    SyncCommit sync_commit;
    CloseStep closing = CloseStep::open;
    Nanos close_until;
    std::string failure;                  // what poll() throws next
    u16 timer_kind = 0;
    sim::TimerId timer;
    Nanos timer_due;
    u64 delivered = 0;                    // records handed out
};

/// A record as poll() returns it, for the application's own work.
struct PolledRecord {
    TopicPartition source;
    Offset offset;
};

/// All of a record, for applications that show it.
struct PolledDetail {
    TopicPartition source;
    Offset offset;
    LeaderEpoch epoch;
    i64 timestamp_ms = -1;
    bool log_append_time = false;
    NullableText key;
    NullableText value;
    std::vector<std::pair<std::string, NullableText>> headers;
};

/// Begins with topics, whose partitions the group divides. Requires a group.
void subscribe(Consumer& consumer, sim::Env& env, const std::vector<std::string>& topics);
/// Begins with partitions, without the group's help.
void assign(Consumer& consumer, sim::Env& env, const std::vector<TopicPartition>& partitions);

/// The application calls poll(); it is in there until records come.
void enter_poll(Consumer& consumer, sim::Env& env);
/// poll() returned with nothing because its time was over.
void leave_poll(Consumer& consumer, sim::Env& env);
/// Records that poll() returns now, at most max.poll.records; with them the application is out of poll().
/// `details` gets the same records whole.
std::vector<PolledRecord> take_records(Consumer& consumer, sim::Env& env, std::vector<PolledDetail>* details = nullptr);

/// commitSync(): these offsets, or where reading stands. Done when `sync_commit` is no longer active.
void commit_sync(Consumer& consumer, sim::Env& env, std::vector<AskedPart> offsets = {});
/// False if the partition is not assigned.
bool seek(Consumer& consumer, sim::Env& env, TopicPartition id, Offset offset);
/// seekToBeginning() and seekToEnd().
bool seek_to_end_of(Consumer& consumer, sim::Env& env, TopicPartition id, OffsetReset end);
bool set_paused(Consumer& consumer, TopicPartition id, bool paused);
/// Commits if it does so by itself, leaves the group, closes connections: done when `closing` is closed.
void begin_close(Consumer& consumer, sim::Env& env);

[[nodiscard]] bool concerns(const Consumer& consumer, const sim::Notice& notice);
void on_notice(Consumer& consumer, sim::Env& env, sim::Notice& notice);

[[nodiscard]] inline bool subscribed(const Consumer& consumer) { return !consumer.subscription.empty(); }
/// Records that the broker had, by the last fetch, and were not handed out: -1 if nothing was fetched yet.
[[nodiscard]] i64 lag_of(const Consumer& consumer, TopicPartition id);
/// "orders-0, orders-1"; "nothing".
std::string partitions_text(const sim::Env& env, const std::vector<TopicPartition>& partitions);

}  // namespace engine::client
