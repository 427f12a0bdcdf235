// kafka-topics: creating, listing, describing, deleting topics and giving them more partitions.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

enum class TopicsStep : u8 { none, choose, create, describe, describe_configs, remove, grow_known, grow };

struct TopicsTool {
    TopicsStep step = TopicsStep::none;       // whose answer is awaited
    OptionValues options;
    std::vector<client::DescribedTopic> described;
    std::vector<std::vector<i32>> assignment;   // of --alter
};

void begin_topics(ToolCall& call);
void on_topics_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
