// The stage: nodes as cards, connections as curves, messages on their way. It says what is there and how far a
// message has come; where the cards stand is the drawing's business.
#pragma once

#include <string>
#include <vector>

#include "app/view_model/tape.h"

namespace app {

/// A request or timer that waits inside a node.
struct WaitVm {
    std::string object;          // "wait 12"
    std::string what;            // "produce order 9 waits for HW 10"
    std::string left;            // "30.0 s left"
    i32 left_per_mille = 1000;   // of the whole wait
};

enum class NodeHealth : u8 { alive, dead, cut_off, recovering, paused, slow };

struct BrokerCardVm {
    std::string object;          // "broker 2"
    std::string name;            // "broker 2"
    ReplicaRole role = ReplicaRole::none;   // of the partition that the stage shows
    NodeHealth health = NodeHealth::alive;
    std::string status;          // second line: "leader", "in sync", "at 5.060", "left the ISR at 10.400"
    std::string note;            // lower right: "leader, epoch 1"; "" none
    bool controller = false;
    bool selected = false;
    bool spotlight = false;      // the lesson points here
    bool dimmed = false;         // the lesson points elsewhere
    bool changed = false;        // by this step
    i32 leads = 0;               // cluster zoom: partitions it leads
    i32 follows = 0;
    std::vector<TapeVm> tapes;   // one a replica that is shown
    std::vector<WaitVm> waits;
};

struct SessionVm {
    std::string name;            // "1"
    bool alive = true;
};

struct ZooKeeperCardVm {
    bool shown = true;
    std::string object = "zookeeper";
    std::string name = "ZooKeeper";
    std::string controller;      // "/controller 3"
    std::vector<SessionVm> sessions;
    bool selected = false;
    bool spotlight = false;
    bool dimmed = false;
};

/// One line of a client's card. With `offset_cell` the value is drawn as a cell of the tape.
struct ClientRowVm {
    std::string label;           // "in flight"
    std::string value;           // "10-20"
    bool offset_cell = false;
    CellState cell = CellState::not_committed;
    bool ruled = false;          // a line above it
};

enum class ClientSide : u8 { producer, consumer };

struct ClientCardVm {
    std::string object;          // "shop"
    std::string name;
    std::string note;            // "acks=all", "consumer"
    ClientSide side = ClientSide::producer;
    NodeHealth health = NodeHealth::alive;
    std::vector<ClientRowVm> rows;
    std::vector<WaitVm> waits;
    bool selected = false;
    bool spotlight = false;
    bool dimmed = false;
    bool wide = false;           // its words need more room: Spark's machines
};

enum class MessageKind : u8 { request, reply };
enum class MessageState : u8 { flying, arrived, lost, delayed, duplicate, held };

struct MessageVm {
    std::string object;          // "message 812"
    std::string label;           // "Fetch 10"; "" draws none
    MessageKind kind = MessageKind::request;
    MessageState state = MessageState::flying;
    i32 per_mille = 0;           // of its way, by simulated time
    bool backwards = false;      // travels from `to` to `from` of its link
    bool selected = false;
};

/// A connection between two nodes, drawn once however many messages are on it.
struct LinkVm {
    std::string object;          // "link shop - broker 2"
    std::string from;            // objects of the two cards
    std::string to;
    bool replication = false;    // between brokers: takes the in-sync colour
    bool cut = false;            // a fault rule blocks it
    bool quiet = false;          // nothing on it: a thin line, or a dashed one if also cut
    std::vector<MessageVm> messages;
};

enum class StageZoom : u8 { cluster, broker, tape, bytes };

struct StageVm {
    std::string title;           // "orders-0"
    std::string subtitle;        // "3 replicas, min.insync.replicas 2"
    std::string alarm;           // why nobody leads what is shown; "" somebody does
    StageZoom zoom = StageZoom::broker;
    ZooKeeperCardVm zookeeper;
    std::vector<BrokerCardVm> brokers;     // top to bottom
    std::vector<ClientCardVm> clients;     // producers left, consumers right
    std::vector<LinkVm> links;
    bool legend = true;
    // The camera: 1000 is the fitted size, the offset is in design pixels.
    i32 zoom_per_mille = 1000;
    i32 pan_x = 0;
    i32 pan_y = 0;
    // Why there is nothing to see, and what to do; both empty when there is something.
    std::string empty_title;
    std::string empty_text;
};

}  // namespace app
