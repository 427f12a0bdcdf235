// The decimal digits that Java 17 prints for a float or a double. They identify the number, but are not always the
// shortest that do: the algorithm of Steele and White as the JDK had it before version 19 stops by a symmetric
// test, and prints whole numbers up to 2^62 from their exact value.
#pragma once

#include <string>

#include "engine/sql/types.h"

namespace engine::spark {

struct JavaDigits {
    std::string digits;  ///< no zeros at the end, at least one digit
    int point = 0;       ///< the number is 0.DIGITS * 10^point
};

/// Requires v > 0 and finite.
JavaDigits java_digits(double v);
JavaDigits java_digits(float v);

}  // namespace engine::spark
