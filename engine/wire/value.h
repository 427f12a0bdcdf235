// A message as a tree of named values: how tests, vectors and the dissection speak about messages without
// knowing their C++ types.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/ids.h"

namespace engine::wire {

enum class ValueKind : u8 { null, boolean, integer, text, bytes, list, fields };

struct Value {
    ValueKind kind = ValueKind::null;
    i64 integer = 0;                                    // boolean: 0 or 1
    std::string text;                                   // bytes: raw
    std::vector<Value> list;
    struct Field;
    std::vector<Field> fields;                          // in wire order

    static Value of_integer(i64 value);
    static Value of_boolean(bool value);
    static Value of_text(std::string value);
    static Value of_bytes(std::string value);
    /// The value of a field, or nullptr.
    [[nodiscard]] const Value* find(std::string_view name) const;
};

struct Value::Field {
    std::string name;
    Value value;
};

}  // namespace engine::wire
