// StreamingQueryListeners of a program: objects whose methods are called when a query starts, has run a batch, found
// nothing to do, or ends.
#pragma once

#include "engine/pyspark/interpreter.h"
#include "engine/stream/progress.h"

namespace engine::spark {

/// Whoever listens, in the order in which they were added.
using QueryListeners = std::vector<py::PyValue>;

void tell_started(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who, i64 now_ms);
/// An entry of the history: onQueryProgress of a batch, onQueryIdle of a trigger that found nothing.
void tell_progress(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who, const BatchRecord& record);
void tell_terminated(py::Interpreter& in, const QueryListeners& to, const QueryIdentity& who,
                     const std::string& failure);

}  // namespace engine::spark
