#include "engine/wire/messages/stop_replica.h"

#include "engine/broker/controller_orders.h"
#include "engine/broker/handlers.h"
#include "engine/broker/replicas.h"

namespace engine::broker {

bool handle_stop_replica(Ctx ctx, const RequestCall& call, wire::Reader& in) {
    MR_ASSERT(call.reply_to.api == wire::StopReplicaRequest::kApi);
    wire::StopReplicaRequest request;
    if (!wire::decode(in, request, call.reply_to.version)) return false;
    wire::StopReplicaResponse response;
    const ErrorCode refused =
        check_controller(ctx, ControllerEpoch{request.controller_epoch}, BrokerEpoch{request.broker_epoch});
    response.error_code = static_cast<i16>(refused);
    for (const auto& topic : request.topic_states)
        for (const auto& state : topic.partition_states) {
            const TopicPartition id{ctx.env.intern(topic.topic_name), state.partition_index};
            const Partition* partition = ctx.find(id);
            // The order carries the epoch of the state that it follows from; -1 and -2 mean "whatever it is".
            const bool fenced = partition != nullptr && state.leader_epoch >= 0 &&
                                LeaderEpoch{state.leader_epoch} < partition->leader_epoch;
            const ErrorCode error = failed(refused) ? refused
                                    : fenced        ? ErrorCode::fenced_leader_epoch
                                                    : ErrorCode::none;
            if (!failed(error)) stop_replica(ctx, id, state.delete_partition);
            response.partition_errors.push_back({topic.topic_name, state.partition_index, static_cast<i16>(error)});
        }
    respond(ctx, call.reply_to, response);
    return true;
}

}  // namespace engine::broker
