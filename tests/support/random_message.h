// Messages with random values in every field that a version has, and what they hold as text: visitors of the
// schema functions, for tests that must not know the messages.
#pragma once

#include <fmt/format.h>

#include "engine/wire/schema.h"
#include "sim/base/prng.h"
#include "tests/support/bytes.h"

namespace tests {

using namespace engine;
using wire::When;

/// Fills what this version knows; the rest keeps its defaults.
class RandomFill {
public:
    RandomFill(sim::Prng& rng, i16 version) : rng_(rng), version_(version) {}

    template <class T>
    void message(T& value) { fill(value); }

    template <class T>
    void field(std::string_view, T& value, When present = wire::kAlways) { if (present.holds(version_)) fill(value); }
    template <class T>
    void nullable(std::string_view, std::optional<T>& value, When present = wire::kAlways,
                  When null_in = wire::kAlways) {
        if (!present.holds(version_)) return;
        if (null_in.holds(version_) && rng_.chance(1, 3)) value.reset();
        else fill(value.emplace());
    }
    template <class T>
    void nullable_struct(std::string_view, std::optional<T>& value, When present = wire::kAlways) {
        nullable("", value, present);
    }
    template <class T>
    void tagged(std::string_view, u32, T& value, When present, const T& by_default = T{}) {
        if (present.holds(version_) && rng_.chance(1, 2)) fill_tagged(value);
        else value = by_default;
    }

private:
    template <class T>
    void fill_tagged(T& value) { fill(value); }
    template <class T>
    void fill_tagged(std::optional<T>& value) { fill(value.emplace()); }

    template <class T>
        requires std::is_integral_v<T>
    void fill(T& value) { value = static_cast<T>(rng_.next() >> rng_.below(64)); }
    void fill(bool& value) { value = rng_.chance(1, 2); }
    void fill(std::string& value) {
        value.assign(rng_.below(12), 'x');
        for (char& c : value) c = static_cast<char>('a' + rng_.below(26));
    }
    void fill(wire::Uuid& value) { for (u8& byte : value.bytes) byte = static_cast<u8>(rng_.next()); }
    void fill(wire::Blob& value) {
        value.resize(rng_.below(20));
        for (u8& byte : value) byte = static_cast<u8>(rng_.next());
    }
    void fill(wire::Records& value) {
        for (u64 i = rng_.below(3); i > 0; --i) value.slices.push_back(slice(std::string(1 + rng_.below(30), 'r')));
    }
    template <class T, u32 N>
    void fill(sim::SmallVec<T, N>& items) {
        for (u64 i = rng_.below(4); i > 0; --i) fill(items.emplace_back());
    }
    template <class T>
        requires std::is_class_v<T>
    void fill(T& value) { T::fields(*this, value); }

    sim::Prng& rng_;
    i16 version_;
};

/// Everything that a message holds, whatever version it is for.
class Show {
public:
    template <class T>
    static std::string text(const T& message) {
        Show show;
        show.put(message);
        return show.out_;
    }

    template <class T>
    void field(std::string_view name, const T& value, When = wire::kAlways) { put_named(name, value); }
    template <class T>
    void nullable(std::string_view name, const std::optional<T>& value, When = wire::kAlways, When = wire::kAlways) {
        put_named(name, value);
    }
    template <class T>
    void nullable_struct(std::string_view name, const std::optional<T>& value, When = wire::kAlways) {
        put_named(name, value);
    }
    template <class T>
    void tagged(std::string_view name, u32, const T& value, When, const T& = T{}) { put_named(name, value); }

private:
    template <class T>
    void put_named(std::string_view name, const T& value) {
        out_ += fmt::format("{}=", name);
        put(value);
        out_ += ' ';
    }
    template <class T>
        requires std::is_integral_v<T>
    void put(const T& value) { out_ += std::to_string(static_cast<i64>(value)); }
    void put(const std::string& value) { out_ += '"' + value + '"'; }
    void put(const wire::Uuid& value) { out_ += wire::to_text(value); }
    void put(const wire::Blob& value) { out_ += hex(value); }
    void put(const wire::Records& value) {
        if (value.is_null) out_ += "null";
        for (const sim::Slice& part : value.slices) out_ += tests::text(part.bytes());
    }
    template <class T>
    void put(const std::optional<T>& value) {
        if (value.has_value()) put(*value);
        else out_ += "null";
    }
    template <class T, u32 N>
    void put(const sim::SmallVec<T, N>& items) {
        out_ += fmt::format("[{}: ", items.size());
        for (const T& item : items) put(item);
        out_ += ']';
    }
    template <class T>
        requires std::is_class_v<T>
    void put(const T& value) {
        out_ += '{';
        T::fields(*this, value);
        out_ += '}';
    }

    std::string out_;
};

}  // namespace tests
