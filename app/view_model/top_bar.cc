#include "app/view_model/top_bar.h"

#include <fmt/format.h>

#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/words.h"

namespace app {
namespace {

std::string branch_name(const Snapshot& at) {
    for (const BranchPlace& branch : at.branches)
        if (branch.id == at.branch) return branch.name;
    return "main";
}

bool at_newest(const Scene& scene) {
    const engine::History& history = scene.history();
    return scene.cursor() >= history.first_index + history.events.size();
}

}  // namespace

TopBarVm make_top_bar(const Scene& scene) {
    TopBarVm bar;
    const Snapshot& at = scene.at();
    bar.playing = at.playing;
    bar.can_step_back = scene.has_event();
    bar.can_step_forward = !(scene.question_open() && at_newest(scene));
    if (!bar.can_step_forward) bar.why_not_forward = "Answer the question first.";
    bar.time = scene.time(at.clock) + " s";
    bar.step = grouped(scene.cursor() - scene.history().first_index);
    bar.seed = grouped(at.seed);
    bar.branch = branch_name(at);
    bar.pace = at.pace.by_event ? "paced by event" : "paced by time";
    bar.speed = lab::speed_text(at.pace);
    bar.diverged = at.diverged;
    return bar;
}

}  // namespace app
