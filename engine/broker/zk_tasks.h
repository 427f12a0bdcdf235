// Questions to ZooKeeper and what they are for. A task asks a batch, goes on when all answers are there, and
// does nothing meanwhile: Kafka's threads block at the same places.
#pragma once

#include "engine/zookeeper/client.h"
#include "sim/base/flat_map.h"

namespace engine::broker {

enum class ZkTask : u8 {
    startup,          // arg: step
    controller,       // the controller's current step
    election_watch,   // /controller was read: who is it
    producer_ids,
    topic_config,     // arg: order that waits for it
    config_changes,
    create_topic,     // arg: operation
    alter_config,     // arg: operation
    describe_configs, // arg: operation
    topic_changes,    // arg: operation
};

struct ZkBatch {
    ZkTask task = ZkTask::startup;
    u64 arg = 0;
    u32 missing = 0;
    std::vector<zookeeper::ZkResult> results;
    std::vector<i64> zxids;
};

struct ZkBatches {
    sim::FlatMap<u64, ZkBatch> waiting;
    u64 next_id = 1;
};

struct Ctx;

/// Asks a batch; when all answers are there, they go to the task. An empty batch is answered at once.
void ask_zookeeper(Ctx ctx, ZkTask task, u64 arg, std::vector<zookeeper::ZkRequest> requests);
/// A notice of the ZooKeeper session.
void on_zookeeper_notice(Ctx ctx, sim::Notice& notice);

/// The answers of one batch, in the order of the questions.
using ZkAnswers = std::vector<zookeeper::ZkResult>;

}  // namespace engine::broker
