// What a broker does with what a controller says: is it the present controller, is it us it means, and do we
// know the settings of the topics that it speaks of.
#pragma once

#include "engine/broker/sockets.h"
#include "engine/model/error_codes.h"
#include "engine/wire/messages/leader_and_isr.h"

namespace engine::broker {

/// An order that waits until ZooKeeper has told the settings of its new topics.
struct WaitingOrder {
    ReplyTo reply_to;
    wire::LeaderAndIsrRequest request;
    std::vector<NameId> topics;   // in the order of the questions
};

struct ControllerOrders {
    sim::FlatMap<u64, WaitingOrder> waiting;
    u64 next_id = 1;
};

struct Ctx;
struct ZkBatch;

/// none, stale_controller_epoch for a deposed controller, stale_broker_epoch for an order to our earlier life.
/// A newer controller epoch is taken up.
ErrorCode check_controller(Ctx ctx, ControllerEpoch controller_epoch, BrokerEpoch broker_epoch);
/// Carries an order out now, or when the settings of its new topics have been read.
void carry_out_or_wait(Ctx ctx, const ReplyTo& to, const wire::LeaderAndIsrRequest& request);
void on_topic_config_answers(Ctx ctx, const ZkBatch& batch);

}  // namespace engine::broker
