#include "app/proof/sweep/heal.h"

#include <fmt/format.h>

#include "engine/client/consumer_node.h"

namespace app::proof {
namespace {

using engine::World;
using sim::FaultKind;

std::string link_text(const World& world, const sim::FaultRule& rule) {
    return fmt::format("link {} -> {}", world.card(rule.a).name, world.card(rule.b).name);
}

/// The line that ends a rule; "" if another line does.
std::string ending(const World& world, const sim::FaultRule& rule) {
    switch (rule.kind) {
        case FaultKind::link_blocked: return "";
        case FaultKind::link_latency: case FaultKind::link_loss: case FaultKind::link_bandwidth:
            return link_text(world, rule) + " normal";
        case FaultKind::node_limp: return fmt::format("limp {} 1", world.card(rule.a).name);
        case FaultKind::disk_slow:
        case FaultKind::disk_full: return fmt::format("disk {} normal", world.card(rule.a).name);
    }
    return "";
}

void heal_rules(const World& world, std::vector<std::string>& lines) {
    bool blocked = false;
    for (const sim::FaultRule& rule : world.machine.faults.rules) {
        blocked = blocked || rule.kind == FaultKind::link_blocked;
        std::string line = ending(world, rule);
        if (!line.empty() && std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
    if (blocked) lines.emplace_back("heal");
}

void release_messages(const World& world, std::vector<std::string>& lines) {
    world.machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (const auto& segments : connection.segments)
            for (sim::u32 i = 0; i < segments.size(); ++i)
                if (segments[i].state == sim::SegmentState::held)
                    lines.push_back(fmt::format("release message {}", segments[i].message));
    });
}

void revive(const World& world, std::vector<std::string>& lines) {
    for (sim::u16 i = 0; i < world.nodes.size(); ++i) {
        const engine::NodeCard& card = world.card({i});
        const bool client = card.kind == engine::NodeKind::producer || card.kind == engine::NodeKind::consumer;
        switch (world.host_state({i})) {
            case sim::HostState::up: break;
            case sim::HostState::paused: lines.push_back("resume " + card.name); break;
            case sim::HostState::absent: case sim::HostState::down: case sim::HostState::off:
                lines.push_back((client ? "start " : "restart ") + card.name); break;
        }
    }
}

}  // namespace

std::vector<std::string> healing_lines(const World& world) {
    std::vector<std::string> lines;
    heal_rules(world, lines);
    release_messages(world, lines);
    revive(world, lines);
    return lines;
}

std::vector<std::string> restarting_lines(const World& world) {
    std::vector<std::string> lines;
    for (sim::u16 i = 0; i < world.nodes.size(); ++i) {
        if (world.card({i}).kind != engine::NodeKind::consumer || world.host_state({i}) != sim::HostState::down)
            continue;
        if (world.nodes[i].as<engine::client::ConsumerNode>().state.memory.stop_wanted)
            lines.push_back("start " + world.card({i}).name);
    }
    return lines;
}

}  // namespace app::proof
