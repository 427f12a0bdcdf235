#include "app/ui/program/window_command.h"

#include <algorithm>

#include "app/lab/command/console.h"

namespace app::ui {

using sim::Nanos;

void WindowLoop::draw() {
    const ScreenVm& vm = program_.screen();
    last_ = window_.frame([&](Ui& ui, const Rect& screen) { draw_screen(ui, screen, vm, state_); }, record_);
    ++frames_;
    program_.hover(state_.hovered);
    program_.perform(last_.actions);
    window_.set_look(program_.look().theme, program_.look().scale);
}

void WindowLoop::turn(i32 at_most_ms) {
    const bool due = window_.wait(std::min(program_.patience_ms(), at_most_ms));
    const Nanos now = lab::steady_now(), passed = turned_.count < 0 ? Nanos{} : now - turned_;
    turned_ = now;
    const bool read = program_.watch_files();
    const bool changed = program_.advance(passed);
    if (due || read || changed) draw();
}

std::expected<int, std::string> run_window(const WindowRequest& request) {
    ProgramOptions options;
    options.workspace = lab::workspace_folder();
    options.settings = lab::read_settings(options.workspace);
    WindowOptions look;
    look.theme = theme_named(options.settings.theme).value_or(ThemeName::dark);
    look.scale = static_cast<float>(options.settings.scale_percent) / 100;
    auto opened = Window::open(look);
    if (!opened) return std::unexpected(opened.error());
    Window& window = **opened;
    options.notice = window.notice();
    Program program(std::move(options));
    if (!request.lesson.empty())
        if (const std::string wrong = program.open_lesson(request.lesson, request.seed); !wrong.empty())
            return lab::complain(wrong);
    WindowLoop loop(window, program);
    while (!window.closing() && !program.wants_to_quit()) loop.turn();
    return lab::kGood;
}

}  // namespace app::ui
