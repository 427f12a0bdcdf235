#include "engine/stream/stream_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/dfs/glob.h"
#include "engine/plan/outputs.h"
#include "engine/sql/calendar.h"
#include "engine/sql/interval.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/stream_check.h"
#include "engine/stream/topic_sink.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

QueryError stream_failed(const QueryError& cause) {
    QueryError e{"StreamingQueryException", "org.apache.spark.sql.streaming.StreamingQueryException", "STREAM_FAILED",
                 "", ""};
    e.message = "[STREAM_FAILED] Query [id = <uuid>, runId = <uuid>] terminated with exception: " + cause.message;
    return e;
}

namespace {

DataType schema_for(const py::ReadRequest& r) {
    const DataType text = type_of(TypeId::string), time = type_of(TypeId::timestamp);
    if (r.format == "kafka") return kafka_schema(option_of(r.options, "includeHeaders") == "true");
    if (r.format == "rate" || r.format == "rate-micro-batch")
        return struct_type({{"timestamp", time, true}, {"value", type_of(TypeId::bigint), true}});
    if (r.format == "socket") {
        std::vector<Field> f = {{"value", text, true}};
        if (option_of(r.options, "includeTimestamp") == "true") f.push_back({"timestamp", time, true});
        return struct_type(std::move(f));
    }
    return r.schema ? *r.schema : struct_type({{"value", text, true}});
}

/// `3s`, `500ms`, `2min`, a bare number of milliseconds: as settings write durations.
std::optional<i64> parse_duration_ms(const std::string& text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (text.empty() || digits == 0) return std::nullopt;
    const i64 n = std::atoll(text.c_str());
    const std::string unit = digits == std::string::npos ? "ms" : text.substr(digits);
    for (const auto& [name, ms] :
         {std::pair{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}})
        if (unit == name) return n * ms;
    return std::nullopt;
}

std::string uuid_of(u64 n) { return fmt::format("00000000-0000-4000-8000-{:012x}", n); }

}  // namespace

PlanRef StreamHost::memory_stream(const std::string& name, const DataType& schema) {
    MR_ASSERT(!name.empty());
    StreamRelation r;
    r.format = "memory";
    r.schema = schema;
    auto source = std::make_shared<MemorySource>();
    std::string columns;
    for (const Field& f : *schema.fields) columns += (columns.empty() ? "" : ",") + f.name + "#<n>";
    source->name = "MemoryStream[" + columns + "]";
    r.shared = source;
    relations.push_back(std::move(r));
    return stream_relation("memory", schema, static_cast<i64>(relations.size()) - 1, session.ids);
}

std::shared_ptr<MemorySource> StreamHost::memory_source(i64 relation) {
    MR_ASSERT(relation >= 0 && relation < static_cast<i64>(relations.size()));
    return std::static_pointer_cast<MemorySource>(relations[static_cast<std::size_t>(relation)].shared);
}

py::Answer<bool> StreamHost::add_memory(i64 stream, Batch rows) {
    MR_ASSERT(rows.rows >= 0);
    // A query that waits would have looked before.
    if (memory_source(stream)->added.empty()) run_queries();
    memory_source(stream)->added.push_back(std::move(rows));
    return true;
}

py::Answer<PlanRef> StreamHost::read(const py::ReadRequest& r) {
    if (!r.stream) {
        auto plan = BatchHost::read(r);
        if (!plan || r.format != "kafka") return plan;
        KafkaSource source(topics);
        source.options = r.options;
        if (option_of(r.options, "startingOffsets").empty()) source.options.emplace_back("startingOffsets", "earliest");
        const auto rows = source.rows("", source.batch_end());
        if (!rows) return std::unexpected(rows.error());
        auto table = std::make_shared<Table>();
        table->batches = *rows;
        return edit(*plan, [&](Plan& p) { p.table = table; });
    }
    const std::string path = option_of(r.options, "path");
    if (auto e = load_refusal(r, dfs::has_wildcards(path) || store.exists(path))) return std::unexpected(std::move(*e));
    StreamRelation relation;
    relation.format = r.format;
    relation.options = r.options;
    relation.schema = schema_for(r);
    if (is_file_format(r.format))
        relation.schema = located_schema(store, relation.schema, option_of(r.options, "path"));
    relations.push_back(std::move(relation));
    return stream_relation(r.format, relations.back().schema, static_cast<i64>(relations.size()) - 1, session.ids,
                           r.options);
}

