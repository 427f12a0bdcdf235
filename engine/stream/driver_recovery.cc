// What a new life of the driver, or a new run of a query, finds in the checkpoint: the last offsets, whether they were
// committed, the watermark, and the state of the version that the next batch starts from.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/stream/driver_parts.h"
#include "engine/stream/state_checkpoint.h"

namespace engine::spark {
namespace {

i64 number_of(std::string_view text) {
    i64 n = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() ? n : -1;
}

/// The newest entry of a log among paths, -1 if there is none.
i64 newest(const At& at, const std::vector<std::string>& paths, std::string_view log) {
    i64 out = -1;
    const std::string folder = at.path(log) + "/";
    for (const std::string& path : paths)
        if (path.starts_with(folder)) out = std::max(out, number_of(std::string_view(path).substr(folder.size())));
    return out;
}

void ask_file(const At& at, const std::string& path) {
    Recovery& recovery = at.run().recovery;
    recovery.asked.emplace_back(dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::read, path), path);
}

/// Names of what the cursor needs: all state files up to the version, the last two offsets, the commit, the beginnings.
void ask_files(const At& at, const std::vector<std::string>& paths) {
    MR_ASSERT(at.run().phase == QueryPhase::recovering && at.run().recovery.listed);
    const i64 logged = newest(at, paths, "offsets"), done = newest(at, paths, "commits");
    i64 version = done >= logged ? logged + 1 : logged;
    if (at.compiled().plan.has_bug(PlantedBug::state_version_reused)) ++version;
    for (const std::string& path : paths) {
        const std::string_view below = std::string_view(path).substr(std::min(path.size(), at.path("").size()));
        const std::string_view name = below.substr(below.rfind('/') + 1);
        const i64 n = number_of(name.substr(0, name.find('.')));
        const bool log =
            (below.starts_with("offsets/") && n >= logged - 1) || (below.starts_with("commits/") && n == logged);
        const bool state = below.starts_with("state/") && n <= version;
        if (log || state || below.starts_with("sources/")) ask_file(at, path);
    }
}

std::string content(const At& at, const std::string& below) {
    const auto& files = at.run().recovery.files;
    const auto found = std::ranges::find(files, at.path(below), &FileOrder::path);
    return found == files.end() ? "" : found->bytes;
}

void begin_cursor(const At& at) {
    MR_ASSERT(at.run().compiled.query != nullptr);
    QueryCursor& cursor = at.cursor();
    cursor = {};
    const std::size_t sources = at.spec().sources.size(), operators = at.compiled().plan.operators.size();
    cursor.committed.assign(sources, "");
    cursor.initial.assign(sources, "");
    cursor.evicted_ms.assign(operators, 0);
    cursor.tracker.policy = policy_of(at.compiled().plan, at.compiled().policy);
    auto state = std::make_shared<StreamState>();
    state->operators.resize(operators);
    cursor.state.state = std::move(state);
    for (u32 s = 0; s < sources; ++s)
        if (!is_kafka(at.spec().sources[s])) cursor.initial[s] = "-";
}

void take_logs(const At& at, i64 logged) {
    MR_ASSERT(logged >= 0);
    QueryCursor& cursor = at.cursor();
    const StreamPlan& plan = at.compiled().plan;
    auto last = parse_offset_log(content(at, fmt::format("offsets/{}", logged)));
    if (!last) return fail(at, {"IllegalStateException", "java.lang.IllegalStateException", "", "", last.error()});
    auto ends = by_source(plan, last->offsets);
    if (!ends) return fail(at, {"AssertionError", "java.lang.AssertionError", "", "", ends.error()});
    last->offsets = std::move(*ends);
    cursor.tracker.global_ms = last->watermark_ms;
    if (const auto before = logged > 0 ? parse_offset_log(content(at, fmt::format("offsets/{}", logged - 1))) : last;
        logged > 0 && before) {
        cursor.committed = by_source(plan, before->offsets).value_or(cursor.committed);
        cursor.late_ms = before->watermark_ms;
    }
    const auto commit = parse_commit_log(content(at, fmt::format("commits/{}", logged)));
    if (commit) {
        cursor.committed = last->offsets;
        cursor.late_ms = last->watermark_ms;
        cursor.tracker.global_ms = std::max(cursor.tracker.global_ms, *commit);
        if (at.compiled().plan.has_bug(PlantedBug::watermark_not_restored)) cursor.tracker.global_ms = 0;
        cursor.next_batch = logged + 1;
        return;
    }
    cursor.next_batch = logged;
    cursor.planned = true;
    cursor.entry = *last;
}

/// How often the planned batch was begun before: by the ledger, which outlives the driver.
i64 attempts_told(const At& at) {
    MR_ASSERT(at.cursor().planned);
    const auto& batches = at.driver.progress.ledger.batches;
    i64 most = 0;
    for (u64 i = batches.size(); i > 0; --i) {
        const BatchRow& row = batches[i - 1];
        if (row.query == at.spec().name && row.batch_id == at.cursor().next_batch) most = std::max(most, row.attempts);
    }
    return most;
}

/// The version of the state that the next batch begins with: what the batch before it left.
i64 first_version(const At& at, const std::vector<std::string>& paths) {
    const i64 next = at.cursor().next_batch;
    MR_ASSERT(next >= 0);
    const bool reused = at.compiled().plan.has_bug(PlantedBug::state_version_reused);
    const auto written = fmt::format("/{}.delta", next + 1);
    return reused && std::ranges::any_of(paths, [&](const std::string& p) { return p.ends_with(written); }) ? next + 1
                                                                                                            : next;
}

void finish(const At& at) {
    Recovery& recovery = at.run().recovery;
    MR_ASSERT(recovery.listed && recovery.asked.empty());
    begin_cursor(at);
    std::vector<std::string> paths;
    for (const FileOrder& f : recovery.files) paths.push_back(f.path);
    const i64 logged = newest(at, paths, "offsets");
    for (u32 s = 0; s < at.spec().sources.size(); ++s) {
        const std::string text = content(at, fmt::format("sources/{}/0", s));
        const auto line = text.find('\n');
        if (line == std::string::npos) continue;
        if (is_kafka(at.spec().sources[s])) at.cursor().initial[s] = text.substr(line + 1);
        else at.run().began_ms = std::max<i64>(0, number_of(std::string_view(text).substr(line + 1)));
    }
    const bool ignored = at.compiled().plan.has_bug(PlantedBug::manifest_ignored);
    for (const std::string& path : ignored ? std::vector<std::string>{} : recovery.manifest)
        at.cursor().manifest = std::max(at.cursor().manifest, number_of(path.substr(path.rfind('/') + 1)));
    if (logged < 0) {
        dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::write, at.path("metadata"), metadata_text(at.path("")));
    } else {
        take_logs(at, logged);
        if (at.run().phase == QueryPhase::failed) return;
        const auto state = state_of_files(at.compiled().session, at.compiled().plan, at.path(""), recovery.files,
                                          first_version(at, paths));
        if (!state) return fail(at, state.error());
        at.cursor().state.state = *state;
    }
    recovery = {};
    at.work() = {};
    at.work().row.trigger_at = at.env.wall_ms();
    at.run().attempts = at.cursor().planned ? attempts_told(at) : 0;
    enter(at, QueryPhase::waiting);
    if (at.spec().trigger != "manual" || at.run().triggers > 0) begin_trigger(at);
}

}  // namespace

