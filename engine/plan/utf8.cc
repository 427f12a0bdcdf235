#include "engine/plan/utf8.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::size_t width(char c) {
    const u8 b = static_cast<u8>(c);
    return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}

}  // namespace

i64 length_of(std::string_view text) {
    i64 n = 0;
    for (const char c : text) n += (static_cast<u8>(c) & 0xC0) != 0x80 ? 1 : 0;
    return n;
}

std::size_t offset_of(std::string_view text, i64 n) {
    std::size_t at = 0;
    for (; n > 0 && at < text.size(); --n) at += width(text[at]);
    return at < text.size() ? at : text.size();
}

std::string_view points(std::string_view text, i64 from, i64 to) {
    MR_ASSERT(from >= 0);
    if (to <= from) return {};
    const std::size_t first = offset_of(text, from);
    const std::string_view rest = text.substr(first);
    return rest.substr(0, offset_of(rest, to - (from > 0 ? from : 0)));
}

std::vector<std::string_view> split_points(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t n = std::min(width(text[at]), text.size() - at);
        out.push_back(text.substr(at, n));
        at += n;
    }
    return out;
}

u32 decode_point(std::string_view text, std::size_t& at) {
    MR_ASSERT(at < text.size());
    const u8 b = static_cast<u8>(text[at]);
    const std::size_t n = width(text[at]);
    u32 point = n == 1 ? b : n == 2 ? b & 0x1Fu : n == 3 ? b & 0x0Fu : b & 0x07u;
    for (std::size_t i = 1; i < n && at + i < text.size(); ++i)
        point = (point << 6) | (static_cast<u8>(text[at + i]) & 0x3Fu);
    at += n;
    if (at > text.size()) at = text.size();
    return point;
}

namespace {

/// Case of Latin-1, Latin Extended-A, Greek and Cyrillic.
u32 upper_point(u32 c) {
    if (c >= 'a' && c <= 'z') return c - 32;
    if (c < 0x80) return c;
    if ((c >= 0xE0 && c <= 0xFE && c != 0xF7)) return c - 32;
    if (c == 0xFF) return 0x178;
    if (c >= 0x100 && c <= 0x17F) {
        if (c == 0x131) return 'I';
        const bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
        if (odd_upper) return c % 2 == 0 ? c - 1 : c;
        return c % 2 == 1 && c != 0x149 && c != 0x17F ? c - 1 : c == 0x17F ? 'S' : c;
    }
    if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) return c - 32;
    if (c == 0x3C2) return 0x3A3;
    if (c >= 0x430 && c <= 0x44F) return c - 32;
    if (c >= 0x450 && c <= 0x45F) return c - 80;
    return c;
}

u32 lower_point(u32 c) {
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c < 0x80) return c;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if (c == 0x178) return 0xFF;
    if (c >= 0x100 && c <= 0x17F) {
        const bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
        if (odd_upper) return c % 2 == 1 ? c + 1 : c;
        return c % 2 == 0 && c != 0x130 && c != 0x138 ? c + 1 : c;
    }
    if (c >= 0x391 && c <= 0x3A9) return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    return c;
}

}  // namespace

std::string to_upper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const u32 c = decode_point(text, at);
        if (c == 0xDF) out += "SS";
        else append_point(out, upper_point(c));
    }
    return out;
}

std::string to_lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) append_point(out, lower_point(decode_point(text, at)));
    return out;
}

bool is_letter(u32 c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == 0xAA || c == 0xB5 || c == 0xBA ||
           (c >= 0xC0 && c != 0xD7 && c != 0xF7);
}
bool is_digit(u32 c) { return c >= '0' && c <= '9'; }

i64 display_width(std::string_view text) {
    i64 n = 0;
    for (std::size_t at = 0; at < text.size();) {
        const u32 c = decode_point(text, at);
        const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) ||
                          (c >= 0x3041 && c <= 0x33FF) || (c >= 0x3400 && c <= 0x4DBF) ||
                          (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA960 && c <= 0xA97C) ||
                          (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                          (c >= 0xFE10 && c <= 0xFE6F) || (c >= 0xFF01 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6);
        n += wide ? 2 : 1;
    }
    return n;
}

std::string repaired(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const u8 b = static_cast<u8>(text[at]);
        const std::size_t n = width(text[at]);
        bool good = b < 0x80 || (b >= 0xC2 && b <= 0xF4);
        for (std::size_t i = 1; good && i < n; ++i)
            good = at + i < text.size() && (static_cast<u8>(text[at + i]) & 0xC0) == 0x80;
        if (good) out.append(text.substr(at, n));
        else out += "\xEF\xBF\xBD";
        at += good ? n : 1;
    }
    return out;
}

}  // namespace engine::spark
