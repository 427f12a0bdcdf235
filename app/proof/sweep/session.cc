#include "app/proof/sweep/session.h"

#include <fmt/format.h>

#include "app/lab/host/files.h"
#include "app/lab/lesson/lesson_world.h"
#include "app/lab/lesson/loader.h"
#include "app/lab/run/session.h"
#include "app/proof/sweep/lesson_text.h"

namespace app::proof {
namespace {

/// Runs the inputs again, each at its index, and stops behind the event of the finding.
void run_again(lab::Timeline& timeline, const Played& played) {
    std::size_t next = 0;
    while (timeline.cursor() < played.events) {
        const bool input = next < played.inputs.size() && played.inputs[next].at_index == timeline.cursor();
        if (input) timeline.act(played.inputs[next++]);
        else if (!timeline.advance()) return;
    }
}

/// The first phase is as long as the lesson's one step lasts; a session of another origin has no healing at its end.
Nanos safety_of(const lab::Lesson& lesson, const std::vector<sim::Input>& inputs, Nanos origin) {
    const auto& after = lesson.steps.front().until_after;
    if (after.given()) return after.value;
    return inputs.empty() ? sim::seconds(1) : inputs.back().at - origin + sim::seconds(1);
}

/// Inputs of a branch and of those it grew from.
std::vector<sim::Input> all_inputs(const lab::SavedSession& saved) {
    std::vector<sim::Input> inputs;
    u64 end = ~u64{0};
    for (u32 id = saved.current;; id = saved.branches[id].parent) {
        const lab::SavedBranch& branch = saved.branches[id];
        for (const sim::Input& input : branch.inputs)
            if (input.at_index < end) inputs.push_back(input);
        end = branch.fork;
        if (id == 0) break;
    }
    std::ranges::sort(inputs, {}, &sim::Input::at_index);
    return inputs;
}

std::expected<Nanos, std::string> origin_of(const engine::WorldSpec& spec) {
    const auto world = engine::build_world(spec);
    if (!world) return std::unexpected(world.error());
    return world->kernel().now;
}

}  // namespace

std::string save_session(const std::string& path, const Plan& plan, const Played& played) {
    const std::string id(lab::without_extension(lab::file_name(path)));
    auto session = lab::open_text(id + ".toml", lesson_text(plan, id), plan.seed);
    if (!session) return session.error();
    run_again((*session)->run->timeline(), played);
    if ((*session)->run->world().kernel().trace != played.trace)
        return path + ": the lesson of this plan does not play as the plan does";
    const auto writer = lab::SessionWriter::begin(path, **session);
    return writer ? "" : writer.error();
}

std::string keep_session(const std::string& folder, const std::string& bug, const Plan& plan, const Played& played) {
    const std::string path =
        lab::join_path(folder, fmt::format("sweep-{}{}{}.session", plan.seed, bug.empty() ? "" : "-", bug));
    std::string wrong = lab::make_folder(folder);
    if (wrong.empty()) wrong = save_session(path, plan, played);
    return wrong.empty() ? fmt::format("  session: {}\n", path) : fmt::format("  no session: {}\n", wrong);
}

std::expected<Plan, std::string> plan_of_session(const std::string& path) {
    const auto saved = lab::SessionFile::read(path);
    if (!saved) return std::unexpected(saved.error());
    const auto lesson = lab::load_lesson(saved->header.lesson_name, saved->header.lesson_text);
    if (!lesson)
        return std::unexpected(fmt::format("{}: its lesson cannot be read: {}", path, lab::render(lesson.error())));
    Plan plan;
    plan.seed = saved->header.seed;
    plan.spec = lab::to_spec(*lesson, plan.seed);
    const auto origin = origin_of(plan.spec);
    if (!origin) return std::unexpected(fmt::format("{}: {}", path, origin.error()));
    const std::vector<sim::Input> inputs = all_inputs(*saved);
    plan.safety = safety_of(*lesson, inputs, *origin);
    for (const sim::Input& input : inputs)
        if (input.at - *origin < plan.safety) plan.deeds.push_back({input.at - *origin, input.line, false, 0});
    return plan;
}

}  // namespace app::proof
