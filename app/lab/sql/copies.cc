#include "app/lab/sql/copies.h"

#include "app/lab/sql/log_walk.h"

namespace app::lab {
namespace {

using engine::MessageId;
using engine::Offset;
using sim::u32;
using sim::u64;
namespace wire = engine::wire;

/// Offsets of a batch's records, in their order. Only a compacted batch has gaps that must be looked up.
std::vector<Offset> offsets_of(const sim::Slice& batch, const wire::BatchHeader& header) {
    std::vector<Offset> offsets;
    const bool dense = header.last_offset_delta + 1 == header.record_count;
    for (sim::i32 i = 0; dense && i < header.record_count; ++i) offsets.push_back(Offset{header.base_offset + i});
    if (dense) return offsets;
    wire::RecordReader records(batch.bytes());
    for (wire::RecordView record; records.next(record);)
        offsets.push_back(Offset{header.base_offset + record.offset_delta});
    return offsets;
}

void count_batch(std::unordered_map<u64, CopyList>& by_message, const sim::Slice& batch) {
    const auto header = wire::read_header(batch.bytes());
    const sim::Provenance& origin = batch.chunk->provenance();
    if (!header || origin.ordinals.empty()) return;
    const std::vector<Offset> offsets = offsets_of(batch, *header);
    const sim::i64 transactional = header->is_transactional() ? header->producer_id : -1;
    for (u32 i = 0; i < origin.ordinals.size() && i < offsets.size(); ++i)
        by_message[MessageId{origin.sender, origin.ordinals[i]}.packed()].push_back({offsets[i], transactional});
}

}  // namespace

const Copies::SegmentCount& Copies::counted(const Reader& reader, const Replica& replica,
                                            const engine::log::Segment& segment) {
    SegmentCount& count = segments_[{replica.node, segment.log_file}];
    if (count.generation == generation_) return count;
    count.generation = generation_;
    const sim::Rope& content = reader.world().machine.disks.of(replica.node).file(segment.log_file).cached;
    const bool grown = count.bytes == 0 ||
                       (count.bytes <= content.size() && content.extent_at(count.bytes - 1).chunk == count.last);
    if (!grown) {
        count.by_message.clear();
        count.bytes = 0;
    }
    while (count.bytes < content.size()) {
        const sim::Slice batch = content.extent_at(count.bytes);
        count_batch(count.by_message, batch);
        count.bytes += batch.length;
        count.last = batch.chunk;
        reader.spend();
    }
    return count;
}

CopyList Copies::find(const Reader& reader, const Replica& replica, MessageId message) {
    CopyList found;
    for (const engine::log::Segment& segment : replica.partition->log.segments) {
        const SegmentCount& count = counted(reader, replica, segment);
        const auto copies = count.by_message.find(message.packed());
        if (copies == count.by_message.end()) continue;
        for (const Copy& copy : copies->second)
            if (copy.offset >= replica.partition->log.log_start) found.push_back(copy);
    }
    return found;
}

}  // namespace app::lab
