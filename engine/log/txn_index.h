// The aborted transactions of a segment: what a reader of committed records must leave out. Its entries are what
// stands in `.txnindex` (34 bytes each).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/model/ids.h"

namespace engine::log {

struct AbortedTxn {
    ProducerId producer;
    Offset first;
    Offset last;          // of the marker
    Offset last_stable;   // when it was aborted: everything below is decided
    friend bool operator==(const AbortedTxn&, const AbortedTxn&) = default;
};

/// Invariant: markers ascend.
struct TxnIndex {
    static constexpr u32 kEntryBytes = 34;
    std::vector<AbortedTxn> entries;

    /// False, and nothing is added, if the marker does not ascend.
    bool append(const AbortedTxn& txn);
    struct Found {
        std::vector<AbortedTxn> txns;
        bool complete = false;   // later segments need not be searched
    };
    /// Those that overlap [from, limit).
    [[nodiscard]] Found collect(Offset from, Offset limit) const;
    /// Drops transactions whose marker is at or above `end`.
    void truncate(Offset end);
    [[nodiscard]] std::array<u8, kEntryBytes> bytes_of(u64 entry) const;
    /// Stops at an entry that is torn, of an unknown version, or out of order.
    static TxnIndex from_bytes(std::span<const u8> bytes);
};

}  // namespace engine::log
