#include "app/lab/lesson/names.h"

#include <algorithm>
#include <array>

#include "engine/model/config_def.h"
#include "engine/verb.h"
#include "sim/base/ascii.h"
#include "sim/base/edit_distance.h"

namespace app::lab {
namespace {

constexpr std::array<std::string_view, 22> kViews = {
    "Partitions", "Groups", "Query", "Event time", "State", "Unbounded table", "Wire", "Znodes", "Transactions",
    "Checkpoint", "SQL", "Console", "Log files", "Events", "Metrics", "Twin", "Code", "Stage", "Home", "Timeline",
    "Space-time", "Record trace",
};

/// Verbs of the course that act on streams, stores and transactions.
constexpr std::array<std::string_view, 15> kFurtherVerbs = {
    "consume", "arrive", "retime", "alter", "delete", "roll", "clean", "commit", "seek", "reset", "begin", "abort",
    "trigger", "cql", "init",
};

constexpr std::array<std::string_view, 5> kDecks = {"DASH", "POUR", "BIGD", "BASE", "INGE"};

constexpr std::array<std::string_view, 27> kSpotlights = {
    "controller", "console", "watermark", "mark", "znode", "window", "axis", "query", "group", "session", "watch",
    "segment", "link", "message", "state", "input", "result", "batch", "task", "plan", "file", "sink", "driver",
    "executor", "timeline", "transaction", "table",
};

template <class Candidates>
std::string nearest_in(std::string_view name, const Candidates& candidates) {
    constexpr std::size_t kLongest = 200;
    if (name.size() > kLongest) return "";
    const std::string wanted = sim::lower_ascii(name);
    sim::u32 least = std::max<sim::u32>(3, static_cast<sim::u32>(name.size() / 2) + 1);
    std::string nearest;
    for (const auto& candidate : candidates) {
        const sim::u32 distance = sim::edit_distance(sim::lower_ascii(candidate), wanted);
        if (distance >= least) continue;
        least = distance;
        nearest = candidate;
    }
    return nearest;
}

std::vector<std::string> all_verbs() {
    std::vector<std::string> names;
    for (const engine::VerbInfo& verb : engine::verb_table()) names.emplace_back(verb.name);
    for (const std::string_view verb : kFurtherVerbs)
        if (!is_built_verb(verb)) names.emplace_back(verb);
    return names;
}

}  // namespace

Names view_titles() { return kViews; }

std::string view_slug(std::string_view title) {
    std::string slug = sim::lower_ascii(title);
    std::ranges::replace(slug, ' ', '-');
    return slug;
}

std::span<const std::string> verb_names() {
    static const std::vector<std::string> names = all_verbs();
    return names;
}

bool is_built_verb(std::string_view name) {
    return std::ranges::find(engine::verb_table(), name, &engine::VerbInfo::name) != engine::verb_table().end();
}

Names deck_names() { return kDecks; }

Names spotlight_words() { return kSpotlights; }

bool contains(Names names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

std::string nearest_of(std::string_view name, const std::vector<std::string>& candidates) {
    return nearest_in(name, candidates);
}

std::string nearest_of(std::string_view name, Names candidates) { return nearest_in(name, candidates); }

}  // namespace app::lab
