// kafka-leader-election: asks the controller for a preferred or an unclean election.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/java_text.h"

namespace engine::tools {

struct ToolCall;

struct ElectionTool {
    OptionValues options;
    bool unclean = false;
};

/// The partitions that a file lists; the complaint about it calls it `what`, and is `without_list` if it has none.
std::expected<std::vector<client::PartitionName>, JavaError> listed_partitions(const ToolCall& call,
                                                                               const std::string& path,
                                                                               std::string_view what,
                                                                               const std::string& without_list);

void begin_election(ToolCall& call);
void on_election_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
