#include "engine/wire/value.h"

namespace engine::wire {

Value Value::of_integer(i64 value) {
    Value made;
    made.kind = ValueKind::integer;
    made.integer = value;
    return made;
}

Value Value::of_boolean(bool value) {
    Value made = of_integer(value ? 1 : 0);
    made.kind = ValueKind::boolean;
    return made;
}

Value Value::of_text(std::string value) {
    Value made;
    made.kind = ValueKind::text;
    made.text = std::move(value);
    return made;
}

Value Value::of_bytes(std::string value) {
    Value made = of_text(std::move(value));
    made.kind = ValueKind::bytes;
    return made;
}

const Value* Value::find(std::string_view name) const {
    for (const auto& [key, value] : fields)
        if (key == name) return &value;
    return nullptr;
}

}  // namespace engine::wire
