// What the tables say of a world that runs, loses its leader and gets it back.
#include <catch2/catch_test_macros.hpp>

#include "app/lab/sql/confinement.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"
#include "tests/app/lab/sql/orders_world.h"

using sim::seconds;
using tests::OrdersRun;
namespace touch = engine::touch;

TEST_CASE("partitions, replicas and records tell of the same log", "[sql]") {
    OrdersRun lab;
    lab.pass(sim::millis(2400));
    CHECK(lab.ask("SELECT topic, partition, leader, leader_epoch, replicas, isr, preferred_leader, min_insync_replicas "
                  "FROM partitions WHERE topic = 'orders'") == "orders|0|1|0|1,2,3|1,2,3|1|2");
    CHECK(lab.ask("SELECT high_watermark, log_end_offset, log_start_offset FROM partitions WHERE topic = 'orders'") ==
          "4|4|0");
    CHECK(lab.ask("SELECT broker, role, in_sync, log_end_offset FROM replicas WHERE topic = 'orders'") ==
          "1|leader|1|4\n2|follower|1|4\n3|follower|1|4");
    CHECK(lab.ask("SELECT offset, key, value, sequence, batch_position, is_control FROM records WHERE topic = 'orders' "
                  "AND broker = 2 AND offset < 2") == "0|customer-0|order 0|0|0|0\n1|customer-1|order 1|1|0|0");
    CHECK(lab.ask("SELECT broker, epoch, start_offset FROM leader_epochs WHERE topic = 'orders'") ==
          "1|0|0\n2|0|0\n3|0|0");
    CHECK(lab.ask("SELECT count(*), min(is_active), max(next_offset) FROM segments WHERE topic = 'orders'") == "3|1|4");
}

TEST_CASE("the ledger knows the outcome of each send and its copies in the leader's log", "[sql]") {
    OrdersRun lab;
    lab.pass(sim::millis(2050));
    CHECK(lab.ask("SELECT message, topic, partition, value, outcome, acked_offset, copies_in_log, visible FROM ledger "
                  "WHERE producer = 'shop'") ==
          "shop-0|orders|0|order 0|acked|0|1|1\nshop-1|orders|0|order 1|acked|1|1|1\nshop-2|orders|0|order "
          "2|acked|2|1|1\n"
          "shop-3|orders|0|order 3|pending|NULL|1|0");
    CHECK(lab.holds("SELECT min(acked_at > sent_at) FROM ledger WHERE outcome = 'acked'"));
    CHECK(lab.ask("SELECT count(*) FROM ledger WHERE producer = 'nobody'") == "0");
}

TEST_CASE("a dead broker's last known state stays until another one leads", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(3));
    lab.act("kill broker 1");
    lab.pass(seconds(2));
    CHECK(lab.ask("SELECT state, is_controller, session_state FROM nodes WHERE name = 'broker 1'") ==
          "down|0|disconnected");
    CHECK(lab.ask("SELECT leader, isr, high_watermark > 0 FROM partitions WHERE topic = 'orders'") == "1|1,2,3|1");
    CHECK(lab.ask("SELECT count(*) FROM znodes WHERE path = '/brokers/ids/1'") == "1");
    REQUIRE(lab.pass_until("SELECT leader = 2 FROM partitions WHERE topic = 'orders'", seconds(10)));
    CHECK(lab.ask("SELECT leader_epoch, isr FROM partitions WHERE topic = 'orders'") == "1|2,3");
    lab.pass(seconds(3));
    CHECK(lab.ask("SELECT path FROM znodes WHERE path LIKE '/brokers/ids/%'") == "/brokers/ids/2\n/brokers/ids/3");
    CHECK(lab.ask("SELECT count(*) FROM ledger WHERE outcome = 'acked' AND (copies_in_log <> 1 OR visible = 0)") ==
          "0");
    CHECK(lab.holds(
        "SELECT (SELECT min(offset) FROM records WHERE topic = 'orders' AND broker = 2 AND leader_epoch = 1) = "
        "(SELECT max(offset) FROM records WHERE topic = 'orders' AND broker = 2 AND leader_epoch = 0) + 1"));
    CHECK(lab.ask("SELECT verb, target, author FROM inputs") == "kill|broker 1|learner");
    CHECK(lab.ask("SELECT node FROM facts WHERE kind = 'leader' AND topic = 'orders'") == "broker 2");
}

