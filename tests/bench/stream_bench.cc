// Streams: rows a second through stateful batches, what a trigger costs that has little or nothing to do, and what a
// million rows of state weigh.
#include <malloc.h>

#include "engine/stream/compiled_query.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/stream_plan.h"
#include "engine/wire/batch_builder.h"
#include "engine/wire/messages/fetch.h"
#include "tests/bench/stream_run.h"

namespace {

using namespace bench;

constexpr const char* kWindowed =
    "SELECT window(t, '10 seconds') AS w, k, count(*) AS c FROM source GROUP BY window(t, '10 seconds'), k";
constexpr const char* kCounts = "SELECT k, count(*) AS c FROM source GROUP BY k";

void stream_windowed_count(benchmark::State& state) {
    constexpr i64 kRows = 1'000'000;
    Stream s(kWindowed, OutputMode::append);
    i64 from = 0;
    // The second trigger gives what the watermark has passed.
    timed_batches(state, s, 2, [&] {
        s.add(0, from, kRows, 10);
        from += kRows;
    });
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
    timed_batches(state, s, 1, [&] {
        s.add(0, from += 1000, 1, 1);
        s.trigger();
    });
}
BENCHMARK(stream_no_data_batch)->Unit(benchmark::kMicrosecond);

void stream_small_batch(benchmark::State& state) {
    Stream s(kCounts, OutputMode::update);
    i64 from = 0;
    timed_batches(state, s, 1, [&] { s.add(0, from += 10, 10, 10); });
}
BENCHMARK(stream_small_batch)->Unit(benchmark::kMicrosecond);

/// The same over so many shuffle partitions: each has a file to write, rows or none.
void stream_partitions(benchmark::State& state) {
    Stream s(kCounts, OutputMode::update, state.range(0));
    i64 from = 0;
    timed_batches(state, s, 1, [&] { s.add(0, from += 10, 10, 10); });
}
BENCHMARK(stream_partitions)->Arg(2)->Arg(200)->Unit(benchmark::kMicrosecond);

/// Ten keys change of so many that are kept.
void stream_commit_of_ten_keys(benchmark::State& state) {
    Stream s(kCounts, OutputMode::update);
    s.add(0, 0, state.range(0), state.range(0));
    s.trigger();
    i64 from = 0;
    timed_batches(state, s, 1, [&] { s.add(0, from += 10, 10, 10); });
}
BENCHMARK(stream_commit_of_ten_keys)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

/// Bytes on the heap, of blocks of both kinds.
i64 heap_bytes() {
    const auto info = mallinfo2();
    return static_cast<i64>(info.uordblks + info.hblkhd);
}

/// A copy of a state of a million rows, as a copy of the world takes it; and what one of its rows weighs. The row
/// itself is 16 bytes: a key and a count.
void stream_copy_of_a_million_rows(benchmark::State& state) {
    constexpr i64 kKeys = 1'000'000, kRowBytes = 16;
    Stream s(kCounts, OutputMode::update);
    s.add(0, 0, kKeys, kKeys);
    s.trigger();
    s.forget_history();
    for (auto _ : state) {
        const StreamState copy = s.driver->state;
        benchmark::DoNotOptimize(copy.operators.data());
    }
    const i64 with = heap_bytes();
    s.driver->state = {};
    state.counters["bytes_a_key_beyond_the_row"] = static_cast<double>((with - heap_bytes()) / kKeys - kRowBytes);
}
BENCHMARK(stream_copy_of_a_million_rows)->Unit(benchmark::kMicrosecond);

/// Ten keys of a million change while somebody keeps a copy of the state before.
void stream_commit_beside_a_copy(benchmark::State& state) {
    Stream s(kCounts, OutputMode::update);
    s.add(0, 0, 1'000'000, 1'000'000);
    s.trigger();
    StreamState copy;
    i64 from = 0;
    timed_batches(state, s, 1, [&] {
        copy = s.driver->state;
        s.add(0, from += 10, 10, 10);
    });
}
BENCHMARK(stream_commit_beside_a_copy)->Unit(benchmark::kMicrosecond);

void stream_join(benchmark::State& state) {
    constexpr i64 kRows = 50'000;
    Stream s(
        "SELECT a.k AS k, a.t AS t, b.t AS u FROM source a JOIN other b ON a.k = b.k AND b.t >= a.t AND b.t <= a.t + "
        "INTERVAL 1 SECOND",
        OutputMode::append);
    i64 from = 0;
    timed_batches(state, s, 2, [&] {
        s.add(0, from, kRows, kRows, from);
        s.add(1, from, kRows, kRows, from);
        from += kRows;
    });
    state.SetItemsProcessed(state.iterations() * kRows);  // of each side
}
BENCHMARK(stream_join)->Unit(benchmark::kMillisecond);

constexpr i64 kLinesABatch = 500, kBatchesAFetch = 40, kWordsALine = 9;
constexpr i16 kFetchVersion = 12;

/// The bytes of a broker's answer to a fetch: lines of words in record batches.
sim::FrameRef answer_of_lines() {
    namespace wire = engine::wire;
    wire::FetchResponse answer;
    auto& topic = answer.responses.emplace_back();
    topic.topic = "lines";
    auto& part = topic.partitions.emplace_back();
    i64 offset = 0;
    for (i64 b = 0; b < kBatchesAFetch; ++b) {
        wire::BatchHeader header;
        header.base_offset = offset;
        wire::BatchBuilder builder(header);
        for (i64 i = 0; i < kLinesABatch; ++i, ++offset) {
            const std::string line = "cat dog owl w" + std::to_string(offset % 100) + " cat the end of it";
            builder.append({.timestamp = offset, .key = {}, .value = line, .headers = {}});
        }
        part.records.slices.push_back(sim::Slice::whole(sim::Chunk::of(builder.finish())));
    }
    wire::Writer out;
    encode(out, answer, kFetchVersion);
    return out.frame();
}

/// Answers the same fetch again and again; every answer is decoded anew, down to the records.
struct FetchedSource final : StreamSource {
    sim::FrameRef answer = answer_of_lines();
    i64 fetches = 0;

