// What the tables and the unbounded table say of a query's sinks and of lines that somebody types.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>

#include "app/lab/run/run.h"
#include "app/lab/sql/sql_view.h"
#include "app/view_model/branches.h"
#include "app/view_model/query_tables.h"
#include "app/view_model/scene.h"
#include "tests/engine/stream/stream_stage.h"

using sim::seconds;

namespace {

/// A query over typed lines that counts words; its sink is the test's.
engine::WorldSpec typed_spec(std::string mode, std::string sink, engine::spark::NamedTexts options) {
    engine::WorldSpec spec = tests::word_spec();
    engine::spark::QuerySpec& query = spec.spark.queries.front();
    query.sources = {{"", "socket", {}, "", ""}};
    query.sql = mode == "append" ? "SELECT value FROM source"
                                 : "SELECT word AS key, CAST(count(*) AS STRING) AS value FROM (SELECT explode(split("
                                   "value, ' ')) AS word FROM source) GROUP BY word";
    query.output_mode = std::move(mode);
    query.trigger = "manual";
    query.sink = std::move(sink);
    query.sink_options = std::move(options);
    return spec;
}

struct StreamRun {
    app::lab::Run run;
    app::lab::SqlView view;

    explicit StreamRun(const engine::WorldSpec& spec) : run(*engine::build_world(spec)) {
        run.run_to(run.clock() + seconds(5));
        batch({});
        batch({"cat dog", "dog dog"});
        batch({"owl cat"});
    }
    void act(std::string line) { run.act(sim::InputAuthor::learner, std::move(line)); }
    void batch(const std::vector<std::string>& lines) {
        for (const std::string& line : lines) act("type counts " + line);
        act("trigger counts");
        run.run_to(run.clock() + seconds(5));
    }
    std::string ask(const std::string& sql) {
        view.show({&run.world(), &run.history(), run.cursor(), run.timeline().branch().id});
        const auto table = view.ask(sql);
        std::string out;
        if (!table) return table.error().message;
        for (const auto& row : table->rows)
            for (const auto& cell : row) out += (out.empty() ? "" : "|") + app::lab::text_of(cell);
        return out;
    }
};

}  // namespace

TEST_CASE("files tells part files of a sink and which of them its manifest lists", "[sql]") {
    StreamRun json(typed_spec("append", "json", {{"path", "/words"}}));
    CHECK(json.ask("SELECT count(*), sum(rows), min(listed) FROM files") == "2|3|1");
    CHECK(json.ask("SELECT body FROM files WHERE rows = 1") == "{\"value\":\"owl cat\"}\n");
    CHECK(json.ask("SELECT count(*) FROM files WHERE path LIKE '%_spark_metadata%'") == "0");
}

TEST_CASE("a row of a sink is visible until a later one takes its place", "[sql]") {
    constexpr const char* kVisible =
        "SELECT json_extract(row, '$.key'), json_extract(row, '$.value') FROM sink_rows WHERE visible ORDER BY 1, 2";
    StreamRun console(typed_spec("update", "console", {}));
    CHECK(console.ask(kVisible) == "cat|1|cat|2|dog|3|owl|1");
    StreamRun upsert(typed_spec("update", "foreachBatch", {{"key", "key"}}));
    CHECK(upsert.ask(kVisible) == "cat|2|dog|3|owl|1");
    StreamRun memory(typed_spec("complete", "memory", {}));
    CHECK(memory.ask(kVisible) == "cat|2|dog|3|owl|1");
    CHECK(memory.ask("SELECT count(*) FROM sink_rows") == "5");
}

TEST_CASE("plans tells the nodes of a batch: one exchange, state restored below and saved above", "[sql]") {
    StreamRun run(typed_spec("complete", "console", {}));
    constexpr const char* kNodes = "SELECT operator FROM plans WHERE batch_id = 1 AND phase = 'physical' AND operator "
                                   "IN ('Exchange', 'StateStoreRestore', 'StateStoreSave') ORDER BY line";
    CHECK(run.ask(kNodes) == "StateStoreSave|StateStoreRestore|Exchange");
    CHECK(run.ask("SELECT count(DISTINCT phase) FROM plans WHERE batch_id = 1") == "4");
    CHECK(
        run.ask("SELECT min(depth), max(depth) = count(*) - 1 FROM plans WHERE batch_id = 1 AND phase = 'physical'") ==
        "0|1");
}

TEST_CASE("plans counts the rows that each operator of a batch passed on", "[sql]") {
    StreamRun run(typed_spec("complete", "console", {}));
    constexpr const char* kRows = "SELECT operator, rows FROM plans WHERE batch_id = {} AND phase = 'physical' AND rows "
                                  "IS NOT NULL ORDER BY line DESC";
    // Two lines of two words, of two kinds.
    CHECK(run.ask(fmt::format(kRows, 1)) == "MicroBatchScan|2|Generate|4|HashAggregate|2");
    CHECK(run.ask(fmt::format(kRows, 2)) == "MicroBatchScan|1|Generate|2|HashAggregate|3");   // complete: all groups
    CHECK(run.ask("SELECT count(rows) FROM plans WHERE phase <> 'physical'") == "0");
    run.act("type counts owl");
    run.act("trigger counts");
    CHECK(run.ask(fmt::format(kRows, 3)).empty());   // it has not been planned, and nothing is made up
}

TEST_CASE("unbounded table: typed lines are the input, each in the batch that read it") {
    StreamRun typed(typed_spec("complete", "console", {}));
    app::Snapshot snapshot;
    snapshot.world = &typed.run.world();
    snapshot.history = &typed.run.history();
    snapshot.origin = &app::origin_of(typed.run);
    snapshot.clock = typed.run.clock();
    snapshot.branches = app::branches_of(typed.run, {});
    snapshot.branch = typed.run.timeline().branch().id;
    const app::Scene scene(snapshot);
    const app::QueryData data = app::read_query(scene);
    REQUIRE(data.input.size() == 3);
    CHECK(data.input[0].batch == 1);
    CHECK(data.input[1].value == "dog dog");
    CHECK(data.input[2].batch == 2);
    CHECK(app::make_unbounded(data).columns.back().input.back().where == "line 3");
}
