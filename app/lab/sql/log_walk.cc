#include "app/lab/sql/log_walk.h"

#include "engine/log/segment.h"

namespace app::lab {

using engine::Offset;
namespace wire = engine::wire;

BatchWalk::BatchWalk(const Reader& reader, const Replica& replica, Offset from) : reader_(&reader), replica_(replica) {
    const auto& segments = replica.partition->log.segments;
    while (segment_ + 1 < segments.size() && segments[segment_ + 1].base <= from) ++segment_;
    if (segment_ >= segments.size() || segments[segment_].base >= from) return;
    const auto& file = reader.world().machine.disks.of(replica.node).file(segments[segment_].log_file);
    position_ = engine::log::position_of(segments[segment_], file, from);
}

const sim::Rope& BatchWalk::content() const {
    const sim::Disk& disk = reader_->world().machine.disks.of(replica_.node);
    return disk.file(replica_.partition->log.segments[segment_].log_file).cached;
}

bool BatchWalk::next() {
    const auto& segments = replica_.partition->log.segments;
    while (segment_ < segments.size() && position_ >= content().size()) {
        ++segment_;
        position_ = 0;
    }
    if (segment_ >= segments.size()) return false;
    batch_ = content().extent_at(position_);
    position_ += batch_.length;
    reader_->spend();
    const auto header = wire::read_header(batch_.bytes());
    if (!header) return false;
    header_ = *header;
    return true;
}

bool is_aborted(const Reader& reader, const Replica& replica, sim::i64 producer_id, Offset offset) {
    BatchWalk walk(reader, replica, offset);
    while (walk.next()) {
        const wire::BatchHeader& header = walk.header();
        if (!header.is_control() || header.producer_id != producer_id || header.base_offset < offset.value) continue;
        wire::RecordReader records(walk.batch().bytes());
        wire::RecordView record;
        return records.next(record) && wire::control_type(record) == wire::ControlType::abort;
    }
    return false;
}

}  // namespace app::lab
