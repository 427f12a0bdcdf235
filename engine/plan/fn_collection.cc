// Arrays and structs: making, reading, searching, set operations, order.
#include <fmt/format.h>


#include <algorithm>

#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kMaxItems = 50'000'000;
static_assert(kMaxItems > 0 && kMaxItems < INT32_MAX);

bool type_array(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!type_same_arguments(t)) return false;
    t.e.type = array_type(t.e.args.empty() ? DataType{} : t.e.args[0]->type, nullable_by_args(t.e.args));
    t.e.nullable = false;
    return true;
}

Value array(const Call& c) { return list_value(Values(c.args.begin(), c.args.end())); }

bool type_named_struct(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.size() % 2 != 0) {
        t.error_class = "WRONG_NUM_ARGS.WITHOUT_SUGGESTION";
        t.text = fmt::format(
            "The `named_struct` requires 2n (n > 0) parameters but the actual number is {}. Please, refer to "
            "'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.",
            t.e.args.size());
        return false;
    }
    std::vector<Field> fields;
    for (std::size_t i = 0; i + 1 < t.e.args.size(); i += 2) {
        const ExprRef& name = t.e.args[i];
        if (!is_literal(name) || name->type.id != TypeId::string)
            return t.refuse(
                "CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING",
                fmt::format(
                    "Only foldable `STRING` expressions are allowed to appear at odd position, but they are [\"{}\"].",
                    pretty(name)));
        fields.push_back({name->value.s, t.e.args[i + 1]->type, t.e.args[i + 1]->nullable});
    }
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

Column named_struct_column(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    Column out;
    out.type = e.type;
    out.size = rows;
    for (std::size_t i = 1; i < args.size(); i += 2) out.children.push_back(flat(args[i]));
    return out;
}

bool type_element_at(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a[0]->type.id == TypeId::array) {
        if (!is_integral(a[1]->type) || a[1]->type.id == TypeId::bigint)
            return t.refuse("UNEXPECTED_INPUT_TYPE",
                            fmt::format("Parameter 2 requires the \"INT\" type, however \"{}\" has the type \"{}\".",
                                        pretty(a[1]), sql_name(a[1]->type)));
        a[1] = implicit(a[1], type_of(TypeId::integer), t.ansi);
        t.e.type = element_of(a[0]->type);
        t.e.nullable = true;
        if (is_call(a[0], "array") && is_literal(a[1])) {
            const i64 n = a[1]->value.i, size = static_cast<i64>(a[0]->args.size());
            const i64 at = n > 0 ? n - 1 : size + n;
            if (n != 0 && at >= 0 && at < size) t.e.nullable = a[0]->args[static_cast<std::size_t>(at)]->nullable;
        }
        return true;
    }
    if (a[0]->type.id != TypeId::map)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format("Parameter 1 requires the (\"ARRAY\" or \"MAP\") type, however \"{}\" has the type \"{}\".",
                        pretty(a[0]), sql_name(a[0]->type)));
    const auto common = wider_type(key_of(a[0]->type), a[1]->type, t.ansi);
    const bool widens = common && is_numeric(*common) && is_numeric(key_of(a[0]->type)) && is_numeric(a[1]->type);
    if (!common || (!same_type(*common, key_of(a[0]->type)) && !widens))
        return t.refuse("MAP_FUNCTION_DIFF_TYPES",
                        fmt::format("Input to `element_at` should have been \"MAP\" followed by a value with same key "
                                    "type, but it's [\"{}\", \"{}\"].",
                                    sql_name(a[0]->type), sql_name(a[1]->type)));
    if (widens) a[0] = implicit(a[0], map_type(*common, value_of(a[0]->type), value_nullable(a[0]->type)), t.ansi);
    a[1] = implicit(a[1], *common, t.ansi);
    t.e.type = value_of(a[0]->type);
    t.e.nullable = true;
    return true;
}

