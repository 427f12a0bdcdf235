// Rows go in batches, and answer as if they went one by one: which failure is told, whether a limit is reached before
// it, and what generators give. The answers are those of Spark 3.5.7 with local[1].
#include <catch2/catch_test_macros.hpp>

#include "tests/engine/plan/statement_rows.h"

using namespace engine::spark;

namespace {

constexpr const char* kZero = "DIVIDE_BY_ZERO";
constexpr const char* kCast = "CAST_INVALID_INPUT";

/// The rows as `a|b;c|d`, or which of the two refusals was told, alone or as that of a task.
std::string row_by_row(const std::string& sql) {
    Session session;
    session.ansi = true;
    const auto result = execute(session, sql);
    if (!result) {
        const QueryError& e = result.error();
        for (const char* name : {kZero, kCast})
            if (e.error_class == name || e.message.find(name) != std::string::npos) return name;
        return e.message;
    }
    return tests::rows_text(*result);
}

}  // namespace

TEST_CASE("a limit that is reached before the row that fails does not fail") {
    CHECK(row_by_row("SELECT 1/(id-50) x FROM range(100) LIMIT 2") == "-0.02;-0.02040816326530612");
    CHECK(row_by_row("SELECT x FROM (SELECT 1/(id-50) x FROM range(100)) WHERE x < 0 LIMIT 1") == "-0.02");
    CHECK(row_by_row("SELECT count(*) FROM (SELECT 1/(id-50) x FROM range(100) LIMIT 3)") == "3");
    CHECK(row_by_row("SELECT 1/(id-50) x FROM range(100) LIMIT 3 OFFSET 45") == "-0.2;-0.25;-0.3333333333333333");
    CHECK(row_by_row("SELECT explode(array(1/(id-2), 1)) x FROM range(0,5,1,1) LIMIT 4") == "-0.5;1.0;-1.0;1.0");
    CHECK(row_by_row("SELECT explode(array(1/(id-2), 1)) x FROM range(0,5,1,1) LIMIT 5") == kZero);
    CHECK(row_by_row("SELECT 1/(id-1) x FROM range(100) LIMIT 3") == kZero);
    CHECK(row_by_row("SELECT 1/(id-5) x FROM range(100) LIMIT 2 OFFSET 7") == kZero);
    CHECK(row_by_row("SELECT 1/(a-3) x FROM VALUES (1),(2),(3),(4) t(a) LIMIT 2") == kZero);
}

TEST_CASE("a limit over a range asks for no more rows than it takes") {
    CHECK(row_by_row("SELECT * FROM range(1000000000000) LIMIT 3") == "0;1;2");
    CHECK(row_by_row("SELECT id * 2 FROM range(1000000000000) LIMIT 2 OFFSET 5000") == "10000;10002");
    CHECK(row_by_row("SELECT * FROM (SELECT count(*) FROM range(1000000000000)) LIMIT 3")
              .starts_with("The statement was stopped"));
}

TEST_CASE("of several rows that fail the first one is told, and of one row the first expression") {
    CHECK(row_by_row("SELECT 1/(a-2), CAST(b AS INT) FROM VALUES (1,'1'),(3,'x'),(2,'2') t(a,b)") == kCast);
    CHECK(row_by_row("SELECT 1/(a-2), CAST(b AS INT) FROM VALUES (1,'1'),(2,'x'),(2,'2') t(a,b)") == kZero);
    CHECK(row_by_row("SELECT CAST(b AS INT), 1/(a-2) FROM VALUES (1,'1'),(2,'x'),(2,'2') t(a,b)") == kCast);
    CHECK(row_by_row("SELECT 1/(id-2), CAST(if(id=1,'x','1') AS INT) FROM range(0,5,1,1)") == kCast);
    CHECK(row_by_row("SELECT 1/(id-2) FROM range(0,5,1,1) WHERE CAST(if(id=3,'x','1') AS INT) = 1") == kZero);
    CHECK(row_by_row("SELECT 1/(id-3) FROM range(0,5,1,1) WHERE CAST(if(id=2,'x','1') AS INT) = 1") == kCast);
    CHECK(row_by_row("SELECT sum(1/(id-2)), max(CAST(if(id=1,'x','1') AS INT)) FROM range(0,5,1,1)") == kCast);
    CHECK(row_by_row("SELECT sum(x) FROM (SELECT 1/(id-2) x, id FROM range(0,5,1,1)) "
                     "GROUP BY CAST(if(id=3,'x','1') AS INT)") == kZero);
    CHECK(row_by_row("SELECT * FROM (SELECT 1/(id-2) x FROM range(0,5,1,1)) ORDER BY CAST(if(x>0,'x','1') AS INT)") ==
          kZero);
}

TEST_CASE("a generator goes on from batch to batch, and draws only for rows that ask") {
    CHECK(row_by_row("SELECT count(*), sum(id) FROM range(0,5000,1,1) WHERE rand(7) < 0.5") == "2532|6350189");
    CHECK(row_by_row("SELECT CASE WHEN id % 2 = 0 THEN rand(3) ELSE -1 END c FROM range(0,5,1,1)") ==
          "0.25738143505962285;-1.0;0.6698885713796182;-1.0;0.9416651198480125");
    CHECK(row_by_row("SELECT rand(3) a, rand(3) b FROM range(0,2,1,1)") ==
          "0.25738143505962285|0.25738143505962285;0.6698885713796182|0.6698885713796182");
}
