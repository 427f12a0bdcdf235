#include "app/view_model/why.h"

#include <algorithm>

#include "app/view_model/evidence.h"
#include "app/view_model/past.h"
#include "app/view_model/telling.h"
#include "engine/model/stream_facts.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using engine::History;
using Chain = std::vector<const FactRow*>;

constexpr int kMostWhyHops = 4000;         // events looked at on the way back
constexpr std::size_t kMostFacts = 64;  // collected before the weightiest are chosen

/// Which of an event's facts carries the story to `about`: the weightiest; among equals one of the same partition.
const FactRow* best_of_event(const Scene& scene, u64 event_index, const FactRow& about) {
    const auto& facts = scene.history().facts;
    const FactRow* best = nullptr;
    const auto score = [&](const FactRow& row) {
        const bool same = row.fact.subject == about.fact.subject && row.fact.partition == about.fact.partition;
        return 2 * static_cast<int>(weight_of(engine::kind_of(row.fact))) + (same ? 1 : 0);
    };
    for (u64 i = scene.first_fact_of(event_index); i < facts.size() && facts[i].index() == event_index; ++i)
        if (best == nullptr || score(facts[i]) > score(*best)) best = &facts[i];
    return best;
}

bool ends_contact(FactKind kind) {
    return kind == FactKind::node_killed || kind == FactKind::power_cut || kind == FactKind::node_paused ||
           kind == FactKind::node_halted;
}

/// What did not happen has a cause too: a session expires because its owner fell silent.
const FactRow* silence_before(const Scene& scene, const FactRow& row) {
    const FactKind kind = engine::kind_of(row.fact);
    if (kind != FactKind::session_expired) return nullptr;
    const auto owner = static_cast<sim::u16>(row.fact.n[1]);
    const auto& facts = scene.history().facts;
    for (u64 i = scene.first_fact_of(row.index()); i > 0; --i) {
        const FactKind earlier = engine::kind_of(facts[i - 1].fact);
        if (facts[i - 1].fact.node.value == owner && ends_contact(earlier)) return &facts[i - 1];
        if (earlier == FactKind::fault_began) return &facts[i - 1];
    }
    return nullptr;
}

/// Who learns of a leader learns of an election.
const FactRow* election_before(const Scene& scene, const FactRow& row) {
    if (engine::kind_of(row.fact) != FactKind::metadata_learned) return nullptr;
    const auto& facts = scene.history().facts;
    for (u64 i = scene.first_fact_of(row.index()); i > 0; --i) {
        const sim::Fact& earlier = facts[i - 1].fact;
        const bool elected = engine::kind_of(earlier) == FactKind::leader && earlier.subject == row.fact.subject &&
                             earlier.partition == row.fact.partition;
        if (elected && earlier.n[1] == row.fact.n[1]) return &facts[i - 1];
    }
    return nullptr;
}

/// A batch goes out because a record was sent, if that happened in the same moment.
const FactRow* record_before(const Scene& scene, const FactRow& row) {
    if (engine::kind_of(row.fact) != FactKind::batch_sent) return nullptr;
    const auto& facts = scene.history().facts;
    for (u64 i = scene.first_fact_of(row.index() + 1); i > 0; --i) {
        const FactRow& earlier = facts[i - 1];
        if (!(earlier.id < row.id)) continue;
        if (scene.event_time(earlier.index()) != scene.event_time(row.index())) return nullptr;
        const bool sent = engine::kind_of(earlier.fact) == FactKind::record_sent &&
                          earlier.fact.node == row.fact.node && earlier.fact.subject == row.fact.subject;
        if (sent) return &earlier;
    }
    return nullptr;
}

/// A generation comes of the rebalance that it ends, and so of who came or left, not of who was the last to join again.
const FactRow* rebalance_before(const Scene& scene, const FactRow& row) {
    if (engine::kind_of(row.fact) != FactKind::generation) return nullptr;
    const auto& facts = scene.history().facts;
    for (u64 i = scene.first_fact_of(row.index()); i > 0; --i) {
        const sim::Fact& earlier = facts[i - 1].fact;
        if (earlier.subject != row.fact.subject) continue;
        if (engine::kind_of(earlier) == FactKind::generation) return nullptr;
        if (engine::kind_of(earlier) == FactKind::rebalance) return &facts[i - 1];
    }
    return nullptr;
}

