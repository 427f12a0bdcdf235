#include "engine/wire/messages/alter_partition.h"

#include "engine/broker/controller_work.h"
#include "engine/broker/handlers.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using AlterRequest = wire::AlterPartitionRequest;

BrokerList isr_of(const AlterRequest::Topic::Partition& partition) {
    BrokerList isr;
    for (const i32 broker : partition.new_isr) isr.push_back(BrokerId{broker});
    for (const auto& member : partition.new_isr_with_epochs) isr.push_back(BrokerId{member.broker_id});
    return isr;
}

ErrorCode check_sender(Ctx ctx, const AlterRequest& request) {
    const Controller& controller = ctx.memory().controller;
    if (!controller.active) return ErrorCode::not_controller;
    const LiveBroker* sender = controller.brokers.find(BrokerId{request.broker_id});
    if (sender == nullptr || sender->epoch != BrokerEpoch{request.broker_epoch}) return ErrorCode::stale_broker_epoch;
    return ErrorCode::none;
}

}  // namespace

bool handle_alter_partition(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == AlterRequest::kApi);
    AlterRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    if (const ErrorCode refused = check_sender(ctx, request); failed(refused)) {
        wire::AlterPartitionResponse response;
        response.error_code = static_cast<i16>(refused);
        respond(ctx, call.reply_to, response);
        return true;
    }
    PendingAlterPartition pending;
    pending.reply_to = call.reply_to;
    pending.broker = BrokerId{request.broker_id};
    pending.broker_epoch = BrokerEpoch{request.broker_epoch};
    for (const auto& topic : request.topics) {
        const NameId name = topic.topic_name.empty() ? kNoName : ctx.env.find_name(topic.topic_name);
        for (const auto& partition : topic.partitions)
            pending.items.push_back({{name, partition.partition_index},
                                     topic.topic_id,
                                     LeaderEpoch{partition.leader_epoch},
                                     PartitionEpoch{partition.partition_epoch},
                                     isr_of(partition),
                                     ErrorCode::none,
                                     false});
    }
    Controller& controller = ctx.memory().controller;
    const u64 id = controller.next_alter++;
    MR_ASSERT(controller.active && !controller.alter_requests.contains(id));
    controller.alter_requests[id] = std::move(pending);
    enqueue(ctx, {ControllerEventKind::alter_partition, id, kNoName, ctx.env.here()});
    return true;
}

}  // namespace engine::broker
