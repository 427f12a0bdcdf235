// Expressions as text: as column headings and messages show them (`pretty`), and as plans print them (`tree_form`).
#pragma once

#include <string>

#include "engine/sql/tree.h"

namespace engine::spark {

/// `(1 + a)`, `CAST(x AS INT)`; literals without quotes, implicit casts left out.
std::string pretty(const ExprRef& e);
/// `(1 + a#1)`, `cast(x#2 as int)`, `'unresolved`.
std::string tree_form(const ExprRef& e);
/// A literal as SQL writes it: `DATE '2024-01-01'`, `1L` (with suffix), `'text'` as text.
std::string literal_sql(const Value& value, const DataType& type);
/// A value as show() and messages print it; NULL for null.
std::string display(const Value& value, const DataType& type, const std::string& zone, bool plain_decimal = false);
/// A value as a cast to string makes it: nulls inside are `null`.
std::string cast_text(const Value& value, const DataType& type, const std::string& zone, bool plain_decimal);
/// `id#7L`.
std::string attribute_text(const std::string& name, u64 id, const DataType& type);
/// Comma-separated, at most 25, then `... n more fields`.
std::string joined(const std::vector<std::string>& parts, std::size_t most = 25);
std::string tree_forms(const Exprs& exprs);

}  // namespace engine::spark
