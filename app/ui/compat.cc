#include "app/ui/compat.h"

#include <imgui_internal.h>

#include <cstddef>

namespace app::ui::compat {
namespace {

constexpr ImGuiKey kEditKeys[] = {ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_Home, ImGuiKey_End,
                                  ImGuiKey_Backspace, ImGuiKey_Delete, ImGuiKey_Enter, ImGuiKey_Escape};
static_assert(IM_ARRAYSIZE(kEditKeys) == static_cast<int>(EditKey::count));

}  // namespace

void build_with_stb_truetype(ImFontAtlas& atlas) {
    atlas.FontBuilderIO = ImFontAtlasGetBuilderForStbTruetype();
    atlas.Flags |= ImFontAtlasFlags_NoBakedLines;
    atlas.Build();
}

#if IMGUI_VERSION_NUM >= 18700

void mouse(ImGuiIO& io, ImVec2 position, bool left_down) {
    io.AddMousePosEvent(position.x, position.y);
    io.AddMouseButtonEvent(0, left_down);
}

void prepare_edit_keys(ImGuiIO& io) { io.ConfigInputTrickleEventQueue = false; }

void edit_key(ImGuiIO& io, EditKey key, bool down) { io.AddKeyEvent(kEditKeys[static_cast<std::size_t>(key)], down); }

#else

void mouse(ImGuiIO& io, ImVec2 position, bool left_down) {
    io.MousePos = position;
    io.MouseDown[0] = left_down;
}

/// Before 1.87 a key is a number of the platform that KeyMap translates; here the number is the key's place.
void prepare_edit_keys(ImGuiIO& io) {
    for (int i = 0; i < IM_ARRAYSIZE(kEditKeys); ++i) io.KeyMap[kEditKeys[i]] = i;
}

void edit_key(ImGuiIO& io, EditKey key, bool down) { io.KeysDown[static_cast<int>(key)] = down; }

#endif

}  // namespace app::ui::compat
