// What kafka-reassign-partitions does about throttles: which replicas it marks, at which brokers it sets limits, and
// how it takes both away. Private to that tool.
#pragma once

#include "engine/tools/kafka_reassign_partitions.h"

namespace engine::tools {

inline std::string_view plural(std::size_t count) { return count == 1 ? "" : "s"; }

using ReplicaMoves = sim::FlatMap<client::PartitionName, ReplicaMove>;

/// All moves there will be when the plan is carried out: those under way, and what the plan makes of them.
ReplicaMoves proposed_moves(const MovesTool& tool);

/// Topic settings, by topic: `partition:broker,..` in the order of their texts.
struct ThrottledReplicas {
    std::string leaders;
    std::string followers;
};
sim::FlatMap<std::string, ThrottledReplicas> throttled_replicas(const ReplicaMoves& moves);
/// The brokers that take part, in order.
std::vector<i32> moving_brokers(const ReplicaMoves& moves);

/// What was given for a limit in bytes a second; -1 if nothing was. An error if it is no number.
std::expected<i64, std::string> throttle_in(const OptionValues& options, std::string_view name);

/// Asks for the throttles of the plan. The number of questions whose answers are to come.
u32 ask_throttles(ToolCall& call, i64 bytes_per_second, i64 log_dir_bytes_per_second);
/// Tells which throttles are taken away, behind what stands on the line: of these brokers and topics.
struct NoThrottles {
    std::vector<i32> brokers;
    std::vector<std::string> topics;
};
NoThrottles print_no_throttles(ToolCall& call, std::string_view before);
/// Asks that all throttles of the plan are taken away; tells of it, behind what stands on the line. The number of
/// questions.
u32 ask_no_throttles(ToolCall& call, std::string_view before);

}  // namespace engine::tools
