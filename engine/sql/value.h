// One value of any Spark type: what a literal holds, and what a cell is when it leaves a column.
// Which member counts follows from the type beside it: integers, dates (days), timestamps (microseconds) and
// intervals (months, microseconds) in `i`; float and double in `d`; decimals unscaled in `dec`; text and
// bytes in `s`; elements, fields, or keys and values in turn in `items`; a calendar interval in `items` (months, days,
// us).
#pragma once

#include "engine/sql/types.h"

namespace engine::spark {

struct Value {
    bool null = true;
    i64 i = 0;
    double d = 0;
    i128 dec = 0;
    std::string s;
    std::shared_ptr<const std::vector<Value>> items;
};

using Values = std::vector<Value>;

Value null_value();
Value int_value(i64 v);
Value bool_value(bool v);
Value real_value(double v);
Value decimal_value(i128 unscaled);
Value string_value(std::string v);
Value list_value(Values items);
const Values& items_of(const Value& value);

/// Total order of one type: nulls equal and first, NaN equal to itself and largest, -0.0 equal to 0.0.
int compare(const Value& a, const Value& b, const DataType& type);
inline bool same_value(const Value& a, const Value& b, const DataType& type) { return compare(a, b, type) == 0; }
/// The order of doubles in Spark.
int compare_reals(double a, double b);
/// Approximate bytes the value holds, for budgets.
i64 bytes_of(const Value& value);

}  // namespace engine::spark
