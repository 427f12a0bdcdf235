// Sections: files · batches · indexes · finding an offset.
#include "app/view_model/log_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/batch_places.h"
#include "app/view_model/make.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::log::Log;
using engine::log::Segment;

constexpr std::size_t kMostSegments = 6, kMostBlocks = 26, kMostEntries = 7;

std::string file_of(const Segment& segment) { return fmt::format("{:020}.log", segment.base.value); }

/// First offset behind a segment.
i64 end_of(const Log& log, std::size_t place) {
    return place + 1 < log.segments.size() ? log.segments[place + 1].base.value : log.next_offset.value;
}

// ---- files ------------------------------------------------------------------------------------------

void add_segments(const Scene& scene, const lab::Replica& replica, std::size_t wanted, LogFilesVm& vm) {
    const Log& log = replica.partition->log;
    const std::size_t count = log.segments.size();
    std::size_t first = count - std::min(count, kMostSegments);
    first = std::min(first, wanted);
    if (first > 0) vm.more_segments = fmt::format("{} older {}", first, first == 1 ? "file" : "files");
    for (std::size_t i = first; i < std::min(count, first + kMostSegments); ++i) {
        const Segment& segment = log.segments[i];
        const i64 base = segment.base.value, end = end_of(log, i);
        SegmentVm vm_segment;
        vm_segment.file = file_of(segment);
        vm_segment.offsets = end <= base       ? "empty"
                             : end - base == 1 ? fmt::format("{}", base)
                                               : fmt::format("{} to {}", base, end - 1);
        vm_segment.bytes = grouped(segment.bytes) + " B";
        vm_segment.active = i + 1 == count;
        vm_segment.state = vm_segment.active ? "active" : "closed";
        vm_segment.lit = i == wanted;
        if (end > base)
            vm_segment.object =
                fmt::format("{} offset {}", scene.replica_name(replica.partition->id, replica.broker), base);
        vm.segments.push_back(std::move(vm_segment));
    }
}

// ---- batches ----------------------------------------------------------------------------------------

std::string label_of(const PlacedBatch& batch) {
    return batch.first() == batch.last() ? fmt::format("{}", batch.first())
                                         : fmt::format("{}\u2013{}", batch.first(), batch.last());
}

void add_blocks(const Scene& scene, const lab::Replica& replica, const std::vector<PlacedBatch>& batches, i64 offset,
                i64 scan_from, LogFilesVm& vm) {
    const i64 recovery = replica.partition->log.recovery_point.value;
    i64 cached_from = -1;
    for (const PlacedBatch& batch : batches) {
        LogBlockVm block;
        block.label = label_of(batch);
        block.from = static_cast<i64>(batch.position);
        block.to = batch.end();
        block.committed = batch.last() < replica.partition->high_watermark.value;
        block.cached_only = batch.last() >= recovery;
        block.lit = batch.first() <= offset && offset <= batch.last();
        block.scanned = block.from >= scan_from && batch.first() <= offset;
        block.object =
            fmt::format("{} offset {}", scene.replica_name(replica.partition->id, replica.broker), batch.first());
        if (block.cached_only && cached_from < 0) cached_from = block.from;
        vm.blocks.push_back(std::move(block));
    }
    if (cached_from >= 0)
        vm.cache_note = fmt::format(
            "From byte {} on: in the page cache only. A killed process leaves it there; a power cut takes it.",
            grouped(cached_from));
    else if (!batches.empty()) vm.cache_note = "All of it is on the platter: even a power cut leaves it.";
}

// ---- indexes ----------------------------------------------------------------------------------------

/// At most kMostEntries around the lit one.
std::vector<IndexRowVm> around(std::vector<IndexRowVm> rows) {
    if (rows.size() <= kMostEntries) return rows;
    const auto lit = std::ranges::find(rows, true, &IndexRowVm::lit) - rows.begin();
    const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(lit - static_cast<std::ptrdiff_t>(kMostEntries) / 2, 0,
                                                            static_cast<std::ptrdiff_t>(rows.size() - kMostEntries));
    return {rows.begin() + first, rows.begin() + first + static_cast<std::ptrdiff_t>(kMostEntries)};
}

