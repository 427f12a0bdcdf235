// A link and the messages on it: the travelled part of the path is solid, the rest dotted; a request is a filled disc,
// a reply a hollow one; a lost message ends in a cross.
#pragma once

#include <span>

#include "app/ui/ui.h"
#include "app/view_model/stage.h"

namespace app::ui {

using Path = std::vector<ImVec2>;

/// A link with nothing on it.
void quiet_link(Canvas& canvas, std::span<const ImVec2> path, bool cut);
/// A link whose message has come `per_mille` of its way.
void busy_link(Canvas& canvas, std::span<const ImVec2> path, const MessageVm& message, Colour colour);
/// The capsule alone, pointing along `heading`.
void message_disc(Canvas& canvas, ImVec2 at, ImVec2 heading, const MessageVm& message, Colour colour);
/// Everything of one link: line, capsules, labels. A label stands beside its capsule on the side of `label_side`
/// (-1 left, 0 above, 1 below), or on another side where it would cover what is `taken`; it is left out if it would
/// everywhere. Where it stands is taken then.
void link(Ui& ui, std::span<const ImVec2> path, const LinkVm& vm, float label_side, std::vector<Rect>& taken);

}  // namespace app::ui
