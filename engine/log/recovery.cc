// Opening a log: what a clean stop left is taken as it is, what a crash left is read and checked.
#include <algorithm>
#include <charconv>

#include "engine/log/segment.h"

namespace engine::log {
namespace {

/// Base offsets of the segments in a directory, ascending.
std::vector<Offset> bases_in(sim::DiskDoor& disk, const std::string& directory) {
    std::vector<Offset> bases;
    const std::string prefix = directory + "/";
    for (const std::string& path : disk.list(prefix)) {
        if (!path.ends_with(".log")) continue;
        Offset base;
        const char* digits = path.data() + prefix.size();
        if (std::from_chars(digits, path.data() + path.size(), base.value).ec == std::errc{}) bases.push_back(base);
    }
    MR_ASSERT(std::ranges::is_sorted(bases));  // names have equal length and the listing is sorted
    return bases;
}

/// What a crash interrupted: files that were being deleted, and a pass of the cleaner that had not come to its end.
void drop_leftovers(sim::DiskDoor& disk, const std::string& directory) {
    for (const std::string& path : disk.list(directory + "/"))
        if (path.ends_with(".deleted") || path.ends_with(".cleaned")) disk.remove(path);
}

struct Loaded {
    Segment segment;
    Offset next;      // behind its last good batch
    bool cut = false; // bytes behind it were bad and are gone
};

std::expected<Loaded, ErrorCode> load_segment(const Log& log, LogContext context, Offset base, bool check) {
    auto segment = make_segment(log, context, base);
    if (!segment) return std::unexpected(segment.error());
    const u64 size_before = context.disk.size(segment->log_file);
    const Offset next = rebuild(*segment, context, log.config.index_interval_bytes, check);
    MR_ASSERT(next >= base && segment->bytes <= size_before);
    const bool cut = segment->bytes < size_before;
    return Loaded{std::move(*segment), next, cut};
}

void replay_all(Log& log, LogContext context) {
    for (const Segment& segment : log.segments)
        for (const sim::Slice& batch : context.disk.read(segment.log_file, 0, segment.bytes)) {
            const auto header = wire::read_header(batch.bytes());
            MR_ASSERT(header.has_value());
            replay_producer(log.producers, batch.bytes(), *header);
        }
}

}  // namespace

std::expected<void, ErrorCode> open_log(Log& log, LogContext context, Offset recovery_point, Offset log_start,
                                        bool clean) {
    MR_ASSERT(log.segments.empty() && !log.directory.empty());
    drop_leftovers(context.disk, log.directory);
    std::vector<Offset> bases = bases_in(context.disk, log.directory);
    if (bases.empty()) bases.push_back(log_start);
    bool cut = false;
    for (const Offset base : bases) {
        if (cut) {
            remove_files(log, context, base);
            continue;
        }
        const bool check = !clean && (base >= recovery_point || base == bases.back());
        auto loaded = load_segment(log, context, base, check);
        if (!loaded) return std::unexpected(loaded.error());
        cut = loaded->cut;
        log.next_offset = max(loaded->next, base);
        log.segments.push_back(std::move(loaded->segment));
    }
    log.log_start = std::clamp(log_start, log.segments.front().base, log.next_offset);
    log.recovery_point = min(recovery_point, log.next_offset);
    log.epochs = LeaderEpochs::from_text(context.disk.read_text(log.directory + "/leader-epoch-checkpoint"));
    log.epochs.truncate_from_end(log.next_offset);
    log.epochs.truncate_from_start(log.log_start);
    replay_all(log, context);
    MR_ASSERT(log.log_start <= log.next_offset && log.recovery_point <= log.next_offset);
    MR_VALIDATE(log.holds_together());
    return {};
}

}  // namespace engine::log
