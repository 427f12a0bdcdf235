// UTF-8 by code points, as Spark's string functions count.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/types.h"
#include "engine/sql/utf8.h"

namespace engine::spark {

i64 length_of(std::string_view text);
/// Byte offset of the n-th code point; the size if there are fewer.
std::size_t offset_of(std::string_view text, i64 n);
/// Code points from..to (0-based, end exclusive), clipped.
std::string_view points(std::string_view text, i64 from, i64 to);
std::vector<std::string_view> split_points(std::string_view text);
u32 decode_point(std::string_view text, std::size_t& at);
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
bool is_letter(u32 point);
bool is_digit(u32 point);
/// Display columns: wide (CJK) characters count two.
i64 display_width(std::string_view text);
/// Invalid bytes replaced by U+FFFD, as Java decodes.
std::string repaired(std::string_view text);

}  // namespace engine::spark
