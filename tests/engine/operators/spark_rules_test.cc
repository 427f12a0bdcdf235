// Rules of Spark SQL that an unseen query shows: each case is what Spark 3.5.7 answered.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "engine/operators/statement.h"

using namespace engine::spark;

namespace {

/// The cell of a statement that gives one, or what it is refused with.
std::string cell(const std::string& sql, bool ansi = false) {
    Session session;
    session.clock.zone = "UTC";
    session.ansi = ansi;
    const auto result = execute(session, sql);
    if (!result) return result.error().message;
    for (const Batch& batch : result->rows.batches)
        if (batch.rows > 0) return cell_text(get(batch.columns[0], 0), (*result->schema.fields)[0].type, "UTC");
    return "no row";
}

std::string heading(const std::string& sql) {
    Session session;
    session.clock.zone = "UTC";
    const auto result = execute(session, sql);
    return result ? (*result->schema.fields)[0].name : result.error().message;
}

std::string refusal(const std::string& sql, bool ansi = false) {
    Session session;
    session.clock.zone = "UTC";
    session.ansi = ansi;
    const auto result = execute(session, sql);
    return result ? "accepted" : result.error().error_class;
}

}  // namespace

TEST_CASE("rules: floats are printed with the digits of Java 17, which are not always the fewest") {
    CHECK(cell("SELECT CAST(CAST(123456789 AS FLOAT) AS STRING)") == "1.23456792E8");
    CHECK(cell("SELECT CAST(CAST(TIMESTAMP'2024-03-10 12:34:56' AS FLOAT) AS STRING)") == "1.71007411E9");
    CHECK(cell("SELECT CAST(CAST(1e-45D AS FLOAT) AS STRING)") == "1.4E-45");
    CHECK(cell("SELECT CAST(0.1D + 0.2D AS STRING)") == "0.30000000000000004");
}

TEST_CASE("rules: exponentials and logarithms are those of StrictMath") {
    CHECK(cell("SELECT exp(1)") == "2.7182818284590455");
    CHECK(cell("SELECT asinh(1)") == "0.8813735870195429");
    CHECK(cell("SELECT cosh(1)") == "1.543080634815244");
    CHECK(cell("SELECT log10(1000)") == "3.0");
}

TEST_CASE("rules: a word after an item is its alias even where it could be an operator") {
    CHECK(heading("SELECT count(*) OVER") == "OVER");
    CHECK(heading("SELECT 1 LIKE") == "LIKE");
    CHECK(refusal("SELECT NOT") == "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION");
}

TEST_CASE("rules: a statement is refused at the token that Spark names") {
    CHECK(cell("SELECT CAST(x INT)")
              .starts_with("\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'INT': extra input 'INT'.(line 1, pos 14)"));
    CHECK(cell("SELECT named_struct('a', 1).*")
              .starts_with("\n[PARSE_SYNTAX_ERROR] Syntax error at or near '*'.(line 1, pos 28)"));
    CHECK(cell("SELECT 1 /* open") ==
          "\n[UNCLOSED_BRACKETED_COMMENT] Found an unclosed bracketed comment. Please, append */ at the end of the "
          "comment.\n== SQL ==\nSELECT 1 /* open");
    CHECK(cell("SELECT INTERVAL '1-13' YEAR TO MONTH")
              .starts_with("\nError parsing interval year-month string: requirement failed: month 13 outside range [0, "
                           "11].(line 1, pos 16)"));
    CHECK(cell("SELECT * FROM (SELECT 1) TABLESAMPLE (10)").find("10 is not a valid byte length literal") !=
          std::string::npos);
}

TEST_CASE("rules: a predicate has the place of its own words") {
    const std::string why = cell("SELECT 1 BETWEEN 0 AND DATE'2024-01-01'");
    CHECK(why.find("; line 1 pos 9;") != std::string::npos);
}

TEST_CASE("rules: headings name what Spark names") {
    CHECK(heading("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x DESC) FROM VALUES (1) t(x)") ==
          "percentile_disc(0.5) WITHIN GROUP (ORDER BY x DESC)");
    CHECK(heading("SELECT first_value(x) IGNORE NULLS FROM VALUES (1) t(x)") == "first(x)");
    CHECK(heading("SELECT 1 IS TRUE") == "((true IS NOT NULL) AND true)");
}

TEST_CASE("rules: functions of text print as Java does") {
    CHECK(cell("SELECT format_number(-0.5, 0)") == "-0");
    CHECK(cell("SELECT format_string('%s', map('a', 1))") == "keys: [a], values: [1]");
    CHECK(cell("SELECT format_string('%c', 'x')") == "c != org.apache.spark.unsafe.types.UTF8String");
    CHECK(cell("SELECT to_char(-7, 'S99')") == " -7");
}

TEST_CASE("rules: zeros of both signs are one group, shown without a sign") {
    CHECK(cell("SELECT x FROM VALUES (-0.0D), (0.0D) t(x) GROUP BY x") == "0.0");
}

TEST_CASE("rules: a setting's name in a statement stands for its value") {
    Session session;
    session.settings["x"] = "'!'";
    const auto result = execute(session, "SELECT ${x}");
    REQUIRE(result);
    CHECK(get(result->rows.batches[0].columns[0], 0).s == "!");
    CHECK(refusal("SELECT ${nothing}") == "PARSE_SYNTAX_ERROR");
}

