// CSV lines: splitting with quotes and escapes, typed values, inference, writing.
#pragma once

#include "engine/plan/json.h"

namespace engine::spark {

struct CsvOptions {
    std::string separator = ",";
    char quote = '"';
    char escape = '\\';
    std::string null_value;
    std::string timestamp_format;
    std::string date_format;
    std::string mode = "PERMISSIVE";
    std::string corrupt_column = "_corrupt_record";
    bool trim_left = false;
    bool trim_right = false;
    std::string empty_value;
};

/// Fields of one line; `null` marks a field that was empty and unquoted.
std::vector<Value> split_csv(std::string_view line, const CsvOptions& options);
Value csv_to_value(const Value& field, const DataType& type, const CsvOptions& options, EvalContext& cx, bool& bad);
Value csv_record(std::string_view line, const DataType& schema, const CsvOptions& options, EvalContext& cx, bool& bad);
std::string value_to_csv(const Value& row, const DataType& schema, const CsvOptions& options, EvalContext& cx);
DataType infer_csv_field(const Value& field, const CsvOptions& options, EvalContext& cx);
DataType merge_csv(const DataType& a, const DataType& b);

}  // namespace engine::spark
