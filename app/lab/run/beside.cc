#include "app/lab/run/beside.h"

#include <algorithm>

namespace app::lab {
namespace {

using engine::InputRow;
using sim::Nanos;

Nanos since_origin(const Run& run, Nanos moment) { return moment - run.world().frame->origin; }

bool is_same(const Run& original, const InputRow& told, const Run& other, const InputRow& heard) {
    return told.author == heard.author && told.line == heard.line &&
           since_origin(original, told.at) == since_origin(other, heard.at);
}

/// Whether all that `other` was told is the beginning of what `original` was told.
bool is_told_the_same(const Run& original, const Run& other) {
    const auto &told = original.history().inputs, &heard = other.history().inputs;
    if (heard.size() > told.size()) return false;
    for (std::size_t i = 0; i < heard.size(); ++i)
        if (!is_same(original, told[i], other, heard[i])) return false;
    return true;
}

void go_to(Run& run, Nanos moment) {
    if (moment < run.clock()) run.seek(run.index_at(moment));
    run.run_to(moment);
}

}  // namespace

std::expected<std::unique_ptr<Session>, std::string> open_changed(const Session& original,
                                                                  const std::vector<Text>& changes) {
    auto other = open_text(original.path, original.text, original.seed, changes);
    if (other) (*other)->stand_aside();
    return other;
}

bool follow_beside(const Run& original, Run& other) {
    if (!is_told_the_same(original, other)) return false;
    const Nanos shift = other.world().frame->origin - original.world().frame->origin;
    const auto& told = original.history().inputs;
    for (std::size_t i = other.history().inputs.size(); i < told.size() && told[i].event_index < original.cursor();
         ++i) {
        go_to(other, told[i].at + shift);
        other.act(told[i].author, told[i].line);
    }
    go_to(other, original.clock() + shift);
    MR_ASSERT(other.lesson_clock() == original.lesson_clock());
    return true;
}

namespace {

/// What a branch was told from an index on.
std::vector<sim::Input> told_since(const Timeline::Branch& branch, sim::u64 index) {
    const auto first = std::ranges::lower_bound(branch.inputs, index, {}, &sim::Input::at_index);
    return {first, branch.inputs.end()};
}

bool is_beginning(const std::vector<sim::Input>& heard, const std::vector<sim::Input>& told) {
    const auto same = [](const sim::Input& a, const sim::Input& b) {
        return a.author == b.author && a.line == b.line && a.at == b.at;
    };
    return heard.size() <= told.size() && std::equal(heard.begin(), heard.end(), told.begin(), same);
}

}  // namespace

void let_parent_live(Run& run) {
    const Timeline& timeline = run.timeline();
    const sim::u32 own = timeline.branch().id, parent = timeline.branch().parent;
    if (own == parent) return;
    std::vector<sim::Input> told = told_since(timeline.branch(), timeline.branch().fork);
    const std::vector<sim::Input> heard = told_since(timeline.branches()[parent], timeline.branch().fork);
    if (told.empty()) return;
    told.erase(told.begin());
    const Nanos clock = run.clock();
    const sim::u64 here = run.cursor();
    const auto& events = timeline.branches()[parent].history.events;
    if (!is_beginning(heard, told) || (!events.empty() && events.back().at >= clock)) return;
    run.switch_to(parent, timeline.branches()[parent].head);
    for (std::size_t i = heard.size(); i < told.size() && told[i].at <= clock; ++i) {
        run.run_to(told[i].at);
        run.act(told[i].author, told[i].line);
    }
    run.run_to(clock);
    run.switch_to(own, here);
    run.let_pass(clock);
    MR_ASSERT(run.cursor() == here && run.timeline().branch().id == own);
}

}  // namespace app::lab
