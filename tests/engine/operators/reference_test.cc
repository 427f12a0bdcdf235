// Generated queries against a plain reading of SQL kept beside them, with batches of any size; expressions printed and
// read again; and the planted mistakes, each of which must be found.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/operators/run.h"
#include "engine/operators/statement.h"
#include "engine/plan/print.h"
#include "engine/sql/parser.h"
#include "tests/engine/operators/generated.h"

using namespace engine::spark;

namespace {

/// A table of the reference as a view, cut into batches.
void add_view(Session& session, const reference::Table& table, i64 batch_rows) {
    Plan p;
    p.kind = PlanKind::local_relation;
    p.resolved = true;
    auto rows = std::make_shared<engine::spark::Table>();
    const auto total = static_cast<i64>(table.rows.size());
    std::vector<DataType> types;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        types.push_back(type_of(table.texts[c] ? TypeId::string : TypeId::bigint));
        p.output.push_back(attribute(table.columns[c], types[c], true, session.ids.take()));
    }
    for (i64 at = 0; at < total; at += batch_rows) {
        Batch batch{.rows = std::min(batch_rows, total - at), .columns = {}};
        for (std::size_t c = 0; c < types.size(); ++c) {
            Builder builder(types[c]);
            for (i64 i = at; i < at + batch.rows; ++i) {
                const reference::Cell& cell = table.rows[static_cast<std::size_t>(i)][c];
                builder.add(cell.null ? null_value() : cell.text ? string_value(cell.s) : int_value(cell.n));
            }
            batch.columns.push_back(builder.finish());
        }
        rows->batches.push_back(std::move(batch));
    }
    p.table = rows;
    session.views[table.name] = {table.name, nullptr, make(std::move(p)), {}};
}

std::vector<std::string> rows_of(Session& session, const std::string& sql, bool optimised, bool ordered) {
    const auto plan = plan_of_text(session, sql);
    if (!plan) return {"refused: " + plan.error().message};
    const auto rows = optimised ? run_query(session, *plan) : run_plan(session, *plan);
    if (!rows) return {"refused: " + rows.error().message};
    std::vector<std::string> out;
    for (const Batch& batch : rows->batches)
        for (i64 i = 0; i < batch.rows; ++i) {
            std::string row;
            for (const Column& c : batch.columns) row += cell_text(get(c, i), c.type, "UTC") + ",";
            out.push_back(row);
        }
    if (!ordered) std::ranges::sort(out);
    return out;
}

std::vector<std::string> wanted_of(const reference::Query& q, const std::vector<reference::Table>& tables) {
    std::vector<bool> truths;
    for (const reference::Expr& e : q.items) truths.push_back(e.truth);
    std::vector<std::string> out;
    for (const reference::Row& row : reference::computed(q, tables)) out.push_back(reference::shown(row, truths));
    if (q.order.empty()) std::ranges::sort(out);
    return out;
}

/// Draws queries until one differs. Its text and what differed; empty if none did.
std::string first_difference(sim::u64 seed, int queries, SqlBug bug) {
    constexpr i64 kSizes[] = {1, 3, 7, 64};
    sim::Prng rng{seed};
    for (int i = 0; i < queries; ++i) {
        const auto tables = reference::small_tables(rng);
        Session session;
        session.bug = bug;
        for (const auto& t : tables) add_view(session, t, kSizes[rng.below(4)]);
        const reference::Query q = reference::any_query(rng, tables);
        const std::string sql = reference::printed(q, tables);
        const auto wanted = wanted_of(q, tables);
        for (const bool optimised : {true, false}) {
            const auto got = rows_of(session, sql, optimised, !q.order.empty());
            if (got == wanted) continue;
            std::string out = (optimised ? "optimised: " : "as written: ") + sql + "\nwanted";
            for (const std::string& r : wanted) out += "\n  " + r;
            out += "\ngot";
            for (const std::string& r : got) out += "\n  " + r;
            return out;
        }
    }
    return "";
}

}  // namespace

TEST_CASE("a generated query gives what a plain reading of it gives, optimised or not, from batches of any size") {
    CHECK(first_difference(11, 500, SqlBug::none) == "");
}

TEST_CASE("many generated queries give what a plain reading of them gives", "[.long]") {
    for (sim::u64 seed = 100; seed < 140; ++seed) {
        CAPTURE(seed);
        CHECK(first_difference(seed, 1000, SqlBug::none) == "");
    }
}

namespace {

/// As text that can be read again: headings leave out the quotes.
std::string readable(const ExprRef& e) {
    return pretty(rewrite_up(e, [](const ExprRef& x) -> ExprRef {
        const bool text = x->kind == ExprKind::literal && x->type.id == TypeId::string && !x->value.null;
        return text ? attribute("'" + x->value.s + "'", x->type, false, 1) : x;
    }));
}

}  // namespace

