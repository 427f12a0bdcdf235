// Fills a message from a tree of values: visitor of the schema functions. Fields that the tree does not
// name keep their defaults; a name that the message does not have, or a value of a wrong kind, is a failure.
#pragma once

#include <charconv>

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
    void wrong(std::string_view what) { if (error_.empty()) error_ = std::string(what); }
    const Value* take(std::string_view name) {
        const Value* found = tree_->find(name);
        if (found != nullptr) ++taken_;
        return found;
    }

    template <class T>
        requires std::is_integral_v<T>
    void get(const Value& tree, T& value) {
        if (tree.kind == ValueKind::integer || tree.kind == ValueKind::boolean) value = static_cast<T>(tree.integer);
        else if (tree.kind == ValueKind::text) get_number_text(tree.text, value);
        else wrong("a number was expected");
    }
    /// 64-bit numbers may be written as text, because not every writer of trees can hold them.
    template <class T>
    void get_number_text(const std::string& text, T& value) {
        i64 number = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (status != std::errc{} || end != text.data() + text.size()) wrong("not a number: " + text);
        value = static_cast<T>(number);
    }
    void get(const Value& tree, std::string& value) {
        if (tree.kind == ValueKind::text) value = tree.text;
        else wrong("a text was expected");
    }
    void get(const Value& tree, Uuid& value) { value = uuid_from_text(tree.text); }
    void get(const Value& tree, Blob& value) { value.assign(tree.text.begin(), tree.text.end()); }
    void get(const Value& tree, Records& value) {
        if (tree.kind == ValueKind::null) { value.is_null = true; return; }
        const auto* bytes = reinterpret_cast<const u8*>(tree.text.data());
        value.slices.push_back(sim::Slice::whole(sim::Chunk::of({bytes, tree.text.size()})));
    }
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
