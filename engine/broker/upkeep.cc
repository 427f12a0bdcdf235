#include "engine/broker/upkeep.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/checkpoints.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/log/cleaner.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

constexpr u64 kChangedTables = touch::kPartitions | touch::kReplicas | touch::kRecords | touch::kSegments;
constexpr i64 kSlotBytes = 24;  // of the cleaner's map of keys

void after(Ctx ctx, u16 kind, Nanos span) { ctx.env.timer(std::max(span, sim::kLoopDelay), kind, 0, kBackgroundLane); }

std::vector<TopicPartition> all_replicas(Ctx ctx) {
    std::vector<TopicPartition> ids;
    for (const auto& [id, partition] : ctx.memory().partitions) ids.push_back(id);
    return ids;
}

// ---- retention ----------------------------------------------------------------------------------

/// Whether a look could find anything: spares a copy of the state of logs that cannot.
bool may_have_old_segments(const Partition& partition) {
    const log::Log& log = partition.log;
    return log.segments.size() > 1 || (log.config.cleanup_delete && log.bytes() > 0);
}

/// False if the disk failed.
bool drop_old(Ctx ctx, TopicPartition id) {
    MR_ASSERT(ctx.find(id) != nullptr);
    Partition& partition = ctx.edit(id);
    LogScope scope(ctx);
    const auto dropped =
        log::drop_old_segments(partition.log, scope, partition.high_watermark, ctx.broker.settings.bug);
    if (!dropped) {
        halt(ctx, "the log directory failed");
        return false;
    }
    if (*dropped == 0) return true;
    MR_ASSERT(*dropped > 0 && partition.log.log_start <= partition.high_watermark);
    ctx.env.fact(partition_fact(FactKind::segments_deleted, id, {partition.log.log_start.value, *dropped}));
    ctx.env.touch(kChangedTables);
    collect_doomed(ctx, id);
    return true;
}

// ---- compaction ---------------------------------------------------------------------------------

struct Candidate {
    TopicPartition id;
    log::CleanRange range;
};

Offset first_dirty(Ctx ctx, TopicPartition id) {
    MR_ASSERT(ctx.find(id) != nullptr);
    const Offset* known = ctx.memory().upkeep.cleaned.find(id);
    return known == nullptr ? ctx.find(id)->log.log_start : *known;
}

/// The log with the largest share of dirty bytes among those that are worth a pass; its id has no topic if none is.
Candidate dirtiest(Ctx ctx) {
    Candidate best{{kNoName, -1}, {}};
    for (const auto& [id, partition] : ctx.memory().partitions) {
        if (!partition->log.config.cleanup_compact || partition->log.segments.size() < 2) continue;
        const bool beyond = ctx.broker.has_bug(PlantedBug::cleaner_passes_high_watermark);
        const Offset end = beyond ? partition->log_end_offset() : partition->last_stable_offset();
        const auto range = log::cleanable_range(partition->log, first_dirty(ctx, id), end, ctx.env.wall_ms());
        MR_ASSERT(range.first_dirty <= range.end);
        if (!log::worth_cleaning(partition->log, range)) continue;
        const bool better = best.id.topic == kNoName || range.dirty_millionths() > best.range.dirty_millionths();
        if (better) best = {id, range};
    }
    return best;
}

void clean_one(Ctx ctx, const Candidate& chosen) {
    MR_ASSERT(chosen.id.topic != kNoName && chosen.range.first_dirty <= chosen.range.end);
    Partition& partition = ctx.edit(chosen.id);
    LogScope scope(ctx);
    log::CleanLimits limits;
    limits.map_slots =
        static_cast<u32>(std::clamp<i64>(ctx.config().upkeep.cleaner_buffer_bytes / kSlotBytes, 1, UINT32_MAX));
    limits.bug = ctx.broker.settings.bug;
    const auto cleaned = log::clean(partition.log, scope, chosen.range.first_dirty, chosen.range.end, limits);
    if (!cleaned) return halt(ctx, "the log directory failed");
    MR_ASSERT(*cleaned >= chosen.range.first_dirty && *cleaned <= partition.log.next_offset);
    ctx.memory().upkeep.cleaned[chosen.id] = *cleaned;
    write_cleaner_checkpoint(ctx);
    ctx.env.fact(partition_fact(FactKind::log_cleaned, chosen.id, {cleaned->value}));
    ctx.env.touch(kChangedTables);
    collect_doomed(ctx, chosen.id);
}

