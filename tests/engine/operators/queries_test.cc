// Whole statements: what Spark gives, in the places where a mistake would be easy.
#include <catch2/catch_test_macros.hpp>

#include "engine/operators/statement.h"

using namespace engine::spark;

namespace {

/// The rows as `a,b|c,d`, or the error class.
std::string rows(const std::string& sql, bool ansi = false) {
    Session session;
    session.ansi = ansi;
    const auto result = execute(session, sql);
    if (!result) return result.error().error_class.empty() ? result.error().message : result.error().error_class;
    std::string out;
    for (const Batch& batch : result->rows.batches)
        for (i64 i = 0; i < batch.rows; ++i) {
            out += out.empty() ? "" : "|";
            for (std::size_t c = 0; c < batch.columns.size(); ++c)
                out += (c ? "," : "") + cell_text(get(batch.columns[c], i), batch.columns[c].type, "UTC");
        }
    return out;
}

}  // namespace

TEST_CASE("query: a null in the list of NOT IN leaves no row") {
    CHECK(rows("SELECT x FROM VALUES (1),(2) t(x) WHERE x NOT IN (SELECT y FROM VALUES (1),(NULL) u(y))").empty());
    CHECK(rows("SELECT x FROM VALUES (1),(2) t(x) WHERE x NOT IN (SELECT y FROM VALUES (1) u(y))") == "2");
}

TEST_CASE("query: whole numbers wrap without ANSI and are refused with it") {
    CHECK(rows("SELECT 2147483647 + 1") == "-2147483648");
    CHECK(rows("SELECT 2147483647 + 1", true) == "ARITHMETIC_OVERFLOW");
}

TEST_CASE("query: a decimal quotient has the scale that Spark gives") {
    CHECK(rows("SELECT CAST(1 AS DECIMAL(10,2)) / CAST(3 AS DECIMAL(10,2))") == "0.3333333333333");
}

TEST_CASE("query: the missing side of an outer join is null") {
    CHECK(rows("SELECT a.x, b.y FROM VALUES (1),(2) a(x) LEFT JOIN VALUES (2,'b') b(x,y) ON a.x = b.x ORDER BY 1") ==
          "1,NULL|2,b");
    CHECK(rows("SELECT a.x, b.x FROM VALUES (1) a(x) FULL JOIN VALUES (2) b(x) ON a.x = b.x ORDER BY 1") ==
          "NULL,2|1,NULL");
}

TEST_CASE("query: GROUP BY a position means the item of the list") {
    CHECK(rows("SELECT x % 2, count(*) FROM VALUES (1),(2),(3) t(x) GROUP BY 1 ORDER BY 1") == "0,1|1,2");
}

TEST_CASE("query: rows that CASE does not choose cannot fail") {
    CHECK(rows("SELECT CASE WHEN x = 0 THEN 0 ELSE 10 / x END FROM VALUES (0),(5) t(x)", true) == "0.0|2.0");
}

TEST_CASE("query: windows that slide hold a row more than once") {
    CHECK(rows("SELECT window.start, count(*) FROM VALUES (TIMESTAMP'2024-01-01 00:00:07') t(ts) GROUP BY "
               "window(ts,'10 seconds','5 seconds') ORDER BY 1") == "2024-01-01 00:00:00,1|2024-01-01 00:00:05,1");
}

TEST_CASE("query: sessions merge when a row falls into the gap") {
    CHECK(
        rows("SELECT session_window.end, count(*) FROM VALUES (TIMESTAMP'2024-01-01 00:00:01'),(TIMESTAMP'2024-01-01 "
             "00:00:04'),(TIMESTAMP'2024-01-01 00:00:20') t(ts) GROUP BY session_window(ts,'5 seconds') ORDER BY 1") ==
        "2024-01-01 00:00:09,2|2024-01-01 00:00:25,1");
}

TEST_CASE("query: the frame of an ordered window ends with the peers of the row") {
    CHECK(rows("SELECT sum(x) OVER (ORDER BY y) FROM VALUES (1,1),(2,1),(3,2) t(x,y)") == "3|3|6");
}

TEST_CASE("query: hostile statements end in a refusal") {
    CHECK(rows("SELECT size(sequence(1, 1000000000))") == "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER");
    CHECK(rows("SELECT length(repeat('x', 2147483647))") == "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION");
    CHECK(rows("SELECT count(*) FROM range(1000000) a, range(1000000) b").find("stopped") != std::string::npos);
    CHECK(rows("SELECT repeat('a', 60) || '!' RLIKE '^(a|aa)+$'").find("steps") != std::string::npos);
}

TEST_CASE("a name that a grouping set does not find is told, whatever stands beside it") {
    Session session;
    const auto result = execute(session, "SELECT count(*) FROM range(3) GROUP BY ROLLUP(id, nowhere)");
    REQUIRE(!result);
    CHECK(result.error().message.find("[UNRESOLVED_COLUMN.WITH_SUGGESTION]") == 0);
}

TEST_CASE("HAVING refuses a column that is neither grouped by nor aggregated") {
    Session session;
    const auto result = execute(session, "SELECT id % 2 a FROM range(3) GROUP BY id % 2 HAVING id > 1");
    REQUIRE(!result);
    CHECK(result.error().message.find("with name `id` cannot be resolved. Did you mean one of the following? [`a`]") !=
          std::string::npos);
    CHECK(execute(session, "SELECT id % 2 a FROM range(3) GROUP BY id % 2 HAVING max(id) > 1 AND a = 0"));
}
