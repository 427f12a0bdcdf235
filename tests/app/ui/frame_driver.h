// Drives frames of the interface without a window: mouse, keys, and finding a place by its name.
#pragma once

#include "app/ui/offscreen.h"
#include "app/ui/shell/screen.h"

namespace drive {

class Driver {
public:
    explicit Driver(app::ui::PictureOptions options = {}) : offscreen_(options) {}

    app::ui::DrawFrame draw;

    /// One frame with this input.
    app::ui::FrameResult frame(app::ui::Input input = {}) {
        input.mouse = mouse_;
        last_ = offscreen_.frame(input, draw);
        for (const app::UiAction& action : last_.actions) actions.push_back(action);
        return last_;
    }
    void settle() { frame(), frame(); }
    app::ui::FrameResult press(app::ui::KeyPress key) {
        app::ui::Input input;
        input.keys.push_back(key);
        return frame(input);
    }
    void move_to(ImVec2 at) { mouse_ = at, frame(); }
    void click(ImVec2 at) {
        move_to(at);
        app::ui::Input down, up;
        down.down = down.pressed = true;
        up.released = true;
        frame(down), frame(up), frame();
    }
    void right_click(ImVec2 at) {
        move_to(at);
        app::ui::Input input;
        input.right_pressed = true;
        frame(input), frame();
    }
    /// The place whose path of names ends so; null if there is none.
    const app::ui::Target* find(std::string_view name) const {
        for (const app::ui::Target& target : last_.targets) {
            if (target.name.ends_with(name)) return &target;
        }
        return nullptr;
    }
    bool click(std::string_view name) {
        const app::ui::Target* target = find(name);
        if (target == nullptr) return false;
        click(ImVec2{target->rect.mid_x(), target->rect.mid_y()});
        return true;
    }
    bool asked(app::UiVerb verb, std::string_view object = {}, std::string_view argument = {}) const {
        for (const app::UiAction& action : actions) {
            if (action.verb == verb && action.object == object && action.argument == argument) return true;
        }
        return false;
    }
    std::string focused_name() const {
        for (const app::ui::Target& target : last_.targets) {
            if (target.id == offscreen_.host().interaction.focused) return target.name;
        }
        return {};
    }
    const app::ui::FrameResult& last() const { return last_; }
    const app::ui::Offscreen& offscreen() const { return offscreen_; }

    app::UiActions actions;

private:
    app::ui::Offscreen offscreen_;
    app::ui::FrameResult last_;
    ImVec2 mouse_{-1, -1};
};

/// A driver that shows a screen.
struct ScreenDriver : Driver {
    explicit ScreenDriver(app::ScreenVm vm, app::ui::PictureOptions options = {})
        : Driver(options), screen(std::move(vm)) {
        draw = [this](app::ui::Ui& ui, const app::ui::Rect& area) { app::ui::draw_screen(ui, area, screen, state); };
        settle();
    }
    app::ScreenVm screen;
    app::ui::ScreenState state;
};

}  // namespace drive
