// Bugs on purpose, each behind a switch that only tests and the sweep's own proof turn on: they show that the
// oracles find what they are there to find.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "engine/model/ids.h"

namespace engine {

enum class PlantedBug : u8 {
    none,
    skip_epoch_check,            // a leader serves fetches of any epoch
    high_watermark_early,        // the high watermark is the leader's log end
    elect_outside_isr,           // a controller takes any live replica
    ack_before_append,           // acks=all is answered at once
    forget_ephemerals,           // an expired session leaves its znodes
    no_truncation,               // a returning follower keeps what diverged
    truncate_to_high_watermark,  // a follower cuts to its high watermark instead of by epoch
    isr_ignores_lag,             // a follower that lags is never dropped and not waited for
    no_sequence_check,           // a leader takes every batch of an idempotent producer
    forget_duplicates,           // recovery does not rebuild producer state
    forget_watches,              // ZooKeeper ignores the watches that a reconnecting client sets again
    epoch_not_bumped,            // an election keeps the leader epoch
    consumer_reads_uncommitted,  // consumers are served up to the log end
    min_isr_ignored,             // acks=all is taken with too few in sync
    commit_not_replicated,       // offset commits are answered before they are replicated
    stale_commit_accepted,         // a coordinator takes commits of members and generations that are gone
    sync_loses_member,             // a coordinator forgets what the leader gave to the last member
    two_owners,                    // a coordinator gives what one member has to another one as well
    coordinator_loads_half,        // a new coordinator reads the first half of its log
    dead_members_stay,             // a member that is silent stays in its group
    generation_not_bumped,         // a rebalance keeps the generation
    resume_too_far,                // a coordinator tells an offset that is one too high
    sticky_loses_partition,        // the sticky assignors forget a partition when members come and go
    buffer_outlives_position,      // a consumer hands out what it had fetched for a position it no longer has
    cleaner_drops_newest,          // compaction drops the newest record of a key
    tombstones_go_at_once,         // compaction drops tombstones in its first pass
    cleaner_passes_high_watermark, // compaction takes what is not yet committed
    retention_by_oldest,           // a segment is as old as its first record
    retention_one_too_many,        // retention.bytes drops one segment more than it may
    deleted_log_kept,              // a deleted replica leaves its files
    deletion_forgets_dead,         // a deletion does not wait for brokers that are down
    offsets_outlive_topic,         // offsets of a deleted topic are kept
    move_ends_early,               // a move ends before the new replicas have copied
    moved_log_kept,                // a replica that was moved away is not stopped
    session_keeps_offset,          // a fetch session goes on reading where it began
    session_hides_high_watermark,  // a fetch session does not tell of a moved high watermark
    // of streams
    watermark_off_by_one,        // a watermark runs a millisecond ahead
    open_at_watermark,           // < for <=: a window that ends at the watermark is still open
    late_after_update,           // late groups are merged into state, and only not given
    late_by_own_watermark,       // rows are late by the watermark of their own batch, not of the one before
    evicted_early,               // a window is evicted by its beginning
    append_emits_early,          // append gives groups before the watermark has passed them
    update_emits_unchanged,      // update gives all groups
    policy_max_for_min,          // of several watermarks the highest counts
    no_data_batch_skipped,       // no batch without data is run
    watermark_not_restored,      // a restart forgets the watermark
    dedup_not_evicted,           // keys that the watermark has passed stay
    touching_sessions_part,      // sessions that touch are not merged: a gap that is one too short
    join_evicts_other_side,      // each side of a join forgets by the other's watermark
    matched_flag_lost,           // an outer join forgets which rows it has matched
    offsets_logged_last,         // offsets are logged when the sink has the batch
    commit_before_sink,          // a batch is committed before its sink has it
    state_version_reused,        // a batch begins with the state that a dead run of it wrote
    range_end_inclusive,         // the last record of a batch is read again by the next
    retry_writes_twice,          // what a failed attempt of a task wrote counts too
    manifest_ignored,            // a restarted file sink does not look at its manifest
};
constexpr u32 kPlantedBugs = 57;
/// The first of those that streams have; the others are of brokers, clients and ZooKeeper.
constexpr PlantedBug kFirstStreamBug = PlantedBug::watermark_off_by_one;
static_assert(static_cast<u32>(PlantedBug::manifest_ignored) + 1 == kPlantedBugs);

constexpr std::string_view name_of(PlantedBug bug) {
    constexpr std::array<std::string_view, kPlantedBugs> names = {
        "none", "skip-epoch-check", "high-watermark-early", "elect-outside-isr", "ack-before-append",
        "forget-ephemerals", "no-truncation", "truncate-to-high-watermark", "isr-ignores-lag", "no-sequence-check",
        "forget-duplicates", "forget-watches", "epoch-not-bumped", "consumer-reads-uncommitted",
        "min-isr-ignored", "commit-not-replicated",
        "stale-commit-accepted", "sync-loses-member", "two-owners", "coordinator-loads-half",
        "dead-members-stay", "generation-not-bumped", "resume-too-far", "sticky-loses-partition",
        "buffer-outlives-position", "cleaner-drops-newest", "tombstones-go-at-once", "cleaner-passes-high-watermark",
        "retention-by-oldest", "retention-one-too-many", "deleted-log-kept", "deletion-forgets-dead",
        "offsets-outlive-topic", "move-ends-early", "moved-log-kept",
        "session-keeps-offset", "session-hides-high-watermark",
        "watermark-off-by-one", "open-at-watermark", "late-after-update", "late-by-own-watermark", "evicted-early",
        "append-emits-early", "update-emits-unchanged", "policy-max-for-min", "no-data-batch-skipped",
        "watermark-not-restored", "dedup-not-evicted", "touching-sessions-part", "join-evicts-other-side",
        "matched-flag-lost", "offsets-logged-last", "commit-before-sink", "state-version-reused",
        "range-end-inclusive", "retry-writes-twice", "manifest-ignored"};
    return names[static_cast<std::size_t>(bug)];
}
/// The bug of that name, if there is one.
constexpr std::optional<PlantedBug> bug_named(std::string_view name) {
    for (u32 i = 0; i < kPlantedBugs; ++i)
        if (name_of(static_cast<PlantedBug>(i)) == name) return static_cast<PlantedBug>(i);
    return {};
}
static_assert(name_of(PlantedBug::none) == "none" && name_of(PlantedBug::manifest_ignored) == "manifest-ignored");

}  // namespace engine
