// Each bug that is planted in streams is found, by the case that is pinned to it: of increments, or of crashes.
#include <catch2/catch_test_macros.hpp>

#include <array>

#include "app/proof/streams/crash_play.h"
#include "app/proof/streams/increments.h"

namespace {

using engine::PlantedBug;

enum class By : sim::u8 { increments, crashes };

struct Pin {
    PlantedBug bug;
    By by;
    sim::u64 seed;           // the first that finds it
    std::string_view wrong;  // in the words of what it finds
};

constexpr std::array kPins = {
    Pin{PlantedBug::watermark_off_by_one, By::increments, 1, "the watermark is"},
    Pin{PlantedBug::open_at_watermark, By::increments, 29, "the batch has"},
    Pin{PlantedBug::late_after_update, By::increments, 3, "10 rows instead of 9"},
    Pin{PlantedBug::late_by_own_watermark, By::increments, 7, "2 rows instead of 3"},
    Pin{PlantedBug::evicted_early, By::increments, 19, "16 rows instead of 15"},
    Pin{PlantedBug::append_emits_early, By::increments, 28, "24 rows instead of 23"},
    Pin{PlantedBug::update_emits_unchanged, By::increments, 16, "updates 3 keys and not 2"},
    Pin{PlantedBug::policy_max_for_min, By::increments, 5, "the watermark is"},
    Pin{PlantedBug::no_data_batch_skipped, By::increments, 3, "the query rests"},
    Pin{PlantedBug::watermark_not_restored, By::increments, 1, "the watermark is 0"},
    Pin{PlantedBug::dedup_not_evicted, By::increments, 40, "dedupe keeps"},
    Pin{PlantedBug::touching_sessions_part, By::increments, 89, "11 rows instead of 10"},
    Pin{PlantedBug::join_evicts_other_side, By::increments, 467, "the batch has"},
    Pin{PlantedBug::matched_flag_lost, By::increments, 5, "48 rows instead of 42"},
    Pin{PlantedBug::offsets_logged_last, By::crashes, 7, "the sink has 19 rows instead of 25"},
    Pin{PlantedBug::commit_before_sink, By::crashes, 2, "the sink has 19 rows instead of 22"},
    Pin{PlantedBug::state_version_reused, By::crashes, 11, "the ledger has"},
    Pin{PlantedBug::range_end_inclusive, By::crashes, 1, "the sink has 42 rows instead of 27"},
    Pin{PlantedBug::retry_writes_twice, By::crashes, 199, "twice: "},
    Pin{PlantedBug::manifest_ignored, By::crashes, 26, "the sink has 24 rows instead of 21"},
};
static_assert(kPins.size() == engine::kPlantedBugs - static_cast<sim::u32>(engine::kFirstStreamBug));

std::string found(const Pin& pin, PlantedBug bug) {
    if (pin.by == By::increments) return app::proof::play_increments(pin.seed, bug).wrong;
    return app::proof::play_crashes(pin.seed, bug).wrong;
}

}  // namespace

TEST_CASE("streams: every planted bug is found by the case that is pinned to it") {
    for (const Pin& pin : kPins) {
        INFO(engine::name_of(pin.bug) << ", seed " << pin.seed << ": " << found(pin, pin.bug));
        CHECK(found(pin, pin.bug).find(pin.wrong) != std::string::npos);
        CHECK(found(pin, PlantedBug::none) == "");
    }
}
