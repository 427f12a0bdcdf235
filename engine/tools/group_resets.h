// Which offsets kafka-consumer-groups --reset-offsets sets: of which partitions, and to what. Private to that tool.
#pragma once

#include "engine/tools/group_options.h"

namespace engine::tools {

/// An exception of a group's business: a mistake in the arguments shows the usage, anything else is told as the
/// reason of the failure, with exit code 0.
void fail_groups(ToolCall& call, const JavaError& error);
/// What the client says of a partition that is not in the metadata.
JavaError no_such_partition(const GroupsTool& tool, const client::PartitionName& name);

/// The partitions of a topic that are meant; none if there is no such topic.
std::vector<i32> partitions_of(ToolCall& call, const NamedScope& scope);
/// The partitions to reset of the group that is being done. Its committed offsets are known.
std::expected<std::vector<client::PartitionName>, JavaError> reset_scope(ToolCall& call);
/// The time to ask the leaders for besides their ends: that of --to-datetime or --by-duration, else the beginning.
std::expected<i64, JavaError> reset_moment(ToolCall& call);
/// Partitions and their new offsets. Requires that beginnings and ends are known.
std::expected<std::vector<ResetRow>, JavaError> rows_to_reset(ToolCall& call);

/// 2026-01-05T12:00:00.000, with or without a zone, as epoch milliseconds; UTC without one.
std::expected<i64, JavaError> parse_datetime(std::string_view text);
/// P1DT2H3M4S in milliseconds.
std::optional<i64> parse_iso_duration_ms(std::string_view text);

}  // namespace engine::tools