/// The fact before this one, and from where to go on.
struct Hop {
    const FactRow* row = nullptr;
    u64 event = sim::kNoEvent;
};

/// Goes up until an event told something.
Hop hop_up(const Scene& scene, u64 event, const FactRow& about, int& hops) {
    while (event != sim::kNoEvent && hops-- > 0) {
        if (const FactRow* row = best_of_event(scene, event, about)) return {row, event};
        event = parent_of(scene.history(), event);
    }
    return {};
}

Hop cause_of(const Scene& scene, const FactRow& row, int& hops) {
    if (engine::kind_of(row.fact) == FactKind::record_sent) return {};   // an application decides by itself
    if (const FactRow* silence = silence_before(scene, row)) return {silence, silence->index()};
    if (const FactRow* record = record_before(scene, row)) return {record, record->index()};
    if (const FactRow* election = election_before(scene, row)) return {election, election->index()};
    if (const FactRow* rebalance = rebalance_before(scene, row)) return {rebalance, rebalance->index()};
    const sim::FactId id = row.fact.cause;
    if (id && id.ordinal != 0 && id != row.id)
        if (const FactRow* cause = scene.find_fact(id)) return {cause, cause->index()};
    if (id && id.ordinal == 0 && id.event_index != row.index()) return hop_up(scene, id.event_index, row, hops);
    return hop_up(scene, parent_of(scene.history(), row.index()), row, hops);
}

bool says_the_same(const FactRow& a, const FactRow& b) {
    return a.fact.kind == b.fact.kind && a.fact.node == b.fact.node && a.fact.subject == b.fact.subject &&
           a.fact.n == b.fact.n;
}

/// Keeps the last one and the weightiest of the others, in their order.
Chain thinned(Chain chain, std::size_t most) {
    for (const Weight least : {Weight::detail, Weight::turning}) {
        if (chain.size() <= most) break;
        for (std::size_t i = 0; i + 1 < chain.size() && chain.size() > most;) {
            if (weight_of(engine::kind_of(chain[i]->fact)) < least)
                chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(i));
            else ++i;
        }
    }
    if (chain.size() > most) chain.erase(chain.begin(), chain.end() - static_cast<std::ptrdiff_t>(most));
    return chain;
}

const FactRow* latest_with(const Scene& scene, auto&& wanted) {
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0; --i)
        if (wanted(facts[i - 1])) return &facts[i - 1];
    return nullptr;
}

/// The fact that a partition's state names, if the history still has it.
const FactRow* replica_fact(const Scene& scene, const Object& object) {
    const lab::Replica replica = object.node == sim::kNoNode ? scene.cluster().leading_replica(object.id)
                                                             : scene.cluster().replica(object.node, object.id);
    if (!replica) return nullptr;
    const FactRow* latest = nullptr;
    for (const sim::FactId id :
         {replica.partition->role_set_by, replica.partition->isr_set_by, replica.partition->high_watermark_set_by})
        if (const FactRow* row = id ? scene.find_fact(id) : nullptr;
            row != nullptr && (latest == nullptr || latest->id < row->id))
            latest = row;
    return latest;
}

/// Who put the record at an offset where it is.
const FactRow* offset_fact(const Scene& scene, const Object& object) {
    return latest_with(scene, [&](const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        if (kind != FactKind::appended && kind != FactKind::replicated) return false;
        const bool here = TopicPartition{row.fact.subject, row.fact.partition} == object.id &&
                          (object.node == sim::kNoNode || row.fact.node == object.node);
        return here && row.fact.n[0] <= object.offset && object.offset <= row.fact.n[1];
    });
}

const FactRow* partition_fact(const Scene& scene, TopicPartition id) {
    const FactRow* turning = latest_with(scene, [&](const FactRow& row) {
        return TopicPartition{row.fact.subject, row.fact.partition} == id &&
               weight_of(scene.history(), row) == Weight::turning;
    });
    if (turning != nullptr) return turning;
    return latest_with(scene,
                       [&](const FactRow& row) { return TopicPartition{row.fact.subject, row.fact.partition} == id; });
}

