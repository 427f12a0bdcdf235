// A connection as a node of the world: it sends the bytes that it is given and keeps the frames that come back.
#pragma once

#include "engine/model/ids.h"
#include "engine/model/node.h"
#include "sim/base/ring.h"

namespace app::proof {

struct RawClientState {
    engine::NodeId target = sim::kNoNode;
    sim::u16 port = 0;
    sim::ConnectionId connection;
    bool connected = false;
    bool closed = false;
    sim::Ring<sim::FrameRef> received;
};

class RawClient final : public engine::NodeOf<RawClient> {
public:
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] engine::NodeKind kind() const override { return engine::NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(sim::u16) const override { return "none"; }

    RawClientState state;
};

}  // namespace app::proof
