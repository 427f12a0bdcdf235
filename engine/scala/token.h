// Scala text -> tokens. Line ends are no tokens: each token knows whether one stands before it. Positions count from 1
// (line) and 0 (column).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/types.h"

namespace engine::spark::scala {

enum class TokenKind : sim::u8 { name, integer, real, text, interpolated, character, symbol, op, end, wrong };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;    ///< decoded; of an interpolated text as written; a message for `wrong`
    std::string prefix;  ///< of an interpolated text: s, f, raw, $; of a number its suffix
    sim::u32 line = 0;
    sim::u32 column = 0;
    bool fresh = false;  ///< the first of its line
    bool quoted = false; ///< a name in backticks
};

/// The last token is `end`. A `wrong` token says where the text cannot be read; what follows it is not read.
std::vector<Token> tokenize(std::string_view text, sim::u32 first_line = 1, sim::u32 first_column = 0);

}  // namespace engine::spark::scala
