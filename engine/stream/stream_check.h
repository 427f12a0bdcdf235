// What streaming queries may not be: every combination of operation and output mode that Spark refuses when a query
// starts, in its order and words.
#pragma once

#include <optional>

#include "engine/stream/driver.h"
#include "engine/stream/stream_plan.h"

namespace engine::spark {

/// The refusal of an analysed plan; none if it may start.
std::optional<QueryError> stream_refusal(const PlanRef& analysed, OutputMode mode, bool check_correctness = true);
/// What a query with a continuous trigger may not hold, or a sink not take.
std::optional<QueryError> continuous_refusal(const PlanRef& plan, const std::string& sink, i64 interval_ms);
/// The refusal that comes only when the first batch is planned: joins without equality, sessions alone.
std::optional<QueryError> first_batch_refusal(const StreamDriver& driver, const BatchRecord& batch);
/// A watermark over a watermark: what it is for the operators between cannot be said. Spark notices once a watermark
/// above 0 is to be handed on.
std::optional<QueryError> second_watermark_refusal(const StreamPlan& plan);
/// `message;` and the tree of a plan; a lone relation is named only.
QueryError refusal_with_plan(const std::string& message, const PlanRef& plan);

}  // namespace engine::spark
