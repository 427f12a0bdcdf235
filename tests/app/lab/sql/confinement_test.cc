// What a text from a stranger's lesson may not do, and how it is told.
#include <catch2/catch_test_macros.hpp>

#include <regex>

#include "app/lab/sql/confinement.h"
#include "app/lab/sql/sql_view.h"

using app::lab::SqlError;
using app::lab::SqlView;

namespace {

/// The message of a text that is refused when it is prepared or when it runs; "" if it is not.
std::string refusal(SqlView& view, const std::string& sql) {
    const auto table = view.ask(sql);
    return table ? "" : table.error().message;
}

}  // namespace

TEST_CASE("everything but reading is refused, and the message says so", "[sql]") {
    SqlView view;
    const std::regex says_so("deni|read|not allowed|author");
    for (const char* sql : {"INSERT INTO partitions(topic) VALUES('x')",
                            "UPDATE nodes SET state = 'up'",
                            "DELETE FROM records",
                            "CREATE TABLE a(b)",
                            "CREATE VIEW v AS SELECT 1",
                            "CREATE TEMP TABLE a(b)",
                            "DROP TABLE partitions",
                            "ALTER TABLE nodes RENAME TO m",
                            "ATTACH 'x.db' AS x",
                            "DETACH twin",
                            "PRAGMA journal_mode",
                            "SELECT * FROM pragma_database_list",
                            "SELECT * FROM sqlite_schema",
                            "SELECT name FROM twin.sqlite_master",
                            "BEGIN",
                            "SAVEPOINT a",
                            "VACUUM",
                            "VACUUM INTO 'x.db'",
                            "REINDEX",
                            "ANALYZE",
                            "EXPLAIN SELECT 1",
                            "SELECT load_extension('x')",
                            "SELECT RANDOM()",
                            "SELECT randomblob(4)",
                            "SELECT sqlite_version()",
                            "SELECT CURRENT_TIMESTAMP",
                            "SELECT datetime('now')",
                            "SELECT date()",
                            "SELECT julianday('NOW')",
                            "SELECT strftime('%s', 'now', '+1 day')",
                            "SELECT unixepoch('now')",
                            "SELECT 1; SELECT 2",
                            "SELECT 1; DROP TABLE nodes"}) {
        const std::string message = refusal(view, sql);
        INFO(sql << " -> " << message);
        CHECK(std::regex_search(message, says_so));
    }
}

TEST_CASE("a moment that the text itself names can be calculated with", "[sql]") {
    SqlView view;
    CHECK(app::lab::scalar_text(view, "SELECT strftime('%s', '2026-01-05 12:04:00') * 1000") == "1767614640000");
    CHECK(app::lab::scalar_text(view, "SELECT json_extract('{\"word\":\"cat\"}', '$.word')") == "cat");
    CHECK(app::lab::scalar_text(view, "SELECT group_concat(value) FROM json_each('[1,2]')") == "1,2");
    CHECK(app::lab::scalar_text(view, "SELECT NULL").value() == std::nullopt);
}

TEST_CASE("an error stands under its place in the text", "[sql]") {
    SqlView view;
    const auto shown = [&](const std::string& sql) {
        const auto statement = view.prepare(sql);
        return statement ? std::string() : with_caret(sql, statement.error());
    };
    CHECK(shown("SELECT leadr FROM partitions") == "SELECT leadr FROM partitions\n       ^\nno such column: leadr");
    CHECK(shown("SELECT 1\nFROM nowhere") == "FROM nowhere\n     ^\nno such table: nowhere");
    CHECK(shown("SELEC 1") == "SELEC 1\n^\nnear \"SELEC\": syntax error");
    CHECK(shown("SELECT 'ä', nix") == "SELECT 'ä', nix\n            ^\nno such column: nix");
    CHECK(shown("SELECT 1 +").find("syntax error") != std::string::npos);
    CHECK(shown("SELECT \"orders\" FROM nodes").find("no such column: orders") != std::string::npos);
    CHECK(with_caret("SELECT 1", SqlError{"late", -1}) == "late");
    CHECK(view.prepare("  -- nothing\n").error().message == "there is no query");
}

TEST_CASE("a query that does not end is stopped after a number of steps that does not depend on the machine", "[sql]") {
    SqlView view;
    view.bounds().vm_steps = 100'000;
    const std::string endless =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
    CHECK(refusal(view, endless) == "stopped: the query takes more than 100000 steps");
    CHECK(refusal(view, "SELECT 1").empty());
    const std::string bounded =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 1000) SELECT max(n) FROM c";
    CHECK(app::lab::scalar_text(view, bounded) == "1000");
}

TEST_CASE("a query that would return or hold too much is stopped", "[sql]") {
    SqlView view;
    view.bounds().result_rows = 10;
    const std::string rows = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 11) SELECT n FROM c";
    CHECK(refusal(view, rows).starts_with("stopped: the query returns more than 10 rows"));
    view.bounds().bytes = 8u << 20;
    const std::string heap =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10000) "
        "SELECT count(*) FROM (SELECT n, hex(zeroblob(20000)) AS wide FROM c ORDER BY wide LIMIT 9000)";
    CHECK(refusal(view, heap) == "stopped: the query needs more than 8 MB of memory");
    CHECK(refusal(view, "SELECT length(hex(zeroblob(3000000)))").find("too big") != std::string::npos);
}

TEST_CASE("one value is one row with one column", "[sql]") {
    SqlView view;
    CHECK(holds(view, "SELECT 1") == true);
    CHECK(holds(view, "SELECT 0.5") == true);
    CHECK(holds(view, "SELECT 0") == false);
    CHECK(holds(view, "SELECT NULL") == false);
    CHECK(holds(view, "SELECT 'yes'") == false);
    CHECK(holds(view, "SELECT 1 WHERE 0") == false);
    CHECK_FALSE(holds(view, "SELECT 1, 2").has_value());
    CHECK_FALSE(holds(view, "SELECT 1 UNION SELECT 2").has_value());
    CHECK(scalar_text(view, "SELECT 1.5") == "1.5");
    CHECK(scalar_text(view, "SELECT 1 WHERE 0").value() == std::nullopt);
}
