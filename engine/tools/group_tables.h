// The tables that kafka-consumer-groups prints, as 2.8 and 3.9 lay them out. Private to it.
#pragma once

#include "engine/tools/tool.h"
#include "engine/wire/messages/offset_delete.h"

namespace engine::tools {

struct OffsetRow {
    client::PartitionName partition;
    i64 committed = -1;
    i64 end = -1;
    const ShownMember* member = nullptr;
};
void print_offset_rows(ToolCall& call, const std::string& group, const std::vector<OffsetRow>& rows);
void print_members(ToolCall& call, const ShownGroup& group, bool verbose);
void print_state(ToolCall& call, const ShownGroup& group, const std::string& coordinator, BrokerId id);

void print_reset_rows(ToolCall& call, const std::vector<ResetRow>& rows);
/// Lines of CSV; they begin with the group if there is more than one.
void print_reset_csv(ToolCall& call, const std::vector<ResetRow>& rows, bool with_groups);
void print_deletions(ToolCall& call, const std::vector<GroupDeletion>& deletions);
/// What became of offsets of these topics, of which some do not exist.
void print_deleted_offsets(ToolCall& call, const std::string& group, const std::vector<std::string>& topics,
                           const std::vector<std::string>& unknown, const wire::OffsetDeleteResponse& response);

}  // namespace engine::tools
