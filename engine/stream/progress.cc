#include "engine/stream/progress.h"

#include <fmt/format.h>

#include "engine/plan/json.h"
#include "engine/pyspark/interpreter.h"
#include "engine/sql/calendar.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

using py::Kind;
using py::PyValue;

struct Dict {
    std::vector<PyValue> items;

    void put(const char* key, PyValue v) {
        items.push_back(py::of_text(key));
        items.push_back(std::move(v));
    }
    void put(const char* key, i64 v) { put(key, py::of_int(v)); }
    void put(const char* key, const std::string& v) { put(key, py::of_text(v)); }
    PyValue value() { return py::of_items(Kind::dict, std::move(items)); }
};

PyValue of_json(const Json& j) {
    switch (j.kind) {
        case JsonKind::null: return py::none();
        case JsonKind::boolean: return py::of_bool(j.text == "true");
        case JsonKind::number:
            return j.text.find_first_of(".eE") == std::string::npos ? py::of_int(std::stoll(j.text))
                                                                    : py::of_real(std::stod(j.text));
        case JsonKind::string: return py::of_text(j.text);
        case JsonKind::array: {
            std::vector<PyValue> items;
            for (const Json& i : j.items) items.push_back(of_json(i));
            return py::of_items(Kind::list, std::move(items));
        }
        case JsonKind::object: {
            std::vector<PyValue> items;
            for (std::size_t i = 0; i < j.items.size(); ++i)
                items.push_back(py::of_text(j.names[i])), items.push_back(of_json(j.items[i]));
            return py::of_items(Kind::dict, std::move(items));
        }
    }
    return py::none();
}

PyValue offset_value(const std::string& text) {
    if (text.empty()) return py::none();
    const auto j = parse_json(text);
    return j ? of_json(*j) : py::of_text(text);
}

/// Rows a second, as Spark's doubles; without a duration there is no rate to tell.
PyValue rate(i64 rows, i64 ms) {
    MR_ASSERT(rows >= 0);
    return py::of_real(ms > 0 ? static_cast<double>(rows) / (static_cast<double>(ms) / 1000) : 0);
}

/// An operator that ran twice counted everything twice.
PyValue operator_value(const OperatorMetrics& counted, const StoreLoads& loads, bool twice) {
    MR_ASSERT(counted.total >= 0 && loads.hits >= 0);
    OperatorMetrics m = counted;
    if (twice)
        for (i64* n : {&m.total, &m.updated, &m.removed, &m.dropped, &m.duplicates, &m.partitions, &m.stores}) *n *= 2;
    Dict d;
    d.put("operatorName", m.name == "sessionWindowStateStoreSaveExec" ? std::string("defaultName") : m.name);
    d.put("numRowsTotal", m.total);
    d.put("numRowsUpdated", m.updated);
    d.put("allUpdatesTimeMs", 0);
    d.put("numRowsRemoved", m.removed);
    d.put("allRemovalsTimeMs", 0);
    d.put("commitTimeMs", 0);
    d.put("memoryUsedBytes", 0);
    d.put("numRowsDroppedByWatermark", m.dropped);
    d.put("numShufflePartitions", m.stores == 0 ? 0 : m.partitions);
    d.put("numStateStoreInstances", m.stores);
    Dict custom;
    custom.put("loadedMapCacheHitCount", loads.hits);
    custom.put("loadedMapCacheMissCount", loads.misses);
    if (m.name.starts_with("dedupe")) custom.put("numDroppedDuplicateRows", m.duplicates);
    custom.put("stateOnCurrentVersionSizeBytes", 0);
    d.put("customMetrics", custom.value());
    return d.value();
}

PyValue event_time(const BatchRecord& r) {
    MR_ASSERT(r.event_time.count >= 0);
    Dict d;
    if (r.event_time.count > 0) {
        d.put("avg", instant_text(r.event_time.average()));
        d.put("max", instant_text(r.event_time.max));
        d.put("min", instant_text(r.event_time.min));
    }
    d.put("watermark", instant_text(r.watermark_ms));
    return d.value();
}

PyValue durations(const BatchRecord& r) {
    MR_ASSERT(r.batch >= 0 && r.took.trigger >= 0);
    const PhaseTimes& t = r.took;
    Dict d;
    if (r.executed) {
        d.put("addBatch", t.add_batch);
        d.put("commitOffsets", t.commit_offsets);
        d.put("getBatch", t.get_batch);
    }
    d.put("latestOffset", t.latest_offset);
    if (r.executed) d.put("queryPlanning", t.query_planning);
    d.put("triggerExecution", t.trigger);
    if (r.executed) d.put("walCommit", t.wal_commit);
    return d.value();
}

