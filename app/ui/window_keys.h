// Keys of GLFW as keys of ours. Punctuation comes as the character that the keyboard's layout gives it.
#pragma once

#include "app/ui/ui.h"

namespace app::ui {

/// Key::none for keys that mean nothing to the interface.
Key key_of_glfw(int key, int scancode);
/// Characters that are commands: ? . , + - [ ]
Key key_of_character(unsigned character);
/// Whether a key also arrives as a character when neither Ctrl nor Shift is held.
bool arrives_as_character(Key key);

}  // namespace app::ui
