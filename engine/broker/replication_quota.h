// How fast replicas are copied that are throttled: a broker's limit for what its leaders give to followers that lag,
// and one for what its own followers take (KIP-73; leader. and follower.replication.throttled.rate). Which replicas
// are meant a topic says (leader. and follower.replication.throttled.replicas). Who is in sync is never held back.
//
// The rate is Kafka's SimpleRate over replication.quota.window.num samples of replication.quota.window.size.seconds.
#pragma once

#include <string_view>
#include <vector>

#include "engine/model/ids.h"

namespace engine::broker {

enum class QuotaSide : u8 { leader, follower };

constexpr i64 kNoReplicationLimit = INT64_MAX;

/// How long a rate is looked back on.
struct QuotaWindow {
    i32 samples = 11;
    i64 sample_ms = 1000;
};

/// Bytes of one stretch of time. Times are of the node's wall clock, in milliseconds.
struct QuotaSample {
    i64 start_ms = 0;
    i64 last_event_ms = 0;
    i64 bytes = 0;
};

/// One side of a broker. Invariant: at most one sample more than the window has, `current` is one of them.
struct ReplicationQuota {
    i64 bytes_per_second = kNoReplicationLimit;
    std::vector<QuotaSample> samples;
    u32 current = 0;
};

struct ReplicationQuotas {
    QuotaWindow window;
    ReplicationQuota leader;
    ReplicationQuota follower;
};

void record_bytes(ReplicationQuota& quota, const QuotaWindow& window, i64 now_ms, i64 bytes);
/// Whether more than the limit went through within the window. Forgets samples that are older.
bool is_exceeded(ReplicationQuota& quota, const QuotaWindow& window, i64 now_ms);

/// Whether a topic's list of throttled replicas (`*`, or `partition:broker,..`) names this one.
bool names_replica(std::string_view list, i32 partition, BrokerId broker);

struct Ctx;

/// Whether a replica of ours is throttled on this side.
bool is_throttled(Ctx ctx, QuotaSide side, TopicPartition id);
/// Whether it must wait now.
bool is_held_back(Ctx ctx, QuotaSide side, TopicPartition id);
/// So many bytes of throttled replicas went through.
void note_replicated(Ctx ctx, QuotaSide side, i64 bytes);
/// Takes the limits from the settings that hold now.
void adopt_replication_limits(Ctx ctx);

}  // namespace engine::broker
