// All that a node's code may know of the world outside it, and all that it may do to it.
//
// An Env lives for one call into a node. What it does to connections and disks is defined in sim/net and
// sim/disk, whose state this header does not need to know.
#pragma once

#include <string_view>

#include "sim/kernel/kernel.h"

namespace sim {

class Network;
class Disks;
class DiskDoor;
struct Faults;

class Env {
public:
    struct Parts {
        Kernel& kernel;
        Network& network;
        Disks& disks;
        const Faults& faults;
        Recorder& recorder;
    };
    Env(Parts parts, NodeId node, u8 lane) : parts_(parts), node_(node), lane_(lane) {}
    Env(const Env&) = delete;
    Env& operator=(const Env&) = delete;

    [[nodiscard]] NodeId node() const { return node_; }
    [[nodiscard]] Nanos now() const { return parts_.kernel.now; }
    /// Wall clock of this node, epoch milliseconds; may be offset from true time.
    [[nodiscard]] i64 wall_ms() const { return parts_.kernel.wall_ms(node_); }
    [[nodiscard]] Prng& rng() { return parts_.kernel.host(node_).rng; }
    /// Which life of this node's process runs; grows at each start.
    [[nodiscard]] u32 incarnation() const { return parts_.kernel.host(node_).incarnation; }
    [[nodiscard]] u64 event_index() const { return parts_.kernel.event_index; }
    /// The running event as a cause.
    [[nodiscard]] FactId here() const { return parts_.kernel.here(); }

    /// Work takes time: what is sent afterwards leaves that much later, and the lane stays busy.
    void charge(Nanos cost) { charged_ += cost; }
    [[nodiscard]] Nanos charged() const { return charged_; }

    /// Sets a timer of this node; `kind` is the node's own enum. It fires on `lane`.
    TimerId timer(Nanos delay, u16 kind, u64 tag, u8 lane = 0);
    void cancel(TimerId& id) { parts_.kernel.cancel(id); }

    /// Takes connections on a port, until the process ends.
    void listen(u16 port);
    /// Whom a host name and port stand for; kNoNode if nobody has that address.
    [[nodiscard]] NodeId resolve(std::string_view host, u16 port) const;
    /// Opens a connection to a port of a node. The answer is a notice: connected, or closed (refused).
    ConnectionId connect(NodeId to, u16 port, u8 lane = 0);
    /// Sends one message. Does nothing on a connection that is closed: its notice is on its way.
    void send(ConnectionId connection, FrameRef frame, u16 label);
    /// Closes this end; the peer gets its notice after what was sent before.
    void close(ConnectionId connection);
    /// Moves the notices of this end to another lane.
    void move_to_lane(ConnectionId connection, u8 lane);
    [[nodiscard]] NodeId peer(ConnectionId connection) const;

    [[nodiscard]] DiskDoor disk();

    /// Tells a fact. Without a cause of its own it is caused by the running event.
    FactId fact(Fact fact);
    /// Says that tables of the SQL view may read differently now.
    void touch(u64 tables) { parts_.recorder.on_touch(tables); }
    /// The observer, as what the engine knows it to be.
    template <class T>
    T& recorder() { return static_cast<T&>(parts_.recorder); }

    NameId intern(std::string_view word) { return parts_.kernel.names.intern(word); }
    [[nodiscard]] NameId find_name(std::string_view word) const { return parts_.kernel.names.find(word); }
    [[nodiscard]] const std::string& text(NameId id) const { return parts_.kernel.names.text(id); }

    /// The process ends itself when this call returns.
    void halt() { halted_ = true; }
    [[nodiscard]] bool halted() const { return halted_; }

    /// A rare branch that is legal but unlikely, taken only in sweeps. Named by a string that is stable.
    bool buggify(std::string_view point);

private:
    Parts parts_;
    NodeId node_;
    u8 lane_;
    Nanos charged_;
    bool halted_ = false;
};

}  // namespace sim
