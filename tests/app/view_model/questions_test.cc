// Every kind of question: a run in which the answer is yes, one in which it is no, and a fault that lies near and is
// not the cause: the answer must not name it.
#include <catch2/catch_test_macros.hpp>

#include "tests/app/view_model/asked.h"

using namespace app;
using tests::ask;
using tests::Asked;
using tests::Told;

namespace {

bool three_committed(Told& told) {
    return told.pass_until("SELECT min(high_watermark) >= 3 FROM replicas WHERE topic = 'orders'");
}

}  // namespace

TEST_CASE("why not in the ISR: a blocked link took it out, and faults elsewhere are not named") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("link shop -> broker 1 latency 5ms");
    told.act("pause warehouse");
    told.act("block link broker 2 -> broker 1");
    REQUIRE(told.pass_until("SELECT isr = '1,3' FROM partitions WHERE topic = 'orders'", sim::seconds(60)));
    const Asked yes = ask(told, "not-in-isr orders-0/2");
    CHECK(yes.so);
    CHECK(yes.names("link broker 2 -> broker 1"));
    CHECK(yes.names("replica.lag.time.max.ms"));
    CHECK(yes.names("30"));
    CHECK_FALSE(yes.names("warehouse"));
    CHECK_FALSE(yes.names("shop"));
    const Asked no = ask(told, "not-in-isr orders-0/3");
    CHECK_FALSE(no.so);
    CHECK(no.names("{1,3}"));
}

TEST_CASE("why not in the ISR: of a dead broker it is its death, not the block that was there and gone") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("block link broker 2 -> broker 1");
    told.orders().pass(sim::seconds(1));
    told.act("unblock link broker 2 -> broker 1");
    told.orders().pass(sim::seconds(1));
    told.act("kill broker 2");
    REQUIRE(told.pass_until("SELECT isr = '1,3' FROM partitions WHERE topic = 'orders'"));
    const Asked yes = ask(told, "not-in-isr orders-0/2");
    CHECK(yes.so);
    CHECK(yes.names("roker 2 is killed"));
    CHECK_FALSE(yes.names("link broker 2"));
}

TEST_CASE("why not leader: it was dead at the election, another only comes later in the assignment") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("pause warehouse");
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    const Asked dead = ask(told, "not-leader orders-0/1");
    CHECK(dead.so);
    CHECK(dead.names("broker 1 was gone since"));
    CHECK_FALSE(dead.names("warehouse"));
    const Asked later = ask(told, "not-leader orders-0/3");
    CHECK(later.so);
    CHECK(later.names("1,2,3"));
    CHECK_FALSE(later.names("broker 3 was gone"));
    CHECK_FALSE(ask(told, "not-leader orders-0/2").so);
}

TEST_CASE("why this leader: the walk through the assignment with what was in the way") {
    Told told;
    CHECK_FALSE(ask(told, "elected orders-0").so);
    REQUIRE(three_committed(told));
    told.act("pause warehouse");
    told.act("kill broker 1");
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    const Asked yes = ask(told, "elected orders-0");
    CHECK(yes.so);
    CHECK(yes.names("first of 1,2,3"));
    CHECK(yes.names("broker 1 was gone since"));
    CHECK(yes.names("Session of broker 1 expires"));
    CHECK_FALSE(yes.names("warehouse"));
}

TEST_CASE("why no leader: the last member of the ISR is dead, and who is alive is not in it") {
    const Asked yes = ask("206", "nobody", "no-leader unclean-0");
    CHECK(yes.so);
    CHECK(yes.names("{1}"));
    CHECK(yes.names("Broker 2 is alive, but not in the ISR"));
    CHECK(yes.names("Broker 1 is killed"));
    CHECK_FALSE(yes.names("Broker 2 is killed"));
    CHECK_FALSE(ask("206", "choose", "no-leader unclean-0").so);
}

