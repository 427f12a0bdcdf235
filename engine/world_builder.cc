// Building a world: machines and links, then the time before its origin, in which the cluster comes up.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broker/broker_node.h"
#include "engine/world_nodes.h"
#include "engine/world_spark.h"
#include "engine/world_spec.h"
#include "engine/zookeeper/server.h"
#include "sim/base/assert.h"

namespace engine {
namespace {

constexpr Nanos kRise = sim::seconds(10);        // before the origin; more if the cluster needs it
constexpr u32 kMostRises = 12;
constexpr Nanos kZookeeperFirst = sim::millis(500);
static_assert(kZookeeperFirst < kRise && kMostRises > 0);
constexpr std::string_view kControllerPath = "/controller";

std::string check_spec(const WorldSpec& spec) {
    if (spec.brokers.empty()) return "a cluster needs at least one broker";
    for (std::size_t i = 0; i < spec.brokers.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (spec.brokers[i].id == spec.brokers[j].id)
                return fmt::format("broker id {} is used twice", spec.brokers[i].id.value);
    const auto known = [&](BrokerId id) {
        return std::ranges::find(spec.brokers, id, &BrokerSpec::id) != spec.brokers.end();
    };
    if (spec.controller != kNoBroker && !known(spec.controller))
        return fmt::format("controller {} is no broker", spec.controller.value);
    for (const TopicSpec& topic : spec.topics) {
        if (topic.replication_factor > static_cast<i16>(spec.brokers.size()))
            return fmt::format("topic {}: replication factor {} larger than the {} brokers", topic.name,
                               topic.replication_factor, spec.brokers.size());
        for (const auto& replicas : topic.assignment)
            for (const BrokerId id : replicas)
                if (!known(id))
                    return fmt::format("topic {}: its assignment names broker {}, which there is not", topic.name,
                                       id.value);
    }
    return "";
}

// ---- machines and links -------------------------------------------------------------------------

bool in_group(const World& world, NodeId node, std::string_view group) {
    const NodeCard& card = world.card(node);
    if (group == "all" || group == card.name) return true;
    if (group == "brokers") return card.kind == NodeKind::broker;
    if (group == "zookeeper") return card.kind == NodeKind::zookeeper;
    return group == "clients" && card.kind != NodeKind::broker && card.kind != NodeKind::zookeeper;
}

void set_links(World& world, const WorldSpec& spec) {
    const u16 count = static_cast<u16>(world.nodes.size());
    for (const LinkSpec& rule : spec.links)
        for (u16 a = 0; a < count; ++a)
            for (u16 b = 0; b < count; ++b) {
                if (!in_group(world, {a}, rule.a) || !in_group(world, {b}, rule.b) || a == b) continue;
                for (sim::Link* link : {&world.machine.network.link({a}, {b}), &world.machine.network.link({b}, {a})})
                    link->base = link->effective = rule.profile;
            }
}

NodeId add(World& world, const WorldSpec& spec, NodeCard card, std::unique_ptr<NodeCode> code) {
    return add_node(world, std::move(card), std::move(code), spec.link, spec.disk);
}

NodeId add_zookeeper(World& world, const WorldSpec& spec) {
    zookeeper::ZkServerConfig config;
    config.tick_time = spec.zookeeper_tick;
    auto server = std::make_unique<zookeeper::ZkServer>(config);
    server->state.forget_watches_bug = spec.bug == PlantedBug::forget_watches;
    server->state.forget_ephemerals_bug = spec.bug == PlantedBug::forget_ephemerals;
    const NodeId node = add(world, spec, {"zookeeper", NodeKind::zookeeper, kNoBroker, false}, std::move(server));
    for (const char* host : {"zookeeper", "localhost"})
        world.machine.kernel.addresses[{world.machine.kernel.names.intern(host), zookeeper::kClientPort}] = node;
    return node;
}

void add_broker(World& world, const WorldSpec& spec, const BrokerSpec& broker, NodeId zookeeper) {
    MR_ASSERT(zookeeper.value < world.nodes.size());
    broker::BrokerSettings settings;
    settings.id = broker.id;
    settings.zookeeper = zookeeper;
    settings.host = broker.host.empty() ? broker_host(broker.id) : broker.host;
    settings.port = broker.port;
    settings.rack = broker.rack;
    settings.version = spec.version;
    settings.config = spec.cluster_config;
    for (const auto& [key, value] : broker.config) settings.config[key] = value;
    settings.choices = spec.choices;
    settings.bug = spec.bug;
    const auto address = std::pair{world.machine.kernel.names.intern(settings.host), settings.port};
    const NodeId node =
        add(world, spec, {fmt::format("broker {}", broker.id.value), NodeKind::broker, broker.id, false},
            std::make_unique<broker::BrokerNode>(std::move(settings)));
    world.machine.kernel.addresses[address] = node;
}

std::expected<World, std::string> empty_world(const WorldSpec& spec, Nanos origin) {
    MR_ASSERT(origin > Nanos{});
    World world;
    world.machine = sim::Machine(spec.seed);
    world.machine.kernel.wall_start_ms = spec.start_ms - origin.to_millis();
    world.frame.edit().origin = origin;
    world.frame.edit().version = spec.version;
    world.frame.edit().bug = spec.bug;
    world.frame.edit().client_link = spec.link;
    const NodeId zookeeper = add_zookeeper(world, spec);
    for (const BrokerSpec& broker : spec.brokers) add_broker(world, spec, broker, zookeeper);
    add_console(world, spec);
    for (const ProducerSpec& producer : spec.producers)
        if (const auto added = add_producer(world, producer); !added) return std::unexpected(added.error());
    for (const ConsumerSpec& consumer : spec.consumers)
        if (const auto added = add_consumer(world, consumer); !added) return std::unexpected(added.error());
    add_spark(world, spec);
    set_links(world, spec);
    return world;
}

// ---- the time before the origin -----------------------------------------------------------------

bool step_before(World& world, Nanos moment) {
    return world.machine.next_at() < moment && step(world, nobody());
}

void run_until(World& world, Nanos moment) {
    while (step_before(world, moment)) {}
    MR_ASSERT(world.machine.kernel.now <= moment);
    world.machine.kernel.now = moment;
}

bool has_controller(const World& world) {
    MR_ASSERT(world.nodes.front().code().kind() == NodeKind::zookeeper);
    const auto& zookeeper = world.nodes.front().as<zookeeper::ZkServer>();
    return zookeeper.state.memory.tree.find(kControllerPath) != nullptr;
}

bool all_running(const World& world) {
    return std::ranges::all_of(world.nodes, [](const Node& node) {
        return node.code().kind() != NodeKind::broker ||
               node.as<broker::BrokerNode>().state.memory.startup.step == broker::StartupStep::running;
    });
}

template <class Reached>
bool run_while(World& world, Nanos limit, Reached&& reached) {
    while (!reached(world))
        if (!step_before(world, limit)) return false;
    return true;
}

bool start_brokers(World& world, const WorldSpec& spec, Nanos limit) {
    if (spec.controller != kNoBroker) {
        MR_ASSERT(world.broker_node(spec.controller) != sim::kNoNode);
        world.machine.start(world.broker_node(spec.controller));
        if (!run_while(world, limit, has_controller)) return false;
    }
    for (const BrokerSpec& broker : spec.brokers)
        if (broker.id != spec.controller) world.machine.start(world.broker_node(broker.id));
    return run_while(world, limit, all_running);
}

bool raise_cluster(World& world, const WorldSpec& spec, Nanos origin) {
    MR_ASSERT(world.card(NodeId{0}).kind == NodeKind::zookeeper && world.machine.kernel.now < kZookeeperFirst);
    world.machine.start(NodeId{0});
    run_until(world, kZookeeperFirst);
    if (!spec.start_brokers) return run_until(world, origin), true;
    if (!start_brokers(world, spec, origin)) return false;
    world.machine.start(console_node(world));
    run_until(world, world.machine.kernel.now + sim::kLoopDelay);  // its boot
    for (const TopicSpec& topic : spec.topics) queue_topic(world, topic);
    if (!run_while(world, origin, console_idle)) return false;
    run_until(world, origin);
    return true;
}

void start_clients(World& world) {
    for (u16 i = 0; i < world.nodes.size(); ++i) {
        const NodeCard& card = world.card({i});
        const bool client =
            card.kind == NodeKind::producer || card.kind == NodeKind::consumer || !spark_role(world, {i}).empty();
        if (client && !card.manual) world.machine.start({i});
    }
}

}  // namespace

std::string broker_host(BrokerId broker) { return fmt::format("broker-{}", broker.value); }

std::expected<World, std::string> build_world(const WorldSpec& spec) {
    if (std::string wrong = check_spec(spec); !wrong.empty()) return std::unexpected(std::move(wrong));
    for (u32 rises = 1; rises <= kMostRises; rises *= 2) {
        const Nanos origin = kRise * rises;
        std::expected<World, std::string> world = empty_world(spec, origin);
        if (!world) return world;
        if (!raise_cluster(*world, spec, origin)) continue;
        if (std::string wrong = first_topic_error(*world); !wrong.empty()) return std::unexpected(std::move(wrong));
        MR_ASSERT(world->machine.kernel.now == origin && world->lesson_time() == Nanos{});
        world->machine.faults.buggify = spec.buggify;  // nothing rare before the origin
        start_clients(*world);
        return world;
    }
    return std::unexpected("the cluster did not come up within two minutes; are its links too slow?");
}

}  // namespace engine