std::shared_ptr<StreamSource> StreamHost::source_of(const StreamRelation& r, Session& s, RunningQuery& q) {
    if (r.shared) return r.shared;
    if (r.format == "socket") {
        auto source = std::make_shared<SocketSource>();
        source->host = option_of(r.options, "host");
        source->port = option_of(r.options, "port");
        source->with_time = option_of(r.options, "includeTimestamp") == "true";
        const auto it = sockets.find(source->port);
        if (it != sockets.end()) source->lines = it->second;
        else q.pending = QueryError{"ConnectException", "java.net.ConnectException", "", "", "Connection refused"};
        return source;
    }
    if (r.format == "rate") {
        auto source = std::make_shared<RateSource>();
        source->options.rows_per_second = std::max<i64>(1, std::atoll(option_of(r.options, "rowsPerSecond").c_str()));
        if (const std::string n = option_of(r.options, "numPartitions"); !n.empty())
            source->partitions = std::max<i64>(1, std::atoll(n.c_str()));
        source->began_ms = now_ms;
        source->now_ms = &now_ms;
        return source;
    }
    if (r.format == "rate-micro-batch") {
        const std::string start = option_of(r.options, "startTimestamp"),
                          advance = option_of(r.options, "advanceMillisPerBatch");
        auto source = std::make_shared<RateMicroBatch>(std::atoll(option_of(r.options, "rowsPerBatch").c_str()),
                                                       start.empty() ? 0 : std::atoll(start.c_str()),
                                                       advance.empty() ? 1000 : std::atoll(advance.c_str()));
        if (const std::string n = option_of(r.options, "numPartitions"); !n.empty())
            source->partitions = std::max<i64>(1, std::atoll(n.c_str()));
        return source;
    }
    if (r.format == "kafka") {
        auto source = std::make_shared<KafkaSource>(topics);
        source->options = r.options;
        source->strategy = kafka_strategy(r.options);
        source->starts = &topic_starts;
        if (auto e = source->late_refusal()) q.pending = std::move(e);
        return source;
    }
    auto source = std::make_shared<FileSource>(s, store);
    source->format = r.format;
    source->options = r.options;
    source->schema = r.schema;
    if (auto e = folder_source_refusal(r.options)) q.pending = std::move(e);
    if (const std::string most = option_of(r.options, "maxFilesPerTrigger"); !most.empty()) {
        const bool digits = most.find_first_not_of("0123456789") == std::string::npos;
        if (!digits || std::atoll(most.c_str()) <= 0)
            q.pending = illegal_argument(
                fmt::format("Invalid value '{}' for option 'maxFilesPerTrigger', must be a positive integer", most));
        else source->most = std::atoll(most.c_str());
    }
    return source;
}

