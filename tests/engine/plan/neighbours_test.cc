// Statements that stand next to those of the recordings: what Spark 3.5.7 answers or says of them.
#include <catch2/catch_test_macros.hpp>

#include "engine/operators/statement.h"
#include "engine/plan/plan_text.h"
#include "tests/engine/plan/statement_rows.h"

using namespace engine::spark;

namespace {

Session with_words(bool ansi = false) {
    Session session;
    session.clock = {"UTC", 1'700'000'000'000'000};
    for (const char* view : {"CREATE TEMP VIEW words AS SELECT * FROM VALUES ('b', 1), ('a', 2) AS t(word, n)",
                             "CREATE TEMP VIEW clicks AS SELECT TIMESTAMP'2024-01-01 00:00:01' ts, 'u1' user"})
        REQUIRE(execute(session, view));
    session.ansi = ansi;
    return session;
}

/// Headings and rows, or the refusal.
std::string answer(const std::string& sql, bool ansi = false) {
    Session session = with_words(ansi);
    const auto result = execute(session, sql);
    if (!result) return result.error().exception + ": " + result.error().message;
    std::string out;
    for (const Field& f : *result->schema.fields) out += f.name + (f.nullable ? "?" : "") + " ";
    return out + "-> " + tests::rows_text(*result);
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("comparisons: a whole number beside a decimal that is written out is compared with a whole number") {
    CHECK(answer("SELECT 1 < 1.5, 1.5 < 1, 1 >= 1.0, 2.5 >= n FROM words LIMIT 1") ==
          "(1 < 2) (1 < 1) (1 >= 1) (2 >= n) -> true|false|true|true");
    CHECK(answer("SELECT n BETWEEN 1.5 AND 3.5, n < -1.5 FROM words LIMIT 1") ==
          "((n >= 2) AND (n <= 3)) (n < -1) -> false|false");
    CHECK(answer("SELECT n > 99999999999999999999, n >= -99999999999999999999 FROM words LIMIT 1") ==
          "false true -> false|true");
    CHECK(answer("SELECT 5L < 9223372036854775807.5, 5 > -9223372036854775808.5") == "true true -> true|true");
    CHECK(answer("SELECT n = 2.5, n <=> 2.5, n > 1.5D FROM words LIMIT 1") ==
          "(n = 2.5) (n <=> 2.5) (n > 1.5) -> false|false|false");
    CHECK(answer("SELECT 1 > CAST(0.5 AS DECIMAL(3,1))") == "(1 > CAST(0.5 AS DECIMAL(3,1)))? -> true");
}

TEST_CASE("casts: what is tried reads text as ANSI does, and ANSI lets keys of maps be cast") {
    CHECK(answer("SELECT TRY_CAST('1.5' AS INT)") == "TRY_CAST(1.5 AS INT)? -> NULL");
    CHECK(answer("SELECT CAST('1.5' AS INT)") == "CAST(1.5 AS INT)? -> 1");
    CHECK(answer("SELECT CAST(map('1', '2') AS MAP<INT, STRING>)", true) == "map(1, 2) -> {1 -> 2}");
    CHECK(says(answer("SELECT CAST(map('1', '2') AS MAP<INT, STRING>)"), "CAST_WITHOUT_SUGGESTION"));
    CHECK(says(answer("SELECT TRY_CAST(map('1', 'x') AS MAP<INT, INT>)"), "CAST_WITHOUT_SUGGESTION"));
}

TEST_CASE("sums that are tried keep their name and give null for text that is no number") {
    CHECK(answer("SELECT try_add(DATE'2024-01-01', 1)") == "try_add(DATE '2024-01-01', 1)? -> 2024-01-02");
    CHECK(answer("SELECT try_add('a', 1)", true) == "try_add(a, 1)? -> NULL");
    CHECK(answer("SELECT try_add('5', 1)", true) == "try_add(5, 1)? -> 6");
}

TEST_CASE("decimals: a number that does not fit is told in full") {
    const std::string nines = "CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0))";
    CHECK(says(answer("SELECT " + nines + " * 10", true),
               "[NUMERIC_VALUE_OUT_OF_RANGE] 999999999999999999999999999999999999990 cannot"));
    CHECK(says(answer("SELECT " + nines + " * " + nines, true),
               "] 9999999999999999999999999999999999999800000000000000000000000000000000000000 cannot"));
    CHECK(says(answer("SELECT " + nines + " + " + nines, true), "] 199999999999999999999999999999999999998 cannot"));
    CHECK(says(answer("SELECT CAST(CAST(3.4e38 AS FLOAT) AS DECIMAL(10,2))", true),
               "] 339999995214436420000000000000000000000 cannot be represented as Decimal(10, 2)"));
}

TEST_CASE("text: base64 that ends in the middle of a byte is refused, and sentences end before capitals") {
    CHECK(answer("SELECT unbase64('abc') = X'69B7', unbase64('ab!c') = X'69B7', unbase64('ab==') = X'69'")
              .ends_with("-> true|true|true"));
    CHECK(answer("SELECT unbase64('a')") == "IllegalArgumentException: Last unit does not have enough valid bits");
    CHECK(answer("SELECT unbase64('ab=')") ==
          "IllegalArgumentException: Input byte array has wrong 4-byte ending unit");
    CHECK(answer("SELECT try_to_binary('a', 'base64')").ends_with("-> NULL"));
    CHECK(answer("SELECT sentences('a b. c d!')").ends_with("-> [[a, b, c, d]]"));
    CHECK(answer("SELECT sentences('A. B c? d! e')").ends_with("-> [[A], [B, c], [d], [e]]"));
    CHECK(answer("SELECT sentences('1.5 is. 2. three x.y')").ends_with("-> [[1.5, is, 2, three, x.y]]"));
}

TEST_CASE("patterns of time: letters of weeks are refused before those that nobody knows") {
    CHECK(says(answer("SELECT date_format(TIMESTAMP'2024-03-10 12:34:56', 'abc')"),
               "All week-based patterns are unsupported since Spark 3.0, detected: c"));
    CHECK(says(answer("SELECT date_format(TIMESTAMP'2024-03-10 12:34:56', 'Ab')"), "Illegal pattern character: A"));
    CHECK(says(answer("SELECT date_format(TIMESTAMP'2024-03-10 12:34:56', \"yyyy'ABc'\")"), "-> 2024ABc"));
}

TEST_CASE("calls: elements that are there are not null, and CAST without a type is a call like others") {
    CHECK(answer("SELECT try_element_at(array(1, 2), -1), to_json(NULL)") ==
          "try_element_at(array(1, 2), -1) to_json(NULL)? -> 2|NULL");
    CHECK(says(answer("SELECT CAST(word) FROM words"), "The `cast` requires 0 parameters but the actual number is 1."));
    CHECK(says(answer("SELECT try_cast(1)"), "[UNRESOLVED_ROUTINE] Cannot resolve function `try_cast`"));
    CHECK(says(answer("SELECT trim(FROM ' a ')"), "[UNSUPPORTED_TYPED_LITERAL] Literals of the type \"FROM\""));
    CHECK(says(answer("SELECT elt(3, 'a', 'b')", true), "Job aborted due to stage failure"));
}

TEST_CASE("aggregates: a percentile that gives a value of its column takes dates as they are") {
    CHECK(answer("SELECT percentile_approx(x, 0.5) FROM VALUES (DATE'2024-01-01'), (DATE'2024-01-03') t(x)") ==
          "percentile_approx(x, 0.5, 10000)? -> 2024-01-01");
    CHECK(says(answer("SELECT percentile(DATE'2024-01-01', 0.5)"), "DATATYPE_MISMATCH"));
}

TEST_CASE("windows: a session over text reads it as moments, and only functions of windows stand before OVER") {
    CHECK(answer("SELECT count(*) FROM clicks GROUP BY session_window(user, '5 seconds')") == "count(1) -> ");
    CHECK(says(answer("SELECT upper(word) OVER (ORDER BY n) FROM words"),
               "[UNSUPPORTED_EXPR_FOR_WINDOW] Expression \"upper(word)\" not supported within a window function.; line "
               "1 pos 7;\nProject [upper(word) OVER (ORDER BY n ASC NULLS FIRST RANGE"));
    CHECK(says(answer("SELECT lead(word, 2) OVER (PARTITION BY n) FROM words"), "Window function lead(word#"));
    CHECK(says(answer("SELECT lag(word) OVER () FROM words"), ", -1, null) requires window to be ordered"));
    CHECK(answer("SELECT window_time(w) FROM (SELECT window(ts, '10 seconds') w FROM clicks)")
              .starts_with("window_time(w)? ->"));
}

TEST_CASE("plans in refusals: calls that look at no column are known before the table is") {
    CHECK(says(answer("SELECT count(*), sum(n) s, upper('a') u FROM nowhere"),
               "'Aggregate [unresolvedalias(count(1), None), 'sum('n) AS s#"));
    CHECK(says(answer("SELECT word, count(*) c FROM words WHERE c > 1 GROUP BY word"),
               "'Aggregate ['word], ['word, count(1) AS c#"));
    CHECK(says(answer("SELECT sum(n) FROM nowhere"), "'Project [unresolvedalias('sum('n), None)]"));
}

TEST_CASE("stars: what is no struct has no fields, and a table of its own has no input") {
    CHECK(says(answer("SELECT word.* FROM words"),
               "Can only star expand struct data types. Attribute: `ArrayBuffer(word)`.; line 1 pos 7"));
    CHECK(says(answer("SELECT nope.* FROM words"), "given input columns `word`, `n`. Please"));
    CHECK(says(answer("SELECT a.b FROM (SELECT 1 AS `a.b`)"), "Did you mean one of the following? [`a.b`]."));
}

TEST_CASE("lambdas: an operator over the variable of a lambda that no function took asks for its type") {
    CHECK(answer("SELECT x -> x + 1")
              .starts_with("AnalysisException: Invalid call to dataType on unresolved object;\n'Project [unresolved"));
    CHECK(answer("SELECT x -> x").starts_with("Py4JJavaError: [INTERNAL_ERROR] Found the unresolved operator"));
    CHECK(says(answer("SELECT aggregate(array(1), 0, (a, x) -> a + 0.5)"), "lambdafunction(lambda id#"));
}

TEST_CASE("commands: tables that would change are not there, and views do not change") {
    CHECK(says(answer("DELETE FROM nope WHERE id = 1"),
               "[__required_write_privileges__=DELETE], false\n"));
    CHECK(says(answer("DELETE FROM nope"), "'DeleteFromTable true\n+- 'UnresolvedRelation [nope]"));
    CHECK(says(answer("UPDATE nope SET id = 1"), "'UpdateTable [assignment('id, 1)]\n"));
    CHECK(says(answer("UPDATE words SET n = 1"), "UPDATE TABLE is not supported temporarily."));
    CHECK(says(answer("INSERT INTO nope SELECT 1"), "false, false, false, false\n+- Project [1 AS 1#"));
    CHECK(says(answer("INSERT INTO words VALUES (1)"), "Inserting into a view is not allowed. View: `words`."));
    CHECK(says(answer("INSERT INTO words"), "Syntax error at or near end of input.(line 1, pos 17)"));
    CHECK(says(answer("TRUNCATE TABLE words"), "words is a temp view. 'TRUNCATE TABLE' expects a table..; line 1"));
}

TEST_CASE("refusals: generators in an order and several names for one column are seen before anything runs") {
    CHECK(says(answer("SELECT n FROM words ORDER BY explode(array(n))"),
               "The generator is not supported: outside the SELECT clause, found: Sort [explode(array(n#"));
    const std::string several = answer("SELECT word AS (a) FROM words");
    CHECK(says(several, "[INTERNAL_ERROR] Found the unresolved operator: 'Project [word#"));
    CHECK(says(several, " AS (a)]"));
}

TEST_CASE("refusals: a window that a WINDOW clause does not know is refused before there is a plan") {
    CHECK(answer("SELECT rank() OVER w FROM words WINDOW v AS (ORDER BY n)") ==
          "AnalysisException: Window specification w is not defined in the WINDOW clause.");
    CHECK(says(answer("SELECT rank() OVER w FROM words"), "not defined in the WINDOW clause.;\n'Project"));
    CHECK(answer("SELECT lead(word, 'a') OVER (ORDER BY n) FROM words") ==
          "AnalysisException: Cannot specify window frame for lead function.");
}

TEST_CASE("refusals: what follows HAVING is made a truth value, and values of a CASE are made alike in any case") {
    CHECK(says(answer("SELECT word FROM words HAVING word"), "Filter cast(word#"));
    CHECK(says(answer("SELECT CASE WHEN NULL THEN 1 ELSE 'x' END"),
               "CASE WHEN null THEN cast(1 as string) ELSE x END"));
    CHECK(answer("SELECT word FROM words GROUP BY word HAVING max(n) > 1") == "word -> a");
}

TEST_CASE("texts: sizes of a type are whole numbers, and carets stand under the last line that is not empty") {
    CHECK(says(answer("SELECT CAST(1 AS DECIMAL(-1,0))"), "at or near '-': extra input '-'.(line 1, pos 25)"));
    CHECK(says(answer("SELECT CAST('1' AS DECIMAL(a,b))"), "Syntax error at or near 'a'.(line 1, pos 27)"));
    CHECK(says(answer("SELECT 1.5E400BD"), "Decimal precision 401 exceeds max precision 38..(line 1, pos 7)"));
    CHECK(answer("--\n") ==
          "ParseException: \n[PARSE_SYNTAX_ERROR] Syntax error at or near end of input.(line 2, pos 0)\n\n== SQL "
          "==\n--\n^^^\n");
    CHECK(answer("SELECT word FROM words WHERE ORDER BY word LIMIT 1") == "word -> a");
    CHECK(says(answer("SELECT approx_count_distinct(word, 0.1) FROM words"), "approx_count_distinct(word) ->"));
}
