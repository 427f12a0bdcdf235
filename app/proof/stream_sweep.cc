#include "app/proof/stream_sweep.h"

#include <fmt/format.h>

#include "app/proof/streams/crash_play.h"
#include "app/proof/streams/increments.h"

namespace app::proof {
namespace {

SeedReport report_of_increments(engine::PlantedBug bug, u64 seed) {
    const Increments played = play_increments(seed, bug);
    SeedReport report{seed, !played.wrong.empty(), ""};
    if (report.failed) report.text = fmt::format("seed {}: {}: {}\n  {}\n", seed, played.shape, played.wrong, played.sql);
    return report;
}

SeedReport report_of_crashes(engine::PlantedBug bug, u64 seed) {
    Crashed played = play_crashes(seed, bug);
    if (seed % kPlayedTwice == 0 && played.wrong.empty() && play_crashes(seed, bug).trace != played.trace)
        played.wrong = "a second run came to another trace";
    SeedReport report{seed, !played.wrong.empty(), ""};
    if (report.failed) report.text = fmt::format("seed {}: {}: {}\n", seed, played.shape, played.wrong);
    return report;
}

}  // namespace

std::expected<SeedPlayer, std::string> stream_player(const std::string& kind) {
    if (kind.empty()) return SeedPlayer{};
    if (kind == "crashes") return SeedPlayer{report_of_crashes};
    if (kind == "increments") return SeedPlayer{report_of_increments};
    return std::unexpected(fmt::format("--streams takes increments or crashes, not '{}'", kind));
}

}  // namespace app::proof
