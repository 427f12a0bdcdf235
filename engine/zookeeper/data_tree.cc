#include "engine/zookeeper/data_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::zookeeper {
namespace {

bool version_matches(i32 wanted, i32 actual) { return wanted == -1 || wanted == actual; }

bool is_sequential(i32 flags) {
    return flags == kSequential || flags == kEphemeralSequential || flags == kTtlSequential;
}

bool is_write_in_multi(ZkOp op) {
    return op == ZkOp::create || op == ZkOp::create2 || op == ZkOp::create_container || op == ZkOp::create_ttl ||
           op == ZkOp::remove || op == ZkOp::set_data || op == ZkOp::check;
}

ZkResult result_of(ZkOp op, const std::string& path, const Stat& stat = {}) {
    ZkResult result;
    result.op = op;
    result.path = path;
    result.stat = stat;
    return result;
}

}  // namespace

DataTree::DataTree() {
    auto& nodes = nodes_.edit();
    for (const char* path : {"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"}) {
        Znode node;
        node.acl.emplace_back();
        node.data = ZkData::of("");
        nodes[path] = node;
    }
    nodes["/zookeeper/config"].stat.aversion = -1;   // as setACL leaves it that is told version -1
    nodes["/"].children = {"zookeeper"};
    nodes["/zookeeper"].children = {"config", "quota"};
    MR_ASSERT(holds_together());
}

bool DataTree::holds_together() const {
    const auto is_listed = [&](const std::string& path) {
        const Znode* parent = find(parent_of(path));
        return parent != nullptr && std::ranges::binary_search(parent->children, name_in(path));
    };
    std::size_t listed = 0;
    for (const auto& [path, node] : *nodes_) {
        if (path != "/" && !is_listed(path)) return false;
        if (node.stat.ephemeral_owner != 0 && !node.children.empty()) return false;
        listed += node.children.size();
    }
    return listed + 1 == nodes_->size();
}

Stat DataTree::shown_stat(const Znode& node) {
    Stat stat = node.stat;
    stat.cversion = 2 * node.creates - static_cast<i32>(node.children.size());
    stat.data_length = static_cast<i32>(node.data.bytes.size());
    stat.num_children = static_cast<i32>(node.children.size());
    return stat;
}

std::vector<std::string> DataTree::ephemerals_of(i64 session_id) const {
    std::vector<std::string> paths;
    for (const auto& [path, node] : *nodes_)
        if (session_id != 0 && node.stat.ephemeral_owner == session_id) paths.push_back(path);
    return paths;
}

std::vector<std::string> DataTree::due_nodes(i64 now_ms) const {
    std::vector<std::string> paths;
    for (const auto& [path, node] : *nodes_) {
        if (!node.children.empty()) continue;
        const bool emptied = node.container && node.creates > 0;
        const bool expired = node.ttl_ms > 0 && now_ms - node.stat.mtime > node.ttl_ms;
        if (emptied || expired) paths.push_back(path);
    }
    return paths;
}

bool DataTree::has_mortal_nodes() const {
    return std::ranges::any_of(*nodes_,
                               [](const auto& entry) { return entry.second.container || entry.second.ttl_ms > 0; });
}

DataTree::Below DataTree::below(std::string_view path) const {
    Below found;
    const std::string prefix = path == "/" ? "/" : std::string(path) + "/";
    for (const auto& [name, node] : *nodes_) {
        if (!name.starts_with(prefix)) continue;
        ++found.nodes;
        found.bytes += static_cast<i64>(node.data.bytes.size());
    }
    if (path == "/") --found.nodes;
    else if (const Znode* own = find(path)) found.bytes += static_cast<i64>(own->data.bytes.size());
    MR_ASSERT(found.nodes >= 0 && found.bytes >= 0);
    return found;
}

ZkData DataTree::shown_data(const std::string& path, const Znode& node) const {
    constexpr std::string_view kQuotas = "/zookeeper/quota", kStats = "/zookeeper_stats";
    if (!path.starts_with(kQuotas) || !path.ends_with(kStats)) return node.data;
    const std::string_view limited =
        std::string_view(path).substr(kQuotas.size(), path.size() - kQuotas.size() - kStats.size());
    if (limited.empty() || find(limited) == nullptr) return node.data;
    const Below counted = below(limited);
    return ZkData::of(fmt::format("count={},bytes={}", counted.nodes + 1, counted.bytes));
}

