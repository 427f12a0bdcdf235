#include "engine/sql/types.h"

#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

DataType type_of(TypeId id) { return {.id = id, .a = 0, .b = 0, .fields = nullptr}; }

DataType decimal_type(int precision, int scale) {
    MR_ASSERT(precision >= 0 && precision <= kMaxPrecision && scale <= precision);
    return {.id = TypeId::decimal, .a = static_cast<u8>(precision), .b = static_cast<u8>(scale), .fields = nullptr};
}

namespace {

DataType nested(TypeId id, std::vector<Field> fields) {
    return {.id = id, .a = 0, .b = 0, .fields = std::make_shared<const std::vector<Field>>(std::move(fields))};
}

const Field& field_at(const DataType& type, std::size_t at) {
    MR_ASSERT(type.fields && at < type.fields->size());
    return (*type.fields)[at];
}

}  // namespace

DataType array_type(const DataType& element, bool contains_null) {
    return nested(TypeId::array, {{"element", element, contains_null}});
}

DataType map_type(const DataType& key, const DataType& value, bool value_null) {
    return nested(TypeId::map, {{"key", key, false}, {"value", value, value_null}});
}

DataType struct_type(std::vector<Field> fields) { return nested(TypeId::structure, std::move(fields)); }

DataType day_time_type(u8 first, u8 last) {
    MR_ASSERT(first <= last && last <= 3);
    return {.id = TypeId::day_time, .a = first, .b = last, .fields = nullptr};
}

DataType year_month_type(u8 first, u8 last) {
    MR_ASSERT(first <= last && last <= 1);
    return {.id = TypeId::year_month, .a = first, .b = last, .fields = nullptr};
}

const DataType& element_of(const DataType& array) { return field_at(array, 0).type; }
const DataType& key_of(const DataType& map) { return field_at(map, 0).type; }
const DataType& value_of(const DataType& map) { return field_at(map, 1).type; }
bool element_nullable(const DataType& array) { return field_at(array, 0).nullable; }
bool value_nullable(const DataType& map) { return field_at(map, 1).nullable; }

bool is_integral(const DataType& type) { return type.id >= TypeId::tinyint && type.id <= TypeId::bigint; }
bool is_fractional(const DataType& type) { return type.id >= TypeId::float_ && type.id <= TypeId::decimal; }
bool is_numeric(const DataType& type) { return is_integral(type) || is_fractional(type); }
bool is_interval(const DataType& type) { return type.id == TypeId::year_month || type.id == TypeId::day_time; }
bool is_datetime(const DataType& type) { return type.id >= TypeId::date && type.id <= TypeId::timestamp_ntz; }
bool is_nested(const DataType& type) { return type.id >= TypeId::array; }

namespace {

bool equal_types(const DataType& a, const DataType& b, bool names, bool nulls) {
    if (a.id != b.id || a.a != b.a || a.b != b.b) return false;
    if (a.fields == b.fields) return true;
    if (!a.fields || !b.fields || a.fields->size() != b.fields->size()) return false;
    for (std::size_t i = 0; i < a.fields->size(); ++i) {
        const Field& x = (*a.fields)[i];
        const Field& y = (*b.fields)[i];
        if (names && a.id == TypeId::structure && x.name != y.name) return false;
        if (nulls && x.nullable != y.nullable) return false;
        if (!equal_types(x.type, y.type, names, nulls)) return false;
    }
    return true;
}

}  // namespace

bool same_type(const DataType& a, const DataType& b, bool names) { return equal_types(a, b, names, false); }
bool identical_type(const DataType& a, const DataType& b) { return equal_types(a, b, true, true); }

DataType as_nullable(const DataType& type) {
    if (!type.fields) return type;
    std::vector<Field> fields = *type.fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        fields[i].type = as_nullable(fields[i].type);
        if (type.id != TypeId::map || i == 1) fields[i].nullable = true;
    }
    return nested(type.id, std::move(fields));
}

namespace {

const char* plain_name(TypeId id) {
    switch (id) {
        case TypeId::void_: return "void";
        case TypeId::boolean: return "boolean";
        case TypeId::tinyint: return "tinyint";
        case TypeId::smallint: return "smallint";
        case TypeId::integer: return "int";
        case TypeId::bigint: return "bigint";
        case TypeId::float_: return "float";
        case TypeId::double_: return "double";
        case TypeId::string: return "string";
        case TypeId::binary: return "binary";
        case TypeId::date: return "date";
        case TypeId::timestamp: return "timestamp";
        case TypeId::timestamp_ntz: return "timestamp_ntz";
        case TypeId::calendar: return "interval";
        case TypeId::decimal: case TypeId::year_month: case TypeId::day_time: case TypeId::array:
        case TypeId::map: case TypeId::structure: break;
    }
    return "";
}

std::string interval_name(const DataType& type) {
    MR_ASSERT(type.id == TypeId::day_time || type.id == TypeId::year_month);
    static constexpr const char* kDay[] = {"day", "hour", "minute", "second"};
    static constexpr const char* kYear[] = {"year", "month"};
    const auto name = [&](u8 i) { return type.id == TypeId::day_time ? kDay[i] : kYear[i]; };
    if (type.a == type.b) return fmt::format("interval {}", name(type.a));
    return fmt::format("interval {} to {}", name(type.a), name(type.b));
}

}  // namespace