// ---- deletion -----------------------------------------------------------------------------------

void arm_deletion(Ctx ctx) {
    Upkeep& upkeep = ctx.memory().upkeep;
    if (upkeep.deletion || upkeep.doomed.empty()) return;
    const Nanos wait = std::max(upkeep.doomed.front().due - ctx.env.now(), sim::kLoopDelay);
    upkeep.deletion = ctx.env.timer(wait, kFileDeletion, 0, kBackgroundLane);
}

}  // namespace

void start_upkeep(Ctx ctx) {
    MR_ASSERT(ctx.memory().upkeep.doomed.empty() && !ctx.memory().upkeep.deletion);
    read_cleaner_checkpoint(ctx);
    after(ctx, kRetentionCheck, ctx.config().initial_task_delay);
    if (ctx.config().upkeep.cleaner) after(ctx, kCleanerTurn, ctx.config().upkeep.cleaner_backoff);
}

void on_retention_check(Ctx ctx) {
    after(ctx, kRetentionCheck, ctx.config().upkeep.retention_check_interval);
    for (const TopicPartition id : all_replicas(ctx))
        if (may_have_old_segments(*ctx.find(id)) && !drop_old(ctx, id)) return;
}

void on_cleaner_turn(Ctx ctx) {
    MR_ASSERT(ctx.config().upkeep.cleaner);
    const Candidate chosen = dirtiest(ctx);
    const bool found = chosen.id.topic != kNoName;
    after(ctx, kCleanerTurn, found ? sim::kLoopDelay : ctx.config().upkeep.cleaner_backoff);
    if (found) clean_one(ctx, chosen);
}

void collect_doomed(Ctx ctx, TopicPartition id) {
    MR_ASSERT(ctx.find(id) != nullptr);
    if (ctx.find(id)->log.doomed.empty()) return;
    Partition& partition = ctx.edit(id);
    Upkeep& upkeep = ctx.memory().upkeep;
    const Nanos due = ctx.env.now() + sim::millis(partition.log.config.file_delete_delay_ms);
    for (std::string& path : std::exchange(partition.log.doomed, {})) upkeep.doomed.push_back({due, std::move(path)});
    std::ranges::stable_sort(upkeep.doomed, {}, &DoomedFile::due);
    MR_ASSERT(partition.log.doomed.empty());
    ctx.env.cancel(upkeep.deletion);
    upkeep.deletion = {};
    arm_deletion(ctx);
}

void on_file_deletion(Ctx ctx) {
    Upkeep& upkeep = ctx.memory().upkeep;
    upkeep.deletion = {};
    auto disk = ctx.env.disk();
    while (!upkeep.doomed.empty() && upkeep.doomed.front().due <= ctx.env.now()) {
        if (disk.find(upkeep.doomed.front().path) != sim::kNoFile) disk.remove(upkeep.doomed.front().path);
        upkeep.doomed.erase(upkeep.doomed.begin());
    }
    arm_deletion(ctx);
}

void forget_cleaned(Ctx ctx, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    const Offset* known = ctx.memory().upkeep.cleaned.find(id);
    const Partition* partition = ctx.find(id);
    if (known != nullptr && (partition == nullptr || partition->log.next_offset < *known))
        ctx.memory().upkeep.cleaned.erase(id);
}

void read_cleaner_checkpoint(Ctx ctx) {
    const Checkpoint read = parse_checkpoint(ctx.env.disk().read_text(kCleanedCheckpoint));
    for (const auto& [id, partition] : ctx.memory().partitions)
        if (const i64* offset = read.find(checkpoint_key(ctx.text(id.topic), id.partition)))
            ctx.memory().upkeep.cleaned[id] = Offset{*offset};
}

void write_cleaner_checkpoint(Ctx ctx) {
    Checkpoint entries;
    for (const auto& [id, offset] : ctx.memory().upkeep.cleaned)
        entries[checkpoint_key(ctx.text(id.topic), id.partition)] = offset.value;
    (void)ctx.env.disk().replace(kCleanedCheckpoint, to_text(entries));
}

}  // namespace engine::broker
