// Somebody at the keyboard and the mouse of a real window: events go through the X server, as a person's do.
#pragma once

#include <string>

#include "app/ui/ui.h"

namespace tests {

class XPerson {
public:
    /// Finds the window by its title. Requires a display with such a window.
    explicit XPerson(const std::string& title);
    ~XPerson();
    XPerson(const XPerson&) = delete;
    XPerson& operator=(const XPerson&) = delete;

    /// Places in pixels of the window.
    void move(int x, int y);
    void press(unsigned button, bool down);
    void wheel(bool up);
    /// A key by the name that X gives it: "Return", "k", "plus".
    void key(const std::string& keysym, bool ctrl = false, bool shift = false);
    void resize(int width, int height);

private:
    struct Connection;
    Connection* x_;
};

}  // namespace tests
