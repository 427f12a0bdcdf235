#include "engine/broker/controller_orders.h"

#include "engine/broker/replicas.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using Request = wire::LeaderAndIsrRequest;

BrokerList brokers_of(const wire::Items<i32>& ids) {
    BrokerList brokers;
    for (const i32 id : ids) brokers.push_back(BrokerId{id});
    return brokers;
}

PartitionOrder order_of(NameId topic, const Request::TopicState& state,
                        const Request::TopicState::PartitionState& partition) {
    PartitionOrder order;
    order.id = {topic, partition.partition_index};
    order.topic_id = state.topic_id;
    order.controller_epoch = ControllerEpoch{partition.controller_epoch};
    order.leader = BrokerId{partition.leader};
    order.leader_epoch = LeaderEpoch{partition.leader_epoch};
    order.isr = brokers_of(partition.isr);
    order.partition_epoch = PartitionEpoch{partition.partition_epoch};
    order.replicas = brokers_of(partition.replicas);
    return order;
}

void carry_out(Ctx ctx, const ReplyTo& to, const Request& request) {
    wire::LeaderAndIsrResponse response;
    for (const auto& state : request.topic_states) {
        const NameId topic = ctx.env.intern(state.topic_name);
        auto& answers = response.topics.emplace_back();
        answers.topic_id = state.topic_id;
        for (const auto& partition : state.partition_states) {
            auto& answer = answers.partition_errors.emplace_back();
            answer.partition_index = partition.partition_index;
            answer.error_code = static_cast<i16>(take_role(ctx, order_of(topic, state, partition)));
        }
    }
    MR_ASSERT(response.topics.size() == request.topic_states.size());
    respond(ctx, to, response);
}

/// Topics of an order of which we have neither a replica nor the settings.
std::vector<NameId> unknown_topics(Ctx ctx, const Request& request) {
    std::vector<NameId> topics;
    for (const auto& state : request.topic_states) {
        const NameId topic = ctx.env.intern(state.topic_name);
        if (!ctx.memory().topic_configs.contains(topic)) topics.push_back(topic);
    }
    return topics;
}

}  // namespace

ErrorCode check_controller(Ctx ctx, ControllerEpoch controller_epoch, BrokerEpoch broker_epoch) {
    BrokerMemory& memory = ctx.memory();
    if (broker_epoch != kNoBrokerEpoch && broker_epoch < memory.broker_epoch) return ErrorCode::stale_broker_epoch;
    if (controller_epoch < memory.metadata.controller_epoch) return ErrorCode::stale_controller_epoch;
    MR_ASSERT(memory.metadata.controller_epoch <= controller_epoch);
    memory.metadata.controller_epoch = controller_epoch;
    return ErrorCode::none;
}

void carry_out_or_wait(Ctx ctx, const ReplyTo& to, const Request& request) {
    std::vector<NameId> topics = unknown_topics(ctx, request);
    if (topics.empty()) return carry_out(ctx, to, request);
    std::vector<zookeeper::ZkRequest> questions;
    for (const NameId topic : topics)
        questions.push_back(zookeeper::get_data_request(znodes::topic_config_path(ctx.text(topic))));
    ControllerOrders& orders = ctx.memory().orders;
    const u64 id = orders.next_id++;
    MR_ASSERT(!orders.waiting.contains(id) && questions.size() == topics.size());
    orders.waiting[id] = {to, request, std::move(topics)};
    ask_zookeeper(ctx, ZkTask::topic_config, id, std::move(questions));
}

void on_topic_config_answers(Ctx ctx, const ZkBatch& batch) {
    ControllerOrders& orders = ctx.memory().orders;
    if (!orders.waiting.contains(batch.arg)) return;
    const WaitingOrder order = std::move(orders.waiting.at(batch.arg));
    orders.waiting.erase(batch.arg);
    MR_ASSERT(batch.results.size() == order.topics.size());
    for (std::size_t i = 0; i < order.topics.size(); ++i)
        ctx.memory().topic_configs[order.topics[i]] =
            znodes::config_from_json(batch.results[i].data.bytes).value_or(ConfigMap{});
    carry_out(ctx, order.reply_to, order.request);
}

}  // namespace engine::broker
