// The real window: GLFW and OpenGL 3. It draws when something happened and waits for events otherwise.
//
// The caller's loop: `wait` until there is something to do, `frame` to draw and to learn what was asked for. Nothing
// here knows what is drawn.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "app/ui/frame.h"
#include "app/ui/raster/image.h"

struct GLFWwindow;

namespace app::ui {

struct WindowOptions {
    std::string title = "Millrace";
    i32 width = 1280;
    i32 height = 720;
    ThemeName theme = ThemeName::dark;
    float scale = 1;          // on top of the scale that the desktop asks for
};

/// What the callbacks of the window leave for the next frame.
struct PendingInput {
    Input input;
    bool any = false;                 // something happened since the last frame
    bool left_down = false;
    bool middle_down = false;
    double last_press_at = -1;        // seconds, for double clicks
    ImVec2 last_press{-100, -100};    // window coordinates
};

class Window {
public:
    /// The error says what to do instead: there may be no display at all.
    static std::expected<std::unique_ptr<Window>, std::string> open(const WindowOptions& options);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    [[nodiscard]] bool closing() const;
    /// Makes the next frame due, from any thread: something that is shown has changed.
    static void wake();
    /// Returns when there is input, when `wake` was called, or after `at_most_ms`; at once while things settle.
    /// Whether a frame is due: after a time-out nothing has changed and nothing needs drawing.
    bool wait(i32 at_most_ms);
    /// Draws and shows one frame.
    FrameResult frame(const DrawFrame& draw, bool record_marks = false);
    /// From the next frame on. Rebuilds the fonts if the scale changed.
    void set_look(ThemeName theme, float scale);
    void set_title(const std::string& title);
    /// What the window shows, read back from the driver.
    [[nodiscard]] Image capture() const;
    /// The place that has the keyboard; 0 none.
    [[nodiscard]] u64 focused() const { return host_.interaction.focused; }
    [[nodiscard]] const std::string& notice() const { return host_.fonts.notice; }

private:
    explicit Window(GLFWwindow* window, const WindowOptions& options);
    void apply_look();
    Input take_input();

    GLFWwindow* window_;
    FrameHost host_;
    PendingInput pending_;
    float user_scale_;
    i32 frames_to_draw_ = 3;
    bool look_changed_ = false;
};

}  // namespace app::ui
