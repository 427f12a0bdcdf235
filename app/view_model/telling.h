// How facts are told in little room: a short sentence, how much they matter, what mark they get, and the rule by which
// they came about with its numbers. The full sentence of a fact is engine/model/facts.h.
#pragma once

#include "app/view_model/scene.h"
#include "app/view_model/timeline.h"
#include "engine/model/facts.h"

namespace app {

/// How much a fact matters to somebody who asks what happened.
enum class Weight : u8 {
    traffic,     // happens all the time: sends, fetches, copies
    detail,      // one step of something larger
    turning,     // changes what the cluster is: a death, an election, a session's end
};
Weight weight_of(engine::FactKind kind);
/// The same of one fact: what only repeats another weighs less.
Weight weight_of(const engine::History& history, const engine::FactRow& row);
/// A kill, a loss, a refusal.
bool is_broken(engine::FactKind kind);
/// The mark on a lane; nothing for what is not marked.
std::optional<MarkerKind> marker_of(engine::FactKind kind);
/// "Broker 1 is killed": fits a line of the inspector.
std::string short_text(const Scene& scene, const engine::FactRow& row);
/// What happened in a full sentence; not the same one twice for what only repeats another fact.
std::string full_text(const Scene& scene, const engine::FactRow& row);
/// One or two sentences more than the title says, Markdown; "" if there is nothing to add.
std::string long_text(const Scene& scene, const engine::FactRow& row);
/// The rule that made it, with this moment's numbers, Markdown; "" if none is known.
std::string rule_of(const Scene& scene, const engine::FactRow& row);
/// "HW = smallest LEO in the ISR, as the leader knows it = `min(10, 9)` = **9**"; otherwise what keeps it where it is.
std::string high_watermark_rule(const Scene& scene, TopicPartition id);
/// The numbers of that rule: "min(10, 9) = 9". While nobody acts as leader: where it stands on the copy that counts.
std::string high_watermark_numbers(const Scene& scene, TopicPartition id);

/// What an event was when nothing is told of it: "Broker 2 gets Fetch from broker 3".
std::string event_text(const Scene& scene, u64 event_index);
/// Name of the request that a frame carries or answers; "" of other labels.
std::string_view request_name(u16 label);
/// The message whose arrival an event is: the network tags it with the message's number and its side.
inline u64 message_of(const sim::EventRow& arrival) { return arrival.tag >> 1; }
inline bool is_reply(u16 label) { return (label & 1) != 0; }

}  // namespace app
