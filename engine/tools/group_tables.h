// The tables that kafka-consumer-groups prints, as 2.8 and 3.9 lay them out, and the times that it reads. Private to
// it.
#pragma once

#include <optional>

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

struct ResetRow {
    client::PartitionName partition;
    i64 offset = -1;
};
void print_reset_rows(ToolCall& call, const std::string& group, const std::vector<ResetRow>& rows);
void print_reset_csv(ToolCall& call, const std::vector<ResetRow>& rows);
void print_deleted_offsets(ToolCall& call, const std::string& group, ErrorCode error,
                           const wire::OffsetDeleteResponse& response);

/// 2026-01-05T12:00:00.000, with or without Z, as epoch milliseconds (UTC).
std::optional<i64> parse_datetime(std::string_view text);
/// P1DT2H3M4S in milliseconds.
std::optional<i64> parse_iso_duration_ms(std::string_view text);

}  // namespace engine::tools
