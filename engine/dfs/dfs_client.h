// A client of the file system's node, as a part of another node. Requests are answered by tag; while the connection is
// away they wait and are sent again: every request may be repeated, a create that finds its own file counts as done.
#pragma once

#include "engine/dfs/dfs_wire.h"
#include "sim/kernel/env.h"

namespace engine::dfs {

struct DfsClient {
    sim::NodeId server = sim::kNoNode;
    sim::u16 timer_kind = 0;  ///< the owner's number for our timer
    sim::ConnectionId connection;
    bool connected = false;
    std::vector<DfsRequest> open;  ///< not yet answered, in order
    sim::u64 next_tag = 1;
    sim::TimerId retry;
};

void start(DfsClient& client, sim::Env& env);
/// The number that the answer will carry.
sim::u64 ask(DfsClient& client, sim::Env& env, DfsOp op, std::string path, std::string bytes = "");
[[nodiscard]] bool concerns(const DfsClient& client, const sim::Notice& notice);
/// An answer, if the notice was one.
std::optional<DfsAnswer> on_notice(DfsClient& client, sim::Env& env, sim::Notice& notice);

}  // namespace engine::dfs
