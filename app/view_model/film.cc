#include "app/view_model/film.h"

#include <utility>

#include "app/view_model/telling.h"

namespace app {
namespace {

constexpr std::size_t kMostFrames = 24;

/// Behind every event that told something of that weight or more.
std::vector<u64> cursors_of(const engine::History& history, u64 first, u64 end, Weight least) {
    std::vector<u64> found{first};
    for (u64 i = engine::rows_before(history.facts, first); i < history.facts.size(); ++i) {
        const u64 behind = history.facts[i].index() + 1;
        if (behind >= end) break;
        if (weight_of(engine::kind_of(history.facts[i].fact)) >= least && found.back() != behind)
            found.push_back(behind);
    }
    return found;
}

}  // namespace

std::vector<u64> turning_points(const engine::History& history, u64 first, u64 end) {
    std::vector<u64> cursors{first};
    for (const Weight least : {Weight::turning, Weight::detail, Weight::traffic}) {
        std::vector<u64> found = cursors_of(history, first, end, least);
        if (found.size() > kMostFrames && cursors.size() > 1) break;
        cursors = std::move(found);
    }
    const std::size_t stride = cursors.size() / kMostFrames + 1;
    std::vector<u64> thinned;
    for (std::size_t i = 0; i < cursors.size(); i += stride) thinned.push_back(cursors[i]);
    return thinned;
}

}  // namespace app
