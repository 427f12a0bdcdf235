#include "engine/stream/batch_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"
#include "sim/base/lines.h"

namespace engine::spark {

namespace {

/// How the scan of a source describes itself, and what the relation of a batch names instead where they differ.
struct ScanTexts {
    const char* format;
    const char* scan;
    const char* builder;
};

constexpr ScanTexts kScans[] = {
    {"memory", "MemoryStreamDataSource", "org.apache.spark.sql.execution.streaming.MemoryStreamScanBuilder"},
    {"socket", nullptr, "org.apache.spark.sql.execution.streaming.sources.TextSocketTable$$anon$1"},
    {"rate", nullptr, "org.apache.spark.sql.execution.streaming.sources.RateStreamTable$$anon$1"},
    {"rate-micro-batch", nullptr, "org.apache.spark.sql.execution.streaming.sources.RatePerMicroBatchTable$$anon$1"},
    {"kafka", nullptr, "org.apache.spark.sql.kafka010.KafkaSourceProvider$KafkaScan"},
};

PlanRef nothing_read(const PlanRef& relation) {
    Plan p;
    p.kind = PlanKind::local_relation;
    p.output = relation->output;
    p.all = true;  // stands for a stream
    return make_resolved(std::move(p));
}

/// Files are a relation of their own, renamed to the columns of the stream.
PlanRef files_read(Session& session, const StreamDriver& d, const PlanRef& relation,
                   const std::vector<std::string>& files) {
    MR_ASSERT(!files.empty());
    constexpr std::size_t kShown = 100;  // characters after which Spark names no further file
    std::string paths;
    std::size_t bytes = 0, shown = 0;
    for (const std::string& f : files) {
        bytes += d.checkpoint.read(f).value_or("").size();
        if (paths.size() < kShown) paths += (shown++ > 0 ? ", file:" : "file:") + f;
    }
    if (shown < files.size()) paths += ", ...";
    Plan p;
    Exprs items;
    p.kind = PlanKind::file_relation;
    p.name = relation->parts[0];
    p.all = true;  // of a stream
    p.options = {{"path", paths}, {"\nfiles", std::to_string(files.size())}, {"\nbytes", std::to_string(bytes)}};
    for (const ExprRef& c : relation->output) {
        p.output.push_back(attribute(c->name, c->type, c->nullable, session.ids.take()));
        items.push_back(alias_of(p.output.back(), c->name, c->id));
    }
    return project_over(make_resolved(std::move(p)), std::move(items));
}

PlanRef range_read(const PlanRef& relation, const StreamSource& source, const std::string& from,
                   const std::string& to) {
    const auto* texts =
        std::ranges::find_if(kScans, [&](const ScanTexts& t) { return relation->parts[0] == t.format; });
    MR_ASSERT(texts != std::end(kScans));
    std::string stream = source.description();
    if (relation->parts[0] == "memory") {
        std::string columns;
        for (const ExprRef& c : relation->output) columns += (columns.empty() ? "" : ",") + tree_form(c);
        stream = "MemoryStream[" + columns + "]";
    }
    Plan p = *relation;
    p.name = "StreamingDataSourceV2Relation";
    p.parts = {
        relation->parts[0],
        fmt::format(", {}@<hash>, {}, {}, {}", texts->builder, stream, from.empty() ? source.first_offset() : from, to),
        texts->scan ? texts->scan : std::string("class ") + texts->builder};
    return make(std::move(p));
}

}  // namespace

PlanRef plan_of_batch(Session& session, const StreamDriver& d, const BatchRecord& batch) {
    MR_ASSERT(batch.start_offsets.size() == d.sources.size() && batch.end_offsets.size() == d.sources.size());
    return rewrite_plan_up(d.plan.analysed, [&](const PlanRef& p) -> PlanRef {
        if (p->kind != PlanKind::stream_relation) return p;
        const auto it = std::ranges::find_if(d.plan.relations, [&](const Plan* r) { return r->n == p->n; });
        if (it == d.plan.relations.end()) return p;
        const auto i = static_cast<std::size_t>(it - d.plan.relations.begin());
        const std::string &from = batch.start_offsets[i], &to = batch.end_offsets[i];
        if (to.empty() || from == to) return nothing_read(p);
        const std::vector<std::string> files = d.sources[i]->files(from, to);
        return files.empty() ? range_read(p, *d.sources[i], from, to) : files_read(session, d, p, files);
    });
}

namespace {

PhysicalRef written(const PhysicalRef& plan, const std::string& writer) {
    PhysicalNode n;
    n.name = "WriteToDataSourceV2";
    n.text = fmt::format(
        "WriteToDataSourceV2 {}, org.apache.spark.sql.execution.datasources.v2.DataSourceV2Strategy$$Lambda@<hash>",
        writer);
    n.children = {plan};
    return physical_node(std::move(n));
}

/// A tree under one more node.
std::string under(const std::string& head, const std::string& tree) {
    std::string out = head + "\n";
    bool first = true;
    for (const std::string_view line : sim::lines_of(tree)) {
        out += (first ? "+- " : "   ") + std::string(line) + "\n";
        first = false;
    }
    return out;
}

std::string columns_line(const Plan& plan) {
    std::string out;
    for (const ExprRef& a : output_of(plan)) out += (out.empty() ? "" : ", ") + a->name + ": " + catalog_name(a->type);
    return out + "\n";
}

}  // namespace

std::string unplanned_text(const QueryError& e) {
    if (e.exception != "AnalysisException") return "Error occurred during query planning: \n" + e.message;
    return "== Physical Plan ==\norg.apache.spark.sql.AnalysisException: " + e.message + "\n";
}

std::string explain_batch(const StreamDriver& d, const BatchRecord& batch, const QueryTexts& t, bool extended) {
    MR_ASSERT(batch.batch >= 0);
    Session session = d.session;
    session.clock.now = batch.timestamp_ms * 1000;
    const PlanRef analysed = plan_of_batch(session, d, batch);
    const auto prepared = prepare_stream(session, analysed, d.plan.mode);
    if (!prepared) return unplanned_text(prepared.error());
    const bool whole = !t.writer.empty();
    const std::string writer = fmt::format("MicroBatchWrite[epoch: {}, writer: {}]", batch.batch, t.writer);
    PhysicalRef physical =
        physical_plan(session, prepared->plan, stream_nodes(*prepared, store_names(d, batch, t.run_id)), !whole);
    if (whole) physical = written(physical, writer);
    physical = with_reused_exchanges(with_stages(physical));
    if (!extended) return "== Physical Plan ==\n" + physical_tree(physical, false) + "\n";
    const std::string head =
        fmt::format("WriteToMicroBatchDataSource{} {}, {}, {}{}, {}", whole ? "" : "V1", t.table, t.id,
                    t.options.empty() ? "" : t.options + ", ", mode_name(d.plan.mode), batch.batch);
    const std::string tree = under(head, plan_tree(analysed)), optimised = plan_tree(prepared->plan);
    return "== Parsed Logical Plan ==\n" + tree + "\n== Analyzed Logical Plan ==\n" +
           (whole ? "" : columns_line(*analysed)) + tree + "\n== Optimized Logical Plan ==\n" +
           (whole ? under("WriteToDataSourceV2 " + writer, optimised) : optimised) + "\n== Physical Plan ==\n" +
           physical_tree(physical, true);
}

}  // namespace engine::spark
