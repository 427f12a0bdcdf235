#include "app/ui/window.h"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "app/ui/window_keys.h"

namespace app::ui {
namespace {

constexpr double kDoubleClickSeconds = 0.35;
constexpr float kDoubleClickPixels = 5;
constexpr i32 kSettleFrames = 3;   // places react one frame after they were drawn

std::string& last_glfw_error() {
    static std::string text;
    return text;
}

std::atomic<bool>& woken() {
    static std::atomic<bool> flag{false};
    return flag;
}

void on_error(int, const char* description) { last_glfw_error() = description; }

PendingInput& pending_of(GLFWwindow* window) { return *static_cast<PendingInput*>(glfwGetWindowUserPointer(window)); }

void on_key(GLFWwindow* window, int glfw_key, int scancode, int action, int mods) {
    PendingInput& pending = pending_of(window);
    pending.any = true;
    if (action == GLFW_RELEASE) return;
    const Key key = key_of_glfw(glfw_key, scancode);
    const bool ctrl = (mods & (GLFW_MOD_CONTROL | GLFW_MOD_SUPER)) != 0, shift = (mods & GLFW_MOD_SHIFT) != 0;
    if (key == Key::none || (!ctrl && !shift && arrives_as_character(key))) return;
    pending.input.keys.push_back({key, ctrl, shift && !(ctrl && key == Key::plus)});
}

void on_character(GLFWwindow* window, unsigned character) {
    PendingInput& pending = pending_of(window);
    pending.any = true;
    if (const Key key = key_of_character(character); key != Key::none)
        pending.input.keys.push_back({key, false, false});
}

void press_left(PendingInput& pending, ImVec2 at) {
    const double now = glfwGetTime();
    const bool near = std::hypot(at.x - pending.last_press.x, at.y - pending.last_press.y) < kDoubleClickPixels;
    pending.input.double_clicked = near && now - pending.last_press_at < kDoubleClickSeconds;
    pending.input.pressed = true;
    pending.last_press = at;
    pending.last_press_at = now;
}

void on_button(GLFWwindow* window, int button, int action, int) {
    PendingInput& pending = pending_of(window);
    pending.any = true;
    double x = 0, y = 0;
    glfwGetCursorPos(window, &x, &y);
    const bool down = action == GLFW_PRESS;
    if (button == GLFW_MOUSE_BUTTON_LEFT) {
        pending.left_down = down;
        if (down) press_left(pending, {static_cast<float>(x), static_cast<float>(y)});
        else pending.input.released = true;
    }
    if (button == GLFW_MOUSE_BUTTON_RIGHT && down) pending.input.right_pressed = true;
    if (button == GLFW_MOUSE_BUTTON_MIDDLE) pending.middle_down = down;
}

void on_scroll(GLFWwindow* window, double, double lines) {
    pending_of(window).any = true;
    pending_of(window).input.wheel += static_cast<float>(lines);
}

void on_move(GLFWwindow* window, double, double) { pending_of(window).any = true; }
void on_size(GLFWwindow* window, int, int) { pending_of(window).any = true; }
void on_refresh(GLFWwindow* window) { pending_of(window).any = true; }
void on_focus(GLFWwindow* window, int) { pending_of(window).any = true; }

/// Before the backend of Dear ImGui, which calls what was there before it.
void install_callbacks(GLFWwindow* window) {
    glfwSetKeyCallback(window, on_key);
    glfwSetCharCallback(window, on_character);
    glfwSetMouseButtonCallback(window, on_button);
    glfwSetScrollCallback(window, on_scroll);
    glfwSetCursorPosCallback(window, on_move);
    glfwSetFramebufferSizeCallback(window, on_size);
    glfwSetWindowRefreshCallback(window, on_refresh);
    glfwSetWindowFocusCallback(window, on_focus);
}

void hint_context() {
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
}

float desktop_scale(GLFWwindow* window) {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window, &x, &y);
    int window_width = 1, window_height = 1, pixels_wide = 1, pixels_high = 1;
    glfwGetWindowSize(window, &window_width, &window_height);
    glfwGetFramebufferSize(window, &pixels_wide, &pixels_high);
    const float scaled_by_system =
        window_width > 0 ? static_cast<float>(pixels_wide) / static_cast<float>(window_width) : 1;
    return std::max(1.0f, x / std::max(1.0f, scaled_by_system));
}

void clear(Colour colour) {
    const auto part = [colour](u32 shift) { return static_cast<float>((colour >> shift) & 0xffu) / 255; };
    glClearColor(part(0), part(8), part(16), 1);
    glClear(GL_COLOR_BUFFER_BIT);
}

}  // namespace

