// The follower's side: one fetcher for each leader broker, one request in flight. It copies batches as they
// are, learns the high watermark a round trip late, and cuts its log where the leader says they part.
#pragma once

#include "engine/broker/isr.h"
#include "engine/wire/channel.h"
#include "engine/wire/fetch_session.h"
#include "sim/base/flat_map.h"

namespace engine::broker {

struct FetchTarget {
    LeaderEpoch epoch;            // of the leader that we follow
    Nanos not_before;             // after an error: replica.fetch.backoff.ms; kForever = given up
    bool out_of_range = false;    // our end is outside of the leader's log: ask where that ends
    Offset leader_start;          // as the refused fetch said
    bool in_sync = false;         // after the last batch we held all that was committed: then nothing throttles us
    bool asked = false;           // an answer has come
};

struct Fetcher {
    BrokerId leader;
    wire::Channel channel;
    sim::FlatMap<TopicPartition, FetchTarget> targets;
    wire::FetchSession session;
    sim::TimerId backoff;
    sim::TimerId timeout;
};

struct Fetchers {
    sim::FlatMap<BrokerId, Fetcher> by_leader;
};

struct Ctx;

/// Follows a leader for a partition, from its log's end.
void follow(Ctx ctx, TopicPartition id, BrokerId leader, LeaderEpoch epoch);
/// Stops following whoever it is.
void unfollow(Ctx ctx, TopicPartition id);
/// True if the notice was for a fetcher's connection.
bool on_fetcher_notice(Ctx ctx, sim::Notice& notice);
void on_fetcher_timer(Ctx ctx, u16 kind, BrokerId leader);
/// Brokers or addresses may have become known: fetchers that had nowhere to connect try again.
void retry_stuck_fetchers(Ctx ctx);

}  // namespace engine::broker
