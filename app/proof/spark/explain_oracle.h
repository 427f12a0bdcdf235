// Recorded plans of batch queries: each file is one query and what EXPLAIN prints of it in several forms.
#pragma once

#include <string>

#include "app/proof/spark/sql_oracle.h"

namespace app::proof {

OracleCount check_explain(const std::string& path, const std::string& text);
/// A recording of a later Spark: left out by name.
OracleCount of_another_version(const std::string& path, const std::string& text);
/// `stream_<program>.txt`: what the program's query explains after its last batch.
OracleCount check_stream_explain(const std::string& path, const std::string& text);
/// Numbers of columns and exchanges in the order they first stand in a text.
std::string renumbered(const std::string& text);

}  // namespace app::proof
