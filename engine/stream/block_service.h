// Blocks of shuffles on an executor: those that its map tasks wrote, given to whoever asks, and those that its reduce
// tasks fetch from other executors. A block lives in the process: it goes with the executor. Bytes are shared by the
// store, the frames and all copies of a world.
//
// A fetch is one request to one executor for all blocks of a partition that lie there. It is tried again when the
// connection breaks or stays quiet too long, a few times; a block that is not there any more is not asked for again
// (spec: RetryingBlockTransferor).
#pragma once

#include "engine/stream/shuffle_write.h"
#include "engine/stream/spark_wire.h"
#include "sim/kernel/env.h"

namespace engine::spark {

struct KeptBlock {
    i32 partition = 0;
    i64 records = 0;
    sim::Slice bytes;
    void digest(sim::Hasher& hasher) const;
};

struct MapOutput {
    ShuffleId shuffle;
    i32 map = 0;
    std::vector<KeptBlock> blocks;  ///< by partition
};

/// Another executor, that blocks are fetched from.
struct BlockPeer {
    NodeId node = sim::kNoNode;
    sim::ConnectionId connection;
    bool connected = false;
};

struct BlockFetch {
    u64 number = 0;
    u64 task = 0;
    NodeId from = sim::kNoNode;
    BlockRequest request;
    Nanos wait, pause;
    i32 retries_left = 0;
    bool pauses = false;  ///< before its next try
    sim::TimerId timer;
};

struct BlockService {
    u16 fetch_timer = 0;  ///< the owner's number for our timer
    sim::Cow<std::vector<MapOutput>> outputs;
    std::vector<BlockPeer> peers;
    std::vector<BlockFetch> fetches;
    u64 next_fetch = 1;
};

/// How a fetch ended for its task.
struct FetchEnd {
    u64 task = 0;
    u64 fetch = 0;
    i32 lost_map = -1;  ///< the block that could not be had; -1 = all came
    NodeId from = sim::kNoNode;
    bool unreachable = false;  ///< the executor did not answer; else it had no such block
    sim::Slices bytes;
};

void keep(BlockService& service, const ShuffleId& shuffle, i32 map, const std::vector<ShuffleBlock>& blocks);
void forget(BlockService& service, const ShuffleId& shuffle);
/// The block of a map task for a partition; nullptr if it is not here.
const KeptBlock* find_block(const BlockService& service, const ShuffleId& shuffle, i32 map, i32 partition);
/// Begins a fetch; its number.
u64 fetch(BlockService& service, sim::Env& env, BlockFetch wanted);
/// Forgets the fetches of a task; of all tasks if it is 0.
void drop_fetches(BlockService& service, sim::Env& env, u64 task);
/// Whether a notice is of a connection to or from another executor, or a timer of a fetch.
bool concerns(const BlockService& service, const sim::Notice& notice);
std::vector<FetchEnd> on_notice(BlockService& service, sim::Env& env, const sim::Notice& notice);

}  // namespace engine::spark
