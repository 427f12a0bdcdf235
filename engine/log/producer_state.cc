#include "engine/log/producer_state.h"

#include <algorithm>

#include "engine/wire/bytes.h"
#include "engine/wire/crc32c.h"

namespace engine::log {
namespace {

constexpr i16 kSnapshotVersion = 1;
constexpr u32 kSnapshotCrcFrom = 6;  // behind version and checksum
constexpr u32 kSnapshotHeadBytes = 10;
constexpr u32 kSnapshotEntryBytes = 46;
static_assert(kSnapshotCrcFrom == sizeof(i16) + sizeof(u32) && kSnapshotHeadBytes == kSnapshotCrcFrom + sizeof(i32));

bool follows(i32 next, i32 last) { return last == INT32_MAX ? next == 0 : next == last + 1; }

void remember(ProducerEntry& entry, const ProducerBatch& batch) {
    entry.batches.push_back(batch);
    if (entry.batches.size() > kRememberedBatches) entry.batches.erase(entry.batches.begin());
    MR_ASSERT(entry.batches.size() <= kRememberedBatches);
}

void bump_epoch(ProducerEntry& entry, ProducerEpoch epoch) {
    if (entry.epoch == epoch) return;
    entry.epoch = epoch;
    entry.batches.clear();
}

void put_entry(wire::Writer& out, ProducerId id, const ProducerEntry& entry) {
    const ProducerBatch last = entry.batches.empty() ? ProducerBatch{-1, -1, kNoOffset, 0, -1} : entry.batches.back();
    out.put_i64(id.value);
    out.put_i16(entry.epoch.value);
    out.put_i32(last.last_sequence);
    out.put_i64(last.last_offset.value);
    out.put_i32(last.offset_delta);
    out.put_i64(entry.last_timestamp);
    out.put_i32(entry.coordinator_epoch);
    out.put_i64(entry.current_txn_first_offset.value);
    MR_ASSERT((out.head_size() - kSnapshotHeadBytes) % kSnapshotEntryBytes == 0);
}

void get_entry(wire::Reader& in, ProducerStates& states) {
    const ProducerId id{in.get_i64()};
    ProducerEntry entry;
    entry.epoch = ProducerEpoch{in.get_i16()};
    ProducerBatch last;
    last.last_sequence = in.get_i32();
    last.last_offset = Offset{in.get_i64()};
    last.offset_delta = in.get_i32();
    last.timestamp = entry.last_timestamp = in.get_i64();
    entry.coordinator_epoch = in.get_i32();
    entry.current_txn_first_offset = Offset{in.get_i64()};
    last.first_sequence = last.last_sequence - last.offset_delta;
    if (last.last_offset >= Offset{0}) entry.batches.push_back(last);
    if (in.ok()) states.producers[id] = std::move(entry);
}

}  // namespace

const ProducerBatch* ProducerStates::find_duplicate(const wire::BatchHeader& batch) const {
    const ProducerEntry* entry = producers.find(ProducerId{batch.producer_id});
    if (entry == nullptr || entry->epoch.value != batch.producer_epoch) return nullptr;
    for (const ProducerBatch& known : entry->batches)
        if (known.first_sequence == batch.base_sequence && known.last_sequence == batch.last_sequence()) return &known;
    return nullptr;
}

std::expected<void, ErrorCode> ProducerStates::check(const wire::BatchHeader& batch) const {
    const ProducerEntry* entry = producers.find(ProducerId{batch.producer_id});
    if (entry == nullptr) return {};  // unknown or expired: any sequence begins it anew
    const ProducerEpoch epoch{batch.producer_epoch};
    if (epoch < entry->epoch) return std::unexpected(ErrorCode::invalid_producer_epoch);
    const bool from_zero = epoch > entry->epoch || entry->batches.empty();
    const bool in_order = from_zero ? batch.base_sequence == 0 : follows(batch.base_sequence, entry->last_sequence());
    if (!in_order) return std::unexpected(ErrorCode::out_of_order_sequence_number);
    return {};
}

void ProducerStates::update(const wire::BatchHeader& batch) {
    MR_ASSERT(batch.has_producer() && !batch.is_control());
    ProducerEntry& entry = producers[ProducerId{batch.producer_id}];
    bump_epoch(entry, ProducerEpoch{batch.producer_epoch});
    remember(entry, {batch.base_sequence, batch.last_sequence(), Offset{batch.last_offset()}, batch.last_offset_delta,
                     batch.max_timestamp});
    entry.last_timestamp = batch.max_timestamp;
    MR_ASSERT(!entry.batches.empty() && entry.batches.size() <= kRememberedBatches);
    if (batch.is_transactional() && entry.current_txn_first_offset == kNoOffset)
        entry.current_txn_first_offset = Offset{batch.base_offset};
}

std::expected<CompletedTxn, ErrorCode> ProducerStates::complete(const wire::BatchHeader& marker, i32 coordinator_epoch,
                                                                bool aborted) {
    MR_ASSERT(marker.is_control() && marker.has_producer());
    ProducerEntry& entry = producers[ProducerId{marker.producer_id}];
    if (ProducerEpoch{marker.producer_epoch} < entry.epoch) return std::unexpected(ErrorCode::invalid_producer_epoch);
    if (coordinator_epoch < entry.coordinator_epoch) return std::unexpected(ErrorCode::transaction_coordinator_fenced);
    bump_epoch(entry, ProducerEpoch{marker.producer_epoch});
    const Offset at{marker.base_offset};
    const Offset first = entry.current_txn_first_offset;
    const CompletedTxn ended{ProducerId{marker.producer_id}, first == kNoOffset ? at : first, at, aborted};
    MR_ASSERT(ended.first_offset <= ended.last_offset);
    MR_ASSERT(unreplicated.empty() || unreplicated.back().last_offset < at);
    if (first != kNoOffset) unreplicated.push_back(ended);
    entry.current_txn_first_offset = kNoOffset;
    entry.coordinator_epoch = coordinator_epoch;
    entry.last_timestamp = marker.max_timestamp;
    return ended;
}

Offset ProducerStates::first_undecided_offset() const {
    Offset first = kNoOffset;
    for (const auto& [id, entry] : producers) {
        const Offset open = entry.current_txn_first_offset;
        if (open != kNoOffset && (first == kNoOffset || open < first)) first = open;
    }
    return first;
}

Offset ProducerStates::first_unstable_offset() const {
    Offset first = first_undecided_offset();
    for (const CompletedTxn& ended : unreplicated)
        if (first == kNoOffset || ended.first_offset < first) first = ended.first_offset;
    return first;
}

void ProducerStates::on_high_watermark(Offset high_watermark) {
    std::erase_if(unreplicated, [&](const CompletedTxn& ended) { return ended.last_offset < high_watermark; });
}

void ProducerStates::remove_expired(i64 now_ms, i64 expiration_ms) {
    producers.erase_if([&](const auto& item) {
        const ProducerEntry& entry = item.second;
        return entry.current_txn_first_offset == kNoOffset && now_ms - entry.last_timestamp >= expiration_ms;
    });
}

std::vector<u8> ProducerStates::to_snapshot() const {
    wire::Writer out;
    out.put_i16(kSnapshotVersion);
    out.put_u32(0);
    out.put_i32(static_cast<i32>(producers.size()));
    for (const auto& [id, entry] : producers) put_entry(out, id, entry);
    const u32 crc = wire::crc32c(out.head().subspan(kSnapshotCrcFrom));
    MR_ASSERT(out.head_size() == kSnapshotHeadBytes + kSnapshotEntryBytes * producers.size());
    out.patch_i32(2, static_cast<i32>(crc));
    return out.head_copy();
}

std::expected<ProducerStates, ErrorCode> ProducerStates::from_snapshot(std::span<const u8> bytes) {
    wire::Reader in(bytes);
    const i16 version = in.get_i16();
    const u32 crc = in.get_u32();
    if (!in.ok() || version != kSnapshotVersion || crc != wire::crc32c(bytes.subspan(kSnapshotCrcFrom)))
        return std::unexpected(ErrorCode::corrupt_message);
    ProducerStates states;
    for (i32 count = in.get_i32(); count > 0 && in.ok(); --count) get_entry(in, states);
    if (!in.done()) return std::unexpected(ErrorCode::corrupt_message);
    return states;
}

}  // namespace engine::log