const FactRow* node_fact(const Scene& scene, NodeId node) {
    const FactRow* heavy = latest_with(scene, [&](const FactRow& row) {
        return row.fact.node == node && weight_of(engine::kind_of(row.fact)) >= Weight::detail;
    });
    return heavy != nullptr ? heavy : latest_with(scene, [&](const FactRow& row) { return row.fact.node == node; });
}

}  // namespace

u64 parent_of(const History& history, u64 index) {
    if (index < history.first_index || index - history.first_index >= history.events.size()) return sim::kNoEvent;
    const sim::EventRow& event = history.events[index - history.first_index];
    if (event.cause != sim::kNoEvent) return event.cause >= history.first_index ? event.cause : sim::kNoEvent;
    if (event.seq == 0) return sim::kNoEvent;
    const u64 later =
        history.events.partition_point([&](const sim::EventRow& other) { return other.first_seq <= event.seq; });
    const u64 parent = later == 0 ? sim::kNoEvent : history.events[later - 1].index;
    return parent < index ? parent : sim::kNoEvent;
}

const FactRow* main_fact(const Scene& scene, u64 at_earliest) {
    if (!scene.has_event()) return nullptr;
    const auto& facts = scene.history().facts;
    const FactRow* best = nullptr;
    u64 i = scene.facts_now();
    for (; i > 0 && facts[i - 1].index() == scene.here(); --i) {
        const bool weightier =
            best == nullptr || weight_of(scene.history(), facts[i - 1]) >= weight_of(scene.history(), *best);
        if (weightier) best = &facts[i - 1];
    }
    if (best != nullptr) return best;
    const auto& marked = fact_lists(scene.history()).marked;
    const auto later = std::ranges::lower_bound(marked, i);
    if (later == marked.begin()) return nullptr;
    const FactRow& turning = facts[*std::prev(later)];
    return turning.index() >= at_earliest ? &turning : nullptr;
}

namespace {

/// How far back the last change may lie: in the step that is shown; while it is asked, in the one before.
u64 earliest(const Scene& scene) {
    const auto* following = scene.at().following;
    if (following == nullptr || following->steps.empty()) return scene.history().first_index;
    std::size_t place = std::min(following->step, following->steps.size() - 1);
    if (following->part == lab::StepPart::asking && place > 0) --place;
    return following->steps[place].first_index;
}

/// That nobody leads what is looked at goes on until somebody does: it outweighs what came after it.
const FactRow* lost_leader(const Scene& scene, u64 from) {
    const auto* state = scene.cluster().find(scene.focus());
    if (state == nullptr || state->leader != engine::kNoBroker) return nullptr;
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0 && facts[i - 1].index() >= from; --i)
        if (engine::kind_of(facts[i - 1].fact) == FactKind::no_leader && is_about(facts[i - 1], scene.focus()))
            return &facts[i - 1];
    return nullptr;
}

bool is_turning(const Scene& scene, const FactRow& row) {
    return weight_of(scene.history(), row) == Weight::turning &&
           !scene.reader().text(row.fact.subject).starts_with("__");   // Kafka's own topics
}

bool begins_client(const Scene& scene, const FactRow& row) {
    if (engine::kind_of(row.fact) != FactKind::node_started) return false;
    const engine::NodeKind kind = scene.world().card(row.fact.node).kind;
    return kind == engine::NodeKind::producer || kind == engine::NodeKind::consumer;
}

/// A client is started for what it then does: the last thing that it was given or decided since.
const FactRow* what_came_of(const Scene& scene, const FactRow& start) {
    const auto& facts = scene.history().facts;
    for (u64 i = scene.facts_now(); i > 0 && start.id < facts[i - 1].id; --i)
        if (facts[i - 1].fact.node == start.fact.node && weight_of(scene.history(), facts[i - 1]) == Weight::detail)
            return &facts[i - 1];
    return &start;
}

/// What a step's end came of may weigh more than the end: a dropped row more than the batch that dropped it.
const FactRow* turning_before(const Scene& scene, const FactRow& row, u64 from) {
    const Chain chain = chain_to(scene, row, kMostFacts);
    for (auto each = chain.rbegin(); each != chain.rend() && (*each)->index() >= from; ++each)
        if (is_turning(scene, **each) && engine::kind_of((*each)->fact) != FactKind::node_started) return *each;
    return &row;
}

}  // namespace

