// Holds the Spark SQL engine against what real Spark was recorded to do: expressions, queries, refusals.
#pragma once

#include <string>

#include "sim/base/types.h"

namespace app::proof {

struct OracleCount {
    sim::i64 passed = 0;
    sim::i64 failed = 0;
    std::string report;  ///< one paragraph a difference
};

/// `json`: the text of sql_expressions.json or sql_queries.json. `only`: a case id, or empty.
/// `now_micros`: the moment of the recording, for text that means today.
OracleCount check_spark_sql(const std::string& json, const std::string& only, sim::i64 now_micros);

}  // namespace app::proof
