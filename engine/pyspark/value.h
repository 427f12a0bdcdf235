// What a Python program of the course handles: numbers, text, collections, columns, and objects (frames, readers,
// queries, functions and classes of its own). Objects are shared, as in Python; they live only while a program is read.
#pragma once

#include <map>

#include "engine/pyspark/tree.h"
#include "engine/sql/tree.h"

namespace engine::spark::scala {
struct Node;
}

namespace engine::spark::py {

enum class Kind : u8 { none, boolean, integer, real, text, list, tuple, set, dict, column, object };

struct Object;

struct PyValue {
    Kind kind = Kind::none;
    i64 i = 0;
    double d = 0;
    std::string s;
    ExprRef column;
    std::shared_ptr<Object> object;  ///< items of collections; everything with an identity
};

/// `type` is Python's name of it: "list", "DataFrame", "function" ...
struct Object {
    std::string type;
    std::vector<PyValue> items;             ///< dict: key, value in turn
    std::map<std::string, PyValue> fields;  ///< attributes; names of a scope
    NodeRef code;                           ///< function, lambda, class
    std::shared_ptr<const scala::Node> scala;  ///< the same of a program in Scala
    std::shared_ptr<Object> outer;          ///< scope around a function; class of an instance; self of a bound method
    std::string name;                       ///< of a native function or module
    PlanRef parsed;                         ///< of a frame: its own node over analysed children
    PlanRef plan;                           ///< of a frame: analysed
    Exprs keys;                             ///< grouping keys; partition and order of a window
    Exprs more;
    std::vector<std::pair<std::string, std::string>> options;
    DataType data_type;
    i64 handle = -1;
    Frame frame;                            ///< of a window
};

inline PyValue none() { return {}; }
inline PyValue of_bool(bool v) { return {Kind::boolean, v ? 1 : 0, 0, {}, {}, {}}; }
inline PyValue of_int(i64 v) { return {Kind::integer, v, 0, {}, {}, {}}; }
inline PyValue of_real(double v) { return {Kind::real, 0, v, {}, {}, {}}; }
inline PyValue of_text(std::string v) { return {Kind::text, 0, 0, std::move(v), {}, {}}; }
inline PyValue of_column(ExprRef e) { return {Kind::column, 0, 0, {}, std::move(e), {}}; }
PyValue of_items(Kind kind, std::vector<PyValue> items);
PyValue of_object(std::shared_ptr<Object> object);
PyValue new_object(std::string type);

inline bool is_object(const PyValue& v, std::string_view type) {
    return v.kind == Kind::object && v.object->type == type;
}
/// Python's name of a value's type: `int`, `str`, `Column`, ...
std::string type_name(const PyValue& v);
bool truthy(const PyValue& v);
/// str() and repr().
std::string text_of(const PyValue& v);
std::string repr_of(const PyValue& v);
/// Equal as Python's == on plain values; objects by identity.
bool equal(const PyValue& a, const PyValue& b);
/// Where a dict's items, keys and values in turn, have a key; their number if nowhere.
std::size_t place_of_key(const std::vector<PyValue>& items, const PyValue& key);
/// -1, 0, 1; -2 if the two cannot be ordered.
int order(const PyValue& a, const PyValue& b);
/// A plain value as a literal expression, with Python's types: int is INT or BIGINT, float DOUBLE, str STRING.
ExprRef as_literal(const PyValue& v);

}  // namespace engine::spark::py