std::expected<std::unique_ptr<Window>, std::string> Window::open(const WindowOptions& options) {
    glfwSetErrorCallback(on_error);
    const auto fail = [](std::string_view what) {
        return std::unexpected(
            std::string(what) + " (" + last_glfw_error() +
            "). Without a window: `millrace run LESSON --headless`, `millrace shot LESSON -o PNG`.");
    };
    if (glfwInit() != GLFW_TRUE) return fail("There is no display");
    hint_context();
    GLFWwindow* window = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
    if (window == nullptr) {
        glfwTerminate();
        return fail("The window needs OpenGL 3.2");
    }
    glfwSetWindowSizeLimits(window, 640, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwMakeContextCurrent(window);
    glfwSwapInterval(1);
    return std::unique_ptr<Window>(new Window(window, options));
}

Window::Window(GLFWwindow* window, const WindowOptions& options) : window_(window), user_scale_(options.scale) {
    ImGui::CreateContext();
    glfwSetWindowUserPointer(window_, &pending_);
    install_callbacks(window_);
    ImGui_ImplGlfw_InitForOpenGL(window_, true);
    ImGui_ImplOpenGL3_Init("#version 150");
    host_.theme = options.theme;
    host_.scale = user_scale_ * desktop_scale(window_);
    prepare_context(host_);
}

Window::~Window() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
    glfwDestroyWindow(window_);
    glfwTerminate();
}

bool Window::closing() const { return glfwWindowShouldClose(window_) == GLFW_TRUE; }

void Window::wake() {
    woken().store(true);
    glfwPostEmptyEvent();
}

bool Window::wait(i32 at_most_ms) {
    if (frames_to_draw_ > 0 || at_most_ms == 0) glfwPollEvents();
    else glfwWaitEventsTimeout(static_cast<double>(at_most_ms) / 1000);
    const bool changed = woken().exchange(false);
    if (std::exchange(pending_.any, false) || changed) frames_to_draw_ = kSettleFrames;
    return frames_to_draw_ > 0;
}

Input Window::take_input() {
    Input input = std::exchange(pending_.input, {});
    double x = 0, y = 0;
    glfwGetCursorPos(window_, &x, &y);
    input.mouse = {static_cast<float>(x) / host_.scale, static_cast<float>(y) / host_.scale};
    input.down = pending_.left_down;
    input.middle_down = pending_.middle_down;
    return input;
}

void Window::apply_look() {
    if (!std::exchange(look_changed_, false)) return;
    host_.scale = user_scale_ * desktop_scale(window_);
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    prepare_context(host_);
    ImGui_ImplOpenGL3_CreateFontsTexture();
    frames_to_draw_ = kSettleFrames;
}

FrameResult Window::frame(const DrawFrame& draw, bool record_marks) {
    apply_look();
    frames_to_draw_ = std::max(0, frames_to_draw_ - 1);
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    FrameResult result = build_frame(host_, take_input(), draw, record_marks);
    if (!result.actions.empty()) frames_to_draw_ = kSettleFrames;
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    glViewport(0, 0, width, height);
    clear(theme_of(host_.theme).bg);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(window_);
    return result;
}

void Window::set_look(ThemeName theme, float scale) {
    if (theme == host_.theme && scale == user_scale_) return;
    host_.theme = theme;
    user_scale_ = std::clamp(scale, kScaleMin, kScaleMax);
    look_changed_ = true;
}

void Window::set_title(const std::string& title) { glfwSetWindowTitle(window_, title.c_str()); }

Image Window::capture() const {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    Image image = make_image(width, height, 0);
    Image upside_down = image;
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());   // the back buffer is undefined after a swap
    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, upside_down.pixels.data());
    for (i32 y = 0; y < height; ++y) std::copy_n(upside_down.row(height - 1 - y), width, image.row(y));
    for (u32& pixel : image.pixels) pixel |= 0xff000000u;
    return image;
}

}  // namespace app::ui
