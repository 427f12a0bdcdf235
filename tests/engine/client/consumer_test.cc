// Consumers in a running cluster: what they read, commit, and how groups share the work.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/model/facts.h"
#include "tests/support/small_world.h"

using namespace engine;
using tests::Stage;

namespace {

using Words = std::vector<std::string>;

ConsumerSpec reader(const std::string& name, const std::string& group = "warehouse") {
    ConsumerSpec spec;
    spec.name = name;
    spec.topics = {"orders"};
    spec.group = group;
    spec.config["auto.offset.reset"] = "earliest";
    spec.config["session.timeout.ms"] = "6000";
    spec.config["heartbeat.interval.ms"] = "500";
    return spec;
}

/// A shop with `partitions` partitions that sends twenty orders a second, and these readers.
WorldSpec shop_with(std::vector<ConsumerSpec> readers, i32 partitions = 1) {
    WorldSpec spec = tests::shop_spec();
    spec.consumers = std::move(readers);
    spec.producers[0].every = sim::millis(50);
    spec.topics[0].assignment.assign(static_cast<std::size_t>(partitions), {BrokerId{1}, BrokerId{2}, BrokerId{3}});
    return spec;
}

const client::ConsumerApp& app(const Stage& stage, const std::string& name) {
    return stage.world.nodes[stage.world.find_node(name).value].as<client::ConsumerNode>().state;
}

template <class Act>
void act(Stage& stage, const std::string& name, Act&& what) {
    HistoryWriter writer(stage.history);
    const sim::Nanos at = std::min(stage.world.frame->origin + stage.now(), stage.world.machine.next_at());
    stage.world.machine.begin_input(std::max(at, stage.world.kernel().now), 0, writer);
    act_on(stage.world, stage.world.find_node(name), writer,
           [&](NodeCode& code, sim::Env& env) { what(static_cast<client::ConsumerNode&>(code).state, env); });
    stage.world.machine.end_input();
}

std::vector<i64> offsets_of(const Stage& stage, const std::string& name, u64 from = 0) {
    std::vector<i64> offsets;
    for (u64 i = from; i < stage.history.deliveries.size(); ++i)
        if (stage.history.deliveries[i].consumer == stage.world.find_node(name))
            offsets.push_back(stage.history.deliveries[i].offset.value);
    return offsets;
}

/// Texts of a kind of fact about a node, in order.
Words told(const Stage& stage, const std::string& name, FactKind kind) {
    Words words;
    for (u64 i = 0; i < stage.history.facts.size(); ++i) {
        const sim::Fact& fact = stage.history.facts[i].fact;
        if (fact.node == stage.world.find_node(name) && kind_of(fact) == kind)
            words.push_back(stage.world.kernel().names.text(NameId{static_cast<u32>(fact.n[0])}));
    }
    return words;
}

u64 told_count(const Stage& stage, FactKind kind) {
    u64 count = 0;
    for (u64 i = 0; i < stage.history.facts.size(); ++i) count += kind_of(stage.history.facts[i].fact) == kind ? 1 : 0;
    return count;
}

bool counts_up(const std::vector<i64>& offsets) {
    for (std::size_t i = 1; i < offsets.size(); ++i)
        if (offsets[i] != offsets[i - 1] + 1) return false;
    return true;
}

/// What the group has committed for a partition of orders, by its coordinator.
i64 committed(const Stage& stage, const std::string& group, i32 partition = 0) {
    const TopicPartition id{stage.world.kernel().names.find("orders"), partition};
    i64 offset = -1;
    for (const Node& node : stage.world.nodes) {
        if (node.code().kind() != NodeKind::broker) continue;
        const auto* known = node.as<broker::BrokerNode>().state.memory.groups.groups.find(group);
        const auto* stored = known == nullptr ? nullptr : (*known)->offsets.find(id);
        if (stored != nullptr) offset = std::max(offset, stored->offset.value);
    }
    return offset;
}

u64 assigned_count(const Stage& stage, const std::string& name) { return client::positions(app(stage, name)).size(); }

}  // namespace

TEST_CASE("consumer: reads every record once, in order, and each is known to come from its send",
          "[engine][consumer]") {
    Stage stage(shop_with({reader("warehouse")}));
    stage.run_to(sim::seconds(8));
    const std::vector<i64> offsets = offsets_of(stage, "warehouse");
    REQUIRE(offsets.size() > 100);
    CHECK(offsets.front() == 0);
    CHECK(counts_up(offsets));
    for (u64 i = 0; i < stage.history.deliveries.size(); ++i) {
        const DeliveryRow& row = stage.history.deliveries[i];
        const u32 send = stage.history.find_send(row.message);
        REQUIRE(send != kNoRow);
        CHECK(stage.history.sends[send].value.text == row.value.text);
    }
    CHECK(stage.history.processed.size() == offsets.size());
}

