// kafka-dump-log: what stands in the files of a broker's log directory, decoded.
#pragma once

#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

/// The tool reads its files at once and has ended when this returns.
void begin_dump_log(ToolCall& call);

}  // namespace engine::tools
