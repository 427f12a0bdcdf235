// A broker as a node of the world: notices come in and go to its parts.
#pragma once

#include "engine/broker/broker.h"
#include "engine/model/node.h"

namespace engine::broker {

class BrokerNode final : public NodeOf<BrokerNode> {
public:
    explicit BrokerNode(BrokerSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::broker; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    Broker state;
};

}  // namespace engine::broker
