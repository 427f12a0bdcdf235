// The machine alone: events of two nodes that set each other's timers, and copies of worlds.
#include <benchmark/benchmark.h>

#include "app/lab/run/run.h"
#include "engine/model/node_of.h"
#include "engine/world.h"
#include "tests/support/small_world.h"

namespace {

struct TickState { sim::u64 ticks = 0; };

/// Sets its next timer, and nothing else.
class Ticker final : public engine::NodeOf<Ticker> {
public:
    void on_notice(sim::Env& env, sim::Notice&) override {
        ++state.ticks;
        env.timer(sim::micros(10), 1, 0);
    }
    [[nodiscard]] engine::NodeKind kind() const override { return engine::NodeKind::console; }
    [[nodiscard]] std::string_view timer_name(sim::u16) const override { return "tick"; }
    TickState state;
};

void kernel_events(benchmark::State& bench) {
    engine::World world;
    world.machine = sim::Machine(1);
    for (int i = 0; i < 16; ++i) {
        const auto node = engine::add_node(
            world, {"ticker " + std::to_string(i), engine::NodeKind::console, engine::kNoBroker, false},
            std::make_unique<Ticker>(), {}, {});
        world.machine.start(node);
    }
    for (auto _ : bench) engine::step(world, engine::nobody());
    bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(kernel_events);

void world_copy(benchmark::State& bench) {
    tests::Stage stage;
    stage.run_to(sim::seconds(60));
    for (auto _ : bench) {
        engine::World copy = stage.world;
        engine::step(copy, engine::nobody());
        benchmark::DoNotOptimize(copy.machine.kernel.trace);
    }
}
BENCHMARK(world_copy)->Unit(benchmark::kMicrosecond);

void state_digest(benchmark::State& bench) {
    tests::Stage stage;
    stage.run_to(sim::seconds(60));
    for (auto _ : bench) benchmark::DoNotOptimize(engine::state_digest(stage.world));
}
BENCHMARK(state_digest)->Unit(benchmark::kMicrosecond);

/// The worst seek back: far from every keyframe, in a session of many events.
void back_seek(benchmark::State& bench) {
    tests::Stage stage;
    app::lab::Run run(stage.world);
    while (run.cursor() < 300'000 && run.advance()) {}
    const sim::u64 end = run.cursor(), spacing = run.timeline().keyframes().spacing();
    sim::u64 at = end;
    for (auto _ : bench) {
        at = at > 2 * spacing ? at - spacing - 1 : end;
        run.seek(std::max(at, run.timeline().first()));
    }
    bench.counters["keyframe spacing"] = static_cast<double>(spacing);
}
BENCHMARK(back_seek)->Unit(benchmark::kMillisecond);

/// From nothing to the first event of a lesson's cluster.
void start_up(benchmark::State& bench) {
    for (auto _ : bench) benchmark::DoNotOptimize(engine::build_world(tests::shop_spec()));
}
BENCHMARK(start_up)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
