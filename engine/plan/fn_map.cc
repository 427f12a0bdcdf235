// Maps: making, reading, joining.
#include <fmt/format.h>

#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/plan/regex.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Entries with the check Spark makes of keys: none null, none twice.
Value checked_map(const Call& c, Values items) {
    const DataType& key = key_of(c.e.type);
    for (std::size_t i = 0; i < items.size(); i += 2) {
        if (items[i].null) return c.fail("SparkRuntimeException", "NULL_MAP_KEY", "Cannot use null as map key.", false);
        for (std::size_t k = 0; k < i; k += 2)
            if (compare(items[i], items[k], key) == 0)
                return c.fail("SparkRuntimeException", "DUPLICATED_MAP_KEY",
                              fmt::format("Duplicate map key {} was found, please check the input data. If you want to "
                                          "remove the duplicated keys, you can set \"spark.sql.mapKeyDedupPolicy\" to "
                                          "\"LAST_WIN\" so that the key inserted at last takes precedence.",
                                          display(items[i], key, c.cx.clock.zone)),
                              false);
    }
    return list_value(std::move(items));
}

bool type_map(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a.size() % 2 != 0) {
        t.error_class = "WRONG_NUM_ARGS.WITHOUT_SUGGESTION";
        t.text = fmt::format(
            "The `map` requires 2n (n > 0) parameters but the actual number is {}. Please, refer to "
            "'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.",
            a.size());
        return false;
    }
    Exprs keys, values;
    for (std::size_t i = 0; i < a.size(); ++i) (i % 2 == 0 ? keys : values).push_back(a[i]);
    const auto key = wider_type_of(keys, 0, t.ansi), value = wider_type_of(values, 0, t.ansi);
    const auto types = [](const Exprs& list) {
        std::string out;
        for (const ExprRef& e : list) out += (out.empty() ? "" : ", ") + std::string("\"") + sql_name(e->type) + "\"";
        return out;
    };
    if (!key)
        return t.refuse("CREATE_MAP_KEY_DIFF_TYPES",
                        fmt::format("The given keys of function `map` should all be the same type, but they are [{}].",
                                    types(keys)));
    if (!value)
        return t.refuse(
            "CREATE_MAP_VALUE_DIFF_TYPES",
            fmt::format("The given values of function `map` should all be the same type, but they are [{}].",
                        types(values)));
    if (key->id == TypeId::map)
        return t.refuse("INVALID_MAP_KEY_TYPE",
                        fmt::format("The key of map cannot be/contain \"{}\".", sql_name(*key)));
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = implicit(a[i], i % 2 == 0 ? *key : *value, t.ansi);
    t.e.type = map_type(*key, *value, nullable_by_args(values));
    t.e.nullable = false;
    return true;
}

Value map(const Call& c) { return checked_map(c, Values(c.args.begin(), c.args.end())); }

bool type_map_parts(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!coerce_arguments(t)) return false;
    const DataType& m = t.e.args[0]->type;
    const std::string_view name = t.e.fn->name;
    t.e.nullable = t.e.args[0]->nullable;
    if (name == "map_keys") t.e.type = array_type(key_of(m), false);
    else if (name == "map_values") t.e.type = array_type(value_of(m), value_nullable(m));
    else
        t.e.type =
            array_type(struct_type({{"key", key_of(m), false}, {"value", value_of(m), value_nullable(m)}}), false);
    return true;
}

Value every_second(const Call& c, std::size_t from) {
    MR_ASSERT(c.args.size() > 0);
    Values out;
    const Values& items = items_of(c.args[0]);
    for (std::size_t i = from; i < items.size(); i += 2) out.push_back(items[i]);
    return list_value(std::move(out));
}

Value map_keys(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return every_second(c, 0);
}
Value map_values(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return every_second(c, 1);
}

Value map_entries(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    Values out;
    const Values& items = items_of(c.args[0]);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) out.push_back(list_value({items[i], items[i + 1]}));
    return list_value(std::move(out));
}

bool type_from_arrays(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    if (!coerce_arguments(t)) return false;
    const DataType &k = t.e.args[0]->type, &v = t.e.args[1]->type;
    t.e.type = map_type(element_of(k), element_of(v), element_nullable(v));
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value map_from_arrays(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Values &k = items_of(c.args[0]), &v = items_of(c.args[1]);
    if (k.size() != v.size())
        return c.fail("SparkRuntimeException", "_LEGACY_ERROR_TEMP_2128",
                      "The key array and value array of MapData must have the same length.", false);
    Values items;
    for (std::size_t i = 0; i < k.size(); ++i) items.push_back(k[i]), items.push_back(v[i]);
    return checked_map(c, std::move(items));
}

bool type_from_entries(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    if (a.id != TypeId::array || element_of(a).id != TypeId::structure || element_of(a).fields->size() != 2)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format(
                "Parameter 1 requires the \"ARRAY\" of pair \"STRUCT\" type, however \"{}\" has the type \"{}\".",
                pretty(t.e.args[0]), sql_name(a)));
    const auto& fields = *element_of(a).fields;
    t.e.type = map_type(fields[0].type, fields[1].type, fields[1].nullable);
    t.e.nullable = t.e.args[0]->nullable || element_nullable(a);
    return true;
}

