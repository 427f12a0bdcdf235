#include "engine/log/txn_index.h"

#include <algorithm>

#include "engine/wire/bytes.h"

namespace engine::log {
namespace {
constexpr i16 kTxnIndexVersion = 0;
}

bool TxnIndex::append(const AbortedTxn& txn) {
    MR_ASSERT(txn.first <= txn.last);
    if (!entries.empty() && txn.last <= entries.back().last) return false;
    entries.push_back(txn);
    return true;
}

TxnIndex::Found TxnIndex::collect(Offset from, Offset limit) const {
    Found found;
    for (const AbortedTxn& txn : entries) {
        if (txn.last >= from && txn.first < limit) found.txns.push_back(txn);
        found.complete = txn.last_stable >= limit;
        if (found.complete) break;
    }
    return found;
}

void TxnIndex::truncate(Offset end) {
    std::erase_if(entries, [&](const AbortedTxn& txn) { return txn.last >= end; });
    MR_ASSERT(entries.empty() || entries.back().last < end);
}

std::array<u8, TxnIndex::kEntryBytes> TxnIndex::bytes_of(u64 entry) const {
    MR_ASSERT(entry < entries.size());
    const AbortedTxn& txn = entries[entry];
    wire::Writer out;
    out.put_i16(kTxnIndexVersion);
    for (const i64 word : {txn.producer.value, txn.first.value, txn.last.value, txn.last_stable.value})
        out.put_i64(word);
    std::array<u8, kEntryBytes> bytes{};
    MR_ASSERT(out.head().size() == bytes.size());
    std::ranges::copy(out.head(), bytes.begin());
    return bytes;
}

TxnIndex TxnIndex::from_bytes(std::span<const u8> bytes) {
    TxnIndex index;
    for (wire::Reader in(bytes); in.remaining() >= kEntryBytes;) {
        if (in.get_i16() != kTxnIndexVersion) break;
        AbortedTxn txn;
        txn.producer = ProducerId{in.get_i64()};
        txn.first = Offset{in.get_i64()};
        txn.last = Offset{in.get_i64()};
        txn.last_stable = Offset{in.get_i64()};
        if (txn.first > txn.last || !index.append(txn)) break;
    }
    return index;
}

}  // namespace engine::log
