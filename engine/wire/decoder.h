// Reads a message of one version: visitor of the schema functions. With a dissection it also says where each
// field stood. Unknown tags are skipped; a list longer than the bytes that are left is malformed.
#pragma once

#include <type_traits>

#include "engine/wire/dissection.h"
#include "engine/wire/schema.h"

namespace engine::wire {

class Decoder {
public:
    Decoder(Reader& in, i16 version, bool flexible, Dissection* dissection = nullptr)
        : in_(in), version_(version), flexible_(flexible), dissection_(dissection) {}

    template <class T>
    void field(std::string_view name, T& value, When present = kAlways) {
        if (tags_only() || !present.holds(version_)) return;
        open(name);
        get(value);
        close();
    }
    template <class T>
    void nullable(std::string_view name, std::optional<T>& value, When present = kAlways, When = kAlways) {
        if (tags_only() || !present.holds(version_)) return;
        open(name);
        get_nullable(value);
        close();
    }
    template <class T>
    void nullable_struct(std::string_view name, std::optional<T>& value, When present = kAlways) {
        if (tags_only() || !present.holds(version_)) return;
        open(name);
        if (in_.get_i8() >= 0) get(value.emplace());
        close();
    }
    template <class T>
    void tagged(std::string_view name, u32 tag, T& value, When present, const T& = T{}) {
        if (!tags_only() || tag != tag_ || !present.holds(version_)) return;
        open(name);
        if constexpr (IsOptional<T>::value) get(value.emplace());
        else get(value);
        close();
        tag_ = kTagTaken;
    }

    template <class T>
    void message(T& value) { get(value); }

private:
    template <class T>
    struct IsOptional : std::false_type {};
    template <class T>
    struct IsOptional<std::optional<T>> : std::true_type {};
    static constexpr u32 kNoTag = ~0u;
    static constexpr u32 kTagTaken = ~0u - 1;

    [[nodiscard]] bool tags_only() const { return tag_ != kNoTag; }

    void get(bool& value) { show(value = in_.get_bool()); }
    void get(i8& value) { show(i64{value = in_.get_i8()}); }
    void get(i16& value) { show(i64{value = in_.get_i16()}); }
    void get(u16& value) { show(i64{value = in_.get_u16()}); }
    void get(i32& value) { show(i64{value = in_.get_i32()}); }
    void get(i64& value) { show(i64{value = in_.get_i64()}); }
    void get(Uuid& value);
    void get(std::string& value) { get_text(value, get_text_length()); }
    void get(Blob& value) { get_blob(value, get_length()); }
    void get(Records& value);
    template <class T, u32 N>
    void get(sim::SmallVec<T, N>& items) { get_items(items, get_length()); }
    template <class T>
    void get(T& value) {
        static_assert(std::is_class_v<T>);
        const u32 outer = std::exchange(tag_, kNoTag);
        T::fields(*this, value);
        if (flexible_) get_tags(value);
        tag_ = outer;
        show(ValueKind::fields);
    }

    template <class T>
    void get_nullable(std::optional<T>& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            const i64 length = get_text_length();
            if (!is_null(length)) get_text(value.emplace(), length);
        } else {
            const i64 length = get_length();
            if (is_null(length)) return;
            if constexpr (std::is_same_v<T, Blob>) get_blob(value.emplace(), length);
            else get_items(value.emplace(), length);
        }
    }
    /// Null is written as -1; another negative length is nobody's.
    bool is_null(i64 length) {
        if (length < -1) in_.fail();
        return length < 0;
    }
    void get_text(std::string& value, i64 length);
    void get_blob(Blob& value, i64 length);
    template <class T, u32 N>
    void get_items(sim::SmallVec<T, N>& items, i64 count) {
        if (count < 0 || count > in_.remaining()) return in_.fail();
        for (i64 i = 0; i < count && in_.ok(); ++i) {
            open_index(i);
            get(items.emplace_back());
            close();
        }
        show(ValueKind::list);
    }
    i64 get_text_length() { return flexible_ ? static_cast<i64>(in_.get_uvarint()) - 1 : in_.get_i16(); }
    i64 get_length() { return flexible_ ? static_cast<i64>(in_.get_uvarint()) - 1 : in_.get_i32(); }

    template <class T>
    void get_tags(T& value) {
        for (u64 count = in_.get_uvarint(); count > 0 && in_.ok(); --count) {
            const auto tag = static_cast<u32>(in_.get_uvarint());
            const auto size = static_cast<u32>(in_.get_uvarint());
            const u32 end = in_.position() + size;
            tag_ = tag < kTagTaken ? tag : kNoTag;
            if (tags_only()) T::fields(*this, value);
            tag_ = kNoTag;
            if (in_.position() > end) in_.fail();
            else in_.skip(end - in_.position());
        }
    }

    [[nodiscard]] bool shown() const { return dissection_ != nullptr; }
    template <class T>
    void show(T value) {
        if (shown()) [[unlikely]] dissection_->show(value);
    }
    void open(std::string_view name) {
        if (shown()) [[unlikely]] dissection_->open(name, in_.position());
    }
    void open_index(i64 index) {
        if (shown()) [[unlikely]] dissection_->open(index, in_.position());
    }
    void close() {
        if (shown()) [[unlikely]] dissection_->close(in_.position());
    }

    Reader& in_;
    i16 version_;
    bool flexible_;
    Dissection* dissection_;
    u32 tag_ = kNoTag;  // the tag that is wanted while a tag section is read
};

}  // namespace engine::wire
