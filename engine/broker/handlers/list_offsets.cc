#include "engine/wire/messages/list_offsets.h"

#include "engine/broker/fetch_reads.h"
#include "engine/broker/handlers.h"
#include "engine/broker/offset_lookup.h"
#include "engine/broker/replicas.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

ErrorCode error_for(ErrorCode error, i16 version) {
    return error == ErrorCode::offset_not_available && version < 5 ? ErrorCode::leader_not_available : error;
}

OffsetLookup look_up(Ctx ctx, const Partition& partition, const wire::ListOffsetsRequest& request, i64 timestamp) {
    MR_ASSERT(partition.leads());
    const bool is_replica = request.replica_id >= 0;
    auto disk = ctx.env.disk();
    return look_up_offset(partition, disk, timestamp,
                          read_limit(ctx, partition, is_replica, request.isolation_level == 1), is_replica);
}

}  // namespace

bool handle_list_offsets(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::ListOffsetsRequest::kApi);
    wire::ListOffsetsRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::ListOffsetsResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& asked : topic.partitions) {
            const TopicPartition id{ctx.env.find_name(topic.name), asked.partition_index};
            OffsetLookup found;
            found.error = check_leadership(ctx, id, LeaderEpoch{asked.current_leader_epoch});
            if (!failed(found.error)) found = look_up(ctx, *ctx.find(id), request, asked.timestamp);
            auto& answer = answers.partitions.emplace_back();
            answer.partition_index = asked.partition_index;
            answer.error_code = static_cast<i16>(error_for(found.error, call.reply_to.version));
            answer.timestamp = found.timestamp;
            answer.offset = found.offset.value;
            answer.leader_epoch = found.epoch.value;
            if (!failed(found.error) && found.offset != kNoOffset)
                answer.old_style_offsets.push_back(found.offset.value);
        }
    }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
