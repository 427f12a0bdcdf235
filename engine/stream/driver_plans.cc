// The plans of a batch that the driver has planned, worked out again from what it told of it: for people who look.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/model/touch.h"
#include "engine/stream/batch_plan.h"
#include "engine/stream/driver_parts.h"
#include "engine/stream/rows_given.h"
#include "sim/base/lines.h"

namespace engine::spark {
namespace {

/// A source as plans name it; nothing is read from it.
struct NamedSource final : StreamSource {
    std::string name;

    explicit NamedSource(std::string n) : name(std::move(n)) {}
    std::string latest(const std::string&, bool) override { return ""; }
    std::expected<std::vector<Batch>, QueryError> rows(const std::string&, const std::string&) override {
        return std::vector<Batch>{};
    }
    void commit(const std::string&) override {}
    [[nodiscard]] std::string description() const override { return name; }
};

std::string source_name(const SourceSpec& source) {
    if (source.format == "kafka") return fmt::format("KafkaV2[Subscribe[{}]]", option(source.options, "subscribe"));
    if (source.format != "socket") return source.format;
    return fmt::format("TextSocketV2[host: {}, port: {}]", option(source.options, "host"),
                       option(source.options, "port"));
}

/// Sinks that Spark asks for a writer of each batch; the others take the rows of the plan.
std::string writer_name(const QuerySpec& spec) {
    if (spec.sink == "console") return "ConsoleWriter";
    if (spec.sink == "memory") return "MemoryStreamingWrite";
    if (spec.sink == "kafka") return "KafkaStreamingWrite";
    if (spec.sink == "foreach") return "ForeachWrite";
    return spec.sink == "noop" ? "NoopStreamingWrite" : "";
}

PlanLine line_of(std::string_view phase, std::string_view text, i64 number) {
    PlanLine line;
    line.phase = phase;
    line.line = number;
    std::size_t at = text.find_first_not_of(" :+-");
    at = std::min(at, text.size());
    line.depth = static_cast<i64>((at + 2) / 3);
    if (text.substr(at).starts_with("*(")) at = std::min(text.size(), text.find(") ", at) + 2);
    if (at < text.size() && text[at] == '\'') ++at;
    const std::size_t end = std::min(text.size(), text.find_first_of(" [(", at));
    line.op = text.substr(at, end - at);
    line.detail = text.substr(std::min(text.size(), text.find_first_not_of(' ', end)));
    return line;
}

/// `== Physical Plan ==` begins a part.
std::vector<PlanLine> numbered_lines(const std::string& text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPhases = {{{"== Parsed", "parsed"},
                                                                                       {"== Analyzed", "analyzed"},
                                                                                       {"== Optimized", "optimized"},
                                                                                       {"== Physical", "physical"}}};
    std::vector<PlanLine> out;
    std::string_view phase;
    i64 number = 0;
    for (const std::string_view line : sim::lines_of(text)) {
        const auto head = std::ranges::find_if(kPhases, [&](const auto& p) { return line.starts_with(p.first); });
        if (head != kPhases.end()) phase = head->second, number = 0;
        else if (!line.empty() && !phase.empty()) out.push_back(line_of(phase, line, number++));
    }
    return out;
}

}  // namespace

void tell_plan(const At& at) {
    MR_ASSERT(at.cursor().planned);
    PlanRow row;
    row.event_index = at.env.event_index();
    row.query = at.spec().name;
    row.batch_id = at.cursor().next_batch;
    row.timestamp_ms = at.cursor().entry.timestamp_ms;
    row.late_ms = at.work().row.late_ms;
    row.evict_ms = at.work().row.evict_ms;
    for (const Plan* relation : at.compiled().plan.relations) {
        const auto source = static_cast<std::size_t>(relation->n);
        row.from.push_back(at.cursor().committed[source]);
        row.until.push_back(at.cursor().entry.offsets[source]);
    }
    at.driver.progress.ledger.plans.push_back(std::move(row));
    at.env.touch(touch::kStreams);
}

std::vector<PlanLine> plan_lines(const Driver& driver, u32 query, const PlanRow& row) {
    MR_ASSERT(query < driver.memory.queries.size());
    const QueryRun& run = driver.memory.queries[query];
    if (run.compiled.query == nullptr || run.compiled.query->plan.relations.size() != row.from.size()) return {};
    const QuerySpec& spec = spec_of(driver, query);
    Session session = run.compiled.query->session;
    dfs::MemoryStore nothing;
    std::vector<std::shared_ptr<StreamSource>> sources;
    for (const Plan* relation : run.compiled.query->plan.relations)
        sources.push_back(
            std::make_shared<NamedSource>(source_name(spec.sources[static_cast<std::size_t>(relation->n)])));
    StreamDriver twin{session, run.compiled.query->plan, {},  std::move(sources),
                      nullptr, nothing,                  checkpoint_folder(driver, query), run.run_id};
    BatchRecord batch;
    batch.batch = row.batch_id;
    batch.timestamp_ms = row.timestamp_ms;
    batch.start_offsets = row.from;
    batch.end_offsets = row.until;
    batch.operators.resize(run.compiled.query->plan.operators.size());
    for (OperatorMetrics& op : batch.operators) op.late_ms = row.late_ms, op.evict_ms = row.evict_ms;
    std::vector<PlanLine> lines =
        numbered_lines(explain_batch(twin, batch, {run.run_id, run.run_id, spec.sink, writer_name(spec), ""}, true));
    const auto& told = driver.progress.ledger.batches;
    for (u64 i = told.size(); i > 0; --i) {
        const BatchRow& known = told[i - 1];
        if (known.query != row.query || known.batch_id != row.batch_id) continue;
        tell_given(lines, run.compiled.query->plan.plan, known.given);
        break;
    }
    return lines;
}

}  // namespace engine::spark
