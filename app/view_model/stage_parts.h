// The parts of the stage, each for itself.
#pragma once

#include "app/view_model/scene.h"

namespace app {

std::vector<BrokerCardVm> broker_cards(const Scene& scene);
ZooKeeperCardVm zookeeper_card(const Scene& scene);
std::vector<ClientCardVm> client_cards(const Scene& scene);
/// Connections between the cards that stand on the stage, with what travels on them.
std::vector<LinkVm> links(const Scene& scene);

/// Whether a node stands on the stage: all but consoles, unless they are Spark's machines.
bool has_card(const Scene& scene, NodeId node);
/// The name by which a node is selected; ZooKeeper has one of its own.
std::string object_of(const Scene& scene, NodeId node);

/// Whom the lesson points at. Without any, nothing is dimmed.
struct Spotlight {
    explicit Spotlight(const Scene& scene);
    std::vector<NodeId> nodes;       // named themselves
    std::vector<NodeId> related;     // hold what is named
    [[nodiscard]] bool lit(NodeId node) const;
    /// Lit alone: the ring means one place to look at.
    [[nodiscard]] bool rings(NodeId node) const { return nodes.size() == 1 && lit(node); }
    [[nodiscard]] bool dims(NodeId node) const;
};

}  // namespace app
