// kafka-leader-election: asks the controller for a preferred or an unclean election.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

struct ElectionTool {
    OptionValues options;
    bool unclean = false;
};

void begin_election(ToolCall& call);
void on_election_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
