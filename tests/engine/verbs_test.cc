// Every intervention: that it has its effect, that its undo takes it back, and that it says why it cannot apply.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/small_world.h"

using sim::HostState;
using sim::u64;
using sim::seconds;
using tests::Stage;

TEST_CASE("kill ends a broker and another one leads; restart brings it back as a follower", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(5));
    CHECK(stage.act("kill broker 1").empty());
    CHECK(stage.state("broker 1") == HostState::down);
    CHECK(stage.act("kill broker 1") == "broker 1 is not running");
    stage.pass(seconds(12));
    CHECK(stage.leader() == 2);
    const auto acked = stage.acked();
    CHECK(stage.act("restart broker 1").empty());
    stage.pass(seconds(10));
    CHECK(stage.state("broker 1") == HostState::up);
    CHECK(stage.leader() == 2);
    CHECK(stage.acked() > acked);
}

TEST_CASE("a power cut switches the machine off until it is restarted", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("power-cut broker 2").empty());
    CHECK(stage.state("broker 2") == HostState::off);
    CHECK(stage.act("power-cut broker 2") == "broker 2 has no power already");
    CHECK(stage.act("restart broker 2").empty());
    stage.pass(seconds(2));
    CHECK(stage.state("broker 2") == HostState::up);
}

TEST_CASE("a paused broker does nothing and keeps its connections; resume lets it go on", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("resume broker 1") == "broker 1 is not paused");
    CHECK(stage.act("pause broker 1").empty());
    const auto acked = stage.acked();
    stage.pass(seconds(3));
    CHECK(stage.acked() <= acked + 1);
    CHECK(stage.act("resume broker 1").empty());
    stage.pass(seconds(3));
    CHECK(stage.acked() > acked + 2);
}

TEST_CASE("a limping broker answers late; a factor of 1 ends it", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("limp broker 1 nonsense") == "limp needs a factor, such as 10");
    CHECK(stage.act("limp broker 1 20000").empty());
    const auto before = stage.acked();
    stage.pass(seconds(4));
    const auto slow = stage.acked() - before;
    CHECK(stage.act("limp broker 1 1").empty());
    stage.pass(seconds(4));
    CHECK(stage.acked() - before - slow > slow);
}

TEST_CASE("an isolated leader is replaced; heal opens all links again", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("heal") == "no link is blocked");
    CHECK(stage.act("partition isolate broker 1").empty());
    stage.pass(seconds(15));
    CHECK(stage.leader() == 2);
    CHECK(stage.act("heal").empty());
    CHECK(stage.act("heal") == "no link is blocked");
    const auto acked = stage.acked();
    stage.pass(seconds(20));
    CHECK(stage.acked() > acked);
}

TEST_CASE("a split keeps the sides apart", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(2));
    CHECK(stage.act("partition broker 1").find("two sides") != std::string::npos);
    CHECK(stage.act("partition broker 1, shop | broker 2, broker 3").empty());
    const auto& network = stage.world.machine.network;
    CHECK(network.link(stage.world.find_node("broker 1"), stage.world.find_node("broker 2")).blocked);
    CHECK_FALSE(network.link(stage.world.find_node("broker 1"), stage.world.find_node("shop")).blocked);
}

TEST_CASE("a bridge is reached by both halves, which do not reach each other; heal ends it", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(2));
    CHECK(stage.act("partition bridge nobody").find("no node 'nobody'") != std::string::npos);
    CHECK(stage.act("partition bridge broker 2").empty());
    const auto& network = stage.world.machine.network;
    const auto blocked = [&](const char* a, const char* b) {
        return network.link(stage.world.find_node(a), stage.world.find_node(b)).blocked;
    };
    u64 cut = 0;
    for (const engine::NodeCard& card : stage.world.frame->cards) {
        if (card.name != "broker 2") CHECK_FALSE(blocked("broker 2", card.name.c_str()));
        if (card.name != "broker 1" && blocked("broker 1", card.name.c_str())) ++cut;
    }
    CHECK(cut > 0);
    CHECK(stage.act("heal").empty());
    CHECK_FALSE(blocked("broker 1", "broker 3"));
}