TEST_CASE("without a controller the last one's word stands, and after it the znodes", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(1));
    const std::string before =
        lab.ask("SELECT leader, leader_epoch, partition_epoch, replicas, isr FROM partitions WHERE topic = 'orders'");
    lab.act("kill broker 3");
    CHECK(lab.ask("SELECT count(*) FROM nodes WHERE is_controller") == "0");
    CHECK(
        lab.ask("SELECT leader, leader_epoch, partition_epoch, replicas, isr FROM partitions WHERE topic = 'orders'") ==
        before);
    lab.act("restart broker 3");
    lab.pass(sim::millis(100));  // it has forgotten that it was controller, and its old session still holds the post
    CHECK(
        lab.ask("SELECT leader, leader_epoch, partition_epoch, replicas, isr FROM partitions WHERE topic = 'orders'") ==
        before);
    CHECK(before == "1|0|0|1,2,3|1,2,3");
}

TEST_CASE("tables of the past are read up to the cursor", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(4));
    const sim::u64 then = lab.run().cursor();
    const std::string counts =
        "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM facts), (SELECT count(*) FROM messages), "
        "(SELECT count(*) FROM ledger WHERE outcome = 'pending'), (SELECT count(*) FROM messages WHERE outcome = "
        "'in_flight')";
    const std::string before = lab.ask(counts);
    const std::string in_flight = lab.ask("SELECT count(*) > 0 FROM messages WHERE outcome = 'in_flight'");
    lab.pass(seconds(4));
    CHECK(lab.ask(counts) != before);
    lab.run().seek(then);
    CHECK(lab.ask(counts) == before);
    CHECK(in_flight == "1");
}

TEST_CASE("an event's parent comes before it and facts point at facts", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(2));
    CHECK(lab.ask("SELECT count(*) FROM events WHERE parent >= seq") == "0");
    CHECK(lab.holds("SELECT count(*) > 10 FROM events AS child JOIN events AS mother ON mother.seq = child.parent "
                    "WHERE mother.at <= child.at AND child.kind = 'arrival'"));
    CHECK(lab.ask("SELECT count(*) FROM facts AS late JOIN facts AS early ON early.seq = late.cause WHERE early.at > "
                  "late.at") == "0");
    CHECK(lab.ask("SELECT count(*) FROM messages WHERE sender = '' OR api IS NULL OR delivered_at < sent_at") == "0");
    CHECK(lab.holds(
        "SELECT count(*) > 0 FROM messages WHERE sender = 'shop' AND receiver = 'broker 1' AND api = 'Produce'"));
}

TEST_CASE("links and timers are those of this moment", "[sql]") {
    OrdersRun lab;
    CHECK(lab.ask("SELECT latency_ms, bandwidth, loss, state FROM links WHERE from_node = 'broker 1' AND to_node = "
                  "'broker 2'") == "40|NULL|0|open");
    CHECK(lab.ask("SELECT latency_ms FROM links WHERE from_node = 'zookeeper' AND to_node = 'broker 2'") == "1");
    lab.act("block link broker 1 -> broker 2");
    CHECK(lab.ask("SELECT state FROM links WHERE from_node = 'broker 1' AND to_node = 'broker 2'") == "blocked");
    CHECK(lab.ask("SELECT state FROM links WHERE from_node = 'broker 2' AND to_node = 'broker 1'") == "open");
    CHECK(lab.holds("SELECT count(*) > 0 FROM timers WHERE node = 'broker 2' AND kind = 'ZooKeeper heartbeat'"));
    CHECK(lab.ask("SELECT value, source FROM configs WHERE name = 'orders' AND key = 'min.insync.replicas'") ==
          "2|DYNAMIC_TOPIC_CONFIG");
}

