// Where something stands in a lesson's file, and values that remember it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/base/types.h"

namespace app::lab {

/// Line and column count from 1; columns count letters, not bytes. Line 0: stands nowhere, was left out.
struct Place {
    sim::u32 line = 0;
    sim::u32 column = 0;

    friend auto operator<=>(const Place&, const Place&) = default;
};

/// A value and the place it was written at.
template <class T>
struct At {
    T value{};
    Place place;

    [[nodiscard]] bool given() const { return place.line != 0; }
};

using Text = At<std::string>;
using Number = At<sim::i64>;
using Flag = At<bool>;
using Span = At<sim::Nanos>;           // a duration

/// Name and value of a setting; numbers and booleans of the file are kept as text.
struct Setting {
    std::string name;
    std::string value;
    Place place;                       // of the name
};
using Settings = std::vector<Setting>;

/// Text or a list of texts in the file.
struct Texts {
    std::vector<Text> items;
};

}  // namespace app::lab
