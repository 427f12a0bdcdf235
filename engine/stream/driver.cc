#include "engine/stream/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/operators/statement.h"
#include "engine/stream/state_checkpoint.h"
#include "engine/stream/stream_check.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

QueryError crashed(const char* phase) {
    return {"SimulatedCrash", "", "", "", fmt::format("The driver died: {}", phase)};
}

std::string log_path(const StreamDriver& d, const char* log, i64 batch) {
    return fmt::format("{}/{}/{}", d.folder, log, batch);
}

/// The newest entry of a log, -1 if there is none.
i64 newest_entry(const StreamDriver& d, const char* log) {
    MR_ASSERT(!d.folder.empty());
    i64 newest = -1;
    for (const dfs::FileInfo& f :
         d.checkpoint.list(fmt::format("{}/{}", d.folder, log)).value_or(std::vector<dfs::FileInfo>{})) {
        const std::string name = f.path.substr(f.path.rfind('/') + 1);
        if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos)
            newest = std::max(newest, static_cast<i64>(std::stoll(name)));
    }
    return newest;
}

QueryError broken_log(const std::string& why) {
    return {"StreamingQueryException", "java.lang.IllegalStateException", "", "", why};
}

std::expected<OffsetLogEntry, QueryError> offsets_of(const StreamDriver& d, i64 batch) {
    MR_ASSERT(batch >= 0);
    const auto text = d.checkpoint.read(log_path(d, "offsets", batch));
    if (!text) return std::unexpected(broken_log(fmt::format("batch {} doesn't exist", batch)));
    auto entry = parse_offset_log(*text);
    if (!entry) return std::unexpected(broken_log(entry.error()));
    return *entry;
}

/// Of each source, from the lines of an entry for each leaf.
std::expected<std::vector<std::string>, QueryError> source_offsets(const StreamDriver& d, const OffsetLogEntry& e) {
    auto offsets = by_source(d.plan, e.offsets);
    if (offsets) return std::move(*offsets);
    return std::unexpected(QueryError{"StreamingQueryException", "java.lang.AssertionError", "", "", offsets.error()});
}

/// What a checkpoint pins overrides the session.
void apply_pinned(StreamDriver& d, const OffsetLogEntry& e) {
    for (const auto& [key, value] : e.conf) {
        if (key == "spark.sql.shuffle.partitions")
            d.session.shuffle_partitions = std::max<i64>(1, std::atoll(value.c_str()));
        if (key == "spark.sql.streaming.multipleWatermarkPolicy") d.conf.policy = value;
    }
    d.tracker.policy = policy_of(d.plan, d.conf.policy);
}

bool phase(StreamDriver& d, const char* name) { return !d.at_phase || d.at_phase(name); }

i64 clock_of(const StreamDriver& d) { return d.clock ? d.clock() : 0; }

/// Adds what a phase took to its duration.
template <class Work>
auto timed(StreamDriver& d, i64& total, Work work) {
    const i64 began = clock_of(d);
    auto result = work();
    MR_ASSERT(clock_of(d) >= began);
    total += clock_of(d) - began;
    return result;
}

}  // namespace

