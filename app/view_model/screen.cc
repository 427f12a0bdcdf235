#include "app/view_model/screen.h"

#include <algorithm>

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
    static const std::vector<std::string> kViews = {"Partitions", "Groups", "Znodes", "Events", "Space-time", "Record trace", "Wire", "Log files", "SQL", "Console"};
    return kViews;
}

std::vector<ViewTabVm> make_view_tabs(const Scene& scene) {
    std::vector<ViewTabVm> tabs;
    for (const std::string& title : built_views())
        if (!hides(scene, title) || title == scene.at().desk.view) tabs.push_back({title, points_to(scene, title)});
    return tabs;
}

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
    if (desk.view == "Partitions") screen.partitions = make_partitions(scene);
    if (desk.view == "Znodes") screen.znodes = make_znodes(scene);
    if (desk.view == "Events" || desk.drawer == "Events") screen.events = make_events(scene);
    if (desk.view == "Groups") screen.groups = make_groups(scene);
    if (desk.view == "Space-time" || desk.view == "Record trace") screen.space_time = make_space_time(scene);
    if (desk.view == "Record trace") screen.space_time.head.title = desk.view;
    if (desk.view == "Wire") screen.sheet = make_wire(scene);
    if (desk.view == "Log files") screen.sheet = make_log_files(scene);
    if (desk.view == "SQL") screen.sheet = make_sql(scene);
    if (desk.view == "Console") screen.sheet = make_console(scene);
    screen.inspector = make_inspector(scene);
    screen.timeline = make_timeline(scene);
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
