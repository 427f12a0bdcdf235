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
};
constexpr u32 kPlantedBugs = 16;
static_assert(static_cast<u32>(PlantedBug::commit_not_replicated) + 1 == kPlantedBugs);

constexpr std::string_view name_of(PlantedBug bug) {
    constexpr std::array<std::string_view, kPlantedBugs> names = {
        "none", "skip-epoch-check", "high-watermark-early", "elect-outside-isr", "ack-before-append",
        "forget-ephemerals", "no-truncation", "truncate-to-high-watermark", "isr-ignores-lag", "no-sequence-check",
        "forget-duplicates", "forget-watches", "epoch-not-bumped", "consumer-reads-uncommitted",
        "min-isr-ignored", "commit-not-replicated"};
    return names[static_cast<std::size_t>(bug)];
}
/// The bug of that name, if there is one.
constexpr std::optional<PlantedBug> bug_named(std::string_view name) {
    for (u32 i = 0; i < kPlantedBugs; ++i)
        if (name_of(static_cast<PlantedBug>(i)) == name) return static_cast<PlantedBug>(i);
    return {};
}
static_assert(name_of(PlantedBug::none) == "none" && name_of(PlantedBug::commit_not_replicated) == "commit-not-replicated");

}  // namespace engine
