// The stores in which stateful operators keep their rows on disk: their names, the columns of keys and values, and the
// schema file that lies in the first partition. Columns are Spark's: buffers of aggregates by the name of the buffer.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/plan/session.h"
#include "engine/stream/stream_plan.h"

namespace engine::spark {

struct StateField {
    std::string name;
    DataType type;
    bool nullable = true;
    std::string metadata = "{}";  ///< JSON
};

struct StateStore {
    std::string name;  ///< of joins: left-keyToNumValues ...; empty for operators with one store
    std::vector<StateField> key, value;
    bool value_checked = true;  ///< whether a restart compares the value's columns too
};

std::vector<StateStore> state_stores(Session& session, const StreamPlan& plan, std::size_t op);
std::vector<DataType> types_of(const std::vector<StateField>& fields);
/// How many partitions an operator has: one if nothing divides its rows.
i64 partitions_of(const Session& session, const StatefulNode& node);
/// `state/<op>/<partition>[/<store>]`
std::string store_path(std::size_t op, i64 partition, const std::string& store);

/// The bytes of `_metadata/schema`.
std::string schema_file(const StateStore& store);
/// The refusal if the rows of a store were written by a schema of other types. Names do not count.
std::optional<QueryError> schema_refusal(const StateStore& store, const std::string& written);

/// The columns of an aggregate's buffers.
std::vector<StateField> buffer_fields(const ExprRef& call);

}  // namespace engine::spark
