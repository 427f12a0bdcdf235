// A broker on the stage: name, role, a tape for each replica, what waits inside it.
#pragma once

#include "app/ui/widgets/tape.h"
#include "app/view_model/stage.h"

namespace app::ui {

/// Height that the card wants at this zoom.
float broker_card_height(const BrokerCardVm& vm, StageZoom zoom = StageZoom::broker);
/// Where its tape begins, from the card's left edge.
constexpr float kTapeIndent = 90;

/// How much of a node that is down is drawn, of 255: 35 %.
constexpr u32 kDimmed = 90;

/// Draws the card; a click selects it, the right button asks for its menu. `tape_indent` is where tapes start.
void broker_card(Ui& ui, const Rect& rect, const BrokerCardVm& vm, StageZoom zoom = StageZoom::broker,
                 float tape_indent = kTapeIndent);

/// The box of a node: surface, edge by role and health, rings of selection and spotlight.
void node_box(Canvas& canvas, const Rect& rect, ReplicaRole role, NodeHealth health);
void node_rings(Canvas& canvas, const Rect& rect, bool spotlight, bool selected, bool changed);
/// Selection, menu and focus ring of a card.
void node_interaction(Ui& ui, const Rect& rect, const std::string& object);

}  // namespace app::ui
