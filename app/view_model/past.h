// What was, over the whole known time of a branch: read from facts, each of them once, beginning with the origin's
// state.
#pragma once

#include "app/view_model/scene.h"

namespace app {

/// Who led, who was in sync and who held a replica from a moment on.
struct LeadershipSpan {
    Nanos from;
    Nanos to;
    BrokerId leader = engine::kNoBroker;
    engine::broker::BrokerList isr;
    engine::broker::BrokerList replicas;   // none before the topic is there
};

/// When a process was not there.
struct DownSpan {
    NodeId node;
    Nanos from;
    Nanos to;
};

/// Rows of a branch's facts by what they are good for, ascending, also those beyond the cursor.
struct FactLists {
    std::vector<u64> marked;            // facts that matter
    sim::PersistentVec<u64> drawn;      // those of which the timeline has a mark
    std::vector<u64> turns;             // who leads, who is in sync, who lives, which batches run
};
/// Valid until it is asked for of another branch.
const FactLists& fact_lists(const engine::History& history);

struct Past {
    Nanos first;                              // the branch's beginning
    Nanos newest;                             // its end: nothing has run beyond it
    std::vector<LeadershipSpan> leadership;   // of the partition in focus, ascending, without gaps
    std::vector<DownSpan> down;               // by beginning
    FactLists rows;
};

/// Reads all of the branch, also what lies beyond the cursor.
Past past_of(const Scene& scene);
/// "2,3,1" as brokers.
engine::broker::BrokerList brokers_in(std::string_view text);
bool is_down(const Past& past, NodeId node, Nanos moment);

}  // namespace app
