#include "app/view_model/batch_places.h"

#include <algorithm>

#include "engine/log/segment.h"

namespace app {

lab::Replica chosen_replica(const Scene& scene) {
    const Object& selected = scene.selected();
    const TopicPartition id = selected.id.partition >= 0 ? selected.id : scene.focus();
    if (selected.node != sim::kNoNode)
        if (const lab::Replica replica = scene.cluster().replica(selected.node, id)) return replica;
    return scene.cluster().leading_replica(id);
}

i64 watched_offset(const Scene& scene, const lab::Replica& replica) {
    const i64 last = replica.partition->log_end_offset().value - 1, first = replica.partition->log.log_start.value;
    const i64 wanted = scene.selected().offset;
    return wanted >= first && wanted <= last ? wanted : std::max<i64>(first, last);
}

std::size_t segment_with(const engine::log::Log& log, i64 offset) {
    std::size_t found = 0;
    while (found + 1 < log.segments.size() && log.segments[found + 1].base.value <= offset) ++found;
    return found;
}

std::vector<PlacedBatch> batches_around(const Scene& scene, const lab::Replica& replica, std::size_t segment,
                                        i64 offset, std::size_t most) {
    constexpr i64 kOffsetsBack = 48, kOffsetsOn = 12;
    const engine::log::Segment& in = replica.partition->log.segments[segment];
    const bool is_last = segment + 1 == replica.partition->log.segments.size();
    const i64 end =
        is_last ? replica.partition->log_end_offset().value : replica.partition->log.segments[segment + 1].base.value;
    const Offset from{std::max(in.base.value, std::min(offset + kOffsetsOn, end) - kOffsetsBack)};
    const auto& file = scene.world().machine.disks.of(replica.node).file(in.log_file);
    u64 position = engine::log::position_of(in, file, from);
    std::vector<PlacedBatch> placed;
    for (lab::BatchWalk walk(scene.reader(), replica, from); walk.next() && walk.header().base_offset < end;) {
        if (walk.header().base_offset > offset + kOffsetsOn) break;
        placed.push_back({walk.header(), walk.batch(), position});
        position += walk.batch().length;
    }
    if (placed.size() > most) placed.erase(placed.begin(), placed.end() - static_cast<std::ptrdiff_t>(most));
    return placed;
}

}  // namespace app
