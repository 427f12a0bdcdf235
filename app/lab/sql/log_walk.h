// Reading a replica's log as it lies on its simulated disk: batch by batch, nothing decoded that is not asked for.
#pragma once

#include "app/lab/sql/cluster.h"
#include "engine/wire/record_batch.h"

namespace app::lab {

/// Walks the batches of a replica's log, oldest first. A batch is what was appended at once.
class BatchWalk {
public:
    BatchWalk(const Reader& reader, const Replica& replica, engine::Offset from);
    /// The next batch. False at the end, or where the file holds no batch.
    bool next();
    [[nodiscard]] const sim::Slice& batch() const { return batch_; }
    [[nodiscard]] const engine::wire::BatchHeader& header() const { return header_; }

private:
    [[nodiscard]] const sim::Rope& content() const;

    const Reader* reader_;
    Replica replica_;
    std::size_t segment_ = 0;
    sim::u64 position_ = 0;
    sim::Slice batch_;
    engine::wire::BatchHeader header_;
};

/// Whether the transaction in which a producer wrote this offset was aborted, by the marker that follows it.
bool is_aborted(const Reader& reader, const Replica& replica, sim::i64 producer_id, engine::Offset offset);

}  // namespace app::lab
