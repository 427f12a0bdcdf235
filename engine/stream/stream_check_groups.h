// What mapGroupsWithState, flatMapGroupsWithState, cogroup and commands may not be part of.
#pragma once

#include <optional>

#include "engine/stream/stream_plan.h"

namespace engine::spark {

/// More than one operator with a state of the user's own in a query.
std::optional<QueryError> several_groups_refusal(const PlanRef& plan, OutputMode mode);
/// One command of a streaming plan; `root` is the whole plan.
std::optional<QueryError> command_refusal(const PlanRef& command, OutputMode mode, const PlanRef& root);

}  // namespace engine::spark
