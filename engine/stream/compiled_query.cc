#include "engine/stream/compiled_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/statement.h"
#include "engine/plan/analyser.h"
#include "engine/plan/json.h"
#include "engine/plan/outputs.h"
#include "engine/stream/event_time.h"
#include "engine/stream/kafka_options.h"
#include "engine/stream/program_query.h"
#include "engine/stream/stream_check.h"
#include "engine/stream/stream_host.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {
namespace {

void add_value(sim::Hasher& hasher, const Value& v) {
    MR_ASSERT(!v.null || !v.items);
    hasher.add(v.null);
    hasher.add(static_cast<u64>(v.i));
    hasher.add(static_cast<u64>(v.dec));
    sim::digest(hasher, v.s);
    sim::digest(hasher, fmt::format("{}", v.d));
    if (!v.items) return;
    for (const Value& item : *v.items) add_value(hasher, item);
}

void add_join_rows(sim::Hasher& hasher, const JoinRows& rows) {
    for_each_key(rows, [&](const JoinPage& page, const KeptKey& key) {
        sim::digest(hasher, std::string(page.key(key)));
        for (const u32 r : page.rows_of(key)) sim::digest(hasher, std::string(page.row(r)));
    });
}

std::string setting(const NamedTexts& conf, std::string_view key) {
    for (const auto& [name, value] : conf)
        if (name == key) return value;
    return "";
}

std::expected<PlanRef, QueryError> source_plan(CompiledQuery& q, const SourceSpec& source, i64 number) {
    MR_ASSERT(number >= 0 && !source.format.empty());
    PlanRef plan = stream_relation(source.format, source_schema(source), number, q.session.ids);
    if (source.watermark_column.empty()) return plan;
    const auto delay = parse_delay_ms(source.watermark_delay);
    if (!delay)
        return std::unexpected(
            analysis_error("CANNOT_PARSE_INTERVAL", "Unable to parse '" + source.watermark_delay + "'.", {}));
    Plan mark;
    mark.kind = PlanKind::watermark;
    mark.children = {plan};
    mark.exprs = {name_of({source.watermark_column})};
    mark.n = *delay;
    mark.name = source.watermark_delay;
    return analyse(q.session, make(std::move(mark)));
}

void take_conf(CompiledQuery& q, const NamedTexts& conf) {
    for (const auto& [key, value] : conf) {
        q.session.settings[key] = value;
        if (key == "spark.sql.shuffle.partitions")
            q.session.shuffle_partitions = std::max<i64>(1, std::atoll(value.c_str()));
        if (key == "spark.sql.streaming.noDataMicroBatches.enabled") q.no_data_batches = value != "false";
        if (key == "spark.sql.streaming.statefulOperator.allowMultiple") q.allow_multiple = value != "false";
        if (key == "spark.sql.streaming.multipleWatermarkPolicy") q.policy = value;
    }
}

std::expected<bool, QueryError> add_tables(CompiledQuery& q, const std::vector<StaticTable>& tables) {
    MR_ASSERT(std::ranges::none_of(tables, [](const StaticTable& t) { return t.name.empty(); }));
    for (const StaticTable& t : tables) {
        std::string rows, columns;
        for (const auto& row : t.rows) rows += fmt::format("{}({})", rows.empty() ? "" : ", ", fmt::join(row, ", "));
        std::string casts;
        for (std::size_t i = 0; i < t.columns.size(); ++i) {
            const auto blank = t.columns[i].find(' ');
            const std::string name = t.columns[i].substr(0, blank),
                              type = t.columns[i].substr(std::min(t.columns[i].size(), blank + 1));
            columns += (i ? ", " : "") + name;
            casts += fmt::format("{}CAST({} AS {}) AS {}", i ? ", " : "", name, type, name);
        }
        const auto plan =
            plan_of_text(q.session, fmt::format("SELECT {} FROM VALUES {} AS t({})", casts, rows, columns));
        if (!plan) return std::unexpected(plan.error());
        q.session.views[sim::lower_ascii(t.name)] = {t.name, nullptr, *plan, {}};
    }
    return true;
}

/// The query as writeStream would be told of it.
py::StreamRequest request_of(const QuerySpec& spec, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    py::StreamRequest request;
    request.plan = plan;
    request.format = spec.sink;
    request.mode = spec.output_mode;
    request.name = spec.name;
    request.options = spec.sink_options;
    request.options.emplace_back("checkpointLocation", spec.checkpoint.empty() ? spec.name : spec.checkpoint);
    return request;
}

}  // namespace

