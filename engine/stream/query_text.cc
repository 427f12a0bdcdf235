// What a running query says of its plan.
#include <fmt/format.h>

#include "engine/stream/batch_plan.h"
#include "engine/stream/stream_host.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// What writes one batch; empty for sinks that take the rows of the plan themselves.
std::string writer_of(const py::StreamRequest& r) {
    static constexpr std::pair<std::string_view, const char*> kWriters[] = {
        {"memory", "org.apache.spark.sql.execution.streaming.sources.MemoryStreamingWrite@<hash>"},
        {"noop", "org.apache.spark.sql.execution.datasources.noop.NoopStreamingWrite$@<hash>"},
        {"kafka", "org.apache.spark.sql.kafka010.KafkaStreamingWrite@<hash>"},
        {"foreach", "org.apache.spark.sql.execution.streaming.sources.ForeachWrite$$anon$2@<hash>"},
    };
    if (r.format == "console") {
        const std::string rows = option_of(r.options, "numRows"),
                          truncate = sim::lower_ascii(option_of(r.options, "truncate"));
        return fmt::format("ConsoleWriter[numRows={}, truncate={}]", rows.empty() ? "20" : rows,
                           truncate.empty() ? "true" : truncate);
    }
    for (const auto& [format, writer] : kWriters)
        if (r.format == format) return writer;
    return "";
}

std::string options_of(const py::StreamRequest& r, const std::string& checkpoint) {
    std::string out = r.name.empty() ? "" : "queryName=" + r.name;
    for (const auto& [name, value] : r.options) out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, value);
    if (option_of(r.options, "checkpointLocation").empty() && !checkpoint.empty())
        out += fmt::format("{}checkpointLocation={}", out.empty() ? "" : ", ", checkpoint);
    return out.empty() ? "" : "[" + out + "]";
}

}  // namespace

py::Answer<std::string> StreamHost::explain(const PlanRef& parsed, const PlanRef& plan, const std::string& mode) {
    if (!is_streaming(plan)) return BatchHost::explain(parsed, plan, mode);
    // What SQL made was no stream yet when it was parsed: it is planned as a batch, which its check refuses.
    if (!is_streaming(parsed)) {
        const std::string refusal = unplanned_text(streaming_action(plan)), head = "\n== Optimized Logical Plan ==\n";
        if (mode != "extended") return refusal;
        const std::string all = explain_text(session, parsed, plan, mode, frame_nodes(session));
        std::string out = all.substr(0, all.find(head)) + head + refusal.substr(refusal.find('\n') + 1) + refusal;
        out.pop_back();
        return out;
    }
    return explain_text(session, parsed, plan, mode, frame_nodes(session));
}

std::string StreamHost::explained(const RunningQuery& q, bool extended) const {
    MR_ASSERT(q.driver != nullptr);
    if (q.failed && q.unplanned) return unplanned_text(*q.unplanned);
    if (!q.planned) return "No physical plan. Waiting for data.";
    const std::string named = q.driver->folder == dfs::plain_path(checkpoint) ? checkpoint : "";
    return explain_batch(*q.driver, *q.planned,
                         {q.who.id, q.who.run_id, q.who.sink, writer_of(q.request), options_of(q.request, named)},
                         extended);
}

}  // namespace engine::spark
