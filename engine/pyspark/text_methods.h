// Values as text by a format, as f-strings and str.format() write them.
#pragma once

#include "engine/pyspark/value.h"

namespace engine::spark::py {

/// `spec`: what follows the colon of a replacement field; str() if it is empty.
std::string formatted(const PyValue& v, const std::string& spec);

}  // namespace engine::spark::py
