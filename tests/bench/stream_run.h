// What benchmarks of streams share: a query over memory streams with its driver, and batches that are timed.
#pragma once

#include <benchmark/benchmark.h>

#include "engine/operators/statement.h"
#include "engine/plan/analyser.h"
#include "engine/stream/driver.h"
#include "engine/stream/sinks.h"

namespace bench {

using namespace engine::spark;
using sim::i64;

/// A query over memory streams (t TIMESTAMP, k BIGINT) `source` and `other`, with a watermark of ten seconds.
struct Stream {
    Session session{};
    engine::dfs::MemoryStore store{};
    std::vector<std::shared_ptr<StreamSource>> sources{};
    std::vector<std::shared_ptr<MemorySource>> memory{};  ///< those of them that hold rows
    std::unique_ptr<StreamDriver> driver{};
    i64 now_ms = 0;
    std::string wrong{};

    Stream(const std::string& sql, OutputMode mode, i64 partitions = 2) {
        prepare_session();
        session.shuffle_partitions = partitions;
        add_view("source");
        add_view("other");
        start(sql, mode);
    }

    /// A query over a source of the caller's, called `source`.
    Stream(const std::string& sql, OutputMode mode, const PlanRef& relation, std::shared_ptr<StreamSource> source)
        : sources{std::move(source)} {
        prepare_session();
        session.views["source"] = {"source", nullptr, relation, {}};
        start(sql, mode);
    }

    void prepare_session() {
        session.clock = {"UTC", 0};
        session.adaptive = false;
        session.shuffle_partitions = 2;
    }

    void start(const std::string& sql, OutputMode mode) {
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
        memory.push_back(std::make_shared<MemorySource>());
        sources.push_back(memory.back());
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
        memory[source]->added.push_back(std::move(b));
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
        for (auto& source : memory)
            for (auto& batch : source->added) batch = {.rows = 0, .columns = {}};
        std::erase_if(store.files, [](const auto& file) { return file.first.find("/state/") != std::string::npos; });
    }
};

/// Times `triggers` triggers after `feed` has brought rows; bringing them is not timed.
template <class Feed>
void timed_batches(benchmark::State& state, Stream& s, int triggers, Feed feed) {
    for (auto _ : state) {
        state.PauseTiming();
        s.forget_history();
        feed();
        state.ResumeTiming();
        for (int i = 0; i < triggers; ++i) s.trigger();
    }
    if (!s.wrong.empty()) state.SkipWithError(s.wrong.c_str());
}

}  // namespace bench
