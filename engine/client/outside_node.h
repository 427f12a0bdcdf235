// The door through which clients outside of the world reach brokers: whole frames that came over real sockets go in as
// inputs, answers are told to the observer. A slot is one real connection. Without such a door there is no outside.
#pragma once

#include "engine/model/node.h"
#include "engine/model/observer.h"
#include "sim/base/flat_map.h"
#include "sim/base/ring.h"

namespace engine::client {

struct OutsideConnection {
    sim::ConnectionId connection;
    bool connected = false;
    sim::Ring<sim::FrameRef> waiting;  // came before the connection was there
};

struct Outside {
    sim::FlatMap<u32, OutsideConnection> open;  // by slot
};

/// Begins a connection to a broker for a slot. False if the slot is taken.
bool outside_connect(Outside& outside, sim::Env& env, u32 slot, NodeId broker, u16 port);
/// Sends a whole frame, length included. False if there is no such slot.
bool outside_send(Outside& outside, sim::Env& env, u32 slot, sim::FrameRef frame);
bool outside_close(Outside& outside, sim::Env& env, u32 slot);

class OutsideNode final : public NodeOf<OutsideNode> {
public:
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(u16) const override { return "none"; }

    Outside state;
};

}  // namespace engine::client
