// Python text -> tokens, with indentation as tokens of its own. Only what programs of the course use: no byte
// strings, no complex numbers, no walrus. Positions count from 1 (line) and 0 (column).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/types.h"

namespace engine::spark::py {

enum class TokenKind : sim::u8 { name, integer, real, text, format_text, symbol, newline, indent, dedent, end, wrong };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;  ///< decoded for strings; a message for `wrong`
    sim::u32 line = 0;
    sim::u32 column = 0;
    sim::u32 start = 0;  ///< byte offset
};

/// The last token is `end`. A `wrong` token says where the text cannot be read; what follows it is not read.
std::vector<Token> tokenize(std::string_view text);

}  // namespace engine::spark::py
