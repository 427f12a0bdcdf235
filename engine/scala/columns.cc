// Columns, functions over them, rows and schemas.
#include <fmt/format.h>

#include <algorithm>

#include "engine/scala/evaluator.h"
#include "engine/sql/parser.h"
#include "sim/base/assert.h"

namespace engine::spark::scala {

namespace {

/// A value as an operand of a column.
ExprRef operand(const PyValue& v) {
    if (v.kind == Kind::integer)
        return int_literal(v.i, v.s == "L"   ? TypeId::bigint
                                : v.s == "S" ? TypeId::smallint
                                : v.s == "B" ? TypeId::tinyint
                                             : TypeId::integer);
    if (has_object(v, "Timestamp") || has_object(v, "Date"))
        return literal(int_value(v.object->handle),
                       type_of(v.object->type == "Date" ? TypeId::date : TypeId::timestamp));
    return py::as_literal(v);
}

struct Operator {
    std::string_view scala;
    const char* call;
};

constexpr Operator kOperators[] = {
    {"===", "="},  {"equalTo", "="},  {"<=>", "<=>"},      {"eqNullSafe", "<=>"},
    {"&&", "and"}, {"and", "and"},    {"||", "or"},        {"or", "or"},
    {">", ">"},    {"gt", ">"},       {"<", "<"},          {"lt", "<"},
    {">=", ">="},  {"geq", ">="},     {"<=", "<="},        {"leq", "<="},
    {"+", "+"},    {"plus", "+"},     {"-", "-"},          {"minus", "-"},
    {"*", "*"},    {"multiply", "*"}, {"/", "/"},          {"divide", "/"},
    {"%", "%"},    {"mod", "%"},      {"bitwiseAND", "&"}, {"&", "&"},
    {"|", "|"},    {"^", "^"},
};

constexpr std::pair<std::string_view, const char*> kRenamed[] = {
    {"as", "alias"}, {"startsWith", "startswith"}, {"endsWith", "endswith"}};

constexpr std::string_view kSame[] = {"alias",
                                      "name",
                                      "cast",
                                      "isNull",
                                      "isNotNull",
                                      "isin",
                                      "like",
                                      "ilike",
                                      "rlike",
                                      "contains",
                                      "between",
                                      "desc",
                                      "asc",
                                      "desc_nulls_first",
                                      "desc_nulls_last",
                                      "asc_nulls_first",
                                      "asc_nulls_last",
                                      "getField",
                                      "getItem",
                                      "when",
                                      "otherwise",
                                      "over",
                                      "substr"};

}  // namespace

PyValue Evaluator::column_member(const PyValue& self, const std::string& name, const Values& args) {
    MR_ASSERT(!name.empty());
    if (name.starts_with("\n")) {
        const std::string function = name.substr(1);
        if (function == "lit" || function == "typedLit")
            return args.empty() ? py::none() : py::of_column(operand(args[0]));
        Values given = args;
        // A text written in Scala is a value for `when` and its like, the name of a column elsewhere, as in Python.
        for (PyValue& v : given)
            if (has_object(v, "Timestamp") || has_object(v, "Date")) v = py::of_column(operand(v));
            else if (v.kind == Kind::text && v.i == 1) v.i = 0;
        return in.function(function, {given, {}});
    }
    MR_ASSERT(self.kind == Kind::column);
    if (args.size() == 1) {
        for (const Operator& o : kOperators)
            if (name == o.scala) return py::of_column(operation(o.call, {self.column, operand(args[0])}));
        if (name == "=!=" || name == "notEqual" || name == "!==")
            return py::of_column(operation("not", {operation("=", {self.column, operand(args[0])})}));
        if ((name == "as" || name == "alias") && is_list(args[0]))
            return in.column_method(self, "alias", {args[0].object->items, {}});
    }
    if (name == "unary_!") return py::of_column(operation("not", {self.column}));
    if (name == "isNaN") return py::of_column(function("isnan", {self.column}));
    if (name == "apply") return in.column_method(self, "getItem", {args, {}});
    if (name == "isInCollection" && args.size() == 1) return in.column_method(self, "isin", {items(args[0]), {}});
    for (const auto& [scala, python] : kRenamed)
        if (name == scala) return in.column_method(self, python, {args, {}});
    if (std::ranges::find(kSame, name) != std::end(kSame)) {
        Values given = args;
        if (name == "isin" || name == "between" || name == "otherwise" || name == "when")
            for (PyValue& v : given)
                if (v.kind == Kind::integer && v.s == "L") v = py::of_column(operand(v));
        if (name == "cast" && !given.empty() && has_object(given[0], "static"))
            given[0] = in.builtin(given[0].object->name, {});
        return in.column_method(self, name, {given, {}});
    }
    return no_member(self, name);
}

}  // namespace engine::spark::scala
