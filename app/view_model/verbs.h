// What can be done with an object: lines of engine/verb.h with the words that a menu shows.
#pragma once

#include "app/view_model/menu.h"
#include "app/view_model/scene.h"

namespace app {

/// The verbs of an object by name, those that do not apply with their reason.
std::vector<MenuItemVm> verbs_of(const Scene& scene, std::string_view object);
/// Why a line cannot be carried out now, short enough for a menu; "" if it can.
std::string why_not(const Scene& scene, const std::string& line);

/// Verbs of the program itself, by the words that keys and menus use.
struct ProgramVerb {
    std::string_view id;       // "undo"
    std::string_view text;     // "Undo: back to the branch before"
    std::string_view key;
    bool needs_lesson = true;  // false: also on the home page
};
std::span<const ProgramVerb> program_verbs();

}  // namespace app
