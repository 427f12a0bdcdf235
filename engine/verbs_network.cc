// Verbs on links and messages.
#include <charconv>

#include "engine/verb_call.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::verbs {
namespace {

using sim::FaultKind;

struct Ends {
    NodeId a, b;
};

std::string link_text(const Call& call, Ends ends) {
    MR_ASSERT(ends.a != ends.b);
    return fmt::format("{} -> {}", call.world.card(ends.a).name, call.world.card(ends.b).name);
}

/// "A -> B" from word `first` on.
Refusal find_ends(const Call& call, std::size_t first, Ends& ends) {
    if (call.count() < first + 3 || call.word(first + 1) != "->") return "a link is named by its direction: A -> B";
    if (Refusal why = find_target(call, first, ends.a); !why.empty()) return why;
    if (Refusal why = find_target(call, first + 2, ends.b); !why.empty()) return why;
    return ends.a == ends.b ? "a link has two different ends" : "";
}

bool add_rule(Call& call, FaultKind kind, Ends ends, i64 amount) {
    MR_ASSERT(ends.a != ends.b && amount >= 0);
    const sim::FaultRule* old = call.world.machine.faults.find(kind, ends.a, ends.b);
    if (old != nullptr && old->amount == amount) return false;
    sim::FaultRule rule;
    rule.kind = kind;
    rule.a = ends.a;
    rule.b = ends.b;
    rule.amount = amount;
    rule.from = call.world.machine.kernel.now;
    call.world.machine.add_fault(rule);
    call.observer.on_touch(touch::kLinks);
    return true;
}

void tell_began(Call& call, Ends ends, std::string_view text) {
    tell_named(call, ends.a, FactKind::fault_began, fmt::format("link {} {}", link_text(call, ends), text));
}
void tell_ended(Call& call, Ends ends, std::string_view text) {
    tell_named(call, ends.a, FactKind::fault_ended, fmt::format("link {} {}", link_text(call, ends), text));
}

void cut_both(Call& call, NodeId a, NodeId b) {
    MR_ASSERT(a != b);
    add_rule(call, FaultKind::link_blocked, {a, b}, 0);
    add_rule(call, FaultKind::link_blocked, {b, a}, 0);
}

Refusal isolate(Call& call) {
    NodeId node;
    if (Refusal why = find_target(call, 1, node); !why.empty()) return why;
    for (u16 i = 0; i < call.world.nodes.size(); ++i)
        if (NodeId{i} != node) cut_both(call, node, {i});
    tell_named(call, node, FactKind::fault_began,
               fmt::format("{} is cut off from everybody", call.world.card(node).name));
    return "";
}

/// One node reaches all others, which fall into two halves that do not reach each other.
Refusal bridge(Call& call) {
    NodeId middle;
    if (Refusal why = find_target(call, 1, middle); !why.empty()) return why;
    std::vector<NodeId> others;
    for (u16 i = 0; i < call.world.nodes.size(); ++i)
        if (NodeId{i} != middle) others.push_back({i});
    if (others.size() < 2) return "a bridge has two sides";
    const std::size_t half = others.size() / 2;
    MR_ASSERT(half > 0 && half < others.size());
    for (std::size_t i = 0; i < half; ++i)
        for (std::size_t j = half; j < others.size(); ++j) cut_both(call, others[i], others[j]);
    tell_named(call, middle, FactKind::fault_began,
               fmt::format("{} is the only bridge between two halves", call.world.card(middle).name));
    return "";
}

/// Groups of nodes between `|`.
Refusal read_groups(const Call& call, std::vector<std::vector<NodeId>>& groups) {
    MR_ASSERT(groups.empty());
    groups.emplace_back();
    for (std::size_t i = 0; i < call.count(); ++i) {
        if (call.word(i) == ",") continue;
        if (call.word(i) == "|") { groups.emplace_back(); continue; }
        NodeId node;
        if (Refusal why = find_target(call, i, node); !why.empty()) return why;
        groups.back().push_back(node);
    }
    MR_ASSERT(!groups.empty());
    return groups.size() >= 2 && !groups.back().empty() && !groups.front().empty()
               ? ""
               : "a partition has two sides: partition A, B | C";
}

/// Calls `visit(message, ends)` with every message on its way.
void for_each_message(const sim::Network& network, auto&& visit) {
    network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (u32 side = 0; side < 2; ++side)
            for (u32 i = 0; i < connection.segments[side].size(); ++i)
                visit(connection.segments[side][i].message,
                      Ends{connection.ends[side].node, connection.ends[sim::other(side)].node});
    });
}