namespace {

/// Notes the batch that is about to run; what its planner refuses.
std::optional<QueryError> planned_batch(RunningQuery& q, const BatchRecord& batch) {
    MR_ASSERT(q.driver != nullptr && batch.operators.empty());
    const StreamDriver& d = *q.driver;
    if (!q.unplanned && q.first) q.unplanned = first_batch_refusal(d, batch);
    if (!q.unplanned && d.conf.allow_multiple && d.entry.watermark_ms > 0)
        q.unplanned = second_watermark_refusal(d.plan);
    q.first = false;
    q.planned = batch;
    const std::vector<i64> late = propagated(d.plan, d.conf.allow_multiple ? d.late_ms : d.entry.watermark_ms),
                           evict = propagated(d.plan, d.entry.watermark_ms);
    q.planned->operators.resize(late.size());
    for (std::size_t i = 0; i < late.size(); ++i)
        q.planned->operators[i].late_ms = late[i], q.planned->operators[i].evict_ms = evict[i];
    return q.unplanned;
}

std::string setting_of(const Session& session, const char* key) {
    const auto it = session.settings.find(key);
    return it == session.settings.end() ? std::string() : it->second;
}

StreamConf conf_of(const Session& session, const py::StreamRequest& r) {
    StreamConf conf;
    conf.no_data_batches = setting_of(session, "spark.sql.streaming.noDataMicroBatches.enabled") != "false";
    conf.allow_multiple = setting_of(session, "spark.sql.streaming.statefulOperator.allowMultiple") != "false";
    if (const std::string policy = setting_of(session, "spark.sql.streaming.multipleWatermarkPolicy"); !policy.empty())
        conf.policy = policy;
    conf.once = r.trigger == "once";
    const auto number = [&](const char* key, i64& into) {
        const std::string text = setting_of(session, key);
        if (sim::all_digits(text)) into = std::stoll(text);
    };
    number("spark.sql.streaming.stateStore.minDeltasForSnapshot", conf.deltas_for_snapshot);
    number("spark.sql.streaming.minBatchesToRetain", conf.batches_kept);
    if (const auto every = parse_duration_ms(setting_of(session, "spark.sql.streaming.stateStore.maintenanceInterval")))
        conf.maintenance_ms = *every;
    MR_ASSERT(conf.batches_kept >= 0);
    return conf;
}

}  // namespace

py::Answer<i64> StreamHost::start(const py::StreamRequest& r) {
    if (auto e = trigger_refusal(r)) return std::unexpected(std::move(*e));
    if (auto e = start_refusal(r)) return std::unexpected(std::move(*e));
    const auto mode = parse_mode(r.mode);
    MR_ASSERT(mode.has_value());
    for (const auto& q : started)
        if (q->active && !r.name.empty() && q->request.name == r.name)
            return std::unexpected(illegal_argument(fmt::format(
                "Cannot start query with name {} as a query with that name is already active in this SparkSession",
                r.name)));
    if (auto e = stream_refusal(
            r.plan, *mode,
            setting_of(session, "spark.sql.streaming.statefulOperator.checkCorrectness.enabled") != "false"))
        return std::unexpected(std::move(*e));
    if (r.trigger == "continuous") {
        const auto v = parse_interval(r.trigger_value);
        const i64 interval_ms = v ? (v->days * kMicrosPerDay + v->micros) / 1000 : 0;
        if (auto e = continuous_refusal(r.plan, r.format.empty() ? "parquet" : r.format, interval_ms))
            return std::unexpected(std::move(*e));
    }
    auto q = std::make_unique<RunningQuery>();
    q->session = std::make_unique<Session>(session);
    q->request = r;
    q->trigger = r.trigger;
    if (r.trigger == "processingTime")
        if (const auto v = parse_interval(r.trigger_value))
            q->interval_ms = (v->days * kMicrosPerDay + v->micros) / 1000;
    q->who = {uuid_of(started.size() * 2 + 1), uuid_of(started.size() * 2 + 2), r.name, "", {}};
    auto plan = prepare_stream(*q->session, r.plan, *mode);
    if (!plan) q->unplanned = plan.error();
    if (!plan) plan = unoptimised_stream(r.plan, *mode);
    auto sink = sink_of(r, *q);
    if (!sink) return std::unexpected(sink.error());
    std::vector<std::shared_ptr<StreamSource>> sources;
    for (const Plan* relation : plan->relations)
        sources.push_back(source_of(relations[static_cast<std::size_t>(relation->n)], *q->session, *q));
    const StreamConf conf = conf_of(session, r);
    std::string folder = option_of(r.options, "checkpointLocation");
    if (folder.empty())
        folder = !checkpoint.empty() && started.empty() ? checkpoint : fmt::format("/tmp/temporary-{}", started.size());
    const std::string logged = dfs::plain_path(folder) + "/offsets";
    if (r.format == "memory" && r.mode != "complete" && store.exists(logged + "/0"))
        return std::unexpected(QueryError{
            "AnalysisException", "org.apache.spark.sql.AnalysisException", "", "",
            fmt::format("This query does not support recovering from checkpoint location. Delete {} to start over.",
                        logged)});
    for (auto& other : started)
        if (other->active && other->driver->folder == dfs::plain_path(folder)) end(*other);
    q->who.sink = (*sink)->description();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        q->who.sources.push_back(sources[i]->description());
        sources[i]->attach(store, fmt::format("{}/sources/{}", dfs::plain_path(folder), i));
    }
    q->driver = std::unique_ptr<StreamDriver>(new StreamDriver{.session = *q->session,
                                                               .plan = std::move(*plan),
                                                               .conf = conf,
                                                               .sources = std::move(sources),
                                                               .sink = std::move(*sink),
                                                               .checkpoint = store,
                                                               .folder = dfs::plain_path(folder),
                                                               .id = q->who.id});
    q->driver->at_plan = [query = q.get()](const BatchRecord& batch) { return planned_batch(*query, batch); };
    const auto recovered = q->driver->recover();
    if (!recovered && !q->pending) q->pending = recovered.error();
    if (program != nullptr) tell_started(*program, listeners, q->who, now_ms);
    started.push_back(std::move(q));
    return static_cast<i64>(started.size()) - 1;
}

