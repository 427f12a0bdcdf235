// The znodes: a tree of small files with versions. Changed only by transactions, one at a time.
//
// Rules measured on 3.5.9: the sequence number of a new child is the parent's count of creates so far, plain
// ones included; cversion is shown as 2 x creates - children; mzxid moves with data only, pzxid with children.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/zookeeper/jute.h"
#include "engine/zookeeper/paths.h"
#include "sim/base/flat_map.h"
#include "sim/base/ref.h"

namespace engine::zookeeper {

struct Znode {
    ZkData data;
    std::vector<Acl> acl;
    Stat stat;              // as shown, but for the three that follow from the rest
    i32 creates = 0;        // children ever created
    std::vector<std::string> children;  // names, sorted
};

/// What a transaction changed, for watches: in the order in which it happened.
struct TreeChange {
    WatchEventType type = WatchEventType::created;
    std::string path;
};

/// Who makes a transaction, and when.
struct TxnContext {
    i64 zxid = 0;
    i64 time_ms = 0;
    i64 session_id = 0;
};

class DataTree {
public:
    DataTree();

    [[nodiscard]] const Znode* find(std::string_view path) const { return nodes_->find(path); }
    /// Paths and nodes in order of path.
    [[nodiscard]] const sim::FlatMap<std::string, Znode>& nodes() const { return *nodes_; }
    /// The node's Stat as clients see it.
    [[nodiscard]] static Stat shown_stat(const Znode& node);
    /// Paths of the ephemeral nodes of a session, in order.
    [[nodiscard]] std::vector<std::string> ephemerals_of(i64 session_id) const;

    /// Carries out a write (create, delete, setData, setACL, check, multi). On an error nothing changed; of a
    /// failed multi the result lists every operation's error.
    ZkResult apply(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    /// Removes the ephemeral nodes of a session, as its closing transaction does.
    void close_session(i64 session_id, const TxnContext& txn, std::vector<TreeChange>& changes);

    /// Every node but the root stands in its parent's list, and every listed child is there. O(nodes).
    [[nodiscard]] bool holds_together() const;

    void digest(sim::Hasher& hasher) const { nodes_.digest(hasher); }

private:
    using Outcome = std::expected<ZkResult, ZkError>;
    Outcome apply_one(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    ZkResult apply_multi(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome create(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome remove(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome set_data(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome check(const ZkRequest& request) const;
    Outcome set_acl(const ZkRequest& request);
    void unlink(const std::string& path, const TxnContext& txn, std::vector<TreeChange>& changes);

    sim::Cow<sim::FlatMap<std::string, Znode>> nodes_;
};

}  // namespace engine::zookeeper
