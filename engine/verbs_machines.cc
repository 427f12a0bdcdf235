// Verbs on processes, machines and disks.
#include <charconv>

#include "engine/verb_call.h"

namespace engine::verbs {
namespace {

using sim::HostState;

/// The target, if it is in a state that the verb can change.
Refusal find_in(const Call& call, NodeId& node, bool (*fits)(HostState), std::string_view otherwise) {
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    return fits(call.world.host_state(node)) ? "" : fmt::format("{} {}", call.world.card(node).name, otherwise);
}

bool alive(HostState state) { return state == HostState::up || state == HostState::paused; }
bool runs(HostState state) { return state == HostState::up; }
bool paused(HostState state) { return state == HostState::paused; }
bool powered(HostState state) { return state != HostState::off; }

/// A factor such as 10 or 2.5, in thousandths; 0 if it is none.
i64 factor_of(std::string_view word) {
    const auto millionths = parse_millionths(word);
    const bool good = millionths && *millionths >= 1'000 && *millionths <= 1'000'000'000'000;
    return good ? *millionths / 1'000 : 0;
}

void set_fault(Call& call, sim::FaultKind kind, NodeId node, i64 amount, std::string_view text) {
    sim::FaultRule rule;
    rule.kind = kind;
    rule.a = node;
    rule.amount = amount;
    rule.from = call.world.machine.kernel.now;
    call.world.machine.add_fault(rule);
    tell_named(call, node, FactKind::fault_began, fmt::format("{} {}", call.world.card(node).name, text));
}

Refusal end_fault(Call& call, sim::FaultKind kind, NodeId node, std::string_view text) {
    if (!call.world.machine.remove_fault(kind, node, sim::kNoNode)) return "";
    tell_named(call, node, FactKind::fault_ended, fmt::format("{} {}", call.world.card(node).name, text));
    return "";
}

}  // namespace

Refusal kill(Call& call) {
    if (Refusal phase; kill_at_phase(call, phase)) return phase;
    NodeId node;
    if (Refusal why = find_in(call, node, alive, "is not running"); !why.empty()) return why;
    tell(call, node, node_fact(FactKind::node_killed));
    call.world.machine.kill(node, call.observer);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal power_cut(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, powered, "has no power already"); !why.empty()) return why;
    tell(call, node, node_fact(FactKind::power_cut));
    call.world.machine.power_cut(node, call.observer);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal restart(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    if (alive(call.world.host_state(node))) call.world.machine.kill(node, call.observer);
    tell(call, node, node_fact(FactKind::node_started));
    call.world.machine.start(node);
    call.observer.on_touch(touch::kAll);
    return "";
}

Refusal pause(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, runs, "is not running"); !why.empty()) return why;
    call.world.machine.pause(node);
    tell(call, node, node_fact(FactKind::node_paused));
    call.observer.on_touch(touch::kNodes);
    return "";
}

Refusal resume(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, paused, "is not paused"); !why.empty()) return why;
    call.world.machine.resume(node);
    tell(call, node, node_fact(FactKind::node_resumed));
    call.observer.on_touch(touch::kNodes);
    return "";
}

Refusal limp(Call& call) {
    NodeId node;
    if (Refusal why = find_in(call, node, alive, "is not running"); !why.empty()) return why;
    const i64 factor = call.count() > 1 ? factor_of(call.word(1)) : 0;
    if (factor == 0) return "limp needs a factor, such as 10";
    call.observer.on_touch(touch::kNodes);
    if (factor == 1'000) return end_fault(call, sim::FaultKind::node_limp, node, "no longer limps");
    set_fault(call, sim::FaultKind::node_limp, node, factor, fmt::format("limps: its work takes {} times as long", call.word(1)));
    return "";
}

Refusal disk(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 0, node); !why.empty()) return why;
    const std::string what = call.count() > 1 ? call.word(1) : "";
    if (what == "full") {
        set_fault(call, sim::FaultKind::disk_full, node, 0, "has a full disk");
        return "";
    }
    if (what == "normal") {
        end_fault(call, sim::FaultKind::disk_full, node, "has room on its disk again");
        return end_fault(call, sim::FaultKind::disk_slow, node, "has a fast disk again");
    }
    const i64 factor = what == "slow" && call.count() > 2 ? factor_of(call.word(2)) / 1'000 : 0;
    if (factor == 0) return "disk needs 'slow FACTOR', 'full' or 'normal'";
    set_fault(call, sim::FaultKind::disk_slow, node, factor, fmt::format("has a disk that is {} times slower", factor));
    return "";
}

}  // namespace engine::verbs