namespace {

bool waits_for_clock(const StreamPlan& plan) {
    return std::ranges::any_of(plan.operators, [](const StatefulNode& n) {
        return n.kind == StatefulKind::groups && n.plan->parts.size() > 1 && n.plan->parts[1] == "processing";
    });
}

}  // namespace

void StreamHost::listen(const py::PyValue& listener, bool on) {
    std::erase_if(listeners, [&](const py::PyValue& other) { return other.object == listener.object; });
    if (on && listener.kind == py::Kind::object) listeners.push_back(listener);
}

/// A query is over, whatever the reason.
void StreamHost::end(RunningQuery& q) {
    if (!q.active) return;
    q.active = false;
    if (program != nullptr) tell_terminated(*program, listeners, q.who, q.failed ? q.failed->message : "");
}

void StreamHost::step(RunningQuery& q, bool all) {
    if (!q.active) return;
    run_triggers(q, all);
    for (; program != nullptr && q.told < q.driver->history.size(); ++q.told)
        tell_progress(*program, listeners, q.who, q.driver->history[q.told]);
    if (q.failed || q.ended) end(q);
}

void StreamHost::run_triggers(RunningQuery& q, bool all) {
    const auto fail = [&](const QueryError& cause) {
        q.cause = cause;
        q.failed = stream_failed(cause);
    };
    if (q.pending) return fail(*q.pending);
    const bool once = q.trigger == "once";
    const bool endless = std::any_of(q.driver->sources.begin(), q.driver->sources.end(),
                                     [](const auto& source) { return source->endless(); });
    constexpr int kMostBatches = 10'000;
    for (int i = 0; i < kMostBatches; ++i) {
        const auto ran = q.driver->trigger(now_ms);
        if (!ran) return fail(ran.error());
        if (!*ran || once) break;
        // Timeouts by the clock ask for a batch after every other; the clock stands still.
        if (!q.driver->history.empty() && !q.driver->history.back().data && waits_for_clock(q.driver->plan)) break;
        q.driver->conf.ends_known = q.trigger == "availableNow";
        if (!all || (endless && !q.driver->conf.ends_known)) return;
    }
    q.ended = once || q.trigger == "availableNow";
}

void StreamHost::run_queries() {
    for (std::size_t i = 0; i < started.size(); ++i) step(*started[i], true);
}

void StreamHost::trigger_due() {
    for (std::size_t i = 0; i < started.size(); ++i) {
        RunningQuery& q = *started[i];
        if (q.interval_ms == 0) {
            step(q, true);
        } else if (q.due_ms <= now_ms) {
            q.due_ms = next_trigger_ms(now_ms, q.interval_ms);
            step(q, false);
        }
    }
}

