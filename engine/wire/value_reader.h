// Fills a message from a tree of values: visitor of the schema functions. Fields that the tree does not
// name keep their defaults; a name that the message does not have, or a value of a wrong kind, is a failure.
#pragma once

#include "engine/wire/schema.h"
#include "engine/wire/value.h"

namespace engine::wire {

class ValueReader {
public:
    [[nodiscard]] const std::string& error() const { return error_; }

    template <class T>
    void message(const Value& tree, T& value) { get(tree, value); }

    template <class T>
    void field(std::string_view name, T& value, When = kAlways) {
        if (const Value* found = take(name)) get(*found, value);
    }
    template <class T>
    void nullable(std::string_view name, std::optional<T>& value, When = kAlways, When = kAlways) {
        const Value* found = take(name);
        if (found != nullptr && found->kind != ValueKind::null) get(*found, value.emplace());
    }
    template <class T>
    void nullable_struct(std::string_view name, std::optional<T>& value, When = kAlways) { nullable(name, value); }
    template <class T>
    void tagged(std::string_view name, u32, T& value, When, const T& = T{}) { field(name, value); }
    template <class T>
    void tagged(std::string_view name, u32, std::optional<T>& value, When, const std::optional<T>& = {}) {
        nullable(name, value);
    }

private:
    void wrong(std::string_view what);
    const Value* take(std::string_view name);

    template <class T>
        requires std::is_integral_v<T>
    void get(const Value& tree, T& value) { value = static_cast<T>(number_of(tree, value)); }
    /// The number that `tree` says, or `otherwise`. 64-bit numbers may be written as text, because not every writer of
    /// trees can hold them.
    i64 number_of(const Value& tree, i64 otherwise);
    void get(const Value& tree, std::string& value);
    void get(const Value& tree, Uuid& value) { value = uuid_from_text(tree.text); }
    void get(const Value& tree, Blob& value) { value.assign(tree.text.begin(), tree.text.end()); }
    void get(const Value& tree, Records& value);
    template <class T, u32 N>
    void get(const Value& tree, sim::SmallVec<T, N>& items) {
        if (tree.kind != ValueKind::list) return wrong("a list was expected");
        for (const Value& item : tree.list) get(item, items.emplace_back());
    }
    template <class T>
        requires std::is_class_v<T>
    void get(const Value& tree, T& value) {
        const Value* outer = std::exchange(tree_, &tree);
        const u32 outer_taken = std::exchange(taken_, 0);
        T::fields(*this, value);
        if (taken_ < tree.fields.size()) wrong("an unknown field beside the known ones");
        tree_ = outer;
        taken_ = outer_taken;
    }

    const Value* tree_ = nullptr;
    u32 taken_ = 0;
    std::string error_;
};

}  // namespace engine::wire
