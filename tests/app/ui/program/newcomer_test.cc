// Somebody who has never seen Kafka, at the real window: reads, predicts, runs, steps back, branches, asks why.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>

#include "app/lab/run/session.h"
#include "tests/app/ui/program/newcomer.h"
#include "tests/support/display.h"
#include "tests/support/fresh_folder.h"

using namespace app;
using namespace app::ui;
using tests::Newcomer;

namespace {

/// The step that is shown and the part of it.
bool stands_at(Newcomer& me, std::string_view step, lab::StepPart part) {
    return me.lab().step() != nullptr && me.lab().step()->id.value == step && me.lab().following().part == part;
}

// ---- the lesson, part by part -----------------------------------------------------------------------

void begin(Newcomer& me) {
    REQUIRE(me.screen().at_home);
    me.key("Return");   // one key begins
    REQUIRE_FALSE(me.screen().at_home);
    REQUIRE(me.screen().lesson.title == "The leader dies");
    for (int i = 0; i < 8; ++i) me.key("plus");
    CHECK(me.screen().top_bar.speed == "max");
}

/// Goes through the controls to a choice of this text and to the button, without the digits.
void answer_with_tab(Newcomer& me, const std::string& text) {
    for (int i = 0; i < 60 && me.focused() != text; ++i) me.key("Tab");
    REQUIRE(me.focused() == text);
    me.key("space");
    me.key("Escape");
    for (int i = 0; i < 60 && me.focused() != "lock in"; ++i) me.key("Tab");
    me.key("Return");
}

void see_the_leader_die(Newcomer& me) {
    for (const char* step : {"meet", "marks", "settle"}) {
        me.key("Next");
        if (!stands_at(me, step, lab::StepPart::stopped)) me.key("Next");
        CHECK(stands_at(me, step, lab::StepPart::stopped));
    }
    me.key("Next");
    REQUIRE(stands_at(me, "silence", lab::StepPart::asking));
    me.answer("Broker 2", true);   // wrong
    CHECK(me.screen().lesson.predictions.at(0).state == PredictionState::wrong);
    CHECK(me.screen().stage.brokers.at(0).health == NodeHealth::dead);
    me.key("Next");
    answer_with_tab(me, "Broker 2");  // right
    CHECK(me.screen().lesson.predictions.at(0).state == PredictionState::right);
    CHECK(me.screen().stage.brokers.at(1).role == ReplicaRole::leader);
}

/// Where a follower's fetch is on its way; nothing if none is.
std::optional<Rect> flying_fetch(Newcomer& me) {
    for (const LinkVm& link : me.screen().stage.links)
        for (const MessageVm& message : link.messages)
            if (link.replication && message.label.starts_with("Fetch") && message.state == MessageState::flying)
                if (const Target* target = me.find(message.object)) return target->rect;
    return std::nullopt;
}

/// Back to before the kill, a fetch is dropped: another future, the first one is kept.
void drop_a_fetch_instead(Newcomer& me) {
    while (!stands_at(me, "settle", lab::StepPart::stopped)) me.key("Prior");
    CHECK(me.screen().stage.brokers.at(0).role == ReplicaRole::leader);
    for (int i = 0; i < 80 && !flying_fetch(me); ++i) me.key("comma");
    const auto fetch = flying_fetch(me);
    REQUIRE(fetch.has_value());
    me.right_click({fetch->mid_x(), fetch->mid_y()});
    REQUIRE_FALSE(me.screen().menu.object.empty());
    me.key("Return");   // the first verb: drop
    CHECK(me.screen().timeline.branches.size() == 2);
    CHECK(me.lab().run().timeline().branches()[0].head > me.lab().run().timeline().branches()[1].fork);
    me.key("Next");
    me.key("z", true);
    CHECK(me.screen().top_bar.branch == "main");
    me.key("y", true);
    CHECK(me.screen().top_bar.branch != "main");
    me.click("branch main");
    CHECK(me.screen().top_bar.branch == "main");
}

/// A chain of causes, each of them a place to go.
void ask_why(Newcomer& me) {
    me.click("orders-0/1 offset 6");
    CHECK(me.screen().inspector.heading == "SELECTED");
    me.key("y");
    REQUIRE(me.screen().inspector.causes.size() >= 2);
    const std::string first = me.screen().inspector.causes.front().text;
    me.click("cause 0 " + me.screen().inspector.causes.front().object); 
    CHECK(me.screen().inspector.title == first);
}

void finish(Newcomer& me) {
    me.key("End");
    for (const char* choice : {"The next free one in broker 2's log", "Broker 2 stays"}) {
        me.key("Next");
        me.answer(choice, true);
        CHECK(me.screen().lesson.predictions.at(0).state == PredictionState::right);
    }
    me.key("Next");
    REQUIRE(me.lab().step() == nullptr);
    for (const lab::Text& line : me.lab().lesson().free.solution) me.palette(line.value);
    CHECK(me.lab().following().won);
}

std::string session_in(const std::string& workspace) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(workspace))
        if (entry.path().extension() == ".millrace") return entry.path().string();
    return "";
}

}  // namespace

