// All links and connections of a world.
//
// What a partition or a lost packet is to TCP, it is here: delay, stall and reset, never a missing message
// in a living connection. A segment that meets a blocked link or is lost is sent again after a retransmission
// time-out that doubles from 200 ms to at most 6 s (Linux goes on to 120 s: a healed link would then seem
// dead for two minutes); after 924 s of silence the connection breaks (tcp_retries2 = 15).
#pragma once

#include <vector>

#include "sim/kernel/env.h"
#include "sim/net/connection.h"
#include "sim/net/link.h"

namespace sim {

constexpr u32 kConnectionCapacity = 1u << 16;
constexpr Nanos kRetransmitFirst = millis(200);
constexpr Nanos kRetransmitMost = seconds(6);
constexpr Nanos kConnectionGiveUp = seconds(924);
constexpr Nanos kLoopbackLatency = micros(20);
static_assert(kRetransmitFirst < kRetransmitMost && kRetransmitMost < kConnectionGiveUp);
static_assert(kLoopbackLatency > kLoopDelay);

class Network {
public:
    explicit Network(u64 seed = 0) : seed_(seed) {}

    /// Makes room for a node's links, all with this profile.
    void add_node(NodeId node, const LinkProfile& profile);
    [[nodiscard]] Link& link(NodeId from, NodeId to);
    [[nodiscard]] const Link& link(NodeId from, NodeId to) const { return const_cast<Network*>(this)->link(from, to); }
    [[nodiscard]] u32 node_count() const { return static_cast<u32>(links_.size()); }

    void listen(NodeId node, u16 port);
    [[nodiscard]] bool listens(NodeId node, u16 port) const;

    ConnectionId connect(Kernel& kernel, NodeId from, NodeId to, u16 port, u8 lane, Nanos delay);
    void send(Kernel& kernel, Recorder& recorder, ConnectionId id, FrameRef frame, u16 label, Nanos delay);
    void close(Kernel& kernel, Recorder& recorder, ConnectionId id, Nanos delay);

    /// Carries out an arrival or retransmit event; fills the notice that the receiving node gets, if any.
    /// Returns whose it is, or kNoNode.
    NodeId on_event(Kernel& kernel, Recorder& recorder, const Event& event, Notice& notice);
    /// True if the event still means something.
    [[nodiscard]] bool is_current(const Event& event) const;

    /// The process of a node is gone. Its machine resets every connection, or says nothing if it is off.
    void on_host_gone(Kernel& kernel, Recorder& recorder, NodeId node, bool machine_answers);

    // What a learner may do to one message on its way. False: there is no such message any more.
    bool hold(u64 message);
    bool release(Kernel& kernel, u64 message);
    bool delay(Kernel& kernel, u64 message, Nanos by);
    /// The message vanishes and its connection breaks, which is what a lost answer is to Kafka.
    bool drop(Kernel& kernel, Recorder& recorder, u64 message);
    /// The segment of a message on its way, or nullptr.
    [[nodiscard]] const Segment* find(u64 message) const;

    [[nodiscard]] const SlotTable<Connection>& connections() const { return connections_; }
    Connection* find(ConnectionId id) { return connections_.find(id.handle); }
    [[nodiscard]] const Connection* find(ConnectionId id) const { return connections_.find(id.handle); }
    void digest(Hasher& hasher) const;

private:
    struct Place {
        Handle handle;
        u32 side = 0;
        u32 index = 0;
    };
    struct Carrier {
        Kernel& kernel;
        Recorder& recorder;
    };
    [[nodiscard]] bool locate(const Event& event, Place& place) const;
    [[nodiscard]] bool locate(u64 message, Place& place) const;
    [[nodiscard]] Segment& segment_at(const Place& place);

    void launch(Kernel& kernel, Handle handle, u32 side, Segment segment, Nanos delay);
    void fly(Kernel& kernel, const Place& place, Nanos due);
    void stall(Carrier carrier, const Place& place);
    void revive_stalled(Kernel& kernel, Place place);
    [[nodiscard]] Nanos transit(const Connection& connection, u32 side, const Segment& segment, Nanos from);
    [[nodiscard]] bool gets_through(const Kernel& kernel, const Connection& connection, u32 side);

    NodeId arrive(Carrier carrier, const Place& place, Notice& notice);
    NodeId deliver_front(Carrier carrier, Handle handle, u32 side, Notice& notice);
    NodeId accept(Carrier carrier, Handle handle, Notice& notice);
    NodeId hand_over(Carrier carrier, Handle handle, u32 side, Segment& segment, Notice& notice);
    NodeId end_told(Carrier carrier, Handle handle, u32 side, CloseReason reason, Notice& notice);
    void refuse(Carrier carrier, Handle handle, u32 refusing_side);
    void break_both(Carrier carrier, Handle handle, CloseReason reason);
    void forget_segments(Carrier carrier, Connection& connection, u32 side);
    /// A process is gone before it sent this: slow work sends when it is done.
    void forget_unsent(Carrier carrier, Connection& connection, u32 side);
    void erase_if_closed(Carrier carrier, Handle handle);

    u64 seed_;
    std::vector<std::vector<Link>> links_;  // [from][to]
    std::vector<std::vector<u16>> ports_;   // [node]: those it listens on
    SlotTable<Connection> connections_{kConnectionCapacity};
};

}  // namespace sim
