// Recorded checkpoint folders: which files lie there after a program, and what is in them. Bytes of state files are
// compared where they were recorded, sizes everywhere. Checksums beside files belong to the local file system, which
// Millrace has not; only that each has its file is checked.
#pragma once

#include <string>

#include "app/proof/spark/sql_oracle.h"

namespace app::proof {

/// `checkpoint/<id>.json`: the program lies beside, in `programs/<id>`.
OracleCount check_checkpoint(const std::string& path, const std::string& text);

}  // namespace app::proof