Value map_from_entries(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    Values items;
    for (const Value& entry : items_of(c.args[0])) {
        if (entry.null) return null_value();
        items.push_back(items_of(entry)[0]);
        items.push_back(items_of(entry)[1]);
    }
    return checked_map(c, std::move(items));
}

bool type_map_concat(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.empty()) {
        t.e.type = map_type(type_of(TypeId::string), type_of(TypeId::string), true);
        t.e.nullable = false;
        return true;
    }
    for (const ExprRef& a : t.e.args)
        if (a->type.id != TypeId::map)
            return t.refuse(
                "MAP_CONCAT_DIFF_TYPES",
                fmt::format("The `map_concat` should all be of type map, but it's [\"{}\"].", sql_name(a->type)));
    return type_same_arguments(t);
}

Value map_concat(const Call& c) {
    Values items;
    for (const Value& v : c.args)
        for (const Value& item : items_of(v)) items.push_back(item);
    return checked_map(c, std::move(items));
}

bool type_contains_key(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a[0]->type.id != TypeId::map)
        return t.refuse("MAP_FUNCTION_DIFF_TYPES",
                        fmt::format("Input to `map_contains_key` should have been \"MAP\" followed by a value with "
                                    "same key type, but it's [\"{}\", \"{}\"].",
                                    sql_name(a[0]->type), sql_name(a[1]->type)));
    if (a[1]->type.id == TypeId::void_)
        return t.refuse("NULL_TYPE", "Null typed values cannot be used as arguments of `map_contains_key`.");
    const auto common = tightest_common_type(key_of(a[0]->type), a[1]->type);
    if (!common)
        return t.refuse("MAP_FUNCTION_DIFF_TYPES",
                        fmt::format("Input to `map_contains_key` should have been \"MAP\" followed by a value with "
                                    "same key type, but it's [\"{}\", \"{}\"].",
                                    sql_name(a[0]->type), sql_name(a[1]->type)));
    a[0] = implicit(a[0], map_type(*common, value_of(a[0]->type), value_nullable(a[0]->type)), t.ansi);
    a[1] = implicit(a[1], *common, t.ansi);
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = true;
    return true;
}

Value map_contains_key(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const Values& items = items_of(c.args[0]);
    for (std::size_t i = 0; i < items.size(); i += 2)
        if (compare(items[i], c.args[1], c.type(1)) == 0) return bool_value(true);
    return bool_value(false);
}

bool type_str_to_map(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (!coerce_arguments(t)) return false;
    t.e.type = map_type(type_of(TypeId::string), type_of(TypeId::string), true);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

std::vector<std::string> pieces(const std::string& s, const std::string& pattern, std::size_t most) {
    const Regex& regex = compile_regex(pattern);
    std::vector<std::string> out;
    std::vector<Span> groups;
    std::size_t at = 0;
    while (regex.ok() && (most == 0 || out.size() + 1 < most) && find(regex, s, at, groups) == Match::yes &&
           groups[0].to > groups[0].from) {
        out.push_back(s.substr(at, groups[0].from - at));
        at = groups[0].to;
    }
    out.push_back(s.substr(at));
    return out;
}

Value str_to_map(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    Values items;
    for (const std::string& pair : pieces(c.args[0].s, c.args[1].s, 0)) {
        const auto parts = pieces(pair, c.args[2].s, 2);
        items.push_back(string_value(parts[0]));
        items.push_back(parts.size() > 1 ? string_value(parts[1]) : null_value());
    }
    return checked_map(c, std::move(items));
}

const FunctionInfo kMapFunctions[] = {
    {"map", "x*", "", NullRule::never, map, "A map of keys and values in turn.", type_map},
    {"map_keys", "M", "", ST, map_keys, "The keys of a map.", type_map_parts},
    {"map_values", "M", "", ST, map_values, "The values of a map.", type_map_parts},
    {"map_entries", "M", "", ST, map_entries, "Key and value structs of a map.", type_map_parts},
    {"map_from_arrays", "A,A", "", ST, map_from_arrays, "A map of an array of keys and one of values.",
     type_from_arrays},
    {"map_from_entries", "A", "", SN, map_from_entries, "A map of an array of pairs.", type_from_entries},
    {"map_concat", "x*", "", ST, map_concat, "Several maps as one.", type_map_concat},
    {"map_contains_key", "x,x", "", SN, map_contains_key, "Whether a map has the key.", type_contains_key},
    {"str_to_map", "S!,S!=comma,S!=colon", "", ST, str_to_map, "A map of text like a=1&b=2.", type_str_to_map},
};

}  // namespace

std::span<const FunctionInfo> map_functions() { return kMapFunctions; }

}  // namespace engine::spark
