// What was, over the whole known time of a branch: read from facts in one pass, beginning with the origin's state.
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

struct Past {
    Nanos first;                              // the branch's beginning
    Nanos newest;                             // its end: nothing has run beyond it
    std::vector<LeadershipSpan> leadership;   // of the partition in focus, ascending, without gaps
    std::vector<DownSpan> down;               // by beginning
    std::vector<u64> marked;                  // rows of facts that matter, ascending
    std::vector<u64> drawn;                   // rows of facts of which the timeline has a mark, ascending
};

/// Reads all facts of the branch, also those beyond the cursor.
Past past_of(const Scene& scene);
/// "2,3,1" as brokers.
engine::broker::BrokerList brokers_in(std::string_view text);
bool is_down(const Past& past, NodeId node, Nanos moment);

}  // namespace app