void begin_recovery(const At& at) {
    MR_ASSERT(at.run().compiled.query != nullptr && !at.cursor().planned);
    enter(at, QueryPhase::recovering);
    Recovery& recovery = at.run().recovery;
    recovery = {};
    const std::string folder = at.path("");
    recovery.asked.emplace_back(dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::list, folder), folder);
    const std::string manifest = manifest_folder(at.spec());
    if (manifest.empty()) return;
    recovery.asked.emplace_back(dfs::ask(at.driver.memory.dfs, at.env, dfs::DfsOp::list, manifest), manifest);
}

void on_recovery_answer(const At& at, const dfs::DfsAnswer& answer) {
    MR_ASSERT(answer.op == dfs::DfsOp::list || answer.op == dfs::DfsOp::read);
    if (at.run().phase != QueryPhase::recovering) return;
    Recovery& recovery = at.run().recovery;
    std::erase_if(recovery.asked, [&](const auto& entry) { return entry.first == answer.tag; });
    if (answer.op == dfs::DfsOp::list && answer.path != at.path("")) {
        recovery.manifest = answer.paths;
    } else if (answer.op == dfs::DfsOp::list) {
        recovery.listed = true;
        ask_files(at, answer.paths);
    } else if (answer.status == dfs::DfsStatus::ok) {
        recovery.files.push_back({answer.path, answer.bytes});
    }
    if (recovery.asked.empty() && recovery.listed) finish(at);
}

}  // namespace engine::spark
