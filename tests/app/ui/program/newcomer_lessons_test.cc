// A newcomer finishes five lessons in the real window, breaks a cluster, drags a late event, steps a batch, branches,
// compares and exports a film: once with the keyboard alone, once with the mouse, which types only what is words.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>

#include "app/view_model/event_time.h"
#include "tests/app/ui/program/newcomer.h"
#include "tests/support/display.h"
#include "tests/support/fresh_folder.h"

using namespace app;
using namespace app::ui;
using tests::Newcomer;

namespace {

constexpr std::string_view kLessons[] = {"101-log", "103-groups", "303-rebalance", "405-event-time", "407-watermark"};

/// How this person gives orders.
struct Hands {
    bool mouse = false;

    void say(Newcomer& me, const std::string& words) const {
        if (!mouse) return me.palette(words);
        me.click("palette");
        REQUIRE(me.screen().palette.open);
        me.type(words);
        REQUIRE_FALSE(me.screen().palette.rows.empty());
        me.click(me.screen().palette.rows.front().id);
    }
    void go_on(Newcomer& me) const {
        if (mouse) me.click(me.screen().lesson.run_verb);
        else me.key("Next");
    }
    void open(Newcomer& me, std::string_view id) const {
        const auto& lessons = me.program().screen().home.levels;
        std::string title, row;
        for (const HomeLevelVm& level : lessons)
            for (const HomeLessonVm& lesson : level.lessons)
                if (id.starts_with(lesson.id)) title = lesson.title, row = lesson.id + " " + lesson.title;
        REQUIRE_FALSE(title.empty());
        if (mouse) me.click(row);
        else me.palette(title.substr(0, 14));
        REQUIRE(me.screen().lesson.title == title);
    }
    void home(Newcomer& me) const {
        if (mouse) me.click("home");
        else me.palette("course home");
        REQUIRE(me.screen().at_home);
    }
    /// A line of the lesson's solution: with the mouse by the menu of its object, if it is there.
    void carry_out(Newcomer& me, const std::string& line) const {
        const std::string object = line.substr(line.find(' ') + 1);
        const Target* card = mouse ? me.find("stage/" + object) : nullptr;
        if (card == nullptr) return say(me, line);
        me.right_click({card->rect.x + 20, card->rect.y + 8});
        const auto& items = me.screen().menu.items;
        const auto item = std::ranges::find(items, line, &MenuItemVm::verb);
        INFO(line);
        REQUIRE(item != items.end());
        const std::string text = item->text;
        me.click(text);
    }
};

/// All steps, with the first choice of every question; then the world is the newcomer's.
void follow(Newcomer& me, const Hands& hands) {
    for (int i = 0; i < 60 && me.lab().step() != nullptr; ++i) {
        if (me.lab().question_open()) me.answer(me.screen().lesson.predictions.at(0).choices.at(0).text, hands.mouse);
        else hands.go_on(me);
    }
    INFO(me.screen().lesson.title << ", stop " << me.screen().lesson.stop << ", " << me.screen().lesson.run_verb);
    REQUIRE(me.lab().step() == nullptr);
}

// ---- what is done in the free part ------------------------------------------------------------------

/// The latest place before 12:29:30 that dragging can give the donkey's arrival, in columns.
double column_of_arrival(const EventTimeVm& vm, const EventMarkVm& mark) {
    double found = -1;
    for (double column = -0.9; column < static_cast<double>(vm.columns.size()); column += 0.05) {
        const std::string line = arrive_at(vm, mark, column).line;
        if (line > "arrive donkey@12:04 at 12:26:00" && line < "arrive donkey@12:04 at 12:29:30") found = column;
    }
    REQUIRE(found > 0);
    return found;
}

/// The late row is taken with the mouse and put where it would have been in time.
void drag_the_donkey(Newcomer& me) {
    if (me.screen().view != "Event time") me.click("Event time");
    const EventTimeVm vm = me.screen().event_time;
    const auto donkey =
        std::ranges::find_if(vm.marks, [](const EventMarkVm& mark) { return mark.label.starts_with("donkey"); });
    REQUIRE(donkey != vm.marks.end());
    const auto place = [&](const EventMarkVm& mark) { return me.find(mark.object); };
    const auto other = std::ranges::find_if(
        vm.marks, [&](const EventMarkVm& mark) { return mark.x + 2 < donkey->x && place(mark) != nullptr; });
    REQUIRE(other != vm.marks.end());
    const Rect from = place(*donkey)->rect;
    const double wide = (from.mid_x() - place(*other)->rect.mid_x()) / (donkey->x - other->x);
    const double by = (column_of_arrival(vm, *donkey) - donkey->x) * wide;
    me.move({from.mid_x(), from.mid_y()});
    me.press(true);
    me.move({from.mid_x() + static_cast<float>(by) / 2, from.mid_y()});
    me.move({from.mid_x() + static_cast<float>(by), from.mid_y()});
    me.press(false);
    me.look_around();
    CHECK(me.lab().run().timeline().branches().size() == 2);
}

/// What the lesson offers after its goals: the same run under another rule.
void put_another_world_beside(Newcomer& me, const Hands& hands) {
    REQUIRE(me.screen().lesson.beside.size() == 1);
    if (hands.mouse) me.click("Stage"), me.click("beside before-3.5");   // the lesson's pane stands beside the stage
    else me.palette("rule of Spark 3.4");
    REQUIRE(me.screen().view == "Event time");
    REQUIRE(me.screen().event_time.other.size() == 1);
    CHECK(me.screen().event_time.twin.branch == "before-3.5");
    CHECK(me.screen().event_time.twin.came_to.front().differs());
}

void step_a_batch(Newcomer& me, const Hands& hands) {
    const u64 newest = me.lab().run().cursor();
    for (int i = 0; i < 2; ++i) {
        if (hands.mouse) hands.say(me, "previous micro-batch");
        else me.key("comma", true);
    }
    const u64 batch = me.lab().run().cursor();
    CHECK(batch < newest);
    if (hands.mouse) hands.say(me, "next phase");
    else me.key("period", true, true);
    CHECK((me.lab().run().cursor() > batch && me.lab().run().cursor() < newest));
    me.key("End");
}

/// Another future from the stop before, beside the one that was.
void branch_and_compare(Newcomer& me, const Hands& hands) {
    if (hands.mouse) me.click("previous stop");
    else me.key("Prior");
    hands.carry_out(me, "kill a");
    CHECK(me.screen().timeline.branches.size() == 2);
    hands.say(me, "view twin");
    REQUIRE(me.screen().view == "Twin");
    CHECK(std::ranges::any_of(me.screen().twin.rows, &TwinRowVm::first_difference));
}

void film_the_step(Newcomer& me, const Hands& hands, const std::string& workspace) {
    if (hands.mouse) hands.say(me, "as a film");
    else me.key("p", false, true);
    bool found = false;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(workspace))
        found = found || (entry.path().extension() == ".gif" && entry.file_size() > 10'000);
    CHECK(found);
}

void finish_lesson(Newcomer& me, const Hands& hands, std::string_view id) {
    for (const lab::Text& line : me.lab().lesson().free.solution) {
        if (hands.mouse && line.value.starts_with("arrive donkey")) drag_the_donkey(me);
        else hands.carry_out(me, line.value);
    }
    INFO(id);
    CHECK(me.lab().following().won);
}

void break_a_cluster(Newcomer& me, const Hands& hands) {
    if (hands.mouse) me.click("Open");
    else me.key("n", true);
    REQUIRE_FALSE(me.screen().at_home);
    for (const char* line : {"kill broker 1", "kill broker 2", "kill broker 3"}) hands.carry_out(me, line);
    for (const auto& broker : me.screen().stage.brokers) CHECK(broker.health == NodeHealth::dead);
}

void five_lessons(const Hands& hands) {
    const std::string workspace = tests::fresh_folder(hands.mouse ? "millrace-five-mouse" : "millrace-five-keys");
    Newcomer me(workspace);
    for (const std::string_view id : kLessons) {
        hands.open(me, id);
        for (int i = 0; i < 8; ++i) me.key("plus");
        follow(me, hands);
        if (id == "101-log") film_the_step(me, hands, workspace);
        finish_lesson(me, hands, id);
        if (id == "303-rebalance") branch_and_compare(me, hands);
        if (id == "407-watermark") {
            put_another_world_beside(me, hands);
            step_a_batch(me, hands);
        }
        hands.home(me);
    }
    break_a_cluster(me, hands);
}

}  // namespace

TEST_CASE(
    "with the keyboard alone a newcomer finishes five lessons, breaks a cluster, moves a late event, steps a batch, "
    "branches, compares and exports a film",
    "[window]") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    five_lessons({false});
}

TEST_CASE(
    "with the mouse a newcomer finishes five lessons, breaks a cluster, drags a late event, steps a batch, branches, "
    "compares and exports a film",
    "[window]") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    five_lessons({true});
}
