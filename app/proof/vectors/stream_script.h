// The plan language of Spark's vectors, translated: each node becomes the same node of our logical plan, each
// expression SQL text.
#pragma once

#include <expected>
#include <map>
#include <string>

#include "app/proof/vectors/values.h"
#include "engine/stream/driver.h"
#include "engine/stream/sinks.h"

namespace app::proof::vectors {

/// A query of a vector with everything around it that outlives a restart.
struct StreamScript {
    engine::spark::Session session;
    engine::dfs::MemoryStore checkpoint;
    std::map<std::string, std::shared_ptr<engine::spark::MemorySource>> sources;
    std::map<std::string, engine::spark::Exprs> columns;
    std::shared_ptr<engine::spark::MemorySink> sink;
    engine::spark::PlanRef plan;
    engine::spark::OutputMode mode = engine::spark::OutputMode::append;
    engine::spark::StreamConf conf;
    std::unique_ptr<engine::spark::StreamDriver> driver;
    i64 now_ms = 0;
    std::string problem;

    /// Builds the plan; types of columns are those of the rows that the steps add.
    bool build(const Json& vector);
    bool start();
    void add(const Json& rows_by_source);
};

/// A value of a result as the vectors write it.
Json cell_of(const engine::spark::Value& value, const engine::spark::DataType& type);

}  // namespace app::proof::vectors