TEST_CASE("consumer: the policy decides where a group without a commit begins", "[engine][consumer]") {
    ConsumerSpec late = reader("late", "late"), strict = reader("strict", "strict");
    late.config["auto.offset.reset"] = "latest";
    strict.config["auto.offset.reset"] = "none";
    late.manual = strict.manual = true;
    Stage stage(shop_with({late, strict}));
    stage.run_to(sim::seconds(3));
    REQUIRE(stage.act("start late").empty());
    REQUIRE(stage.act("start strict").empty());
    stage.run_to(sim::seconds(6));
    REQUIRE_FALSE(offsets_of(stage, "late").empty());
    CHECK(offsets_of(stage, "late").front() >= 55);
    CHECK(offsets_of(stage, "strict").empty());
    CHECK(stage.state("strict") == sim::HostState::down);
    CHECK(last_error(app(stage, "strict")) ==
          "org.apache.kafka.clients.consumer.NoOffsetForPartitionException: Undefined offset with no reset policy for "
          "partitions: [orders-0]");
}

TEST_CASE("consumer: what was not committed when the process died comes again", "[engine][consumer]") {
    ConsumerSpec spec = reader("warehouse");
    spec.config["auto.commit.interval.ms"] = "2000";
    Stage stage(shop_with({spec}));
    stage.run_to(sim::millis(5500));
    const i64 stored = committed(stage, "warehouse");
    const i64 handed_out = offsets_of(stage, "warehouse").back();
    REQUIRE(stored > 0);
    REQUIRE(stored <= handed_out);
    REQUIRE(stage.act("kill warehouse").empty());
    const u64 before = stage.history.deliveries.size();
    REQUIRE(stage.act("start warehouse").empty());
    stage.run_to(sim::seconds(20));
    CHECK(offsets_of(stage, "warehouse", before).front() == stored);
}

TEST_CASE("consumer: committing before the work loses it in a crash, committing after it repeats it",
          "[engine][consumer]") {
    const auto resumes_at = [](client::CommitStyle style) {
        ConsumerSpec spec = reader("warehouse");
        spec.commit = style;
        spec.work = sim::seconds(1);
        spec.config["max.poll.records"] = "3";
        WorldSpec world = shop_with({spec});
        world.producers[0].count = 10;
        Stage stage(world);
        while (stage.history.processed.size() < 1) stage.pass(sim::millis(50));
        stage.pass(sim::millis(300));
        REQUIRE(stage.act("kill warehouse").empty());
        const u64 before = stage.history.deliveries.size();
        REQUIRE(stage.act("start warehouse").empty());
        stage.pass(sim::seconds(20));
        return offsets_of(stage, "warehouse", before).front();
    };
    CHECK(resumes_at(client::CommitStyle::before_work) == 3);  // 1 and 2 were never worked on
    CHECK(resumes_at(client::CommitStyle::after_work) == 0);
}

TEST_CASE("consumer: a stop finishes the records in hand, commits them and leaves the group", "[engine][consumer]") {
    ConsumerSpec spec = reader("warehouse");
    spec.work = sim::millis(100);
    spec.config["max.poll.records"] = "5";
    Stage stage(shop_with({spec}));
    stage.run_to(sim::seconds(5));
    REQUIRE(stage.act("stop warehouse").empty());
    stage.run_to(sim::seconds(7));
    CHECK(stage.state("warehouse") == sim::HostState::down);
    CHECK(stage.history.processed.size() == stage.history.deliveries.size());
    CHECK(committed(stage, "warehouse") == offsets_of(stage, "warehouse").back() + 1);
    CHECK(told(stage, "warehouse", FactKind::partitions_revoked) == Words{"orders-0"});
}