PyValue source_value(const QueryIdentity& who, const BatchRecord& r, std::size_t i) {
    MR_ASSERT(i < who.sources.size() && i < r.start_offsets.size());
    Dict d;
    d.put("description", who.sources[i]);
    d.put("startOffset", offset_value(r.start_offsets[i]));
    d.put("endOffset", offset_value(r.end_offsets[i]));
    d.put("latestOffset", offset_value(i < r.latest_offsets.size() ? r.latest_offsets[i] : ""));
    const i64 rows = i < r.source_rows.size() ? r.source_rows[i] : 0;
    d.put("numInputRows", rows);
    d.put("inputRowsPerSecond", rate(rows, r.since_last_ms));
    d.put("processedRowsPerSecond", rate(rows, r.took.trigger));
    if (i < r.source_metrics.size() && !r.source_metrics[i].empty()) {
        Dict m;
        for (const auto& [key, v] : r.source_metrics[i]) m.put(key.c_str(), v);
        d.put("metrics", m.value());
    }
    return d.value();
}

PyValue observed_value(const BatchRecord& r) {
    Dict d;
    for (const auto& [name, row] : r.observed) d.put(name.c_str(), py::row_of(row.second, row.first));
    return d.value();
}

}  // namespace

std::string instant_text(i64 ms) {
    const Civil day = civil_from_days(floor_div(ms, 86'400'000));
    const i64 rest = floor_mod(ms, 86'400'000);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", day.year, day.month, day.day, rest / 3'600'000,
                       rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

PyValue progress_of(const QueryIdentity& who, const BatchRecord& r) {
    MR_ASSERT(who.sources.size() == r.start_offsets.size());
    Dict d;
    d.put("id", who.id);
    d.put("runId", who.run_id);
    d.put("name", who.name.empty() ? py::none() : py::of_text(who.name));
    d.put("timestamp", instant_text(r.timestamp_ms));
    d.put("batchId", r.batch);
    d.put("numInputRows", r.input_rows);
    d.put("inputRowsPerSecond", rate(r.input_rows, r.since_last_ms));
    d.put("processedRowsPerSecond", rate(r.input_rows, r.took.trigger));
    d.put("durationMs", durations(r));
    if (r.has_watermark) d.put("eventTime", event_time(r));
    std::vector<PyValue> operators, sources;
    for (std::size_t i = 0; i < r.operators.size(); ++i)
        operators.push_back(operator_value(r.operators[i], i < r.loads.size() ? r.loads[i] : StoreLoads{},
                                           i < r.sampled.size() && r.sampled[i]));
    for (std::size_t i = 0; i < who.sources.size(); ++i) sources.push_back(source_value(who, r, i));
    d.put("stateOperators", py::of_items(Kind::list, std::move(operators)));
    d.put("sources", py::of_items(Kind::list, std::move(sources)));
    Dict sink;
    sink.put("description", who.sink);
    sink.put("numOutputRows", r.executed ? r.output_rows : -1);
    d.put("sink", sink.value());
    if (!r.observed.empty()) d.put("observedMetrics", observed_value(r));
    return d.value();
}

std::string json_of(const PyValue& v) {
    switch (v.kind) {
        case Kind::none: return "null";
        case Kind::boolean: return v.i ? "true" : "false";
        case Kind::integer: return std::to_string(v.i);
        case Kind::real: return py::repr_of(v);
        case Kind::text: return json_quoted(v.s);
        case Kind::dict: {
            std::string out = "{";
            for (std::size_t i = 0; i + 1 < v.object->items.size(); i += 2)
                out += (i ? "," : "") + json_of(v.object->items[i]) + ":" + json_of(v.object->items[i + 1]);
            return out + "}";
        }
        case Kind::list:
        case Kind::tuple:
        case Kind::set: {
            std::string out = "[";
            for (std::size_t i = 0; i < v.object->items.size(); ++i)
                out += (i ? "," : "") + json_of(v.object->items[i]);
            return out + "]";
        }
        default: break;
    }
    if (py::is_object(v, "datetime")) return json_quoted(timestamp_text(v.object->handle));
    if (!py::is_object(v, "Row")) return json_quoted(py::text_of(v));
    std::string out = "{";
    for (std::size_t i = 0; i < v.object->items.size(); ++i)
        out += (i ? "," : "") + json_quoted(v.object->options[i].first) + ":" + json_of(v.object->items[i]);
    return out + "}";
}

}  // namespace engine::spark