const FactRow* headline_of(const Scene& scene) {
    const u64 from = earliest(scene);
    const FactRow* row = main_fact(scene, from);
    const lab::StepRecord* record = scene.record();
    const bool at_stop = record != nullptr && record->last_index != 0 && record->last_index == scene.cursor();
    if (!at_stop) return row;
    if (const FactRow* lost = lost_leader(scene, from)) return lost;
    if (row == nullptr) return row;
    if (weight_of(scene.history(), *row) == Weight::traffic) {
        const auto& facts = scene.history().facts;
        for (u64 i = scene.facts_now(); i > 0 && facts[i - 1].index() >= from; --i)
            if (is_turning(scene, facts[i - 1])) {
                row = &facts[i - 1];
                break;
            }
    } else if (weight_of(scene.history(), *row) == Weight::detail) {
        row = turning_before(scene, *row, from);
    }
    return begins_client(scene, *row) ? what_came_of(scene, *row) : row;
}

const FactRow* deciding_fact(const Scene& scene, const Object& object) {
    switch (object.kind) {
        case ObjectKind::nothing: case ObjectKind::topic: return nullptr;
        case ObjectKind::fact: return scene.find_fact(object.fact);
        case ObjectKind::node: return node_fact(scene, object.node);
        case ObjectKind::partition: return partition_fact(scene, object.id);
        case ObjectKind::replica: return replica_fact(scene, object);
        case ObjectKind::offset: return offset_fact(scene, object);
        case ObjectKind::wait:
            return latest_with(scene, [&](const FactRow& row) {
                return row.fact.node == object.node && engine::kind_of(row.fact) == FactKind::produce_waits;
            });
        case ObjectKind::znode:
            return latest_with(scene, [&](const FactRow& row) {
                const FactKind kind = engine::kind_of(row.fact);
                const bool told = kind == FactKind::znode_created || kind == FactKind::znode_changed ||
                                  kind == FactKind::znode_deleted;
                return told && scene.reader().text(row.fact.subject) == object.text;
            });
        case ObjectKind::session:
            return latest_with(scene, [&](const FactRow& row) {
                const FactKind kind = engine::kind_of(row.fact);
                if (kind == FactKind::session_opened) return scene.name(row.fact.node) == object.text;
                const bool ended = kind == FactKind::session_expired || kind == FactKind::session_closed;
                return ended && scene.name(NodeId{static_cast<sim::u16>(row.fact.n[1])}) == object.text;
            });
        case ObjectKind::query:
            return latest_with(scene, [&](const FactRow& row) {
                return engine::is_stream_fact(row.fact.kind) &&
                       scene.reader().text(row.fact.subject) == object.text.substr(kQueryWord.size());
            });
        case ObjectKind::message: {
            const History& past = scene.history();
            const u64 row = object.number - past.first_message;
            if (object.number < past.first_message || row >= past.messages.size()) return nullptr;
            int hops = kMostWhyHops;
            const FactRow anything{};
            return hop_up(scene, past.messages[row].event_index, anything, hops).row;
        }
    }
    return nullptr;
}

Chain chain_to(const Scene& scene, const FactRow& row, std::size_t most) {
    Chain chain{&row};
    int hops = kMostWhyHops;
    while (chain.size() < kMostFacts && hops > 0) {
        const Hop hop = cause_of(scene, *chain.back(), hops);
        if (hop.row == nullptr || !(hop.row->id < chain.back()->id)) break;
        if (says_the_same(*hop.row, *chain.back())) chain.back() = hop.row;
        else chain.push_back(hop.row);
    }
    chain.front() = &row;
    std::ranges::reverse(chain);
    return thinned(std::move(chain), most);
}

std::vector<CauseVm> causes_of(const Scene& scene, const FactRow& row, std::size_t most) {
    std::vector<CauseVm> causes;
    for (const FactRow* each : chain_to(scene, row, most)) {
        CauseVm cause;
        cause.time = scene.time(scene.event_time(each->index()));
        cause.text = short_text(scene, *each);
        cause.object = Scene::fact_object(each->id);
        if (is_broken(engine::kind_of(each->fact))) cause.mark = CauseMark::broken;
        causes.push_back(std::move(cause));
    }
    if (!causes.empty()) causes.back().mark = CauseMark::here;
    return causes;
}

}  // namespace app
