// Verbs of the door to the outside: what real clients do over sockets, as inputs. Programs write them, nobody types
// them.
#include <charconv>

#include "engine/broker/broker_node.h"
#include "engine/client/outside_node.h"
#include "engine/outside.h"
#include "engine/verb_call.h"
#include "engine/zookeeper/client.h"
#include "sim/base/assert.h"

namespace engine::verbs {
namespace {

/// A number among the words; negative if it is none.
i64 number(const Call& call, std::size_t word) {
    i64 value = -1;
    if (word >= call.count()) return -1;
    const std::string& text = call.word(word);
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size() ? value : -1;
}

/// Opens the door: brokers tell clients that come through it addresses on one host, localhost if none is given, one
/// port each.
Refusal attach(Call& call) {
    MR_ASSERT(call.count() >= 2);
    const i64 port = number(call, 1);
    if (port <= 0 || port > UINT16_MAX) return "outside attach needs a port";
    if (call.world.find_node(kOutsideDoor) != sim::kNoNode) return "the door to the outside is open already";
    const sim::LinkProfile at_once{sim::nanos(1), {}, 0, 0};
    const NodeId door = add_node(call.world, {std::string(kOutsideDoor), NodeKind::console, kNoBroker, true},
                                 std::make_unique<client::OutsideNode>(), at_once, {});
    broker::OutsideDoor told{door, call.count() > 2 ? call.word(2) : "localhost", {}};
    MR_ASSERT(call.world.find_node(kOutsideDoor) == door);
    u16 next = static_cast<u16>(port);
    for (const Node& node : call.world.nodes)
        if (node.code().kind() == NodeKind::broker)
            told.ports[node.as<broker::BrokerNode>().state.settings.id] = next++;
    for (Node& node : call.world.nodes)
        if (node.code().kind() == NodeKind::broker) node.edit_as<broker::BrokerNode>().state.settings.outside = told;
    call.world.machine.start(door);
    call.observer.on_touch(touch::kAll);
    return "";
}

/// Whom a line is for: a broker by its id, or the ZooKeeper server.
Refusal connect(Call& call, client::Outside& outside, sim::Env& env, u32 slot) {
    const bool keeper = call.count() > 2 && call.word(2) == "zookeeper";
    const NodeId node = keeper ? call.world.find_node("zookeeper")
                               : call.world.broker_node(BrokerId{static_cast<i32>(number(call, 2))});
    if (node == sim::kNoNode) return "there is no such broker";
    const u16 port =
        keeper ? zookeeper::kClientPort : call.world.nodes[node.value].as<broker::BrokerNode>().state.settings.port;
    return outside_connect(outside, env, slot, node, port) ? "" : "the slot is taken";
}

Refusal act(Call& call, client::Outside& outside, sim::Env& env) {
    MR_ASSERT(call.count() >= 2);
    const i64 slot = number(call, 1);
    if (slot < 0 || slot > UINT32_MAX) return "outside needs a slot";
    const auto place = static_cast<u32>(slot);
    if (call.word(0) == "connect") return connect(call, outside, env, place);
    if (call.word(0) == "close") return outside_close(outside, env, place) ? "" : "there is no such slot";
    if (call.word(0) != "send") return "outside knows attach, connect, send and close";
    return outside_send(outside, env, place, sim::make_frame(call.payload)) ? "" : "there is no such slot";
}

}  // namespace

Refusal outside(Call& call) {
    if (call.count() < 2) return "outside knows attach, connect, send and close";
    if (call.word(0) == "attach") return attach(call);
    const NodeId door = call.world.find_node(kOutsideDoor);
    if (door == sim::kNoNode || call.world.host_state(door) != sim::HostState::up)
        return "the door to the outside is closed";
    Refusal why;
    act_on(call.world, door, call.observer,
           [&](NodeCode& code, sim::Env& env) { why = act(call, static_cast<client::OutsideNode&>(code).state, env); });
    return why;
}

}  // namespace engine::verbs
