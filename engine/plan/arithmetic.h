// Arithmetic kernels: whole numbers with Java's wrap or ANSI's refusal, doubles, decimals, intervals.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

enum class Op : u8 { add, subtract, multiply, divide, remainder, whole_divide, pmod };

/// Arguments have equal types (decimals may differ in precision and scale).
Column arithmetic(Op op, const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx);
/// Result type of a decimal operation, bounded to 38 digits.
DataType decimal_result(Op op, const DataType& a, const DataType& b);
/// A number of any type, an interval's months or microseconds, as a double.
double number_of(const Value& v, const DataType& type);
/// Refuses a number, as it is shown, that does not fit the type.
void decimal_out_of_range(const Expr& e, const std::string& shown, const DataType& to, EvalContext& cx);

}  // namespace engine::spark
