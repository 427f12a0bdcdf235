#include "engine/client/producer_node.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/engine/tools/small_cluster.h"

using namespace tests;

namespace {

struct Shop {
    SmallCluster cluster;
    NodeId node;

    explicit Shop(client::ProducerSettings settings) {
        settings.name = "shop";
        settings.topic = "orders";
        REQUIRE(cluster.run("kafka-topics.sh {B} --create --topic orders --replica-assignment 1:2:3").exit_code == 0);
        node = cluster.add_producer(std::move(settings));
    }

    void start() { cluster.world.machine.start(node); }
    void kill() { cluster.world.machine.kill(node, cluster.notebook); }
    client::ProducerApp& app() { return cluster.producer(node); }
    [[nodiscard]] sim::HostState state() const { return cluster.world.host_state(node); }
    template <class Act>
    void act(Act&& what) {
        act_on(cluster.world, node, cluster.notebook,
               [&](NodeCode& code, sim::Env& env) { what(static_cast<client::ProducerNode&>(code).state, env); });
    }
    [[nodiscard]] std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (const SendRow& row : cluster.notebook.sends) all.push_back(row.value.text);
        return all;
    }
};

client::ProducerSettings every(Nanos span, u32 count = 0) {
    client::ProducerSettings settings;
    settings.generator = {
        span, count, -1, true, *client::compile_template("customer-{n % 4}"), *client::compile_template("order {n}"),
        {}};
    return settings;
}

