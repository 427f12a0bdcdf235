// Rules that rewrite whole nodes, and aliases in the same list: what Spark 3.5.7 plans, gives and refuses.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/operators/statement.h"
#include "tests/engine/plan/statement_rows.h"

using namespace engine::spark;

namespace {

constexpr const char* kRewriteViews[] = {
    "CREATE OR REPLACE TEMP VIEW ev AS SELECT ts, word, n FROM VALUES (TIMESTAMP'2024-01-01 00:00:01', 'a', 1), "
    "(TIMESTAMP'2024-01-01 00:00:07', 'a', 2), (TIMESTAMP'2024-01-01 00:00:12', 'b', 1) AS t(ts, word, n)",
    "CREATE OR REPLACE TEMP VIEW dim AS SELECT word, label FROM VALUES ('a', 'x'), ('b', 'y') AS t(word, label)",
    "CREATE OR REPLACE TEMP VIEW emp AS SELECT * FROM VALUES (1,'ann','it',3000.50,DATE'2020-01-15'),"
    "(2,'bob','it',2500.00,DATE'2021-06-01'),(3,'cy','hr',NULL,DATE'2019-03-31'),(4,'dee','hr',1800.25,NULL),"
    "(5,'eve',NULL,4000.00,DATE'2022-12-31') AS t(id,name,dept,salary,hired)",
};

Session rewrite_session() {
    Session session;
    session.clock.zone = "UTC";
    for (const char* view : kRewriteViews) REQUIRE(execute(session, view));
    return session;
}

/// Rows as text, cells between bars, rows between semicolons; or the refusal.
std::string given(const std::string& sql) {
    Session session = rewrite_session();
    const auto result = execute(session, sql);
    return result ? tests::rows_text(*result) : result.error().message;
}

/// A part of EXPLAIN EXTENDED without the numbers of columns.
std::string planned(const std::string& sql, const std::string& heading) {
    Session session = rewrite_session();
    const auto result = execute(session, "EXPLAIN EXTENDED " + sql);
    REQUIRE(result);
    const std::string text = get(result->rows.batches[0].columns[0], 0).s;
    const std::size_t from = text.find("== " + heading + " ==\n");
    REQUIRE(from != std::string::npos);
    const std::size_t start = text.find('\n', from) + 1, stop = std::min(text.find("\n== ", start), text.size());
    std::string out;
    for (std::size_t i = start; i < stop; ++i) {
        if (text[i] == '#')
            while (i + 1 < stop && ((text[i + 1] >= '0' && text[i + 1] <= '9') || text[i + 1] == 'L')) ++i;
        else out += text[i];
    }
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

std::string optimised(const std::string& sql) { return planned(sql, "Optimized Logical Plan"); }

}  // namespace

TEST_CASE("plans: several aggregates over distinct values become two over rows written once for each") {
    CHECK(optimised("SELECT count(DISTINCT word), count(DISTINCT n) FROM ev") ==
          "Aggregate [count(ev.word) FILTER (WHERE (gid = 1)) AS count(DISTINCT word), count(ev.n) FILTER (WHERE (gid "
          "= 2)) AS count(DISTINCT n)]\n"
          "+- Aggregate [ev.word, ev.n, gid], [ev.word, ev.n, gid]\n"
          "   +- Expand [[word, null, 1], [null, n, 2]], [ev.word, ev.n, gid]\n"
          "      +- LocalRelation [word, n]");
    CHECK(optimised("SELECT word, count(DISTINCT n) AS a, count(DISTINCT ts) AS b, sum(n) AS s, count(*) AS c FROM ev "
                    "GROUP BY word") ==
          "Aggregate [word], [word, count(ev.n) FILTER (WHERE (gid = 1)) AS a, count(ev.ts) FILTER (WHERE (gid = 2)) "
          "AS b, first(sum(ev.n), true) FILTER (WHERE (gid = 0)) AS s, coalesce(first(count(1), true) FILTER (WHERE "
          "(gid = 0)), 0) AS c]\n"
          "+- Aggregate [word, ev.n, ev.ts, gid], [word, ev.n, ev.ts, gid, sum(ev.n) AS sum(ev.n), count(1) AS "
          "count(1)]\n"
          "   +- Expand [[word, null, null, 0, n], [word, n, null, 1, null], [word, null, ts, 2, null]], [word, ev.n, "
          "ev.ts, gid, ev.n]\n"
          "      +- LocalRelation [ts, word, n]");
}

TEST_CASE("plans: a filter of one of them alone makes the rewrite, the same values in another order do not") {
    CHECK(optimised("SELECT word, count(DISTINCT n) FILTER (WHERE n > 1) AS a FROM ev GROUP BY word")
              .starts_with("Aggregate [word], [word, count(ev.n) FILTER (WHERE ((gid = 1) AND (ev.n > 1))) AS a]\n"
                           "+- Aggregate [word, ev.n, gid], [word, ev.n, gid, max((ev.n > 1)) AS (ev.n > 1)]\n"
                           "   +- Expand [[word, n, 1, (n > 1)]], [word, ev.n, gid, (ev.n > 1)]\n"));
    CHECK(optimised("SELECT count(DISTINCT word, n), count(DISTINCT n, word) FROM ev") ==
          "Aggregate [count(distinct word, n) AS count(DISTINCT word, n), count(distinct n, word) AS count(DISTINCT n, "
          "word)]\n+- LocalRelation [word, n]");
}

TEST_CASE("queries: several aggregates over distinct values give what each gives alone") {
    CHECK(given("SELECT count(DISTINCT dept), count(DISTINCT name), sum(salary), max(hired) FROM emp") ==
          "2|5|11300.75|2022-12-31");
    CHECK(given("SELECT count(DISTINCT dept, name), count(DISTINCT dept), collect_list(id) FROM emp WHERE id > 100") ==
          "0|0|[]");
    CHECK(given("SELECT dept, count(DISTINCT name) FILTER (WHERE salary > 2000) AS rich, count(DISTINCT hired) AS h, "
                "count(*) FROM emp GROUP BY dept ORDER BY dept") == "NULL|1|1|1;hr|0|1|2;it|2|2|2");
}

TEST_CASE("plans: equal values meet before they are counted, and DISTINCT goes where it changes nothing") {
    const std::string text = planned("SELECT word, count(DISTINCT n), sum(n) FROM ev GROUP BY word", "Physical Plan");
    for (const char* step : {"functions=[sum(n), count(distinct n)], output=[word, count(DISTINCT n), sum(n)])",
                             "functions=[merge_sum(n), partial_count(distinct n)], output=[word, sum, count])",
                             "HashAggregate(keys=[word, n], functions=[merge_sum(n)], output=[word, n, sum])",
                             "Exchange hashpartitioning(word, n, 200), ENSURE_REQUIREMENTS",
                             "HashAggregate(keys=[word, n], functions=[partial_sum(n)], output=[word, n, sum])"})
        CHECK(text.find(step) != std::string::npos);
    CHECK(optimised("SELECT word, max(DISTINCT n) FROM ev GROUP BY word")
              .starts_with("Aggregate [word], [word, max(n) AS max(DISTINCT n)]"));
}

TEST_CASE("plans: EXCEPT ALL and INTERSECT ALL count rows of both sides and write them again") {
    CHECK(optimised("SELECT word FROM ev EXCEPT ALL SELECT word FROM dim") ==
          "Project [word]\n"
          "+- Generate replicaterows(sum, word), [1], false, [word]\n"
          "   +- Filter (isnotnull(sum) AND (sum > 0))\n"
          "      +- Aggregate [word], [word, sum(vcol) AS sum]\n"
          "         +- Union false, false\n"
          "            :- LocalRelation [vcol, word]\n"
          "            +- LocalRelation [vcol, word]");
    CHECK(optimised("SELECT word, n FROM ev INTERSECT ALL SELECT word, n FROM ev") ==
          "Project [word, n]\n"
          "+- Generate replicaterows(min_count, word, n), [2], false, [word, n]\n"
          "   +- Project [word, n, if ((vcol1_count > vcol2_count)) vcol2_count else vcol1_count AS min_count]\n"
          "      +- Filter ((vcol1_count >= 1) AND (vcol2_count >= 1))\n"
          "         +- Aggregate [word, n], [count(vcol1) AS vcol1_count, count(vcol2) AS vcol2_count, word, n]\n"
          "            +- Union false, false\n"
          "               :- LocalRelation [vcol1, vcol2, word, n]\n"
          "               +- LocalRelation [vcol1, vcol2, word, n]");
    CHECK(given("SELECT word FROM ev EXCEPT ALL SELECT word FROM dim ORDER BY 1") == "a");
    CHECK(given("SELECT word FROM ev INTERSECT ALL SELECT * FROM VALUES ('a'), ('a'), ('b'), ('c') AS t(w) ORDER BY "
                "1") == "a;a;b");
}

TEST_CASE("plans: rows that no rank up to the limit can have are left out before the window") {
    CHECK(optimised("SELECT * FROM (SELECT word, n, rank() OVER (PARTITION BY word ORDER BY n) AS r FROM ev) WHERE r "
                    "< 3") ==
          "Filter (r < 3)\n"
          "+- Window [rank(n) windowspecdefinition(word, n ASC NULLS FIRST, specifiedwindowframe(RowFrame, "
          "unboundedpreceding$(), currentrow$())) AS r], [word], [n ASC NULLS FIRST]\n"
          "   +- WindowGroupLimit [word], [n ASC NULLS FIRST], rank(n), 2\n"
          "      +- LocalRelation [word, n]");
    const auto limited = [](const std::string& ranks, const std::string& where) {
        return optimised("SELECT * FROM (SELECT word, n, " + ranks + " FROM ev) WHERE " + where);
    };
    CHECK(limited("rank() OVER (ORDER BY n) AS r", "2 >= r").find("WindowGroupLimit [n ASC NULLS FIRST], rank(n), 2") !=
          std::string::npos);
    CHECK(limited("row_number() OVER (ORDER BY n) AS r", "r <= 2")
              .find("   +- GlobalLimit 2\n      +- LocalLimit 2\n         +- Sort [n ASC NULLS FIRST], true") !=
          std::string::npos);
    CHECK(limited("rank() OVER (PARTITION BY word ORDER BY n) AS r", "r < 1") == "LocalRelation <empty>, [word, n, r]");
    CHECK(limited("rank() OVER (PARTITION BY word ORDER BY n) AS r", "r < 5000").find("GroupLimit") ==
          std::string::npos);
    CHECK(limited("rank() OVER (PARTITION BY word ORDER BY n) AS r", "r > 2").find("GroupLimit") == std::string::npos);
    CHECK(limited("rank() OVER (PARTITION BY word ORDER BY n) AS r, sum(n) OVER (PARTITION BY word ORDER BY n) AS s",
                  "r <= 2")
              .find("GroupLimit") == std::string::npos);
    CHECK(limited("rank() OVER (PARTITION BY word ORDER BY n) AS r, row_number() OVER (PARTITION BY word ORDER BY n) "
                  "AS k",
                  "r <= 2 AND k <= 5")
              .find("WindowGroupLimit [word], [n ASC NULLS FIRST], row_number(), 5\n") != std::string::npos);
}

TEST_CASE("queries: a limit of ranks keeps the rows that the filter keeps") {
    CHECK(given("SELECT * FROM (SELECT name, row_number() OVER (ORDER BY id DESC) AS r FROM emp) WHERE r < 3 ORDER BY "
                "r") == "eve|1;dee|2");
    CHECK(given("SELECT * FROM (SELECT dept, name, rank() OVER (PARTITION BY dept ORDER BY salary DESC) AS r FROM emp) "
                "WHERE r = 1 ORDER BY name") == "it|ann|1;hr|dee|1;NULL|eve|1");
}

TEST_CASE("plans: a list that names its own aliases lies over a projection that makes them") {
    CHECK(planned("SELECT n + 1 AS a, a * 2 AS b FROM ev", "Analyzed Logical Plan")
              .starts_with("a: int, b: int\nProject [a, (a * 2) AS b]\n+- Project [ts, word, n, (n + 1) AS a]\n"
                           "   +- SubqueryAlias ev\n"));
    CHECK(given("SELECT n AS a, a + 1 AS b, a * b AS c FROM ev ORDER BY c") == "1|2|2;1|2|2;2|3|6");
    CHECK(given("SELECT id AS a, rank() OVER (ORDER BY a) AS r FROM emp") ==
          "[UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW] The feature is not supported: Referencing a lateral "
          "column alias `a` in window expression \"rank() OVER (ORDER BY lateralAliasReference(a) ASC NULLS FIRST "
          "unspecifiedframe$())\".");
    CHECK(given("SELECT 1 AS a, 2 AS a, a + 1 AS b") ==
          "[AMBIGUOUS_LATERAL_COLUMN_ALIAS] Lateral column alias `a` is ambiguous and has 2 matches.");
    CHECK(given("SELECT sum(n) AS s, sum(s) AS t FROM ev") ==
          "[UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC] The feature is not supported: Referencing a "
          "lateral column alias `s` in the aggregate function \"sum(lateralAliasReference(s))\".");
    CHECK(given("SELECT dept, sum(salary) AS s, s / 2 AS half FROM emp GROUP BY dept ORDER BY dept") ==
          "NULL|4000.00|2000.000000;hr|1800.25|900.125000;it|5500.50|2750.250000");
}

TEST_CASE("queries: a range of months goes by the calendar") {
    CHECK(given("SELECT id, hired, count(*) OVER (ORDER BY hired RANGE BETWEEN INTERVAL '1' YEAR PRECEDING AND "
                "INTERVAL '1' YEAR FOLLOWING) AS c FROM emp ORDER BY id") ==
          "1|2020-01-15|2;2|2021-06-01|1;3|2019-03-31|2;4|NULL|1;5|2022-12-31|1");
}

TEST_CASE("queries: bounds of a window go with its order") {
    const auto framed = [](const std::string& frame) {
        return given("SELECT id, count(*) OVER (" + frame + ") AS c FROM emp ORDER BY id");
    };
    CHECK(framed("ORDER BY hired DESC RANGE BETWEEN INTERVAL '400' DAY PRECEDING AND CURRENT ROW")
              .starts_with(
                  "[DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE] Cannot resolve \"(ORDER BY hired DESC NULLS LAST "
                  "RANGE BETWEEN INTERVAL '400' DAY PRECEDING AND CURRENT ROW)\" due to data type mismatch: The "
                  "data type \"DATE\" used in the order specification does not match the data type \"INTERVAL "
                  "DAY\" which is used in the range frame.; line 1 pos 25;"));
    CHECK(framed("ORDER BY hired RANGE BETWEEN INTERVAL '6' MONTH FOLLOWING AND INTERVAL '2' YEAR FOLLOWING")
              .starts_with("[DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES] Cannot resolve \"RANGE BETWEEN "
                           "INTERVAL '6' MONTH FOLLOWING AND INTERVAL '2' YEAR FOLLOWING\" due to data type mismatch: "
                           "Window frame bounds \"INTERVAL '6' MONTH\" and \"INTERVAL '2' YEAR\" do not have the same "
                           "type: \"INTERVAL MONTH\" <> \"INTERVAL YEAR\".; line 1 pos 25;"));
    CHECK(framed("ORDER BY id, hired RANGE BETWEEN 1 PRECEDING AND CURRENT ROW")
              .starts_with("[DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER] Cannot resolve \"(ORDER BY id ASC NULLS FIRST, "
                           "hired ASC NULLS FIRST RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)\""));
    CHECK(framed("ORDER BY id ROWS BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW")
              .starts_with(
                  "[DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE] Cannot resolve \"ROWS BETWEEN "
                  "INTERVAL '1' DAY PRECEDING AND CURRENT ROW\" due to data type mismatch: The data type of the "
                  "lower bound \"INTERVAL DAY\" does not match the expected data type \"INT\".; line 1 pos 25;"));
}

TEST_CASE("plans: sorts that nobody sees go, those that a first value depends on stay") {
    CHECK(optimised("SELECT word, max(n) FROM (SELECT * FROM ev ORDER BY ts) GROUP BY word") ==
          "Aggregate [word], [word, max(n) AS max(n)]\n+- LocalRelation [word, n]");
    CHECK(optimised("SELECT word, first(n) FROM (SELECT * FROM ev ORDER BY ts) GROUP BY word").find("Sort [ts") !=
          std::string::npos);
}

TEST_CASE("plans: sums and means of decimals with few digits are worked out in whole numbers") {
    const char* sql =
        "SELECT word, sum(CAST(n AS DECIMAL(8,2))) AS s, avg(CAST(n AS DECIMAL(8,2))) AS a, sum(CAST(n AS "
        "DECIMAL(12,2))) AS b FROM ev GROUP BY word";
    CHECK(optimised(sql) ==
          "Aggregate [word], [word, MakeDecimal(sum(UnscaledValue(cast(n as decimal(8,2)))),18,2) AS s, "
          "cast((avg(UnscaledValue(cast(n as decimal(8,2)))) / 100.0) as decimal(12,6)) AS a, sum(cast(n as "
          "decimal(12,2))) AS b]\n+- LocalRelation [word, n]");
    CHECK(given(std::string(sql) + " ORDER BY word") == "a|3.00|1.500000|3.00;b|1.00|1.000000|1.00");
}

TEST_CASE("plans: keys with a point are made one value each before rows meet") {
    const std::string text = planned("SELECT CAST(n AS DOUBLE) AS d, count(*) FROM ev GROUP BY 1", "Physical Plan");
    CHECK(text.find("keys=[knownfloatingpointnormalized(normalizenanandzero(_groupingexpression)) AS "
                    "_groupingexpression], functions=[partial_count(1)]") != std::string::npos);
}

TEST_CASE("commands: a cached query is a view, and what is not there cannot be forgotten") {
    Session session = rewrite_session();
    REQUIRE(execute(session, "CACHE LAZY TABLE c1 AS SELECT id FROM emp"));
    CHECK(execute(session, "SELECT * FROM c1"));
    for (const char* sql :
         {"CACHE TABLE emp", "UNCACHE TABLE emp", "REFRESH TABLE emp", "CLEAR CACHE", "UNCACHE TABLE IF EXISTS nosuch"})
        CHECK(execute(session, sql));
    CHECK(given("UNCACHE TABLE nosuch").starts_with("[TABLE_OR_VIEW_NOT_FOUND] The table or view `nosuch` cannot be"));
}

TEST_CASE("queries: FROM may come first with all clauses behind it") {
    CHECK(given("FROM emp SELECT dept, count(*) GROUP BY dept ORDER BY 2 DESC, 1") == "hr|2;it|2;NULL|1");
}

TEST_CASE("functions: formats of numbers are looked at before they are used") {
    CHECK(given("SELECT to_number('454', 'abc')")
              .starts_with("[INVALID_FORMAT.WRONG_NUM_DIGIT] The format is invalid: 'ABC'. The format string requires "
                           "at least one number digit.; line 1 pos 7;"));
    CHECK(given("SELECT to_number('454', '99G9G')").starts_with("[INVALID_FORMAT.CONT_THOUSANDS_SEPS]"));
    CHECK(given("SELECT to_char(7, '9S9')").starts_with("[INVALID_FORMAT.UNEXPECTED_TOKEN]"));
    CHECK(given("SELECT to_char(1.239, '9.99')") == "#.##");
    CHECK(given("SELECT to_char(123, '999PR')") == "123  ");
}
