#include "app/view_model/home.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/view_model/screen.h"
#include "app/view_model/shelf.h"
#include "app/view_model/snapshot.h"
#include "app/view_model/verbs.h"
#include "app/view_model/words.h"

namespace app {
namespace {

struct LevelWords {
    std::string_view title, subtitle;
};
constexpr std::array<LevelWords, 5> kLevels = {{
    {"The log", "offsets, keys, partitions, retention"},
    {"Replication", "leaders, ISR, high watermark"},
    {"Delivery", "acks, retries, groups, transactions"},
    {"Streams", "micro-batches, event time, state"},
    {"Pipelines", "end to end, crashes, exactly once"},
}};

constexpr std::string_view kFirstLesson = "204-leader-dies";   // shows most of the lab in twelve minutes

/// The latest session of a lesson, or nullptr.
const ShelfSession* session_of(const Shelf& shelf, const std::string& lesson) {
    const auto found = std::ranges::find(shelf.sessions, lesson, &ShelfSession::lesson);
    return found == shelf.sessions.end() ? nullptr : &*found;
}

/// Steps behind the learner, by the predictions that were answered; the steps without one are not counted apart.
HomeLessonVm lesson_vm(const Shelf& shelf, const ShelfLesson& lesson) {
    HomeLessonVm vm;
    vm.id = lesson.id;
    vm.title = lesson.title;
    const ShelfSession* session = session_of(shelf, lesson.id);
    if (!lesson.loads) vm.note = "has errors";
    if (session == nullptr) return vm;
    vm.progress =
        !shelf.sessions.empty() && &shelf.sessions.front() == session ? LessonProgress::here : LessonProgress::open;
    if (session->answered > 0) vm.note = fmt::format("{} answered", session->answered);
    return vm;
}

HomeLevelVm level_vm(const Shelf& shelf, i32 number) {
    HomeLevelVm level;
    level.number = number;
    level.title = kLevels[static_cast<std::size_t>(number - 1)].title;
    level.subtitle = kLevels[static_cast<std::size_t>(number - 1)].subtitle;
    for (const ShelfLesson& lesson : shelf.lessons)
        if (lesson.level == number) level.lessons.push_back(lesson_vm(shelf, lesson));
    level.here = std::ranges::any_of(
        level.lessons, [](const HomeLessonVm& lesson) { return lesson.progress == LessonProgress::here; });
    return level;
}

void set_continue(const Shelf& shelf, HomeVm& home) {
    if (!shelf.sessions.empty()) {
        const ShelfSession& latest = shelf.sessions.front();
        home.continue_heading = home.continue_verb = "Continue";
        home.continue_title = latest.title;
        home.continue_text = fmt::format("Step {} of {}, {} predictions answered.", grouped(latest.cursor),
                                         grouped(latest.head), latest.answered);
        return;
    }
    auto first = std::ranges::find_if(
        shelf.lessons, [](const ShelfLesson& lesson) { return lesson.loads && lesson.id == kFirstLesson; });
    if (first == shelf.lessons.end())
        first = std::ranges::find_if(shelf.lessons, [](const ShelfLesson& lesson) { return lesson.loads; });
    if (first == shelf.lessons.end()) return;
    home.continue_heading = "Start here";
    home.continue_verb = "Start";
    home.continue_title = first->title;
    home.continue_text =
        fmt::format("Level {}, {} stops. You predict, the system runs, and you see why.", first->level, first->steps);
    home.stops = static_cast<i32>(first->steps);
}

HomeSessionVm session_vm(const ShelfSession& session) {
    HomeSessionVm vm;
    vm.id = session.path;
    vm.title = session.title;
    vm.when = session.when;
    vm.what = fmt::format("seed {}{}", grouped(session.seed),
                          session.branches > 1 ? fmt::format(", {} branches", session.branches) : "");
    vm.where = fmt::format("step {} of {}", grouped(session.cursor), grouped(session.head));
    return vm;
}

std::string course_note(const Shelf& shelf) {
    i64 answered = 0, right = 0;
    for (const ShelfSession& session : shelf.sessions) {
        answered += session.answered;
        right += session.right;
    }
    const std::string lessons =
        fmt::format("{} {}", shelf.lessons.size(), shelf.lessons.size() == 1 ? "lesson" : "lessons");
    return answered == 0 ? lessons : fmt::format("{}, {} predictions answered, {} right", lessons, answered, right);
}

}  // namespace

HomeVm make_home(const Shelf& shelf) {
    HomeVm home;
    home.title = "What do you want to see run?";
    set_continue(shelf, home);
    home.course_note = course_note(shelf);
    for (i32 number = 1; number <= static_cast<i32>(kLevels.size()); ++number)
        home.levels.push_back(level_vm(shelf, number));
    for (const ShelfSession& session : shelf.sessions) home.sessions.push_back(session_vm(session));
    home.notice = shelf.notice;
    return home;
}

namespace {

PaletteVm home_palette(const Desk& desk, const Shelf& shelf) {
    PaletteVm vm;
    vm.open = desk.palette_open;
    vm.query = desk.palette_query;
    const auto add = [&vm](std::string kind, std::string text, std::string note, std::string id) {
        if (has_all_words(kind + " " + text, vm.query))
            vm.rows.push_back({std::move(kind), std::move(text), std::move(note), std::move(id), true});
    };
    if (!vm.open) return vm;
    if (vm.query.ends_with(".toml") || vm.query.ends_with(".millrace"))
        add("Open", vm.query.substr(vm.query.find(' ') + 1), "a file", vm.query);
    for (const ShelfLesson& lesson : shelf.lessons)
        add("Lesson", lesson.title, fmt::format("level {}", lesson.level), "lesson " + lesson.id);
    for (const ShelfSession& session : shelf.sessions) add("Open", session.title, session.when, "open " + session.path);
    for (const ProgramVerb& verb : program_verbs())
        if (!verb.needs_lesson)
            add("Do", std::string(verb.text), std::string(verb.key), "program " + std::string(verb.id));
    add("Help", "Keys", "?", "program help");
    return vm;
}

}  // namespace

ScreenVm make_home_screen(const Desk& desk, const Shelf& shelf) {
    ScreenVm screen;
    screen.at_home = screen.top_bar.home = true;
    screen.home = make_home(shelf);
    screen.palette = home_palette(desk, shelf);
    screen.help_open = desk.help_open;
    screen.toasts = desk.toasts;
    screen.reduced_motion = desk.reduced_motion;
    return screen;
}

}  // namespace app
