// The program without a window: actions go in, frames are built offscreen and looked at for flaws.
#pragma once

#include "app/ui/draw_check.h"
#include "app/ui/offscreen.h"
#include "app/ui/program/program.h"
#include "app/ui/shell/screen.h"

namespace tests {

class ProgramDriver {
public:
    explicit ProgramDriver(app::ui::PictureOptions options = {}, std::string workspace = "")
        : program_({std::move(workspace), {}, ""}), offscreen_(options) {}

    app::ui::Program& program() { return program_; }
    const app::lab::Lab& lab() const { return *program_.lab(); }

    void act(app::UiVerb verb, std::string object = "", std::string argument = "", app::i64 number = 0) {
        program_.perform(app::UiActions{{verb, std::move(object), std::move(argument), number}});
        settle();
    }
    void choose(const std::string& palette_row) { act(app::UiVerb::run_verb, "palette", palette_row); }
    void line(const std::string& words) { choose("do " + words); }
    /// Lets work that was asked for come to its end; what has none is stopped.
    void settle() {
        constexpr int kMostTurns = 3000;
        for (int i = 0; i < kMostTurns && program_.moving(); ++i) program_.advance(sim::millis(200));
        if (program_.moving()) program_.perform(app::UiActions{{app::UiVerb::stop_work, "", "", 0}});
    }
    /// To the stop of a step, with the first choice of every question.
    void follow_to(std::string_view step) {
        program_.perform(app::UiActions{{app::UiVerb::set_speed, "", "", 0}});
        for (int i = 0; i < 100 && !stands_at(step); ++i) {
            if (lab().question_open())
                act(app::UiVerb::choose_answer, "", lab().step()->predict.choices.front().value.value);
            act(app::UiVerb::lock_in);
        }
    }
    bool stands_at(std::string_view step) const {
        return lab().step() == nullptr
                   ? step.empty()
                   : lab().step()->id.value == step && lab().following().part == app::lab::StepPart::stopped;
    }
    /// Two frames, so that places settle; what is wrong with the second.
    std::string flaws() {
        frame();
        return to_text(app::ui::check_frame(frame()));
    }
    /// The mouse takes what has this name elsewhere.
    bool drag(std::string_view name, ImVec2 by) {
        frame();
        const app::ui::FrameResult seen = frame();
        for (const app::ui::Target& target : seen.targets) {
            if (!target.leaf.ends_with(name)) continue;
            app::ui::Input input;
            input.mouse = {target.rect.mid_x(), target.rect.mid_y()};
            frame(input);
            input.down = input.pressed = true;
            frame(input);
            input.pressed = false;
            input.mouse = {input.mouse.x + by.x, input.mouse.y + by.y};
            frame(input);
            input.down = false, input.released = true;
            program_.perform(frame(input).actions);
            settle();
            return true;
        }
        return false;
    }
    app::ui::FrameResult frame(app::ui::Input input = {}) {
        const app::ScreenVm& vm = program_.screen();
        return offscreen_.frame(
            input, [&](app::ui::Ui& ui, const app::ui::Rect& screen) { draw_screen(ui, screen, vm, state_); });
    }
    app::ui::Image picture() const { return offscreen_.picture(); }

private:
    app::ui::Program program_;
    app::ui::Offscreen offscreen_;
    app::ui::ScreenState state_;
};

}  // namespace tests