std::expected<bool, QueryError> StreamDriver::recover() {
    MR_ASSERT(sources.size() == plan.relations.size());
    committed.assign(sources.size(), "");
    state = {};
    state.operators.resize(plan.operators.size());
    evicted_ms.assign(plan.operators.size(), 0);
    tracker = {};
    tracker.policy = policy_of(plan, conf.policy);
    ran = planned = false;
    next_batch = 0;
    last_trigger_ms = last_upkeep_ms = -1;
    loads.assign(plan.operators.size(), {});
    const i64 logged = newest_entry(*this, "offsets"), done = newest_entry(*this, "commits");
    if (logged < 0) {
        checkpoint.write(folder + "/metadata", metadata_text(id));
        state_loaded = true;
        return true;
    }
    auto last = offsets_of(*this, logged);
    if (!last) return std::unexpected(last.error());
    auto ends = source_offsets(*this, *last);
    if (!ends) return std::unexpected(ends.error());
    last->offsets = std::move(*ends);
    apply_pinned(*this, *last);
    tracker.global_ms = last->watermark_ms;
    if (logged > 0) {
        const auto before = offsets_of(*this, logged - 1);
        if (!before) return std::unexpected(before.error());
        const auto starts = source_offsets(*this, *before);
        if (!starts) return std::unexpected(starts.error());
        committed = *starts;
        late_ms = before->watermark_ms;
    }
    if (done >= logged) {
        committed = last->offsets;
        late_ms = last->watermark_ms;
        const auto commit = parse_commit_log(checkpoint.read(log_path(*this, "commits", logged)).value_or(""));
        if (commit) tracker.global_ms = std::max(tracker.global_ms, *commit);
        if (plan.has_bug(PlantedBug::watermark_not_restored)) tracker.global_ms = 0;
        next_batch = logged + 1;
    } else {
        next_batch = logged;
        planned = true;
        entry = *last;
    }
    state_loaded = false;
    return true;
}

namespace {

bool write_offsets(StreamDriver& d) {
    MR_ASSERT(d.entry.offsets.size() == d.sources.size());
    OffsetLogEntry entry = d.entry;
    entry.offsets = by_leaf(d.plan, entry.offsets);
    return d.checkpoint.write(log_path(d, "offsets", d.next_batch), offset_log_text(entry));
}

/// Writes the log entry of the next batch if there is one to run.
std::expected<bool, QueryError> construct(StreamDriver& d, i64 now_ms, std::vector<std::string>& newest,
                                          PhaseTimes& took) {
    MR_ASSERT(!d.planned && newest.empty() && d.committed.size() == d.sources.size());
    std::vector<std::string> ends;
    bool data = false;
    for (std::size_t i = 0; i < d.sources.size(); ++i) {
        ends.push_back(timed(d, took.latest_offset, [&] {
            const bool taken = d.conf.ends_known && d.sources[i]->endless();
            return taken ? d.committed[i] : d.sources[i]->latest(d.committed[i], !d.conf.once);
        }));
        newest.push_back(d.sources[i]->newest());
        data = data || (!ends[i].empty() && ends[i] != d.committed[i]);
    }
    const bool asks = d.conf.no_data_batches && !d.conf.once && d.ran;
    if (asks && d.conf.allow_multiple && d.tracker.global_ms > 0)
        if (auto refused = second_watermark_refusal(d.plan)) return std::unexpected(std::move(*refused));
    const bool moved = asks && wants_no_data_batch(d.plan, d.evicted_ms, d.tracker.global_ms);
    if (!data && !moved) return false;
    if (!phase(d, "offsets known")) return std::unexpected(crashed("after it asked for offsets"));
    for (std::size_t i = 0; i < ends.size(); ++i)
        if (ends[i].empty()) ends[i] = d.committed[i];
    d.entry = {d.tracker.global_ms, now_ms, pinned_settings(d.session.shuffle_partitions, d.conf.policy), ends};
    const std::string path = log_path(d, "offsets", d.next_batch);
    if (d.checkpoint.exists(path))
        return std::unexpected(QueryError{
            "StreamingQueryException", "org.apache.spark.SparkException", "CONCURRENT_STREAM_LOG_UPDATE", "40000",
            fmt::format(
                "[CONCURRENT_STREAM_LOG_UPDATE] Concurrent update to the log. Multiple streaming jobs detected for "
                "{}.\nPlease make sure only one streaming job runs on a specific checkpoint location at a time.",
                d.next_batch)});
    if (!d.plan.has_bug(PlantedBug::offsets_logged_last))
        timed(d, took.wal_commit, [&] { return write_offsets(d); });
    d.planned = true;
    if (d.next_batch > 0)
        for (std::size_t i = 0; i < d.sources.size(); ++i) d.sources[i]->commit(d.committed[i]);
    for (i64 old = d.next_batch - d.conf.batches_kept - 1; old >= 0; --old) {
        const bool offsets = d.checkpoint.remove(log_path(d, "offsets", old));
        const bool commits = d.checkpoint.remove(log_path(d, "commits", old));
        if (!offsets && !commits) break;
    }
    if (!phase(d, "offsets logged")) return std::unexpected(crashed("after it logged offsets"));
    return true;
}

BatchRecord record_of(const StreamDriver& d) {
    MR_ASSERT(d.planned && d.entry.offsets.size() == d.committed.size());
    BatchRecord r;
    r.batch = d.next_batch;
    r.timestamp_ms = d.entry.timestamp_ms;
    r.watermark_ms = d.entry.watermark_ms;
    r.has_watermark = !d.plan.watermarks.empty();
    r.start_offsets = d.committed;
    r.end_offsets = d.entry.offsets;
    return r;
}

}  // namespace