ZkResult DataTree::apply(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes) {
    MR_VALIDATE(holds_together());
    if (request.op == ZkOp::multi) return apply_multi(request, txn, changes);
    Outcome outcome = apply_one(request, txn, changes);
    if (outcome) return *std::move(outcome);
    ZkResult failure = result_of(request.op, request.path);
    failure.error = outcome.error();
    MR_ASSERT(failed(failure.error));
    return failure;
}

ZkResult DataTree::apply_multi(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes) {
    const auto before = nodes_;
    const std::size_t changes_before = changes.size();
    ZkResult all = result_of(ZkOp::multi, {});
    if (std::ranges::any_of(request.ops, [](const ZkRequest& op) { return !is_write_in_multi(op.op); })) {
        all.error = ZkError::marshalling;
        return all;
    }
    ZkError failure = ZkError::ok;
    for (const ZkRequest& op : request.ops) {
        ZkResult& result = all.results.emplace_back(result_of(op.op, op.path));
        if (zookeeper::failed(failure)) { result.error = ZkError::runtime_inconsistency; continue; }
        Outcome outcome = apply_one(op, txn, changes);
        if (outcome) result = *std::move(outcome);
        else result.error = failure = outcome.error();
    }
    MR_ASSERT(all.results.size() == request.ops.size());
    if (!zookeeper::failed(failure)) return all;
    MR_ASSERT(changes.size() >= changes_before);
    nodes_ = before;
    changes.resize(changes_before);
    return all;
}

DataTree::Outcome DataTree::apply_one(const ZkRequest& request, const TxnContext& txn,
                                      std::vector<TreeChange>& changes) {
    if (request.op == ZkOp::reconfig) return std::unexpected(ZkError::reconfig_disabled);
    // A sequential node may be asked for by its parent's path and a slash: its name is the number alone.
    const bool creates = request.op == ZkOp::create || request.op == ZkOp::create2 || request.op == ZkOp::create_ttl;
    const bool numbered = creates && is_sequential(request.flags);
    if (!is_valid_path(numbered ? request.path + "0" : request.path)) return std::unexpected(ZkError::bad_arguments);
    switch (request.op) {
        case ZkOp::create: case ZkOp::create2: case ZkOp::create_container: case ZkOp::create_ttl:
            return create(request, txn, changes);
        case ZkOp::remove: return remove(request, txn, changes);
        case ZkOp::set_data: return set_data(request, txn, changes);
        case ZkOp::set_acl: return set_acl(request, txn);
        case ZkOp::check: return check(request, txn);
        default: return std::unexpected(ZkError::marshalling);  // a read inside a multi
    }
}

DataTree::Outcome DataTree::create(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes) {
    const bool has_ttl = request.flags == kTtl || request.flags == kTtlSequential;
    if (request.flags < kPersistent || request.flags > kTtlSequential || request.path == "/")
        return std::unexpected(ZkError::bad_arguments);
    if (has_ttl && !txn.extended_types) return std::unexpected(ZkError::unimplemented);
    if (has_ttl && request.ttl_ms <= 0) return std::unexpected(ZkError::bad_arguments);
    if (request.acl.empty()) return std::unexpected(ZkError::invalid_acl);
    const std::string parent_path = parent_of(request.path);
    const Znode* parent = find(parent_path);
    if (parent == nullptr) return std::unexpected(ZkError::no_node);
    if (!may(parent->acl, kMayCreate, txn.ids)) return std::unexpected(ZkError::no_auth);
    const std::string path =
        is_sequential(request.flags) ? fmt::format("{}{:010d}", request.path, parent->creates) : request.path;
    if (find(path) != nullptr) return std::unexpected(ZkError::node_exists);
    if (parent->stat.ephemeral_owner != 0) return std::unexpected(ZkError::no_children_for_ephemerals);

    Znode node;
    node.data = request.data;
    node.acl = request.acl;
    node.stat.czxid = node.stat.mzxid = node.stat.pzxid = txn.zxid;
    node.stat.ctime = node.stat.mtime = txn.time_ms;
    if (request.flags == kEphemeral || request.flags == kEphemeralSequential)
        node.stat.ephemeral_owner = txn.session_id;
    node.container = request.flags == kContainer;
    if (has_ttl) node.ttl_ms = request.ttl_ms;
    auto& nodes = nodes_.edit();
    Znode& above = nodes.at(parent_path);
    MR_ASSERT(above.stat.pzxid <= txn.zxid && above.creates < INT32_MAX);
    MR_ASSERT(!std::ranges::binary_search(above.children, name_in(path)));
    ++above.creates;
    above.stat.pzxid = txn.zxid;
    above.children.insert(std::ranges::lower_bound(above.children, name_in(path)), std::string(name_in(path)));
    const Stat stat = shown_stat(node);
    nodes[path] = std::move(node);
    changes.push_back({WatchEventType::created, path});
    changes.push_back({WatchEventType::children_changed, parent_path});
    return result_of(request.op, path, stat);
}

