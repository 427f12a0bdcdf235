// kafka-preferred-replica-election, which 2.8 still has: asks the brokers for elections of preferred leaders, or leaves
// its wish in ZooKeeper for the controller.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"
#include "engine/tools/zk_ask.h"

namespace engine::tools {

struct ToolCall;

enum class PreferredStep : u8 { none, topics, partitions, wish };

struct PreferredTool {
    OptionValues options;
    ZkAsk ask;
    PreferredStep step = PreferredStep::none;
    bool from_file = false;                               // else all partitions
    std::vector<client::PartitionName> wanted;
    std::vector<std::string> topics;
    std::vector<client::PartitionName> known;             // of these topics, in ZooKeeper
};

void begin_preferred_election(ToolCall& call);
void on_preferred_election_result(ToolCall& call, const client::AdminResult& result);
void on_preferred_election_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
