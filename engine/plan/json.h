// JSON text as a tree that keeps numbers as they were written and fields in their order; and the rules by
// which Spark turns JSON into typed values and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/functions.h"

namespace engine::spark {

enum class JsonKind : u8 { null, boolean, number, string, array, object };

struct Json {
    JsonKind kind = JsonKind::null;
    std::string text;                 ///< string decoded; number as written; true or false
    std::vector<std::string> names;   ///< object
    std::vector<Json> items;          ///< array, object
};

inline constexpr int kMaxJsonDepth = 200;

/// What JSON may look like beyond the standard.
struct JsonSyntax {
    bool single_quotes = true;
    bool unquoted_names = false;
    bool leading_zeros = false;
    bool comments = false;
    bool non_numbers = true;  ///< NaN, INF, Infinity without quotes
};

/// One value; what follows it is left. None if malformed. `used` = bytes read.
std::optional<Json> parse_json(std::string_view text, std::size_t* used = nullptr, const JsonSyntax& syntax = {});
/// The value as text again; fractions as Java prints a double.
std::string json_text(const Json& json);
std::string json_quoted(std::string_view text);

struct JsonOptions {
    std::string timestamp_format;
    std::string date_format;
    std::string corrupt_column = "_corrupt_record";
    std::string mode = "PERMISSIVE";
    bool primitives_as_string = false;
    bool prefers_decimal = false;
    bool ignore_null_fields = true;
    bool pretty = false;
    bool arrays_as_rows = false;  ///< a root array of structs is several rows: files, not from_json
    JsonSyntax syntax;
};

/// Text as a value of a type; `bad` is set when the record is malformed.
Value json_to_value(const Json& json, const DataType& type, const JsonOptions& options, EvalContext& cx, bool& bad);
/// A whole record by a schema, with the corrupt column if it has one.
Value json_record(std::string_view text, const DataType& type, const JsonOptions& options, EvalContext& cx, bool& bad);
std::string value_to_json(const Value& v, const DataType& type, const JsonOptions& options, EvalContext& cx);
DataType infer_json(const Json& json, const JsonOptions& options);
/// The type that fits both, as inference merges records.
DataType merge_inferred(const DataType& a, const DataType& b);
DataType finish_inferred(const DataType& type);

/// Text read as a moment or a day by a format, or as casts do.
std::optional<i64> read_moment(std::string_view text, const std::string& format, const DataType& type, EvalContext& cx);
/// The same for a field of a record: fails the evaluation where only the reader of Spark 2 would have understood it.
std::optional<i64> field_moment(std::string_view text, const std::string& format, const DataType& type,
                                EvalContext& cx);
std::string write_moment(i64 v, const DataType& type, const std::string& format, EvalContext& cx, bool json);

}  // namespace engine::spark
