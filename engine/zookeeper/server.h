// A standalone ZooKeeper server: sessions, the tree, watches, and a transaction log that survives it.
//
// Every write is one transaction: checked against the tree, logged and synced, applied, answered; the events
// it fires go out on their connections before its answer. Session opening and closing are transactions too.
#pragma once

#include "engine/model/node.h"
#include "engine/zookeeper/client.h"
#include "engine/zookeeper/watches.h"
#include "sim/disk/disk.h"

namespace engine::zookeeper {

constexpr u32 kMostSessions = 4096;

struct ZkServerConfig {
    i32 server_id = 1;
    Nanos tick_time = sim::millis(2000);
    bool extended_types = false;   // zookeeper.extendedTypesEnabled: nodes with a time to live
    bool knows_3_6 = false;        // requests that came with 3.6 to 3.8
    bool all_four_letters = false; // 4lw.commands.whitelist=*; otherwise srvr alone
};

struct ZkSession {
    i64 id = 0;
    std::array<u8, 16> passwd{};
    i32 timeout_ms = 0;
    i64 deadline_ms = 0;      // of its bucket, on the server's own clock
    i64 last_heard_ms = 0;
    sim::ConnectionId connection;  // none while disconnected
    NodeId owner = sim::kNoNode;   // who opened it
};

/// A client's connection; before its connect request it has no session.
struct ZkConnection {
    i64 session_id = 0;
    bool connected = false;
    Identities ids;           // who the client has proved to be
};

struct ZkServerMemory {
    DataTree tree;
    Watches watches;
    sim::FlatMap<i64, ZkSession> sessions;
    sim::FlatMap<sim::ConnectionId, ZkConnection> connections;
    i64 last_zxid = 0;
    i64 next_session_id = 0;
    sim::FileId log_file;
    sim::TimerId expiry;
    i64 expiry_at_ms = 0;
    u64 received = 0;         // frames, since the server came up
    u64 sent = 0;
    sim::TimerId reaper;      // of nodes that go by themselves; none if there are none
};

struct ZkServerState {
    ZkServerConfig config;
    ZkServerMemory memory;
    bool forget_watches_bug = false;     // planted: watches set again after a reconnect are ignored (tests only)
    bool forget_ephemerals_bug = false;  // planted: a closing session leaves its nodes (tests only)
};

class ZkServer final : public NodeOf<ZkServer> {
public:
    explicit ZkServer(const ZkServerConfig& config) { state.config = config; }
    void on_notice(sim::Env& env, sim::Notice& notice) override;
    [[nodiscard]] NodeKind kind() const override { return NodeKind::zookeeper; }
    [[nodiscard]] std::string_view timer_name(u16 kind) const override {
        return kind == 2 ? "mortal nodes" : "session expiry";
    }

    ZkServerState state;
};

/// The password of a session: 16 bytes that any server can compute from the id.
std::array<u8, 16> session_passwd(i64 session_id);
/// What a server grants when `asked_ms` is asked: between 2 and 20 ticks.
i32 negotiated_timeout_ms(i32 asked_ms, Nanos tick_time);
/// End of the bucket in which a session expires that was heard of now.
i64 session_deadline_ms(i64 now_ms, i32 timeout_ms, Nanos tick_time);

}  // namespace engine::zookeeper
