// kafka-get-offsets (GetOffsetShell) and kafka-delete-records: where logs begin and end, and moving where they begin.
// Both ask for the partitions and their leaders first, then each leader.
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/options.h"

namespace engine::tools {

struct ToolCall;

struct OffsetsTool {
    OptionValues options;
    bool has_metadata = false;
    u32 missing = 0;                                         // leaders that have not answered
    sim::FlatMap<client::PartitionName, i64> orders;         // delete-records: the new beginnings
    sim::FlatMap<client::PartitionName, std::string> lines;  // to be printed, by partition
};

void begin_get_offsets(ToolCall& call);
void on_get_offsets_result(ToolCall& call, const client::AdminResult& result);
void begin_delete_records(ToolCall& call);
void on_delete_records_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
