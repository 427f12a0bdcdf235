#include "engine/sql/error.h"
#include "sim/base/assert.h"

#include <fmt/format.h>

#include <string_view>

namespace engine::spark {

namespace {

struct State {
    std::string_view error_class;
    std::string_view state;
};

constexpr State kStates[] = {
    {"AMBIGUOUS_COLUMN_OR_FIELD", "42702"}, {"AMBIGUOUS_LATERAL_COLUMN_ALIAS", "42702"}, {"AMBIGUOUS_REFERENCE", "42704"},
    {"AMBIGUOUS_REFERENCE_TO_FIELDS", "42000"}, {"ARITHMETIC_OVERFLOW", "22003"}, {"BINARY_ARITHMETIC_OVERFLOW", "22003"},
    {"CANNOT_PARSE_DECIMAL", "22018"}, {"CANNOT_PARSE_TIMESTAMP", "22007"}, {"CANNOT_UP_CAST_DATATYPE", "42846"},
    {"CAST_INVALID_INPUT", "22018"}, {"CAST_OVERFLOW", "22003"}, {"COLLECTION_SIZE_LIMIT_EXCEEDED", "54000"},
    {"COLUMN_ALREADY_EXISTS", "42711"}, {"CONVERSION_INVALID_INPUT", "22018"}, {"DATATYPE_MISMATCH", "42K09"},
    {"DATETIME_OVERFLOW", "22008"}, {"DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003"}, {"DIVIDE_BY_ZERO", "22012"},
    {"DUPLICATED_MAP_KEY", "23505"}, {"DUPLICATE_KEY", "23505"}, {"EXCEED_LIMIT_LENGTH", "54006"},
    {"EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822"}, {"FAILED_FUNCTION_CALL", "38000"}, {"FAILED_TO_PARSE_TOO_COMPLEX", "54001"},
    {"FIELD_NOT_FOUND", "42704"}, {"GROUPING_COLUMN_MISMATCH", "42803"}, {"GROUPING_ID_COLUMN_MISMATCH", "42803"},
    {"GROUP_BY_AGGREGATE", "42903"}, {"GROUP_BY_POS_AGGREGATE", "42903"}, {"GROUP_BY_POS_OUT_OF_RANGE", "42805"},
    {"GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822"}, {"INCOMPATIBLE_COLUMN_TYPE", "42825"}, {"INCOMPARABLE_PIVOT_COLUMN", "42818"},
    {"INCONSISTENT_BEHAVIOR_CROSS_VERSION", "42K0B"}, {"INTERNAL_ERROR", "XX000"}, {"INTERVAL_ARITHMETIC_OVERFLOW", "22015"},
    {"INTERVAL_DIVIDED_BY_ZERO", "22012"}, {"INVALID_ARRAY_INDEX", "22003"}, {"INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003"},
    {"INVALID_CORRUPT_RECORD_TYPE", "42804"}, {"INVALID_EXTRACT_BASE_FIELD_TYPE", "42000"}, {"INVALID_EXTRACT_FIELD", "42601"},
    {"INVALID_EXTRACT_FIELD_TYPE", "42000"}, {"INVALID_FORMAT", "42601"}, {"INVALID_FRACTION_OF_SECOND", "22023"},
    {"INVALID_INDEX_OF_ZERO", "22003"}, {"INVALID_JSON_ROOT_FIELD", "22032"}, {"INVALID_JSON_SCHEMA_MAP_TYPE", "22032"},
    {"INVALID_PARAMETER_VALUE", "22023"}, {"INVALID_SCHEMA", "42K07"}, {"INVALID_SQL_SYNTAX", "42000"}, {"INVALID_TYPED_LITERAL", "42604"},
    {"INVALID_WHERE_CONDITION", "42903"}, {"MISSING_AGGREGATION", "42803"}, {"MISSING_GROUP_BY", "42803"},
    {"NESTED_AGGREGATE_FUNCTION", "42607"}, {"NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION", "42613"}, {"NULL_MAP_KEY", "2200E"},
    {"NUMERIC_OUT_OF_SUPPORTED_RANGE", "22003"}, {"NUMERIC_VALUE_OUT_OF_RANGE", "22003"}, {"NUM_COLUMNS_MISMATCH", "42826"},
    {"ORDER_BY_POS_OUT_OF_RANGE", "42805"}, {"PARSE_EMPTY_STATEMENT", "42617"}, {"PARSE_SYNTAX_ERROR", "42601"},
    {"REQUIRES_EXPLICIT_NAME", "42000"}, {"SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000"}, {"TABLE_OR_VIEW_NOT_FOUND", "42P01"},
    {"TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07"}, {"UNBOUND_SQL_PARAMETER", "42P02"}, {"UNRESOLVED_COLUMN", "42703"},
    {"UNRESOLVED_FIELD", "42703"}, {"UNRESOLVED_MAP_KEY", "42703"}, {"UNRESOLVED_ROUTINE", "42883"},
    {"UNRESOLVED_TABLE_VALUED_FUNCTION", "42883"}, {"UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703"}, {"UNSUPPORTED_DATATYPE", "0A000"},
    {"UNSUPPORTED_EXPR_FOR_WINDOW", "42P20"}, {"UNSUPPORTED_FEATURE", "0A000"}, {"UNSUPPORTED_GENERATOR", "0A000"},
    {"UNSUPPORTED_GROUPING_EXPRESSION", ""}, {"UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY", "0A000"}, {"UNSUPPORTED_TYPED_LITERAL", "0A000"},
    {"VIEW_NOT_FOUND", "42P01"}, {"WRONG_NUM_ARGS", "42605"}, {"NOT_A_CONSTANT_STRING", "42601"}, {"INVALID_OPTIONS", "42K06"},
    {"INVALID_SUBQUERY_EXPRESSION", "42823"}, {"NUM_TABLE_VALUE_ALIASES_MISMATCH", ""}, {"DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT", "42704"},
    {"UNRECOGNIZED_PARAMETER_NAME", "4274K"}, {"NAMED_PARAMETERS_NOT_SUPPORTED", "4274K"}, {"UNEXPECTED_POSITIONAL_ARGUMENT", "4274K"},
    {"CANNOT_RECOGNIZE_HIVE_TYPE", "429BB"}, {"INVALID_LAMBDA_FUNCTION_CALL", "42K0D"}, {"INVALID_INLINE_TABLE", "42000"},
    {"UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09"}, {"NON_FOLDABLE_ARGUMENT", "42K08"}, {"INVALID_IDENTIFIER", "42602"},
    {"PATH_NOT_FOUND", "42K03"}, {"PATH_ALREADY_EXISTS", "42K04"}, {"UNKNOWN_FIELD_EXCEPTION", "KD003"}, {"DATA_SOURCE_NOT_FOUND", "42K02"},
    {"MALFORMED_RECORD_IN_PARSING", "22023"}, {"UNABLE_TO_INFER_SCHEMA", "42KD9"}, {"AES_MODE_ERROR", ""}, {"MULTIPLE_TIME_WINDOWS", ""},
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
    QueryError error{"ParseException", "org.apache.spark.sql.catalyst.parser.ParseException", error_class, sql_state_of(error_class), ""};
    error.message = "\n" + with_class(error_class == "PARSE_EMPTY_STATEMENT" ? "PARSE_SYNTAX_ERROR" : error_class, text);
    const std::string& sql = *at.text;
    if (at.line == 0) {
        error.message += "\n== SQL ==\n" + sql;
        return error;
    }
    error.message += fmt::format("(line {}, pos {})\n\n== SQL ==\n", at.line, at.pos);
    u32 line = 1;
    std::string current;
    for (std::size_t i = 0; i <= sql.size(); ++i) {
        if (i < sql.size() && sql[i] != '\n') {
            current += sql[i];
            continue;
        }
        error.message += current + "\n";
        if (line == at.line) error.message += std::string(at.pos, '-') + "^^^\n";
        current.clear();
        ++line;
    }
    return error;
}

QueryError analysis_error(const std::string& error_class, const std::string& text, const Origin& at, const std::string& plan) {
    QueryError error{"AnalysisException",
                     plan.empty() ? "org.apache.spark.sql.AnalysisException" : "org.apache.spark.sql.catalyst.ExtendedAnalysisException",
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
    const std::size_t from = at.start - line_start > kMaxContext ? at.start - kMaxContext : line_start;
    const std::size_t to = line_stop - stop > kMaxContext ? stop + kMaxContext + 1 : line_stop;
    std::string shown = (from > line_start ? "..." : "") + sql.substr(from, to - from) + (to < line_stop ? "..." : "");
    std::size_t offset = from > line_start ? from - 3 : from;
    std::size_t position = 0;
    while (position <= shown.size()) {
        std::size_t end = shown.find('\n', position);
        if (end == std::string::npos) end = shown.size();
        const std::string_view line(shown.data() + position, end - position);
        out += std::string(line) + "\n";
        std::string carets;
        const std::size_t first = offset + position;
        const std::size_t lead = at.start > first ? width_of(line.substr(0, std::min<std::size_t>(at.start - first, line.size()))) : 0;
        const std::size_t last = stop + 1 > first ? std::min<std::size_t>(stop + 1 - first, line.size()) : 0;
        const std::size_t reach = width_of(line.substr(0, last));
        carets = std::string(lead, ' ') + std::string(reach > lead ? reach - lead : 0, '^');
        out += carets + "\n";
        position = end + 1;
    }
    return out;
}

QueryError run_error(const std::string& exception, const std::string& error_class, const std::string& text, const Origin& at) {
    QueryError error{exception, "org.apache.spark.Spark" + exception, error_class, sql_state_of(error_class), with_class(error_class, text)};
    if (exception.starts_with("Spark")) error.java_class = "org.apache.spark." + exception;
    const std::string context = query_context(at);
    if (!context.empty()) error.message += "\n" + context;
    return error;
}

}  // namespace engine::spark
