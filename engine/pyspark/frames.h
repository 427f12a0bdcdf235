// What methods of DataFrames do, one function a kind of method. All return a frame, or none with the refusal raised.
#pragma once

#include "engine/pyspark/interpreter.h"

namespace engine::spark::py {

/// A node of a kind over a frame's analysed plan.
Plan node_over(const PyValue& frame, PlanKind kind);
ExprRef select_item(const ExprRef& e);

PyValue joined(Interpreter& in, const PyValue& left, const Args& args, bool cross);
PyValue with_column(Interpreter& in, const PyValue& self, const std::vector<std::pair<std::string, ExprRef>>& columns);
PyValue renamed(Interpreter& in, const PyValue& self, const std::vector<std::pair<std::string, std::string>>& names);
PyValue dropped(Interpreter& in, const PyValue& self, const Args& args);
PyValue without_duplicates(Interpreter& in, const PyValue& self, const Args& args, bool within_watermark);
PyValue with_watermark(Interpreter& in, const PyValue& self, const Args& args);
PyValue observed(Interpreter& in, const PyValue& self, const Args& args);
PyValue set_operation(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);
PyValue limited(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);
PyValue filled_frame(Interpreter& in, const PyValue& self, const Args& args);     ///< fillna
PyValue without_missing(Interpreter& in, const PyValue& self, const Args& args);  ///< dropna
/// `global`: over all partitions, not in each.
PyValue sorted_frame(Interpreter& in, const PyValue& self, const Args& args, bool global);
PyValue repartitioned(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);

PyValue unpivoted(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);
PyValue with_columns(Interpreter& in, const PyValue& self, const Args& args);
PyValue with_columns_renamed(Interpreter& in, const PyValue& self, const Args& args);
PyValue column_by_expression(Interpreter& in, const PyValue& self, const PyValue& name);  ///< colRegex
PyValue split_randomly(Interpreter& in, const PyValue& self, const Args& args);
PyValue with_values_replaced(Interpreter& in, const PyValue& self, const Args& args);

/// approxQuantile, corr, cov
PyValue statistic(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);

/// describe and summary: statistics as rows, one column of texts for each column.
PyValue summarised(Interpreter& in, const PyValue& self, const std::string& name, const Args& args);

/// createDataFrame
PyValue frame_of_rows(Interpreter& in, const Args& args);

/// A duration that is none.
QueryError bad_interval(const std::string& text);
/// Milliseconds of a watermark's delay: months count 31 days.
i64 delay_ms(i64 months, i64 days, i64 micros);

/// A name that Dataset.col does not find: refused with all columns in their order, and no plan.
QueryError unknown_field(const std::string& name, const Exprs& columns);
bool has_field(const Exprs& columns, const std::string& name);

}  // namespace engine::spark::py
