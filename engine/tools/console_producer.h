// kafka-console-producer: each line of its input is a record.
#pragma once

#include "engine/client/producer.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

struct ConsoleProducerTool {
    OptionValues options;
    client::Producer producer;
    bool running = false;      // the producer is there
    u64 complained = 0;        // failed sends that were told
    i32 exit_code = 0;         // once all is sent
};

void begin_console_producer(ToolCall& call);
void on_console_producer_notice(ToolCall& call, sim::Notice& notice);

}  // namespace engine::tools
