// Kafka's producer library: send() puts records into batches, the sender takes them to the leaders, retries
// what may be retried, keeps the order, and runs the callbacks.
//
// Idempotence: each batch gets a producer id, an epoch and a sequence when it is first sent; a retry carries the
// same, whatever happens: only so can the leader tell that it has the batch already. When a batch is given up that
// may be in the log, its partition sends nothing new until all that was sent has come to an end; if sequences are
// missing then, or the leader says so, the epoch is raised and this partition begins again at 0 (KIP-360). Others
// take up the new epoch when nothing of the old one is open.
#pragma once

#include "engine/client/accumulator.h"
#include "engine/client/partitioner.h"

namespace engine::client {

/// A Produce request that is not yet answered: which batches are in it.
struct ProduceInFlight {
    BrokerId broker;
    std::vector<std::pair<TopicPartition, u64>> batches;
};

/// Why the application is blocked in send().
enum class BlockedOn : u8 { nothing, metadata, memory };

struct Producer {
    ProducerConfig config;
    ClusterClient cluster;
    Accumulator accumulator;
    sim::FlatMap<NameId, StickyPartition> sticky;
    i64 producer_id = -1;
    i16 producer_epoch = -1;
    bool id_requested = false;
    sim::FlatMap<u64, ProduceInFlight> requests;
    u64 next_request = 1;
    sim::Ring<OutgoingRecord> blocked;          // send() calls that wait, in order; the application waits with them
    BlockedOn blocked_on = BlockedOn::nothing;
    Nanos blocked_since;
    bool flushing = false;
    bool closed = false;
    u16 timer_kind = 0;
    sim::TimerId timer;
    Nanos timer_due;
    // What the application can ask for (metrics).
    u64 retries = 0;
    u64 acked = 0;
    u64 failed = 0;
    Nanos blocked_time;
    ErrorCode last_error = ErrorCode::none;
};

void start(Producer& producer, sim::Env& env);
/// send(): the record's partition is chosen if it has none (-1). The outcome comes to the observer.
void send(Producer& producer, sim::Env& env, OutgoingRecord record);
/// flush(): everything goes out without waiting for linger.ms.
void flush(Producer& producer, sim::Env& env);
/// Everything that was sent has had its outcome.
[[nodiscard]] bool drained(const Producer& producer);
[[nodiscard]] u32 batches_in_flight(const Producer& producer);

[[nodiscard]] bool concerns(const Producer& producer, const sim::Notice& notice);
void on_notice(Producer& producer, sim::Env& env, sim::Notice& notice);

}  // namespace engine::client