TEST_CASE("groups: range divides the partitions, a leaver's go to those who stay, nothing is read twice",
          "[engine][consumer]") {
    Stage stage(shop_with({reader("a"), reader("b"), reader("c")}, 4));
    stage.run_to(sim::seconds(8));
    CHECK(assigned_count(stage, "a") + assigned_count(stage, "b") + assigned_count(stage, "c") == 4);
    CHECK(std::max({assigned_count(stage, "a"), assigned_count(stage, "b"), assigned_count(stage, "c")}) == 2);
    CHECK(generation(app(stage, "a")) == generation(app(stage, "c")));
    REQUIRE(stage.act("stop b").empty());
    stage.run_to(sim::seconds(16));
    CHECK(assigned_count(stage, "a") == 2);
    CHECK(assigned_count(stage, "c") == 2);
    CHECK(group_state(app(stage, "a")) == "stable");
    std::vector<std::pair<i32, i64>> read;
    for (u64 i = 0; i < stage.history.deliveries.size(); ++i)
        read.emplace_back(stage.history.deliveries[i].source.partition, stage.history.deliveries[i].offset.value);
    std::ranges::sort(read);
    CHECK(std::ranges::adjacent_find(read) == read.end());
    CHECK(read.size() > 280);
}

TEST_CASE("groups: a cooperative member keeps what it has while another one joins", "[engine][consumer]") {
    const auto cooperative = [](const std::string& name) {
        ConsumerSpec spec = reader(name);
        spec.config["partition.assignment.strategy"] = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
        spec.manual = true;
        return spec;
    };
    Stage stage(shop_with({cooperative("a"), cooperative("b")}, 4));
    REQUIRE(stage.act("start a").empty());
    stage.run_to(sim::seconds(5));
    const i32 generation_before = generation(app(stage, "a"));
    REQUIRE(stage.act("start b").empty());
    stage.run_to(sim::seconds(12));
    CHECK(generation(app(stage, "a")) == generation_before + 2);
    CHECK(told(stage, "a", FactKind::partitions_revoked) == Words{"orders-2, orders-3"});
    CHECK(told(stage, "a", FactKind::partitions_assigned) ==
          Words{"orders-0, orders-1, orders-2, orders-3", "nothing", "nothing"});
    CHECK(told(stage, "b", FactKind::partitions_assigned) == Words{"nothing", "orders-2, orders-3"});
}

TEST_CASE("groups: a member that works too long leaves by itself, its commit fails, its records come again elsewhere",
          "[engine][consumer]") {
    ConsumerSpec slow = reader("slow"), fast = reader("fast");
    for (ConsumerSpec* spec : {&slow, &fast}) {
        spec->config["max.poll.interval.ms"] = "4000";
        spec->config["max.poll.records"] = "10";
        spec->commit = client::CommitStyle::after_work;
    }
    slow.work = sim::millis(500);
    Stage stage(shop_with({slow, fast}, 2));
    stage.run_to(sim::seconds(30));
    const Words lost = told(stage, "slow", FactKind::partitions_lost);
    const Words failures = told(stage, "slow", FactKind::commit_failed);
    REQUIRE_FALSE(lost.empty());
    REQUIRE_FALSE(failures.empty());
    CHECK(failures.front().starts_with("org.apache.kafka.clients.consumer.CommitFailedException"));
    CHECK(stage.state("slow") == sim::HostState::up);
    std::vector<std::pair<i32, i64>> of_slow;
    bool again = false;
    for (u64 i = 0; i < stage.history.deliveries.size(); ++i) {
        const DeliveryRow& row = stage.history.deliveries[i];
        const std::pair record{row.source.partition, row.offset.value};
        if (row.consumer == stage.world.find_node("slow")) of_slow.push_back(record);
        else again = again || std::ranges::find(of_slow, record) != of_slow.end();
    }
    CHECK(again);
}

TEST_CASE("groups: nobody notices a static member that comes back within its session", "[engine][consumer]") {
    ConsumerSpec a = reader("a"), b = reader("b");
    a.config["group.instance.id"] = "inst-1";
    b.config["group.instance.id"] = "inst-2";
    Stage stage(shop_with({a, b}, 2));
    stage.run_to(sim::seconds(6));
    const i32 before = generation(app(stage, "a"));
    const u64 calls = told(stage, "a", FactKind::partitions_assigned).size();
    REQUIRE(stage.act("stop b").empty());
    stage.run_to(sim::seconds(8));
    REQUIRE(stage.act("start b").empty());
    stage.run_to(sim::seconds(10));
    CHECK(generation(app(stage, "a")) == before);
    CHECK(generation(app(stage, "b")) == before);
    CHECK(assigned_count(stage, "b") == 1);
    CHECK(told(stage, "a", FactKind::partitions_assigned).size() == calls);
    REQUIRE(stage.act("stop b").empty());
    stage.run_to(sim::seconds(20));
    CHECK(assigned_count(stage, "a") == 2);
}

