// Options of the Kafka source and sink: what load() refuses, and the relations that options describe.
#pragma once

#include <optional>

#include "engine/pyspark/interpreter.h"

namespace engine::spark {

/// What load() refuses, in its order; none if it accepts.
std::optional<QueryError> kafka_source_refusal(const py::ReadRequest& request);
/// key, value, topic, partition, offset, timestamp, timestampType and perhaps headers.
DataType kafka_schema(bool headers);
/// `Subscribe[a, b]`
std::string kafka_strategy(const std::vector<std::pair<std::string, std::string>>& options);
/// A batch read of topics: a relation without rows, for whoever has the broker to fill.
std::expected<PlanRef, QueryError> kafka_relation(Session& session, const py::ReadRequest& request);

}  // namespace engine::spark
