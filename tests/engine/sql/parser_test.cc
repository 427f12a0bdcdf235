// The parser: what it accepts, where it refuses, that depth is bounded.
#include <catch2/catch_test_macros.hpp>

#include "engine/plan/plan_text.h"
#include "engine/sql/parser.h"

using namespace engine::spark;

namespace {

std::string tree(const std::string& sql) {
    Ids ids;
    const auto plan = parse_statement(sql, ids, {});
    return plan ? plan_tree(*plan) : plan.error().message;
}

std::string nested(int depth) {
    return "SELECT " + std::string(static_cast<std::size_t>(depth), '(') + "1" +
           std::string(static_cast<std::size_t>(depth), ')');
}

}  // namespace

TEST_CASE("sql: a comparison binds stronger than NOT, and NOT stronger than AND") {
    CHECK(tree("SELECT * FROM t WHERE NOT a = 1 AND b") ==
          "'Project [*]\n+- 'Filter (NOT ('a = 1) AND 'b)\n   +- 'UnresolvedRelation [t], [], false\n");
}

TEST_CASE("sql: INTERSECT binds stronger than UNION") {
    CHECK(tree("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3").starts_with("'Union false, false\n:- 'Project"));
}

TEST_CASE("sql: the caret stands under the token that cannot follow") {
    CHECK(tree("SELECT * FROM emp WHERE id = = 1") ==
          "\n[PARSE_SYNTAX_ERROR] Syntax error at or near '='.(line 1, pos 29)\n\n== SQL ==\nSELECT * FROM emp WHERE "
          "id = = 1\n-----------------------------^^^\n");
}

TEST_CASE("sql: a token too many is named where a list or a pair of words goes on") {
    const auto extra = [](const std::string& token) { return "Syntax error at or near '" + token + "': extra input"; };
    CHECK(tree("SELECT concat(a, 'b' FROM t").find(extra("FROM")) != std::string::npos);
    CHECK(tree("SELECT CASE a WHEN 'b' THEN 1 FROM t").find(extra("FROM")) != std::string::npos);
    CHECK(tree("SELECT a FROM t WHERE b BETWEEN symmetric 30 AND 10").find(extra("30")) != std::string::npos);
}

TEST_CASE("sql: commands of Hive are refused by their names, whatever follows") {
    CHECK(tree("GRANT SELECT ON t TO u").starts_with("\nOperation not allowed: GRANT.(line 1, pos 0)"));
    CHECK(tree("CREATE ROLE r").starts_with("\nOperation not allowed: CREATE ROLE.(line 1, pos 0)"));
    CHECK(tree("SHOW t").find("end of input: missing 'FUNCTIONS'.(line 1, pos 6)") != std::string::npos);
}

TEST_CASE("sql: nesting of ten thousand is refused, not followed") {
    CHECK(tree(nested(10'000)).find("FAILED_TO_PARSE_TOO_COMPLEX") != std::string::npos);
    CHECK(tree(nested(50)).starts_with("'Project"));
}

TEST_CASE("sql: a sum of ten thousand terms is refused, not followed") {
    std::string sql = "SELECT 1";
    for (int i = 0; i < 10'000; ++i) sql += "+1";
    CHECK(tree(sql).find("FAILED_TO_PARSE_TOO_COMPLEX") != std::string::npos);
}

TEST_CASE("sql: a chain of OR becomes a shallow tree") {
    std::string sql = "SELECT a = 0";
    for (int i = 1; i < 500; ++i) sql += " OR a = " + std::to_string(i);
    Ids ids;
    const auto plan = parse_statement(sql, ids, {});
    REQUIRE(plan);
    CHECK((*plan)->exprs[0]->depth < 20);
}
