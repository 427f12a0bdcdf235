// The distributed file system as one node: paths to bytes, replaced at once or not at all. Its disk outlives its
// process. While its disk is slow it answers late; while it is full it takes no writes.
#pragma once

#include "engine/dfs/dfs_wire.h"
#include "engine/model/node.h"
#include "sim/base/flat_map.h"

namespace engine::dfs {

/// A file's content, shared by all copies of a world.
struct Content : sim::Shared {
    std::string bytes;
    sim::i64 modified_ms = 0;
    void digest(sim::Hasher& hasher) const {
        sim::digest(hasher, bytes);
        hasher.add(static_cast<sim::u64>(modified_ms));
    }
};

struct DfsState {
    sim::FlatMap<std::string, sim::Ref<Content>> files;
    sim::Nanos per_request = sim::micros(500);
};

class DfsNode final : public NodeOf<DfsNode> {
public:
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(sim::u16) const override { return "none"; }

    DfsState state;
};

}  // namespace engine::dfs