DataTree::Outcome DataTree::remove(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes) {
    const Znode* node = find(request.path);
    if (request.path == "/") return std::unexpected(ZkError::bad_arguments);
    if (node == nullptr) return std::unexpected(ZkError::no_node);
    MR_ASSERT(find(parent_of(request.path)) != nullptr);
    if (!may(find(parent_of(request.path))->acl, kMayDelete, txn.ids)) return std::unexpected(ZkError::no_auth);
    if (!version_matches(request.version, node->stat.version)) return std::unexpected(ZkError::bad_version);
    if (!node->children.empty()) return std::unexpected(ZkError::not_empty);
    unlink(request.path, txn, changes);
    return result_of(request.op, request.path);
}

void DataTree::unlink(const std::string& path, const TxnContext& txn, std::vector<TreeChange>& changes) {
    auto& nodes = nodes_.edit();
    const std::string parent_path = parent_of(path);
    MR_ASSERT(nodes.contains(path) && nodes.at(path).children.empty());
    nodes.erase(path);
    Znode& parent = nodes.at(parent_path);
    parent.stat.pzxid = txn.zxid;
    const auto gone = std::ranges::lower_bound(parent.children, name_in(path));
    MR_ASSERT(gone != parent.children.end() && *gone == name_in(path));
    parent.children.erase(gone);
    changes.push_back({WatchEventType::deleted, path});
    changes.push_back({WatchEventType::children_changed, parent_path});
}

DataTree::Outcome DataTree::set_data(const ZkRequest& request, const TxnContext& txn,
                                     std::vector<TreeChange>& changes) {
    const Znode* found = find(request.path);
    if (found == nullptr) return std::unexpected(ZkError::no_node);
    if (!may(found->acl, kMayWrite, txn.ids)) return std::unexpected(ZkError::no_auth);
    if (!version_matches(request.version, found->stat.version)) return std::unexpected(ZkError::bad_version);
    Znode& node = nodes_.edit().at(request.path);
    MR_ASSERT(node.stat.mzxid <= txn.zxid && node.stat.czxid <= node.stat.mzxid);
    node.data = request.data;
    ++node.stat.version;
    node.stat.mzxid = txn.zxid;
    node.stat.mtime = txn.time_ms;
    changes.push_back({WatchEventType::data_changed, request.path});
    return result_of(request.op, request.path, shown_stat(node));
}

DataTree::Outcome DataTree::check(const ZkRequest& request, const TxnContext& txn) const {
    const Znode* node = find(request.path);
    if (node == nullptr) return std::unexpected(ZkError::no_node);
    if (!may(node->acl, kMayRead, txn.ids)) return std::unexpected(ZkError::no_auth);
    if (!version_matches(request.version, node->stat.version)) return std::unexpected(ZkError::bad_version);
    return result_of(request.op, request.path);
}

DataTree::Outcome DataTree::set_acl(const ZkRequest& request, const TxnContext& txn) {
    if (request.acl.empty()) return std::unexpected(ZkError::invalid_acl);
    const Znode* found = find(request.path);
    if (found == nullptr) return std::unexpected(ZkError::no_node);
    if (!may(found->acl, kMayAdmin, txn.ids)) return std::unexpected(ZkError::no_auth);
    if (!version_matches(request.version, found->stat.aversion)) return std::unexpected(ZkError::bad_version);
    Znode& node = nodes_.edit().at(request.path);
    node.acl = request.acl;
    ++node.stat.aversion;
    return result_of(request.op, request.path, shown_stat(node));
}

void DataTree::close_session(i64 session_id, const TxnContext& txn, std::vector<TreeChange>& changes) {
    for (const std::string& path : ephemerals_of(session_id)) unlink(path, txn, changes);
    MR_VALIDATE(ephemerals_of(session_id).empty());
    MR_VALIDATE(holds_together());
}

void DataTree::digest(sim::Hasher& hasher) const { nodes_.digest(hasher); }

}  // namespace engine::zookeeper