namespace {

/// The first trigger that finds nothing tells of it once.
void tell_idle(StreamDriver& d, i64 now_ms, const std::vector<std::string>& newest, const PhaseTimes& took,
               i64 since_last_ms) {
    MR_ASSERT(!d.planned && newest.size() == d.sources.size());
    if (d.idle_told || d.ran) return;
    BatchRecord idle;
    idle.batch = d.next_batch;
    idle.timestamp_ms = now_ms;
    idle.watermark_ms = d.tracker.global_ms;
    idle.has_watermark = !d.plan.watermarks.empty();
    idle.start_offsets = idle.end_offsets = d.committed;
    idle.latest_offsets = newest;
    idle.source_rows.assign(d.sources.size(), 0);
    for (std::size_t i = 0; i < d.sources.size(); ++i)
        idle.source_metrics.push_back(d.sources[i]->metrics(d.committed[i]));
    d.idle_told = true;
    idle.took = took;
    idle.since_last_ms = since_last_ms;
    d.history.push_back(std::move(idle));
}

/// Rows between what was committed and the ends of the planned batch.
std::expected<BatchInput, QueryError> read_sources(StreamDriver& d, BatchRecord& record) {
    MR_ASSERT(d.planned && d.entry.offsets.size() == d.sources.size());
    BatchInput input{.rows = {},
                     .late_ms = d.conf.allow_multiple ? d.late_ms : d.entry.watermark_ms,
                     .evict_ms = d.entry.watermark_ms,
                     .timestamp_ms = d.entry.timestamp_ms,
                     .first = d.next_batch == 0};
    const std::vector<i64> reads = reads_of(d.plan);
    for (std::size_t i = 0; i < d.sources.size(); ++i) {
        const bool fresh = !d.entry.offsets[i].empty() && d.entry.offsets[i] != d.committed[i];
        auto rows = fresh ? d.sources[i]->rows(d.committed[i], d.entry.offsets[i])
                          : std::expected<std::vector<Batch>, QueryError>(std::vector<Batch>{});
        if (!rows) return std::unexpected(rows.error());
        i64 n = 0;
        for (const Batch& b : *rows) n += b.rows;
        n *= reads[i];
        record.source_rows.push_back(n);
        record.input_rows += n;
        record.data = record.data || fresh;
        input.rows.push_back(std::move(*rows));
    }
    return input;
}

/// A plan that asks for the time is planned anew for each batch: the batch's moment is a constant in it.
std::expected<bool, QueryError> replan(StreamDriver& d) {
    if (!d.plan.asks_time) return true;
    const i64 saved = d.session.clock.now;
    d.session.clock.now = d.entry.timestamp_ms * 1000;
    auto plan = prepare_stream(d.session, d.plan.analysed, d.plan.mode);
    d.session.clock.now = saved;
    if (!plan) return std::unexpected(plan.error());
    MR_ASSERT(plan->operators.size() == d.plan.operators.size() && plan->relations.size() == d.plan.relations.size());
    d.plan = std::move(*plan);
    return true;
}

/// Tasks look up the version of their stores that they start from: found in memory, but for the first time after a
/// start. Version 0 is no version. `runs`: how often the batch was computed.
void count_loads(StreamDriver& d, BatchRecord& record, i64 runs) {
    MR_ASSERT(d.loads.size() == d.plan.operators.size() && record.operators.size() == d.loads.size());
    record.sampled = sampled(d.plan);
    for (std::size_t i = 0; i < d.loads.size(); ++i) {
        const StatefulKind kind = d.plan.operators[i].kind;
        const bool twice =
            kind == StatefulKind::aggregate || kind == StatefulKind::session || kind == StatefulKind::join;
        const i64 lookups = d.next_batch > 0 ? (twice ? 2 : 1) : 0;
        const i64 partitions = record.operators[i].partitions;
        StoreLoads total;
        // The two lookups of a join are for two stores.
        i64 unknown = d.ran ? 0 : std::min<i64>(lookups, kind == StatefulKind::join ? 2 : 1);
        for (i64 job = 0; job < runs * (record.sampled[i] ? 2 : 1); ++job) {
            d.loads[i].hits += lookups - unknown;
            d.loads[i].misses += std::exchange(unknown, 0);
            total.hits += d.loads[i].hits * partitions;
            total.misses += d.loads[i].misses * partitions;
        }
        record.loads.push_back(total);
    }
}

/// What a batch counted, as often as it was computed.
void count_runs(BatchRecord& record, i64 runs) {
    MR_ASSERT(runs >= 0);
    // What stands behind an exchange is there already when the batch is computed again.
    const i64 reads = record.operators.empty() ? runs : std::min<i64>(runs, 1);
    record.input_rows *= reads;
    for (i64& n : record.source_rows) n *= reads;
    for (OperatorMetrics& m : record.operators)
        for (i64* n : {&m.total, &m.updated, &m.removed, &m.dropped, &m.partitions, &m.stores}) *n *= runs;
}

/// After the sink took the batch: the watermark moves, the commit is logged, the next batch has its number.
bool finish(StreamDriver& d, BatchOutput& out, BatchRecord record) {
    MR_ASSERT(d.planned && record.batch == d.next_batch);
    // Spark tells of the first watermark, from the sink down, that saw rows.
    for (const EventTimeStats& s : out.event_time)
        if (record.event_time.count == 0) record.event_time = s;
    d.tracker.advance(out.event_time, delays_of(d.plan));
    if (d.plan.has_bug(PlantedBug::offsets_logged_last)) write_offsets(d);
    timed(d, record.took.commit_offsets, [&] {
        return d.checkpoint.write(log_path(d, "commits", d.next_batch), commit_log_text(d.tracker.global_ms));
    });
    if (!phase(d, "batch committed")) return false;
    record.executed = true;
    record.next_watermark_ms = d.tracker.global_ms;
    record.output_rows = d.sink->counts_rows() ? out.rows.count() : -1;
    record.operators = out.operators;
    count_loads(d, record, d.sink->runs());
    count_runs(record, d.sink->runs());
    if (record.data) record.observed = std::move(out.observed);  // a batch without data tells nothing
    for (std::size_t i = 0; i < d.sources.size(); ++i)
        record.source_metrics.push_back(d.sources[i]->metrics(d.entry.offsets[i]));
    d.evicted_ms = propagated(d.plan, d.entry.watermark_ms);
    d.late_ms = d.entry.watermark_ms;
    d.committed = d.entry.offsets;
    d.last_batch = d.next_batch++;
    d.planned = false;
    d.ran = true;
    d.history.push_back(std::move(record));
    return true;
}

}  // namespace

