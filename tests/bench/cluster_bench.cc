// The whole path: produce, replicate, acknowledge, consume. Real systems: see the architecture's budgets.
#include <benchmark/benchmark.h>

#include "app/lab/play/player.h"
#include "engine/client/producer_node.h"
#include "tests/support/small_world.h"

namespace {

using engine::client::AppRecord;
using engine::client::ProducerNode;

struct Counter final : engine::Observer {
    sim::u64 events = 0, acked = 0;
    void on_event(const sim::EventRow&) override { ++events; }
    void on_send_outcome(const engine::SendOutcomeRow&) override { ++acked; }
};

/// One-record batches with acks=all through three replicas: kernel events a second.
void one_record_batches(benchmark::State& bench) {
    engine::WorldSpec spec = tests::shop_spec();
    spec.link = {sim::micros(100), {}, 0, 0};
    spec.producers[0].every = sim::micros(500);
    engine::World world = *engine::build_world(spec);
    Counter counter;
    for (auto _ : bench) engine::step(world, counter);
    bench.SetItemsProcessed(static_cast<sim::i64>(counter.events));
    bench.counters["acked"] = static_cast<double>(counter.acked);
}
BENCHMARK(one_record_batches);

void send_burst(engine::World& world, engine::NodeId node, engine::Observer& observer, int count) {
    AppRecord record;
    record.topic = "orders";
    record.partition = 0;
    record.value = {std::string(100, 'x'), false};
    world.machine.begin_input(world.kernel().now, 0, observer);
    engine::act_on(world, node, observer, [&](engine::NodeCode& code, sim::Env& env) {
        for (int i = 0; i < count; ++i) send_now(static_cast<ProducerNode&>(code).state, env, record);
    });
    world.machine.end_input();
}

/// Records of 100 bytes in full batches of 16 KB, from send() to poll(): records a second.
void full_batches(benchmark::State& bench) {
    engine::WorldSpec spec = tests::shop_spec();
    spec.link = {sim::micros(100), {}, 0, 0};
    spec.producers[0].every = {};
    spec.producers[0].config["linger.ms"] = "5";
    const auto replicas = static_cast<std::size_t>(bench.range(0));
    spec.topics[0].assignment[0].resize(replicas);
    spec.topics[0].config["min.insync.replicas"] = "1";
    engine::World world = *engine::build_world(spec);
    Counter counter;
    const engine::NodeId shop = world.find_node("shop");
    const auto run_for = [&](sim::Nanos span) {
        const sim::Nanos until = world.kernel().now + span;
        while (world.machine.next_at() <= until && engine::step(world, counter)) {}
    };
    run_for(sim::seconds(2));
    const auto before = counter.acked;
    for (auto _ : bench) {
        send_burst(world, shop, counter, 1000);
        run_for(sim::millis(5));
    }
    run_for(sim::seconds(1));
    bench.SetItemsProcessed(static_cast<sim::i64>(counter.acked - before));
}
BENCHMARK(full_batches)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);

/// One `until` on one partition, asked again and again.
void predicate(benchmark::State& bench) {
    tests::Stage stage;
    stage.run_to(sim::seconds(20));
    app::lab::SqlView view;
    view.show({&stage.world, &stage.history, stage.world.kernel().event_index, 0});
    app::lab::Predicate until(view, "SELECT leader <> 1 FROM partitions WHERE topic = 'orders' AND partition = 0");
    for (auto _ : bench) {
        until.note(~sim::u64{0});
        benchmark::DoNotOptimize(until.holds());
    }
}
BENCHMARK(predicate);

/// The same when no event touched its tables.
void untouched_predicate(benchmark::State& bench) {
    tests::Stage stage;
    stage.run_to(sim::seconds(20));
    app::lab::SqlView view;
    view.show({&stage.world, &stage.history, stage.world.kernel().event_index, 0});
    app::lab::Predicate until(view, "SELECT leader <> 1 FROM partitions WHERE topic = 'orders' AND partition = 0");
    for (auto _ : bench) {
        until.note(engine::u64{1} << 20);
        benchmark::DoNotOptimize(until.holds());
    }
}
BENCHMARK(untouched_predicate);

}  // namespace
