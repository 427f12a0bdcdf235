// The parser's cursor over tokens and its productions. The first refusal is kept and the cursor jumps to the
// end of the text, so that every production unwinds quickly; what they return then does not matter.
#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/sql/lexer.h"
#include "engine/sql/parser.h"

namespace engine::spark {

struct Parser {
    std::shared_ptr<const std::string> text;
    std::vector<Token> tokens;
    u32 at = 0;
    int nesting = 0;
    int item_nesting = 0;  ///< nesting of the expression of a select item: a word after it may be its alias
    u32 furthest = 0;
    Ids* ids = nullptr;
    ParseOptions options;
    Failure failure;

    // cursor
    const Token& peek(u32 ahead = 0) const;
    const Token& next();
    bool ended() const { return peek().kind == TokenKind::end; }
    bool is_symbol(std::string_view symbol, u32 ahead = 0) const;
    bool is_word(std::string_view word, u32 ahead = 0) const;
    bool accept_symbol(std::string_view symbol);
    bool accept_word(std::string_view word);
    bool accept_words(std::initializer_list<std::string_view> words);
    void expect_symbol(std::string_view symbol);
    void expect_word(std::string_view word);
    std::string identifier();
    bool at_identifier(u32 ahead = 0) const;
    bool at_strict_identifier() const;
    std::vector<std::string> name();
    std::vector<std::string> identifier_list();
    Origin from(u32 first_token) const;  ///< from a token to the last one consumed
    Origin here() const;

    // refusals
    void fail_here();
    void fail_here_extra();
    void fail_unwanted();
    /// Where ANTLR finds no alternative it tells the token at which the choice began, whatever is wrong behind it: the
    /// text that was refused last is then refused there. What stands at the end of refused text is no word any more, so
    /// that whoever has read a word knows that nothing was refused before.
    void fail_at(u32 token);
    /// A token, told as ANTLR tells it, is missing before one that could stand behind it.
    void fail_missing(std::string_view token);
    void expect_close();
    void fail(std::string error_class, std::string message, const Origin& origin);
    bool enter();
    void leave() { --nesting; }

    // statements and queries
    PlanRef statement();
    PlanRef create_view();
    PlanRef set_command();
    bool refused_of_hive();
    PlanRef refused_command();
    PlanRef change_of_table();
    PlanRef show_command();
    PlanRef describe_command();
    PlanRef cache_command();
    PlanRef explain();
    PlanRef query();
    PlanRef query_body();
    PlanRef query_term(int level);
    PlanRef query_primary();
    PlanRef organised(PlanRef plan);
    PlanRef with_limit(PlanRef plan);
    PlanRef ctes();
    PlanRef select();
    PlanRef select_parts(Exprs items, bool distinct, std::vector<PlanRef> hints);
    PlanRef clauses_over(PlanRef plan, Exprs items, bool distinct);
    PlanRef aggregation(PlanRef input, Exprs items, bool& grouped);
    PlanRef hint(PlanRef input);
    std::vector<PlanRef> hints();
    PlanRef from_clause();
    PlanRef relation();
    PlanRef relation_primary();
    PlanRef table_function();
    PlanRef joined(PlanRef left);
    PlanRef joined_one(PlanRef left, JoinType type, bool natural, u32 first);
    PlanRef lateral_views(PlanRef input);
    PlanRef relation_tail(PlanRef plan);
    PlanRef pivot(PlanRef input);
    PlanRef unpivot(PlanRef input);
    bool at_unpivot() const;
    PlanRef sample(PlanRef input);
    PlanRef table_alias(PlanRef plan);
    PlanRef values();
    Exprs select_items();
    ExprRef select_item();
    Exprs sort_orders();
    ExprRef sort_order_item();
    ExprRef grouping_item();
    void named_windows(PlanRef& plan);

    // expressions
    ExprRef expression();
    [[nodiscard]] bool in_parentheses(u32 token) const;
    [[nodiscard]] bool goes_on_without_close() const;
    void close_after_name(u32 open);
    bool dangling(std::string_view word);
    ExprRef boolean_or();
    ExprRef boolean_and();
    ExprRef boolean_not();
    ExprRef predicate();
    ExprRef predicate_tail(ExprRef left, bool& more);
    ExprRef like_tail(ExprRef left, bool negated, u32 first);
    ExprRef in_tail(ExprRef left, bool negated, u32 first);
    ExprRef binary(int level);
    ExprRef unary();
    ExprRef primary();
    ExprRef primary_base();
    ExprRef postfix(ExprRef base, u32 first);
    ExprRef parenthesised();
    ExprRef word_primary();
    ExprRef case_when();
    ExprRef cast_call();
    ExprRef extract_call();
    ExprRef trim_call();
    ExprRef position_call();
    ExprRef substring_call();
    ExprRef overlay_call();
    ExprRef timestamp_unit_call();
    ExprRef struct_call();
    ExprRef call(std::vector<std::string> name, u32 first);
    ExprRef call_tail(ExprRef function, u32 first);
    ExprRef window_spec();
    void frame(Expr& spec);
    BoundKind frame_bound(ExprRef& value);
    ExprRef lambda();
    bool at_lambda() const;

    // literals and types
    ExprRef number(bool negative, u32 first);
    ExprRef string_run();
    ExprRef typed_literal();
    ExprRef interval();
    ExprRef interval_units(u32 first, bool negative);
    ExprRef interval_of_calendar_text(const std::string& body, u32 first, bool negative);
    DataType data_type();
    DataType nested_type(const std::string& word);
    DataType interval_type();
    std::vector<Field> fields(bool colon);
};

Parser make_parser(const std::string& text, Ids& ids, const ParseOptions& options);
bool strict_nonreserved(const std::string& upper);

}  // namespace engine::spark