void StreamHost::trigger_queries() {
    for (std::size_t i = 0; i < started.size(); ++i) step(*started[i], false);
}

std::vector<i64> StreamHost::queries() {
    std::vector<i64> out;
    for (std::size_t i = 0; i < started.size(); ++i)
        if (started[i]->active) out.push_back(static_cast<i64>(i));
    return out;
}

py::Answer<bool> StreamHost::sleep(double seconds) {
    const i64 ms = static_cast<i64>(seconds * 1000);
    if (waiting && waiting(ms)) return true;
    const i64 until = now_ms + ms;
    const auto at = [&](i64 moment) {
        now_ms = moment;
        session.clock.now = now_ms * 1000;
        trigger_due();
    };
    at(now_ms);
    for (;;) {
        i64 next = until + 1;
        for (const auto& q : started)
            if (q->active && q->interval_ms > 0) next = std::min(next, next_trigger_ms(now_ms, q->interval_ms));
        if (next > until) break;
        at(next);
    }
    if (now_ms < until) at(until);
    return true;
}

py::Answer<bool> StreamHost::write(const PlanRef& plan, const std::string& format, const std::string& mode,
                                   const Options& options) {
    if (format != "kafka") return BatchHost::write(plan, format, mode, options);
    py::StreamRequest request;
    request.plan = plan;
    request.format = format;
    request.options = options;
    if (py::streaming(plan)) return std::unexpected(streaming_action(plan));
    if (auto e = topic_refusal(request)) return std::unexpected(std::move(*e));
    const auto rows = run_query(session, plan);
    if (!rows) return std::unexpected(rows.error());
    MR_ASSERT(mode != "ignore" || rows->count() >= 0);
    return put_records(*this, *rows, options);
}

namespace {

py::PyValue status_of(const RunningQuery& q) {
    const std::string message = q.failed   ? "Terminated with exception: " + q.cause->message
                                : q.active ? "Waiting for data to arrive"
                                           : "Stopped";
    return py::of_items(py::Kind::dict, {py::of_text("message"), py::of_text(message), py::of_text("isDataAvailable"),
                                         py::of_bool(false), py::of_text("isTriggerActive"), py::of_bool(false)});
}

}  // namespace

py::Answer<py::PyValue> StreamHost::query(i64 handle, const std::string& member, const std::vector<py::PyValue>& args) {
    MR_ASSERT(handle >= 0 && handle < static_cast<i64>(started.size()));
    RunningQuery& q = *started[static_cast<std::size_t>(handle)];
    if (member == "id" || member == "runId") return py::of_text(member == "id" ? q.who.id : q.who.run_id);
    if (member == "name") return q.who.name.empty() ? py::none() : py::of_text(q.who.name);
    if (member == "isActive") return py::of_bool(q.active);
    if (member == "status") return status_of(q);
    if (member == "lastProgress" || member == "recentProgress") {
        if (q.driver->history.empty()) step(q, true);
        std::vector<py::PyValue> all;
        for (const BatchRecord& r : q.driver->history) all.push_back(progress_of(q.who, r));
        if (member == "recentProgress") return py::of_items(py::Kind::list, std::move(all));
        return all.empty() ? py::none() : all.back();
    }
    if (member == "stop") {
        if (q.interval_ms == 0) step(q, true);
        end(q);
        return py::none();
    }
    if (member == "processAllAvailable" || member == "awaitTermination") {
        step(q, true);
        if (q.failed) return std::unexpected(*q.failed);
        return args.empty() ? py::none() : py::of_bool(!q.active);
    }
    if (member == "exception") return q.failed ? py::of_text(q.failed->message) : py::none();
    if (member == "explain") {
        print(explained(q, !args.empty() && py::truthy(args[0])) + "\n");
        return py::none();
    }
    return std::unexpected(
        QueryError{"AttributeError", "", "", "", fmt::format("'StreamingQuery' object has no attribute '{}'", member)});
}

}  // namespace engine::spark