Value out_of_bounds(const Call& c, i64 index, std::size_t size, bool element_at) {
    const std::string text =
        element_at ? fmt::format(
                         "The index {} is out of bounds. The array has {} elements. Use `try_element_at` to tolerate "
                         "accessing element at invalid index and return NULL instead. If necessary set "
                         "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                         index, size)
                   : fmt::format(
                         "The index {} is out of bounds. The array has {} elements. Use the SQL function `get()` to "
                         "tolerate accessing element at invalid index and return NULL instead. If necessary set "
                         "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                         index, size);
    return c.fail("ArrayIndexOutOfBoundsException",
                  element_at ? "INVALID_ARRAY_INDEX_IN_ELEMENT_AT" : "INVALID_ARRAY_INDEX", text);
}

Value map_lookup(const Value& map, const Value& key, const DataType& type) {
    const Values& items = items_of(map);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        if (compare(items[i], key, key_of(type)) == 0) return items[i + 1];
    return null_value();
}

Value element_at(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.type(0).id == TypeId::map) return map_lookup(c.args[0], c.args[1], c.type(0));
    const Values& items = items_of(c.args[0]);
    const i64 n = c.args[1].i, size = static_cast<i64>(items.size());
    if (n == 0)
        return c.fail("SparkRuntimeException", "INVALID_INDEX_OF_ZERO",
                      "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).",
                      c.cx.ansi && !std::string_view(c.e.fn->name).starts_with("try_"));
    const i64 at = n > 0 ? n - 1 : size + n;
    if (at < 0 || at >= size)
        return c.cx.ansi && std::string_view(c.e.fn->name) == "element_at" ? out_of_bounds(c, n, items.size(), true)
                                                                           : null_value();
    return items[static_cast<std::size_t>(at)];
}

bool type_item(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a[0]->type.id == TypeId::map) {
        if (!coerce_to(a[1], "x", t.ansi)) return false;
        const DataType& key = key_of(a[0]->type);
        if (!same_type(a[1]->type, key)) {
            const auto common = wider_type(key, a[1]->type, t.ansi);
            const bool casts =
                common && (same_type(*common, key) || (!t.ansi && (is_numeric(key) || key.id == TypeId::string)) ||
                           (t.ansi && is_numeric(key) && is_numeric(*common)));
            if (!casts)
                return t.refuse("UNEXPECTED_INPUT_TYPE",
                                fmt::format("Parameter 2 requires the \"{}\" type, however \"{}\" has the type \"{}\".",
                                            sql_name(key), pretty(a[1]), sql_name(a[1]->type)));
            a[1] = implicit(a[1], key, t.ansi);
        }
        MR_ASSERT(same_type(a[1]->type, key));
        t.e.type = value_of(a[0]->type);
        t.e.nullable = true;
        return true;
    }
    if (a[0]->type.id != TypeId::array)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"ARRAY\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[0]), sql_name(a[0]->type)));
    if (a[1]->type.id == TypeId::void_) a[1] = implicit(a[1], type_of(TypeId::integer), t.ansi);
    if (!is_integral(a[1]->type))
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 2 requires the \"INTEGRAL\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[1]), sql_name(a[1]->type)));
    t.e.type = element_of(a[0]->type);
    t.e.nullable = true;
    if (is_call(a[0], "array") && is_literal(a[1])) {
        const i64 n = a[1]->value.i;
        if (n >= 0 && n < static_cast<i64>(a[0]->args.size()))
            t.e.nullable = a[0]->args[static_cast<std::size_t>(n)]->nullable;
    }
    // Where a place outside fails, only the elements can be null.
    const bool known = foldable(a[1]) && !a[1]->nullable;
    if (t.ansi && !known && std::string_view(t.e.fn->name) == "item") t.e.nullable = element_nullable(a[0]->type);
    return true;
}

Value item(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.type(0).id == TypeId::map) return map_lookup(c.args[0], c.args[1], c.type(0));
    const Values& items = items_of(c.args[0]);
    const i64 n = c.args[1].i;
    if (n >= 0 && n < static_cast<i64>(items.size())) return items[static_cast<std::size_t>(n)];
    return c.cx.ansi && std::string_view(c.e.fn->name) != "get" ? out_of_bounds(c, n, items.size(), false)
                                                                : null_value();
}

bool type_size(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (t.e.args[0]->type.id == TypeId::void_) t.e.args[0] = implicit(t.e.args[0], array_type({}, true), t.ansi);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::integer);
    t.e.nullable = t.ansi && t.e.args[0]->nullable;
    return true;
}

i64 entries(const Value& v, const DataType& type) {
    return static_cast<i64>(items_of(v).size()) / (type.id == TypeId::map ? 2 : 1);
}

Value size(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    if (c.args[0].null) return c.cx.ansi ? null_value() : int_value(-1);
    return int_value(entries(c.args[0], c.type(0)));
}

Value array_size(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(entries(c.args[0], c.type(0)));
}

