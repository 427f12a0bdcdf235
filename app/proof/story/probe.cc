#include "app/proof/story/probe.h"

#include "engine/broker/broker_node.h"
#include "engine/model/node_of.h"

namespace app::proof {

void ProbeNode::on_notice(sim::Env& env, sim::Notice& notice) {
    switch (notice.kind) {
        case sim::NoticeKind::boot: state.connection = env.connect(state.target, state.port); return;
        case sim::NoticeKind::connected: env.send(state.connection, state.request, 0); return;
        case sim::NoticeKind::frame: state.answer = notice.frame; state.done = true; return;
        case sim::NoticeKind::closed: state.done = true; return;
        case sim::NoticeKind::none: case sim::NoticeKind::timer: case sim::NoticeKind::accepted:
        case sim::NoticeKind::disk: return;
    }
}

sim::u16 port_of_broker(const engine::World& world, engine::NodeId broker) {
    return world.nodes[broker.value].as<engine::broker::BrokerNode>().state.settings.port;
}

sim::FrameRef ask(const engine::World& world, engine::NodeId node, sim::u16 port, sim::FrameRef request,
                  sim::Nanos limit) {
    engine::World copy = world;
    auto probe = std::make_unique<ProbeNode>();
    probe->state.target = node;
    probe->state.port = port;
    probe->state.request = std::move(request);
    const sim::LinkProfile at_once{sim::nanos(1), {}, 0, 0};
    const engine::NodeId self = engine::add_node(copy, {"probe", engine::NodeKind::console, engine::kNoBroker, true},
                                                 std::move(probe), at_once, {});
    for (const auto& [a, b] : {std::pair{self, node}, std::pair{node, self}})
        copy.machine.network.link(a, b).base = copy.machine.network.link(a, b).effective = at_once;
    copy.machine.start(self);
    const sim::Nanos deadline = copy.kernel().now + limit;
    const auto state = [&]() -> const ProbeState& { return copy.nodes[self.value].as<ProbeNode>().state; };
    while (!state().done && copy.machine.next_at() <= deadline)
        if (!engine::step(copy, engine::nobody())) break;
    return state().answer;
}

}  // namespace app::proof

template class engine::NodeOf<app::proof::ProbeNode>;
