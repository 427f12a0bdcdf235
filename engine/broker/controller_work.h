// What the rest of a broker asks of the controller on it.
#pragma once

#include "engine/broker/broker.h"

namespace engine::broker {

/// Looks who is controller, leaves a watch, and bids for it if nobody is.
void read_controller(Ctx ctx);
void on_controller_read(Ctx ctx, const ZkBatch& batch);
/// Answers to the step that is being done.
void on_controller_answers(Ctx ctx, const ZkBatch& batch);
/// A watch that the controller left has fired.
void on_controller_watch(Ctx ctx, const zookeeper::WatchEvent& event);
/// Puts work into the controller's queue. Ignored if we are not the controller.
void enqueue(Ctx ctx, ControllerEvent event);
/// Stops being controller: forgets everything about it.
void resign(Ctx ctx);
/// True if the notice was for one of its connections to brokers.
bool on_controller_channel_notice(Ctx ctx, sim::Notice& notice);
void on_controller_channel_retry(Ctx ctx, BrokerId broker);
void on_leader_imbalance_check(Ctx ctx);

}  // namespace engine::broker
