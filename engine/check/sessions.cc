#include "engine/check/sessions.h"

#include "engine/zookeeper/server.h"

namespace engine::check {

void check_session_fact(const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::session_expired && kind_of(fact) != FactKind::session_closed) return;
    const auto& server = scene.world.nodes[fact.node.value].as<zookeeper::ZkServer>().state.memory;
    for (const auto& [path, node] : server.tree.nodes()) {
        const i64 owner = node.stat.ephemeral_owner;
        if (owner == 0 || server.sessions.contains(owner)) continue;
        scene.found("ephemerals", "znode {} is still there although its session has ended", path);
    }
}

}  // namespace engine::check