/// (array, element): the element to the array's element type, or both wider.
bool type_array_element(Typing& t, const std::string& what) {
    Exprs& a = t.e.args;
    const bool either = what == "array_position" || what == "array_remove";
    if (either && a[1]->type.id == TypeId::void_ && a[0]->type.id == TypeId::array)
        a[1] = implicit(a[1], element_of(a[0]->type), t.ansi);
    if (a[0]->type.id == TypeId::void_ && (what == "array_append" || what == "array_prepend"))
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 0 requires the \"ARRAY\" type, however \"{}\" has the type \"VOID\".",
                                    pretty(a[0])));
    if (a[0]->type.id == TypeId::void_ || a[1]->type.id == TypeId::void_) {
        return t.refuse("NULL_TYPE", fmt::format("Null typed values cannot be used as arguments of `{}`.", what));
    }
    if (a[0]->type.id != TypeId::array)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"ARRAY\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[0]), sql_name(a[0]->type)));
    // array_contains alone lets numbers of any two types meet; text meets only text.
    const bool texts = (element_of(a[0]->type).id == TypeId::string) == (a[1]->type.id == TypeId::string);
    const auto common = what != "array_contains" || !texts ? tightest_common_type(element_of(a[0]->type), a[1]->type)
                                                           : wider_type(element_of(a[0]->type), a[1]->type, t.ansi);
    if (!common) {
        return t.refuse("ARRAY_FUNCTION_DIFF_TYPES",
                        fmt::format("Input to `{}` should have been \"ARRAY\" followed by a value with same element "
                                    "type, but it's [\"{}\", \"{}\"].",
                                    what, sql_name(a[0]->type), sql_name(a[1]->type)));
    }
    a[0] = implicit(a[0], array_type(*common, element_nullable(a[0]->type)), t.ansi);
    a[1] = implicit(a[1], *common, t.ansi);
    return true;
}

bool type_contains(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!type_array_element(t, t.e.fn->name)) return false;
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = nullable_by_args(t.e.args) || element_nullable(t.e.args[0]->type);
    return true;
}

Value array_contains(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    bool unknown = false;
    for (const Value& v : items_of(c.args[0])) {
        if (v.null) unknown = true;
        else if (compare(v, c.args[1], c.type(1)) == 0) return bool_value(true);
    }
    return unknown ? null_value() : bool_value(false);
}

bool type_position(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!type_array_element(t, t.e.fn->name)) return false;
    t.e.type = type_of(TypeId::bigint);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value array_position(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Values& items = items_of(c.args[0]);
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!items[i].null && compare(items[i], c.args[1], c.type(1)) == 0) return int_value(static_cast<i64>(i) + 1);
    return int_value(0);
}

bool type_with_element(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!type_array_element(t, t.e.fn->name)) return false;
    t.e.type = t.e.args[0]->type;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_append(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a[1]->type.id == TypeId::void_ && a[0]->type.id == TypeId::array)
        a[1] = implicit(a[1], element_of(a[0]->type), t.ansi);
    if (!type_array_element(t, t.e.fn->name)) return false;
    t.e.type = array_type(element_of(a[0]->type), element_nullable(a[0]->type) || a[1]->nullable);
    t.e.nullable = a[0]->nullable;
    return true;
}

Value array_remove(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    Values out;
    for (const Value& v : items_of(c.args[0]))
        if (v.null || compare(v, c.args[1], c.type(1)) != 0) out.push_back(v);
    return list_value(std::move(out));
}

Value array_append(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[0].null) return null_value();
    Values out = items_of(c.args[0]);
    out.push_back(c.args[1]);
    return list_value(std::move(out));
}

Value array_prepend(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[0].null) return null_value();
    Values out = items_of(c.args[0]);
    out.insert(out.begin(), c.args[1]);
    return list_value(std::move(out));
}

Value array_compact(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    Values out;
    for (const Value& v : items_of(c.args[0]))
        if (!v.null) out.push_back(v);
    return list_value(std::move(out));
}

bool type_compact(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!type_as_first(t)) return false;
    if (t.e.type.id == TypeId::array) t.e.type = array_type(element_of(t.e.type), false);
    return true;
}

void sort_items(Values& items, const DataType& type, bool ascending) {
    std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) {
        return ascending ? compare(a, b, type) < 0 : compare(a, b, type) > 0;
    });
}

Value sort_array(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    Values items = items_of(c.args[0]);
    sort_items(items, element_of(c.type(0)), c.args[1].i != 0);
    return list_value(std::move(items));
}

bool type_array_extreme(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_arguments(t)) return false;
    t.e.type = t.e.args[0]->type.id == TypeId::array ? element_of(t.e.args[0]->type) : DataType{};
    t.e.nullable = true;
    return true;
}

Value array_extreme(const Call& c, int sign) {
    MR_ASSERT(c.args.size() > 0);
    Value best;
    for (const Value& v : items_of(c.args[0]))
        if (!v.null && (best.null || compare(v, best, c.e.type) * sign > 0)) best = v;
    return best;
}

