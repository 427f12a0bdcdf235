// Requests that wait: produces for their records to be committed, fetches for bytes to come. Each wait is a
// named struct in a bounded table, with its deadline, so it can be drawn and counted.
#pragma once

#include "engine/broker/sockets.h"
#include "engine/log/log.h"
#include "engine/model/error_codes.h"
#include "engine/wire/fetch_session.h"
#include "sim/kernel/fact.h"

namespace engine::broker {

constexpr u32 kMostPendingProduces = 10'000;
constexpr u32 kMostPendingFetches = 10'000;

/// One partition of a produce that waits for the high watermark to pass what was appended.
struct PendingProducePartition {
    TopicPartition id;
    Offset required;           // high watermark that commits it
    ErrorCode error = ErrorCode::none;
    bool waiting = false;      // false: its answer is known
    Offset base_offset = kNoOffset;
    i64 log_append_time_ms = -1;
    Offset log_start;
    std::string error_message;
    std::vector<log::BadRecord> bad_records;
};

struct PendingProduce {
    ReplyTo reply_to;
    bool internal = false;     // an append of the group coordinator: `tag` says for whom
    u64 tag = 0;
    std::vector<PendingProducePartition> partitions;
    Nanos since;
    Nanos deadline;
    sim::TimerId timer;
    sim::FactId caused_by;
};

using wire::FetchPart;

/// What a fetch is to its session (KIP-227).
enum class FetchKind : u8 {
    sessionless,
    full,           // names all it wants; a session may be kept for it
    incremental,    // goes on with a session
};

struct FetchOp {
    ReplyTo reply_to;
    BrokerId replica = kNoBroker;   // a follower's id, or none for consumers
    BrokerEpoch replica_epoch = kNoBrokerEpoch;
    FetchKind kind = FetchKind::sessionless;
    i32 session_id = wire::kNoFetchSession;
    i32 session_epoch = wire::kFinalSessionEpoch;   // incremental: that the session expects next
    bool read_committed = false;
    i32 min_bytes = 1;
    i32 max_bytes = 0;
    std::vector<FetchPart> parts;                   // incremental: those of the session, in its order
    Nanos since;
    Nanos deadline;
    sim::TimerId timer;
};

struct Purgatory {
    sim::FlatMap<u64, PendingProduce> produces;
    sim::FlatMap<u64, FetchOp> fetches;
    u64 next_id = 1;
};

struct Ctx;
struct Partition;

/// Answers a produce now if nothing of it waits, else keeps it.
void answer_or_wait(Ctx ctx, PendingProduce produce);
/// Looks again at everything that waits for a partition's high watermark or leadership.
void recheck_produces(Ctx ctx, TopicPartition id);
void on_produce_expired(Ctx ctx, u64 op);

/// Answers a fetch now if enough is there, else keeps it.
void answer_or_wait(Ctx ctx, FetchOp fetch);
/// Looks again at the fetches that wait for a partition.
void recheck_fetches(Ctx ctx, TopicPartition id);
void on_fetch_expired(Ctx ctx, u64 op);
/// The connection of a waiting request is gone: nobody is there to be answered.
void forget_waits_of(Ctx ctx, sim::ConnectionId connection);

}  // namespace engine::broker
