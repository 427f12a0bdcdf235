// Python text -> tree. Refuses, with line and column, what it does not know.
#pragma once

#include <expected>
#include <string>

#include "engine/pyspark/token.h"
#include "engine/pyspark/tree.h"

namespace engine::spark::py {

inline constexpr int kMaxNesting = 100;

struct SyntaxError {
    std::string message;
    sim::u32 line = 0;
    sim::u32 column = 0;
};

/// A whole program: a block.
std::expected<NodeRef, SyntaxError> parse_program(const std::string& text);

/// The cursor over tokens and the productions. The first refusal is kept; then the cursor stands at the end.
struct Parser {
    std::vector<Token> tokens;
    std::size_t at = 0;
    int nesting = 0;
    bool failed = false;
    SyntaxError error;

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return tokens[at + ahead < tokens.size() ? at + ahead : tokens.size() - 1];
    }
    const Token& next();
    [[nodiscard]] bool symbol(std::string_view text, std::size_t ahead = 0) const;
    [[nodiscard]] bool word(std::string_view text, std::size_t ahead = 0) const;
    bool accept_symbol(std::string_view text);
    bool accept_word(std::string_view text);
    void expect_symbol(std::string_view text);
    void expect_word(std::string_view text);
    std::string identifier();
    void fail(std::string message);
    bool enter();
    NodeRef make(NodeKind kind, const Token& from, std::vector<NodeRef> kids = {}, std::string text = "",
                 std::vector<std::string> names = {}) const;

    // statements
    NodeRef block_after_colon();
    NodeRef statement();
    NodeRef simple_statements();
    NodeRef simple_statement();
    NodeRef assignment();
    NodeRef import();
    NodeRef from_import();
    NodeRef function();
    NodeRef class_definition();
    NodeRef if_statement();
    NodeRef for_statement();
    NodeRef with_statement();
    NodeRef try_statement();
    std::string dotted_name();
    void parameters(Node& out, std::string_view close);

    // expressions
    NodeRef expression_list();
    NodeRef expression();
    NodeRef lambda();
    NodeRef logic_or();
    NodeRef logic_and();
    NodeRef logic_not();
    NodeRef comparison();
    NodeRef binary(int level);
    NodeRef unary();
    NodeRef power();
    NodeRef postfix();
    NodeRef atom();
    NodeRef call(NodeRef callee);
    NodeRef subscript(NodeRef base);
    NodeRef strings();
    NodeRef format_string(const Token& token);
    NodeRef number();
    NodeRef parenthesised();
    NodeRef bracketed();
    NodeRef braced();
    NodeRef comprehension(NodeRef value, const Token& from, const char* what);
};

}  // namespace engine::spark::py