TEST_CASE("a clock that is wrong stamps records wrongly and stops nothing; normal sets it right", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(2));
    const auto broker = stage.world.find_node("broker 1");
    const auto ahead = [&] {
        return stage.world.machine.kernel.wall_ms(broker) -
               stage.world.machine.kernel.wall_ms(stage.world.find_node("broker 2"));
    };
    CHECK(stage.act("clock broker 1 soon").find("clock needs") != std::string::npos);
    CHECK(stage.act("clock broker 1 +90s").empty());
    CHECK(ahead() == 90'000);
    const auto acked = stage.acked();
    stage.pass(seconds(5));
    CHECK(stage.acked() > acked + 5);
    CHECK(stage.act("clock broker 1 -2s").empty());
    CHECK(ahead() == -2'000);
    CHECK(stage.act("clock broker 1 normal").empty());
    CHECK(ahead() == 0);
}

TEST_CASE("a broker whose unsynced writes were torn truncates them and catches up", "[verbs]") {
    for (u64 seed = 1; seed <= 5; ++seed) {
        Stage stage(tests::shop_spec(seed));
        stage.run_to(seconds(6));
        CHECK(stage.act("power-cut broker 2 apart") == "power-cut takes 'torn' or nothing");
        CHECK(stage.act("power-cut broker 2 torn").empty());
        stage.pass(seconds(10));
        CHECK(stage.act("restart broker 2").empty());
        stage.pass(seconds(15));
        CHECK(stage.act("power-cut broker 1").empty());
        CHECK(stage.act("power-cut broker 3").empty());
        stage.pass(seconds(15));
        const auto& disk = stage.world.machine.disks.of(stage.world.find_node("broker 2"));
        CHECK(disk.file(disk.find("orders-0/00000000000000000000.log")).cached.size() > 60 * stage.acked());
    }
}

TEST_CASE("a corrupt sector is cut off by recovery and fetched again; the same line takes it back", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(20));
    const std::string line = "disk broker 2 corrupt orders-0/00000000000000000000.log 1";
    CHECK(stage.act("disk broker 2 corrupt nothing").find("has no file 'nothing'") != std::string::npos);
    const auto& disk = stage.world.machine.disks.of(stage.world.find_node("broker 2"));
    const auto content = [&] {
        const auto& rope = disk.file(disk.find("orders-0/00000000000000000000.log")).cached;
        return rope.read(0, 2048);
    };
    const auto sound = content();
    REQUIRE(sound.size() > 1024);
    CHECK(stage.act(line).empty());
    CHECK(content() != sound);
    CHECK(stage.act(line).empty());
    CHECK(content() == sound);
    CHECK(stage.act(line).empty());
    CHECK(stage.act("kill broker 2").empty());
    stage.pass(seconds(1));
    CHECK(stage.act("restart broker 2").empty());
    stage.pass(seconds(20));
    CHECK(content() == sound);
}

TEST_CASE("a blocked link lets nothing through in its direction; unblock opens it", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("unblock link broker 3 -> broker 1") == "it is not blocked");
    CHECK(stage.act("block link broker 3 -> broker 1").empty());
    CHECK(stage.act("block link broker 3 -> broker 1") == "it is blocked already");
    const auto acked = stage.acked();
    stage.pass(seconds(2));
    CHECK(stage.acked() <= acked + 1);  // acks=all waits for broker 3
    CHECK(stage.act("unblock link broker 3 -> broker 1").empty());
    stage.pass(seconds(10));
    CHECK(stage.acked() > acked + 3);
}

TEST_CASE("a link can be slower, lossy or narrow, and normal again", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(1));
    const auto link = [&]() -> const sim::Link& {
        return stage.world.machine.network.link(stage.world.find_node("broker 1"), stage.world.find_node("broker 2"));
    };
    CHECK(stage.act("link broker 1 -> broker 2 latency 300ms").empty());
    CHECK(stage.act("link broker 1 -> broker 2 loss 5%").empty());
    CHECK(stage.act("link broker 1 -> broker 2 bandwidth 1000").empty());
    CHECK(link().effective.latency == link().base.latency + sim::millis(300));
    CHECK(link().effective.loss_per_million == 50'000);
    CHECK(link().effective.bandwidth == 1000);
    CHECK(stage.act("link broker 1 -> broker 2 normal").empty());
    CHECK(link().effective == link().base);
    CHECK(stage.act("link broker 1 -> broker 2 shiny").find("link needs") != std::string::npos);
}

TEST_CASE("a held message waits until it is released; a delayed one comes later", "[verbs]") {
    Stage stage;
    stage.run_to(sim::millis(3501));
    while (stage.message_between("shop", "broker 1") == 0) stage.pass(sim::millis(1));
    const auto id = std::to_string(stage.message_between("shop", "broker 1"));
    CHECK(stage.act("release message " + id) == "it is not held");
    CHECK(stage.act("hold message " + id).empty());
    CHECK(stage.act("hold message " + id) == "it is held already");
    stage.pass(seconds(1));
    CHECK(stage.world.machine.network.find(std::stoull(id)) != nullptr);
    CHECK(stage.act("release message " + id).empty());
    stage.pass(seconds(1));
    CHECK(stage.world.machine.network.find(std::stoull(id)) == nullptr);
    CHECK(stage.act("delay message " + id + " 2s") == "message " + id + " is not on its way any more");
}

TEST_CASE("a delayed message is on its way for longer", "[verbs]") {
    Stage stage;
    stage.run_to(sim::millis(3501));
    while (stage.message_between("shop", "broker 1") == 0) stage.pass(sim::millis(1));
    const auto id = stage.message_between("shop", "broker 1");
    CHECK(stage.act("delay message " + std::to_string(id) + " 800ms").empty());
    stage.pass(sim::millis(700));
    CHECK(stage.world.machine.network.find(id) != nullptr);
    stage.pass(sim::millis(300));
    CHECK(stage.world.machine.network.find(id) == nullptr);
}

