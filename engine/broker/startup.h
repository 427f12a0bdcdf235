// How a broker comes up: ZooKeeper session, persistent paths, cluster id, logs, registration. Steps in the
// order in which Kafka 2.8 was recorded.
#pragma once

#include <string>
#include <vector>

#include "engine/model/ids.h"

namespace engine::broker {

enum class StartupStep : u8 {
    none,
    session,          // waiting for the ZooKeeper session
    paths,            // creating what is missing
    feature,
    cluster_id,
    create_cluster_id,
    configs,          // own dynamic configuration
    topics,           // names of topics, whose logs are loaded next
    topic_configs,
    broker_ids,
    other_brokers,
    registration,
    own_registration,    // our znode is there already: is it of this session?
    retry_registration,  // the old session still holds our id
    running,
};

struct Startup {
    StartupStep step = StartupStep::none;
    std::vector<std::string> paths;   // to be created, next last
    std::vector<std::string> topics;
    std::string cluster_id;
    bool logs_open = false;
};

struct Ctx;
struct ZkBatch;

/// A new life begins: memory is empty, files are there.
void begin_startup(Ctx ctx);
void on_startup_answers(Ctx ctx, const ZkBatch& batch);
/// A new ZooKeeper session: the first, or one after an expiry.
void on_session_opened(Ctx ctx);
void retry_registration(Ctx ctx);

}  // namespace engine::broker
