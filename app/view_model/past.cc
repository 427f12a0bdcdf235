#include "app/view_model/past.h"

#include <algorithm>
#include <charconv>

#include "app/view_model/telling.h"
#include "app/view_model/walked_once.h"
#include "engine/model/stream_facts.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;
using engine::StreamFact;

bool is_turn(FactKind kind) {
    switch (kind) {
        case FactKind::leader: case FactKind::no_leader: case FactKind::reassigned: case FactKind::isr:
        case FactKind::node_killed: case FactKind::power_cut: case FactKind::node_halted: case FactKind::node_started:
            return true;
        default: break;
    }
    return kind == engine::kind_of(StreamFact::batch_began) || kind == engine::kind_of(StreamFact::batch_committed) ||
           kind == engine::kind_of(StreamFact::query_failed) || kind == engine::kind_of(StreamFact::query_stopped);
}

class Reading {
public:
    explicit Reading(const Scene& scene) : scene_(scene) {
        const engine::History& history = scene.history();
        past_.first = scene.world().frame->origin;
        past_.newest = scene.at().clock;
        if (!history.events.empty()) past_.newest = std::max(past_.newest, history.events.back().at);
        begin_leadership();
    }
    Past read() {
        past_.rows = fact_lists(scene_.history());
        for (const u64 place : past_.rows.turns) take(scene_.history().facts[place]);
        if (!past_.leadership.empty()) past_.leadership.back().to = past_.newest;
        return std::move(past_);
    }

private:
    /// As the origin knew it; without one, as the first change says.
    void begin_leadership() {
        if (scene_.focus().topic == sim::kNoName) return;
        LeadershipSpan first;
        first.from = past_.first;
        const auto begin_with = [&](const lab::Cluster& cluster) {
            const auto* state = cluster.find(scene_.focus());
            if (state == nullptr) return;
            first.leader = state->leader;
            first.isr = state->isr;
            first.replicas = state->replicas;
        };
        if (scene_.at().origin == nullptr) begin_with(scene_.cluster());
        else begin_with(*Sight(*scene_.at().origin, scene_.history(), scene_.at().names).cluster);
        past_.leadership.push_back(std::move(first));
    }
    void take(const FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        if (kind == FactKind::node_killed || kind == FactKind::power_cut || kind == FactKind::node_halted)
            past_.down.push_back({row.fact.node, scene_.event_time(row.index()), past_.newest});
        if (kind == FactKind::node_started) end_down(row.fact.node, scene_.event_time(row.index()));
        if (TopicPartition{row.fact.subject, row.fact.partition} == scene_.focus() && !past_.leadership.empty())
            take_leadership(row, kind);
    }
    void end_down(NodeId node, Nanos at) {
        for (DownSpan& span : past_.down)
            if (span.node == node && span.to == past_.newest) span.to = at;
    }
    void take_leadership(const FactRow& row, FactKind kind) {
        const auto list = [&](i64 word) {
            return brokers_in(scene_.reader().text(sim::NameId{static_cast<u32>(word)}));
        };
        LeadershipSpan next = past_.leadership.back();
        if (kind == FactKind::leader || kind == FactKind::no_leader) {
            next.leader = kind == FactKind::leader ? BrokerId{static_cast<sim::i32>(row.fact.n[0])} : engine::kNoBroker;
            next.isr = list(row.fact.n[2]);
            const auto* state = next.replicas.empty() ? scene_.cluster().find(scene_.focus()) : nullptr;
            if (state != nullptr) next.replicas = state->replicas;   // the topic begins here
        } else if (kind == FactKind::reassigned) {
            next.replicas = list(row.fact.n[0]);
        } else if (kind == FactKind::isr) {
            next.isr = list(row.fact.n[0]);
        } else {
            return;
        }
        next.from = scene_.event_time(row.index());
        past_.leadership.back().to = next.from;
        past_.leadership.push_back(std::move(next));
    }

    const Scene& scene_;
    Past past_;
};

}  // namespace

const FactLists& fact_lists(const engine::History& history) {
    thread_local WalkedOnce<FactRow, FactLists> walked;
    const FactLists& lists = walked.over(history.facts, [&](FactLists& sum, const FactRow& row, u64 place) {
        const FactKind kind = engine::kind_of(row.fact);
        if (kind == FactKind::none) return;
        if (weight_of(history, row) == Weight::turning) sum.marked.push_back(place);
        if (marker_of(kind)) sum.drawn.push_back(place);
        if (is_turn(kind)) sum.turns.push_back(place);
    });
    MR_ASSERT(lists.marked.empty() || lists.marked.back() < history.facts.size());
    MR_ASSERT(lists.turns.empty() || lists.turns.back() < history.facts.size());
    return lists;
}

Past past_of(const Scene& scene) { return Reading(scene).read(); }

engine::broker::BrokerList brokers_in(std::string_view text) {
    engine::broker::BrokerList list;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        sim::i32 id = 0;
        if (std::from_chars(text.data() + at, text.data() + end, id).ec == std::errc{}) list.push_back(BrokerId{id});
        at = end + 1;
    }
    return list;
}

bool is_down(const Past& past, NodeId node, Nanos moment) {
    return std::ranges::any_of(
        past.down, [&](const DownSpan& span) { return span.node == node && span.from <= moment && moment < span.to; });
}

}  // namespace app
