// Spark's data types as small values. A nested type shares its immutable field list, so a copy is cheap.
// Names as Spark prints them: catalog form (`array<int>`), SQL form (`ARRAY<INT>`), class form (`LongType`).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace engine::spark {

using sim::i16;
using sim::i32;
using sim::i64;
using sim::i8;
using sim::u16;
using sim::u32;
using sim::u64;
using sim::u8;
__extension__ using i128 = __int128;
__extension__ using u128 = unsigned __int128;

enum class TypeId : u8 {
    void_, boolean, tinyint, smallint, integer, bigint, float_, double_, decimal, string, binary, date,
    timestamp, timestamp_ntz, year_month, day_time, calendar, array, map, structure,
};

struct Field;

/// One data type. `a`, `b`: precision and scale of a decimal; first and last field of an interval
/// (year 0, month 1; day 0, hour 1, minute 2, second 3).
struct DataType {
    TypeId id = TypeId::void_;
    u8 a = 0;
    u8 b = 0;
    std::shared_ptr<const std::vector<Field>> fields;  ///< array: element; map: key, value; struct: all
};

/// A field of a struct, or the element, key or value of a collection (`nullable` = may contain null).
struct Field {
    std::string name;
    DataType type;
    bool nullable = true;
};

inline constexpr u8 kMaxPrecision = 38;

DataType type_of(TypeId id);
DataType decimal_type(int precision, int scale);
DataType array_type(const DataType& element, bool contains_null);
DataType map_type(const DataType& key, const DataType& value, bool value_null);
DataType struct_type(std::vector<Field> fields);
DataType day_time_type(u8 first, u8 last);
DataType year_month_type(u8 first, u8 last);

const DataType& element_of(const DataType& array);
const DataType& key_of(const DataType& map);
const DataType& value_of(const DataType& map);
bool element_nullable(const DataType& array);
bool value_nullable(const DataType& map);

bool is_integral(const DataType& type);
bool is_fractional(const DataType& type);  ///< float, double, decimal
bool is_numeric(const DataType& type);
bool is_interval(const DataType& type);  ///< ANSI intervals only
bool is_datetime(const DataType& type);
bool is_nested(const DataType& type);

/// Equal up to nullability; field names count unless `names` is false.
bool same_type(const DataType& a, const DataType& b, bool names = true);
/// Equal with nullability.
bool identical_type(const DataType& a, const DataType& b);
/// The same type with everything nullable.
DataType as_nullable(const DataType& type);

std::string catalog_name(const DataType& type);  ///< `struct<a:int>`
std::string sql_name(const DataType& type);      ///< `STRUCT<a: INT>`
std::string class_name(const DataType& type);    ///< `IntegerType`
/// The lines that printSchema() prints for the fields of a struct.
std::string tree_text(const DataType& structure);

/// `name` in backticks, inner backticks doubled.
std::string quoted(const std::string& name);
/// A text as a SQL literal in single quotes, escapes and all.
std::string sql_quoted(const std::string& text);
/// `name` if it is a plain identifier, else quoted.
std::string quoted_if_needed(const std::string& name);

}  // namespace engine::spark
