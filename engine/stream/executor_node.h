// An executor as a node of the world: it registers with the driver, takes tasks, reads ranges of topics with its own
// Kafka consumers (one for each query and partition, kept between tasks; a second one if the first is in use), works,
// writes files, sends records to topics with its own producers, and tells how it went. A task occupies a lane while it
// works, so a limping executor is slow and a dead one takes its tasks with it.
//
// A map task leaves its rows as blocks of a shuffle; a reduce task fetches the blocks of its partition before it works.
//
//   executor_node.cc     life, the driver's orders, reading, writing
//   executor_shuffle.cc  blocks: written, fetched, lost
#pragma once

#include "engine/client/consumer.h"
#include "engine/client/producer.h"
#include "engine/dfs/dfs_client.h"
#include "engine/model/node.h"
#include "engine/stream/block_service.h"

namespace engine::spark {

enum class TaskStep : u8 { reading, fetching, working, writing };

struct RunningTask {
    u64 number = 0;
    TaskOrder order;
    TaskStep step = TaskStep::reading;
    std::vector<TopicRow> rows;
    std::vector<u64> writes;  // tickets of files not yet written
    bool refused = false;
    std::vector<u64> fetches;  // not yet ended
    Nanos fetch_began;
    ShuffleRead shuffle;
    std::vector<BlockSize> written;
};

/// A consumer of one partition for one query.
struct PartitionReader {
    u32 query = 0;
    TopicPartition source;
    client::Consumer consumer;
    u64 task = 0;  // that reads with it; 0 = none
};

/// A producer of one query.
struct TopicWriter {
    u32 query = 0;
    client::Producer producer;
    u64 task = 0;    // that writes with it; 0 = none
    u64 failed = 0;  // sends that had failed before the task
};

/// What a query's tasks run.
struct HeldProgram {
    u32 query = 0;
    CompiledRef compiled;
};

struct ExecutorSettings {
    NodeId driver = sim::kNoNode;
    NodeId dfs = sim::kNoNode;
    std::vector<client::Address> bootstrap;
    i32 cores = 2;
};

struct ExecutorMemory {
    u32 life = 0;
    sim::ConnectionId driver;
    bool registered = false;
    dfs::DfsClient dfs;
    std::vector<PartitionReader> readers;
    std::vector<TopicWriter> writers;
    u16 next_timer = 0;  // kind, of the next reader or writer
    std::vector<RunningTask> tasks;
    u64 next_task = 1;
    std::vector<HeldProgram> programs;
    BlockService blocks;
};

struct Executor {
    ExecutorSettings settings;
    ExecutorMemory memory;
    u32 next_ordinal = 0;  // of sends, over all lives
};

class ExecutorNode final : public NodeOf<ExecutorNode> {
public:
    explicit ExecutorNode(ExecutorSettings settings) { state.settings = std::move(settings); }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(u16 timer_kind) const override;

    Executor state;
};

}  // namespace engine::spark