TEST_CASE("why a produce waits: the silent member of the ISR is named, a silent reader is not") {
    Told told;
    CHECK_FALSE(ask(told, "waits shop").so);
    REQUIRE(three_committed(told));
    told.act("pause warehouse");
    told.act("pause broker 3");
    told.orders().pass(sim::seconds(2));
    const Asked yes = ask(told, "waits shop");
    CHECK(yes.so);
    CHECK(yes.names("waits for high watermark"));
    CHECK(yes.names("broker 3"));
    CHECK_FALSE(yes.names("broker 2 "));
    CHECK_FALSE(yes.names("warehouse"));
}

TEST_CASE("why a produce waits: without a leader the answer says why there is none") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("kill broker 1");
    told.orders().pass(sim::seconds(1));
    const Asked yes = ask(told, "waits shop");
    CHECK(yes.so);
    CHECK(yes.names("broker 1 is killed"));
}

TEST_CASE("why not visible: the high watermark stands where the slowest of the ISR is") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("link broker 2 -> zookeeper latency 5ms");
    told.act("pause broker 3");
    told.orders().pass(sim::seconds(2));
    const std::string end = told.orders().ask("SELECT log_end_offset - 1 FROM partitions WHERE topic = 'orders'");
    const Asked yes = ask(told, "not-visible orders-0 offset " + end);
    CHECK(yes.so);
    CHECK(yes.names("broker 3"));
    CHECK_FALSE(yes.names("zookeeper"));
    const Asked no = ask(told, "not-visible orders-0 offset 0");
    CHECK_FALSE(no.so);
    CHECK(no.names("below the high watermark"));
}

TEST_CASE("why not visible: below min.insync.replicas the high watermark stands still, with both numbers") {
    const Asked yes = ask("203", "loose", "not-visible pay-0 offset 2");
    CHECK(yes.so);
    CHECK(yes.names("min.insync.replicas"));
    CHECK(yes.names("{1}"));
}

TEST_CASE("why in this partition: the hash of its own client, and the number of partitions at that time") {
    const Asked now = ask("102", "grow", "here animals-1 offset 0");
    CHECK(now.so);
    CHECK(now.names("mod 4 = **1**"));
    const Asked then = ask("102", "grow", "here animals-2 offset 0");
    CHECK(then.so);
    CHECK(then.names("had 3 partitions"));
    const Asked other = ask("102", "python", "here animals-0 offset 1");
    CHECK(other.so);
    CHECK(other.names("CRC32"));
    CHECK_FALSE(other.names("murmur2"));
}

TEST_CASE("why in this partition: without a key no hash is named, and a named partition is not put down to the key") {
    const Asked named = ask("103", "seventh", "here weblogs-0 offset 2");
    CHECK_FALSE(named.so);
    CHECK_FALSE(named.names("murmur2"));
}

TEST_CASE("why lost: an unclean election, told apart from acks=1") {
    const Asked unclean = ask("206", "rewrite", "lost unclean-0");
    CHECK(unclean.so);
    CHECK(unclean.names("3 acknowledged records"));
    CHECK(unclean.names("unclean election"));
    CHECK_FALSE(unclean.names("acks=1"));
    // Nobody leads: what was acknowledged is on a dead in-sync copy, and not lost yet.
    CHECK_FALSE(ask("206", "nobody", "lost unclean-0").so);
    const Asked alone = ask("205", "return", "lost div-0");
    CHECK(alone.so);
    CHECK(alone.names("2 acknowledged records"));
    CHECK(alone.names("acks=1"));
    CHECK_FALSE(alone.names("unclean"));
    CHECK_FALSE(ask("204", "return", "lost orders-0").so);
}

TEST_CASE("why lost: acks=all does not wait for a disk, and acks=1 is not named when nobody used it") {
    Told told;
    REQUIRE(told.pass_until("SELECT high_watermark >= 4 FROM partitions WHERE topic = 'orders'"));
    told.act("power-cut broker 1");
    CHECK_FALSE(tests::ask(told, "lost orders-0").so);   // the others of the ISR have them in memory
    for (const char* broker : {"2", "3"}) told.act(std::string("power-cut broker ") + broker);
    CHECK(tests::ask(told, "lost orders-0").so);
    for (const char* broker : {"1", "2", "3"}) told.act(std::string("restart broker ") + broker);
    REQUIRE_FALSE(told.pass_until("SELECT 0", sim::seconds(10)));
    const Asked lost = tests::ask(told, "lost orders-0");
    CHECK(lost.so);
    CHECK(lost.names("All in-sync copies had"));
    CHECK_FALSE(lost.names("acks=1"));
}

