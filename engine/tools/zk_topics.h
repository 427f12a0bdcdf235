// kafka-topics --zookeeper, as 2.8 has it: it reads and writes znodes itself, and the controller is woken by its
// watches.
#pragma once

#include "engine/tools/zk_ask.h"

namespace engine::tools {

enum class ZkTopicsStep : u8 {
    none,
    names,
    list,
    describe,
    states,
    create_check,
    create_config,
    create_config_node,
    create,
    alter_settings,
    alter_written,
    alter_read,
    alter,
    remove
};

/// A topic as its znodes describe it.
struct ZkTopic {
    std::string name;
    std::string id;
    std::vector<std::vector<i32>> replicas;    // by partition
    std::vector<std::pair<std::string, std::string>> config;
    bool marked = false;                       // for deletion
};

struct ZkTopicsTool {
    ZkAsk ask;
    ZkTopicsStep step = ZkTopicsStep::none;
    std::vector<std::string> names;            // chosen
    std::vector<std::string> all;
    std::vector<i32> live;                     // brokers
    std::vector<ZkTopic> topics;
};

/// Goes on with the options that kafka-topics has read.
void begin_zk_topics(ToolCall& call);
void on_zk_topics_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
