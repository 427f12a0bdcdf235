#include "tests/app/ui/program/x_person.h"

#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>

#include <catch2/catch_test_macros.hpp>

namespace tests {

struct XPerson::Connection {
    Display* display = nullptr;
    Window root = 0;
    Window window = 0;
    int x = 0, y = 0;
    unsigned long time = 1000;     // ms; GLFW takes keys of one moment for one key

    Window find(Window below, const std::string& title) const {
        char* name = nullptr;
        const bool found = XFetchName(display, below, &name) != 0 && name != nullptr && title == name;
        if (name != nullptr) XFree(name);
        if (found) return below;
        Window parent = 0, own_root = 0, *children = nullptr, result = 0;
        unsigned count = 0;
        if (XQueryTree(display, below, &own_root, &parent, &children, &count) == 0) return 0;
        for (unsigned i = 0; i < count && result == 0; ++i) result = find(children[i], title);
        if (children != nullptr) XFree(children);
        return result;
    }
    void send(XEvent event, long mask) {
        XSendEvent(display, window, True, mask, &event);
        XSync(display, False);
    }
};

XPerson::XPerson(const std::string& title) : x_(new Connection) {
    x_->display = XOpenDisplay(nullptr);
    REQUIRE(x_->display != nullptr);
    x_->root = DefaultRootWindow(x_->display);
    x_->window = x_->find(x_->root, title);
    REQUIRE(x_->window != 0);
}

XPerson::~XPerson() {
    XCloseDisplay(x_->display);
    delete x_;
}

void XPerson::move(int x, int y) {
    x_->x = x, x_->y = y;
    XWarpPointer(x_->display, None, x_->window, 0, 0, 0, 0, x, y);
    XSync(x_->display, False);
}

void XPerson::press(unsigned button, bool down) {
    XEvent event{};
    event.xbutton.type = down ? ButtonPress : ButtonRelease;
    event.xbutton.display = x_->display;
    event.xbutton.window = x_->window;
    event.xbutton.root = x_->root;
    event.xbutton.time = x_->time += 400;
    event.xbutton.x = x_->x, event.xbutton.y = x_->y;
    event.xbutton.button = button;
    event.xbutton.same_screen = True;
    x_->send(event, down ? ButtonPressMask : ButtonReleaseMask);
}

void XPerson::wheel(bool up) {
    press(up ? 4 : 5, true);
    press(up ? 4 : 5, false);
}

void XPerson::key(const std::string& keysym, bool ctrl, bool shift) {
    const KeySym symbol = XStringToKeysym(keysym.c_str());
    INFO(keysym);
    REQUIRE(symbol != NoSymbol);
    const KeyCode code = XKeysymToKeycode(x_->display, symbol);
    const bool shifted =
        XkbKeycodeToKeysym(x_->display, code, 0, 0) != symbol && XkbKeycodeToKeysym(x_->display, code, 0, 1) == symbol;
    XEvent event{};
    event.xkey.display = x_->display;
    event.xkey.window = x_->window;
    event.xkey.root = x_->root;
    event.xkey.keycode = code;
    event.xkey.state = (ctrl ? unsigned{ControlMask} : 0u) | (shift || shifted ? unsigned{ShiftMask} : 0u);
    event.xkey.same_screen = True;
    for (const int type : {KeyPress, KeyRelease}) {
        event.xkey.type = type;
        event.xkey.time = x_->time += 50;
        x_->send(event, type == KeyPress ? KeyPressMask : KeyReleaseMask);
    }
}

void XPerson::resize(int width, int height) {
    XResizeWindow(x_->display, x_->window, static_cast<unsigned>(width), static_cast<unsigned>(height));
    XSync(x_->display, False);
}

}  // namespace tests
