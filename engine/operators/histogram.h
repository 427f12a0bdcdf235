// histogram_numeric: values in at most `bins` bars, each a middle and a height (Hive's NumericHistogram).
#pragma once

#include <span>

#include "engine/sql/value.h"

namespace engine::spark {

struct Bar {
    double middle = 0;
    double height = 0;
};

/// Values one after the other; when there are too many bars the two that are closest become one. Requires bins >= 2.
std::vector<Bar> histogram_of(std::span<const double> values, std::size_t bins);

}  // namespace engine::spark
