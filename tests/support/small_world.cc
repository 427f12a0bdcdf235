#include "tests/support/small_world.h"

#include "engine/model/facts.h"

namespace tests {

using engine::BrokerId;

engine::WorldSpec shop_spec(sim::u64 seed) {
    engine::WorldSpec spec;
    spec.seed = seed;
    spec.brokers = {{BrokerId{1}, {}, "", "", 9092}, {BrokerId{2}, {}, "", "", 9092}, {BrokerId{3}, {}, "", "", 9092}};
    spec.controller = BrokerId{3};
    spec.link = {sim::millis(10), sim::millis(1), 0, 0};
    spec.links.push_back({"brokers", "zookeeper", {sim::millis(1), sim::micros(50), 0, 0}});
    spec.cluster_config["zookeeper.session.timeout.ms"] = "6000";
    spec.cluster_config["replica.lag.time.max.ms"] = "4000";
    spec.cluster_config["auto.leader.rebalance.enable"] = "false";
    spec.cluster_config["offsets.topic.num.partitions"] = "1";
    spec.cluster_config["group.initial.rebalance.delay.ms"] = "0";
    engine::TopicSpec orders;
    orders.name = "orders";
    orders.assignment = {{BrokerId{1}, BrokerId{2}, BrokerId{3}}};
    orders.config["min.insync.replicas"] = "2";
    spec.topics.push_back(orders);
    engine::ProducerSpec shop;
    shop.name = "shop";
    shop.topic = "orders";
    shop.every = sim::millis(500);
    shop.pattern.key = {"customer-{n % 4}", false};
    shop.pattern.value = {"order {n}", false};
    spec.producers.push_back(shop);
    engine::ConsumerSpec warehouse;
    warehouse.name = "warehouse";
    warehouse.topics = {"orders"};
    warehouse.group = "warehouse";
    warehouse.config["auto.offset.reset"] = "earliest";
    spec.consumers.push_back(warehouse);
    return spec;
}

Stage::Stage(const engine::WorldSpec& spec) {
    auto built = engine::build_world(spec);
    if (!built) sim::assertion_failed(built.error().c_str(), __FILE__, __LINE__);
    world = std::move(*built);
}

void Stage::run_to(sim::Nanos moment) {
    engine::HistoryWriter writer(history);
    const sim::Nanos until = world.frame->origin + moment;
    while (world.machine.next_at() <= until && engine::step(world, writer)) {}
    clock_ = moment;
}

void Stage::pass(sim::Nanos span) { run_to(clock_ + span); }

std::string Stage::act(const std::string& line) {
    std::string why = engine::refusal_of(world, line);
    if (!why.empty()) return why;
    sim::Input input;
    input.line = line;
    input.at_index = world.kernel().event_index;
    input.at = std::min(std::max(world.frame->origin + clock_, world.kernel().now), world.machine.next_at());
    engine::HistoryWriter writer(history);
    engine::note_input(history, input.at_index, input);
    engine::apply(world, input, writer);
    return "";
}

int Stage::leader() const {
    int leader = 0;
    for (sim::u64 i = 0; i < history.facts.size(); ++i) {
        const sim::Fact& fact = history.facts[i].fact;
        const bool of_orders = fact.subject != sim::kNoName && world.kernel().names.text(fact.subject) == "orders";
        if (engine::kind_of(fact) == engine::FactKind::leader && of_orders) leader = world.card(fact.node).broker.value;
    }
    return leader;
}

sim::u64 Stage::acked() const {
    sim::u64 count = 0;
    for (sim::u64 i = 0; i < history.outcomes.size(); ++i) count += history.outcomes[i].exception.empty() ? 1 : 0;
    return count;
}

sim::u64 Stage::message_between(const std::string& from, const std::string& to) const {
    const engine::NodeId a = world.find_node(from), b = world.find_node(to);
    sim::u64 found = 0;
    world.machine.network.connections().for_each([&](sim::Handle, const sim::Connection& connection) {
        for (sim::u32 side = 0; side < 2; ++side)
            if (connection.ends[side].node == a && connection.ends[sim::other(side)].node == b)
                for (sim::u32 i = 0; i < connection.segments[side].size(); ++i)
                    if (connection.segments[side][i].kind == sim::SegmentKind::data)
                        found = connection.segments[side][i].message;
    });
    return found;
}

}  // namespace tests
