// kafka-configs --zookeeper, as 2.8 has it, for settings of topics: the tool changes the znode and leaves a
// notification. And kafka-reassign-partitions --generate, which only reads.
#pragma once

#include "engine/tools/options.h"
#include "engine/tools/zk_ask.h"

namespace engine::tools {

enum class ZkConfigsStep : u8 { none, topics, described, read, write, create, notify };

struct ZkConfigsTool {
    ZkAsk ask;
    ZkConfigsStep step = ZkConfigsStep::none;
    std::vector<std::string> names;
    std::string written;              // what the znode will hold
};

/// Goes on with the options that kafka-configs has read.
void begin_zk_configs(ToolCall& call);
void on_zk_configs_notice(ToolCall& call, sim::Notice& notice);

struct ReassignTool {
    ZkAsk ask;
    OptionValues options;
    std::vector<std::string> topics;
    std::vector<i32> live;
};

void begin_reassign(ToolCall& call);
void on_reassign_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
