// Somebody at a real window, through a real X server: looks at every frame, presses keys, moves the mouse.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "app/ui/draw_check.h"
#include "app/ui/program/window_command.h"
#include "tests/app/ui/program/x_person.h"

namespace tests {

using namespace app;
using namespace app::ui;

class Newcomer {
public:
    static constexpr const char* kTitle = "Millrace newcomer";

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
    /// The leaf of what the keyboard stands on.
    std::string focused() const {
        for (const Target& target : seen().targets)
            if (target.id == window_->focused()) return target.leaf;
        return "";
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
    void answer(std::string text, bool by_mouse) {
        REQUIRE(lab().question_open());
        if (find("lock in") == nullptr) by_mouse ? click("Answer") : key("Return");   // another view is in front
        if (by_mouse) {
            click(text);
            click(std::string_view("lock in"));
        } else {
            const auto& choices = screen().lesson.predictions.at(0).choices;
            const auto choice = std::ranges::find(choices, text, &ChoiceVm::text);
            REQUIRE(choice != choices.end());
            const std::string choice_value = choice->value;
            key(std::to_string(choice - choices.begin() + 1));
            REQUIRE(lab().following().chosen == choice_value);
            key("Return");
            INFO(focused());
            CHECK_FALSE(lab().question_open());
        }
    }

private:
    static std::string name_of(char c) {
        switch (c) {
            case ' ': return "space";
            case '-': return "minus";
            case '/': return "slash";
            case '=': return "equal";
            case ':': return "colon";
            case ',': return "comma";
            case '.': return "period";
            case '\'': return "apostrophe";
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

    Program program_;
    std::unique_ptr<ui::Window> window_;
    std::optional<WindowLoop> loop_;
    std::optional<XPerson> person_;
};

}  // namespace tests
