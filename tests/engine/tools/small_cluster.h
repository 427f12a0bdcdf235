// Three brokers, one ZooKeeper and a console, put together by hand: for tests of nodes that talk to a cluster.
#pragma once

#include <fmt/format.h>

#include "engine/broker/broker_node.h"
#include "engine/client/producer_node.h"
#include "engine/tools/console_node.h"
#include "engine/world.h"
#include "engine/zookeeper/server.h"

namespace tests {

using namespace engine;

/// Keeps what tests ask about.
struct Notebook final : Observer {
    std::vector<CommandRow> commands;
    std::vector<SendRow> sends;
    std::vector<SendOutcomeRow> outcomes;

    void on_command(const CommandRow& row) override { commands.push_back(row); }
    void on_send(const SendRow& row) override { sends.push_back(row); }
    void on_send_outcome(const SendOutcomeRow& row) override { outcomes.push_back(row); }
};

class SmallCluster {
public:
    explicit SmallCluster(KafkaVersion version = KafkaVersion::v3_9, ConfigMap broker_config = {}) {
        world.machine = sim::Machine(7);
        world.machine.kernel.wall_start_ms = 1'767'614'400'000;
        link_.latency = sim::millis(1);
        zookeeper::ZkServerConfig zookeeper;
        zookeeper.tick_time = sim::millis(1000);
        zookeeper_ = add({"zookeeper", NodeKind::zookeeper}, std::make_unique<zookeeper::ZkServer>(zookeeper));
        world.machine.kernel.addresses[{world.machine.kernel.names.intern("localhost"), zookeeper::kClientPort}] =
            zookeeper_;
        for (i32 id = 1; id <= 3; ++id) add_broker(BrokerId{id}, version, broker_config);
        console_ =
            add({"console", NodeKind::console},
                std::make_unique<tools::ConsoleNode>(tools::ConsoleSettings{"console", version, sim::millis(2000)}));
        start_all();
    }

    NodeId add(NodeCard card, std::unique_ptr<NodeCode> code) {
        return add_node(world, std::move(card), std::move(code), link_, disk_);
    }

    NodeId add_producer(client::ProducerSettings settings) {
        settings.bootstrap = addresses_;
        const std::string name = settings.name;
        return add({name, NodeKind::producer}, std::make_unique<client::ProducerNode>(std::move(settings)));
    }

    /// Lets time pass.
    void pass(Nanos span) {
        const Nanos until = world.machine.kernel.now + span;
        while (world.machine.next_at() <= until && step(world, notebook)) {}
        world.machine.kernel.now = until;
    }

    /// Runs a command to its end. {B} stands for the option that names the brokers.
    CommandRow run(std::string line) {
        const std::size_t at = line.find("{B}");
        if (at != std::string::npos)
            line.replace(at, 3, "--bootstrap-server localhost:9092,localhost:9093,localhost:9094");
        act_on(world, console_, notebook, [&](NodeCode& code, sim::Env& env) {
            tools::run_command(static_cast<tools::ConsoleNode&>(code).state, env, line);
        });
        while (!tools::idle(world.nodes[console_.value].as<tools::ConsoleNode>().state) && step(world, notebook)) {}
        return notebook.commands.back();
    }

    tools::Console& console() { return world.nodes[console_.value].edit_as<tools::ConsoleNode>().state; }
    client::ProducerApp& producer(NodeId node) { return world.nodes[node.value].edit_as<client::ProducerNode>().state; }
    void kill(BrokerId broker) { world.machine.kill(world.broker_node(broker), notebook); }
    [[nodiscard]] NodeId console_node() const { return console_; }

    World world;
    Notebook notebook;

private:
    void add_broker(BrokerId id, KafkaVersion version, const ConfigMap& config) {
        broker::BrokerSettings settings;
        settings.id = id;
        settings.zookeeper = zookeeper_;
        settings.host = "localhost";
        settings.port = static_cast<u16>(9091 + id.value);
        settings.version = version;
        settings.config = config;
        settings.config["zookeeper.session.timeout.ms"] = "6000";
        settings.config["auto.leader.rebalance.enable"] = "false";
        const auto address = std::pair{world.machine.kernel.names.intern(settings.host), settings.port};
        addresses_.push_back({settings.host, settings.port});
        const NodeId node = add({fmt::format("broker {}", id.value), NodeKind::broker, id},
                                std::make_unique<broker::BrokerNode>(settings));
        world.machine.kernel.addresses[address] = node;
    }

    /// Broker 3 comes first: it is the controller.
    void start_all() {
        world.machine.start(zookeeper_);
        pass(sim::millis(500));
        for (const i32 id : {3, 1, 2}) {
            world.machine.start(world.broker_node(BrokerId{id}));
            pass(sim::millis(1000));
        }
        world.machine.start(console_);
        pass(sim::millis(1000));
    }

    sim::LinkProfile link_;
    sim::DiskProfile disk_;
    NodeId zookeeper_;
    NodeId console_;
    std::vector<client::Address> addresses_;
};

}  // namespace tests
