#include "app/view_model/branches.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/look_back.h"
#include "app/lab/play/transcript.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using lab::Timeline;

constexpr std::size_t kLongestName = 60;   // a line may carry a whole text

/// What a branch is called: what was done first on it.
std::string name_of(const Timeline::Branch& branch) {
    if (branch.id == 0) return "main";
    for (const sim::Input& input : branch.inputs)
        if (input.at_index >= branch.fork) return shortened(lab::one_line(input.line), kLongestName);
    return fmt::format("branch {}", branch.id);
}

}  // namespace

std::vector<BranchPlace> branches_of(const lab::Run& run, const lab::Following& following) {
    std::vector<BranchPlace> places;
    for (const Timeline::Branch& branch : run.timeline().branches()) {
        BranchPlace place{branch.id, branch.parent, branch.fork, branch.head, name_of(branch), {}};
        for (const sim::Input& input : branch.inputs)
            if (input.at_index >= branch.fork) place.stations.push_back(input.at_index);
        for (const lab::StepRecord& record : following.steps)
            if (record.branch == branch.id && record.last_index != 0) place.stations.push_back(record.last_index - 1);
        std::ranges::sort(place.stations);
        place.stations.erase(std::unique(place.stations.begin(), place.stations.end()), place.stations.end());
        places.push_back(std::move(place));
    }
    return places;
}

std::unique_ptr<engine::World> world_before(const lab::Run& run) {
    if (run.cursor() <= run.timeline().first()) return nullptr;
    return lab::world_at(run.timeline(), run.cursor() - 1);
}

u32 twin_branch(const lab::Run& run) {
    const auto& branches = run.timeline().branches();
    MR_ASSERT(branches.size() >= 2);
    const Timeline::Branch& here = run.timeline().branch();
    u32 chosen = here.parent;
    for (const Timeline::Branch& branch : branches)
        if (branch.id != here.id && branch.parent == here.id) chosen = branch.id;
    if (chosen == here.id) chosen = here.id == 0 ? branches.back().id : 0;
    return chosen;
}

TwinPlace twin_place(const lab::Run& run, u32 branch, sim::Nanos moment) {
    const engine::History& history = run.timeline().branches()[branch].history;
    TwinPlace place;
    place.branch = branch;
    place.cursor = history.first_index +
                   history.events.partition_point([&](const sim::EventRow& row) { return row.at <= moment; });
    return place;
}

const engine::World& origin_of(const lab::Run& run) {
    const auto* frame = run.timeline().keyframes().best(0, run.timeline().first());
    MR_ASSERT(frame != nullptr);
    return frame->world;
}

}  // namespace app
