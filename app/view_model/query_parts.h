// Parts of a streaming query that can be selected: a batch, a task, a window, a row dropped as late, a row of the
// state. Their names as objects, and what each is in a sentence with its numbers.
#pragma once

#include <optional>

#include "app/view_model/query_data.h"

namespace app {

enum class PartKind : u8 { batch, task, window, late_row, state_row };

struct QueryPart {
    PartKind kind = PartKind::batch;
    std::string query;
    /// By kind: batch · batch, stage, task, attempt of the stage, attempt · start, end · batch, offset, window's start
    /// · partition, window's start.
    std::array<i64, 5> numbers{};
    std::string key;  // of a row of the state
};

/// "batch 6 of counts"; nothing of other names.
std::optional<QueryPart> query_part(std::string_view object);
/// The query that an object is or belongs to; "" of others.
std::string query_of_object(std::string_view object);

std::string object_of(const QueryData& data, const BatchInfo& batch);
std::string object_of(const QueryData& data, const TaskInfo& task);
std::string object_of(const QueryData& data, const LateInfo& row);
std::string object_of(const QueryData& data, const StateInfo& row);
std::string window_object(const QueryData& data, i64 start, i64 end);

struct PartTold {
    std::string title;  // "Batch 6 of counts is committed"
    std::string text;   // Markdown: its state and why, with the numbers
    i64 batch = -1;     // whose facts led to it; -1 none
};
/// What a part is at this moment; a title that says so if it is not there.
PartTold tell_part(const QueryData& data, const QueryPart& part);

}  // namespace app
