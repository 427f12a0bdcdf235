// Spark's implicit conversions: which common type two types have, and which casts a call's arguments get.
// The rules differ with ANSI mode (TypeCoercion and AnsiTypeCoercion).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/plan/functions.h"

namespace engine::spark {

/// The place of a number's type among those that widen into each other, from 1; 0 for every other type.
int number_rank(TypeId id);
/// The type both widen to without loss: numbers by rank, date and timestamp, void to anything.
std::optional<DataType> tightest_common_type(const DataType& a, const DataType& b);
/// As CASE, COALESCE, UNION, IN and arrays need it: also through strings and decimals.
std::optional<DataType> wider_type(const DataType& a, const DataType& b, bool ansi);
std::optional<DataType> wider_type_of(const Exprs& args, std::size_t from, bool ansi);
/// The smallest decimal that holds any value of a whole-number type.
DataType decimal_for(const DataType& type);
DataType decimal_for_literal(const ExprRef& e);
/// A decimal bounded to 38 digits, giving up scale down to 6 for whole digits.
DataType bounded_decimal(int precision, int scale);

/// What messages ask for where a sign, a sum or an offset stands.
inline constexpr const char* kNumericOrInterval =
    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";

/// The argument as the type: itself if it has it, an implicit cast otherwise.
ExprRef implicit(const ExprRef& e, const DataType& type, bool ansi);

/// Whether a type satisfies a code of the function table (`S`, `n`, `A`, ...).
bool accepts(char code, const DataType& type);
/// Casts `e` to what the codes (`S|B`) allow; false if no conversion is implied.
bool coerce_to(ExprRef& e, std::string_view codes, bool ansi);
/// The types a code stands for, as messages name them: `"STRING"`, `("STRING" or "BINARY")`.
std::string code_names(std::string_view codes);

/// Arguments of a call by its signature. False = the mismatch is set.
bool coerce_arguments(Typing& t);
/// The same, of a function whose result is of its first argument's type and null where an argument is.
bool type_as_first(Typing& t);
/// Whether values of the type have an order: no map does, nor what holds one.
bool orderable(const DataType& type);
/// Types the argument codes ask for, one an argument.
std::vector<std::string> argument_codes(const FunctionInfo& fn, std::size_t count);

bool nullable_by_args(const Exprs& args);
bool timestamp_like(const DataType& type);  ///< with or without zone

/// Typing functions shared by parts of the table.
bool type_arithmetic(Typing& t);
bool type_comparison(Typing& t);
bool type_same_arguments(Typing& t);  ///< all arguments to their wider type, which is the result

/// Types one node from its typed children; leaves it unresolved and says why if refused.
ExprRef typed(const ExprRef& e, Typing& t);

}  // namespace engine::spark
