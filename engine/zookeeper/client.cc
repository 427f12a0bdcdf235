#include "engine/zookeeper/client.h"

#include <algorithm>

#include "sim/base/assert.h"

namespace engine::zookeeper {
namespace {

using sim::Env;
using Events = std::vector<ZkEvent>;

constexpr Nanos kMostReconnectDelay = sim::millis(1000);
static_assert(kMostReconnectDelay >= sim::millis(1));

void insert_sorted(std::vector<std::string>& paths, const std::string& path) {
    const auto at = std::ranges::lower_bound(paths, path);
    if (at == paths.end() || *at != path) paths.insert(at, path);
    MR_VALIDATE(std::ranges::is_sorted(paths));
}

void erase_sorted(std::vector<std::string>& paths, const std::string& path) {
    const auto at = std::ranges::lower_bound(paths, path);
    if (at != paths.end() && *at == path) paths.erase(at);
}

// ---- timing -------------------------------------------------------------------------------------

/// The session time-out while connecting is what was asked: nothing is negotiated yet.
Nanos session_timeout(const ZkClient& client) {
    return sim::millis(client.timeout_ms > 0 ? client.timeout_ms : client.asked_timeout_ms);
}

void plan_heartbeat(ZkClient& client, Env& env) {
    env.cancel(client.heartbeat);
    const Nanos third = session_timeout(client) / 3;
    MR_ASSERT(third.count >= 0 && client.last_heard <= env.now());
    const Nanos ping_at = client.handshaken ? client.last_sent + third : sim::kForever;
    const Nanos give_up_at = client.last_heard + third * 2;
    const Nanos next = std::min(ping_at, give_up_at);
    client.heartbeat = env.timer(std::max(next - env.now(), Nanos{}), client.heartbeat_timer_kind, 0, client.lane);
}

void plan_reconnect(ZkClient& client, Env& env) {
    MR_ASSERT(client.client_state == ZkClientState::connecting && !client.connection);
    env.cancel(client.heartbeat);
    env.cancel(client.reconnect);
    const Nanos delay = env.rng().between(sim::millis(1), kMostReconnectDelay);
    client.reconnect = env.timer(delay, client.reconnect_timer_kind, 0, client.lane);
}

// ---- sending ------------------------------------------------------------------------------------

void transmit(ZkClient& client, Env& env, const ZkRequest& request) {
    MR_ASSERT(client.connection && client.handshaken);
    env.send(client.connection, to_frame(request), zk_request_label(request.op));
    client.last_sent = env.now();
}

void flush(ZkClient& client, Env& env) {
    while (client.handshaken && !client.waiting.empty()) {
        ZkPending pending = client.waiting.pop_front();
        pending.request.xid = client.next_xid++;
        MR_ASSERT(client.sent.empty() || client.sent.back().request.xid < pending.request.xid);
        transmit(client, env, pending.request);
        client.sent.push_back(std::move(pending));
    }
}

void connect(ZkClient& client, Env& env) {
    client.client_state = ZkClientState::connecting;
    client.handshaken = false;
    client.connection = env.connect(client.server, client.port, client.lane);
    client.last_heard = env.now();
    plan_heartbeat(client, env);
}

void send_connect_request(ZkClient& client, Env& env) {
    MR_ASSERT(client.connection && !client.handshaken);
    ConnectRequest request;
    request.last_zxid_seen = client.last_zxid;
    request.timeout_ms = client.asked_timeout_ms;
    request.session_id = client.session_id;
    request.passwd = client.passwd;
    env.send(client.connection, to_frame(request), zk_request_label(ZkOp::create_session));
}

/// What was not answered goes to the front of what waits, in its old order.
void requeue(ZkClient& client) {
    sim::Ring<ZkPending> all = std::move(client.sent);
    while (!client.waiting.empty()) all.push_back(client.waiting.pop_front());
    client.sent = {};
    client.waiting = std::move(all);
    MR_ASSERT(client.sent.empty());
}

void restore_watches(ZkClient& client, Env& env) {
    if (client.data_watches.empty() && client.exist_watches.empty() && client.child_watches.empty()) return;
    ZkRequest request;
    request.op = ZkOp::set_watches;
    request.xid = kXidSetWatches;
    request.relative_zxid = client.last_zxid;
    request.data_watches = client.data_watches;
    request.exist_watches = client.exist_watches;
    request.child_watches = client.child_watches;
    transmit(client, env, request);
}

// ---- receiving ----------------------------------------------------------------------------------

void lose_connection(ZkClient& client, Env& env, Events& events) {
    if (client.client_state == ZkClientState::closed) return;
    const bool was_connected = client.client_state == ZkClientState::connected;
    client.connection = {};
    client.handshaken = false;
    client.client_state = ZkClientState::connecting;
    requeue(client);
    plan_reconnect(client, env);
    if (was_connected) events.push_back({ZkEventKind::disconnected, 0, {}, 0, {}});
}

void fail_all(ZkClient& client, Events& events) {
    requeue(client);
    while (!client.waiting.empty()) {
        const ZkPending pending = client.waiting.pop_front();
        ZkEvent event{ZkEventKind::reply, pending.tag, {}, 0, {}};
        event.result.op = pending.request.op;
        event.result.error = ZkError::session_expired;
        events.push_back(std::move(event));
    }
}

void expire(ZkClient& client, Env& env, Events& events) {
    env.cancel(client.heartbeat);
    env.cancel(client.reconnect);
    client.client_state = ZkClientState::expired;
    client.session_id = 0;
    client.passwd = {};
    client.handshaken = false;
    client.data_watches.clear();
    client.exist_watches.clear();
    client.child_watches.clear();
    events.push_back({ZkEventKind::expired, 0, {}, 0, {}});
    fail_all(client, events);
    MR_ASSERT(client.sent.empty() && client.waiting.empty() && client.session_id == 0);
}

void on_connect_response(ZkClient& client, Env& env, sim::ByteReader in, Events& events) {
    MR_ASSERT(!client.handshaken && client.connection);
    ConnectResponse response;
    if (!read(in, response)) return env.close(client.connection);
    if (response.timeout_ms == 0) return expire(client, env, events);
    const bool same_session = client.session_id == response.session_id;
    client.session_id = response.session_id;
    client.passwd = response.passwd;
    client.timeout_ms = response.timeout_ms;
    client.client_state = ZkClientState::connected;
    client.handshaken = true;
    client.last_sent = env.now();
    restore_watches(client, env);
    events.push_back({same_session ? ZkEventKind::reconnected : ZkEventKind::session_opened, 0, {}, 0, {}});
    flush(client, env);
}

void on_watch_event(ZkClient& client, sim::ByteReader in, Events& events) {
    ZkEvent event{ZkEventKind::watch, 0, {}, 0, {}};
    if (!read(in, event.watch)) return;
    const std::string& path = event.watch.path;
    if (event.watch.type == WatchEventType::children_changed) erase_sorted(client.child_watches, path);
    else {
        erase_sorted(client.data_watches, path);
        erase_sorted(client.exist_watches, path);
        if (event.watch.type == WatchEventType::deleted) erase_sorted(client.child_watches, path);
    }
    events.push_back(std::move(event));
}

void remember_watch(ZkClient& client, const ZkRequest& request, ZkError error) {
    if (!request.watch) return;
    const bool found = !failed(error);
    if (request.op == ZkOp::exists) insert_sorted(found ? client.data_watches : client.exist_watches, request.path);
    else if (!found) return;
    else if (request.op == ZkOp::get_data) insert_sorted(client.data_watches, request.path);
    else insert_sorted(client.child_watches, request.path);
}

void on_reply(ZkClient& client, const ReplyHeader& header, sim::ByteReader in, Events& events) {
    if (client.sent.empty() || client.sent.front().request.xid != header.xid) return;
    const ZkPending pending = client.sent.pop_front();
    ZkEvent event{ZkEventKind::reply, pending.tag, {}, header.zxid, {}};
    event.result.op = pending.request.op;
    event.result.path = pending.request.path;
    event.result.error = header.error;
    if (!failed(header.error) && !read_body(in, pending.request.op, event.result))
        event.result.error = ZkError::marshalling;
    remember_watch(client, pending.request, header.error);
    events.push_back(std::move(event));
}

void on_frame(ZkClient& client, Env& env, sim::Notice& notice, Events& events) {
    client.last_heard = env.now();
    sim::ByteReader in(*notice.frame);
    if (!client.handshaken) return on_connect_response(client, env, in, events);
    ReplyHeader header;
    if (!read(in, header)) return env.close(client.connection);
    if (header.zxid > client.last_zxid) client.last_zxid = header.zxid;
    if (header.xid == kXidNotification) return on_watch_event(client, in, events);
    if (header.xid == kXidPing || header.xid == kXidSetWatches) return;
    on_reply(client, header, in, events);
}

void on_heartbeat(ZkClient& client, Env& env, Events& events) {
    client.heartbeat = {};
    const Nanos third = session_timeout(client) / 3;
    if (env.now() - client.last_heard >= third * 2) {
        if (client.connection) env.close(client.connection);
        return lose_connection(client, env, events);
    }
    if (client.handshaken && env.now() - client.last_sent >= third) {
        ZkRequest ping;
        ping.xid = kXidPing;
        ping.op = ZkOp::ping;
        transmit(client, env, ping);
    }
    plan_heartbeat(client, env);
}

}  // namespace

void open(ZkClient& client, Env& env) {
    MR_ASSERT(client.server != sim::kNoNode && client.heartbeat_timer_kind != client.reconnect_timer_kind);
    env.cancel(client.reconnect);
    client.session_id = 0;
    client.passwd = {};
    client.timeout_ms = 0;
    connect(client, env);
}

void close(ZkClient& client, Env& env) {
    if (client.handshaken) {
        ZkRequest request;
        request.op = ZkOp::close_session;
        request.xid = client.next_xid++;
        transmit(client, env, request);
    }
    env.cancel(client.heartbeat);
    env.cancel(client.reconnect);
    MR_ASSERT(!client.heartbeat && !client.reconnect);
    client.client_state = ZkClientState::closed;
}

void submit(ZkClient& client, Env& env, ZkRequest request, u64 tag) {
    MR_ASSERT(request.op != ZkOp::ping);
    MR_ASSERT(request.op != ZkOp::create_session && request.op != ZkOp::set_watches);  // the client's own
    client.waiting.push_back({std::move(request), tag});
    if (!client.handshaken) return;
    flush(client, env);
}

bool concerns(const ZkClient& client, const sim::Notice& notice) {
    if (notice.kind == sim::NoticeKind::timer)
        return notice.timer_kind == client.heartbeat_timer_kind || notice.timer_kind == client.reconnect_timer_kind;
    return notice.connection && notice.connection == client.connection;
}

Events on_notice(ZkClient& client, Env& env, sim::Notice& notice) {
    Events events;
    MR_ASSERT(concerns(client, notice));
    switch (notice.kind) {
        case sim::NoticeKind::connected: send_connect_request(client, env); break;
        case sim::NoticeKind::frame: on_frame(client, env, notice, events); break;
        case sim::NoticeKind::closed: lose_connection(client, env, events); break;
        case sim::NoticeKind::timer:
            if (notice.timer_kind == client.heartbeat_timer_kind) on_heartbeat(client, env, events);
            else if (client.client_state == ZkClientState::connecting) connect(client, env);
            break;
        case sim::NoticeKind::none: case sim::NoticeKind::boot: case sim::NoticeKind::accepted:
        case sim::NoticeKind::disk: break;
    }
    return events;
}

ZkRequest create_request(std::string path, ZkData data, i32 flags) {
    ZkRequest request;
    request.op = ZkOp::create;
    request.path = std::move(path);
    request.data = std::move(data);
    request.acl.emplace_back();
    request.flags = flags;
    return request;
}

ZkRequest delete_request(std::string path, i32 version) {
    ZkRequest request;
    request.op = ZkOp::remove;
    request.path = std::move(path);
    request.version = version;
    return request;
}

ZkRequest exists_request(std::string path, bool watch) {
    ZkRequest request;
    request.op = ZkOp::exists;
    request.path = std::move(path);
    request.watch = watch;
    return request;
}

ZkRequest get_data_request(std::string path, bool watch) {
    ZkRequest request = exists_request(std::move(path), watch);
    request.op = ZkOp::get_data;
    return request;
}

ZkRequest set_data_request(std::string path, ZkData data, i32 version) {
    ZkRequest request;
    request.op = ZkOp::set_data;
    request.path = std::move(path);
    request.data = std::move(data);
    request.version = version;
    return request;
}

ZkRequest get_children_request(std::string path, bool watch) {
    ZkRequest request = exists_request(std::move(path), watch);
    request.op = ZkOp::get_children2;
    return request;
}

ZkRequest check_request(std::string path, i32 version) {
    ZkRequest request = delete_request(std::move(path), version);
    request.op = ZkOp::check;
    return request;
}

ZkRequest multi_request(std::vector<ZkRequest> ops) {
    ZkRequest request;
    request.op = ZkOp::multi;
    request.ops = std::move(ops);
    return request;
}

}  // namespace engine::zookeeper