void add_indexes(const Segment& segment, i64 offset, i64 interval, LogFilesVm& vm) {
    const engine::log::OffsetPosition found = segment.index.lookup(Offset{offset});
    std::vector<IndexRowVm> rows;
    for (u64 i = 0; i < segment.index.entries.size(); ++i) {
        const auto& entry = segment.index.entries[i];
        const i64 key = segment.base.value + entry.relative_offset;
        rows.push_back(
            {key, entry.position, key == found.offset.value && static_cast<u32>(entry.position) == found.position});
    }
    vm.index = around(std::move(rows));
    rows.clear();
    for (u64 i = 0; i < segment.time_index.entries.size(); ++i) {
        const auto& entry = segment.time_index.entries[i];
        rows.push_back({entry.timestamp, segment.base.value + entry.relative_offset, false});
    }
    vm.time_index = around(std::move(rows));
    vm.index_title = fmt::format("one entry every {} bytes", grouped(interval));
}

// ---- finding an offset ------------------------------------------------------------------------------

void add_lookup(const Log& log, const Segment& segment, const std::vector<PlacedBatch>& batches, i64 offset,
                LogFilesVm& vm) {
    const engine::log::OffsetPosition found = segment.index.lookup(Offset{offset});
    vm.lookup_title = fmt::format("Find offset {}", offset);
    vm.lookup.push_back({"1  Which file",
                         fmt::format("The largest base offset at or below `{}`. {} {}.", offset, log.segments.size(),
                                     log.segments.size() == 1 ? "file to choose from" : "files to choose from"),
                         fmt::format("\u2026{:06}.log", segment.base.value)});
    const bool has_entry = std::ranges::any_of(vm.index, &IndexRowVm::lit);
    vm.lookup.push_back({"2  Which index entry",
                         has_entry ? fmt::format("The largest offset at or below `{}`: **({}, {})**.", offset,
                                                 found.offset.value, found.position)
                                   : "No entry at or below it: the file is read from its beginning.",
                         fmt::format("byte {}", found.position)});
    const auto scanned = std::ranges::count(vm.blocks, true, &LogBlockVm::scanned);
    const auto hit = std::ranges::find_if(
        batches, [&](const PlacedBatch& batch) { return batch.first() <= offset && offset <= batch.last(); });
    vm.lookup.push_back(
        {"3  Read on",
         fmt::format("From there batch by batch: {} {} read.", scanned, scanned == 1 ? "batch is" : "batches are"),
         hit == batches.end() ? "not there" : fmt::format("byte {}", hit->position)});
}

}  // namespace

LogFilesVm make_log_files(const Scene& scene) {
    LogFilesVm vm;
    vm.head.title = "Log files";
    vm.head.sentence = "A partition on the disk: segment files, and the sparse indexes that find an offset.";
    const lab::Replica replica = chosen_replica(scene);
    if (!replica || replica.partition->log.segments.empty()) {
        vm.head.empty_title = "No log to show";
        vm.head.empty_text = "Nobody has created a topic, or no broker has its log in memory.";
        return vm;
    }
    const Log& log = replica.partition->log;
    const i64 offset = watched_offset(scene, replica);
    const std::size_t place = segment_with(log, offset);
    const Segment& segment = log.segments[place];
    vm.head.chips = {scene.name(replica.node), log.directory};
    if (!is_alive(scene, replica.node)) vm.head.chips.push_back("its process is dead; the files stay");
    vm.file = file_of(segment);
    add_segments(scene, replica, place, vm);
    const auto batches = batches_around(scene, replica, place, offset, kMostBlocks);
    add_blocks(scene, replica, batches, offset, segment.index.lookup(Offset{offset}).position, vm);
    add_indexes(segment, offset, log.config.index_interval_bytes, vm);
    if (!batches.empty()) add_lookup(log, segment, batches, offset, vm);
    return vm;
}

}  // namespace app
