// Who wants to hear of which znode once: kept by the server that holds the session.
#pragma once

#include <string>
#include <vector>

#include "engine/zookeeper/data_tree.h"
#include "sim/base/flat_map.h"

namespace engine::zookeeper {

enum class WatchKind : u8 { data, child, persistent, recursive };

/// A watch that fired: which session is told what.
struct FiredWatch {
    i64 session_id = 0;
    WatchEvent event;
};

struct Watches {
    sim::FlatMap<std::string, std::vector<i64>> data;   // path -> sessions, sorted
    sim::FlatMap<std::string, std::vector<i64>> child;
    sim::FlatMap<std::string, std::vector<i64>>
        persistent;  // these stay when they have fired: of a node and its children,
    sim::FlatMap<std::string, std::vector<i64>> recursive;    // or of all below it

    void add(WatchKind kind, const std::string& path, i64 session_id);
    /// Takes out the watches that a change fires. A session with both kinds on a deleted node is told once.
    void fire(const TreeChange& change, std::vector<FiredWatch>& fired);
    /// Whether a session watches a path so; with `take`, not any more.
    bool has(WatchKind kind, const std::string& path, i64 session_id, bool take = false);
    void forget_session(i64 session_id);
    [[nodiscard]] u32 count() const;
    /// Each list of sessions is sorted, without repetition and not empty. O(watches).
    [[nodiscard]] bool holds_together() const;
};

}  // namespace engine::zookeeper
