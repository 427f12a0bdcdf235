// Writing UTF-8.
#pragma once

#include <string>

#include "engine/sql/types.h"

namespace engine::spark {

/// Appends a code point, at most U+10FFFF.
void append_point(std::string& out, u32 point);

}  // namespace engine::spark
