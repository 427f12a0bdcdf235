// kafka-reassign-partitions: its options, and what it does with --zookeeper, as 2.8 has it. With brokers it goes on in
// kafka_reassign_partitions.h.
#pragma once

#include "engine/tools/options.h"
#include "engine/tools/zk_ask.h"

namespace engine::tools {

enum class ReassignStep : u8 { generate, read_plan, wish, read_throttles, write_throttles };

struct ReassignTool {
    ZkAsk ask;
    ReassignStep step = ReassignStep::generate;
    OptionValues options;
    std::vector<std::string> entities;     // whose throttles are taken away: "topics/orders"
    std::vector<std::string> topics;
    std::vector<i32> live;
};

void begin_reassign(ToolCall& call);
void on_reassign_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
