#include "app/view_model/znodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/payload_text.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::zookeeper::Znode;
using engine::zookeeper::ZkServerMemory;
using engine::zookeeper::ZkSession;

/// Open unless they were closed: where a cluster's story is.
constexpr std::array<std::string_view, 3> kOpenAtFirst = {"/brokers", "/brokers/ids", "/brokers/topics"};

bool contains(const std::vector<std::string>& list, std::string_view path) {
    return std::ranges::find(list, path) != list.end();
}

/// A znode that the lesson points at: it and those above it are open.
std::vector<std::string> pointed_at(const Scene& scene) {
    std::vector<std::string> paths;
    for (const std::string& word : scene.spotlight())
        if (word.starts_with("znode /")) paths.push_back(word.substr(6));
    if (scene.selected().kind == ObjectKind::znode) paths.push_back(scene.selected().text);
    return paths;
}

bool is_above(std::string_view parent, std::string_view path) {
    return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

bool is_open(const Scene& scene, const std::vector<std::string>& pointed, std::string_view path) {
    if (contains(scene.at().desk.closed_znodes, path)) return false;
    if (contains(scene.at().desk.open_znodes, path)) return true;
    if (std::ranges::any_of(pointed, [&](const std::string& each) { return is_above(path, each); })) return true;
    const bool of_topic = path.starts_with("/brokers/topics/") && !path.starts_with("/brokers/topics/__");
    return of_topic || std::ranges::find(kOpenAtFirst, path) != kOpenAtFirst.end();
}

bool is_sequential(std::string_view name) {
    constexpr std::size_t kDigits = 10;
    return name.size() > kDigits &&
           std::ranges::all_of(name.substr(name.size() - kDigits), [](char c) { return c >= '0' && c <= '9'; });
}

std::string session_name(const Scene& scene, const ZkServerMemory& memory, i64 id) {
    const ZkSession* session = memory.sessions.find(id);
    return session == nullptr ? "a session that is gone" : scene.name(session->owner);
}

const ZkServerMemory* memory_of(const Sight* sight, NodeId zookeeper) {
    if (sight == nullptr || zookeeper == sim::kNoNode) return nullptr;
    return &sight->reader.world().nodes[zookeeper.value].as<engine::zookeeper::ZkServer>().state.memory;
}

std::size_t watches_on(const ZkServerMemory& memory, const std::string& path) {
    std::size_t count = 0;
    for (const auto* table : {&memory.watches.data, &memory.watches.child})
        if (const auto* sessions = table->find(path)) count += sessions->size();
    return count;
}

class TreeWalk {
public:
  TreeWalk(const Scene& scene, const ZkServerMemory& memory)
      : scene_(scene),
        memory_(memory),
        before_(memory_of(scene.before(), scene.zookeeper())),
        pointed_(pointed_at(scene)) {}

  void walk(const std::string& path, i32 depth, std::vector<ZnodeRowVm>& rows) const {
      const Znode* node = memory_.tree.find(path.empty() ? "/" : path);
      if (node == nullptr) return;
      for (const std::string& child : node->children) {
          const std::string below = path + "/" + child;
          const Znode* inner = memory_.tree.find(below);
          if (inner == nullptr) continue;
          rows.push_back(row(below, child, depth, *inner));
          if (rows.back().open) walk(below, depth + 1, rows);
      }
    }

private:
    [[nodiscard]] ZnodeRowVm row(const std::string& path, const std::string& name, i32 depth, const Znode& node) const {
        ZnodeRowVm row;
        row.object = path;
        row.name = name;
        row.depth = depth;
        row.has_children = !node.children.empty();
        row.open = row.has_children && is_open(scene_, pointed_, path);
        if (node.stat.ephemeral_owner != 0) {
            row.kind = ZnodeKind::ephemeral;
            row.owner = session_name(scene_, memory_, node.stat.ephemeral_owner);
        } else if (is_sequential(name)) {
            row.kind = ZnodeKind::sequential;
        }
        row.watches = static_cast<i32>(watches_on(memory_, path));
        row.changed = changed(path, node);
        row.selected = scene_.is_selected(path);
        return row;
    }
    [[nodiscard]] bool changed(const std::string& path, const Znode& node) const {
        if (before_ == nullptr) return false;
        const Znode* earlier = before_->tree.find(path);
        return earlier == nullptr || earlier->stat.mzxid != node.stat.mzxid || earlier->children != node.children;
    }

    const Scene& scene_;
    const ZkServerMemory& memory_;
    const ZkServerMemory* before_;
    std::vector<std::string> pointed_;
};

void fill_detail(const Scene& scene, const ZkServerMemory& memory, ZnodesVm& vm) {
    std::string path = scene.selected().kind == ObjectKind::znode ? scene.selected().text : "";
    if (path.empty())
        for (const std::string& pointed : pointed_at(scene)) path = pointed;
    const Znode* node = path.empty() ? nullptr : memory.tree.find(path);
    if (node == nullptr) {
        if (!path.empty()) {
            vm.path = path;
            vm.data = "This node does not exist at this time.";
        }
        return;
    }
    vm.path = path;
    vm.data = node->data.is_null ? "no data" : lab::payload_text(std::string_view(node->data.bytes));
    vm.version = fmt::format("version {}, zxid {}", node->stat.version, node->stat.mzxid);
    for (const auto* table : {&memory.watches.data, &memory.watches.child})
        if (const auto* sessions = table->find(path))
            for (const i64 id : *sessions) vm.watchers.push_back(session_name(scene, memory, id));
}

std::string session_note(const ZkServerMemory& memory, const ZkSession& session) {
    const std::size_t ephemerals = memory.tree.ephemerals_of(session.id).size();
    std::size_t watches = 0;
    for (const auto* table : {&memory.watches.data, &memory.watches.child})
        for (const auto& [path, sessions] : *table) watches += std::ranges::count(sessions, session.id) > 0 ? 1 : 0;
    return fmt::format("{} ephemeral {}, {} {}{}", ephemerals, ephemerals == 1 ? "node" : "nodes", watches,
                       watches == 1 ? "watch" : "watches", session.connection ? "" : ", no connection");
}

void add_sessions(const Scene& scene, const ZkServerMemory& memory, ZnodesVm& vm) {
    for (const auto& [id, session] : memory.sessions) {
        const Nanos left = sim::millis(session.deadline_ms) - scene.at().clock;
        ZkSessionVm row;
        row.name = scene.name(session.owner);
        const bool known = session.owner.value < scene.world().nodes.size();
        row.object = known ? "session " + row.name : fmt::format("session 0x{:x}", id);  // of a client that is no node
        row.left = span_text(left) + " to live";
        row.left_per_mille =
            static_cast<i32>(std::clamp<i64>(left.to_millis() * 1000 / std::max(1, session.timeout_ms), 0, 1000));
        row.note = session_note(memory, session);
        vm.sessions.push_back(std::move(row));
    }
    for (const NodeId broker : scene.brokers()) {
        const bool has =
            std::ranges::any_of(memory.sessions, [&](const auto& entry) { return entry.second.owner == broker; });
        if (has) continue;
        ZkSessionVm row;
        row.name = scene.name(broker);
        row.object = "session " + row.name;
        row.alive = false;
        row.left_per_mille = 0;
        row.note = "no session";
        vm.sessions.push_back(std::move(row));
    }
    std::ranges::stable_sort(vm.sessions, {}, &ZkSessionVm::name);
}

}  // namespace

ZnodesVm make_znodes(const Scene& scene) {
    ZnodesVm vm;
    const ZkServerMemory* memory = scene.zookeeper_memory();
    if (memory == nullptr) {
        vm.empty_title = "No ZooKeeper";
        vm.empty_text = "This cluster keeps its metadata without it.";
        return vm;
    }
    vm.sentence = "ZooKeeper's tree. An ephemeral node goes when its session ends.";
    TreeWalk(scene, *memory).walk("", 0, vm.rows);
    fill_detail(scene, *memory, vm);
    add_sessions(scene, *memory, vm);
    return vm;
}

}  // namespace app