TEST_CASE("a dropped message breaks its connection and the client tries again", "[verbs]") {
    Stage stage;
    stage.run_to(sim::millis(3501));
    while (stage.message_between("shop", "broker 1") == 0) stage.pass(sim::millis(1));
    const auto id = std::to_string(stage.message_between("shop", "broker 1"));
    CHECK(stage.act("drop message " + id).empty());
    const auto sent = stage.history.sends.size();
    stage.pass(seconds(5));
    CHECK(stage.acked() >= sent);
}

TEST_CASE("a message is named by its way: the oldest that goes from one to the other", "[verbs]") {
    Stage stage;
    stage.run_to(sim::millis(3501));
    CHECK(stage.act("drop message zookeeper -> shop") == "nothing is on its way from zookeeper -> shop");
    while (stage.message_between("shop", "broker 1") == 0) stage.pass(sim::millis(1));
    const sim::u64 id = stage.message_between("shop", "broker 1");
    CHECK(stage.act("hold message shop -> broker 1").empty());
    CHECK(stage.act("hold message " + std::to_string(id)) == "it is held already");
    CHECK(stage.act("drop message shop -> nobody").find("there is no node") != std::string::npos);
}

TEST_CASE("a full disk fails what is written and can be made normal again", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(2));
    CHECK(stage.act("disk broker 1 full").empty());
    CHECK(stage.world.machine.disks.of(stage.world.find_node("broker 1")).full);
    CHECK(stage.act("disk broker 1 normal").empty());
    CHECK_FALSE(stage.world.machine.disks.of(stage.world.find_node("broker 1")).full);
    CHECK(stage.act("disk broker 1 slow 50").empty());
    CHECK(stage.world.machine.disks.of(stage.world.find_node("broker 1")).slow_factor == 50);
    CHECK(stage.act("disk broker 1 purple").find("disk needs") != std::string::npos);
}

TEST_CASE("a learner's record and tombstone reach the log and the consumer", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("produce shop key=a value='by hand'").empty());
    CHECK(stage.act("tombstone shop key=a").empty());
    CHECK(stage.act("tombstone shop") == "a tombstone needs a key");
    CHECK(stage.act("produce warehouse value=x") == "warehouse is no producer");
    stage.pass(seconds(2));
    int by_hand = 0, tombstones = 0;
    for (sim::u64 i = 0; i < stage.history.deliveries.size(); ++i) {
        by_hand += stage.history.deliveries[i].value.text == "by hand" ? 1 : 0;
        tombstones += stage.history.deliveries[i].value.is_null ? 1 : 0;
    }
    CHECK(by_hand == 1);
    CHECK(tombstones == 1);
}

TEST_CASE("a topic's setting is changed by a request, and a wrong one is refused", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(2));
    CHECK(stage.act("config topic orders min.insync.replicas=1").empty());
    CHECK(stage.act("config topic orders").find("KEY=VALUE") != std::string::npos);
    stage.pass(seconds(3));
    REQUIRE(stage.history.commands.size() == 1);
    CHECK(stage.history.commands[0].exit_code == 0);
}

TEST_CASE("a client is stopped in good order and started again", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    CHECK(stage.act("stop warehouse").empty());
    stage.pass(seconds(2));
    CHECK(stage.state("warehouse") == HostState::down);
    CHECK(stage.act("stop zookeeper") == "zookeeper can be killed, but not stopped");
    const auto delivered = stage.delivered();
    CHECK(stage.act("start warehouse").empty());
    CHECK(stage.act("start warehouse") == "warehouse is running already");
    stage.pass(seconds(5));
    CHECK(stage.delivered() > delivered);
}

TEST_CASE("a preferred election gives leadership back", "[verbs]") {
    Stage stage;
    stage.run_to(seconds(3));
    stage.act("kill broker 1");
    stage.pass(seconds(10));
    stage.act("restart broker 1");
    stage.pass(seconds(10));
    CHECK(stage.leader() == 2);
    CHECK(stage.act("elect preferred orders-0").empty());
    stage.pass(seconds(3));
    CHECK(stage.leader() == 1);
    CHECK(stage.act("elect sometimes orders-0").find("elect needs") != std::string::npos);
    CHECK(stage.act("elect preferred nothing-0") == "there is no topic 'nothing'");
}

TEST_CASE("a verb or a node that does not exist is answered with the nearest one", "[verbs]") {
    Stage stage;
    CHECK(stage.act("kil broker 1") == "there is no verb 'kil'; the nearest is 'kill'");
    CHECK(stage.act("kill broker 9").find("nearest is 'broker ") != std::string::npos);
    CHECK(stage.act("wait soon").find("wait needs a time") != std::string::npos);
    CHECK(stage.act("wait 5s").empty());
}