TEST_CASE("why cut: the epoch at which the leader's history went another way, and not on who never cut") {
    const Asked yes = ask("205", "return", "cut div-0/1");
    CHECK(yes.so);
    CHECK(yes.names("leader epoch 1 begins at offset 4"));
    CHECK_FALSE(ask("205", "return", "cut div-0/2").so);
    CHECK_FALSE(yes.names("link"));
}

TEST_CASE("why twice: the lost answer and the retry of this producer, not those of another") {
    const Asked yes = ask("301", "plain", "twice r-0 offset 1");
    CHECK(yes.so);
    CHECK(yes.names("enable.idempotence"));
    CHECK(yes.names("**1** and **2**"));
    CHECK_FALSE(ask("301", "plain", "twice r-0 offset 0").so);
    // Here an answer was lost and the batch sent again as well; the broker knew it.
    CHECK_FALSE(ask("301", "safe", "twice s-0 offset 1").so);
}

TEST_CASE("why refused: the error by its number, the gate with its numbers; who was not refused is not") {
    const Asked yes = ask("203", "gate", "refused all");
    CHECK(yes.so);
    CHECK(yes.names("19 NOT_ENOUGH_REPLICAS"));
    CHECK(yes.names("min.insync.replicas` **2**"));
    CHECK_FALSE(ask("203", "loose", "refused one").so);
}

TEST_CASE("why the lag grows: the reader that is paused, and not the broker that is slow") {
    Told told;
    REQUIRE(told.pass_until("SELECT max(committed) >= 3 FROM offsets"));
    told.orders().pass(sim::seconds(6));
    CHECK_FALSE(ask(told, "lag warehouse").so);
    told.act("limp broker 2 2");
    told.act("pause warehouse");
    told.orders().pass(sim::seconds(15));
    const Asked yes = ask(told, "lag warehouse");
    CHECK(yes.so);
    CHECK(yes.names("arehouse is paused"));
    CHECK(yes.names("/s"));
    CHECK_FALSE(yes.names("broker 2"));
}

TEST_CASE("why a group rebalanced: who came or fell silent, with its recorded cause") {
    const Asked came = ask("303", "third", "rebalanced a");
    CHECK(came.so);
    CHECK(came.names("c"));
    CHECK_FALSE(came.names("killed"));
    const Asked silent = ask("303", "silent", "rebalanced a");
    CHECK(silent.so);
    CHECK(silent.names("Consumer b is killed"));
    Told told;
    CHECK_FALSE(ask(told, "rebalanced warehouse").so);
}

TEST_CASE("why a commit was refused: the group went on without a member that was silent for too long") {
    Told told;
    REQUIRE(told.pass_until("SELECT max(committed) >= 3 FROM offsets"));
    CHECK_FALSE(ask(told, "commit-refused warehouse").so);
    told.act("limp broker 2 2");
    told.act("pause warehouse");
    told.orders().pass(sim::seconds(60));
    told.act("resume warehouse");
    REQUIRE(told.pass_until("SELECT count(*) >= 1 FROM facts WHERE kind = 'commit' AND text LIKE '%cannot commit%'",
                            sim::seconds(60)));
    const Asked yes = ask(told, "commit-refused warehouse");
    CHECK(yes.so);
    CHECK(yes.names("generation"));
    CHECK_FALSE(yes.names("broker 2"));
}

TEST_CASE("why thought dead: not before its session is over, and then for its own silence") {
    Told told;
    REQUIRE(three_committed(told));
    told.act("block link broker 3 -> broker 1");
    told.act("kill broker 2");
    told.orders().pass(sim::seconds(1));
    const Asked no = ask(told, "thought-dead broker 2");
    CHECK_FALSE(no.so);
    CHECK(no.names("not over"));
    told.orders().pass(sim::seconds(9));
    const Asked yes = ask(told, "thought-dead broker 2");
    CHECK(yes.so);
    CHECK(yes.names("roker 2 is killed"));
    CHECK_FALSE(yes.names("broker 3 -> broker 1"));
    CHECK_FALSE(ask(told, "thought-dead broker 3").so);
}

