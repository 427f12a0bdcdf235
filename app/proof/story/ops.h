// The words of stories: what each operation does to the stage, and what each observation reads from it.
#pragma once

#include "app/proof/story/stage.h"

namespace app::proof {

/// The result of an operation as JSON (null if it has none), or why the story fails here.
using OpResult = std::expected<Json, std::string>;
using Op = OpResult (*)(StoryStage& stage, const Json& op);

struct OpEntry {
    const char* name;
    Op run;
};
/// Operations by their names; nullptr if there is none of that name here.
Op find_op(const std::string& name);

// ops_cluster.cc, ops_admin.cc, ops_clients.cc, observe_cluster.cc, observe_logs.cc, observe_znodes.cc
std::span<const OpEntry> cluster_ops();
std::span<const OpEntry> admin_ops();
std::span<const OpEntry> producer_ops();
std::span<const OpEntry> consumer_ops();
std::span<const OpEntry> cluster_observations();
std::span<const OpEntry> log_observations();
std::span<const OpEntry> znode_observations();

/// A client's settings: those of the stage, and over them what the operation gives.
engine::ConfigMap with_settings(engine::ConfigMap config, const Json& given);

/// One partition of Metadata v8 as a broker sees it now; nothing if it does not answer.
std::optional<Json> partition_metadata(const StoryStage& stage, engine::BrokerId broker, const std::string& topic,
                                       i32 partition);
/// All partitions of a topic in the metadata of a broker.
std::optional<std::vector<Json>> topic_metadata(const StoryStage& stage, engine::BrokerId broker,
                                                const std::string& topic);
/// Live brokers and the controller in the metadata of a broker.
struct ClusterView {
    std::vector<i32> brokers;
    i32 controller = -1;
};
std::optional<ClusterView> cluster_view(const StoryStage& stage, engine::BrokerId broker);
/// Whether the ISR is complete and the leader known in the metadata of every reachable broker.
bool full_isr_everywhere(const StoryStage& stage, const std::string& topic);
/// A batch as recordings show it: its header, and its records as [offset, key, value].
Json batch_json(std::span<const sim::u8> batch);
/// Whoever leads a partition by the metadata of "any" broker; -1 if nobody does.
i32 leader_of(const StoryStage& stage, const std::string& topic, i32 partition);

}  // namespace app::proof
