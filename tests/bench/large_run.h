// A run as large as the budgets of the screen speak of.
#pragma once

#include <memory>

#include "app/lab/sql/copies.h"
#include "app/view_model/branches.h"
#include "app/view_model/make.h"
#include "tests/support/small_world.h"

namespace tests {

using namespace app;

/// The head of a run as a frame would be made of it; `before`: the world one event earlier.
inline Snapshot snapshot_of(const lab::Run& run, const engine::World& before, std::shared_ptr<lab::Copies> copies,
                            const Desk& desk) {
    Snapshot at;
    at.world = &run.world();
    at.history = &run.history();
    at.origin = &origin_of(run);
    at.before = at.since = &before;
    at.clock = run.clock();
    at.branches = branches_of(run, {});
    at.copies = std::move(copies);
    at.desk = desk;
    return at;
}

/// Nine brokers, a topic of a hundred partitions with three copies each, 100 000 events.
struct LargeRun {
    LargeRun() {
        engine::WorldSpec spec = tests::shop_spec();
        while (spec.brokers.size() < 9) {
            spec.brokers.push_back(spec.brokers.back());
            spec.brokers.back().id = engine::BrokerId{static_cast<sim::i32>(spec.brokers.size())};
        }
        spec.topics[0].partitions = 100;
        spec.topics[0].assignment.clear();
        run = std::make_unique<lab::Run>(*engine::build_world(spec));
        while (run->cursor() - run->timeline().first() < 100'000 && run->advance()) {}
        before = world_before(*run);
    }
    Snapshot snapshot() const { return snapshot_of(*run, *before, copies, desk); }
    std::unique_ptr<lab::Run> run;
    std::unique_ptr<engine::World> before;
    std::shared_ptr<lab::Copies> copies = std::make_shared<lab::Copies>();
    Desk desk;
};

inline LargeRun& large_run() {
    static LargeRun run;
    return run;
}

}  // namespace tests
