// One verb being carried out: what its functions get, and how they tell what they did. Private to the verbs.
#pragma once

#include <fmt/format.h>

#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/verb.h"

namespace engine::verbs {

struct Call {
    World& world;
    const Verb& verb;
    Observer& observer;
    std::span<const u8> payload = {};   // bytes that came with the line

    [[nodiscard]] std::size_t count() const { return verb.words.size(); }
    [[nodiscard]] const std::string& word(std::size_t i) const { MR_ASSERT(i < count()); return verb.words[i]; }
};

/// Why it cannot be done; "" = done.
using Refusal = std::string;
using Perform = Refusal (*)(Call&);

/// The node of a word, or why there is none. Names that are near are offered.
Refusal find_target(const Call& call, std::size_t word, NodeId& node);
/// Tells a fact about a node.
void tell(Call& call, NodeId about, sim::Fact fact);
void tell_named(Call& call, NodeId about, FactKind kind, std::string_view what);

Refusal kill(Call& call);
Refusal power_cut(Call& call);
Refusal restart(Call& call);
Refusal pause(Call& call);
Refusal resume(Call& call);
Refusal limp(Call& call);
Refusal clock(Call& call);
Refusal disk(Call& call);
Refusal partition(Call& call);
Refusal heal(Call& call);
Refusal block(Call& call);
Refusal unblock(Call& call);
Refusal link(Call& call);
Refusal hold(Call& call);
Refusal release(Call& call);
Refusal drop(Call& call);
Refusal delay(Call& call);
Refusal produce(Call& call);
Refusal tombstone(Call& call);
Refusal config(Call& call);
Refusal start(Call& call);
Refusal stop(Call& call);
Refusal elect(Call& call);
Refusal run(Call& call);
Refusal wait(Call& call);
Refusal outside(Call& call);
Refusal arrive(Call& call);
Refusal retime(Call& call);
Refusal trigger(Call& call);
Refusal type_into(Call& call);
Refusal submit(Call& call);

/// Whether `start` or `stop` names a query; then it was carried out, or `why` says why not.
bool query_verb(Call& call, bool begin, Refusal& why);
/// Whether `kill` names the driver and a phase.
bool kill_at_phase(Call& call, Refusal& why);

}  // namespace engine::verbs
