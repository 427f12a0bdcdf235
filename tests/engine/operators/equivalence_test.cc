// Generated queries, each computed in ways that must agree: with its plan optimised and as the analyser left it, and
// from batches of any size.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/operators/run.h"
#include "engine/operators/statement.h"
#include "sim/base/prng.h"

using namespace engine::spark;

namespace {

struct Draw {
    sim::Prng rng{7};

    std::string one_of(std::initializer_list<const char*> choices) {
        return *(choices.begin() + static_cast<std::ptrdiff_t>(rng.below(choices.size())));
    }

    std::string number(int depth) {
        if (depth == 0) return one_of({"a", "b", "k", "1", "0", "-3", "NULL"});
        switch (rng.below(5)) {
            case 0: {
                std::string left = number(depth - 1);
                return "(" + left + " " + one_of({"+", "-", "*", "%"}) + " " + number(depth - 1) + ")";
            }
            case 1: {
                std::string when = test(depth - 1), then = number(depth - 1);
                return "CASE WHEN " + when + " THEN " + then + " ELSE " + number(depth - 1) + " END";
            }
            case 2: {
                std::string first = number(depth - 1);
                return "coalesce(" + first + ", " + number(depth - 1) + ")";
            }
            case 3: return "abs(" + number(depth - 1) + ")";
            default: return number(depth - 1);
        }
    }
    std::string test(int depth) {
        if (depth == 0 || rng.below(3) == 0) {
            std::string left = number(0);
            return "(" + left + " " + one_of({"<", "<=", "=", "<>", ">", "<=>"}) + " " + number(0) + ")";
        }
        switch (rng.below(4)) {
            case 0: {
                std::string left = test(depth - 1);
                return "(" + left + " AND " + test(depth - 1) + ")";
            }
            case 1: {
                std::string left = test(depth - 1);
                return "(" + left + " OR " + test(depth - 1) + ")";
            }
            case 2: return "(NOT " + test(depth - 1) + ")";
            default: return "(" + number(0) + " IS NULL)";
        }
    }
    std::string query() {
        std::string where = test(2);
        switch (rng.below(5)) {
            case 0: return "SELECT k, " + number(2) + " x FROM t WHERE " + where;
            case 1: return "SELECT s, count(*), sum(" + number(1) + "), max(b) FROM t WHERE " + where + " GROUP BY s";
            case 2:
                return "SELECT t.k, u.k, u.a FROM t " + one_of({"JOIN", "LEFT JOIN", "FULL JOIN", "LEFT SEMI JOIN"}) +
                       " u ON t.a = u.a AND " + "t.k < u.k + 3 WHERE t.k > 0";
            case 3:
                return "SELECT DISTINCT a, " + number(1) +
                       " x FROM (SELECT * FROM t UNION ALL SELECT * FROM t) WHERE " + where;
            default: return "SELECT k, sum(a) OVER (PARTITION BY s ORDER BY k) r FROM t WHERE " + where;
        }
    }
};

constexpr const char* kTables =
    "CREATE TEMP VIEW t AS SELECT CAST(id AS INT) k, CAST(IF(id % 7 = 0, NULL, id % 5) AS INT) a, CAST(IF(id % 4 = 0, "
    "NULL, id * 3 % 11) AS INT) b, concat('s', id % 3) s FROM range(60)";
constexpr const char* kOther =
    "CREATE TEMP VIEW u AS SELECT CAST(id AS INT) k, CAST(IF(id % 3 = 0, NULL, id % 6) AS INT) a FROM range(20)";

/// All rows as text, sorted: order is not part of an answer without ORDER BY.
std::vector<std::string> sorted_rows_of(const std::expected<Rows, QueryError>& rows) {
    std::vector<std::string> out;
    if (!rows) return {"refused: " + rows.error().message};
    for (const Batch& batch : rows->batches)
        for (i64 i = 0; i < batch.rows; ++i) {
            std::string row;
            for (std::size_t c = 0; c < rows->columns.size(); ++c)
                row += cell_text(get(batch.columns[c], i), batch.columns[c].type, "UTC") + ",";
            out.push_back(row);
        }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

TEST_CASE("equivalence: a plan gives the same rows optimised and as it was written") {
    Draw draw;
    Session session;
    REQUIRE(execute(session, kTables));
    REQUIRE(execute(session, kOther));
    i64 compared = 0;
    for (int i = 0; i < 300; ++i) {
        const std::string sql = draw.query();
        const auto plan = plan_of_text(session, sql);
        if (!plan) continue;
        const auto with = sorted_rows_of(run_query(session, *plan)), without = sorted_rows_of(run_plan(session, *plan));
        INFO(sql);
        CHECK(with == without);
        ++compared;
    }
    CHECK(compared > 200);
}