Value array_max(const Call& c) {
    return array_extreme(c, 1);
}
Value array_min(const Call& c) { return array_extreme(c, -1); }

bool type_join(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a[0]->type.id == TypeId::array && element_of(a[0]->type).id != TypeId::string)
        a[0] = implicit(a[0], array_type(type_of(TypeId::string), element_nullable(a[0]->type)), t.ansi);
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::string);
    t.e.nullable = nullable_by_args(a);
    return true;
}

Value array_join(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    std::string out;
    bool first = true;
    for (const Value& v : items_of(c.args[0])) {
        if (v.null && c.args.size() < 3) continue;
        if (!first) out += c.args[1].s;
        first = false;
        out += v.null ? c.args[2].s : v.s;
    }
    return string_value(out);
}

bool type_arrays_zip(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    std::vector<Field> fields;
    for (std::size_t i = 0; i < t.e.args.size(); ++i) {
        const ExprRef& a = t.e.args[i];
        if (a->type.id != TypeId::array)
            return t.refuse("UNEXPECTED_INPUT_TYPE",
                            fmt::format("Parameter {} requires the \"ARRAY\" type, however \"{}\" has the type \"{}\".",
                                        i + 1, pretty(a), sql_name(a->type)));
        const bool named = a->kind == ExprKind::attribute || a->kind == ExprKind::field || a->kind == ExprKind::alias;
        fields.push_back({named ? a->name : std::to_string(i), element_of(a->type), true});
    }
    t.e.type = array_type(struct_type(std::move(fields)), false);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value arrays_zip(const Call& c) {
    std::size_t longest = 0;
    for (const Value& v : c.args) longest = std::max(longest, items_of(v).size());
    Values out;
    for (std::size_t i = 0; i < longest; ++i) {
        Values row;
        for (const Value& v : c.args) row.push_back(i < items_of(v).size() ? items_of(v)[i] : null_value());
        out.push_back(list_value(std::move(row)));
    }
    return list_value(std::move(out));
}

Value slice(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    const Values& items = items_of(c.args[0]);
    const i64 start = c.args[1].i, n = c.args[2].i, size = static_cast<i64>(items.size());
    if (start == 0)
        return c.fail("SparkRuntimeException", "_LEGACY_ERROR_TEMP_2157",
                      "Unexpected value for start in function slice: SQL array indices start at 1.", false);
    if (n < 0)
        return c.fail("SparkRuntimeException", "_LEGACY_ERROR_TEMP_2158",
                      "Unexpected value for length in function slice: length must be greater than or equal to 0.",
                      false);
    const i64 from = start > 0 ? start - 1 : size + start;
    Values out;
    if (from >= 0)
        for (i64 i = from; i < std::min(from + n, size); ++i) out.push_back(items[static_cast<std::size_t>(i)]);
    return list_value(std::move(out));
}

bool type_flatten(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    if (a.id != TypeId::array || element_of(a).id != TypeId::array)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format("Parameter 1 requires the \"ARRAY\" of \"ARRAY\" type, however \"{}\" has the type \"{}\".",
                        pretty(t.e.args[0]), sql_name(a)));
    t.e.type = element_of(a);
    t.e.nullable = t.e.args[0]->nullable || element_nullable(a);
    return true;
}

Value flatten(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    Values out;
    for (const Value& inner : items_of(c.args[0])) {
        if (inner.null) return null_value();
        for (const Value& v : items_of(inner)) out.push_back(v);
    }
    return list_value(std::move(out));
}

bool type_array_repeat(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    t.e.type = array_type(t.e.args[0]->type, t.e.args[0]->nullable);
    t.e.nullable = t.e.args[1]->nullable;
    return true;
}

Value array_repeat(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[1].null) return null_value();
    const i64 n = std::max<i64>(c.args[1].i, 0);
    if (n > kMaxItems)
        return c.fail("SparkRuntimeException", "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
                      fmt::format("Can't create array with {} elements which exceeding the array size limit {}, the "
                                  "value returned by the function `count` is too big.",
                                  n, kMaxItems),
                      false);
    if (!c.cx.spend(n, n * 64)) return null_value();
    return list_value(Values(static_cast<std::size_t>(n), c.args[0]));
}

bool type_sort_array(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    const DataType& list = t.e.args[0]->type;
    if (list.id == TypeId::array && !orderable(list))
        return t.refuse("INVALID_ORDERING_TYPE",
                        fmt::format("The `sort_array` does not support ordering on type \"{}\".", sql_name(list)));
    return type_as_first(t);
}

