// The fetch sessions that a broker keeps for those who fetch from it (KIP-227): what each asks for, and what it was
// last told of each partition. A request of a session names changes only; an answer names what is new only.
//
// Rules as in Kafka 3.9.1. A full request with epoch 0 may get a session, whose requests then count 1, 2, ..; any full
// request ends the session that it names. The cache has max.incremental.fetch.session.cache.slots, divided among
// shards that new sessions take in turn; the number of a session says which. A full shard makes room for a new one by
//   1. what was not used for 120 s;
//   2. else the least of those that may go, if the new one is not less than it, by (follower, partitions, number):
//      consumers' sessions for followers, and for everybody what is older than 120 s.
// Two rules are ours, so that outsiders cannot fill the memory: all sessions of a broker hold at most
// kMostSessionParts, beyond which there is no new session, and one that wants more of it ends.
//
// Invariants: numbers are positive; a session has at least one partition and none twice; its epoch is positive.
#pragma once

#include "engine/broker/purgatory.h"
#include "sim/base/flat_map.h"
#include "sim/base/ref.h"

namespace engine::wire {
struct FetchRequest;
}

namespace engine::broker {

constexpr Nanos kSessionRest = sim::seconds(120);   // min.incremental.fetch.session.eviction.ms
constexpr u32 kMostSessionParts = 50'000;

struct SessionPart {
    FetchPart asked;
    Offset told_high_watermark = kNoOffset;   // none after an error, so that its end is told
    Offset told_log_start = kNoOffset;
};

struct KeptSession {
    i32 id = wire::kNoFetchSession;
    i32 epoch = 1;                            // of the next request
    bool privileged = false;                  // a follower's
    bool by_topic_id = false;                 // its requests are of version 13 or later
    NodeId owner = sim::kNoNode;
    Nanos created_at;
    Nanos last_used;
    std::vector<SessionPart> parts;           // who was answered last stands last
    [[nodiscard]] bool holds_together() const;
};

struct FetchSessions {
    sim::FlatMap<i32, sim::Cow<KeptSession>> by_id;
    u32 next_shard = 0;
    u32 evicted = 0;
};

struct Ctx;
struct PartRead;

/// Fills the parts and the kind of a fetch from its request and its session. An error is the answer to all of it.
ErrorCode begin_fetch(Ctx ctx, const wire::FetchRequest& request, FetchOp& op);
/// Keeps a session for a full fetch that is being answered. Its number, or 0 if there is no room.
i32 keep_session(Ctx ctx, const FetchOp& op, const std::vector<PartRead>& reads);
/// Which parts of an incremental fetch have news; their session notes that they are told. All, if it is gone.
/// False: another request of the session came in between.
bool take_news(Ctx ctx, const FetchOp& op, const std::vector<PartRead>& reads, std::vector<bool>& news);

/// The number of the session that would make room for a new one with so many partitions, or 0.
i32 whom_to_evict(const FetchSessions& sessions, i32 shard, i32 shards, bool privileged, u32 parts, Nanos now);

}  // namespace engine::broker