TEST_CASE("groups: when the coordinator dies the members go on with the next one, in the same generation",
          "[engine][consumer]") {
    Stage stage(shop_with({reader("a"), reader("b")}, 2));
    stage.run_to(sim::seconds(8));
    const BrokerId coordinator = app(stage, "a").memory.consumer.coordinator.broker;
    const i32 before = generation(app(stage, "a"));
    REQUIRE(stage.act("kill broker " + std::to_string(coordinator.value)).empty());
    stage.run_to(sim::seconds(30));
    CHECK(app(stage, "a").memory.consumer.coordinator.broker != coordinator);
    CHECK(generation(app(stage, "a")) == before);
    CHECK(group_state(app(stage, "b")) == "stable");
    CHECK(told_count(stage, FactKind::partitions_lost) == 0);
}

TEST_CASE("consumer: after an unclean election the position silently moves to where the log was cut",
          "[engine][consumer]") {
    ConsumerSpec web;
    web.name = "web";
    web.assign = {{"orders", 0}};
    web.config["auto.offset.reset"] = "earliest";
    WorldSpec spec = shop_with({web});
    spec.topics[0].assignment = {{BrokerId{1}, BrokerId{2}}};
    spec.topics[0].config = {};
    spec.topics[0].config["unclean.leader.election.enable"] = "true";
    spec.producers[0].config["acks"] = "1";
    spec.producers[0].count = 100;
    Stage stage(spec);
    stage.run_to(sim::seconds(2));
    REQUIRE(stage.act("kill broker 2").empty());
    stage.run_to(sim::seconds(15));
    const i64 read = client::positions(app(stage, "web"))[0].position.value;
    REQUIRE(read == 100);
    REQUIRE(stage.act("kill broker 1").empty());
    stage.pass(sim::millis(500));
    REQUIRE(stage.act("restart broker 2").empty());
    stage.run_to(sim::seconds(40));
    const i64 after = client::positions(app(stage, "web"))[0].position.value;
    CHECK(after < read);
    CHECK(after > 20);
    CHECK(offsets_of(stage, "web").size() == 100);  // nothing was handed out again
    CHECK(stage.state("web") == sim::HostState::up);
}

TEST_CASE("consumer: a seek is where the next poll reads on; only assigned partitions can be sought",
          "[engine][consumer]") {
    Stage stage(shop_with({reader("warehouse")}));
    stage.run_to(sim::seconds(5));
    const u64 before = stage.history.deliveries.size();
    bool known = false, unknown = true;
    act(stage, "warehouse", [&](client::ConsumerApp& reader_app, sim::Env& env) {
        unknown = client::seek(reader_app, env, {env.intern("orders"), 7}, Offset{3});
        known = client::seek(reader_app, env, {env.intern("orders"), 0}, Offset{3});
    });
    stage.pass(sim::seconds(1));
    CHECK(known);
    CHECK_FALSE(unknown);
    REQUIRE(stage.history.deliveries.size() > before);
    CHECK(offsets_of(stage, "warehouse", before).front() == 3);
}

TEST_CASE("consumer: a commit from outside stores the offsets it names", "[engine][consumer]") {
    ConsumerSpec spec = reader("warehouse");
    spec.commit = client::CommitStyle::none;
    Stage stage(shop_with({spec}));
    stage.run_to(sim::seconds(5));
    CHECK(committed(stage, "warehouse") == -1);
    act(stage, "warehouse", [](client::ConsumerApp& reader_app, sim::Env& env) {
        CHECK(client::commit(reader_app, env, {{{env.intern("orders"), 0}, Offset{2}}}));
        CHECK_FALSE(client::commit(reader_app, env));  // one is under way
    });
    stage.pass(sim::seconds(1));
    CHECK(committed(stage, "warehouse") == 2);
    CHECK(last_error(app(stage, "warehouse")).empty());
}

TEST_CASE("consumer: wrong settings end the process with the library's words", "[engine][consumer]") {
    ConsumerSpec spec = reader("warehouse");
    spec.group.clear();
    Stage stage(shop_with({spec}));
    stage.run_to(sim::seconds(1));
    CHECK(stage.state("warehouse") == sim::HostState::down);
    CHECK(last_error(app(stage, "warehouse")).starts_with("org.apache.kafka.common.errors.InvalidGroupIdException"));

    ConfigMap config;
    config["partition.assignment.strategy"] = "com.example.MyAssignor";
    const auto refused = client::make_consumer_config(config, "warehouse");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().find("no assignor 'com.example.MyAssignor'") != std::string::npos);
}