TEST_CASE("the twin is another world in the same query", "[sql]") {
    OrdersRun with, without;
    with.pass(seconds(2));
    without.pass(seconds(2));
    with.act("kill broker 2");
    with.show();
    CHECK(with.ask("SELECT count(*) FROM twin.nodes") == "0");
    const app::lab::Moment twin{&without.run().world(), &without.run().history(), without.run().cursor(), 0};
    with.view().show_twin(&twin);
    CHECK(with.ask("SELECT a.state, b.state FROM nodes a JOIN twin.nodes b USING (name) WHERE name = 'broker 2'") ==
          "down|up");
    CHECK(with.ask("SELECT count(*) FROM partitions a JOIN twin.partitions b USING (topic, partition, high_watermark) "
                   "WHERE topic = 'orders'") == "1");
    with.view().show_twin(nullptr);
    CHECK(with.ask("SELECT count(*) FROM twin.nodes") == "0");
}

TEST_CASE("a statement knows which tables its answer depends on", "[sql]") {
    OrdersRun lab;
    const auto touches = [&](const char* sql) { return lab.view().prepare(sql).value().touches(); };
    CHECK(touches("SELECT count(*) FROM facts") == touch::kFacts);
    CHECK(touches("SELECT 1") == 0);
    CHECK(touches("SELECT (SELECT count(*) FROM inputs) FROM znodes WHERE path = '/'") ==
          (touch::kInputs | touch::kZnodes));
    CHECK((touches("SELECT leader FROM partitions") & touch::kPartitions) != 0);
    CHECK((touches("SELECT leader FROM partitions") & touch::kFacts) == 0);
    CHECK((touches("SELECT 1 FROM ledger") & touch::kRecords) != 0);
    CHECK((touches("WITH p AS (SELECT * FROM messages) SELECT count(*) FROM p") & touch::kMessages) != 0);
    const auto twin = lab.view().prepare("SELECT count(*) FROM twin.facts");
    CHECK(twin->touches() == 0);
    CHECK(twin->touches_of_twin() == touch::kFacts);
}

TEST_CASE("what an answer depends on is touched when it changes", "[sql]") {
    OrdersRun lab;
    for (const char* sql :
         {"SELECT group_concat(high_watermark || isr || leader || log_end_offset) FROM partitions",
          "SELECT group_concat(state || is_controller) FROM nodes",
          "SELECT count(*) FROM records",
          "SELECT group_concat(outcome || copies_in_log || visible) FROM ledger",
          "SELECT count(*) FROM facts",
          "SELECT group_concat(path || version) FROM znodes",
          "SELECT group_concat(role || in_sync || high_watermark) FROM replicas",
          "SELECT group_concat(outcome) FROM messages",
          "SELECT count(*), max(epoch) FROM leader_epochs",
          "SELECT group_concat(owner || expires_at || state) FROM sessions",
          "SELECT group_concat(ifnull(committed, '-') || ifnull(position, '-') || log_end_offset) FROM offsets",
          "SELECT group_concat(state || generation || member_count) FROM groups",
          "SELECT group_concat(name || state) FROM members",
          "SELECT group_concat(topic || partition || name) FROM assignments",
          "SELECT count(*), count(processed_at) FROM deliveries",
          "SELECT group_concat(in_flight || buffered_bytes || retries || producer_id) FROM producers",
          "SELECT count(*), max(bytes), max(next_offset), group_concat(state) FROM segments",
          "SELECT group_concat(path || kind) FROM watches",
          "SELECT group_concat(name || key || value) FROM configs",
          "SELECT count(*) FROM timers"}) {
        OrdersRun run;
        auto statement = run.view().prepare(sql);
        REQUIRE(statement.has_value());
        run.run().take_touched();
        std::string last = run.ask(sql);
        int changes = 0, missed = 0;
        const auto look = [&] {
            const bool touched = (run.run().take_touched() & statement->touches()) != 0;
            const std::string now = run.ask(sql);
            changes += now != last ? 1 : 0;
            missed += now != last && !touched ? 1 : 0;
            last = now;
        };
        for (int i = 0; i < 900 && run.run().advance(); ++i) look();
        run.act("kill broker 1");
        look();
        for (int i = 0; i < 600 && run.run().advance(); ++i) look();
        INFO(sql << ": " << missed << " of " << changes << " changes came without a touch");
        CHECK(changes > 0);
        CHECK(missed == 0);
    }
}

