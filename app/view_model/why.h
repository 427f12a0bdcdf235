// Causes: from a fact back through the events that led to it, to the facts that people would name.
#pragma once

#include "app/view_model/inspector.h"
#include "app/view_model/scene.h"
#include "engine/history.h"

namespace app {

/// The fact that a moment is about: the weightiest one of the last event; else the latest one before it that is not
/// traffic, and not older than `at_earliest`. nullptr if nothing was told.
const engine::FactRow* main_fact(const Scene& scene, u64 at_earliest);
/// The fact that heads a screen on which nothing is selected. At the stop of a step its last turning point is told, not
/// the traffic by which it happened to end. nullptr if nothing was told.
const engine::FactRow* headline_of(const Scene& scene);
/// The fact that last decided what an object is; nullptr if none is known.
const engine::FactRow* deciding_fact(const Scene& scene, const Object& object);

/// Rows of facts that led to one, oldest first, with it at the end: at most `most`, the weightiest kept.
std::vector<const engine::FactRow*> chain_to(const Scene& scene, const engine::FactRow& row, std::size_t most);
std::vector<CauseVm> causes_of(const Scene& scene, const engine::FactRow& row, std::size_t most);

/// Index of the event that scheduled an event, or that it continues; kNoEvent for inputs and what is too old.
u64 parent_of(const engine::History& history, u64 event_index);

}  // namespace app
