#include "engine/sql/error.h"
#include "sim/base/assert.h"

#include <fmt/format.h>

#include <algorithm>

#include <string_view>

namespace engine::spark {

namespace {

struct State {
    std::string_view error_class;
    std::string_view state;
};

constexpr State kStates[] = {
    {"ALTER_TABLE_COLUMN_DESCRIPTOR_DUPLICATE", "42710"}, {"AMBIGUOUS_COLUMN_OR_FIELD", "42702"},
    {"AMBIGUOUS_COLUMN_REFERENCE", "42702"}, {"AMBIGUOUS_LATERAL_COLUMN_ALIAS", "42702"},
    {"AMBIGUOUS_REFERENCE", "42704"}, {"AMBIGUOUS_REFERENCE_TO_FIELDS", "42000"}, {"ARITHMETIC_OVERFLOW", "22003"},
    {"BATCH_METADATA_NOT_FOUND", "42K03"}, {"BINARY_ARITHMETIC_OVERFLOW", "22003"}, {"CANNOT_CAST_DATATYPE", "42846"},
    {"CANNOT_DECODE_URL", "22546"}, {"CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "42825"},
    {"CANNOT_MERGE_SCHEMAS", "42KD9"}, {"CANNOT_MODIFY_CONFIG", "46110"}, {"CANNOT_PARSE_DECIMAL", "22018"},
    {"CANNOT_PARSE_JSON_FIELD", "2203G"}, {"CANNOT_PARSE_TIMESTAMP", "22007"},
    {"CANNOT_RECOGNIZE_HIVE_TYPE", "429BB"}, {"CANNOT_RENAME_ACROSS_SCHEMA", "0AKD0"},
    {"CAST_INVALID_INPUT", "22018"}, {"CAST_OVERFLOW", "22003"}, {"CAST_OVERFLOW_IN_TABLE_INSERT", "22003"},
    {"COLLECTION_SIZE_LIMIT_EXCEEDED", "54000"}, {"COLUMN_ALREADY_EXISTS", "42711"}, {"COLUMN_NOT_FOUND", "42703"},
    {"CONCURRENT_STREAM_LOG_UPDATE", "40000"}, {"CONVERSION_INVALID_INPUT", "22018"},
    {"CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE", "42710"}, {"CREATE_VIEW_COLUMN_ARITY_MISMATCH", "21S01"},
    {"DATATYPE_MISMATCH", "42K09"}, {"DATATYPE_MISSING_SIZE", "42K01"}, {"DATA_SOURCE_NOT_FOUND", "42K02"},
    {"DATETIME_OVERFLOW", "22008"}, {"DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003"},
    {"DEFAULT_DATABASE_NOT_EXISTS", "42704"}, {"DIVIDE_BY_ZERO", "22012"}, {"DUPLICATED_MAP_KEY", "23505"},
    {"DUPLICATE_KEY", "23505"}, {"DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT", "4274K"},
    {"EMPTY_JSON_FIELD_VALUE", "42604"}, {"FAILED_EXECUTE_UDF", "39000"}, {"FAILED_FUNCTION_CALL", "38000"},
    {"FAILED_PARSE_STRUCT_TYPE", "22018"}, {"FAILED_RENAME_PATH", "42K04"}, {"FAILED_TO_PARSE_TOO_COMPLEX", "54001"},
    {"FIELD_NOT_FOUND", "42704"}, {"FORBIDDEN_OPERATION", "42809"}, {"GROUPING_COLUMN_MISMATCH", "42803"},
    {"GROUPING_ID_COLUMN_MISMATCH", "42803"}, {"GROUPING_SIZE_LIMIT_EXCEEDED", "54000"},
    {"GROUP_BY_AGGREGATE", "42903"}, {"GROUP_BY_POS_AGGREGATE", "42903"}, {"GROUP_BY_POS_OUT_OF_RANGE", "42805"},
    {"IDENTIFIER_TOO_MANY_NAME_PARTS", "42601"}, {"INCOMPARABLE_PIVOT_COLUMN", "42818"},
    {"INCOMPATIBLE_COLUMN_TYPE", "42825"}, {"INCOMPATIBLE_DATA_FOR_TABLE", "KD000"},
    {"INCOMPATIBLE_JOIN_TYPES", "42613"}, {"INCOMPLETE_TYPE_DEFINITION", "42K01"},
    {"INCONSISTENT_BEHAVIOR_CROSS_VERSION", "42K0B"}, {"INCORRECT_END_OFFSET", "22003"},
    {"INCORRECT_RAMP_UP_RATE", "22003"}, {"INDEX_ALREADY_EXISTS", "42710"}, {"INDEX_NOT_FOUND", "42704"},
    {"INSERT_COLUMN_ARITY_MISMATCH", "21S01"}, {"INSERT_PARTITION_COLUMN_ARITY_MISMATCH", "21S01"},
    {"INTERNAL_ERROR", "XX000"}, {"INTERNAL_ERROR_BROADCAST", "XX000"}, {"INTERNAL_ERROR_EXECUTOR", "XX000"},
    {"INTERNAL_ERROR_MEMORY", "XX000"}, {"INTERNAL_ERROR_NETWORK", "XX000"}, {"INTERNAL_ERROR_SHUFFLE", "XX000"},
    {"INTERNAL_ERROR_STORAGE", "XX000"}, {"INTERVAL_ARITHMETIC_OVERFLOW", "22015"},
    {"INTERVAL_DIVIDED_BY_ZERO", "22012"}, {"INVALID_ARRAY_INDEX", "22003"},
    {"INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003"}, {"INVALID_BITMAP_POSITION", "22003"},
    {"INVALID_COLUMN_NAME_AS_PATH", "46121"}, {"INVALID_COLUMN_OR_FIELD_DATA_TYPE", "42000"},
    {"INVALID_CORRUPT_RECORD_TYPE", "42804"}, {"INVALID_CURSOR", "HY109"}, {"INVALID_DRIVER_MEMORY", "F0000"},
    {"INVALID_EMPTY_LOCATION", "42K05"}, {"INVALID_EXECUTOR_MEMORY", "F0000"},
    {"INVALID_EXTRACT_BASE_FIELD_TYPE", "42000"}, {"INVALID_EXTRACT_FIELD", "42601"},
    {"INVALID_EXTRACT_FIELD_TYPE", "42000"}, {"INVALID_FIELD_NAME", "42000"}, {"INVALID_FORMAT", "42601"},
    {"INVALID_FRACTION_OF_SECOND", "22023"}, {"INVALID_HANDLE", "HY000"}, {"INVALID_IDENTIFIER", "42602"},
    {"INVALID_INDEX_OF_ZERO", "22003"}, {"INVALID_JSON_ROOT_FIELD", "22032"},
    {"INVALID_JSON_SCHEMA_MAP_TYPE", "22032"}, {"INVALID_LATERAL_JOIN_TYPE", "42613"}, {"INVALID_OPTIONS", "42K06"},
    {"INVALID_PANDAS_UDF_PLACEMENT", "0A000"}, {"INVALID_PARAMETER_VALUE", "22023"},
    {"INVALID_PROPERTY_KEY", "42602"}, {"INVALID_PROPERTY_VALUE", "42602"}, {"INVALID_SCHEMA", "42K07"},
    {"INVALID_SET_SYNTAX", "42000"}, {"INVALID_SQL_SYNTAX", "42000"}, {"INVALID_SUBQUERY_EXPRESSION", "42823"},
    {"INVALID_TYPED_LITERAL", "42604"}, {"INVALID_USAGE_OF_STAR_OR_REGEX", "42000"},
    {"INVALID_WHERE_CONDITION", "42903"}, {"LOCATION_ALREADY_EXISTS", "42710"},
    {"MALFORMED_RECORD_IN_PARSING", "22023"}, {"MERGE_CARDINALITY_VIOLATION", "23K01"},
    {"MISSING_AGGREGATION", "42803"}, {"MISSING_GROUP_BY", "42803"}, {"NAMED_PARAMETERS_NOT_SUPPORTED", "4274K"},
    {"NESTED_AGGREGATE_FUNCTION", "42607"}, {"NON_FOLDABLE_ARGUMENT", "42K08"},
    {"NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION", "42613"},
    {"NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION", "42613"},
    {"NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION", "42613"}, {"NON_LITERAL_PIVOT_VALUES", "42K08"},
    {"NON_PARTITION_COLUMN", "42000"}, {"NOT_A_CONSTANT_STRING", "42601"}, {"NOT_NULL_CONSTRAINT_VIOLATION", "42000"},
    {"NOT_SUPPORTED_COMMAND_FOR_V2_TABLE", "46110"}, {"NOT_SUPPORTED_IN_JDBC_CATALOG", "46110"},
    {"NO_DEFAULT_COLUMN_VALUE_AVAILABLE", "42608"}, {"NULLABLE_COLUMN_OR_FIELD", "42000"},
    {"NULLABLE_ROW_ID_ATTRIBUTES", "42000"}, {"NULL_MAP_KEY", "2200E"}, {"NUMERIC_OUT_OF_SUPPORTED_RANGE", "22003"},
    {"NUMERIC_VALUE_OUT_OF_RANGE", "22003"}, {"NUM_COLUMNS_MISMATCH", "42826"}, {"OPERATION_CANCELED", "HY008"},
    {"ORDER_BY_POS_OUT_OF_RANGE", "42805"}, {"PARSE_EMPTY_STATEMENT", "42617"}, {"PARSE_SYNTAX_ERROR", "42601"},
    {"PARTITIONS_ALREADY_EXIST", "428FT"}, {"PARTITIONS_NOT_FOUND", "428FT"}, {"PATH_ALREADY_EXISTS", "42K04"},
    {"PATH_NOT_FOUND", "42K03"}, {"PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09"}, {"RENAME_SRC_PATH_NOT_FOUND", "42K03"},
    {"REPEATED_CLAUSE", "42614"}, {"REQUIRED_PARAMETER_NOT_FOUND", "4274K"}, {"REQUIRES_EXPLICIT_NAME", "42000"},
    {"REQUIRES_SINGLE_PART_NAMESPACE", "42K05"}, {"ROUTINE_ALREADY_EXISTS", "42723"}, {"ROUTINE_NOT_FOUND", "42883"},
    {"RULE_ID_NOT_FOUND", "22023"}, {"SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000"}, {"SCHEMA_ALREADY_EXISTS", "42P06"},
    {"SCHEMA_NOT_EMPTY", "2BP01"}, {"SCHEMA_NOT_FOUND", "42704"}, {"SECOND_FUNCTION_ARGUMENT_NOT_INTEGER", "22023"},
    {"STAR_GROUP_BY_POS", "0A000"}, {"TABLE_OR_VIEW_ALREADY_EXISTS", "42P07"}, {"TABLE_OR_VIEW_NOT_FOUND", "42P01"},
    {"TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07"}, {"TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "428EK"},
    {"TOO_MANY_ARRAY_ELEMENTS", "54000"}, {"UNABLE_TO_ACQUIRE_MEMORY", "53200"}, {"UNABLE_TO_INFER_SCHEMA", "42KD9"},
    {"UNBOUND_SQL_PARAMETER", "42P02"}, {"UNCLOSED_BRACKETED_COMMENT", "42601"}, {"UNEXPECTED_INPUT_TYPE", "42K09"},
    {"UNEXPECTED_POSITIONAL_ARGUMENT", "4274K"}, {"UNKNOWN_FIELD_EXCEPTION", "KD003"},
    {"UNPIVOT_REQUIRES_ATTRIBUTES", "42K0A"}, {"UNPIVOT_REQUIRES_VALUE_COLUMNS", "42K0A"},
    {"UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09"}, {"UNPIVOT_VALUE_SIZE_MISMATCH", "428C4"},
    {"UNRECOGNIZED_PARAMETER_NAME", "4274K"}, {"UNRECOGNIZED_SQL_TYPE", "42704"},
    {"UNRESOLVED_ALL_IN_GROUP_BY", "42803"}, {"UNRESOLVED_COLUMN", "42703"}, {"UNRESOLVED_FIELD", "42703"},
    {"UNRESOLVED_MAP_KEY", "42703"}, {"UNRESOLVED_ROUTINE", "42883"}, {"UNRESOLVED_TABLE_VALUED_FUNCTION", "42883"},
    {"UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703"}, {"UNSUPPORTED_ARROWTYPE", "0A000"},
    {"UNSUPPORTED_DATATYPE", "0A000"}, {"UNSUPPORTED_DESERIALIZER", "0A000"},
    {"UNSUPPORTED_EXPR_FOR_WINDOW", "42P20"}, {"UNSUPPORTED_FEATURE", "0A000"}, {"UNSUPPORTED_GENERATOR", "0A000"},
    {"UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", "0A000"}, {"UNSUPPORTED_TYPED_LITERAL", "0A000"},
    {"VIEW_ALREADY_EXISTS", "42P07"}, {"VIEW_NOT_FOUND", "42P01"}, {"WRONG_NUM_ARGS", "42605"},
};

}  // namespace

std::string sql_state_of(const std::string& error_class) {
    const std::string main = error_class.substr(0, error_class.find('.'));
    for (const State& row : kStates)
        if (row.error_class == main) return std::string(row.state);
    return "";
}

std::string with_class(const std::string& error_class, const std::string& text) {
    if (error_class.empty() || error_class.starts_with("_LEGACY")) return text;
    return "[" + error_class + "] " + text;
}

Origin origin_of(const std::shared_ptr<const std::string>& text, u32 start, u32 stop) {
    MR_ASSERT(text != nullptr && start <= text->size());
    Origin at{.start = start, .stop = stop, .line = 1, .pos = 0, .text = text};
    for (u32 i = 0; i < start && i < text->size(); ++i) {
        const u8 c = static_cast<u8>((*text)[i]);
        if (c == '\n') {
            ++at.line;
            at.pos = 0;
        } else if ((c & 0xC0) != 0x80) {
            at.pos += c >= 0xF0 ? 2 : 1;
        }
    }
    return at;
}

QueryError parse_error(const std::string& error_class, const std::string& text, const Origin& at) {
    MR_ASSERT(!text.empty());
    QueryError error{"ParseException", "org.apache.spark.sql.catalyst.parser.ParseException", error_class,
                     sql_state_of(error_class), ""};
    error.message =
        "\n" + with_class(error_class == "PARSE_EMPTY_STATEMENT" ? "PARSE_SYNTAX_ERROR" : error_class, text);
    const std::string& sql = *at.text;
    if (at.line == 0) {
        error.message += "\n== SQL ==\n" + sql;
        return error;
    }
    error.message += fmt::format("(line {}, pos {})\n\n== SQL ==\n", at.line, at.pos);
    // Java's split leaves out the empty lines at the end; the carets stand under the last line at the latest.
    std::vector<std::string> lines = {""};
    for (const char c : sql)
        if (c == '\n') lines.emplace_back();
        else lines.back() += c;
    while (lines.size() > 1 && lines.back().empty()) lines.pop_back();
    const std::size_t above = std::min<std::size_t>(at.line, lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        error.message += lines[i] + "\n";
        if (i + 1 == above) error.message += std::string(at.pos, '-') + "^^^\n";
    }
    return error;
}

QueryError analysis_error(const std::string& error_class, const std::string& text, const Origin& at,
                          const std::string& plan) {
    QueryError error{"AnalysisException",
                     plan.empty() ? "org.apache.spark.sql.AnalysisException"
                                  : "org.apache.spark.sql.catalyst.ExtendedAnalysisException",
                     error_class, sql_state_of(error_class), with_class(error_class, text)};
    if (at.line != 0) error.message += fmt::format("; line {} pos {}", at.line, at.pos);
    if (!plan.empty()) error.message += ";\n" + plan;
    return error;
}

namespace {

/// Code points of a piece of UTF-8, the width of the caret line under it.
std::size_t width_of(std::string_view text) {
    std::size_t n = 0;
    for (const char c : text) n += (static_cast<u8>(c) & 0xC0) != 0x80 ? 1 : 0;
    return n;
}

constexpr u32 kMaxContext = 32;  ///< characters shown beside the fragment on its line

}  // namespace

std::string query_context(const Origin& at) {
    if (at.line == 0 || !at.text || at.text->empty()) return "";
    const std::string& sql = *at.text;
    const u32 stop = std::min(at.stop, static_cast<u32>(sql.size() - 1));
    std::string out = fmt::format("== SQL(line {}, position {}) ==\n", at.line, at.pos + 1);
    const std::size_t before = sql.rfind('\n', at.start);
    const std::size_t line_start = before == std::string::npos ? 0 : before + 1;
    std::size_t line_stop = sql.find('\n', stop);
    if (line_stop == std::string::npos) line_stop = sql.size();
    const bool cut_before = at.start - line_start >= kMaxContext, cut_after = line_stop - stop > kMaxContext;
    const std::size_t from = cut_before ? at.start - kMaxContext : line_start;
    const std::size_t to = cut_after ? stop + kMaxContext + 1 : line_stop;
    const std::string shown = (cut_before ? "..." : "") + sql.substr(from, to - from) + (cut_after ? "..." : "");
    // The fragment's first byte as a place of the statement; the dots stand before it.
    const i64 offset = static_cast<i64>(from) - (cut_before ? 3 : 0);
    std::size_t position = 0;
    while (position <= shown.size()) {
        std::size_t end = shown.find('\n', position);
        if (end == std::string::npos) end = shown.size();
        const std::string_view line(shown.data() + position, end - position);
        out += std::string(line) + "\n";
        std::string carets;
        const i64 first = offset + static_cast<i64>(position);
        const auto reaches = [&](i64 place) {
            return static_cast<std::size_t>(std::clamp<i64>(place - first, 0, static_cast<i64>(line.size())));
        };
        const std::size_t lead = width_of(line.substr(0, reaches(at.start)));
        const std::size_t last = reaches(i64{stop} + 1);
        const std::size_t reach = width_of(line.substr(0, last));
        carets = std::string(lead, ' ') + std::string(reach > lead ? reach - lead : 0, '^');
        out += carets + "\n";
        position = end + 1;
    }
    return out;
}

namespace {

/// Whether PySpark has a class for an exception of Java; others arrive as Py4JJavaError.
bool known_to_python(const std::string& exception) {
    static constexpr std::string_view kKnown[] = {"AnalysisException",
                                                  "ParseException",
                                                  "IllegalArgumentException",
                                                  "ArithmeticException",
                                                  "UnsupportedOperationException",
                                                  "ArrayIndexOutOfBoundsException",
                                                  "DateTimeException",
                                                  "NumberFormatException",
                                                  "SparkRuntimeException",
                                                  "SparkUpgradeException",
                                                  "StreamingQueryException",
                                                  "QueryExecutionException",
                                                  "PythonException"};
    return std::find(std::begin(kKnown), std::end(kKnown), exception) != std::end(kKnown);
}

}  // namespace

QueryError illegal_argument(std::string message) {
    return {"IllegalArgumentException", "java.lang.IllegalArgumentException", "", "", std::move(message)};
}

QueryError run_error(const std::string& exception, const std::string& error_class, const std::string& text,
                     const Origin& at) {
    QueryError error{exception, "org.apache.spark.Spark" + exception, error_class, sql_state_of(error_class),
                     with_class(error_class, text)};
    if (exception.starts_with("Spark")) error.java_class = "org.apache.spark." + exception;
    if (!known_to_python(exception)) error.exception = "Py4JJavaError";
    const std::string context = query_context(at);
    if (!context.empty()) error.message += "\n" + context;
    return error;
}

}  // namespace engine::spark
