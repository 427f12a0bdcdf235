// What py4j's gateway says of calls that it cannot make. PySpark hands most arguments over unread: it is Java that
// finds no method for them.
#pragma once

#include <initializer_list>

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

/// Raises `Method limit([class java.lang.String]) does not exist`. `on`: what the method was called on, "o60" for an
/// object and "z:org.apache.spark.sql.functions" for a class.
void raise_no_method(Interpreter& in, const std::string& on, const std::string& method,
                     const std::vector<PyValue>& values);
/// Whether all values are text; the refusal of the method of an object if not.
bool all_text(Interpreter& in, const std::string& method, const std::vector<PyValue>& values);

/// `[NOT_STR] Argument `name` should be a str, got int.`
PyValue raise_type(Interpreter& in, const char* error, const char* argument, const char* wanted, const PyValue& given);

inline constexpr const char* kSomeObject = "o60";  ///< numbers of objects vary from run to run
inline constexpr const char* kFunctionsClass = "z:org.apache.spark.sql.functions";

}  // namespace engine::spark::py
