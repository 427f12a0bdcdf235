// kafka-console-consumer: prints what it reads, a line a record.
#pragma once

#include "engine/client/consumer.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

struct ConsoleConsumerTool {
    OptionValues options;
    client::Consumer consumer;
    bool running = false;       // the consumer is there
    i64 shown = 0;
    i64 most = -1;              // -1 = all
    Nanos timeout = sim::kForever;
    Nanos poll_until = sim::kForever;
    sim::TimerId timer;
    i32 exit_code = 0;          // once it closes
    Offset wanted = kNoOffset;  // of --offset; kNoOffset: an end
    bool seek_end = false;
    bool placed = false;        // the wanted beginning was set
};

void begin_console_consumer(ToolCall& call);
void on_console_consumer_notice(ToolCall& call, sim::Notice& notice);
void interrupt_console_consumer(ToolCall& call);

}  // namespace engine::tools
