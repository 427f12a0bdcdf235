// The Groups view: the state machine of a group, who reads what before and after, how far each reader is.
#pragma once

#include "app/view_model/base.h"
#include "app/view_model/page.h"

namespace app {

/// In the order in which a group goes through them; the last is also the usual one.
enum class GroupPhaseVm : u8 { empty, preparing_rebalance, completing_rebalance, stable };

enum class ShareKind : u8 {
    none,
    reads,        // in force
    keeps,        // had it in the generation before
    gains,        // had it not: it moves here
    left,         // had it, has it no more
};

struct ShareRowVm {
    std::string object;                // the member's node
    std::string member;                // "a"
    bool leads = false;                // computes the assignment
    std::string state;                 // "SyncGroup sent"
    std::vector<ShareKind> cells;      // as the columns
};

/// One generation: members by partitions.
struct SharesVm {
    std::string title;                 // "Generation 4"
    std::string note;                  // "computed by a, not handed out yet"
    bool in_force = true;              // false: hatched
    std::vector<ShareRowVm> rows;
    std::string summary;               // "3 of 6 partitions move."
};

struct LagRowVm {
    std::string object;                // "orders-0"
    std::string partition;
    std::string reader;                // "a", "nobody"
    i64 committed = -1;
    i64 position = -1;
    i64 high_watermark = 0;
    i64 lag = 0;
    i64 lag_was = -1;                  // where the lesson stood last; -1 unknown
};

struct GroupsVm {
    PageHeadVm head;
    GroupPhaseVm phase = GroupPhaseVm::empty;
    i32 generation = 0;
    i32 generation_was = 0;
    std::string moved_by;              // what last changed its state: "21.440  member c joins"
    std::vector<std::string> columns;  // partitions: "orders-0" or "0"
    std::string topic;                 // of the columns, if they have one
    std::vector<SharesVm> shares;      // one, or two while the generation is another than before
    std::vector<LagRowVm> lag;
    std::string lag_note;
};

}  // namespace app
