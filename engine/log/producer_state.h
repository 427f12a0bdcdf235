// What a replica remembers of the producers that wrote to it: enough to recognise a retry (idempotence) and
// to know open transactions. Rebuilt from snapshots and the log, so it is exactly what the log says.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "engine/model/error_codes.h"
#include "engine/wire/record_batch.h"
#include "sim/base/flat_map.h"

namespace engine::log {

constexpr u32 kRememberedBatches = 5;  // KIP-98: at most five requests in flight

struct ProducerBatch {
    i32 first_sequence = -1;
    i32 last_sequence = -1;
    Offset last_offset;
    i32 offset_delta = 0;
    i64 timestamp = -1;

    [[nodiscard]] Offset first_offset() const { return last_offset - offset_delta; }
};

struct ProducerEntry {
    ProducerEpoch epoch{-1};
    std::vector<ProducerBatch> batches;    // the latest five, oldest first
    i32 coordinator_epoch = -1;
    Offset current_txn_first_offset = kNoOffset;
    i64 last_timestamp = -1;

    [[nodiscard]] i32 last_sequence() const { return batches.empty() ? -1 : batches.back().last_sequence; }
};

/// A transaction that its marker has ended.
struct CompletedTxn {
    ProducerId producer;
    Offset first_offset;
    Offset last_offset;  // of the marker
    bool aborted = false;
};

struct ProducerStates {
    sim::FlatMap<ProducerId, ProducerEntry> producers;
    std::vector<CompletedTxn> unreplicated;  // ended, but the marker is not yet below the high watermark

    /// The remembered batch that this one repeats, or nullptr.
    [[nodiscard]] const ProducerBatch* find_duplicate(const wire::BatchHeader& batch) const;
    /// Whether a client's batch continues its producer's sequence. Replicas do not check.
    [[nodiscard]] std::expected<void, ErrorCode> check(const wire::BatchHeader& batch) const;
    /// Remembers an appended data batch.
    void update(const wire::BatchHeader& batch);
    /// Ends the producer's transaction. `transaction_coordinator_fenced` for an older coordinator's marker.
    std::expected<CompletedTxn, ErrorCode> complete(const wire::BatchHeader& marker, i32 coordinator_epoch,
                                                    bool aborted);
    /// First offset of the oldest transaction that is open, or whose marker is not below the high watermark.
    [[nodiscard]] Offset first_unstable_offset() const;
    [[nodiscard]] Offset first_undecided_offset() const;
    void on_high_watermark(Offset high_watermark);
    /// Forgets producers that have not written for `expiration_ms` and have no open transaction.
    void remove_expired(i64 now_ms, i64 expiration_ms);

    /// Bytes of a `.snapshot` file, and back; corrupt_message if the checksum is wrong.
    [[nodiscard]] std::vector<u8> to_snapshot() const;
    static std::expected<ProducerStates, ErrorCode> from_snapshot(std::span<const u8> bytes);
};

}  // namespace engine::log
