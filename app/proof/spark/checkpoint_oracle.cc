#include "app/proof/spark/checkpoint_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/proof/masks/pattern.h"
#include "app/proof/spark/replay.h"
#include "app/proof/spark/restart_oracle.h"
#include "engine/model/json.h"
#include "engine/stream/state_checkpoint.h"
#include "engine/stream/state_file.h"

namespace app::proof {
namespace {

using namespace engine::spark;

std::string hex_of(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

std::string from_hex(const std::string& hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoul(hex.substr(i, 2), nullptr, 16));
    return out;
}

/// A state file as lines of keys and values, in its order.
std::string changes_text(std::string_view bytes) {
    const auto changes = read_state_file(bytes);
    if (!changes) return hex_of(bytes) + "\n";
    std::string out;
    for (const StateChange& c : *changes)
        out += fmt::format("    {} -> {}\n", hex_of(c.key), c.value ? hex_of(*c.value) : "removed");
    return out;
}

/// Times of batches and of files are those of the machine that recorded.
std::string plain(const std::string& text) {
    static const Pattern kTime(R"re("(batchTimestampMs|timestamp|modificationTime)":1[0-9]{12})re");
    static const Pattern kBegan("^v1\n1[0-9]{12}$");
    return masked_numbers(replaced(replaced(text, kTime, "\"$1\":<time>"), kBegan, "v1\n<time>"));
}

std::string differs_from(const OrderedJson& wanted, const std::string& bytes) {
    const std::string path = wanted.at("path").get<std::string>();
    if (wanted.contains("text")) {
        const std::string w = plain(wanted.at("text").get<std::string>()), g = plain(bytes);
        return w == g ? "" : differs(path.c_str(), w, g);
    }
    if (wanted.contains("hex")) {
        const std::string w = from_hex(wanted.at("hex").get<std::string>());
        return w == bytes ? "" : differs(path.c_str(), changes_text(w), changes_text(bytes));
    }
    const auto size = wanted.at("size").get<std::size_t>();
    return size == bytes.size()
               ? ""
               : fmt::format("  {}: {} bytes, {} wanted\n{}", path, bytes.size(), size, changes_text(bytes));
}

/// A query on a clock was stopped while it ran a batch: the batch is logged and has no commit.
void stop_within_batch(ProgramRun& run, const OrderedJson& wanted) {
    if (run.host->started.empty()) return;
    RunningQuery& q = *run.host->started.back();
    const std::string file = fmt::format("offsets/{}", q.driver->next_batch);
    const auto it = std::ranges::find_if(wanted, [&](const OrderedJson& f) { return f.at("path") == file; });
    if (it == wanted.end() || q.failed || !q.who.sources[0].starts_with("RateStreamV2")) return;
    const std::string text = it->at("text").get<std::string>();
    run.release(
        {{"sources",
          {{{"description", q.who.sources[0]}, {"endOffset", std::stoll(text.substr(text.rfind('\n') + 1))}}}}});
    q.driver->at_phase = [](const char* phase) { return std::string(phase) != "offsets logged"; };
    (void)q.driver->trigger(run.host->now_ms);
}

/// `a/.b.crc` -> `a/b`; empty for other files.
std::string checked_file(const std::string& path) {
    const std::size_t slash = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
    if (!path.ends_with(".crc") || path.compare(slash, 1, ".") != 0) return "";
    return path.substr(0, slash) + path.substr(slash + 1, path.size() - slash - 5);
}

/// A snapshot that we have not: when the thread that writes them comes by is its own affair, what it writes is not.
std::optional<std::string> late_snapshot(const engine::dfs::MemoryStore& store, const std::string& root,
                                         const std::string& path) {
    if (!path.ends_with(".snapshot")) return std::nullopt;
    const std::size_t slash = path.rfind('/');
    return snapshot_of([&](const std::string& p) { return store.read(root + "/" + p); }, path.substr(0, slash),
                       std::atoll(path.c_str() + slash + 1));
}

}  // namespace

std::string folder_differs(const OrderedJson& wanted, const engine::dfs::MemoryStore& store, const std::string& root) {
    std::string out;
    std::set<std::string> known;
    for (const OrderedJson& f : wanted) {
        const std::string path = f.at("path").get<std::string>(), checked = checked_file(path);
        auto bytes = store.read(root + "/" + (checked.empty() ? path : checked));
        if (!bytes) bytes = late_snapshot(store, root, checked.empty() ? path : checked);
        if (!bytes) out += fmt::format("  {} is missing\n", path);
        else if (checked.empty()) out += differs_from(f, *bytes);
        known.insert(path);
    }
    for (const auto& [path, file] : store.files)
        if (path.starts_with(root + "/") && !known.contains(path.substr(root.size() + 1)))
            out += fmt::format("  {} should not be there\n", path);
    return out;
}

namespace {

OracleCount check_program_checkpoint(const std::string& path, const OrderedJson& recorded) {
    const std::string name = "checkpoint/" + recorded.at("program").get<std::string>();
    ProgramRun run;
    if (const auto why = run_beside(path, recorded, run)) return counted(name, *why + "\n");
    const std::string root = run.host->started.empty() ? "/checkpoint" : run.host->started.back()->driver->folder;
    stop_within_batch(run, recorded.at("checkpoint"));
    return finished(name, folder_differs(recorded.at("checkpoint"), run.store, root), run);
}

}  // namespace

OracleCount check_checkpoint(const std::string& path, const std::string& text) {
    const OrderedJson recorded = engine::must_read_json<OrderedJson>(text);
    if (recorded.is_object() && recorded.contains("program") && recorded.contains("checkpoint"))
        return check_program_checkpoint(path, recorded);
    if (recorded.is_object() && recorded.contains("cases")) return check_restart_changes(recorded);
    if (recorded.is_object() && recorded.contains("case")) return check_crash(recorded);
    return counted(path, "not built yet: recordings of this kind\n");
}

}  // namespace app::proof