TEST_CASE("a newcomer finishes the first lesson in the real window, and the same inputs without it give the same world",
          "[window]") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    const std::string workspace = tests::fresh_folder("millrace-newcomer");
    sim::u64 hash = 0, cursor = 0;
    {
        Newcomer me(workspace);
        begin(me);
        see_the_leader_die(me);
        drop_a_fetch_instead(me);
        ask_why(me);
        finish(me);
        hash = engine::hash(me.lab().run().world());
        cursor = me.lab().run().cursor();
    }
    const auto again = lab::open_saved(session_in(workspace));
    REQUIRE(again.has_value());
    CHECK((*again)->warnings.empty());
    CHECK((*again)->run->cursor() == cursor);
    CHECK(engine::hash((*again)->run->world()) == hash);
}

TEST_CASE(
    "a newcomer reaches a goal that asks for records of a chosen value: the menu begins the line, the keyboard ends it",
    "[window]") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    Newcomer me(tests::fresh_folder("millrace-newcomer-values"));
    me.palette("the log that has");
    REQUIRE(me.screen().lesson.title == "The log that has to be cut");
    for (int i = 0; i < 8; ++i) me.key("plus");
    for (int i = 0; i < 40 && me.lab().step() != nullptr; ++i) {
        if (me.lab().question_open()) me.answer(me.screen().lesson.predictions.at(0).choices.at(0).text, true);
        else me.key("Next");
    }
    REQUIRE(me.lab().step() == nullptr);
    const Target* card = me.find("stage/all");
    REQUIRE(card != nullptr);
    me.right_click({card->rect.x + 20, card->rect.y + 8});
    me.click("Send a record of your own ..");
    REQUIRE(me.screen().palette.query == "produce all value=");
    me.type("m0");
    me.key("Return");
    for (const char* line : {"produce all value=m1", "produce all value=m2", "wait 2s"}) me.palette(line);
    CHECK(me.lab().following().goals.at(0).reached);
    for (const char* line : {"kill broker 2", "wait 9s", "restart broker 2", "wait 10s"}) me.palette(line);
    CHECK(me.lab().following().won);
}

TEST_CASE("palette, menus, themes, scales and sizes of the real window leave no flaw", "[window]") {
    std::string why;
    if (!tests::have_display(why)) SKIP(why);
    Newcomer me(tests::fresh_folder("millrace-newcomer-looks"));
    me.key("Return");
    for (int i = 0; i < 8; ++i) me.key("plus");
    me.key("Next");
    me.palette("light theme");
    CHECK(me.program().look().theme == ThemeName::light);
    me.palette("projector theme");
    CHECK(me.program().look().theme == ThemeName::projector);
    me.palette("dark theme");
    me.key("question");
    CHECK(me.screen().help_open);
    me.key("Escape");
    CHECK_FALSE(me.screen().help_open);
    for (const auto& size : {std::pair{800, 600}, {3840, 2160}, {1024, 640}, {1280, 720}}) {
        me.resize(size.first, size.second);
        CHECK(me.window().capture().width == size.first);
        me.key("Next");
    }
    for (int i = 0; i < 3; ++i) me.key("plus", true);
    CHECK(me.program().look().scale > 1.2f);
    for (int i = 0; i < 6; ++i) me.key("minus", true);
    CHECK(me.program().look().scale < 0.85f);
    me.key("0", true);
    const Target* broker = me.find("stage/broker 2");
    REQUIRE(broker != nullptr);
    me.click({broker->rect.x + 20, broker->rect.y + 10});
    CHECK(me.screen().stage.brokers.at(1).selected);
    broker = me.find("stage/broker 2");
    REQUIRE(broker != nullptr);
    me.right_click({broker->rect.x + 20, broker->rect.y + 20});
    CHECK(me.screen().menu.items.size() > 5);
    me.key("Escape");
    me.wheel(true), me.wheel(true);
    CHECK(me.screen().stage.zoom_per_mille > 1000);
    me.key("f");
    CHECK(me.screen().stage.zoom_per_mille == 1000);
    me.click("Znodes");
    CHECK(me.screen().view == "Znodes");
    REQUIRE(me.find("timeline/scrub") != nullptr);
    const Rect scrub = me.find("timeline/scrub")->rect;
    const auto before = me.lab().run().cursor();
    me.move({scrub.x + 40, scrub.y + 4});   // on the axis, above all markers
    me.press(true);
    me.move({scrub.x + 60, scrub.y + 4});
    me.press(false);
    me.look_around();
    CHECK(me.lab().run().cursor() < before);
}
