#include "app/lab/sql/consumers.h"

#include "engine/client/consumer_node.h"

namespace app::lab {

std::vector<ConsumerPosition> positions_of(const Reader& reader) {
    std::vector<ConsumerPosition> list;
    for (sim::u16 i = 0; i < reader.node_count(); ++i) {
        const sim::NodeId node{i};
        const bool runs = reader.world().kernel().host(node).alive();
        if (!runs || reader.world().card(node).kind != engine::NodeKind::consumer) continue;
        const auto& app = reader.world().nodes[i].as<engine::client::ConsumerNode>().state;
        for (const engine::client::PositionRow& row : engine::client::positions(app))
            list.push_back({node, app.memory.consumer.group, row.id, row.position.value});
    }
    return list;
}

}  // namespace app::lab
