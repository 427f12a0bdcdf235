// spark.conf: settings of the session.
#pragma once

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

PyValue conf_method(Interpreter& in, const std::string& name, const Args& args);

}  // namespace engine::spark::py
