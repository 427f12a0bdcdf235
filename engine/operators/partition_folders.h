// Columns that the names of folders hold: `/in/day=mon/n=3/a.csv` has a day and a number besides what stands in it.
//
// The rule is Spark's partition discovery: below the folder that is read every folder of the form `name=value` is a
// column; a file that lies elsewhere takes the columns away from all. A type is the narrowest of INT, BIGINT, DOUBLE,
// DATE, TIMESTAMP, STRING that all values have; `__HIVE_DEFAULT_PARTITION__` is null.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

struct FolderColumns {
    std::vector<Field> fields;                                    ///< in the order of the folders
    std::vector<std::vector<std::optional<std::string>>> values;  ///< by file, then by field

    [[nodiscard]] bool empty() const { return fields.empty(); }
};

/// What the folders between `root` and each file say.
FolderColumns folder_columns(const std::string& root, const std::vector<std::string>& paths);

}  // namespace engine::spark
