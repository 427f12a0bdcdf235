// Recorded streaming programs: run from their text with the recorded feeds; what they print, their progress and their
// checkpoint are held against the recording. Rows of a table are compared without regard to order.
#pragma once

#include <string>

#include "app/proof/spark/sql_oracle.h"

namespace app::proof {

/// `run.json` of a program's folder.
OracleCount check_program(const std::string& path, const std::string& text);
/// `program.scala` of a program's folder: it feeds itself; what it prints lies beside it.
OracleCount check_scala_program(const std::string& path, const std::string& text);
/// `progress/<id>.json`: the program lies beside, in `programs/<id>`.
OracleCount check_progress(const std::string& path, const std::string& text);
/// `errors.json`.
OracleCount check_errors(const std::string& path, const std::string& text);

}  // namespace app::proof
