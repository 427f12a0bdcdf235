#include "engine/wire/messages/list_offsets.h"

#include "engine/broker/fetch_reads.h"
#include "engine/broker/handlers.h"
#include "engine/broker/replicas.h"

namespace engine::broker {
namespace {

constexpr i64 kLatest = -1;
constexpr i64 kEarliest = -2;
constexpr i64 kMaxTimestamp = -3;

struct Lookup {
    ErrorCode error = ErrorCode::none;
    i64 timestamp = -1;
    Offset offset = kNoOffset;
    LeaderEpoch epoch = kNoEpoch;
};

/// A new leader's high watermark may be older than its log's beginning of term: until it has caught up, what
/// it would say could go back behind what the old leader said.
bool not_yet_certain(const Partition& partition) { return partition.high_watermark < partition.epoch_start; }

ErrorCode uncertain_error(i16 version) {
    return version >= 5 ? ErrorCode::offset_not_available : ErrorCode::leader_not_available;
}

Lookup at(const Partition& partition, i64 timestamp, Offset offset) {
    return {ErrorCode::none, timestamp, offset, offset == kNoOffset ? kNoEpoch : partition.log.epochs.epoch_at(offset)};
}

Lookup look_up(Ctx ctx, const Partition& partition, const wire::ListOffsetsRequest& request, i64 timestamp, i16 version) {
    const bool is_replica = request.replica_id >= 0;
    const Offset limit = read_limit(ctx, partition, is_replica, request.isolation_level == 1);
    const bool uncertain = !is_replica && not_yet_certain(partition);
    if (timestamp == kLatest) {
        if (uncertain) return {uncertain_error(version), -1, kNoOffset, kNoEpoch};
        return {ErrorCode::none, -1, limit, partition.leader_epoch};
    }
    if (timestamp == kEarliest) {
        const Offset start = partition.log.log_start;
        const LeaderEpoch epoch = partition.log.epochs.epoch_at(start);
        return {ErrorCode::none, -1, start, epoch};
    }
    auto disk = ctx.env.disk();
    const log::TimestampOffset found = timestamp == kMaxTimestamp
                                           ? log::find_max_timestamp(partition.log, disk)
                                           : log::find_timestamp(partition.log, disk, timestamp, partition.log_end_offset());
    if (found.offset != kNoOffset && found.offset < limit) return at(partition, found.timestamp, found.offset);
    if (uncertain) return {uncertain_error(version), -1, kNoOffset, kNoEpoch};
    return {};
}

}  // namespace

bool handle_list_offsets(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    wire::ListOffsetsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ListOffsetsResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& asked : topic.partitions) {
            const TopicPartition id{ctx.env.find_name(topic.name), asked.partition_index};
            Lookup found;
            found.error = check_leadership(ctx, id, LeaderEpoch{asked.current_leader_epoch});
            if (!failed(found.error)) found = look_up(ctx, *ctx.find(id), request, asked.timestamp, call.reply_to.version);
            auto& answer = answers.partitions.emplace_back();
            answer.partition_index = asked.partition_index;
            answer.error_code = static_cast<i16>(found.error);
            answer.timestamp = found.timestamp;
            answer.offset = found.offset.value;
            answer.leader_epoch = found.epoch.value;
        }
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
