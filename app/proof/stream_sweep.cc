#include "app/proof/stream_sweep.h"

#include <fmt/format.h>

#include <functional>

#include "app/proof/streams/crash_play.h"
#include "app/proof/streams/increments.h"
#include "app/proof/sweep/session.h"

namespace app::proof {
namespace {

SeedReport report_of_increments(engine::PlantedBug bug, u64 seed) {
    const Increments played = play_increments(seed, bug);
    SeedReport report{seed, !played.wrong.empty(), ""};
    if (report.failed)
        report.text = fmt::format("seed {}: {}: {}\n  {}\n", seed, played.shape, played.wrong, played.sql);
    return report;
}

SeedReport report_of_crashes(const SweepOptions& options, engine::PlantedBug bug, u64 seed) {
    Crashed played = play_crashes(seed, bug);
    if (seed % kPlayedTwice == 0 && played.wrong.empty() && play_crashes(seed, bug).trace != played.trace)
        played.wrong = "a second run came to another trace";
    SeedReport report{seed, !played.wrong.empty(), ""};
    if (!report.failed) return report;
    report.text = fmt::format("seed {}: {}: {}\n", seed, played.shape, played.wrong);
    if (!options.folder.empty())
        report.text +=
            keep_session(options.folder, options.bug, plan_of(draw_crash_case(seed), bug), played_of(played));
    return report;
}

}  // namespace

std::expected<SeedPlayer, std::string> stream_player(const std::string& kind, const SweepOptions& options) {
    if (kind.empty()) return SeedPlayer{};
    if (kind == "crashes") return SeedPlayer{std::bind_front(report_of_crashes, options)};
    if (kind == "increments") return SeedPlayer{report_of_increments};
    return std::unexpected(fmt::format("--streams takes increments or crashes, not '{}'", kind));
}

}  // namespace app::proof
