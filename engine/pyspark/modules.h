// What programs use of Python's own modules: json, and the dicts of collections.
#pragma once

#include <optional>

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

/// A call of a module's function by its full name, as `json.dumps`; none if there is no such function here.
std::optional<PyValue> module_call(Interpreter& in, const std::string& name, const Args& args);
/// What a dict of collections gives for a key that it lacks; none if it is a plain dict. A defaultdict keeps it.
std::optional<PyValue> missing_item(Interpreter& in, const PyValue& dict, const PyValue& key);
/// Counter.most_common(n).
PyValue most_common(const PyValue& counter, const PyValue& n);

}  // namespace engine::spark::py