client::AppRecord record(std::string value, Nanos at = {}) {
    client::AppRecord out;
    out.at = at;
    out.value = {std::move(value), false};
    return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("producer node: the first generated record comes one interval after the start") {
    Shop shop(every(sim::millis(500)));
    shop.start();
    shop.cluster.pass(sim::millis(499));
    CHECK(shop.values().empty());
    shop.cluster.pass(sim::millis(1600));
    CHECK(shop.values() == Words{"order 0", "order 1", "order 2", "order 3"});
    CHECK(shop.cluster.notebook.sends[3].key.text == "customer-3");
    CHECK(shop.cluster.notebook.outcomes.size() == 4);
}

TEST_CASE("producer node: a generator with a count ends, and its numbers go on after a restart") {
    Shop shop(every(sim::millis(500), 5));
    shop.start();
    shop.cluster.pass(sim::millis(1600));
    shop.kill();
    shop.start();
    shop.cluster.pass(sim::seconds(5));
    CHECK(shop.values() == Words{"order 0", "order 1", "order 2", "order 3", "order 4"});
    CHECK(shop.cluster.notebook.sends.back().message.ordinal == 4);
}

TEST_CASE("producer node: ticks that pass while the process is paused are not made up, and the grid stays") {
    Shop shop(every(sim::millis(500)));
    shop.start();
    shop.cluster.pass(sim::millis(1100));
    shop.cluster.world.machine.pause(shop.node);
    shop.cluster.pass(sim::millis(2100));
    CHECK(shop.values().size() == 2);
    shop.cluster.world.machine.resume(shop.node);
    shop.cluster.pass(sim::millis(200));
    CHECK(shop.values().size() == 3);   // the one that was due when it was paused
    shop.cluster.pass(sim::millis(200));
    CHECK(shop.values().size() == 4);
    CHECK(shop.cluster.notebook.sends[3].sent_at_ms - shop.cluster.notebook.sends[0].sent_at_ms == 3000);
}

TEST_CASE("producer node: records of a list are sent at their moments, with their own timestamps") {
    client::ProducerSettings settings;
    settings.records = {record("a", sim::millis(100)), record("b", sim::millis(100)), record("c", sim::seconds(4))};
    Shop shop(settings);
    shop.start();
    shop.cluster.pass(sim::seconds(1));
    CHECK(shop.values() == Words{"a", "b"});
    shop.cluster.pass(sim::seconds(4));
    CHECK(shop.values() == Words{"a", "b", "c"});
}

TEST_CASE("producer node: a record that came due while the process was down is sent when it is back") {
    client::ProducerSettings settings;
    settings.records = {record("a", sim::millis(100)), record("b", sim::seconds(2))};
    Shop shop(settings);
    shop.start();
    shop.cluster.pass(sim::seconds(1));
    shop.kill();
    shop.cluster.pass(sim::seconds(3));
    shop.start();
    shop.cluster.pass(sim::seconds(1));
    CHECK(shop.values() == Words{"a", "b"});
}

TEST_CASE("producer node: a learner's records go out at once, also right after the start") {
    Shop shop(client::ProducerSettings{});
    shop.start();
    shop.act([](client::ProducerApp& app, sim::Env& env) {
        CHECK(client::send_now(app, env, record("first")));
        CHECK(client::tombstone(app, env, "", "k"));
    });
    shop.cluster.pass(
        sim::seconds(3));  // the follower may ask before its leader has heard of the topic: then a second later
    REQUIRE(shop.cluster.notebook.outcomes.size() == 2);
    CHECK(shop.cluster.notebook.sends[1].value.is_null);
    CHECK(shop.cluster.notebook.outcomes[1].offset.value == 1);
}

TEST_CASE("producer node: stop sends what is left and ends the process") {
    client::ProducerSettings settings;
    settings.config["linger.ms"] = "60000";
    Shop shop(settings);
    shop.start();
    shop.cluster.pass(sim::seconds(1));
    shop.act([](client::ProducerApp& app, sim::Env& env) {
        client::send_now(app, env, record("lingers"));
        client::stop(app, env);
        CHECK_FALSE(client::takes_records(app));
        CHECK_FALSE(client::send_now(app, env, record("too late")));
    });
    shop.cluster.pass(sim::seconds(1));
    CHECK(shop.state() == sim::HostState::down);
    REQUIRE(shop.cluster.notebook.outcomes.size() == 1);
    CHECK(shop.cluster.notebook.outcomes.front().error == ErrorCode::none);
}

TEST_CASE("producer node: settings that contradict each other end the process with the library's words") {
    client::ProducerSettings settings = every(sim::millis(100));
    settings.config["acks"] = "1";
    settings.config["enable.idempotence"] = "true";
    Shop shop(settings);
    shop.start();
    shop.cluster.pass(sim::seconds(1));
    CHECK(shop.state() == sim::HostState::down);
    CHECK(client::last_error(shop.app()) ==
          "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.");
    CHECK(shop.values().empty());
}

TEST_CASE("producer node: a batch that waits for a leader costs no events") {
    Shop shop(every(sim::millis(500)));
    shop.start();
    shop.cluster.pass(sim::seconds(2));
    for (const i32 id : {1, 2, 3}) shop.cluster.kill(BrokerId{id});
    const u64 before = shop.cluster.world.kernel().event_index;
    shop.cluster.pass(sim::seconds(10));
    CHECK(shop.cluster.world.kernel().event_index - before < 500);
}

TEST_CASE("producer node: send() that blocks holds the application, and the view tells for how long") {
    client::ProducerSettings settings = every(sim::millis(100));
    settings.topic = "orders";
    settings.config["buffer.memory"] = "16384";
    settings.config["max.block.ms"] = "2000";
    settings.config["delivery.timeout.ms"] = "60000";
    settings.config["linger.ms"] = "0";
    Shop shop(settings);
    shop.start();
    shop.cluster.pass(sim::millis(1050));
    for (const i32 id : {1, 2, 3}) shop.cluster.world.machine.pause(shop.cluster.world.broker_node(BrokerId{id}));
    shop.cluster.pass(sim::millis(1050));
    const std::size_t held = shop.values().size();
    shop.cluster.pass(sim::millis(1000));
    CHECK(shop.values().size() == held);
    CHECK(client::blocked_ms(shop.app(), shop.cluster.world.machine.kernel.now) >= 1000);
    shop.cluster.pass(sim::millis(1000));
    REQUIRE_FALSE(shop.cluster.notebook.outcomes.empty());
    CHECK(shop.cluster.notebook.outcomes.back().exception.starts_with(
        "org.apache.kafka.clients.producer.BufferExhaustedException: "));
}
