#include "tests/fuzz/served_world.h"

#include "engine/world_nodes.h"
#include "engine/world_spec.h"

namespace tests::fuzz {
namespace {

using namespace engine;

World built() {
    WorldSpec spec;
    spec.link = {sim::micros(100), {}, 0, 0};
    spec.cluster_config["offsets.topic.num.partitions"] = "1";
    spec.cluster_config["offsets.topic.replication.factor"] = "1";
    spec.cluster_config["group.initial.rebalance.delay.ms"] = "0";
    BrokerSpec& broker = spec.brokers.emplace_back();
    broker.id = BrokerId{1};
    broker.host = "localhost";
    auto world = build_world(spec);
    MR_ASSERT(world.has_value());
    return std::move(*world);
}

/// The world after its first moments: a topic is there, a client of each kind is connected.
const World& origin() {
    static const World kWorld = [] {
        static const World kBuilt = built();
        ServedWorld served;
        served.world = kBuilt;
        served.type("kafka-topics.sh --bootstrap-server localhost:9092 --create --topic t --partitions 2", "");
        served.pass(sim::seconds(10));
        served.act("outside attach 9092");
        served.pass(sim::millis(1));   // the door itself has to come up
        served.act("outside connect 1 1");
        served.act("outside connect 2 zookeeper");
        served.pass(sim::millis(50));
        return served.world;
    }();
    return kWorld;
}

bool building = false;

}  // namespace

ServedWorld::ServedWorld() {
    if (std::exchange(building, true)) return;   // the origin itself is being made
    world = origin();
    building = false;
}

void ServedWorld::act(std::string line, std::vector<sim::u8> payload) {
    sim::Input input;
    input.author = sim::InputAuthor::outside;
    input.line = std::move(line);
    input.payload = std::move(payload);
    input.at_index = world.kernel().event_index;
    input.at = world.kernel().now;
    apply(world, input, nobody());
}

void ServedWorld::type(std::string line, std::string input) {
    world.machine.begin_input(world.kernel().now, 0, nobody());
    queue_command(world, std::move(line), nobody(), std::move(input));
    world.machine.end_input();
}

void ServedWorld::pass(sim::Nanos span, int events) {
    const sim::Nanos limit = world.kernel().now + span;
    for (int i = 0; i < events && world.machine.next_at() <= limit; ++i)
        if (!step(world, nobody())) return;
}

}  // namespace tests::fuzz
