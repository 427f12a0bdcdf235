// The replicas of a broker: opening their logs, taking up roles, appending, moving the high watermark, and
// what must be looked at again when one of these happened.
#pragma once

#include "engine/broker/broker.h"
#include "sim/disk/disk_door.h"

namespace engine::broker {

/// A broker's disk and clock as its logs need them.
class LogScope {
public:
    explicit LogScope(Ctx ctx) : door_(ctx.env.disk()), context_{door_, ctx.env.wall_ms(), ctx.env.rng()} {}
    LogScope(const LogScope&) = delete;
    LogScope& operator=(const LogScope&) = delete;
    operator log::LogContext() { return context_; }  // NOLINT: it is one
    sim::DiskDoor& disk() { return door_; }

private:
    sim::DiskDoor door_;
    log::LogContext context_;
};

/// What a partition's name looks like as a directory: `orders-0`.
std::string directory_of(Ctx ctx, TopicPartition id);
/// Opens the logs of every partition directory on the disk.
void open_all_logs(Ctx ctx);
/// The partition, opened or created. False (and the broker halts) if the disk is full.
bool ensure_partition(Ctx ctx, TopicPartition id, const wire::Uuid& topic_id);
/// A broker's settings as they hold now: as given, with what was changed since.
ConfigMap effective_settings(Ctx ctx);
/// Settings of a topic as this broker applies them.
TopicConfig effective_config(Ctx ctx, NameId topic);
/// New settings of a topic reach its logs.
void apply_topic_config(Ctx ctx, NameId topic, const ConfigMap& config);
/// Changed settings of this broker reach its parts.
void apply_broker_config(Ctx ctx, DynamicConfigs dynamic);

/// What a controller says about one partition.
struct PartitionOrder {
    TopicPartition id;
    wire::Uuid topic_id;
    ControllerEpoch controller_epoch;
    BrokerId leader;
    LeaderEpoch leader_epoch;
    BrokerList isr;
    PartitionEpoch partition_epoch;
    BrokerList replicas;
};
/// Takes up the role that an order gives. stale or unknown orders are errors.
ErrorCode take_role(Ctx ctx, const PartitionOrder& order);
/// Stops being a replica of a partition; deletes its log if asked.
void stop_replica(Ctx ctx, TopicPartition id, bool delete_log);

/// Writes a batch as leader and lets followers know.
std::expected<log::AppendInfo, log::AppendRefusal> append_to_leader(Ctx ctx, TopicPartition id, const sim::Slice& batch,
                                                                    log::AppendOrigin origin, bool all_acks);
/// Moves the high watermark if it may move, and looks at what waited for it.
void advance_high_watermark(Ctx ctx, TopicPartition id);
/// The periodic look for followers that lag.
void check_isrs(Ctx ctx);
/// A follower that is out of the ISR has caught up: asks for it to be taken in.
void maybe_propose_expansion(Ctx ctx, TopicPartition id, BrokerId follower);
/// Writes `replication-offset-checkpoint` and `recovery-point-offset-checkpoint`.
void write_checkpoints(Ctx ctx);
/// Leaves the marker that tells the next start that the logs were closed in good order.
void mark_clean_shutdown(Ctx ctx);
/// The disk refused a write: the broker has nowhere to store and stops.
void halt(Ctx ctx, std::string_view why);

}  // namespace engine::broker
