#include "sim/machine.h"

#include <algorithm>

namespace sim {

Machine::Machine(u64 seed) : network(seed), disks(seed) { kernel.seed = seed; }

NodeId Machine::add_node(const LinkProfile& links, const DiskProfile& disk) {
    const NodeId node = kernel.add_host();
    network.add_node(node, links);
    disks.add_node(node, disk);
    MR_ASSERT(network.node_count() == kernel.hosts.size());
    return node;
}

Nanos Machine::next_at() const { return kernel.events.empty() ? kForever : kernel.events.top().at; }

/// Between events no entry on top of the agenda is stale, so that `next_at` tells the truth.
void Machine::end_event() {
    while (!kernel.events.empty() && !is_current(kernel.events.top())) kernel.note_stale(kernel.events.pop());
    kernel.end();
}

void Machine::end_input() { end_event(); }

bool Machine::is_current(const Event& event) const {
    switch (event.kind) {
        case EventKind::timer:
            return kernel.timers.find({event.slot, static_cast<u32>(event.tag)}) != nullptr;
        case EventKind::arrival:
        case EventKind::retransmit: return network.is_current(event);
        case EventKind::lane:
        case EventKind::boot: return kernel.host(event.node).incarnation == event.tag;
        case EventKind::disk:
        case EventKind::rule: return true;
        case EventKind::none:
        case EventKind::input: break;
    }
    MR_ASSERT(false);  // never on the agenda
    return false;
}

bool Machine::next(Recorder& recorder, Turn& turn) {
    turn = {};
    while (!kernel.events.empty()) {
        const Event event = kernel.events.pop();
        MR_ASSERT(event.at >= kernel.now);
        if (!is_current(event)) {
            kernel.note_stale(event);
            continue;
        }
        carry_out(event, recorder, turn);
        return true;
    }
    return false;
}

void Machine::carry_out(const Event& event, Recorder& recorder, Turn& turn) {
    if (event.kind == EventKind::lane) {
        kernel.now = event.at;
        turn.notice = kernel.take(event.node, static_cast<u8>(event.slot), static_cast<u32>(event.tag));
        turn.node = turn.notice.kind == NoticeKind::none ? kNoNode : event.node;
        kernel.begin(event, turn.notice.cause, recorder);
        return;
    }
    kernel.begin(event, kNoEvent, recorder);
    switch (event.kind) {
        case EventKind::timer: fire_timer(event, turn); break;
        case EventKind::arrival:
        case EventKind::retransmit: turn.node = network.on_event(kernel, recorder, event, turn.notice); break;
        case EventKind::disk: finish_disk(event, turn); break;
        case EventKind::boot:
            turn.node = event.node;
            turn.notice.kind = NoticeKind::boot;
            break;
        case EventKind::rule: refresh_effects(); break;
        case EventKind::none: case EventKind::lane: case EventKind::input: MR_ASSERT(false); break;
    }
    if (turn.node != kNoNode && !kernel.offer(turn.node, turn.notice)) turn = {};
}

void Machine::fire_timer(const Event& event, Turn& turn) {
    const Handle handle{event.slot, static_cast<u32>(event.tag)};
    const Timer timer = kernel.timers.at(handle);
    MR_ASSERT(timer.due == event.at && timer.node == event.node && timer.lane < kLanes);
    kernel.timers.erase(handle);
    turn.node = timer.node;
    turn.notice.kind = NoticeKind::timer;
    turn.notice.lane = timer.lane;
    turn.notice.timer_kind = timer.kind;
    turn.notice.tag = timer.tag;
}

void Machine::finish_disk(const Event& event, Turn& turn) {
    MR_ASSERT((event.slot & 3) < kLanes);
    const bool written = disks.of(event.node).finish_sync(event.tag);
    const Host& host = kernel.host(event.node);
    if (!written || (host.incarnation & 0x3fffffff) != event.slot >> 2) return;
    turn.node = event.node;
    turn.notice.kind = NoticeKind::disk;
    turn.notice.lane = static_cast<u8>(event.slot & 3);
    turn.notice.tag = event.tag;
}

void Machine::finish(const Turn& turn, Nanos cost) {
    MR_ASSERT(cost.count >= 0);
    if (turn.node != kNoNode && kernel.host(turn.node).alive())
        kernel.occupy(turn.node, turn.notice.lane, cost);
    end_event();
}

void Machine::begin_input(Nanos at, u64 digest, Recorder& recorder) {
    MR_ASSERT(at >= kernel.now && at <= next_at());
    Event event;
    event.at = at;
    event.kind = EventKind::input;
    event.tag = digest;
    kernel.begin(event, kNoEvent, recorder);
}

void Machine::digest(Hasher& hasher) const {
    sim::digest(hasher, kernel);
    network.digest(hasher);
    disks.digest(hasher);
    sim::digest(hasher, faults);
}

// ---- processes ----------------------------------------------------------------------------------

void Machine::start(NodeId node) {
    Host& host = kernel.host(node);
    MR_ASSERT(!host.alive() && host.incarnation < UINT32_MAX);
    host.state = HostState::up;
    ++host.incarnation;
    host.lanes = {};
    kernel.schedule(kernel.now, node, EventKind::boot, 0, host.incarnation);
}

void Machine::stop_process(NodeId node, HostState state, Recorder& recorder) {
    Host& host = kernel.host(node);
    MR_ASSERT(host.alive() && (state == HostState::down || state == HostState::off));
    host.state = state;
    ++host.incarnation;
    host.lanes = {};
    kernel.cancel_timers_of(node);
    network.on_host_gone(kernel, recorder, node, state == HostState::down);
}

void Machine::kill(NodeId node, Recorder& recorder) { stop_process(node, HostState::down, recorder); }

void Machine::power_cut(NodeId node, Recorder& recorder) {
    if (kernel.host(node).alive()) stop_process(node, HostState::off, recorder);
    kernel.host(node).state = HostState::off;
    disks.of(node).on_power_cut();
}

void Machine::pause(NodeId node) {
    MR_ASSERT(kernel.host(node).runs());
    kernel.host(node).state = HostState::paused;
}

void Machine::resume(NodeId node) {
    MR_ASSERT(kernel.host(node).state == HostState::paused);
    kernel.host(node).state = HostState::up;
    kernel.wake_lanes(node);
}

// ---- faults -------------------------------------------------------------------------------------

void Machine::add_fault(FaultRule rule) {
    rule.made_by = kernel.here();
    const FaultId id = faults.add(rule);
    if (rule.from > kernel.now) kernel.schedule(rule.from, kNoNode, EventKind::rule, id.value, 0);
    if (rule.to < kForever) kernel.schedule(rule.to, kNoNode, EventKind::rule, id.value, 1);
    refresh_effects();
}

bool Machine::remove_fault(FaultKind kind, NodeId a, NodeId b) {
    const bool removed = faults.remove(kind, a, b);
    if (removed) refresh_effects();
    return removed;
}

void Machine::refresh_effects() {
    for (u16 from = 0; from < network.node_count(); ++from) {
        for (u16 to = 0; to < network.node_count(); ++to) {
            Link& link = network.link({from}, {to});
            link.effective = link.base;
            link.blocked = false;
        }
        kernel.host({from}).limp = {};
        disks.of({from}).slow_factor = 1;
        disks.of({from}).full = false;
    }
    std::erase_if(faults.rules, [&](const FaultRule& rule) { return rule.to <= kernel.now; });
    for (const FaultRule& rule : faults.rules)
        if (rule.active(kernel.now)) apply_effect(rule);
}

void Machine::apply_effect(const FaultRule& rule) {
    const auto amount = static_cast<u64>(rule.amount);
    MR_ASSERT(rule.amount >= 0 && rule.active(kernel.now));
    switch (rule.kind) {
        case FaultKind::link_blocked: network.link(rule.a, rule.b).blocked = true; return;
        case FaultKind::link_latency: network.link(rule.a, rule.b).effective.latency += nanos(rule.amount); return;
        case FaultKind::link_loss:
            network.link(rule.a, rule.b).effective.loss_per_million = static_cast<u32>(std::min<u64>(amount, 999'999));
            return;
        case FaultKind::link_bandwidth: network.link(rule.a, rule.b).effective.bandwidth = amount; return;
        case FaultKind::node_limp:
            MR_ASSERT(amount > 0 && amount <= UINT32_MAX);
            kernel.host(rule.a).limp = {static_cast<u32>(amount), 1000};
            return;
        case FaultKind::disk_slow:
            MR_ASSERT(amount > 0 && amount <= UINT32_MAX);
            disks.of(rule.a).slow_factor = static_cast<u32>(amount);
            return;
        case FaultKind::disk_full: disks.of(rule.a).full = true; return;
    }
}

}  // namespace sim
