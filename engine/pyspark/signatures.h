// What methods of PySpark's classes take: one table of names and parameters, in Python's order. A call that does not
// fit is refused as Python refuses it, before the method looks at anything.
#pragma once

#include <string>

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

/// `signature` as bind_args() reads it, without self.
struct MethodSignature {
    const char* type;
    const char* name;
    const char* signature;
    const char* called;  ///< the name that Python tells, if it is not `type.name`
};

/// None if the class is not in the table or has no such method.
const MethodSignature* find_signature(const std::string& type, const std::string& name);
/// Whether the table lists every method of the class.
bool lists_methods_of(const std::string& type);
/// Python's name of the class.
std::string class_of(const std::string& type);

/// The arguments, with the first parameter in its place if it was given by name; a call that does not fit is raised.
Args fitting(Interpreter& in, const MethodSignature& method, const Args& args);

}  // namespace engine::spark::py