TEST_CASE("rules: the key of the other side of USING is there for who names it with its table") {
    CHECK(cell("SELECT b.k FROM (SELECT 1 k) a LEFT JOIN (SELECT 2 k) b USING (k)") == "NULL");
    CHECK(cell("SELECT count(*) FROM (SELECT 1 k) a JOIN (SELECT 1 k) b USING (k) WHERE b.k = 1") == "1");
}

TEST_CASE("rules: ORDER BY ALL orders by every column") {
    CHECK(cell("SELECT * FROM VALUES (2, 1), (1, 9), (1, 3) t(a, b) ORDER BY ALL LIMIT 1") == "1");
}

TEST_CASE("rules: what must not be is refused with Spark's class") {
    CHECK(refusal("SELECT * FROM VALUES (1), ('a') t(x)") == "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE");
    CHECK(refusal("SELECT * FROM VALUES (1, 'a') t(x)") == "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH");
    CHECK(refusal("SELECT * FROM range('a')") == "UNEXPECTED_INPUT_TYPE");
    CHECK(refusal("SELECT sum(DISTINCT x) OVER (ORDER BY x) FROM VALUES (1) t(x)") ==
          "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED");
    CHECK(refusal("SELECT sum(x) OVER nope FROM VALUES (1) t(x)") == "_LEGACY_ERROR_TEMP_1004");
    CHECK(refusal("SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM VALUES (1) t(x)") ==
          "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON");
    CHECK(refusal("SELECT x, grouping(y) FROM VALUES (1, 2) t(x, y) GROUP BY x") == "UNSUPPORTED_GROUPING_EXPRESSION");
    CHECK(refusal("SELECT x FROM VALUES (1, 2) t(x, y) GROUP BY x ORDER BY y") == "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    CHECK(refusal("WITH t AS (SELECT nope FROM VALUES (1) v(x)) SELECT 1") == "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST_CASE("rules: a refusal of two sides shows the whole plan") {
    const std::string why = cell("SELECT 1 x, 2 y UNION SELECT 1");
    CHECK(why.find(";\n'Distinct\n+- 'Union false, false\n") != std::string::npos);
}

TEST_CASE("rules: ANSI takes arguments in their order and reads no text at once") {
    CHECK(cell("SELECT typeof(CASE WHEN true THEN 1 WHEN false THEN 2.5 ELSE '3' END)", true) == "double");
    CHECK(cell("SELECT typeof(to_date('x'))", true) == "date");
    CHECK(refusal("SELECT NOT 'x'", true) == "CAST_INVALID_INPUT");
}

TEST_CASE("rules: the time of a window may be asked of the window itself") {
    CHECK(cell("SELECT window_time(window(TIMESTAMP'2024-01-01 00:00:07', '5 seconds'))") ==
          "2024-01-01 00:00:09.999999");
}

TEST_CASE("rules: an offset of a RANGE frame has the type of the key that it goes by") {
    // Of keys 1, 2 and 4 the sums of values 1, 2 and 3, as one text.
    const auto sums = [](const std::string& key, const std::string& frame) {
        return cell("SELECT array_join(collect_list(x), ' ') FROM (SELECT sum(v) OVER (ORDER BY " + key +
                    " RANGE BETWEEN " + frame + ") x, k FROM VALUES (1, 1), (2, 2), (4, 3) t(k, v))");
    };
    CHECK(sums("v", "'1' PRECEDING AND CURRENT ROW") == "1 3 5");
    CHECK(sums("v", "1.5 PRECEDING AND CURRENT ROW") == "1 3 5");
    CHECK(sums("v", "1 + 1 PRECEDING AND CURRENT ROW") == "1 3 6");
    CHECK(sums("v", "'x' PRECEDING AND CURRENT ROW") == "1 3 6");
    CHECK(sums("v", "INTERVAL 1 YEAR PRECEDING AND CURRENT ROW") == "1 3 5");
    CHECK(sums("v", "1.2 FOLLOWING AND 1.1 FOLLOWING") == "2 3");
    CHECK(sums("CAST(v AS DECIMAL(5,2))", "1.5 PRECEDING AND 1 FOLLOWING") == "3 6 5");
    CHECK(heading("SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING) FROM range(3)") ==
          "sum(id) OVER (ORDER BY id ASC NULLS FIRST RANGE BETWEEN (- 1) FOLLOWING AND 2 FOLLOWING)");
    const auto refused = [](const std::string& key, const std::string& frame) {
        return refusal("SELECT sum(id) OVER (ORDER BY " + key + " RANGE BETWEEN " + frame + ") FROM range(3)");
    };
    const std::string mismatch = "DATATYPE_MISMATCH.";
    CHECK(refused("string(id)", "1 PRECEDING AND CURRENT ROW") == mismatch + "SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE");
    CHECK(refused("id > 1", "1 PRECEDING AND CURRENT ROW") == mismatch + "SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE");
    CHECK(refused("array(id)", "1 PRECEDING AND CURRENT ROW") == mismatch + "RANGE_FRAME_INVALID_TYPE");
    CHECK(refused("timestamp(id)", "1 PRECEDING AND CURRENT ROW") == mismatch + "RANGE_FRAME_INVALID_TYPE");
    CHECK(refused("timestamp(id)", "INTERVAL 1 DAY PRECEDING AND 1 FOLLOWING") ==
          mismatch + "SPECIFIED_WINDOW_FRAME_DIFF_TYPES");
    CHECK(refused("id", "2 FOLLOWING AND 1 FOLLOWING") == mismatch + "SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON");
}
