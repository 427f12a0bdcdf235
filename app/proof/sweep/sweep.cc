#include "app/proof/sweep/sweep.h"

#include <unistd.h>

#include <charconv>
#include <map>

#include "app/lab/command/console.h"
#include "app/lab/host/files.h"
#include "app/proof/sweep/session.h"
#include "app/proof/sweep/workers.h"

namespace app::proof {
namespace {

bool read_number(std::string_view text, u64& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

void check_second_run(const Plan& plan, Played& played) {
    const Played again = play(plan);
    if (again.trace == played.trace && again.events == played.events) return;
    played.findings.push_back(
        {"determinism",
         fmt::format("a second run came to trace {:016x} after {} events, the first to {:016x} after {}", again.trace,
                     again.events, played.trace, played.events),
         0});
}

Plan plan_of(u64 seed, engine::PlantedBug bug) {
    Plan plan = draw_plan(seed);
    plan.spec.bug = bug;
    return plan;
}

SeedReport report_of(const SweepOptions& options, engine::PlantedBug bug, u64 seed) {
    if (options.other) return options.other(bug, seed);
    const Played played = play_seed(seed, bug);
    SeedReport report{seed, played.failed(), ""};
    if (options.traces)
        report.text += fmt::format("seed {}: trace {:016x}, {} events, {:.3f} s\n", seed, played.trace, played.events,
                                   static_cast<double>(played.ended.count) / 1e9);
    for (const engine::check::Finding& finding : played.findings)
        report.text += fmt::format("seed {}: {} after event {}: {}\n", seed, finding.oracle, finding.event_index,
                                   finding.sentence);
    if (played.failed() && !options.folder.empty())
        report.text += keep_session(options.folder, options.bug, plan_of(seed, bug), played);
    return report;
}

std::vector<u64> seeds_of(const SweepOptions& options) {
    std::vector<u64> seeds;
    for (u64 seed = options.first; seed <= options.last; ++seed)
        if (seed % options.shards == options.shard % options.shards) seeds.push_back(seed);
    return seeds;
}

/// Reports come in any order; they are printed in the order of the seeds, each as soon as those before it are there.
struct Printer {
    const std::vector<u64>& seeds;
    bool until_found = false;
    std::map<u64, SeedReport> waiting = {};
    std::size_t printed = 0;
    u64 failed = 0;

    bool take(const SeedReport& report) {
        waiting[report.seed] = report;
        while (printed < seeds.size() && waiting.contains(seeds[printed])) {
            const SeedReport next = waiting.extract(seeds[printed++]).mapped();
            fmt::print("{}", next.text);
            if (next.failed) ++failed;
            if (next.failed && until_found) return false;
        }
        std::fflush(stdout);
        if (::isatty(STDERR_FILENO) != 0)
            fmt::print(stderr, "\r{} of {} seeds, {} failed ", printed + waiting.size(), seeds.size(), failed);
        return true;
    }
};

}  // namespace

bool parse_seed_range(const std::string& text, SweepOptions& options) {
    const auto dots = text.find("..");
    const std::string_view all(text);
    if (dots == std::string::npos) {
        if (!read_number(all, options.first)) return false;
        options.last = options.first;
        return true;
    }
    return read_number(all.substr(0, dots), options.first) && read_number(all.substr(dots + 2), options.last) &&
           options.first <= options.last;
}

bool parse_shard(const std::string& text, SweepOptions& options) {
    const auto slash = text.find('/');
    u64 shard = 0, shards = 0;
    if (slash == std::string::npos) return false;
    if (!read_number(std::string_view(text).substr(0, slash), shard) ||
        !read_number(std::string_view(text).substr(slash + 1), shards))
        return false;
    options.shard = static_cast<u32>(shard);
    options.shards = static_cast<u32>(shards);
    return shards >= 1 && shards < 10'000 && shard >= 1 && shard <= shards;
}

bool find_bug(const std::string& name, engine::PlantedBug& bug) {
    for (u32 i = 0; i < engine::kPlantedBugs; ++i) {
        bug = static_cast<engine::PlantedBug>(i);
        if (engine::name_of(bug) == (name.empty() ? "none" : name)) return true;
    }
    return false;
}

Played play_seed(u64 seed, engine::PlantedBug bug) {
    const Plan plan = plan_of(seed, bug);
    Played played = play(plan);
    if (seed % kPlayedTwice == 0 && !played.failed()) check_second_run(plan, played);
    return played;
}

int run_sweep(const SweepOptions& options) {
    engine::PlantedBug bug = engine::PlantedBug::none;
    if (!find_bug(options.bug, bug)) return lab::complain(fmt::format("there is no planted bug '{}'", options.bug));
    const std::vector<u64> seeds = seeds_of(options);
    Printer printer{seeds, options.until_found};
    run_in_children(seeds, options.jobs, [&](u64 seed) { return report_of(options, bug, seed); },
                    [&](const SeedReport& report) { return printer.take(report); });
    if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
    fmt::print("{} passed, {} failed\n", printer.printed - printer.failed, printer.failed);
    return printer.failed == 0 ? lab::kGood : lab::kFailed;
}

}  // namespace app::proof
