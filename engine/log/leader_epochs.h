// Which leader epoch began at which offset: what decides where two logs part (KIP-101).
//
// Invariant: epochs and start offsets both strictly ascend.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/digest.h"

namespace engine::log {

struct EpochEntry {
    LeaderEpoch epoch;
    Offset start;
    friend bool operator==(const EpochEntry&, const EpochEntry&) = default;
};

/// An epoch and the offset behind its last record; kNoEpoch and kNoOffset if undefined.
struct EpochEnd {
    LeaderEpoch epoch = kNoEpoch;
    Offset end = kNoOffset;
    friend bool operator==(const EpochEnd&, const EpochEnd&) = default;
};

struct LeaderEpochs {
    std::vector<EpochEntry> entries;

    [[nodiscard]] LeaderEpoch latest() const { return entries.empty() ? kNoEpoch : entries.back().epoch; }
    /// The entry before the latest, or kNoEpoch.
    [[nodiscard]] LeaderEpoch previous() const;
    /// An epoch begins. Ignored if it is the latest one and starts no earlier; what contradicts it is dropped.
    /// True if something changed.
    bool assign(LeaderEpoch epoch, Offset start);
    /// The largest epoch at or below `epoch` and where it ends, for a log that ends at `log_end`.
    [[nodiscard]] EpochEnd end_offset_for(LeaderEpoch epoch, Offset log_end) const;
    /// The epoch in which the record at `offset` was written; kNoEpoch before the first.
    [[nodiscard]] LeaderEpoch epoch_at(Offset offset) const;
    /// Epochs and start offsets both strictly ascend. O(n).
    [[nodiscard]] bool ascends() const;
    void truncate_from_end(Offset end);
    void truncate_from_start(Offset start);

    /// Text of `leader-epoch-checkpoint`, and back. A malformed text reads as what its good lines say.
    [[nodiscard]] std::string to_text() const;
    static LeaderEpochs from_text(std::string_view text);
};

/// What a leader answers to a fetch that carries the follower's last epoch (KIP-595's divergence).
struct Divergence {
    bool out_of_range = false;  // the leader knows nothing of that epoch
    EpochEnd diverging;         // set if the logs part before the fetch offset
    [[nodiscard]] bool diverges() const { return diverging.epoch != kNoEpoch; }
};
Divergence find_divergence(const LeaderEpochs& leader, Offset leader_end, LeaderEpoch last_fetched,
                           Offset fetch_offset);

/// Where a follower cuts its log, given a leader's answer for an epoch.
struct Truncation {
    Offset to = kNoOffset;
    bool complete = true;  // false: ask again, with the epoch that the follower now ends with
};
Truncation follower_truncation(const LeaderEpochs& follower, Offset follower_end, Offset high_watermark,
                               const EpochEnd& leader_answer);

/// What a follower does whose next offset is not in the leader's log.
struct RangeRepair {
    Offset end;           // where its log ends then
    bool anew = false;    // true: nothing that it has is of use, it begins there; else it cuts its log to it
};
RangeRepair come_into_range(Offset own_end, Offset leader_start, Offset leader_end);

}  // namespace engine::log
