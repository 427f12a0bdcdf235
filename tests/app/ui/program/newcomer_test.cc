// Somebody who has never seen Kafka, at the real window: reads, predicts, runs, steps back, branches, asks why.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>

#include "app/lab/run/session.h"
#include "app/ui/draw_check.h"
#include "app/ui/program/window_command.h"
#include "tests/app/ui/program/x_person.h"
#include "tests/support/display.h"
#include "tests/support/fresh_folder.h"

using namespace app;
using namespace app::ui;

namespace {

constexpr const char* kTitle = "Millrace newcomer";

class Newcomer {
public:
    explicit Newcomer(const std::string& workspace) : program_(options(workspace)) {
        WindowOptions look;
        look.title = kTitle;
        auto opened = ui::Window::open(look);
        REQUIRE(opened.has_value());
        window_ = std::move(*opened);
        loop_.emplace(*window_, program_);
        loop_->record_marks(true);
        person_.emplace(kTitle);
        look_around();
    }

    Program& program() { return program_; }
    const lab::Lab& lab() { return *program_.lab(); }
    const ScreenVm& screen() { return program_.screen(); }
    ui::Window& window() { return *window_; }
    const FrameResult& seen() const { return loop_->last(); }

    /// Frames until nothing moves, each of them without a flaw.
    void look_around() {
        for (int i = 0; i < 4; ++i) turn();
        for (int i = 0; i < 4000 && program_.moving(); ++i) turn();
        REQUIRE_FALSE(program_.moving());
        for (int i = 0; i < 4; ++i) turn();
        const auto flaws = check_frame(loop_->last());
        INFO(to_text(flaws));
        CHECK(flaws.empty());
    }
    void key(const std::string& name, bool ctrl = false, bool shift = false) {
        person_->key(name, ctrl, shift);
        look_around();
    }
    void type(const std::string& words) {
        for (const char c : words) {
            person_->key(name_of(c));
            turn(), turn();
        }
        look_around();
    }
    void press(bool down) {
        person_->press(1, down);
        turn(), turn();
    }
    void move(ImVec2 at) {
        const float scale = program_.look().scale;
        person_->move(static_cast<int>(at.x * scale), static_cast<int>(at.y * scale));
        turn(), turn();
    }
    void click(ImVec2 at) {
        move(at);
        press(true), press(false);
        look_around();
    }
    void right_click(ImVec2 at) {
        move(at);
        person_->press(3, true), person_->press(3, false);
        look_around();
    }
    void wheel(bool up) {
        person_->wheel(up);
        look_around();
    }
    void resize(int width, int height) {
        person_->resize(width, height);
        for (int i = 0; i < 6; ++i) turn();
    }
    const Target* find(std::string_view name) const {
        for (const Target& target : seen().targets)
            if (target.name.ends_with(name) && !target.rect.empty()) return &target;
        return nullptr;
    }
    void click(std::string_view name) {
        const Target* target = find(name);
        INFO("click " << name);
        REQUIRE(target != nullptr);
        click(ImVec2{target->rect.mid_x(), target->rect.mid_y()});
    }
    void palette(const std::string& words) {
        key("k", true);
        REQUIRE(screen().palette.open);
        type(words);
        REQUIRE_FALSE(screen().palette.rows.empty());
        key("Return");
    }
    /// Reads what is asked and answers with the choice of this text.
    void answer(const std::string& text, bool by_mouse) {
        REQUIRE(lab().question_open());
        if (by_mouse) {
            click(text);
            click(std::string_view("lock in"));
        } else {
            for (int i = 0; i < 60 && focused() != text; ++i) key("Tab");
            REQUIRE(focused() == text);
            key("space");
            key("Escape");
            for (int i = 0; i < 60 && focused() != "lock in"; ++i) key("Tab");
            key("Return");
        }
    }

private:
    static std::string name_of(char c) {
        switch (c) {
            case ' ': return "space";
            case '-': return "minus";
            case '/': return "slash";
            case '=': return "equal";
            default: return std::string(1, c);
        }
    }
    static ProgramOptions options(const std::string& workspace) {
        ProgramOptions options;
        options.workspace = workspace;
        return options;
    }
    void turn() {
        constexpr i32 kShortWait = 5;
        loop_->turn(kShortWait);
    }
    std::string focused() const {
        for (const Target& target : seen().targets)
            if (target.id == window_->focused()) return target.leaf;
        return "";
    }

    Program program_;
    std::unique_ptr<ui::Window> window_;
    std::optional<WindowLoop> loop_;
    std::optional<tests::XPerson> person_;
};

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
    me.answer("Broker 2", false);  // right
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

TEST_CASE("a newcomer finishes the first lesson in the real window, and the same inputs without it give the same world", "[window]") {
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

TEST_CASE("a newcomer reaches a goal that asks for records of a chosen value: the menu begins the line, the keyboard ends it", "[window]") {
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