TEST_CASE("why controller: who created the znode, and nobody else") {
    Told told;
    CHECK(ask(told, "controller broker 3").so);
    const Asked no = ask(told, "controller broker 1");
    CHECK_FALSE(no.so);
    CHECK(no.names("names broker 3"));
    REQUIRE(three_committed(told));
    told.act("pause warehouse");
    told.act("kill broker 3");
    REQUIRE(told.pass_until("SELECT count(*) = 1 FROM nodes WHERE is_controller = 1 AND name <> 'broker 3'"));
    const std::string name = told.orders().ask("SELECT name FROM nodes WHERE is_controller = 1");
    const Asked next = ask(told, "controller " + name);
    CHECK(next.so);
    CHECK(next.names("controller epoch **2**"));
    CHECK_FALSE(next.names("warehouse"));
}

TEST_CASE("why it reads nothing: paused, at the end, or without a partition; a paused broker is not the reason") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) >= 3 FROM deliveries"));
    CHECK_FALSE(ask(told, "reads-nothing warehouse").so);
    told.act("pause broker 2");
    told.act("pause warehouse");
    told.orders().pass(sim::seconds(5));
    const Asked yes = ask(told, "reads-nothing warehouse");
    CHECK(yes.so);
    CHECK(yes.names("arehouse is paused"));
    CHECK_FALSE(yes.names("broker 2 is paused"));
    const Asked idle = ask("103", "four", "reads-nothing c3d");
    CHECK(idle.so);
    CHECK(idle.names("no partition"));
}

TEST_CASE("lamps: all promises hold while a leader dies and comes back, and an unclean election breaks exactly one") {
    for (const char* step : {"marks", "silence", "who", "return"}) {
        ShotRequest request;
        request.lesson = "204";
        request.step = step;
        const auto shot = prepare_shot(request);
        REQUIRE(shot);
        CHECK(shot->screen.inspector.lamps.size() == 5);
        for (const LampVm& lamp : shot->screen.inspector.lamps) CHECK_FALSE(lamp.broken);
    }
    ShotRequest request;
    request.lesson = "206";
    request.step = "cut";
    const auto shot = prepare_shot(request);
    REQUIRE(shot);
    const auto& lamps = shot->screen.inspector.lamps;
    CHECK(std::ranges::count(lamps, true, &LampVm::broken) == 1);
    CHECK(lamps.front().broken);
    CHECK(lamps.front().why.find("unclean") != std::string::npos);
    CHECK(lamps.front().question == "lost unclean-0");
}

TEST_CASE("every question that is offered for an object has an answer, at every step of a lesson") {
    for (const char* step : {"meet", "silence", "who", "return"})
        for (const char* object :
             {"broker 1", "broker 2", "shop", "orders-0", "orders-0/3", "orders-0/2 offset 3", "warehouse"}) {
            ShotRequest request;
            request.lesson = "204";
            request.step = step;
            request.select = object;
            const auto shot = prepare_shot(request);
            INFO(step << " " << object << (shot ? "" : shot.error()));
            REQUIRE(shot);
            CHECK_FALSE(shot->screen.inspector.title.empty());
        }
}

TEST_CASE("why these partitions: the assignor's rule, and a member's place among all") {
    Told told;
    CHECK_FALSE(ask(told, "assigned warehouse").so);
    told.act("limp shop 2");
    REQUIRE(told.pass_until("SELECT count(*) = 1 FROM assignments"));
    const Asked yes = ask(told, "assigned warehouse");
    CHECK(yes.so);
    CHECK(yes.names("number **1**: orders-0"));
    CHECK_FALSE(yes.names("shop"));
}

