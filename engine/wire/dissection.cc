#include "engine/wire/dissection.h"

#include <utility>

#include "sim/base/assert.h"

namespace engine::wire {

void Dissection::open(std::string_view name, u32 begin) {
    MR_ASSERT(open_.empty() || begin >= fields_[open_.back()].begin);
    DissectedField field;
    field.name = std::string(name);
    field.begin = field.end = begin;
    field.depth = static_cast<u32>(open_.size());
    open_.push_back(static_cast<u32>(fields_.size()));
    fields_.push_back(std::move(field));
}

void Dissection::open(i64 index, u32 begin) { open(std::to_string(index), begin); }

void Dissection::show(ValueKind kind) {
    shown_ = {};
    shown_.kind = kind;
}

void Dissection::show_bytes(std::span<const u8> bytes) {
    shown_ = Value::of_bytes(std::string(bytes.begin(), bytes.end()));
}

void Dissection::show_records(i64 length) { shown_ = Value::of_text("<" + std::to_string(length) + "B>"); }

void Dissection::close(u32 end) {
    MR_ASSERT(!open_.empty());
    DissectedField& field = fields_[open_.back()];
    MR_ASSERT(end >= field.begin);
    field.end = end;
    field.value = std::exchange(shown_, {});
    MR_ASSERT(open_.size() == field.depth + 1);
    open_.pop_back();
}

namespace {

/// Builds the value of field `at` and moves `at` behind its descendants.
Value build(const std::vector<DissectedField>& fields, u32& at) {
    const DissectedField& top = fields[at++];
    Value value = top.value;
    while (at < fields.size() && fields[at].depth > top.depth) {
        const std::string& name = fields[at].name;
        MR_ASSERT(fields[at].depth == top.depth + 1);
        Value child = build(fields, at);
        if (value.kind == ValueKind::list) value.list.push_back(std::move(child));
        else value.fields.emplace_back(name, std::move(child));
    }
    return value;
}

}  // namespace

Value Dissection::tree() const {
    MR_ASSERT(open_.empty());
    Value root;
    root.kind = ValueKind::fields;
    for (u32 at = 0; at < fields_.size();) {
        const std::string name = fields_[at].name;
        root.fields.emplace_back(name, build(fields_, at));
    }
    return root;
}

}  // namespace engine::wire
