// The keys that work everywhere, as one table: what the key sheet shows is what the keyboard does.
#pragma once

#include <span>
#include <vector>

#include "app/ui/ui.h"
#include "app/view_model/menu.h"

namespace app::ui {

struct KeyBinding {
    KeyPress key;
    std::string_view shown;      // "Ctrl K"
    std::string_view what;
    std::string_view group;
    UiVerb verb = UiVerb::select;
    std::string_view argument;
};

std::span<const KeyBinding> key_bindings();
/// The same as rows of the key sheet.
std::vector<KeyHelpVm> key_help();
/// Turns the keys that nobody used into actions. Not called while a text field has the keyboard.
void use_global_keys(Ui& ui);

}  // namespace app::ui
