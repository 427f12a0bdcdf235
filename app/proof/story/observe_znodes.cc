// Observations of ZooKeeper's tree.

#include "app/proof/story/ops.h"
#include "engine/model/json.h"
#include "engine/zookeeper/server.h"

namespace app::proof {
namespace {

using engine::zookeeper::ZkServer;
using engine::zookeeper::Znode;

const engine::zookeeper::DataTree& tree_of(const StoryStage& stage) {
    return stage.world.nodes[stage.world.find_node("zookeeper").value].as<ZkServer>().state.memory.tree;
}

Json data_json(const Znode& node) {
    if (node.data.is_null || node.data.bytes.empty()) return nullptr;
    return std::string(node.data.bytes.begin(), node.data.bytes.end());
}

bool shown(const std::string& path) {
    return !path.starts_with("/zookeeper") && !path.starts_with("/brokers/topics/__consumer_offsets");
}

std::map<std::string, std::string> snapshot(const StoryStage& stage) {
    std::map<std::string, std::string> tree;
    for (const auto& [path, node] : tree_of(stage).nodes()) {
        if (!shown(path)) continue;
        const bool ephemeral = engine::zookeeper::DataTree::shown_stat(node).ephemeral_owner != 0;
        tree[path] = engine::json_text(
            Json{{"data", data_json(node)}, {"ephemeral", ephemeral}, {"version", node.stat.version}});
    }
    return tree;
}

OpResult observe_znode(StoryStage& stage, const Json& op) {
    const Znode* node = tree_of(stage).find(op["path"].get<std::string>());
    return node == nullptr ? Json(nullptr) : data_json(*node);
}

OpResult observe_znodes(StoryStage& stage, const Json& op) {
    Json json = Json::object();
    const auto& tree = stage.trees[op["name"]] = snapshot(stage);
    for (const auto& [path, node] : tree) json[path] = engine::must_read_json<Json>(node);
    return json;
}

OpResult observe_changes(StoryStage& stage, const Json& op) {
    const auto before = stage.trees[op["since"]];
    const auto& now = stage.trees[op["name"]] = snapshot(stage);
    Json changed = Json::object(), removed = Json::array();
    for (const auto& [path, node] : now) {
        const auto old = before.find(path);
        if (old == before.end() || old->second != node) changed[path] = engine::must_read_json<Json>(node);
    }
    for (const auto& [path, node] : before)
        if (!now.contains(path)) removed.push_back(path);
    return Json{{"changed", changed}, {"removed", removed}};
}

constexpr OpEntry kZnodeObservations[] = {{"znode", observe_znode}, {"znodes", observe_znodes}, {"znode_changes", observe_changes}};

}  // namespace

std::span<const OpEntry> znode_observations() { return kZnodeObservations; }

}  // namespace app::proof
