// Subqueries, lateral queries, UNPIVOT and definitions: what Spark 3.5.7 gives, plans and refuses.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/operators/statement.h"
#include "tests/engine/plan/statement_rows.h"

using namespace engine::spark;

namespace {

constexpr const char* kEv =
    "CREATE OR REPLACE TEMP VIEW ev AS SELECT word, n FROM VALUES ('a', 1), ('a', 2), ('b', 1), ('z', 3) AS t(word, n)";
constexpr const char* kDim =
    "CREATE OR REPLACE TEMP VIEW dim AS SELECT word, label FROM VALUES ('a', 'x'), ('b', 'y') AS t(word, label)";

Session with_views() {
    Session session;
    session.clock.zone = "UTC";
    session.shuffle_partitions = 2;
    for (const char* view : {kEv, kDim}) REQUIRE(execute(session, view));
    return session;
}

/// Rows as text, cells between bars, rows between semicolons; or the refusal's class.
std::string rows(const std::string& sql) {
    Session session = with_views();
    const auto result = execute(session, sql);
    return result ? tests::rows_text(*result) : result.error().error_class;
}

std::string message(const std::string& sql) {
    Session session = with_views();
    const auto result = execute(session, sql);
    return result ? "accepted" : result.error().message;
}

/// One part of EXPLAIN EXTENDED without the numbers of columns.
std::string plan(const std::string& sql, const std::string& heading, bool adaptive = true) {
    Session session = with_views();
    session.adaptive = adaptive;
    const auto result = execute(session, "EXPLAIN EXTENDED " + sql);
    REQUIRE(result);
    const std::string text = get(result->rows.batches[0].columns[0], 0).s;
    const std::size_t from = text.find("== " + heading + " ==\n");
    REQUIRE(from != std::string::npos);
    const std::size_t start = text.find('\n', from) + 1, stop = text.find("\n== ", start);
    std::string out;
    for (std::size_t i = start; i < std::min(stop, text.size()); ++i) {
        if (text[i] != '#') {
            out += text[i];
            continue;
        }
        while (i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') ++i;
        if (i + 1 < text.size() && text[i + 1] == 'L') ++i;
    }
    return out;
}

}  // namespace

TEST_CASE("lateral: the right side sees the columns of the left one") {
    CHECK(rows("SELECT n, x FROM ev, LATERAL (SELECT n * 10 AS x) ORDER BY n, x") == "1|10;1|10;2|20;3|30");
    CHECK(rows("SELECT ev.word, n, label FROM ev JOIN LATERAL (SELECT label FROM dim WHERE dim.word = ev.word) t "
               "ORDER BY 1, 2") == "a|1|x;a|2|x;b|1|y");
    CHECK(rows("SELECT ev.word, label FROM ev LEFT JOIN LATERAL (SELECT label FROM dim WHERE dim.word = ev.word) t "
               "WHERE n = 3") == "z|NULL");
    CHECK(rows("SELECT ev.word, c FROM ev, LATERAL (SELECT count(*) c FROM dim WHERE dim.word = ev.word) WHERE n > 1 "
               "ORDER BY 1") == "a|1;z|0");
    CHECK(rows("SELECT word, x FROM ev, LATERAL explode(array(n, 9)) AS t(x) WHERE word = 'b'") == "b|1;b|9");
    CHECK(rows("SELECT a, b, c FROM (SELECT 1 a), LATERAL (SELECT a + 1 b), LATERAL (SELECT a + b c)") == "1|2|3");
}

TEST_CASE("lateral: what cannot become a join is run for each row, and nothing may be limited there") {
    CHECK(rows("SELECT n, x FROM ev, LATERAL (SELECT n AS x UNION ALL SELECT n + 10) WHERE word = 'z' ORDER BY 2") ==
          "3|3;3|13");
    CHECK(rows("SELECT m FROM ev, LATERAL (SELECT e.n m FROM ev e WHERE e.word = ev.word ORDER BY m LIMIT 1)") ==
          "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED");
    // A left join with a generator gives no row where the generator gives none: so does Spark 3.5.
    CHECK(rows("SELECT n, x FROM ev LEFT JOIN LATERAL explode(array_repeat(n, n - 2)) AS t(x)") == "3|3");
}

TEST_CASE("lateral: tables by name and outer joins to the right are refused") {
    CHECK(rows("SELECT * FROM ev, LATERAL dim") == "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC");
    CHECK(rows("SELECT * FROM ev RIGHT JOIN LATERAL (SELECT n) t") == "INVALID_LATERAL_JOIN_TYPE");
    CHECK(rows("SELECT * FROM ev JOIN LATERAL (SELECT word) t USING (word)") ==
          "UNSUPPORTED_FEATURE.LATERAL_JOIN_USING");
}

TEST_CASE("a relation after a comma is joined before the joins that follow it") {
    CHECK(rows("SELECT count(*) FROM ev a, ev b JOIN dim ON a.word = dim.word AND b.word = 'z'") == "3");
}

TEST_CASE("unpivot: columns become rows, without those that are null unless asked for") {
    const std::string from = "SELECT * FROM (SELECT 1 id, 2 a, CAST(NULL AS INT) b) ";
    CHECK(rows(from + "UNPIVOT (v FOR k IN (a, b))") == "1|a|2");
    CHECK(rows(from + "UNPIVOT INCLUDE NULLS (v FOR k IN (a AS first, b)) ORDER BY k") == "1|b|NULL;1|first|2");
    CHECK(rows("SELECT * FROM (SELECT 1 id, 1 a, 2 b, 3 c, 4 d) UNPIVOT ((x, y) FOR g IN ((a, b) AS ab, (c, d))) "
               "ORDER BY x") == "1|ab|1|2;1|c_d|3|4");
    CHECK(rows("SELECT * FROM ev UNPIVOT (v FOR k IN (word, n))") == "UNPIVOT_VALUE_DATA_TYPE_MISMATCH");
    CHECK(rows(from + "UNPIVOT ((x, y) FOR k IN ((a), (b)))") == "UNPIVOT_VALUE_SIZE_MISMATCH");
}

TEST_CASE("subqueries: correlated ones are planned as joins") {
    CHECK(plan("SELECT word, (SELECT max(label) FROM dim WHERE dim.word = ev.word) l FROM ev",
               "Optimized Logical Plan") ==
          "Project [word, max(label) AS l]\n"
          "+- Join LeftOuter, (word = word)\n"
          "   :- LocalRelation [word]\n"
          "   +- Aggregate [word], [max(label) AS max(label), word]\n"
          "      +- LocalRelation [word, label]\n");
    CHECK(plan("SELECT word, (SELECT count(*) FROM dim WHERE dim.word = ev.word) c FROM ev", "Optimized Logical Plan")
              .starts_with("Project [word, if (isnull(alwaysTrue)) 0 else count(1) AS c]\n"));
    CHECK(
        plan("SELECT * FROM ev WHERE EXISTS (SELECT 1 FROM dim WHERE dim.word = ev.word)", "Optimized Logical Plan") ==
        "Join LeftSemi, (word = word)\n"
        ":- LocalRelation [word, n]\n"
        "+- Project [word]\n"
        "   +- LocalRelation [1, word]\n");
    CHECK(plan("SELECT * FROM ev WHERE word IN (SELECT word FROM dim) OR n > 1", "Optimized Logical Plan") ==
          "Project [word, n]\n"
          "+- Filter (exists OR (n > 1))\n"
          "   +- Join ExistenceJoin(exists), (word = word)\n"
          "      :- LocalRelation [word, n]\n"
          "      +- LocalRelation [word]\n");
}

TEST_CASE("subqueries: NOT IN is an anti join that knows of nulls") {
    CHECK(plan("SELECT * FROM ev WHERE word NOT IN (SELECT word FROM dim)", "Optimized Logical Plan")
              .starts_with("Join LeftAnti, ((word = word) OR isnull((word = word)))\n"));
    CHECK(plan("SELECT * FROM ev WHERE word NOT IN (SELECT word FROM dim)", "Physical Plan", false)
              .find("LeftAnti, BuildRight, true\n") != std::string::npos);
    CHECK(rows("SELECT word FROM ev WHERE word NOT IN (SELECT word FROM dim)") == "z");
    CHECK(rows("SELECT word FROM ev WHERE word NOT IN (SELECT NULL UNION ALL SELECT 'a')") == "");
    CHECK(rows("SELECT count(*) FROM ev WHERE word NOT IN (SELECT word FROM dim WHERE false)") == "4");
}

TEST_CASE("subqueries: one value for all rows is a plan of its own") {
    const std::string text = plan("SELECT word FROM ev WHERE n > (SELECT avg(n) FROM ev)", "Physical Plan");
    CHECK(text.find("Filter (cast(n as double) > Subquery subquery, [id=])\n      :  +- Subquery subquery, [id=]\n"
                    "      :     +- AdaptiveSparkPlan isFinalPlan=false\n") != std::string::npos);
    CHECK(rows("SELECT word FROM ev WHERE n > (SELECT avg(n) FROM ev) ORDER BY n") == "a;z");
}

TEST_CASE("definitions: an analysed plan keeps them beside the query") {
    const std::string with = "WITH t AS (SELECT word, n FROM ev WHERE n > 1) SELECT word FROM t";
    CHECK(plan(with, "Parsed Logical Plan") ==
          "CTE [t]\n"
          ":  +- 'SubqueryAlias t\n"
          ":     +- 'Project ['word, 'n]\n"
          ":        +- 'Filter ('n > 1)\n"
          ":           +- 'UnresolvedRelation [ev], [], false\n"
          "+- 'Project ['word]\n"
          "   +- 'UnresolvedRelation [t], [], false\n");
    CHECK(plan(with, "Analyzed Logical Plan")
              .starts_with("word: string\nWithCTE\n:- CTERelationDef 0, false\n:  +- SubqueryAlias t\n"));
    CHECK(rows("WITH t AS (SELECT word, count(*) c FROM ev GROUP BY word) SELECT a.word, b.c FROM t a JOIN t b "
               "ON a.word = b.word ORDER BY 1") == "a|2;b|1;z|1");
    CHECK(message("WITH t AS (SELECT word FROM ev) SELECT nope FROM t").find("\n'WithCTE\n:- CTERelationDef ") !=
          std::string::npos);
}

TEST_CASE("exchanges that give the same rows are made once where plans are not adaptive") {
    const std::string twice =
        "WITH t AS (SELECT word, count(*) c FROM ev GROUP BY word) SELECT a.word FROM t a JOIN t b "
        "ON a.word = b.word";
    CHECK(plan(twice, "Physical Plan", false).find("ReusedExchange [word], Exchange hashpartitioning(word, 2)") !=
          std::string::npos);
    CHECK(plan(twice, "Physical Plan").find("ReusedExchange") == std::string::npos);
}

TEST_CASE("grouping() means something above an aggregate of several sets") {
    const std::string sets = "SELECT word, count(*) c FROM ev GROUP BY ROLLUP(word) ";
    CHECK(rows(sets + "HAVING grouping(word) = 1") == "NULL|4");
    CHECK(rows(sets + "HAVING grouping_id() = 0 ORDER BY word") == "a|2;b|1;z|1");
    CHECK(rows(sets + "ORDER BY grouping(word) DESC, word").starts_with("NULL|4;a|2"));
}

TEST_CASE("SHOW and DESCRIBE answer for views") {
    CHECK(rows("SHOW TABLES") == "|dim|true;|ev|true");
    CHECK(rows("SHOW TABLES LIKE 'd*'") == "|dim|true");
    CHECK(rows("SHOW COLUMNS IN ev") == "word;n");
    CHECK(rows("DESCRIBE ev") == "word|string|NULL;n|int|NULL");
    CHECK(rows("DESCRIBE QUERY SELECT 1 AS x") == "x|int|NULL");
    CHECK(rows("DESCRIBE nosuch") == "TABLE_OR_VIEW_NOT_FOUND");
    CHECK(rows("SHOW CURRENT NAMESPACE") == "spark_catalog|default");
}

TEST_CASE("histograms and check digits are those of Spark") {
    CHECK(rows("SELECT histogram_numeric(x, 5) FROM VALUES (0), (1), (2), (10) t(x)") ==
          "[{0, 1.0}, {1, 1.0}, {2, 1.0}, {10, 1.0}]");
    CHECK(rows("SELECT luhn_check('79927398713'), luhn_check('79927398714'), luhn_check('')") == "true|false|false");
}
