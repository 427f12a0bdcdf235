// kafka-reassign-partitions through the brokers: carries moves of replicas out, lists them, says how far they are, and
// calls them off. (The form with --zookeeper only makes a plan up: zk_configs.cc.)
#pragma once

#include "engine/client/admin.h"
#include "engine/tools/java_text.h"

namespace engine::tools {

struct ToolCall;

enum class MovesAction : u8 { execute, verify, list, cancel };

struct MoveWish {
    client::PartitionName name;
    std::vector<i32> replicas;
};

/// A replica set on its way: who has the records, and who is to get them.
struct ReplicaMove {
    std::vector<i32> sources;
    std::vector<i32> destinations;
};

/// What of the cluster the tool is asking for.
enum class MovesStep : u8 { cluster, active, topics, throttled, altered, unthrottled };

struct MovesTool {
    OptionValues options;
    MovesAction action = MovesAction::list;
    MovesStep step = MovesStep::cluster;
    std::vector<MoveWish> wishes;
    std::vector<i32> brokers;
    i32 controller = -1;
    sim::FlatMap<client::PartitionName, std::string> active;               // as the list shows it
    sim::FlatMap<client::PartitionName, std::vector<i32>> active_targets;
    sim::FlatMap<client::PartitionName, ReplicaMove> under_way;   // when the tool asked
    sim::FlatMap<client::PartitionName, std::vector<i32>> replicas;
    i64 throttle = -1;            // bytes a second between brokers; -1: none was asked for
    i64 log_dir_throttle = -1;    // and between the directories of one
    u32 missing = 0;              // answers about throttles that are still to come
};

/// The plan of a file; what is wrong with it.
std::expected<std::vector<MoveWish>, JavaError> read_plan(const ToolCall& call, const std::string& text);
/// How far each wish is. Requires that replicas and what is active are known.
void print_move_statuses(ToolCall& call);
/// The replicas that the plan's partitions have, and how to get back to them.
void print_present_replicas(ToolCall& call);
void print_moves_started(ToolCall& call, const std::vector<client::PartitionName>& names);
/// "Error: ", the exception and exit code 1.
void finish_moves_with(ToolCall& call, const JavaError& error);
/// Why nothing is carried out while something else is.
std::string_view existing_moves_refusal();

/// Goes on with options that name brokers.
void begin_moves(ToolCall& call, OptionValues options);
void on_moves_result(ToolCall& call, const client::AdminResult& result);

}  // namespace engine::tools
