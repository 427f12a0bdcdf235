// The command `run` with a display: the window, and the loop between it and the program behind it.
#pragma once

#include <expected>

#include "app/ui/program/program.h"
#include "app/ui/shell/screen.h"
#include "app/ui/window.h"

namespace app::ui {

struct WindowRequest {
    std::string lesson;              // "": the course home
    std::optional<u64> seed;
};

class WindowLoop {
public:
    WindowLoop(Window& window, Program& program) : window_(window), program_(program) {}
    /// Waits for input or for time, lets the program run, draws if something changed, and hands on what was asked for.
    void turn(i32 at_most_ms = 500);
    /// The last frame that was drawn.
    [[nodiscard]] const FrameResult& last() const { return last_; }
    [[nodiscard]] u64 frames() const { return frames_; }
    /// Record texts of frames, for checks.
    void record_marks(bool on) { record_ = on; }

private:
    void draw();

    Window& window_;
    Program& program_;
    ScreenState state_;
    FrameResult last_;
    sim::Nanos turned_{-1};
    u64 frames_ = 0;
    bool record_ = false;
};

/// Runs until the window is closed; the exit code. The error says why there is no window.
std::expected<int, std::string> run_window(const WindowRequest& request);

}  // namespace app::ui