DataType source_schema(const SourceSpec& source) {
    const DataType time = type_of(TypeId::timestamp);
    if (source.format == "kafka") return kafka_schema(setting(source.options, "includeHeaders") == "true");
    if (source.format == "rate" || source.format == "rate-micro-batch")
        return struct_type({{"timestamp", time, true}, {"value", type_of(TypeId::bigint), true}});
    return struct_type({{"value", type_of(TypeId::string), true}});
}

std::string sql_literal(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return out + "'";
}

void StateRef::digest(sim::Hasher& hasher) const {
    MR_ASSERT(state != nullptr);
    for (const OperatorState& op : state->operators) {
        for (const auto& [key, row] : *op.rows) {
            sim::digest(hasher, key);
            for (const Value& v : row.value) add_value(hasher, v);
        }
        add_join_rows(hasher, *op.left);
        add_join_rows(hasher, *op.right);
    }
}

namespace {

std::expected<bool, QueryError> make_session(CompiledQuery& q, const SparkSpec& cluster, const QuerySpec& spec) {
    MR_ASSERT(!spec.name.empty());
    q.session.clock = {"UTC", 0};
    take_conf(q, cluster.conf);
    take_conf(q, spec.conf);
    return add_tables(q, cluster.tables);
}

std::expected<PlanRef, QueryError> plan_of_sql(CompiledQuery& q, const QuerySpec& spec) {
    for (std::size_t i = 0; i < spec.sources.size(); ++i) {
        const SourceSpec& source = spec.sources[i];
        const auto plan = source_plan(q, source, static_cast<i64>(i));
        if (!plan) return plan;
        q.with_headers.push_back(setting(source.options, "includeHeaders") == "true" ? 1 : 0);
        const std::string name = source.name.empty() ? "source" : source.name;
        q.session.views[sim::lower_ascii(name)] = {name, nullptr, *plan, {}};
    }
    return plan_of_text(q.session, spec.sql);
}

std::expected<PlanRef, QueryError> plan_of_program(CompiledQuery& q, const QuerySpec& spec) {
    auto query = program_query(q.session, spec.program);
    if (!query) return std::unexpected(std::move(query.error()));
    for (const SourceSpec& source : query->sources)
        q.with_headers.push_back(setting(source.options, "includeHeaders") == "true" ? 1 : 0);
    NamedTexts said(q.session.settings.begin(), q.session.settings.end());
    take_conf(q, said);
    return query->request.plan;
}

}  // namespace

std::expected<Session, QueryError> session_of(const SparkSpec& cluster, const QuerySpec& spec) {
    CompiledQuery q;
    if (auto ready = make_session(q, cluster, spec); !ready) return std::unexpected(ready.error());
    return std::move(q.session);
}

std::expected<CompiledRef, QueryError> compile_query(const SparkSpec& cluster, const QuerySpec& spec) {
    MR_ASSERT(!spec.name.empty());
    auto q = std::make_shared<CompiledQuery>();
    if (auto ready = make_session(*q, cluster, spec); !ready) return std::unexpected(ready.error());
    const auto analysed = spec.program.empty() ? plan_of_sql(*q, spec) : plan_of_program(*q, spec);
    if (!analysed) return std::unexpected(analysed.error());
    const auto mode = parse_mode(spec.output_mode);
    if (!mode)
        return std::unexpected(analysis_error("STREAMING_OUTPUT_MODE", "Unknown output mode " + spec.output_mode, {}));
    const py::StreamRequest request = request_of(spec, *analysed);
    if (auto refusal = start_refusal(request)) return std::unexpected(*refusal);
    if (spec.sink == "kafka") q->pending = topic_refusal(request);
    if (auto refusal = stream_refusal(*analysed, *mode, true)) return std::unexpected(*refusal);
    auto plan = prepare_stream(q->session, *analysed, *mode);
    if (!plan) return std::unexpected(plan.error());
    q->plan = std::move(*plan);
    CompiledRef out;
    out.spec_hash = sim::fnv1a(spec.name + spec.sql + spec.program + spec.output_mode + spec.sink);
    out.query = std::move(q);
    return out;
}