bool type_insert(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (!coerce_to(a[0], "A", t.ansi) || !coerce_to(a[1], "I", t.ansi)) return coerce_arguments(t);
    if (a[2]->type.id == TypeId::void_ && a[0]->type.id == TypeId::array)
        a[2] = implicit(a[2], element_of(a[0]->type), t.ansi);
    if (a[0]->type.id == TypeId::array)
        if (const auto common = wider_type(element_of(a[0]->type), a[2]->type, t.ansi)) {
            a[0] = implicit(a[0], array_type(*common, element_nullable(a[0]->type)), t.ansi);
            a[2] = implicit(a[2], *common, t.ansi);
        }
    t.e.type = array_type(element_of(a[0]->type), true);
    t.e.nullable = a[0]->nullable || a[1]->nullable;
    return true;
}

/// 3.5 inserts before the position counted from the end.
Value array_insert(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    if (c.args[0].null || c.args[1].null) return null_value();
    Values items = items_of(c.args[0]);
    const i64 n = c.args[1].i;
    if (n == 0)
        return c.fail("SparkRuntimeException", "INVALID_INDEX_OF_ZERO",
                      "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).");
    if (n > kMaxItems || n < -kMaxItems) return null_value();
    if (n > 0) {
        while (static_cast<i64>(items.size()) < n - 1) items.push_back(null_value());
        items.insert(items.begin() + (n - 1), c.args[2]);
        return list_value(std::move(items));
    }
    const i64 at = static_cast<i64>(items.size()) + n + 1;
    if (at >= 0) items.insert(items.begin() + at, c.args[2]);
    else {
        items.insert(items.begin(), static_cast<std::size_t>(-at), null_value());
        items.insert(items.begin(), c.args[2]);
    }
    return list_value(std::move(items));
}

// sequence

Value shuffle(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

const FunctionInfo kCollectionFunctions[] = {
    {"array", "x*", "", NullRule::never, array, "An array of the arguments.", type_array},
    {"named_struct", "x*", "", NullRule::never, nullptr, "A struct of names and values in turn.", type_named_struct,
     named_struct_column},
    {"element_at", "x,x", "", SN, element_at, "The element at a place (1 first, negative from the end), or of a key.",
     type_element_at},
    {"try_element_at", "x,x", "", SN, element_at, "element_at, null where there is none.", type_element_at},
    {"get", "A,x", "", SN, item, "The element at a place (0 first), null outside.", type_item},
    {"item", "x,x", "", SN, item, "The element in brackets.", type_item, nullptr, nullptr, K, true, true},
    {"size", "A|M", "", SE, size, "Elements of an array or map; -1 for null.", type_size},
    {"array_size", "A", "I", ST, array_size, "Elements of an array."},
    {"array_contains", "x,x", "", SN, array_contains, "Whether an array has the value.", type_contains},
    {"array_position", "x,x", "", ST, array_position, "Place of the value (1 first), 0 if none.", type_position},
    {"array_remove", "x,x", "", ST, array_remove, "The array without the value.", type_with_element},
    {"array_append", "x,x", "", SE, array_append, "The array and the value after it.", type_append},
    {"array_prepend", "x,x", "", SE, array_prepend, "The value and the array after it.", type_append},
    {"array_insert", "A,I,x", "", SE, array_insert, "The array with a value put in at a place.", type_insert},
    {"array_compact", "A", "", ST, array_compact, "The array without nulls.", type_compact},
    {"sort_array", "A,Z=true", "", ST, sort_array, "The array in order; nulls first when ascending.",
     type_sort_array},
    {"array_max", "A", "", SN, array_max, "The largest element.", type_array_extreme},
    {"array_min", "A", "", SN, array_min, "The smallest element.", type_array_extreme},
    {"array_join", "A,S,S?", "", ST, array_join, "Elements as one text with a delimiter.", type_join},
    {"arrays_zip", "x*", "", ST, arrays_zip, "Structs of the elements side by side.", type_arrays_zip},
    {"slice", "A,I,I", "", ST, slice, "Part of an array from a place (1 first).", type_as_first},
    {"flatten", "x", "", SN, flatten, "The arrays of an array as one.", type_flatten},
    {"array_repeat", "x,I!", "", SE, array_repeat, "An array of the value n times.", type_array_repeat},
    {"shuffle", "A", "", ST, shuffle, "The array in random order.", type_as_first, nullptr, nullptr, K, false},
};

}  // namespace

std::span<const FunctionInfo> collection_functions() { return kCollectionFunctions; }

}  // namespace engine::spark
