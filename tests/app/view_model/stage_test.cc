#include <catch2/catch_test_macros.hpp>

#include "app/view_model/stage_parts.h"
#include "tests/app/view_model/told.h"

using namespace app;
using tests::Told;
using tests::with_object;

namespace {

const char* const kSomeOrders = "SELECT high_watermark >= 4 FROM partitions WHERE topic = 'orders'";

}  // namespace

TEST_CASE("stage: every replica is a tape with its marks, and one card is the leader's") {
    Told told;
    REQUIRE(told.pass_until(kSomeOrders));
    const StageVm stage = told.screen().stage;
    CHECK(stage.title == "orders-0");
    CHECK(stage.subtitle == "3 replicas, min.insync.replicas 2");
    REQUIRE(stage.brokers.size() == 3);
    CHECK(stage.brokers[0].role == ReplicaRole::leader);
    CHECK(stage.brokers[1].role == ReplicaRole::in_sync);
    CHECK(stage.brokers[2].controller);
    for (const BrokerCardVm& broker : stage.brokers) {
        REQUIRE(broker.tapes.size() == 1);
        const TapeVm& tape = broker.tapes[0];
        REQUIRE(tape.log_end_offset >= 4);
        CHECK(static_cast<i64>(tape.cells.size()) == tape.log_end_offset);
        for (const TapeCell& cell : tape.cells)
            CHECK((cell.state == CellState::committed) == (cell.offset < tape.high_watermark));
    }
    CHECK(stage.brokers[0].tapes[0].object == "orders-0/1");
    CHECK(stage.brokers[0].tapes[0].cells[2].object == "orders-0/1 offset 2");
}

