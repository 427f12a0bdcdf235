// The nodes of Spark from their spec: the file system, the driver with its queries, the executors.
#include "engine/world_spark.h"

#include <fmt/format.h>

#include "engine/dfs/dfs_node.h"
#include "engine/stream/driver_node.h"
#include "engine/stream/executor_node.h"
#include "engine/world_nodes.h"

namespace engine {

std::string_view spark_role(const World& world, NodeId node) {
    MR_ASSERT(node.value < world.nodes.size());
    const NodeCode& code = world.nodes[node.value].code();
    if (dynamic_cast<const spark::DriverNode*>(&code) != nullptr) return "driver";
    if (dynamic_cast<const spark::ExecutorNode*>(&code) != nullptr) return "executor";
    return dynamic_cast<const dfs::DfsNode*>(&code) != nullptr ? "dfs" : "";
}

void add_spark(World& world, const WorldSpec& spec) {
    MR_ASSERT(spec.spark.executors >= 0 && spec.spark.cores > 0);
    if (spec.spark.queries.empty()) return;
    const NodeId dfs = add_node(world, {"dfs", NodeKind::console, kNoBroker, false}, std::make_unique<dfs::DfsNode>(),
                                spec.link, spec.disk);
    spark::DriverSettings driver;
    driver.spec = spec.spark;
    if (spec.bug >= kFirstStreamBug) driver.spec.conf.emplace_back(spark::kBugSetting, name_of(spec.bug));
    driver.bootstrap = bootstrap_addresses(world);
    driver.dfs = dfs;
    const NodeId master = add_node(world, {"driver", NodeKind::console, kNoBroker, false},
                                   std::make_unique<spark::DriverNode>(std::move(driver)), spec.link, spec.disk);
    for (i32 i = 1; i <= spec.spark.executors; ++i) {
        spark::ExecutorSettings executor;
        executor.driver = master;
        executor.dfs = dfs;
        executor.bootstrap = bootstrap_addresses(world);
        executor.cores = spec.spark.cores;
        add_node(world, {fmt::format("executor {}", i), NodeKind::console, kNoBroker, false},
                 std::make_unique<spark::ExecutorNode>(std::move(executor)), spec.link, spec.disk);
    }
    MR_ASSERT(world.find_node("driver") == master);
}

}  // namespace engine
