#include "app/view_model/screen.h"

#include <algorithm>
#include <array>

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
    return lesson != nullptr &&
           std::ranges::any_of(lesson->info.hide, [&](const lab::Text& hidden) { return hidden.value == title; });
}

}  // namespace

const std::vector<std::string>& built_views() {
    static const std::vector<std::string> kViews = {
        "Partitions", "Groups",          "Znodes",     "Events", "Space-time", "Record trace", "Wire",
        "Log files",  "Metrics",         "Twin",       "SQL",    "Console",    "Query",        "Event time",
        "State",      "Unbounded table", "Checkpoint", "Code"};
    return kViews;
}

bool is_of_query(std::string_view title) {
    constexpr std::array kTitles = {"Query", "Event time", "State", "Unbounded table", "Checkpoint", "Code"};
    return std::ranges::find(kTitles, title) != kTitles.end();
}

namespace {

/// Lessons with queries show their views first; the others do not show them at all.
std::vector<std::string> views_of(const Scene& scene) {
    std::vector<std::string> titles = built_views();
    const lab::Lesson* lesson = scene.at().lesson;
    if (lesson != nullptr && lesson->queries.empty()) std::erase_if(titles, is_of_query);
    else if (lesson != nullptr) std::ranges::stable_partition(titles, is_of_query);
    return titles;
}

}  // namespace

std::vector<ViewTabVm> make_view_tabs(const Scene& scene) {
    std::vector<ViewTabVm> tabs;
    std::vector<std::string> titles = views_of(scene);
    if (std::ranges::find(titles, scene.at().desk.view) == titles.end() && is_of_query(scene.at().desk.view))
        titles.push_back(scene.at().desk.view);
    for (const std::string& title : titles)
        if (!hides(scene, title) || title == scene.at().desk.view) tabs.push_back({title, points_to(scene, title)});
    return tabs;
}

namespace {

void add_query_view(const Scene& scene, ScreenVm& screen) {
    const std::string& view = scene.at().desk.view;
    QueryData data = read_query(scene);
    if (view == "Query") screen.query = make_query(data);
    if (view == "Event time") {
        name_records(scene, data);
        screen.event_time = make_event_time(data);
        if (const auto other = twin_of(scene.at()))
            add_event_twin(screen.event_time, data, read_query(Scene(*other)), scene.at().twin_name,
                           scene.at().twin_text);
    }
    if (view == "State") screen.state = make_state(data);
    if (view == "Unbounded table") screen.unbounded = make_unbounded(data);
    if (view == "Checkpoint") screen.checkpoint = make_checkpoint(data, scene.at().desk.selected);
    if (view == "Code") screen.code = make_code(data);
}

/// The view below the stage. While a pane is asked for by name it is the lesson's own, or the first that leaves the
/// stage its room.
std::string view_below(const Scene& scene, const std::vector<ViewTabVm>& tabs) {
    constexpr std::string_view kBelow[] = {"Partitions", "Znodes", "Events"};
    const auto is_tab = [&](std::string_view title) {
        return std::ranges::find(tabs, title, &ViewTabVm::title) != tabs.end();
    };
    if (is_tab(scene.at().desk.view)) return scene.at().desk.view;
    Desk of_lesson;
    if (scene.at().lesson != nullptr && scene.at().following != nullptr)
        follow_view(of_lesson, *scene.at().lesson, *scene.at().following);
    const auto stays_below = [&](std::string_view title) {
        return std::ranges::find(kBelow, title) != std::end(kBelow) && is_tab(title);
    };
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
    if (desk.view == "Wire") screen.wire = make_wire(scene);
    if (desk.view == "Log files") screen.log_files = make_log_files(scene);
    if (desk.view == "Metrics") screen.metrics = make_metrics(scene);
    if (desk.view == "Twin") screen.twin = make_twin(scene);
    if (desk.view == "SQL") screen.sheet = make_sql(scene);
    if (desk.view == "Console") screen.sheet = make_console(scene);
    if (is_of_query(desk.view)) add_query_view(scene, screen);
    screen.inspector = make_inspector(scene);
    screen.timeline = make_timeline(scene);
    if (desk.drawer == "Transcript" || desk.view == "Transcript") screen.transcript = make_transcript(scene);
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
