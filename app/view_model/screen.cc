#include "app/view_model/screen.h"

#include <algorithm>

#include "app/view_model/follow_view.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"

namespace app {
namespace {

/// The view that the lesson points to, if it names one.
bool points_to(const Scene& scene, const std::string& title) {
    const lab::StepBlock* step = scene.step();
    return step != nullptr && std::ranges::find(step->view.items, title, &lab::Text::value) != step->view.items.end();
}

bool hides(const Scene& scene, const std::string& title) {
    const lab::Lesson* lesson = scene.at().lesson;
    return lesson != nullptr && std::ranges::any_of(lesson->info.hide, [&](const lab::Text& hidden) { return hidden.value == title; });
}

}  // namespace

const std::vector<std::string>& built_views() {
    static const std::vector<std::string> kViews = {"Partitions", "Groups", "Znodes", "Events", "Space-time", "Record trace"};
    return kViews;
}

std::vector<ViewTabVm> make_view_tabs(const Scene& scene) {
    std::vector<ViewTabVm> tabs;
    for (const std::string& title : built_views())
        if (!hides(scene, title) || title == scene.at().desk.view) tabs.push_back({title, points_to(scene, title)});
    return tabs;
}

namespace {

/// The view below the stage. While a pane is asked for by name it is the lesson's own, or the first that leaves the
/// stage its room.
std::string view_below(const Scene& scene, const std::vector<ViewTabVm>& tabs) {
    constexpr std::string_view kBelow[] = {"Partitions", "Znodes", "Events"};
    const auto is_tab = [&](std::string_view title) { return std::ranges::find(tabs, title, &ViewTabVm::title) != tabs.end(); };
    if (is_tab(scene.at().desk.view)) return scene.at().desk.view;
    Desk of_lesson;
    if (scene.at().lesson != nullptr && scene.at().following != nullptr) follow_view(of_lesson, *scene.at().lesson, *scene.at().following);
    const auto stays_below = [&](std::string_view title) { return std::ranges::find(kBelow, title) != std::end(kBelow) && is_tab(title); };
    if (stays_below(of_lesson.view)) return of_lesson.view;
    const auto first = std::ranges::find_if(kBelow, stays_below);
    return first == std::end(kBelow) ? "" : std::string(*first);
}

}  // namespace

ScreenVm make_screen(const Snapshot& snapshot, std::string_view hovered) {
    const Scene scene(snapshot);
    const Desk& desk = snapshot.desk;
    ScreenVm screen;
    screen.top_bar = make_top_bar(scene);
    screen.lesson = make_lesson_pane(scene);
    screen.stage = make_stage(scene);
    screen.views = make_view_tabs(scene);
    screen.view = desk.view;
    screen.view_asked_for = desk.view_asked_for;
    screen.below = view_below(scene, screen.views);
    if (screen.below == "Partitions") screen.partitions = make_partitions(scene);
    if (screen.below == "Znodes") screen.znodes = make_znodes(scene);
    if (screen.below == "Events" || desk.drawer == "Events") screen.events = make_events(scene);
    if (desk.view == "Groups") screen.groups = make_groups(scene);
    if (desk.view == "Space-time" || desk.view == "Record trace") screen.space_time = make_space_time(scene);
    if (desk.view == "Record trace") screen.space_time.head.title = desk.view;
    screen.inspector = make_inspector(scene);
    screen.timeline = make_timeline(scene);
    if (desk.drawer == "Transcript") screen.transcript = make_transcript(scene);
    screen.hover = make_hover(scene, hovered);
    screen.menu = make_menu(scene);
    screen.palette = make_palette(scene);
    screen.help_open = desk.help_open;
    screen.toasts = desk.toasts;
    screen.work = desk.work;
    screen.reduced_motion = desk.reduced_motion;
    return screen;
}

}  // namespace app
