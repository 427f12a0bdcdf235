// Casts between all types, row by row and in columns, with ANSI mode's refusals.
#pragma once

#include "engine/plan/functions.h"

namespace engine::spark {

struct CastMode {
    bool ansi = false;    ///< refuse instead of giving null or wrapping
    bool is_try = false;  ///< null instead of a refusal
};

Value cast_value(const Value& v, const DataType& from, const DataType& to, CastMode mode, EvalContext& cx,
                 const Origin& at);
Column cast_column(const Column& c, const DataType& to, CastMode mode, EvalContext& cx, const Origin& at);

/// Text of a number as Spark reads it in a cast: blanks trimmed, a fraction allowed and cut unless `strict`.
std::optional<i64> parse_whole(std::string_view text, bool strict);
std::optional<double> parse_real(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);

/// Java's narrowing of a double: saturating to long or int, then cut to the width.
i64 narrow_real(double v, TypeId to);
i64 narrow_whole(i64 v, TypeId to);
bool in_range(i64 v, TypeId to);
i128 to_decimal_or_null(const Value& v, const DataType& from, const DataType& to, bool& ok);

}  // namespace engine::spark
