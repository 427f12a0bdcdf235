// Keys and values as the view shows them: text if they are text, else their bytes in hexadecimal.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/base/types.h"

namespace app::lab {

/// Well-formed UTF-8 without control characters other than tab, line feed and carriage return.
bool is_plain_text(std::string_view bytes);
/// The text itself, or `0x` and two digits a byte.
std::string payload_text(std::string_view bytes);
inline std::string payload_text(std::span<const sim::u8> bytes) {
    return payload_text(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace app::lab
