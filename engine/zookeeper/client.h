// The client's side of a ZooKeeper session, as a part of a node: what Kafka's brokers and tools use.
//
// Requests are sent in order and answered in order. While the connection is away they wait; those that were
// sent and not answered are sent again after a reconnect (Kafka's wrapper does the same, and its callers are
// written for it). When the session has expired everything fails with session_expired, and the owner decides
// whether to open a new one. Watches that were left are set again after a reconnect.
#pragma once

#include <string>
#include <vector>

#include "engine/zookeeper/jute.h"
#include "sim/base/ring.h"
#include "sim/kernel/env.h"

namespace engine::zookeeper {

constexpr u16 kClientPort = 2181;

enum class ZkClientState : u8 { closed, connecting, connected, expired };

struct ZkPending {
    ZkRequest request;
    u64 tag = 0;       // the owner's
};

struct ZkClient {
    // Given by the owner.
    NodeId server = sim::kNoNode;
    u16 port = kClientPort;
    i32 asked_timeout_ms = 18'000;
    u16 heartbeat_timer_kind = 0;
    u16 reconnect_timer_kind = 0;
    u8 lane = 0;

    ZkClientState client_state = ZkClientState::closed;
    i64 session_id = 0;
    std::array<u8, 16> passwd{};
    i32 timeout_ms = 0;          // negotiated
    i64 last_zxid = 0;
    i32 next_xid = 1;
    sim::ConnectionId connection;
    bool handshaken = false;     // the connect response has come on this connection
    sim::Ring<ZkPending> sent;   // in order, not yet answered
    sim::Ring<ZkPending> waiting;
    Nanos last_heard;
    Nanos last_sent;
    sim::TimerId heartbeat;
    sim::TimerId reconnect;
    std::vector<std::string> data_watches;   // left and not yet fired, sorted
    std::vector<std::string> exist_watches;
    std::vector<std::string> child_watches;
};

enum class ZkEventKind : u8 { session_opened, reconnected, disconnected, expired, reply, watch };

struct ZkEvent {
    ZkEventKind kind = ZkEventKind::reply;
    u64 tag = 0;
    ZkResult result;
    i64 zxid = 0;     // of a reply: of its transaction, or the server's latest
    WatchEvent watch;
};

/// Opens the session: connects and asks for a new one.
void open(ZkClient& client, sim::Env& env);
/// Closes the session properly: its ephemeral nodes go at once.
void close(ZkClient& client, sim::Env& env);
/// Sends a request, or keeps it until there is a connection. The reply carries the tag.
void submit(ZkClient& client, sim::Env& env, ZkRequest request, u64 tag);
/// Whether a notice is for this client.
[[nodiscard]] bool concerns(const ZkClient& client, const sim::Notice& notice);
/// Takes such a notice; returns what the owner must hear, in order.
std::vector<ZkEvent> on_notice(ZkClient& client, sim::Env& env, sim::Notice& notice);

// Requests, made shortly.
ZkRequest create_request(std::string path, ZkData data, i32 flags = kPersistent);
ZkRequest delete_request(std::string path, i32 version = -1);
ZkRequest exists_request(std::string path, bool watch = false);
ZkRequest get_data_request(std::string path, bool watch = false);
ZkRequest set_data_request(std::string path, ZkData data, i32 version = -1);
ZkRequest get_children_request(std::string path, bool watch = false);
ZkRequest check_request(std::string path, i32 version);
ZkRequest multi_request(std::vector<ZkRequest> ops);

}  // namespace engine::zookeeper