TEST_CASE("why it began to read there: a group without a commit goes by its setting, one with a commit by that") {
    Told told;
    CHECK_FALSE(ask(told, "reads-from warehouse").so);
    REQUIRE(told.pass_until("SELECT count(*) > 0 FROM deliveries"));
    const Asked first = ask(told, "reads-from warehouse");
    CHECK(first.so);
    CHECK(first.names("auto.offset.reset=earliest"));
    CHECK(first.names("`stock` had committed nothing"));
    REQUIRE(told.pass_until("SELECT max(committed) > 0 FROM offsets", sim::seconds(60)));
    told.act("pause broker 3");
    told.act("resume broker 3");
    told.act("kill warehouse");
    told.act("restart warehouse");
    REQUIRE(told.pass_until("SELECT count(*) > 1 FROM facts WHERE kind = 'position' AND node = 'warehouse'",
                            sim::seconds(120)));
    const Asked again = ask(told, "reads-from warehouse");
    CHECK(again.so);
    CHECK(again.names("its committed offset"));
    CHECK_FALSE(again.names("roker 3"));
}

TEST_CASE("why this coordinator: the group's name chooses a partition, and whoever leads it looks after the group") {
    Told told;
    CHECK_FALSE(ask(told, "coordinator warehouse").so);
    REQUIRE(told.pass_until("SELECT count(*) = 1 FROM assignments"));
    told.act("pause shop");
    const Asked yes = ask(told, "coordinator warehouse");
    CHECK(yes.so);
    CHECK(yes.names("hash(`stock`) mod 4 = "));
    CHECK(yes.names("looks after the groups of __consumer_offsets"));
    CHECK_FALSE(yes.names("shop"));
}

TEST_CASE("why the log does not begin at 0: retention deleted whole segments, and no death did") {
    Told told;
    CHECK_FALSE(ask(told, "log-start orders-0").so);
    told.act("config topic orders segment.ms=2000");
    told.act("config topic orders retention.ms=4000");
    told.act("kill warehouse");
    REQUIRE(told.pass_until("SELECT log_start_offset > 0 FROM partitions WHERE topic = 'orders'", sim::seconds(700)));
    const Asked yes = ask(told, "log-start orders-0");
    CHECK(yes.so);
    CHECK(yes.names("Retention"));
    CHECK(yes.names("deletes"));
    CHECK_FALSE(yes.names("warehouse"));
}

TEST_CASE("why a batch was sent again: its leader died, and a reader that is paused has no part in it") {
    Told told;
    REQUIRE(three_committed(told));
    CHECK_FALSE(ask(told, "retried shop").so);
    told.act("pause warehouse");
    told.act("pause broker 1");
    REQUIRE(
        told.pass_until("SELECT count(*) > 0 FROM facts WHERE kind = 'retry' AND node = 'shop'", sim::seconds(120)));
    const Asked yes = ask(told, "retried shop");
    CHECK(yes.so);
    CHECK(yes.names("orders-0"));
    CHECK(yes.names("roker 1"));
    CHECK_FALSE(yes.names("warehouse"));
}

TEST_CASE("why a message has not arrived: one is held by hand, others only take their time") {
    Told told;
    REQUIRE(three_committed(told));
    sim::u64 message = 0;
    REQUIRE(told.step_until([&](const Scene& scene) {
        const engine::History& past = scene.history();
        const auto& network = scene.world().machine.network;
        for (sim::u64 i = past.messages.size(); i > 0 && message == 0; --i)
            if (network.find(past.first_message + i - 1) != nullptr) message = past.first_message + i - 1;
        return message != 0;
    }));
    const std::string name = "message " + std::to_string(message);
    const Asked flying = ask(told, "not-arrived " + name);
    CHECK(flying.so);
    CHECK(flying.names("it is on its way since"));
    told.act("pause warehouse");
    told.act("hold " + name);
    const Asked held = ask(told, "not-arrived " + name);
    CHECK(held.so);
    CHECK(held.names("held back by hand"));
    CHECK_FALSE(held.names("warehouse is paused"));
    told.act("release " + name);
    told.orders().pass(sim::seconds(2));
    CHECK_FALSE(ask(told, "not-arrived " + name).so);
}
