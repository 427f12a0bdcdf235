// The znodes: a tree of small files with versions. Changed only by transactions, one at a time.
//
// Rules measured on 3.5.9: the sequence number of a new child is the parent's count of creates so far, plain
// ones included; cversion is shown as 2 x creates - children; mzxid moves with data only, pzxid with children.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/zookeeper/access.h"
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
    bool container = false; // goes when its last child has gone
    i64 ttl_ms = 0;         // goes when it was not changed for so long and has no child; 0 = stays
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
    const Identities* ids = nullptr;   // of the client; null = whatever is asked is allowed
    bool extended_types = false;       // nodes with a time to live may be created
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
    /// Nodes that the server itself deletes at a moment: empty containers and those whose time is over. By path.
    [[nodiscard]] std::vector<std::string> due_nodes(i64 now_ms) const;
    /// Whether there is any node that the server may delete by itself.
    [[nodiscard]] bool has_mortal_nodes() const;
    /// The data of a node as clients see it: statistics of a quota are counted when they are looked at.
    [[nodiscard]] ZkData shown_data(const std::string& path, const Znode& node) const;
    /// All nodes below a path, and their bytes with its own.
    struct Below {
        i32 nodes = 0;
        i64 bytes = 0;
    };
    [[nodiscard]] Below below(std::string_view path) const;

    /// Every node but the root stands in its parent's list, and every listed child is there. O(nodes).
    [[nodiscard]] bool holds_together() const;

    void digest(sim::Hasher& hasher) const;

private:
    using Outcome = std::expected<ZkResult, ZkError>;
    Outcome apply_one(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    ZkResult apply_multi(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome create(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome remove(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome set_data(const ZkRequest& request, const TxnContext& txn, std::vector<TreeChange>& changes);
    Outcome check(const ZkRequest& request, const TxnContext& txn) const;
    Outcome set_acl(const ZkRequest& request, const TxnContext& txn);
    void unlink(const std::string& path, const TxnContext& txn, std::vector<TreeChange>& changes);

    sim::Cow<sim::FlatMap<std::string, Znode>> nodes_;
};

}  // namespace engine::zookeeper
