#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/sql/parser.h"

using namespace engine::spark;

namespace {

/// What Spark 3.5.7 answered, behind "Syntax error at or near ".
struct Refusal {
    const char* text;
    const char* told;
};
constexpr Refusal kRefusals[] = {
    {"SELECT 2 AS \"c\"", "'\"c\"'.(line 1, pos 12)"},
    {"SELECT a IN (1, 2 FROM t", "'('.(line 1, pos 12)"},
    {"SELECT * FROM t WHERE a IN (1, 2", "'IN'.(line 1, pos 24)"},
    {"SELECT * FROM emp WHERE id IN ()", "'IN'.(line 1, pos 27)"},
    {"SELECT * FROM t WHERE a IN (1 2)", "'IN'.(line 1, pos 24)"},
    {"SELECT * FROM t WHERE a IN (SELECT 1", "'IN'.(line 1, pos 24)"},
    {"SELECT * FROM t WHERE a IS 5 AND b = 1", "'IS'.(line 1, pos 24)"},
    {"SELECT * FROM t ORDER BY a,", "'ORDER'.(line 1, pos 16)"},
    {"SELECT a FROM t WHERE a = 1 ORDER BY a NULLS", "'ORDER'.(line 1, pos 28)"},
    {"SELECT * FROM t ORDER BY a LIMIT", "'LIMIT': extra input 'LIMIT'.(line 1, pos 27)"},
    {"SELECT a FROM t WHERE (a = 1 OR", "end of input.(line 1, pos 31)"},
    {"SELECT a FROM t WHERE a BETWEEN 1 2", "'2': missing 'AND'.(line 1, pos 34)"},
    {"SELECT a FROM t WHERE a LIKE 'x' ESCAPE", "'ESCAPE': extra input 'ESCAPE'.(line 1, pos 33)"},
    {"SELECT a[1 2] FROM t", "'2': extra input '2'.(line 1, pos 11)"},
    {"SELECT a[1, 2] FROM t", "',': missing ']'.(line 1, pos 10)"},
    {"SELECT a[1", "end of input: missing ']'.(line 1, pos 10)"},
    {"SELECT (a, b FROM t", "'FROM': extra input 'FROM'.(line 1, pos 13)"},
    {"SELECT (a b) FROM t", "')'.(line 1, pos 11)"},
    {"SELECT (a b FROM t", "'FROM'.(line 1, pos 12)"},
    {"SELECT f(a, b c) FROM t", "'c': extra input 'c'.(line 1, pos 14)"},
    {"SELECT f(a, b c d) FROM t", "'c'.(line 1, pos 14)"},
    {"SELECT f(a, b FROM t", "'FROM': missing ')'.(line 1, pos 14)"},
    {"SELECT f(a, 1 FROM t", "'FROM': extra input 'FROM'.(line 1, pos 14)"},
    {"SELECT f(1 FROM t", "'FROM'.(line 1, pos 11)"},
    {"SELECT f(a, t.b FROM t", "'FROM': extra input 'FROM'.(line 1, pos 16)"},
    {"SELECT f(a, 1", "end of input: extra input end of input.(line 1, pos 13)"},
    {"SELECT f(a", "end of input: missing ')'.(line 1, pos 10)"},
    {"SELECT a FROM t WHERE f(a", "'('.(line 1, pos 23)"},
    {"SELECT a FROM t WHERE (f(a", "end of input.(line 1, pos 26)"},
    {"SELECT a FROM t WHERE a > 1 AND f(b", "'('.(line 1, pos 33)"},
    {"SELECT a FROM t WHERE f(b GROUP BY a", "'('.(line 1, pos 23)"},
    {"SELECT CAST(a FROM t", "'FROM': missing ')'.(line 1, pos 14)"},
    {"SELECT a FROM t WHERE CAST(a", "'('.(line 1, pos 26)"},
    {"SELECT EXISTS (SELECT 1", "'1'.(line 1, pos 22)"},
    {"SELECT a FROM t WHERE EXISTS (SELECT 1", "'('.(line 1, pos 29)"},
    {"SELECT a FROM t WHERE a = (SELECT 1", "end of input: missing ')'.(line 1, pos 35)"},
    {"SELECT CASE WHEN a = 1 'x' END FROM t", "'a'.(line 1, pos 17)"},
    {"SELECT CASE a WHEN 1 'x' END FROM t", "''x'': missing 'THEN'.(line 1, pos 21)"},
    {"SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' FROM t", "'FROM': missing 'END'.(line 1, pos 39)"},
    {"SELECT a FROM t WHERE a = CASE WHEN b THEN 1", "'WHEN'.(line 1, pos 31)"},
    {"SELECT a FROM t WHERE (CASE WHEN b THEN 1)", "')'.(line 1, pos 41)"},
    {"SELECT sum(a) OVER (PARTITION BY b ORDER a) FROM t", "'a': missing 'BY'.(line 1, pos 41)"},
    {"SELECT sum(a) OVER (ORDER BY a ROWS 2) FROM t", "')': missing {'FOLLOWING', 'PRECEDING'}.(line 1, pos 37)"},
    {"SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 2 AND 1) FROM t", "')'.(line 1, pos 51)"},
    {"SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 2 PRECEDING 1 FOLLOWING) FROM t",
     "'1': missing 'AND'.(line 1, pos 56)"},
    {"SELECT count(DISTINCT a, b FROM t", "'FROM': extra input 'FROM'.(line 1, pos 27)"},
    {"SELECT count(a) FILTER (WHERE a > 1 FROM t", "'FROM': missing ')'.(line 1, pos 36)"},
    {"SELECT EXTRACT(YEAR FROM a FROM t", "'FROM': missing ')'.(line 1, pos 27)"},
    {"SELECT a FROM SELECT b FROM u", "'SELECT'.(line 1, pos 14)"},
    {"SELECT a FROM 5", "'5': extra input '5'.(line 1, pos 14)"},
    {"SELECT a FROM t x (b", "end of input: missing ')'.(line 1, pos 20)"},
    {"SELECT a FROM t UNION ALL (SELECT b FROM u", "end of input: missing ')'.(line 1, pos 42)"},
    {"SELECT a FROM t WHERE a = 1 HAVING", "end of input.(line 1, pos 34)"},
    {"SELECT (a, FROM t", "end of input: extra input end of input.(line 1, pos 17)"},
    {"SELECT * FROM t JOIN u USING a", "'a': missing '('.(line 1, pos 29)"},
    {"SELECT * FROM t JOIN u USING (a", "end of input: missing ')'.(line 1, pos 31)"},
    {"SELECT a FROM t GROUP BY a WITH FOO", "'FOO'.(line 1, pos 32)"},
    {"SELECT 1 UNION 2", "'2': extra input '2'.(line 1, pos 15)"},
    {"VALUES 1, ", "',': extra input ','.(line 1, pos 8)"},
    {"SELECT * FROM t AS 5", "'5': extra input '5'.(line 1, pos 19)"},
};

std::string told(const std::string& text) {
    Ids ids;
    const auto plan = parse_statement(text, ids, {});
    return plan ? "accepted" : plan.error().message;
}

}  // namespace

TEST_CASE("sql: the token that is wrong is told, and what is missing or one too many, as ANTLR tells it") {
    for (const Refusal& refusal : kRefusals) {
        CAPTURE(refusal.text);
        const std::string expected = std::string("Syntax error at or near ") + refusal.told;
        CHECK(told(refusal.text).find(expected) != std::string::npos);
    }
}

TEST_CASE("sql: words of the grammar are names where nothing else could follow") {
    for (const char* text :
         {"SELECT * FROM t AS", "SELECT * FROM t AS, u", "VALUES (1) AS", "SELECT * FROM VALUES (1) AS (a)",
          "WITH x (SELECT 1) SELECT * FROM x", "WITH AS (SELECT 1) SELECT 1", "SELECT (a b, c d) FROM t"}) {
        CAPTURE(text);
        CHECK(told(text) == "accepted");
    }
}
