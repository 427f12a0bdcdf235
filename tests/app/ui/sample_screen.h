// A screen with made-up contents: the moment that the pictures of the look show. Only for drawing; no run made it.
#pragma once

#include <fmt/format.h>

#include "app/view_model/screen.h"

namespace sample {

using namespace app;

namespace parts {

constexpr i64 ms(i64 n) { return n * 1'000'000; }

inline TapeVm tape_of(int broker, ReplicaRole role, i64 hw, i64 leo) {
    TapeVm tape;
    tape.object = fmt::format("orders-0/{}", broker);
    tape.partition = "orders-0";
    tape.role = role;
    for (i64 o = 0; o < leo; ++o) {
        TapeCell cell;
        cell.offset = o;
        cell.state = o < hw ? CellState::committed : CellState::not_committed;
        cell.object = fmt::format("orders-0/{} offset {}", broker, o);
        tape.cells.push_back(cell);
    }
    tape.high_watermark = hw;
    tape.log_end_offset = leo;
    return tape;
}

inline BrokerCardVm broker(int id, ReplicaRole role, NodeHealth health, std::string status) {
    BrokerCardVm vm;
    vm.object = vm.name = fmt::format("broker {}", id);
    vm.role = role;
    vm.health = health;
    vm.status = std::move(status);
    vm.tapes.push_back(tape_of(id, role, 9, 10));
    return vm;
}

inline MessageVm message(std::string object, std::string label, int per_mille,
                         MessageState state = MessageState::flying) {
    MessageVm vm;
    vm.object = std::move(object);
    vm.label = std::move(label);
    vm.per_mille = per_mille;
    vm.state = state;
    return vm;
}

inline LinkVm link(std::string from, std::string to, std::vector<MessageVm> messages, bool replication = false,
                   bool cut = false) {
    LinkVm vm;
    vm.object = "link " + from + " - " + to;
    vm.from = std::move(from);
    vm.to = std::move(to);
    vm.messages = std::move(messages);
    vm.replication = replication;
    vm.cut = cut;
    return vm;
}

inline StageVm stage() {
    StageVm vm;
    vm.title = "orders-0";
    vm.subtitle = "3 replicas, min.insync.replicas 2";
    vm.zookeeper.controller = "/controller 3";
    vm.zookeeper.sessions = {{"1", false}, {"2", true}, {"3", true}};
    vm.brokers = {broker(1, ReplicaRole::offline, NodeHealth::dead, "at 5.060"),
                  broker(2, ReplicaRole::leader, NodeHealth::alive, "leader"),
                  broker(3, ReplicaRole::in_sync, NodeHealth::alive, "in sync")};
    vm.brokers[1].tapes[0].last_stable_offset = 9;
    vm.brokers[1].waits = {{"wait 1", "produce order 9 waits for HW 10", "30.0 s left", 930}};
    vm.brokers[2].controller = true;
    ClientCardVm shop;
    shop.object = shop.name = "shop";
    shop.note = "acks=all";
    shop.rows = {{"in flight", "9", true, CellState::not_committed, false},
                 {"queued", "10\u201320", false, {}, false},
                 {"acked", "0\u20138", false, {}, true}};
    ClientCardVm billing;
    billing.object = billing.name = "billing";
    billing.note = "consumer";
    billing.side = ClientSide::consumer;
    billing.rows = {{"position", "9", false, {}, false}};
    vm.clients = {shop, billing};
    vm.links = {link("zookeeper", "broker 1", {}, false, true),
                link("zookeeper", "broker 2", {}),
                link("zookeeper", "broker 3", {}),
                link("shop", "broker 2", {message("message 1", "", 1000, MessageState::arrived)}),
                link("broker 3", "broker 2", {message("message 2", "Fetch 10", 500)}, true),
                link("billing", "broker 2", {message("message 3", "Fetch 9", 540)})};
    return vm;
}

inline LessonPaneVm lesson() {
    LessonPaneVm vm;
    vm.level = "LEVEL 2  REPLICATION";
    vm.title = "The leader dies";
    vm.stop = 4;
    vm.stops = 7;
    vm.narration =
        "**Broker 2 leads** now. The shop got no answer for **order 9** and sends it again. Broker 2 has it "
        "already, yet it does not answer.";
    PredictionVm ask;
    ask.id = "ack";
    ask.stop = "stop 4";
    ask.ask = "What lets broker 2 acknowledge order 9?";
    ask.choices = {{"nothing", "Nothing more: it has the order", false},
                   {"fetch", "Broker 3 asks for offset 10", true},
                   {"back", "Broker 1 comes back", false}};
    vm.predictions = {ask};
    vm.goals = {{GoalState::reached, "Which broker leads next?", "2, right", {}},
                {GoalState::holds, "No acknowledged order is lost", "holds", {}}};
    vm.fidelity = "Real: Kafka's protocol, logs and election. Simulated: clock, network, disk.";
    return vm;
}

inline InspectorVm inspector() {
    InspectorVm vm;
    vm.heading = "WHAT CHANGED";
    vm.step = "step 486";
    vm.title = "Broker 2 parks a produce request";
    vm.text = "Its log already has sequence 9 of this producer, at offset 9. Nothing is written.";
    vm.changes = {{"produce requests waiting", "0", "1", false, {}},
                  {"log end offset, broker 2", "10", "10", true, {}},
                  {"high watermark, orders-0", "9", "9", true, {}}};
    vm.why_heading = "WHY";
    vm.causes = {{"5.040", "Order 9 lands on broker 1", CauseMark::plain, "fact 301.0"},
                 {"5.060", "Broker 1 is killed", CauseMark::broken, "fact 312.0"},
                 {"5.080", "Broker 2 still gets order 9", CauseMark::plain, "fact 318.0"},
                 {"10.200", "Session of broker 1 expires", CauseMark::plain, "fact 455.0"},
                 {"10.400", "Controller 3 elects broker 2", CauseMark::plain, "fact 471.0"},
                 {"10.502", "Resent order 9 is a duplicate", CauseMark::here, "fact 486.0"}};
    vm.rule_shut = true;
    vm.rule_shut_text = "The rule opens when you have answered.";
    vm.why_question = "Why did broker 2 get order 9?";
    vm.state_heading = "STATE OF orders-0";
    vm.state = {{"leader", "1", "2"}, {"leader epoch", "0", "1"}};
    vm.key_label = "high watermark now";
    vm.key_value = "min(10, 9) = 9";
    vm.key_label_2 = "answered at";
    vm.key_value_2 = "HW 10";
    return vm;
}

inline PartitionsVm partitions() {
    PartitionsVm vm;
    vm.sentence = "One row for each copy of orders-0. Committed means: every in-sync copy has it.";
    vm.known_title = "LEO known to broker 2";
    using enum ReplicaRole;
    vm.rows = {{"orders-0/1",
                "orders-0",
                "1",
                offline,
                "offline",
                "no",
                "\u2013",
                "9",
                "10",
                "\u2013",
                false,
                {},
                false},
               {"orders-0/2", "orders-0", "2", leader, "leader", "yes", "9", "9", "10", "10", false, {}, false},
               {"orders-0/3", "orders-0", "3", in_sync, "follower", "yes", "\u2013", "9", "10", "9", true,
                "last Fetch: 9", false}};
    vm.rule = "HW = smallest LEO in the ISR, as the leader knows it = `min(10, 9)` = **9**";
    vm.isr_axis = {{{ms(4000), ms(10800), 1, false, {}}},
                   {{ms(4000), "4 s"}, {ms(6000), "6 s"}, {ms(8000), "8 s"}, {ms(10000), "10 s"}}};
    vm.isr_lanes = {
        {"isr 1",
         "1",
         {{ms(4000), ms(5060), BarKind::leader, {}, {}},
          {ms(5060), ms(10400), BarKind::dead, "dead, still in ISR", {}}},
         {}},
        {"isr 2",
         "2",
         {{ms(4000), ms(10400), BarKind::in_sync, {}, {}}, {ms(10440), ms(10750), BarKind::leader, {}, {}}},
         {}},
        {"isr 3", "3", {{ms(4000), ms(10700), BarKind::in_sync, {}, {}}}, {}}};
    vm.isr_note = "under-replicated: 2 of 3";
    return vm;
}

inline TimelineVm timeline() {
    TimelineVm vm;
    vm.tabs = {"Timeline", "Space-time", "Events", "Metrics", "Console"};
    vm.tab = "Timeline";
    vm.axis.stretches = {{ms(4400), ms(5500), 562, false, {}},
                         {ms(5500), ms(10100), 82, true, "4.6 s folded"},
                         {ms(10100), ms(11100), 516, false, {}}};
    for (i64 t = 4400; t <= 11000; t += 100) {
        if (t > 5400 && t < 10200) continue;
        vm.axis.ticks.push_back({ms(t), t % 200 == 0 ? fmt::format("{}.{} s", t / 1000, t / 100 % 10) : ""});
    }
    const auto ev = [](i64 t, MarkerKind kind = MarkerKind::event, std::string label = {}) {
        return MarkerVm{ms(t), kind, std::move(label), {}, false};
    };
    vm.lanes = {
        {"broker 1",
         "broker 1",
         {{ms(4400), ms(5060), BarKind::leader, {}, {}}, {ms(5060), ms(10502), BarKind::dead, {}, {}}},
         {ev(4426, MarkerKind::leader), ev(4540), ev(4620), ev(5040), ev(5060, MarkerKind::broken, "kill")}},
        {"broker 2",
         "broker 2",
         {{ms(4400), ms(10440), BarKind::in_sync, {}, {}}, {ms(10440), ms(10502), BarKind::leader, {}, {}}},
         {ev(4580), ev(5080), ev(10440), ev(10455, MarkerKind::leader)}},
        {"broker 3",
         "broker 3",
         {{ms(4400), ms(10502), BarKind::in_sync, {}, {}}},
         {ev(4580), ev(10240), ev(10320), ev(10382, MarkerKind::controller), ev(10400), ev(10480)}},
        {"zookeeper",
         "ZooKeeper",
         {{ms(4400), ms(10200), BarKind::session, "session of broker 1: 6 s without a ping", {}}},
         {ev(10200, MarkerKind::ended, "expired")}},
        {"shop",
         "shop",
         {{ms(4500), ms(4660), BarKind::acknowledged, "order 8 acked", {}},
          {ms(5000), ms(10502), BarKind::not_acknowledged, "order 9 not acknowledged", {}}},
         {}},
        {"billing",
         "billing",
         {{ms(4400), ms(4620), BarKind::waiting, {}, {}},
          {ms(4700), ms(5100), BarKind::waiting, "fetch waits for bytes", {}}},
         {ev(4660), ev(4700), ev(10480)}}};
    vm.axis_markers = {{ms(10190), MarkerKind::prediction_answered, {}, {}, true},
                       {ms(10502), MarkerKind::prediction_open, {}, {}, true}};
    vm.now_ns = vm.newest_ns = ms(10502);
    vm.now = "10.502";
    vm.beyond = "not run yet";
    vm.branches = {{"main", -1, 0, 4, 3}, {"acks=1", 0, 1, 1, -1}};
    return vm;
}

}  // namespace parts

inline ScreenVm leader_failover() {
    ScreenVm vm;
    vm.top_bar = {false, false, true, true, {}, "10.502 s", "486", "7", "main", "paced by event", "1x", {}};
    vm.lesson = parts::lesson();
    vm.stage = parts::stage();
    for (const char* view : {"Partitions", "Groups", "Query", "Event time", "State", "Wire", "Znodes",
                             "Transactions", "Checkpoint", "SQL"})
        vm.views.push_back({view, false});
    vm.view = "Partitions";
    vm.partitions = parts::partitions();
    vm.inspector = parts::inspector();
    vm.timeline = parts::timeline();
    return vm;
}

/// The course home with eleven lessons done.
inline ScreenVm home() {
    ScreenVm vm;
    vm.at_home = vm.top_bar.home = true;
    HomeVm& home = vm.home;
    home.title = "What do you want to see run?";
    home.continue_heading = home.continue_verb = "Continue";
    home.continue_title = "The leader dies";
    home.continue_text = "Level 2, stop 4 of 7. You were asked what lets broker 2 acknowledge order 9.";
    home.stop = 4;
    home.stops = 7;
    home.course_note = "11 of 29 lessons, 38 of 44 predictions answered, 27 right at the first try";
    using enum LessonProgress;
    home.levels = {{1,
                    "The log",
                    "offsets, keys, partitions, retention",
                    {{"101", "A list that only grows", done, {}},
                     {"102", "An offset is a place", done, {}},
                     {"103", "Keys choose partitions", done, {}}},
                    1000,
                    false},
                   {2,
                    "Replication",
                    "leaders, ISR, high watermark",
                    {{"201", "Three copies", done, {}},
                     {"204", "The leader dies", here, "4/7"},
                     {"205", "Committed is not written", open, {}}},
                    330,
                    true},
                   {3,
                    "Delivery",
                    "acks, retries, groups, transactions",
                    {{"301", "What acks=1 risks", open, {}}},
                    0,
                    false},
                   {4,
                    "Streams",
                    "micro-batches, event time, state",
                    {{"401", "A stream is a table", open, {}}},
                    0,
                    false},
                   {5,
                    "Pipelines",
                    "end to end, crashes, exactly once",
                    {{"501", "One record, whole way", open, {}}},
                    0,
                    false}};
    home.sessions = {{"a", "The leader dies", "today 14:02", "seed 7, 2 branches", "step 486 of 511"},
                     {"b", "Who reads what", "yesterday", "seed 7", "finished"}};
    return vm;
}

/// A cluster of `brokers` with one partition each: for budgets and narrow screens.
inline ScreenVm wide_cluster(int brokers, int cells) {
    ScreenVm vm = leader_failover();
    vm.stage.brokers.clear();
    for (int i = 1; i <= brokers; ++i) {
        BrokerCardVm card = parts::broker(i, i == 1 ? ReplicaRole::leader : ReplicaRole::in_sync,
                                          NodeHealth::alive, i == 1 ? "leader" : "in sync");
        card.tapes = {parts::tape_of(i, card.role, cells - 1, cells)};
        card.leads = i;
        card.follows = 2 * i;
        vm.stage.brokers.push_back(card);
    }
    return vm;
}

}  // namespace sample
