// Dates and timestamps as Python has them: datetime.date and datetime.datetime, both objects of type `datetime` whose
// handle counts days or microseconds.
#pragma once

#include <optional>

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

PyValue timestamp_of(i64 micros);
PyValue date_of(i64 days);
bool is_moment(const PyValue& v);
bool is_date(const PyValue& v);
/// As str() gives it.
std::string moment_text(const PyValue& v);
/// As strftime() gives it.
std::string moment_by(const PyValue& v, const std::string& format);
/// year, hour, ...; none if it is a method. Anything else is refused.
std::optional<PyValue> moment_attribute(Interpreter& in, const PyValue& v, const std::string& name);
PyValue moment_method(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);

}  // namespace engine::spark::py
