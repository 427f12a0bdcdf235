// The leader's way to the controller: ISR changes, several in one request, one request in flight.
#pragma once

#include "engine/broker/isr.h"
#include "engine/wire/channel.h"
#include "sim/base/flat_map.h"

namespace engine::broker {

struct AlterPartitionState {
    wire::Channel channel;                 // to the controller
    BrokerId controller = kNoBroker;       // to whom the channel goes
    std::vector<TopicPartition> unsent;    // partitions with a proposal that no request carries
    std::vector<TopicPartition> in_flight;
    sim::TimerId retry;
};

struct Ctx;

/// Tells the controller of a partition's proposal, as soon as no other request is under way.
void send_isr_proposal(Ctx ctx, TopicPartition id);
/// True if the notice was for this channel.
bool on_alter_partition_notice(Ctx ctx, sim::Notice& notice);
/// Something changed that may let unsent proposals go: the controller is known, a retry is due.
void send_unsent_proposals(Ctx ctx);

}  // namespace engine::broker
