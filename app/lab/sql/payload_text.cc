#include "app/lab/sql/payload_text.h"

#include <fmt/format.h>

namespace app::lab {
namespace {

/// Length of a well-formed character at the front; 0 if there is none.
std::size_t character_length(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<sim::u8>(bytes[i]); };
    const sim::u8 lead = byte(0);
    if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
    const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || bytes.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    const bool outside = (lead == 0xed && byte(1) >= 0xa0) || (lead == 0xf4 && byte(1) >= 0x90);
    return overlong || outside ? 0 : length;
}

}  // namespace

bool is_plain_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t length = character_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string payload_text(std::string_view bytes) {
    if (is_plain_text(bytes)) return std::string(bytes);
    std::string text = "0x";
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<sim::u8>(c));
    return text;
}

}  // namespace app::lab