std::expected<StreamPlan, QueryError> plan_at(const CompiledQuery& query, Session& session, i64 timestamp_ms) {
    MR_ASSERT(timestamp_ms >= 0);
    if (!query.plan.asks_time) return query.plan;
    session.clock.now = timestamp_ms * 1000;
    return prepare_stream(session, query.plan.analysed, query.plan.mode);
}

namespace {

Value header_list(const TopicRow& record) {
    Values list;
    for (const auto& [name, value] : record.headers)
        list.push_back(list_value({string_value(name), value.is_null ? null_value() : string_value(value.text)}));
    MR_ASSERT(!list.empty());
    return list_value(std::move(list));
}

}  // namespace

Batch topic_batch(const std::string& topic, i32 partition, const std::vector<TopicRow>& rows, bool headers) {
    MR_ASSERT(partition >= 0 && !topic.empty());
    const DataType schema = kafka_schema(headers);
    std::vector<Builder> columns;
    for (const Field& f : *schema.fields) columns.emplace_back(f.type);
    for (const TopicRow& r : rows) {
        Values row = {r.key.is_null ? null_value() : string_value(r.key.text),
                      r.value.is_null ? null_value() : string_value(r.value.text),
                      string_value(topic),
                      int_value(partition),
                      int_value(r.offset),
                      int_value(r.timestamp_ms * 1000),
                      int_value(0)};
        row.resize(columns.size(), null_value());
        if (headers && !r.headers.empty()) row.back() = header_list(r);
        for (std::size_t c = 0; c < row.size(); ++c) columns[c].add(row[c]);
    }
    Batch batch{.rows = static_cast<i64>(rows.size()), .columns = {}};
    for (Builder& c : columns) batch.columns.push_back(c.finish());
    return batch;
}

namespace {

std::string cell_json(const Value& v, const DataType& t, const std::string& zone) {
    if (v.null) return "null";
    switch (t.id) {
        case TypeId::structure: {
            std::string out;
            for (std::size_t i = 0; i < items_of(v).size(); ++i) {
                const Field& f = (*t.fields)[i];
                out +=
                    fmt::format("{}{}:{}", i ? "," : "", json_quoted(f.name), cell_json(items_of(v)[i], f.type, zone));
            }
            return "{" + out + "}";
        }
        case TypeId::array: {
            std::string out;
            for (const Value& item : items_of(v))
                out += (out.empty() ? "" : ",") + cell_json(item, element_of(t), zone);
            return "[" + out + "]";
        }
        case TypeId::boolean: return v.i != 0 ? "true" : "false";
        case TypeId::tinyint: case TypeId::smallint: case TypeId::integer: case TypeId::bigint:
            return fmt::format("{}", v.i);
        case TypeId::binary: return json_quoted(v.s);
        case TypeId::double_: case TypeId::float_: case TypeId::decimal: return cell_text(v, t, zone);
        default: return json_quoted(cell_text(v, t, zone));
    }
}

}  // namespace

std::string row_json(const Exprs& columns, const Values& row, const std::string& zone) {
    MR_ASSERT(columns.size() == row.size());
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i)
        out += fmt::format("{}{}:{}", i ? "," : "", json_quoted(columns[i]->name),
                           cell_json(row[i], columns[i]->type, zone));
    return "{" + out + "}";
}

std::string moment_text(i64 ms) { return cell_text(int_value(ms * 1000), type_of(TypeId::timestamp), "UTC"); }

}  // namespace engine::spark
