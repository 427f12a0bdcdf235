#include "engine/stream/program_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/dfs/file_store.h"
#include "engine/stream/compiled_query.h"
#include "engine/stream/stream_host.h"
#include "sim/base/assert.h"

namespace engine::spark {
namespace {

QueryError unsupported(std::string message) {
    return {"UnsupportedOperationException", "java.lang.UnsupportedOperationException", "", "", std::move(message)};
}

/// Notes what is read and started.
struct ProgramHost final : BatchHost {
    std::vector<SourceSpec> sources;
    std::optional<py::StreamRequest> request;

    using BatchHost::BatchHost;

    py::Answer<PlanRef> read(const py::ReadRequest& r) override {
        if (!r.stream) return BatchHost::read(r);
        if (auto refusal = load_refusal(r, false)) return std::unexpected(std::move(*refusal));
        constexpr std::string_view kFormats[] = {"kafka", "rate", "rate-micro-batch", "socket"};
        if (std::ranges::find(kFormats, r.format) == std::end(kFormats))
            return std::unexpected(unsupported(fmt::format("The source '{}' is not read in the cluster.", r.format)));
        SourceSpec source;
        source.name = fmt::format("source{}", sources.size());
        source.format = r.format;
        source.options = r.options;
        const auto number = static_cast<i64>(sources.size());
        sources.push_back(source);
        return stream_relation(r.format, source_schema(source), number, session.ids, r.options);
    }
    py::Answer<i64> start(const py::StreamRequest& r) override {
        if (request) return std::unexpected(unsupported("A program of a lesson starts one query."));
        if (r.format == "foreach" || r.format == "foreachBatch")
            return std::unexpected(unsupported("Functions of a program are not called in the cluster."));
        request = r;
        return 0;
    }
    py::Answer<py::PyValue> query(i64, const std::string&, const std::vector<py::PyValue>&) override {
        return py::none();
    }
    std::vector<i64> queries() override { return request ? std::vector<i64>{0} : std::vector<i64>{}; }
    py::Answer<bool> sleep(double) override { return true; }
};

std::string trigger_of(const py::StreamRequest& r) {
    if (r.trigger.empty()) return "default";
    return r.trigger_value.empty() || r.trigger == "once" || r.trigger == "availableNow"
               ? r.trigger
               : r.trigger + " " + r.trigger_value;
}

}  // namespace

std::expected<ProgramQuery, QueryError> program_query(Session& session, const std::string& program) {
    MR_ASSERT(!program.empty());
    dfs::MemoryStore nothing;
    ProgramHost host(session, nothing);
    py::Interpreter in{.session = session, .host = host};
    py::define_builtins(in);
    if (auto raised = py::run_program(in, program)) return std::unexpected(std::move(raised->error));
    if (!host.request) return std::unexpected(unsupported("The program starts no query."));
    return ProgramQuery{std::move(host.sources), std::move(*host.request), in.scopes};
}

void take_program_words(const SparkSpec& cluster, QuerySpec& spec) {
    auto session = session_of(cluster, spec);
    if (!session) return;
    auto query = program_query(*session, spec.program);
    if (!query) return;
    const py::StreamRequest& request = query->request;
    spec.sources = std::move(query->sources);
    spec.output_mode = request.mode;
    spec.trigger = trigger_of(request);
    spec.sink = request.format;
    spec.sink_options = request.options;
    for (const auto& [name, value] : request.options)
        if (name == "checkpointLocation") spec.checkpoint = value;
    MR_ASSERT(!spec.sources.empty() || request.plan != nullptr);
}

}  // namespace engine::spark