/// The oldest message on its way of "message A -> B".
Refusal find_message_between(const Call& call, u64& id, Ends& ends) {
    if (Refusal why = find_ends(call, 1, ends); !why.empty()) return why;
    bool found = false;
    for_each_message(call.world.machine.network, [&](u64 message, Ends between) {
        if (between.a != ends.a || between.b != ends.b || (found && message > id)) return;
        id = message;
        found = true;
    });
    return found ? "" : fmt::format("nothing is on its way from {}", link_text(call, ends));
}

/// The message of "message ID" or "message A -> B" that is still on its way.
Refusal find_message(const Call& call, u64& id, Ends& ends) {
    if (call.count() >= 4 && call.word(0) == "message" && call.word(2) == "->")
        return find_message_between(call, id, ends);
    if (call.count() < 2 || call.word(0) != "message" || !sim::all_digits(call.word(1)))
        return fmt::format("'{}' needs 'message' and its number, or 'message A -> B'", call.verb.name);
    std::from_chars(call.word(1).data(), call.word(1).data() + call.word(1).size(), id);
    if (call.world.machine.network.find(id) == nullptr) return fmt::format("message {} is not on its way any more", id);
    for_each_message(call.world.machine.network, [&](u64 message, Ends between) {
        if (message == id) ends = between;
    });
    return "";
}

void tell_message(Call& call, FactKind kind, u64 id, Ends ends, i64 by = 0) {
    MR_ASSERT(ends.a != sim::kNoNode && ends.b != sim::kNoNode && by >= 0);
    tell(call, ends.a, node_fact(kind, {static_cast<i64>(id), ends.a.value, ends.b.value, by}));
    call.observer.on_touch(touch::kMessages);
}

i64 percent_as_millionths(std::string_view word) {
    if (word.ends_with('%')) word.remove_suffix(1);
    const auto millionths = parse_millionths(word);
    return millionths && *millionths >= 0 && *millionths <= 100'000'000 ? *millionths / 100 : -1;
}

Refusal set_link(Call& call, Ends ends, const std::string& what, const std::string& amount) {
    i64 number = -1;
    FaultKind kind = FaultKind::link_latency;
    if (what == "latency") number = parse_duration(amount).count;
    if (what == "loss") { kind = FaultKind::link_loss; number = percent_as_millionths(amount); }
    if (what == "bandwidth" && sim::all_digits(amount)) {
        kind = FaultKind::link_bandwidth;
        std::from_chars(amount.data(), amount.data() + amount.size(), number);
    }
    if (number < 0) return "link needs 'latency T', 'loss P%', 'bandwidth BYTES' or 'normal'";
    MR_ASSERT(ends.a != ends.b && number >= 0);
    add_rule(call, kind, ends, number);
    tell_began(call, ends, fmt::format("has {} {}", what, amount));
    return "";
}

}  // namespace

