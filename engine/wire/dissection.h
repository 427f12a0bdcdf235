// A message taken apart for people: each field with its name, its place in the bytes and its value. Made by
// the decoder itself while it decodes, so the picture cannot differ from what the broker understood.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/value.h"

namespace engine::wire {

/// One node of the tree, in pre-order.
struct DissectedField {
    std::string name;   // list elements are called by their index
    u32 begin = 0;      // bytes [begin, end) of the message
    u32 end = 0;
    u32 depth = 0;
    Value value;        // scalar value; of lists and structs only the kind
};

class Dissection {
public:
    void open(std::string_view name, u32 begin);
    void open(i64 index, u32 begin);
    /// The value of the field that is closed next.
    void show(i64 value) { shown_ = Value::of_integer(value); }
    void show(bool value) { shown_ = Value::of_boolean(value); }
    void show(std::string_view text) { shown_ = Value::of_text(std::string(text)); }
    void show(ValueKind kind);
    void show_bytes(std::span<const u8> bytes);
    void show_records(i64 length);
    void close(u32 end);
    [[nodiscard]] const std::vector<DissectedField>& fields() const { return fields_; }
    /// The tree as nested values.
    [[nodiscard]] Value tree() const;

private:
    std::vector<DissectedField> fields_;
    std::vector<u32> open_;  // indexes into fields_
    Value shown_;            // what was read last
};

}  // namespace engine::wire
