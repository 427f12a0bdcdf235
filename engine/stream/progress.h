// What a query says of itself: StreamingQueryProgress of each batch, in Spark's order of keys.
#pragma once

#include "engine/pyspark/value.h"
#include "engine/stream/driver.h"

namespace engine::spark {

struct QueryIdentity {
    std::string id, run_id, name;  ///< name empty = none
    std::string sink;
    std::vector<std::string> sources;
};

/// As a Python dict; offsets that are JSON objects come as dicts.
py::PyValue progress_of(const QueryIdentity& who, const BatchRecord& record);
/// `1970-01-01T00:00:01.000Z`
std::string instant_text(i64 ms);
std::string json_of(const py::PyValue& value);

}  // namespace engine::spark