std::string catalog_name(const DataType& type) {
    switch (type.id) {
        case TypeId::decimal: return fmt::format("decimal({},{})", type.a, type.b);
        case TypeId::year_month: case TypeId::day_time: return interval_name(type);
        case TypeId::array: return fmt::format("array<{}>", catalog_name(element_of(type)));
        case TypeId::map: return fmt::format("map<{},{}>", catalog_name(key_of(type)), catalog_name(value_of(type)));
        case TypeId::structure: {
            std::string out = "struct<";
            for (const Field& field : *type.fields)
                out += (out.size() > 7 ? "," : "") + field.name + ":" + catalog_name(field.type);
            return out + ">";
        }
        default: return plain_name(type.id);
    }
}

std::string sql_name(const DataType& type) {
    switch (type.id) {
        case TypeId::array: return fmt::format("ARRAY<{}>", sql_name(element_of(type)));
        case TypeId::map: return fmt::format("MAP<{}, {}>", sql_name(key_of(type)), sql_name(value_of(type)));
        case TypeId::structure: {
            std::string out = "STRUCT<";
            for (const Field& field : *type.fields)
                out += (out.size() > 7 ? ", " : "") + quoted_if_needed(field.name) + ": " + sql_name(field.type);
            return out + ">";
        }
        default: return sim::upper_ascii(catalog_name(type));
    }
}

std::string class_name(const DataType& type) {
    switch (type.id) {
        case TypeId::void_: return "NullType";
        case TypeId::boolean: return "BooleanType";
        case TypeId::tinyint: return "ByteType";
        case TypeId::smallint: return "ShortType";
        case TypeId::integer: return "IntegerType";
        case TypeId::bigint: return "LongType";
        case TypeId::float_: return "FloatType";
        case TypeId::double_: return "DoubleType";
        case TypeId::decimal: return fmt::format("DecimalType({},{})", type.a, type.b);
        case TypeId::string: return "StringType";
        case TypeId::binary: return "BinaryType";
        case TypeId::date: return "DateType";
        case TypeId::timestamp: return "TimestampType";
        case TypeId::timestamp_ntz: return "TimestampNTZType";
        case TypeId::calendar: return "CalendarIntervalType";
        case TypeId::year_month: return fmt::format("YearMonthIntervalType({},{})", type.a, type.b);
        case TypeId::day_time: return fmt::format("DayTimeIntervalType({},{})", type.a, type.b);
        case TypeId::array:
            return fmt::format("ArrayType({},{})", class_name(element_of(type)), element_nullable(type));
        case TypeId::map:
            return fmt::format("MapType({},{},{})", class_name(key_of(type)), class_name(value_of(type)),
                               value_nullable(type));
        case TypeId::structure: {
            std::string out;
            for (const Field& field : *type.fields)
                out += (out.empty() ? "" : ",") +
                       fmt::format("StructField({},{},{})", field.name, class_name(field.type), field.nullable);
            return "StructType(" + out + ")";
        }
    }
    return "";
}

namespace {

std::string tree_type_name(const DataType& type) {
    if (type.id == TypeId::integer) return "integer";
    if (type.id == TypeId::bigint) return "long";
    if (type.id == TypeId::tinyint) return "byte";
    if (type.id == TypeId::smallint) return "short";
    if (type.id == TypeId::array) return "array";
    if (type.id == TypeId::map) return "map";
    if (type.id == TypeId::structure) return "struct";
    return catalog_name(type);
}

void tree_lines(std::string& out, const std::string& prefix, const DataType& type) {
    MR_ASSERT(type.fields != nullptr);
    for (const Field& field : *type.fields) {
        const char* what = type.id == TypeId::array ? "containsNull"
                           : type.id == TypeId::map ? "valueContainsNull"
                                                    : "nullable";
        const bool key = type.id == TypeId::map && field.name == "key";
        out += prefix + "-- " + field.name + ": " + tree_type_name(field.type);
        out += key ? std::string("\n") : fmt::format(" ({} = {})\n", what, field.nullable);
        if (field.type.fields) tree_lines(out, prefix + "    |", field.type);
    }
}

}  // namespace

std::string tree_text(const DataType& structure) {
    MR_ASSERT(structure.id == TypeId::structure);
    std::string out = "root\n";
    tree_lines(out, " |", structure);
    return out;
}

std::string sql_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\\' || c == '\'' ? std::string("\\") + c : std::string(1, c);
    return out + "'";
}

std::string quoted(const std::string& name) {
    std::string out = "`";
    for (char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
    return out + "`";
}

std::string quoted_if_needed(const std::string& name) {
    bool plain = !name.empty(), digits = true;
    for (char c : name) {
        const bool digit = c >= '0' && c <= '9';
        plain = plain && (digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
        digits = digits && digit;
    }
    return plain && !digits ? name : quoted(name);
}

}  // namespace engine::spark