TEST_CASE("stage: a killed broker is dead at once, while its session lives on in ZooKeeper") {
    Told told;
    REQUIRE(told.pass_until(kSomeOrders));
    const i64 end = told.screen().stage.brokers[0].tapes[0].log_end_offset;
    told.act("kill broker 1");
    const StageVm stage = told.screen().stage;
    CHECK(stage.brokers[0].health == NodeHealth::dead);
    CHECK(stage.brokers[0].role == ReplicaRole::offline);
    CHECK(stage.brokers[0].status.starts_with("at "));
    CHECK(stage.brokers[0].changed);
    CHECK(stage.brokers[0].tapes.at(0).log_end_offset == end);
    REQUIRE(stage.zookeeper.sessions.size() == 3);
    CHECK(stage.zookeeper.sessions[0].alive);
    REQUIRE(told.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'"));
    const StageVm later = told.screen().stage;
    CHECK_FALSE(later.zookeeper.sessions[0].alive);
    CHECK(later.brokers[1].role == ReplicaRole::leader);
}

TEST_CASE("stage: a partition without a leader says so, where its records are, and which of them are nowhere else") {
    Told told;
    REQUIRE(told.pass_until(kSomeOrders));
    CHECK(told.screen().stage.alarm.empty());
    told.act("kill broker 2");
    REQUIRE(told.pass_until("SELECT isr = '1,3' FROM partitions WHERE topic = 'orders'"));
    REQUIRE(told.pass_until("SELECT log_end_offset >= 14 FROM partitions WHERE topic = 'orders'"));
    told.act("kill broker 3");
    REQUIRE(told.pass_until("SELECT isr = '1' FROM partitions WHERE topic = 'orders'"));
    CHECK(told.screen().stage.alarm.empty());
    told.act("kill broker 1");
    told.act("restart broker 2");
    REQUIRE(told.pass_until("SELECT leader = -1 AND (SELECT count(*) FROM znodes WHERE path = '/brokers/ids/2') = 1 "
                            "FROM partitions WHERE topic = 'orders'"));
    const StageVm stage = told.screen().stage;
    CHECK(stage.title == "orders-0 has no leader");
    CHECK(stage.alarm == "Its only in-sync copy is on broker 1, which is dead. Nobody can write or read.");
    const TapeVm& dead = stage.brokers[0].tapes.at(0);
    CHECK(dead.only_here_from == stage.brokers[1].tapes.at(0).log_end_offset);
    CHECK(dead.only_here_from < dead.log_end_offset);
    CHECK(stage.brokers[1].tapes.at(0).only_here_from == kNoMark);   // it lives
    CHECK(stage.brokers[2].tapes.at(0).only_here_from == kNoMark);   // it left the ISR: what it has more is not missed
    told.act("restart broker 1");
    REQUIRE(told.pass_until("SELECT leader = 1 FROM partitions WHERE topic = 'orders'"));
    CHECK(told.screen().stage.alarm.empty());
    CHECK(told.screen().stage.brokers[0].tapes.at(0).only_here_from == kNoMark);
}

TEST_CASE("stage: a produce that waits for the high watermark is an arc with the time it has left") {
    Told told;
    REQUIRE(told.pass_until(kSomeOrders));
    std::vector<WaitVm> waits;
    const bool found = told.step_until([&](const Scene& scene) {
        for (const BrokerCardVm& card : broker_cards(scene))
            for (const WaitVm& wait : card.waits)
                if (wait.what.starts_with("produce order ")) waits.push_back(wait);
        return !waits.empty();
    });
    REQUIRE(found);
    CHECK(waits[0].what.find(" waits for HW ") != std::string::npos);
    CHECK(waits[0].left_per_mille > 0);
    CHECK(waits[0].left_per_mille <= 1000);
    CHECK(waits[0].left.ends_with(" left"));
}

TEST_CASE("stage: how far a message has come follows from the clock alone") {
    Told told;
    REQUIRE(told.pass_until(kSomeOrders));
    std::string object;
    REQUIRE(told.step_until([&](const Scene& scene) {
        for (const LinkVm& link : links(scene))
            for (const MessageVm& message : link.messages)
                if (message.label.starts_with("Fetch ") && message.state == MessageState::flying &&
                    message.per_mille < 300)
                    object = message.object;
        return !object.empty();
    }));
    i32 last = -1;
    for (int i = 0; i < 4; ++i) {
        Snapshot snapshot = told.snapshot();
        snapshot.clock += sim::millis(3 * i);
        const Scene scene(snapshot);
        for (const LinkVm& link : links(scene)) {
            const auto* message = with_object(link.messages, object);
            if (message == nullptr) continue;
            CHECK(message->per_mille > last);
            CHECK(message->per_mille <= 1000);
            last = message->per_mille;
        }
    }
    CHECK(last > 0);
}

TEST_CASE("stage: a blocked link is drawn cut, and the node that lost all its links is cut off") {
    Told told;
    told.orders().pass(sim::seconds(1));
    told.act("partition isolate broker 3");
    const StageVm stage = told.screen().stage;
    CHECK(stage.brokers[2].health == NodeHealth::cut_off);
    const auto* link = with_object(stage.links, "link zookeeper - broker 3");
    REQUIRE(link != nullptr);
    CHECK(link->cut);
    const auto* other = with_object(stage.links, "link zookeeper - broker 2");
    REQUIRE(other != nullptr);
    CHECK_FALSE(other->cut);
}

TEST_CASE("stage: clients stand on their side with what they wait for") {
    Told told;
    REQUIRE(told.pass_until("SELECT count(*) >= 2 FROM deliveries"));
    const StageVm stage = told.screen().stage;
    REQUIRE(stage.clients.size() == 2);
    CHECK(stage.clients[0].name == "shop");
    CHECK(stage.clients[0].note == "acks=all");
    CHECK(stage.clients[0].side == ClientSide::producer);
    CHECK(stage.clients[1].side == ClientSide::consumer);
    REQUIRE_FALSE(stage.clients[1].rows.empty());
    CHECK(stage.clients[1].rows[0].label == "position");
}