namespace {

/// The version of its state that the first batch of a run begins with.
i64 first_version(const StreamDriver& d) {
    MR_ASSERT(d.next_batch >= 0 && d.planned);
    const std::string written = fmt::format("{}/state/0/0/{}.delta", d.folder, d.next_batch + 1);
    return d.next_batch + (d.plan.has_bug(PlantedBug::state_version_reused) && d.checkpoint.exists(written) ? 1 : 0);
}

/// Rows in, state and sink out. The output of the batch once the sink has taken it.
std::expected<BatchOutput, QueryError> work(StreamDriver& d, BatchRecord& record) {
    MR_ASSERT(d.planned && record.batch == d.next_batch);
    const auto input = read_sources(d, record);
    if (!input) return std::unexpected(input.error());
    if (!d.state_loaded) {
        const auto loaded = load_state(d, first_version(d));
        if (!loaded) return std::unexpected(job_aborted(loaded.error()));
    }
    // What a failed batch leaves is not kept: the next one loads its version again. Nobody else holds the state, so
    // that a batch changes it in place.
    d.state_loaded = false;
    auto out = run_batch(d.session, d.plan, d.state, *input);
    if (!out) return std::unexpected(out.error());
    for (std::size_t i = 0; i < out->scanned.size(); ++i)
        if (const i64 n = out->scanned[i]; n >= 0) {
            record.input_rows += n - record.source_rows[i];
            record.source_rows[i] = n;
        }
    write_state(d, d.next_batch, *out);
    if (d.plan.has_bug(PlantedBug::commit_before_sink))
        d.checkpoint.write(log_path(d, "commits", d.next_batch),
                           commit_log_text(watermark_after(d.tracker, d.plan, *out)));
    if (!phase(d, "state written")) return std::unexpected(crashed("after tasks wrote their state"));
    const auto taken = d.sink->add(d.next_batch, out->rows);
    if (!taken) return std::unexpected(taken.error());
    if (!phase(d, "sink committed")) return std::unexpected(crashed("after the sink took the batch"));
    d.state_loaded = true;
    return out;
}

}  // namespace

