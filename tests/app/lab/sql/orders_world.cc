#include "tests/app/lab/sql/orders_world.h"

#include "engine/world_spec.h"

namespace tests {
namespace {

engine::WorldSpec orders_spec() {
    using engine::BrokerId;
    engine::WorldSpec spec;
    for (const sim::i32 id : {1, 2, 3}) spec.brokers.emplace_back().id = BrokerId{id};
    spec.controller = BrokerId{3};
    spec.cluster_config["zookeeper.session.timeout.ms"] = "6000";
    spec.cluster_config["auto.leader.rebalance.enable"] = "false";
    spec.cluster_config["offsets.topic.num.partitions"] = "4";
    spec.link.latency = sim::millis(40);
    spec.links.push_back({"brokers", "zookeeper", {sim::millis(1), {}, 0, 0}});
    engine::TopicSpec& orders = spec.topics.emplace_back();
    orders.name = "orders";
    orders.replication_factor = 3;
    orders.assignment = {{BrokerId{1}, BrokerId{2}, BrokerId{3}}};
    orders.config["min.insync.replicas"] = "2";
    engine::ProducerSpec& shop = spec.producers.emplace_back();
    shop.name = "shop";
    shop.topic = "orders";
    shop.every = sim::millis(500);
    shop.pattern.key = {"customer-{n % 4}", false};
    shop.pattern.value = {"order {n}", false};
    engine::ConsumerSpec& warehouse = spec.consumers.emplace_back();
    warehouse.name = "warehouse";
    warehouse.topics = {"orders"};
    warehouse.group = "stock";
    warehouse.config["auto.offset.reset"] = "earliest";
    return spec;
}

std::string text_of(const app::lab::Table& table) {
    std::string text;
    for (const auto& row : table.rows) {
        if (!text.empty()) text += "\n";
        for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "|") + app::lab::text_of(row[i]);
    }
    return text;
}

}  // namespace

const engine::World& orders_world() {
    static const auto kWorld = engine::build_world(orders_spec());
    MR_ASSERT(kWorld.has_value());
    return *kWorld;
}

void OrdersRun::show() { view_.show({&run_.world(), &run_.history(), run_.cursor(), run_.timeline().branch().id}); }

std::string OrdersRun::ask(const std::string& sql) {
    show();
    const auto table = view_.ask(sql);
    return table ? text_of(*table) : table.error().message;
}

bool OrdersRun::holds(const std::string& sql) {
    show();
    return app::lab::holds(view_, sql).value_or(false);
}

bool OrdersRun::pass_until(const std::string& sql, sim::Nanos limit) {
    const sim::Nanos deadline = run_.clock() + limit;
    auto statement = view_.prepare(sql);
    MR_ASSERT(statement.has_value());
    for (;;) {
        show();
        if (app::lab::holds(*statement).value_or(false)) return true;
        if (!run_.advance_within(deadline)) return false;
    }
}

}  // namespace tests
