// Spark's SQL text -> unresolved tree. Entry points; the grammar itself is in `parser_state.h` and the
// `parse_*.cc` files, one a part of the grammar. Nesting beyond kMaxNesting is refused, never overflows the stack.
#pragma once

#include <expected>
#include <string>

#include "engine/sql/error.h"
#include "engine/sql/tree.h"

namespace engine::spark {

inline constexpr int kMaxNesting = 200;
/// What Spark calls a subquery that has no name; it qualifies no column.
inline constexpr const char* kUnnamedSubquery = "__auto_generated_subquery_name";

/// How literals are read: the session's zone (for TIMESTAMP'..') and ANSI mode (casts fail).
struct ParseOptions {
    std::string zone = "UTC";
    i64 now = 0;
    bool ansi = false;
};

std::expected<PlanRef, QueryError> parse_statement(const std::string& text, Ids& ids, const ParseOptions& options);
/// One select item: an expression, perhaps with an alias.
std::expected<ExprRef, QueryError> parse_expression(const std::string& text, Ids& ids, const ParseOptions& options);
std::expected<DataType, QueryError> parse_data_type(const std::string& text);
/// `a INT, b STRING` -> a struct; also a single type.
std::expected<DataType, QueryError> parse_schema(const std::string& text);
/// `a.b.c` with backticks -> parts.
std::expected<std::vector<std::string>, QueryError> parse_name(const std::string& text);

}  // namespace engine::spark