    std::string latest(const std::string&, bool) override { return fetches == 0 ? "" : std::to_string(fetches); }
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override { return "fetched"; }
    std::expected<std::vector<Batch>, QueryError> rows(const std::string&, const std::string&) override {
        namespace wire = engine::wire;
        std::vector<Batch> out;
        wire::FetchResponse response;
        wire::Reader in(*answer);
        if (!decode(in, response, kFetchVersion)) return out;
        for (const sim::Slice& slice : response.responses[0].partitions[0].records.slices) {
            std::vector<TopicRow> rows;
            if (!wire::check_batch(slice.bytes())) return out;
            wire::RecordReader reader(slice.bytes());
            const wire::BatchHeader& header = reader.header();
            for (wire::RecordView r; reader.next(r);)
                rows.push_back({header.base_offset + r.offset_delta,
                                header.base_timestamp + r.timestamp_delta,
                                {std::string(wire::text_of(r.key)), r.key_is_null},
                                {std::string(wire::text_of(r.value)), r.value_is_null},
                                {},
                                -1,
                                {}});
            out.push_back(topic_batch("lines", 0, rows, false));
        }
        return out;
    }
};

void stream_word_count_of_kafka_bytes(benchmark::State& state) {
    Session ids;
    const auto source = std::make_shared<FetchedSource>();
    Stream s(
        "SELECT word, count(*) AS c FROM (SELECT explode(split(CAST(value AS STRING), ' ')) AS word FROM source) "
        "GROUP BY word",
        OutputMode::update, stream_relation("kafka", kafka_schema(false), 0, ids.ids), source);
    timed_batches(state, s, 1, [&] { ++source->fetches; });
    if (!s.driver->history.empty() && s.driver->history.back().input_rows != kLinesABatch * kBatchesAFetch)
        state.SkipWithError("lines are missing");
    state.SetItemsProcessed(state.iterations() * kLinesABatch * kBatchesAFetch * kWordsALine);
}
BENCHMARK(stream_word_count_of_kafka_bytes)->Unit(benchmark::kMillisecond);

}  // namespace
