// All that differs between Dear ImGui 1.86 (Debian 12) and 1.90 or later (Debian 13). Nothing else in this folder
// asks for the version.
#pragma once

#include <imgui.h>

namespace app::ui::compat {

/// Builds the atlas with the rasteriser that is part of Dear ImGui, even where the package was built with FreeType:
/// the same glyphs everywhere.
void build_with_stb_truetype(ImFontAtlas& atlas);

/// Tells Dear ImGui where the mouse is. Only its text fields read it; in a window its own backend does this.
void mouse(ImGuiIO& io, ImVec2 position, bool left_down);

/// The keys that edit text.
enum class EditKey { left, right, home, end, backspace, del, enter, escape, count };
/// Call once after making a context that no window drives.
void prepare_edit_keys(ImGuiIO& io);
void edit_key(ImGuiIO& io, EditKey key, bool down);

}  // namespace app::ui::compat
