// Writes a message of one version: visitor of the schema functions.
#pragma once

#include <type_traits>

#include "engine/wire/bytes.h"
#include "engine/wire/schema.h"

namespace engine::wire {

class Encoder {
public:
    Encoder(Writer& out, i16 version, bool flexible) : out_(out), version_(version), flexible_(flexible) {}

    template <class T>
    void field(std::string_view, const T& value, When present = kAlways) {
        if (present.holds(version_)) put(value);
    }
    /// A field that may be null in the versions `null_in`; below them null is written as empty.
    template <class T>
    void nullable(std::string_view, const std::optional<T>& value, When present = kAlways, When null_in = kAlways) {
        if (!present.holds(version_)) return;
        if (value.has_value()) put(*value);
        else if (null_in.holds(version_)) put_null<T>();
        else put(T{});
    }
    /// A struct preceded by a byte that says whether it is there.
    template <class T>
    void nullable_struct(std::string_view, const std::optional<T>& value, When present = kAlways) {
        if (!present.holds(version_)) return;
        out_.put_i8(value.has_value() ? 1 : -1);
        if (value.has_value()) put(*value);
    }
    /// A tagged field: written only where it differs from its default.
    template <class T>
    void tagged(std::string_view, u32 tag, const T& value, When present, const T& by_default = T{}) {
        if (!flexible_ || !present.holds(version_) || value == by_default) return;
        Writer bytes;
        Encoder inner(bytes, version_, flexible_);
        if constexpr (IsOptional<T>::value) inner.put(*value);
        else inner.put(value);
        keep_tag(tag, bytes);
    }

    template <class T>
    void message(const T& value) { put(value); }

private:
    template <class T>
    struct IsOptional : std::false_type {};
    template <class T>
    struct IsOptional<std::optional<T>> : std::true_type {};

    void put(bool value) { out_.put_bool(value); }
    void put(i8 value) { out_.put_i8(value); }
    void put(i16 value) { out_.put_i16(value); }
    void put(u16 value) { out_.put_u16(value); }
    void put(i32 value) { out_.put_i32(value); }
    void put(i64 value) { out_.put_i64(value); }
    void put(const Uuid& value) { out_.put_bytes(value.bytes); }
    void put(const std::string& value);
    void put(const Blob& value);
    void put(const Records& value);
    template <class T, u32 N>
    void put(const sim::SmallVec<T, N>& items) {
        put_length(items.size());
        for (const T& item : items) put(item);
    }
    /// A struct: its fields, then in flexible versions its tag section.
    template <class T>
    void put(const T& value) {
        static_assert(std::is_class_v<T>);
        if (!flexible_) return T::fields(*this, value);
        std::vector<Tag> outer;
        outer.swap(tags_);
        T::fields(*this, value);
        put_tags();
        tags_.swap(outer);
    }
    void put_length(u32 length) {
        MR_ASSERT(length <= 0x7fffffff);
        if (flexible_) out_.put_uvarint(static_cast<u64>(length) + 1);
        else out_.put_i32(static_cast<i32>(length));
    }
    template <class T>
    void put_null() {
        if (flexible_) out_.put_uvarint(0);
        else if constexpr (std::is_same_v<T, std::string>) out_.put_i16(-1);
        else out_.put_i32(-1);
    }
    void keep_tag(u32 number, const Writer& bytes);
    void put_tags();

    struct Tag {
        u32 number = 0;
        std::vector<u8> bytes;
    };
    Writer& out_;
    i16 version_;
    bool flexible_;
    std::vector<Tag> tags_;  // of the struct being written, ascending
};

}  // namespace engine::wire
