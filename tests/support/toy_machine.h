// A machine room whose nodes do what a test says, and note what they hear.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/disk/disk_door.h"
#include "sim/machine.h"
#include "tests/support/bytes.h"

namespace tests {

using namespace sim;

/// A notice, and when it came.
struct Heard {
    NodeId node = kNoNode;
    Nanos at;
    Notice notice;

    [[nodiscard]] std::string text() const { return notice.frame ? tests::text(notice.frame->flatten()) : ""; }
};

/// What became of messages.
struct MessageNotes final : Recorder {
    std::vector<MessageSent> sent;
    std::vector<MessageEnded> ended;
    void on_message_sent(const MessageSent& row) override { sent.push_back(row); }
    void on_message_ended(const MessageEnded& row) override { ended.push_back(row); }
};

/// A link without jitter, loss or limit.
inline LinkProfile link_of(Nanos latency, u64 bandwidth = 0) {
    LinkProfile profile;
    profile.latency = latency;
    profile.bandwidth = bandwidth;
    return profile;
}

inline FaultRule fault_of(FaultKind kind, u16 a, u16 b, i64 amount = 0, Nanos from = {}, Nanos to = kForever) {
    FaultRule rule;
    rule.kind = kind;
    rule.a = {a};
    rule.b = {b};
    rule.amount = amount;
    rule.from = from;
    rule.to = to;
    return rule;
}

class ToyMachine {
public:
    /// `nodes` hosts that run, with equal links: 1 ms, no jitter, unless said otherwise.
    explicit ToyMachine(u16 nodes, LinkProfile links = link_of(millis(1)), DiskProfile disk = {}) : machine(1) {
        for (u16 i = 0; i < nodes; ++i) machine.add_node(links, disk);
        for (u16 i = 0; i < nodes; ++i) machine.start({i});
        run();
        heard.clear();
    }

    /// Carries out one event; runs the node's code if it is somebody's.
    bool step() {
        Turn turn;
        if (!machine.next(notes, turn)) return false;
        Env env(machine.parts(notes), turn.node == kNoNode ? NodeId{0} : turn.node, turn.notice.lane);
        if (turn.node != kNoNode) {
            heard.push_back({turn.node, machine.kernel.now, turn.notice});
            if (code) code(env, turn.notice);
        }
        machine.finish(turn, env.charged());
        return true;
    }
    void run() { while (step()) {} }
    /// Lets time pass, with what happens in it.
    void pass(Nanos span) {
        const Nanos until = machine.kernel.now + span;
        while (machine.next_at() <= until && step()) {}
        machine.kernel.now = until;
    }
    /// An intervention now.
    template <class Act>
    void intervene(Act&& act) {
        machine.begin_input(machine.kernel.now, 0, notes);
        act();
        machine.end_input();
    }
    /// Lets code act on a node, as an intervention.
    template <class Act>
    void on(u16 node, Act&& act) {
        intervene([&] {
            Env env(machine.parts(notes), {node}, 0);
            act(env);
            machine.kernel.occupy({node}, 0, env.charged());
        });
    }

    /// A connection from one node to another on which both have heard that it is open.
    ConnectionId connect(u16 from, u16 to, u16 port = 9092) {
        ConnectionId id;
        on(to, [&](Env& env) { env.listen(port); });
        on(from, [&](Env& env) { id = env.connect({to}, port); });
        pass(seconds(1));
        heard.clear();
        return id;
    }
    void send(u16 from, ConnectionId id, std::string_view text) {
        on(from, [&](Env& env) { env.send(id, make_frame(bytes(text)), 0); });
    }
    /// Texts of the frames that a node has heard, in order.
    [[nodiscard]] std::vector<std::string> texts(u16 node) const {
        std::vector<std::string> found;
        for (const Heard& one : heard)
            if (one.node.value == node && one.notice.kind == NoticeKind::frame) found.push_back(one.text());
        return found;
    }
    /// Kinds of what a node has heard, in order.
    [[nodiscard]] std::vector<NoticeKind> kinds(u16 node) const {
        std::vector<NoticeKind> found;
        for (const Heard& one : heard)
            if (one.node.value == node) found.push_back(one.notice.kind);
        return found;
    }
    [[nodiscard]] Nanos now() const { return machine.kernel.now; }
    /// The message that was sent last.
    [[nodiscard]] u64 last_message() const { return notes.sent.back().message; }
    [[nodiscard]] MessageOutcome last_outcome() const { return notes.ended.back().outcome; }

    Machine machine;
    MessageNotes notes;
    std::vector<Heard> heard;
    std::function<void(Env&, Notice&)> code;   // of all nodes
};

/// The other end of a connection.
inline ConnectionId peer_of(ConnectionId id) { return {id.handle, other(id.side)}; }

}  // namespace tests
