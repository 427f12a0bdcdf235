// The sweep finds what is planted, and finds nothing where nothing is: one seed a bug, and two hundred without.
#include "app/proof/sweep/sweep.h"

#include <catch2/catch_test_macros.hpp>

#include "app/proof/sweep/shrink.h"

namespace {

using app::proof::play_seed;
using engine::PlantedBug;

struct Pin {
    PlantedBug bug;
    sim::u64 seed;             // the first of 1..300 that finds it
    std::string_view oracle;   // that speaks first
};

constexpr std::array kPins = {
    Pin{PlantedBug::skip_epoch_check, 3, "epoch-ahead"},
    Pin{PlantedBug::high_watermark_early, 1, "hw-held"},
    Pin{PlantedBug::elect_outside_isr, 1, "clean"},
    Pin{PlantedBug::ack_before_append, 1, "min-isr"},
    Pin{PlantedBug::forget_ephemerals, 1, "ephemerals"},
    Pin{PlantedBug::no_truncation, 2, "converged"},
    Pin{PlantedBug::truncate_to_high_watermark, 4, "cut-committed"},
    Pin{PlantedBug::isr_ignores_lag, 1, "hw-held"},
    Pin{PlantedBug::no_sequence_check, 2, "exactly-in-order"},
    Pin{PlantedBug::forget_duplicates, 4, "exactly-in-order"},
    Pin{PlantedBug::forget_watches, 11, "converged"},
    Pin{PlantedBug::epoch_not_bumped, 1, "epochs"},
    Pin{PlantedBug::consumer_reads_uncommitted, 1, "read-committed-only"},
    Pin{PlantedBug::min_isr_ignored, 1, "min-isr"},
    Pin{PlantedBug::commit_not_replicated, 1, "commit-kept"},
    Pin{PlantedBug::stale_commit_accepted, 79, "commit-order"},
    Pin{PlantedBug::sync_loses_member, 6, "converged"},
    Pin{PlantedBug::two_owners, 1, "one-owner"},
    Pin{PlantedBug::coordinator_loads_half, 2, "group-resumes"},
    Pin{PlantedBug::dead_members_stay, 55, "converged"},
    Pin{PlantedBug::generation_not_bumped, 2, "generations"},
    Pin{PlantedBug::resume_too_far, 2, "group-resumes"},
    Pin{PlantedBug::sticky_loses_partition, 15, "converged"},
    Pin{PlantedBug::buffer_outlives_position, 6, "invariant"},
    Pin{PlantedBug::cleaner_drops_newest, 12, "newest-kept"},
    Pin{PlantedBug::tombstones_go_at_once, 32, "newest-kept"},
    Pin{PlantedBug::cleaner_passes_high_watermark, 24, "cleaned-early"},
    Pin{PlantedBug::retention_by_oldest, 1, "retention-rule"},
    Pin{PlantedBug::retention_one_too_many, 33, "retention-rule"},
    Pin{PlantedBug::deleted_log_kept, 3, "converged"},
    Pin{PlantedBug::deletion_forgets_dead, 92, "converged"},
    Pin{PlantedBug::offsets_outlive_topic, 10, "converged"},
    Pin{PlantedBug::move_ends_early, 5, "move-whole"},
    Pin{PlantedBug::moved_log_kept, 7, "converged"},
    Pin{PlantedBug::session_keeps_offset, 1, "converged"},
    Pin{PlantedBug::session_hides_high_watermark, 1, "converged"},
};
static_assert(kPins.size() + 1 == static_cast<sim::u32>(engine::kFirstStreamBug));  // each bug of brokers but none

std::string first_oracle(const app::proof::Played& played) {
    return played.failed() ? played.findings.front().oracle : "nothing";
}

}  // namespace

TEST_CASE("every planted bug is found by the seed that is pinned to it", "[sweep]") {
    for (const Pin& pin : kPins) {
        INFO(engine::name_of(pin.bug) << ", seed " << pin.seed);
        CHECK(first_oracle(play_seed(pin.seed, pin.bug)) == pin.oracle);
    }
}

TEST_CASE("two hundred seeds without a bug break no promise", "[sweep]") {
    for (sim::u64 seed = 1; seed <= 200; ++seed) {
        INFO("seed " << seed);
        CHECK(first_oracle(play_seed(seed, PlantedBug::none)) == "nothing");
    }
}

TEST_CASE("seeds that once found a mistake of a broker find it no more", "[sweep]") {
    // Commits for topics that were gone; a partition made while its brokers were down; a replica moved before a
    // deletion; a compacted log that was cut within a segment and never cleaned again.
    for (const sim::u64 seed : {10u, 33u, 229u, 260u, 656u}) {
        INFO("seed " << seed);
        CHECK(first_oracle(play_seed(seed, PlantedBug::none)) == "nothing");
    }
}

TEST_CASE("a plan that breaks a promise is shrunk to one that breaks the same", "[sweep]") {
    app::proof::Plan plan = app::proof::draw_plan(kPins.front().seed);
    plan.spec.bug = kPins.front().bug;
    const app::proof::Played played = app::proof::play(plan);
    REQUIRE(played.failed());
    const app::proof::Shrunk small = app::proof::shrink_plan(plan, played);
    CHECK(first_oracle(small.played) == first_oracle(played));
    CHECK(first_oracle(app::proof::play(small.plan)) == first_oracle(played));
    CHECK(small.plan.deeds.size() <= plan.deeds.size());
    CHECK(small.tries > 1);
}
