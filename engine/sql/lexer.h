// Text -> tokens of Spark's SQL. Comments and blanks are dropped; every token keeps its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

enum class TokenKind : u8 { word, quoted_word, string, number, symbol, end, bad };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;   ///< word as typed; decoded string; digits; symbol
    std::string upper;  ///< word in capitals, else empty
    u32 start = 0;
    u32 stop = 0;       ///< last byte, inclusive
    bool raw = false;   ///< r'..'
};

inline constexpr u32 kMaxStatementBytes = 4u << 20;

/// Ends with one `end` token, whose text is "/*" if a comment was left open. A character that begins nothing becomes a
/// `bad` token.
std::vector<Token> tokenize(std::string_view text);

}  // namespace engine::spark
