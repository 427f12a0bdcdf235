// Which recording of Spark a file is, and the check that holds our engine against it.
#pragma once

#include <string>

#include "app/proof/spark/sql_oracle.h"

namespace app::proof {

/// By the file's name and folder.
bool is_spark_recording(const std::string& path);
OracleCount check_spark_recording(const std::string& path, const std::string& text);

}  // namespace app::proof