TEST_CASE("keys reach the tables: what cannot match is not looked at", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(30));
    lab.view().bounds().rows_looked_at = 5;
    CHECK(
        lab.ask("SELECT value FROM records WHERE topic = 'orders' AND partition = 0 AND broker = 2 AND offset = 40") ==
        "order 40");
    CHECK(lab.ask("SELECT count(*) FROM records WHERE topic = 'none'") == "0");
    CHECK(lab.ask("SELECT count(*) FROM events WHERE seq = 2000000000") == "0");
    CHECK(lab.ask("SELECT count(*) FROM facts WHERE seq = 3") == "1");
    CHECK(lab.ask("SELECT count(*) FROM records WHERE broker = 2") == "stopped: the query looks at more than 5 rows");
}

TEST_CASE("a key that SQLite would convert is still compared by SQLite", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(1));
    CHECK(lab.ask("SELECT count(*) FROM partitions WHERE topic = 'orders' AND partition = '0'") == "1");
    CHECK(lab.ask("SELECT count(*) FROM partitions WHERE topic = 'orders' AND partition = 0.0") == "1");
    CHECK(lab.ask("SELECT count(*) FROM partitions WHERE topic = 'ORDERS' COLLATE NOCASE") == "1");
    CHECK(lab.ask("SELECT count(*) FROM partitions WHERE topic = 'ORDERS'") == "0");
    CHECK(lab.ask("SELECT count(*) FROM nodes WHERE name IN ('broker 1', 'broker 3', 'nobody')") == "2");
    CHECK(lab.ask("SELECT count(*) FROM partitions WHERE topic = NULL OR partition = NULL") == "0");
}

TEST_CASE("a row that matches both sides of an OR comes once", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(12));
    CHECK(lab.ask("SELECT count(*) FROM messages WHERE sender = 'shop' OR receiver = 'shop'") ==
          lab.ask("SELECT (SELECT count(*) FROM messages WHERE sender = 'shop') + (SELECT count(*) FROM messages WHERE "
                  "receiver = 'shop')"));
    CHECK(lab.ask("SELECT name FROM nodes WHERE name = 'shop' OR name = 'shop' OR kind = 'producer'") == "shop");
    for (const app::lab::TableSpec& table : app::lab::all_tables()) {
        INFO(table.name);
        CHECK(lab.ask("SELECT count(*) - count(DISTINCT rowid) FROM " + std::string(table.name)) == "0");
    }
}

TEST_CASE("a group is what its coordinator and its consumer know of it", "[sql]") {
    OrdersRun lab;
    lab.pass(seconds(12));
    CHECK(lab.ask("SELECT group_id, state, protocol, member_count FROM groups") == "stock|Stable|range|1");
    CHECK(lab.ask("SELECT group_id, name, instance_id, state FROM members") == "stock|warehouse|NULL|stable");
    CHECK(lab.ask("SELECT group_id, topic, partition, name FROM assignments") == "stock|orders|0|warehouse");
    CHECK(lab.holds("SELECT generation = (SELECT generation FROM groups) FROM assignments"));
    CHECK(
        lab.holds("SELECT coordinator = (SELECT leader FROM partitions WHERE topic = '__consumer_offsets' AND "
                  "partition = p) FROM groups, "
                  "(SELECT partition AS p FROM records WHERE topic = '__consumer_offsets' LIMIT 1)"));
    CHECK(
        lab.holds("SELECT committed > 0 AND committed < position AND lag = log_end_offset - committed FROM offsets "
                  "WHERE group_id = 'stock'"));
    CHECK(
        lab.holds("SELECT position = (SELECT max(offset) + 1 FROM deliveries WHERE consumer = 'warehouse') FROM "
                  "offsets WHERE group_id = 'stock'"));
    CHECK(lab.ask("SELECT count(*) FROM ledger AS l JOIN deliveries AS d USING (message) WHERE l.value <> d.value") ==
          "0");
    CHECK(
        lab.holds("SELECT count(*) > 10 AND count(*) = count(processed_at) FROM deliveries WHERE group_id = 'stock' "
                  "AND topic = 'orders'"));
    lab.act("kill warehouse");
    CHECK(lab.ask("SELECT position, committed > 0 FROM offsets WHERE group_id = 'stock'") == "NULL|1");
}
