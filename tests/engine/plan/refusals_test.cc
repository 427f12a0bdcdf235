// What the analyser refuses, in the words of Spark 3.5.7.
#include <catch2/catch_test_macros.hpp>

#include "engine/operators/statement.h"

using namespace engine::spark;

namespace {

std::string refusal(const std::string& sql) {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    (void)execute(session, "CREATE TEMP VIEW words AS SELECT * FROM VALUES ('a', 1), ('b', 2) AS t(word, n)");
    const auto result = execute(session, sql);
    const std::string text = result ? "accepted" : result.error().message;
    return text.substr(0, text.find(";\n"));
}

}  // namespace

TEST_CASE("refusals: an aggregate's filter is a truth value, and other functions have none") {
    CHECK(refusal("SELECT count(*) FILTER (WHERE word) FROM words") ==
          "FILTER expression is not of type boolean. It cannot be used in an aggregate function.; line 1 pos 7");
    CHECK(refusal("SELECT upper(word) FILTER (WHERE true) FROM words") ==
          "Function upper does not support FILTER clause.; line 1 pos 7");
    CHECK(refusal("SELECT upper(DISTINCT word) FROM words") ==
          "Function upper does not support DISTINCT.; line 1 pos 7");
}

TEST_CASE("refusals: a sort looks further below for a name that several columns of its input have") {
    CHECK(refusal("SELECT word AS a, n AS a FROM words ORDER BY a")
              .starts_with("[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `a` cannot be "
                           "resolved. Did you mean one of the following? [`a`, `a`]."));
    CHECK(refusal("SELECT n, CAST(n AS DOUBLE) FROM words ORDER BY n") == "accepted");
}

TEST_CASE("refusals: a schema is looked at as a type before its names are") {
    CHECK(refusal("SELECT from_json(word, 'a INTT') FROM words") ==
          "[PARSE_SYNTAX_ERROR] Syntax error at or near 'INTT': extra input 'INTT'.; line 1 pos 7");
    CHECK(refusal("SELECT from_json(word, 'a INT b') FROM words") ==
          "[PARSE_SYNTAX_ERROR] Syntax error at or near 'INT'.; line 1 pos 7");
}

TEST_CASE("refusals: pivots need an aggregate, schemas have to be there") {
    CHECK(refusal("SELECT * FROM words PIVOT (word FOR word IN ('a'))") ==
          "Aggregate expression required for pivot, but 'words.word' did not appear in any aggregate function.");
    CHECK(refusal("SHOW TABLES IN nope")
              .starts_with("[SCHEMA_NOT_FOUND] The schema `nope` cannot be found. Verify the spelling"));
}

TEST_CASE("refusals: a filter of an aggregate looks at rows, not at what is made of several") {
    CHECK(refusal("SELECT sum(n) FILTER (WHERE max(n) > 1) FROM words") ==
          "FILTER expression contains aggregate. It cannot be used in an aggregate function.; line 1 pos 7");
    CHECK(refusal("SELECT sum(n) FILTER (WHERE rank() OVER (ORDER BY n) = 1) FROM words") ==
          "FILTER expression contains window function. It cannot be used in an aggregate function.; line 1 pos 7");
}

TEST_CASE("refusals: a lambda names as many values as its function gives it") {
    CHECK(refusal("SELECT map_filter(map(word, n), k -> true) FROM words") ==
          "[INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH] Invalid lambda function call. A higher order function "
          "expects 1 arguments, but got 2.; line 1 pos 32");
    CHECK(refusal("SELECT exists(array(n), (x, i) -> true) FROM words")
              .starts_with("[INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH]"));
    CHECK(refusal("SELECT filter(array(n), x -> true), filter(array(n), (x, i) -> true) FROM words") == "accepted");
}

TEST_CASE("refusals: elements and keys of two types meet only where the one holds the other") {
    CHECK(refusal("SELECT array_union(array(1), array(2L)), map_contains_key(map(1L, 'a'), 1)") == "accepted");
    CHECK(
        refusal("SELECT array_union(array(1), array(1.5))").starts_with("[DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES]"));
    CHECK(refusal("SELECT map_contains_key(map(1, 'a'), '1')")
              .starts_with("[DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES]"));
    CHECK(refusal("SELECT array(1) || 2").ends_with("but it's (\"ARRAY<INT>\" or \"STRING\").; line 1 pos 7"));
}

TEST_CASE("refusals: some functions take no other type for theirs") {
    CHECK(refusal("SELECT unix_date('1970-01-02')")
              .ends_with("Parameter 1 requires the \"DATE\" type, however \"1970-01-02\" has the type \"STRING\".; "
                         "line 1 pos 7"));
    CHECK(refusal("SELECT unix_date(NULL), unix_date(DATE'2024-01-01')") == "accepted");
    CHECK(refusal("SELECT stack(2, 1, 'a')")
              .ends_with("The data type of the column (0) do not have the same type: \"INT\" (1) <> \"STRING\" (2).; "
                         "line 1 pos 7"));
}

TEST_CASE("refusals: the frame of a window ends after it begins, and an offset comes after a limit") {
    CHECK(refusal("SELECT sum(n) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING) FROM words")
              .ends_with("Window frame upper bound \"UNBOUNDED PRECEDING\" does not follow the lower bound "
                         "\"CURRENT ROW\".; line 1 pos 19"));
    CHECK(refusal("SELECT nth_value(n, 0) OVER (ORDER BY n) FROM words")
              .find("The offset must be between (0, 9223372036854775807] (current value = 0L).") != std::string::npos);
    CHECK(refusal("SELECT n FROM words OFFSET 1 LIMIT 1").starts_with("\n[PARSE_SYNTAX_ERROR] Syntax error at or near "
                                                                      "'LIMIT'"));
    CHECK(refusal("SELECT n FROM words TABLESAMPLE (200 PERCENT)")
              .starts_with("\nSampling fraction (2.0) must be on interval [0, 1]."));
}

TEST_CASE("plans: a side that is hinted as a hash table is shuffled, and a hint that cannot be followed is as none") {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    for (const char* view : {"CREATE TEMP VIEW ev AS SELECT * FROM VALUES ('a', 1) AS t(word, n)",
                             "CREATE TEMP VIEW dim AS SELECT * FROM VALUES ('a', 'x') AS t(word, label)"})
        REQUIRE(execute(session, view));
    const auto plan = [&](const std::string& sql) {
        const auto result = execute(session, "EXPLAIN " + sql);
        return result ? get(result->rows.batches[0].columns[0], 0).s : result.error().message;
    };
    CHECK(plan("SELECT /*+ SHUFFLE_HASH(dim) */ n, label FROM ev JOIN dim ON ev.word = dim.word")
              .find("ShuffledHashJoin [word#") != std::string::npos);
    CHECK(plan("SELECT /*+ BROADCAST(dim) */ n, label FROM ev RIGHT JOIN dim ON ev.word = dim.word")
              .find("RightOuter, BuildLeft, false") != std::string::npos);
}