std::expected<bool, QueryError> StreamDriver::trigger(i64 now_ms) {
    MR_ASSERT(committed.size() == sources.size() && evicted_ms.size() == plan.operators.size());
    const i64 began = clock_of(*this), since_last = last_trigger_ms < 0 ? -1 : now_ms - last_trigger_ms;
    last_trigger_ms = now_ms;
    std::vector<std::string> newest;
    PhaseTimes took;
    const bool replayed = planned;
    if (!planned) {
        const auto made = construct(*this, now_ms, newest, took);
        if (!made) return std::unexpected(made.error());
        if (!*made) {
            took.trigger = clock_of(*this) - began;
            tell_idle(*this, now_ms, newest, took, since_last);
            return false;
        }
    }
    BatchRecord record = record_of(*this);
    record.latest_offsets = newest;
    record.since_last_ms = since_last;
    record.replayed = replayed;
    record.took = took;
    if (const auto refused = at_plan ? at_plan(record) : std::nullopt) return std::unexpected(*refused);
    if (const auto ok = timed(*this, record.took.query_planning, [&] { return replan(*this); }); !ok)
        return std::unexpected(ok.error());
    PhaseTimes& times = record.took;
    auto out = timed(*this, times.add_batch, [&] { return work(*this, record); });
    if (!out) return std::unexpected(out.error());
    if (!finish(*this, *out, std::move(record))) return std::unexpected(crashed("after it logged the commit"));
    history.back().took.trigger = clock_of(*this) - began;
    const bool due = last_upkeep_ms >= 0 && now_ms - last_upkeep_ms >= conf.maintenance_ms;
    if (due) maintain_state(*this);
    if (due || last_upkeep_ms < 0) last_upkeep_ms = now_ms;
    return true;
}

std::expected<i64, QueryError> StreamDriver::drain(i64 now_ms) {
    constexpr i64 kMostBatches = 100'000;
    for (i64 n = 0; n < kMostBatches; ++n) {
        const auto more = trigger(now_ms);
        if (!more) return std::unexpected(more.error());
        if (!*more) return n;
    }
    return kMostBatches;
}

}  // namespace engine::spark
