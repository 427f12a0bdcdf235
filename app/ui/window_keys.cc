#include "app/ui/window_keys.h"

#include <GLFW/glfw3.h>

namespace app::ui {
namespace {

struct Pair {
    int glfw;
    Key key;
};

constexpr Pair kPairs[] = {{GLFW_KEY_SPACE, Key::space},
                           {GLFW_KEY_ENTER, Key::enter},
                           {GLFW_KEY_KP_ENTER, Key::enter},
                           {GLFW_KEY_ESCAPE, Key::escape},
                           {GLFW_KEY_TAB, Key::tab},
                           {GLFW_KEY_LEFT, Key::left},
                           {GLFW_KEY_RIGHT, Key::right},
                           {GLFW_KEY_UP, Key::up},
                           {GLFW_KEY_DOWN, Key::down},
                           {GLFW_KEY_HOME, Key::home},
                           {GLFW_KEY_END, Key::end},
                           {GLFW_KEY_PAGE_UP, Key::page_up},
                           {GLFW_KEY_PAGE_DOWN, Key::page_down},
                           {GLFW_KEY_BACKSPACE, Key::backspace},
                           {GLFW_KEY_DELETE, Key::del},
                           {GLFW_KEY_EQUAL, Key::plus},
                           {GLFW_KEY_KP_ADD, Key::plus},
                           {GLFW_KEY_MINUS, Key::minus},
                           {GLFW_KEY_KP_SUBTRACT, Key::minus},
                           {GLFW_KEY_PERIOD, Key::period},
                           {GLFW_KEY_COMMA, Key::comma},
                           {GLFW_KEY_LEFT_BRACKET, Key::left_bracket},
                           {GLFW_KEY_RIGHT_BRACKET, Key::right_bracket},
                           {GLFW_KEY_F1, Key::f1},
                           {GLFW_KEY_MENU, Key::menu}};

Key letter(char name) {
    if (name < 'a' || name > 'z') return Key::none;
    return static_cast<Key>(static_cast<int>(Key::a) + (name - 'a'));
}

}  // namespace

Key key_of_glfw(int key, int scancode) {
    const auto digit = [](int place) { return static_cast<Key>(static_cast<int>(Key::digit_0) + place); };
    if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) return digit(key - GLFW_KEY_0);
    if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) return digit(key - GLFW_KEY_KP_0);
    for (const Pair& pair : kPairs) {
        if (pair.glfw == key) return pair.key;
    }
    const char* name = glfwGetKeyName(key, scancode);
    return name != nullptr && name[1] == '\0' ? letter(name[0]) : Key::none;
}

Key key_of_character(unsigned character) {
    switch (character) {
        case '?': return Key::question;
        case '.': return Key::period;
        case ',': return Key::comma;
        case '+': return Key::plus;
        case '-': return Key::minus;
        case '[': return Key::left_bracket;
        case ']': return Key::right_bracket;
        default: return Key::none;
    }
}

bool arrives_as_character(Key key) {
    return key == Key::period || key == Key::comma || key == Key::plus || key == Key::minus ||
           key == Key::left_bracket || key == Key::right_bracket || key == Key::question;
}

}  // namespace app::ui
