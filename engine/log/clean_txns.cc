#include <algorithm>

#include "engine/log/cleaner.h"
#include "sim/base/assert.h"

namespace engine::log {
namespace {

/// Transactions that are not yet decided, by producer: where they began.
using Undecided = sim::FlatMap<ProducerId, Offset>;

wire::ControlType type_of(std::span<const u8> batch) {
    wire::RecordReader records(batch);
    wire::RecordView record;
    return records.next(record) ? wire::control_type(record) : wire::ControlType::unknown;
}

void follow(std::vector<AbortedTxn>& aborted, Undecided& undecided, std::span<const u8> batch,
            const wire::BatchHeader& header) {
    const ProducerId producer{header.producer_id};
    if (!header.is_control()) {
        if (header.is_transactional() && !undecided.contains(producer))
            undecided[producer] = Offset{header.base_offset};
        return;
    }
    const Offset* first = undecided.find(producer);
    if (first != nullptr && type_of(batch) == wire::ControlType::abort)
        aborted.push_back({producer, *first, Offset{header.base_offset}, {}});
    undecided.erase(producer);
}

}  // namespace

CleanTxns::CleanTxns(const Log& log, const sim::Disk& disk, Offset end) {
    Undecided undecided;
    for_each_batch(log, disk, [&](const sim::Slice& batch) {
        const auto header = wire::read_header(batch.bytes());
        MR_ASSERT(header.has_value());
        if (header->base_offset >= end.value) return false;
        follow(aborted_, undecided, batch.bytes(), *header);
        return true;
    });
    std::ranges::sort(aborted_, {}, &AbortedTxn::first);
}

void CleanTxns::open_up_to(Offset offset) {
    MR_ASSERT(next_aborted_ <= aborted_.size());
    for (; next_aborted_ < aborted_.size() && aborted_[next_aborted_].first <= offset; ++next_aborted_) {
        const AbortedTxn& txn = aborted_[next_aborted_];
        if (!open_aborted_.contains(txn.producer)) open_aborted_[txn.producer] = {false, txn.first, txn.last};
    }
}

bool CleanTxns::is_dispensable(std::span<const u8> batch, const wire::BatchHeader& header) {
    open_up_to(Offset{header.last_offset()});
    if (header.is_control()) return ends_unseen(batch, header);
    if (!header.is_transactional()) return false;
    const ProducerId producer{header.producer_id};
    Open* open = open_aborted_.find(producer);
    if (open == nullptr) {
        open_committed_[producer] = true;
        return false;
    }
    MR_ASSERT(open->first <= Offset{header.base_offset} && Offset{header.base_offset} < open->marker);
    open->seen = true;
    return true;
}

/// A marker ends its transaction; an empty one was cleaned before.
bool CleanTxns::ends_unseen(std::span<const u8> batch, const wire::BatchHeader& header) {
    MR_ASSERT(header.is_control());
    const ProducerId producer{header.producer_id};
    switch (type_of(batch)) {
        case wire::ControlType::abort: {
            const Open* open = open_aborted_.find(producer);
            const bool seen = open != nullptr && open->seen;
            open_aborted_.erase(producer);
            return !seen;
        }
        case wire::ControlType::commit: return !open_committed_.erase(producer);
        case wire::ControlType::leader_change: return false;
        case wire::ControlType::unknown: return true;
    }
    return false;
}

}  // namespace engine::log
