// Spark SQL: rows a second through the operators that streams and lessons use, JSON, and the way from text to a plan.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

#include "engine/operators/file_scan.h"
#include "engine/operators/statement.h"
#include "engine/plan/optimise.h"

namespace {

using namespace engine::spark;

void must(Session& session, const std::string& sql) {
    if (const auto done = execute(session, sql); !done) {
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
        std::abort();
    }
}

/// Keeps the rows of a query as a view, so that making them is not measured. It is a scan of existing rows: what is
/// above a local relation would be computed by the optimiser.
void keep(Session& session, const std::string& name, const std::string& sql) {
    auto made = execute(session, sql);
    if (!made) std::abort();
    Plan p;
    p.kind = PlanKind::local_relation;
    p.name = "rdd";
    p.output = made->rows.columns;
    auto table = std::make_shared<Table>();
    table->batches = std::move(made->rows.batches);
    p.table = table;
    p.resolved = true;
    session.views[name] = {name, nullptr, make(std::move(p)), {}};
}

void measured(benchmark::State& state, Session& session, const std::string& sql, i64 items) {
    const auto plan = plan_of_text(session, sql);
    if (!plan) return state.SkipWithError(plan.error().message.c_str());
    for (auto _ : state) {
        const auto rows = run_query(session, *plan);
        if (!rows) return state.SkipWithError(rows.error().message.c_str());
        benchmark::DoNotOptimize(rows->count());
    }
    state.SetItemsProcessed(state.iterations() * items);
}

constexpr i64 kRows = 2'000'000;

void spark_windowed_count(benchmark::State& state) {
    Session session;
    keep(session, "events",
         "SELECT timestamp_micros(id * 1000) ts, id % " + std::to_string(state.range(0)) + " k FROM range(" +
             std::to_string(kRows) + ")");
    measured(state, session,
             "SELECT window(ts, '10 seconds') w, k, count(*) FROM events GROUP BY window(ts, '10 seconds'), k", kRows);
}
BENCHMARK(spark_windowed_count)->Arg(10)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void spark_count_by_key(benchmark::State& state) {
    Session session;
    keep(session, "events",
         "SELECT id % " + std::to_string(state.range(0)) + " k FROM range(" + std::to_string(kRows) + ")");
    measured(state, session, "SELECT k, count(*) FROM events GROUP BY k", kRows);
}
BENCHMARK(spark_count_by_key)->Arg(10)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void spark_filter_project(benchmark::State& state) {
    Session session;
    keep(session, "t", "SELECT id a, id * 2 b, CAST(id AS DOUBLE) d FROM range(" + std::to_string(kRows) + ")");
    measured(state, session, "SELECT a + b x, a * 3 y, d / 2 z, a - 1 v, b % 7 w FROM t WHERE a % 3 = 0", kRows);
}
BENCHMARK(spark_filter_project)->Unit(benchmark::kMillisecond);

void spark_split_explode(benchmark::State& state) {
    Session session;
    keep(session, "lines", "SELECT concat('cat dog owl w', id % 100, ' cat the end of it') line FROM range(200000)");
    measured(state, session,
             "SELECT word, count(*) FROM (SELECT explode(split(line, ' ')) word FROM lines) GROUP BY word",
             200'000 * 9);
}
BENCHMARK(spark_split_explode)->Unit(benchmark::kMillisecond);

void spark_hash_join(benchmark::State& state) {
    constexpr i64 kBig = 10'000'000;
    Session session;
    keep(session, "small", "SELECT id k, id * 2 v FROM range(1000000)");
    keep(session, "big", "SELECT id % 2000000 k, id x FROM range(" + std::to_string(kBig) + ")");
    measured(state, session, "SELECT count(*), sum(v) FROM big JOIN small ON big.k = small.k", kBig);
}
BENCHMARK(spark_hash_join)->Unit(benchmark::kMillisecond);

void spark_json_parse(benchmark::State& state) {
    Session session;
    std::string text;
    for (int i = 0; i < 50'000; ++i)
        text += "{\"id\":" + std::to_string(i) + ",\"name\":\"user " + std::to_string(i % 977) +
                "\",\"score\":" + std::to_string(i % 100) + ".5,\"tags\":[\"a\",\"b\"]}\n";
    const std::string_view texts[] = {text};
    const DataType schema = struct_type({{"id", type_of(TypeId::bigint), true},
                                         {"name", type_of(TypeId::string), true},
                                         {"score", type_of(TypeId::double_), true},
                                         {"tags", array_type(type_of(TypeId::string), true), true}});
    for (auto _ : state) benchmark::DoNotOptimize(read_contents(session, "json", {}, schema, texts).has_value());
    state.SetBytesProcessed(state.iterations() * static_cast<i64>(text.size()));
}
BENCHMARK(spark_json_parse)->Unit(benchmark::kMillisecond);

void spark_plan_windowed_query(benchmark::State& state) {
    Session session;
    must(session, "CREATE TEMP VIEW words AS SELECT TIMESTAMP'2024-01-01 00:00:00' ts, 'cat' word");
    for (auto _ : state) {
        const auto plan = plan_of_text(session,
                                       "SELECT window(ts, '10 minutes', '5 minutes') w, word, count(*) c FROM words "
                                       "WHERE word <> 'dog' GROUP BY window(ts, '10 minutes', '5 minutes'), word");
        benchmark::DoNotOptimize(optimise(session, *plan).has_value());
    }
}
BENCHMARK(spark_plan_windowed_query)->Unit(benchmark::kMicrosecond);

}  // namespace
