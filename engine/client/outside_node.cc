#include "engine/client/outside_node.h"

#include <algorithm>

#include "engine/model/node_of.h"

namespace engine::client {
namespace {

/// The slot of a connection, or nullptr.
const u32* slot_of(const Outside& outside, sim::ConnectionId connection) {
    for (const auto& [slot, entry] : outside.open)
        if (entry.connection == connection) return &slot;
    return nullptr;
}

void tell(sim::Env& env, u32 slot, sim::FrameRef frame) {
    OutsideRow row;
    row.event_index = env.event_index();
    row.slot = slot;
    row.frame = std::move(frame);
    MR_ASSERT(slot > 0);
    env.recorder<Observer>().on_outside(row);
}

void send_waiting(OutsideConnection& entry, sim::Env& env) {
    MR_ASSERT(entry.connected);
    while (!entry.waiting.empty()) env.send(entry.connection, entry.waiting.pop_front(), 0);
}

}  // namespace

bool outside_connect(Outside& outside, sim::Env& env, u32 slot, NodeId broker, u16 port) {
    if (outside.open.contains(slot)) return false;
    outside.open[slot].connection = env.connect(broker, port);
    MR_ASSERT(outside.open.at(slot).waiting.empty());
    return true;
}

bool outside_send(Outside& outside, sim::Env& env, u32 slot, sim::FrameRef frame) {
    OutsideConnection* entry = outside.open.find(slot);
    if (entry == nullptr) return false;
    entry->waiting.push_back(std::move(frame));
    if (entry->connected) send_waiting(*entry, env);
    return true;
}

bool outside_close(Outside& outside, sim::Env& env, u32 slot) {
    const OutsideConnection* entry = outside.open.find(slot);
    if (entry == nullptr) return false;
    env.close(entry->connection);
    outside.open.erase(slot);
    MR_ASSERT(!outside.open.contains(slot));
    return true;
}

void OutsideNode::on_notice(sim::Env& env, sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::boot) state = {};
    const u32* found = slot_of(state, notice.connection);
    if (!notice.connection || found == nullptr) return;
    const u32 slot = *found;
    if (notice.kind == sim::NoticeKind::frame) return tell(env, slot, notice.frame);
    if (notice.kind == sim::NoticeKind::connected) {
        state.open.at(slot).connected = true;
        return send_waiting(state.open.at(slot), env);
    }
    if (notice.kind != sim::NoticeKind::closed) return;
    state.open.erase(slot);
    tell(env, slot, {});
}

}  // namespace engine::client

template class engine::NodeOf<engine::client::OutsideNode>;