Refusal partition(Call& call) {
    if (call.count() >= 1 && call.word(0) == "isolate") return isolate(call);
    if (call.count() >= 1 && call.word(0) == "bridge") return bridge(call);
    std::vector<std::vector<NodeId>> groups;
    if (Refusal why = read_groups(call, groups); !why.empty()) return why;
    MR_ASSERT(groups.size() >= 2 && !groups.front().empty());
    for (std::size_t i = 0; i < groups.size(); ++i)
        for (std::size_t j = i + 1; j < groups.size(); ++j)
            for (const NodeId a : groups[i])
                for (const NodeId b : groups[j])
                    if (a != b) cut_both(call, a, b);
    tell_named(call, groups[0][0], FactKind::fault_began, fmt::format("network partition {}", call.verb.target));
    return "";
}

Refusal heal(Call& call) {
    std::vector<Ends> blocked;
    for (const sim::FaultRule& rule : call.world.machine.faults.rules)
        if (rule.kind == FaultKind::link_blocked) blocked.push_back({rule.a, rule.b});
    if (blocked.empty()) return "no link is blocked";
    for (const Ends ends : blocked) call.world.machine.remove_fault(FaultKind::link_blocked, ends.a, ends.b);
    tell_named(call, blocked.front().a, FactKind::fault_ended, "all links are open again");
    call.observer.on_touch(touch::kLinks);
    return "";
}

Refusal block(Call& call) {
    Ends ends;
    if (Refusal why = find_ends(call, 1, ends); !why.empty()) return why;
    if (!add_rule(call, FaultKind::link_blocked, ends, 0)) return "it is blocked already";
    tell_began(call, ends, "lets nothing through");
    return "";
}

Refusal unblock(Call& call) {
    Ends ends;
    if (Refusal why = find_ends(call, 1, ends); !why.empty()) return why;
    if (!call.world.machine.remove_fault(FaultKind::link_blocked, ends.a, ends.b)) return "it is not blocked";
    tell_ended(call, ends, "is open again");
    call.observer.on_touch(touch::kLinks);
    return "";
}

Refusal link(Call& call) {
    Ends ends;
    if (Refusal why = find_ends(call, 0, ends); !why.empty()) return why;
    const std::string what = call.count() > 3 ? call.word(3) : "";
    if (what != "normal") return set_link(call, ends, what, call.count() > 4 ? call.word(4) : "");
    for (const FaultKind kind : {FaultKind::link_latency, FaultKind::link_loss, FaultKind::link_bandwidth})
        call.world.machine.remove_fault(kind, ends.a, ends.b);
    tell_ended(call, ends, "is as it was");
    call.observer.on_touch(touch::kLinks);
    return "";
}

Refusal hold(Call& call) {
    u64 id = 0;
    Ends ends;
    if (Refusal why = find_message(call, id, ends); !why.empty()) return why;
    if (!call.world.machine.network.hold(id)) return "it is held already";
    tell_message(call, FactKind::message_held, id, ends);
    return "";
}

Refusal release(Call& call) {
    u64 id = 0;
    Ends ends;
    if (Refusal why = find_message(call, id, ends); !why.empty()) return why;
    if (!call.world.machine.network.release(call.world.machine.kernel, id)) return "it is not held";
    tell_message(call, FactKind::message_released, id, ends);
    return "";
}

Refusal drop(Call& call) {
    u64 id = 0;
    Ends ends;
    if (Refusal why = find_message(call, id, ends); !why.empty()) return why;
    tell_message(call, FactKind::message_dropped, id, ends);
    const bool dropped = call.world.machine.network.drop(call.world.machine.kernel, call.observer, id);
    MR_ASSERT(dropped);
    return "";
}

Refusal delay(Call& call) {
    u64 id = 0;
    Ends ends;
    if (Refusal why = find_message(call, id, ends); !why.empty()) return why;
    const Nanos by = call.count() > 2 ? parse_duration(call.word(call.count() - 1)) : sim::nanos(-1);
    if (by.count <= 0) return "delay needs a time, such as 2s";
    if (!call.world.machine.network.delay(call.world.machine.kernel, id, by))
        return "it cannot be delayed: it is held or has arrived";
    tell_message(call, FactKind::message_delayed, id, ends, by.count);
    return "";
}

}  // namespace engine::verbs