TEST_CASE("an expression that is printed and read again is the same expression") {
    sim::Prng rng{5};
    Ids ids;
    const std::vector<std::string> columns = {"k", "a", "b", "s"};
    for (int i = 0; i < 400; ++i) {
        const reference::Expr drawn = reference::any_expression(rng, {false, false, false, true}, i % 2 == 0, 3);
        const std::string text = reference::printed(drawn, columns);
        const auto first = parse_expression(text, ids, {});
        INFO(text);
        REQUIRE(first);
        const std::string once = readable(*first);
        INFO(once);
        const auto second = parse_expression(once, ids, {});
        REQUIRE(second);
        CHECK(readable(*second) == once);
        CHECK(tree_form(*second) == tree_form(*first));
    }
}

namespace {

/// A statement that a planted mistake answers differently.
struct Pinned {
    SqlBug bug;
    const char* sql;
    const char* answer;
    bool ansi = false;
    const char* zone = "UTC";
};

constexpr Pinned kPinned[] = {
    {SqlBug::in_forgets_null, "SELECT count(*) FROM range(3) WHERE id NOT IN (1, NULL)", "0"},
    {SqlBug::overflow_wraps, "SELECT id + 9223372036854775807 FROM range(2, 3)", "refused", true},
    {SqlBug::decimal_truncates, "SELECT CAST(d AS DECIMAL(5,1)) / CAST(3 AS DECIMAL(1,0)) FROM VALUES (2) AS v(d)",
     "0.666667"},
    {SqlBug::day_is_24_hours,
     "SELECT CAST(t AS TIMESTAMP) + INTERVAL 1 DAY FROM VALUES ('2024-03-30 12:00:00') AS v(t)", "2024-03-31 12:00:00",
     false, "Europe/Berlin"},
    {SqlBug::right_join_takes_left, "SELECT k FROM (SELECT 1 k) RIGHT JOIN (SELECT 2 k) USING (k)", "2"},
    {SqlBug::first_is_last, "SELECT first(id) FROM range(5)", "0"},
    {SqlBug::ordinal_from_zero, "SELECT max(n) FROM (SELECT id % 3 a, 1 b, count(*) n FROM range(9) GROUP BY 1, b)",
     "3"},
    {SqlBug::outer_filter_pushed,
     "SELECT count(*) FROM range(3) x LEFT JOIN range(2) y ON x.id = y.id WHERE y.id IS NULL", "1"},
    {SqlBug::distinct_forgotten, "SELECT count(DISTINCT id % 2) FROM range(6)", "2"},
    {SqlBug::limit_before_sort, "SELECT id FROM range(5) ORDER BY id DESC LIMIT 1", "4"},
    {SqlBug::null_safe_is_plain, "SELECT count(*) FROM VALUES (NULL), (1) AS v(a) WHERE a <=> IF(a = 1, 1, NULL)", "2"},
    {SqlBug::names_by_case, "SELECT ID FROM range(1)", "0"},
    {SqlBug::union_by_name,
     "SELECT max(a) + 0 * max(b) FROM (SELECT id a, id + 9 b FROM range(1) UNION ALL SELECT id b, id + 7 a FROM "
     "range(1))",
     "0"},
    {SqlBug::frame_one_less,
     "SELECT max(n) FROM (SELECT count(*) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) n FROM range(4))",
     "2"},
    {SqlBug::nulls_last, "SELECT a FROM VALUES (1), (NULL) AS v(a) ORDER BY a LIMIT 1", "NULL"},
};
static_assert(std::size(kPinned) == kSqlBugs - 1);

std::string answer_of(const Pinned& p, SqlBug bug) {
    Session session;
    session.bug = bug;
    session.ansi = p.ansi;
    session.clock.zone = p.zone;
    const auto result = execute(session, p.sql);
    if (!result) return "refused";
    for (const Batch& b : result->rows.batches)
        if (b.rows > 0) return cell_text(get(b.columns[0], 0), b.columns[0].type, p.zone);
    return "";
}

}  // namespace

TEST_CASE("each planted mistake in SQL changes the answer that is pinned for it, and nothing else does") {
    for (const Pinned& p : kPinned) {
        INFO(p.sql);
        CHECK(answer_of(p, SqlBug::none) == p.answer);
        CHECK(answer_of(p, p.bug) != p.answer);
    }
}

TEST_CASE("generated queries find the planted mistakes that rows can show") {
    for (const SqlBug bug :
         {SqlBug::in_forgets_null, SqlBug::outer_filter_pushed, SqlBug::distinct_forgotten, SqlBug::limit_before_sort,
          SqlBug::null_safe_is_plain, SqlBug::frame_one_less, SqlBug::nulls_last}) {
        CAPTURE(static_cast<int>(bug));
        CHECK(first_difference(11, 500, bug) != "");
    }
}
