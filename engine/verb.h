// Interventions: what a lesson, a learner or a story may do to a world. One line of words each:
//
//   kill N | power-cut N [torn] | restart N | pause N | resume N | limp N FACTOR        N: a node's name
//   partition isolate N | partition bridge N | partition N, N | N, N | heal | clock N +T|-T|normal
//   block link A -> B | unblock link A -> B | link A -> B latency T|loss P%|bandwidth BYTES|normal
//   hold|release|drop message ID | delay message ID T        or `message A -> B`: the oldest on its way
//   disk N slow FACTOR|full|normal|corrupt FILE [SECTOR]
//   produce CLIENT [topic=T] [partition=P] [key=K] [value=V] [header.H=V] | tombstone CLIENT key=K
//   config topic|broker NAME KEY=VALUE.. | start|stop CLIENT | elect preferred|unclean T-P
//   run COMMAND.. | wait T
//
// Names with blanks need no quotes where a node is expected ("broker 1"); values may be quoted with ' or ".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/config_def.h"
#include "engine/world.h"

namespace engine {

/// A line taken apart. Every index stays within `words`.
struct Verb {
    std::string line;                 // as it was given
    std::string name;                 // the first word
    std::vector<std::string> words;   // the others, unquoted
    std::string target;               // the object, as the inputs table shows it
    std::string rest;                 // what follows the object
};

/// Takes a line apart; the object is recognised by the verb's own grammar.
Verb parse_verb(std::string_view line);

/// The verbs there are, in the order in which menus show them.
struct VerbInfo {
    std::string_view name;
    std::string_view usage;
    std::string_view does;            // one sentence
};
std::span<const VerbInfo> verb_table();

/// Why a line cannot be carried out now; "" if it can. Changes nothing.
std::string refusal_of(const World& world, std::string_view line);
/// Carries a line out within the running input event; `payload` is what came with it. Why not, or "".
std::string perform(World& world, std::string_view line, Observer& observer, std::span<const u8> payload = {});
/// Tells that an input did not apply.
void refuse_input(World& world, std::string_view line, std::string_view why, Observer& observer);
/// The line that takes back what `line` does, to be applied before or after it; "" if nothing can.
std::string undo_of(const World& world, std::string_view line);

/// A duration in a line or a lesson: 500ms, 12.5s, 11m, 2h. Negative if it is none.
Nanos parse_duration(std::string_view text);

}  // namespace engine
