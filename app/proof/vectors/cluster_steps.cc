#include "app/proof/vectors/cluster_steps.h"

#include "engine/broker/broker_node.h"
#include "engine/model/json.h"
#include "engine/verb.h"
#include "engine/world_spec.h"

namespace app::proof::vectors {
namespace {

using namespace engine;

constexpr Nanos kSettled = sim::seconds(15);  // longer than a session and a replica's way back into the ISR
constexpr const char* kTopic = "t";

/// Two replicas, and a controller beside them.
WorldSpec two_replicas() {
    WorldSpec spec;
    for (const i32 id : {1, 2, 3}) {
        BrokerSpec broker;
        broker.id = BrokerId{id};
        spec.brokers.push_back(broker);
    }
    spec.controller = BrokerId{3};  // it is not bounced: a new controller would begin an epoch of its own
    spec.cluster_config["zookeeper.session.timeout.ms"] = "6000";
    spec.cluster_config["auto.leader.rebalance.enable"] = "false";
    TopicSpec topic;
    topic.name = kTopic;
    topic.replication_factor = 2;
    topic.assignment = {{BrokerId{1}, BrokerId{2}}};
    spec.topics.push_back(topic);
    ProducerSpec producer;
    producer.name = "producer";
    producer.topic = kTopic;
    spec.producers.push_back(producer);
    return spec;
}

void pass(World& world, Nanos span) {
    const Nanos until = world.kernel().now + span;
    while (world.machine.next_at() <= until && step(world, nobody())) {}
    world.machine.kernel.now = until;
}

void act(World& world, const std::string& line) {
    if (const std::string why = refusal_of(world, line); !why.empty()) throw std::invalid_argument(line + ": " + why);
    sim::Input input;
    input.at_index = world.kernel().event_index;
    input.at = world.kernel().now;
    input.line = line;
    apply(world, input, nobody());
}

const broker::Partition& replica_on(const World& world, i32 id) {
    const auto& memory = world.nodes[world.broker_node(BrokerId{id}).value].as<broker::BrokerNode>().state.memory;
    const auto* partition = memory.partitions.find(TopicPartition{world.kernel().names.find(kTopic), 0});
    if (partition == nullptr) throw std::invalid_argument("broker " + std::to_string(id) + " has no replica");
    return **partition;
}

i32 leader_of(const World& world) { return replica_on(world, 1).leads() ? 1 : 2; }

void bounce(World& world, i32 id) {
    const std::string node = "broker " + std::to_string(id);
    act(world, "kill " + node);
    pass(world, kSettled);
    act(world, "restart " + node);
    pass(world, kSettled);
}

void play(World& world, const std::string& told) {
    if (told.starts_with("produce 1 record")) act(world, "produce producer value=v");
    else if (told.starts_with("bounce follower")) bounce(world, 3 - leader_of(world));
    else if (told.starts_with("bounce leader")) bounce(world, leader_of(world));
    else throw std::invalid_argument("no step: " + told);
    pass(world, kSettled);
}

Json epochs_on(const World& world, i32 id) {
    Json entries = Json::array();
    for (const log::EpochEntry& entry : replica_on(world, id).log.epochs.entries)
        entries.push_back({entry.epoch.value, entry.start.value});
    return entries;
}

}  // namespace

Json leader_epoch_propagation(const Json& input, const Json&) {
    auto world = build_world(two_replicas());
    if (!world) return world.error();
    pass(*world, kSettled);
    Json got = Json::object();
    int number = 0;
    for (const Json& told : input.at("steps")) {
        play(*world, told);
        const i32 leader = leader_of(*world);
        const Json on_leader = epochs_on(*world, leader), on_follower = epochs_on(*world, 3 - leader);
        const Json both = on_leader == on_follower
                              ? on_leader
                              : Json("they differ: " + json_text(on_leader) + " " + json_text(on_follower));
        got["after_step_" + std::to_string(++number)] = {
            {"leader", on_leader}, {"follower", on_follower}, {"both", both}};
    }
    return got;
}

}  // namespace app::proof::vectors
