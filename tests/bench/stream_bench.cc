// Streams: rows a second through stateful batches, and what a trigger costs that has little or nothing to do.
#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include "engine/operators/statement.h"
#include "engine/plan/analyser.h"
#include "engine/stream/driver.h"
#include "engine/stream/sinks.h"

namespace {

using namespace engine::spark;
using sim::i64;

/// A query over memory streams (t TIMESTAMP, k BIGINT) `source` and `other`, with a watermark of ten seconds.
struct Stream {
    Session session{};
    engine::dfs::MemoryStore store{};
    std::vector<std::shared_ptr<MemorySource>> sources{};
    std::unique_ptr<StreamDriver> driver{};
    i64 now_ms = 0;
    std::string wrong{};

    Stream(const std::string& sql, OutputMode mode) {
        session.clock = {"UTC", 0};
        session.adaptive = false;
        session.shuffle_partitions = 2;
        add_view("source");
        add_view("other");
        const auto plan = plan_of_text(session, sql);
        if (!plan) {
            wrong = plan.error().message;
            return;
        }
        auto prepared = prepare_stream(session, *plan, mode);
        if (!prepared) {
            wrong = prepared.error().message;
            return;
        }
        std::vector<std::shared_ptr<StreamSource>> used;
        for (const Plan* r : prepared->relations) used.push_back(sources[static_cast<std::size_t>(r->n)]);
        driver = std::unique_ptr<StreamDriver>(new StreamDriver{.session = session,
                                                                .plan = std::move(*prepared),
                                                                .conf = {},
                                                                .sources = std::move(used),
                                                                .sink = std::make_shared<NoopSink>(),
                                                                .checkpoint = store,
                                                                .folder = "/checkpoint",
                                                                .id = "bench"});
        if (const auto found = driver->recover(); !found) wrong = found.error().message;
    }

    void add_view(const std::string& name) {
        const DataType schema =
            struct_type({{"t", type_of(TypeId::timestamp), true}, {"k", type_of(TypeId::bigint), true}});
        Plan mark;
        mark.kind = PlanKind::watermark;
        mark.children = {stream_relation("memory", schema, static_cast<i64>(sources.size()), session.ids)};
        mark.exprs = {name_of({"t"})};
        mark.n = 10'000;
        mark.name = "10 seconds";
        const auto plan = analyse(session, make(std::move(mark)));
        session.views[name] = {name, nullptr, plan.value(), {}};
        sources.push_back(std::make_shared<MemorySource>());
    }

    /// Rows a millisecond apart from a moment on; keys go around.
    void add(std::size_t source, i64 from_ms, i64 rows, i64 keys, i64 first_key = 0) {
        Batch b{
            .rows = rows,
            .columns = {sized_column(type_of(TypeId::timestamp), rows), sized_column(type_of(TypeId::bigint), rows)}};
        for (i64 i = 0; i < rows; ++i) {
            b.columns[0].ints[static_cast<std::size_t>(i)] = (from_ms + i) * 1000;
            b.columns[1].ints[static_cast<std::size_t>(i)] = first_key + i % keys;
        }
        sources[source]->added.push_back(std::move(b));
    }

    bool trigger() {
        now_ms += 1000;
        const auto ran = driver->trigger(now_ms);
        if (!ran) wrong = ran.error().message;
        return ran.has_value() && *ran;
    }

    /// What would gather over many batches and is not the subject.
    void forget_history() {
        driver->history.clear();
        for (auto& source : sources)
            for (auto& batch : source->added) batch = {.rows = 0, .columns = {}};
        std::erase_if(store.files, [](const auto& file) { return file.first.find("/state/") != std::string::npos; });
    }
};

constexpr const char* kWindowed =
    "SELECT window(t, '10 seconds') AS w, k, count(*) AS c FROM source GROUP BY window(t, '10 seconds'), k";

void stream_windowed_count(benchmark::State& state) {
    constexpr i64 kRows = 1'000'000;
    Stream s(kWindowed, OutputMode::append);
    i64 from = 0;
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        s.add(0, from, kRows, 10);
        from += kRows;
        state.ResumeTiming();
        s.trigger();
        s.trigger();  // what the watermark has passed
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
    state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(stream_windowed_count)->Unit(benchmark::kMillisecond);

void stream_idle_trigger(benchmark::State& state) {
    Stream s(kWindowed, OutputMode::append);
    s.add(0, 0, 10, 10);
    while (s.trigger()) {
    }
    for (auto _ : state) s.trigger();
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
}
BENCHMARK(stream_idle_trigger)->Unit(benchmark::kMicrosecond);

/// Of two partitions: the watermark has moved, nothing has come.
void stream_no_data_batch(benchmark::State& state) {
    Stream s(kWindowed, OutputMode::append);
    i64 from = 0;
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        s.add(0, from += 1000, 1, 1);
        s.trigger();
        state.ResumeTiming();
        s.trigger();
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
}
BENCHMARK(stream_no_data_batch)->Unit(benchmark::kMicrosecond);

void stream_small_batch(benchmark::State& state) {
    Stream s("SELECT k, count(*) AS c FROM source GROUP BY k", OutputMode::update);
    i64 from = 0;
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        s.add(0, from += 10, 10, 10);
        state.ResumeTiming();
        s.trigger();
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
}
BENCHMARK(stream_small_batch)->Unit(benchmark::kMicrosecond);

/// Ten keys change of so many that are kept.
void stream_commit_of_ten_keys(benchmark::State& state) {
    Stream s("SELECT k, count(*) AS c FROM source GROUP BY k", OutputMode::update);
    s.add(0, 0, state.range(0), state.range(0));
    s.trigger();
    i64 from = 0;
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        s.add(0, from += 10, 10, 10);
        state.ResumeTiming();
        s.trigger();
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
}
BENCHMARK(stream_commit_of_ten_keys)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

void stream_join(benchmark::State& state) {
    constexpr i64 kRows = 50'000;
    Stream s(
        "SELECT a.k AS k, a.t AS t, b.t AS u FROM source a JOIN other b ON a.k = b.k AND b.t >= a.t AND b.t <= a.t + "
        "INTERVAL 1 SECOND",
        OutputMode::append);
    i64 from = 0;
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        s.add(0, from, kRows, kRows, from);
        s.add(1, from, kRows, kRows, from);
        from += kRows;
        state.ResumeTiming();
        s.trigger();
        s.trigger();
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
    state.SetItemsProcessed(state.iterations() * kRows);  // of each side
}
BENCHMARK(stream_join)->Unit(benchmark::kMillisecond);

}  // namespace
