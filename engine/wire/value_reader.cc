#include "engine/wire/value_reader.h"

#include <charconv>

namespace engine::wire {

void ValueReader::wrong(std::string_view what) {
    if (error_.empty()) error_ = std::string(what);
}

const Value* ValueReader::take(std::string_view name) {
    MR_ASSERT(tree_ != nullptr);
    const Value* found = tree_->find(name);
    if (found != nullptr) ++taken_;
    return found;
}

i64 ValueReader::number_of(const Value& tree, i64 otherwise) {
    if (tree.kind == ValueKind::integer || tree.kind == ValueKind::boolean) return tree.integer;
    if (tree.kind != ValueKind::text) {
        wrong("a number was expected");
        return otherwise;
    }
    i64 number = 0;
    const char* const last = tree.text.data() + tree.text.size();
    const auto [end, status] = std::from_chars(tree.text.data(), last, number);
    if (status != std::errc{} || end != last) wrong("not a number: " + tree.text);
    return number;
}

void ValueReader::get(const Value& tree, std::string& value) {
    if (tree.kind == ValueKind::text) value = tree.text;
    else wrong("a text was expected");
}

void ValueReader::get(const Value& tree, Records& value) {
    if (tree.kind == ValueKind::null) {
        value.is_null = true;
        return;
    }
    const auto* bytes = reinterpret_cast<const u8*>(tree.text.data());
    value.slices.push_back(sim::Slice::whole(sim::Chunk::of({bytes, tree.text.size()})));
}

}  // namespace engine::wire
