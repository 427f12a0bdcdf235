// The Partitions view: every replica of the partitions shown, and the ISR over time.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/timeline.h"

namespace app {

struct ReplicaRowVm {
    std::string object;          // "orders-0/2"
    std::string partition;       // "orders-0"; drawn where it changes if there are several
    std::string replica;         // "2"
    ReplicaRole role = ReplicaRole::in_sync;
    std::string state;           // "offline", "leader", "follower"
    std::string in_isr;          // "yes", "no"
    std::string last_stable_offset;   // "-" where the replica has none
    std::string high_watermark;
    std::string log_end_offset;
    std::string known_log_end_offset;  // as the leader knows it
    bool known_is_key = false;   // the number that decides: outlined
    std::string note;            // "last Fetch: 9"
    bool selected = false;
};

struct PartitionsVm {
    std::string sentence;        // "One row for each copy of orders-0. Committed means: ..."
    std::string known_title;     // "LEO known to broker 2"
    std::vector<ReplicaRowVm> rows;
    std::string rule;  // Markdown: "HW = smallest LEO in the ISR, ... = `min(10, 9)` = **9**"; "" while a
                       // question is open
    // ISR over time: one lane a replica.
    std::vector<LaneVm> isr_lanes;
    TimeAxisVm isr_axis;
    std::string isr_note;        // "under-replicated: 2 of 3"
    // No partition to show: why, and what to do.
    std::string empty_title;
    std::string empty_text;
};

}  // namespace app
