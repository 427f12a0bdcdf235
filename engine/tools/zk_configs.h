// kafka-configs --zookeeper, as 2.8 has it: the tool changes the znode of a topic, a broker, a user or a client, and
// leaves a notification.
#pragma once

#include "engine/tools/options.h"
#include "engine/tools/zk_ask.h"

namespace engine::tools {

enum class ZkConfigsStep : u8 { none, listed, described, read, write, create, notify };

struct ZkConfigsTool {
    ZkAsk ask;
    ZkConfigsStep step = ZkConfigsStep::none;
    std::string parent;                   // of what is listed: "topics", "users/ann/clients"
    std::vector<std::string> entities;    // below /config: "topics/orders"
    std::string written;                  // what the znode will hold
};

/// Goes on with the options that kafka-configs has read.
void begin_zk_configs(ToolCall& call);
void on_zk_configs_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
