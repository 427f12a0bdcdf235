// How often each send is in a log, by the provenance that travels beside its batches. Counted segment by
// segment and kept: a log that has only grown is read only where it grew.
#pragma once

#include <map>
#include <unordered_map>

#include "app/lab/sql/cluster.h"
#include "engine/model/observer.h"

namespace app::lab {

/// One copy of a send.
struct Copy {
    engine::Offset offset;
    sim::i64 transactional_producer = -1;  // its producer id, if it was written in a transaction
};
using CopyList = sim::SmallVec<Copy, 1>;

class Copies {
public:
    /// What was counted stays, but each log is compared with it again.
    void forget_moment() { ++generation_; }
    /// The copies of a send in a replica's log that can be read: at or above its start.
    [[nodiscard]] CopyList find(const Reader& reader, const Replica& replica, engine::MessageId message);

private:
    struct SegmentCount {
        sim::u64 bytes = 0;             // of the file, as far as it was counted
        sim::Ref<sim::Chunk> last;      // chunk of the last batch counted: the same means the same before it
        std::unordered_map<sim::u64, CopyList> by_message;
        sim::u64 generation = 0;
    };
    const SegmentCount& counted(const Reader& reader, const Replica& replica, const engine::log::Segment& segment);

    std::map<std::pair<sim::NodeId, sim::FileId>, SegmentCount> segments_;
    sim::u64 generation_ = 1;
};

}  // namespace app::lab
