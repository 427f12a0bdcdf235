// Scala text -> tree: the part of Scala 2.12 that Spark's guides and courses write. Refuses, with line and column,
// what it does not know.
#pragma once

#include <expected>
#include <string>

#include "engine/scala/token.h"
#include "engine/scala/tree.h"

namespace engine::spark::scala {

inline constexpr int kMaxNesting = 100;
inline constexpr int kMaxChain = 1000;  ///< operators or members in a row

struct SyntaxError {
    std::string message;
    sim::u32 line = 0;
    sim::u32 column = 0;
};

/// A whole program: a block.
std::expected<NodeRef, SyntaxError> parse_program(const std::string& text);
std::expected<Type, SyntaxError> parse_type(const std::string& text);

/// The cursor over tokens and the productions. The first refusal is kept; then the cursor stands at the end.
struct Parser {
    std::vector<Token> tokens;
    std::size_t at = 0;
    int nesting = 0;
    std::vector<std::string> pending;  ///< underscores of the expression at hand, by the names they got
    int underscores = 0;
    bool enclosed = false; ///< in parentheses, where line ends do not count
    bool failed = false;
    SyntaxError error;

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return tokens[at + ahead < tokens.size() ? at + ahead : tokens.size() - 1];
    }
    const Token& next();
    [[nodiscard]] bool op(std::string_view text, std::size_t ahead = 0) const;
    [[nodiscard]] bool word(std::string_view text, std::size_t ahead = 0) const;
    bool accept_op(std::string_view text);
    bool accept_word(std::string_view text);
    void expect_op(std::string_view text);
    std::string identifier();
    void fail(std::string message);
    bool enter();
    /// A line end that ends a statement stands before the next token.
    [[nodiscard]] bool line_ends() const;
    NodeRef make(NodeKind kind, const Token& from, std::vector<NodeRef> kids = {}, std::string text = "") const;

    // statements
    NodeRef statements(const Token& from, std::string_view close);
    NodeRef statement();
    NodeRef import();
    NodeRef value_definition();
    NodeRef function_definition();
    NodeRef class_definition(const Token& from, std::string what);
    std::vector<Param> parameters(std::string_view close);
    void skip_modifiers();

    // types and patterns
    Type type();
    Type simple_type();
    std::vector<Type> type_arguments();
    NodeRef pattern();
    NodeRef simple_pattern();
    std::vector<NodeRef> case_list();

    // expressions
    NodeRef expression();
    NodeRef expression_inner();
    NodeRef lambda();
    NodeRef if_expression();
    NodeRef for_expression();
    NodeRef try_expression();
    NodeRef infix(int level);
    NodeRef prefix();
    NodeRef postfix();
    NodeRef suffixes(NodeRef base);
    NodeRef atom();
    NodeRef literal();
    NodeRef interpolation();
    NodeRef parenthesised();
    NodeRef braced();
    NodeRef creation();
    NodeRef call(NodeRef callee);
    [[nodiscard]] bool lambda_follows() const;
    NodeRef with_placeholders(const Token& from, std::size_t before, NodeRef body);
};

}  // namespace engine::spark::scala
