// Sections: boot and recovery; transactions; watches out; sessions; requests; notices.
#include "engine/zookeeper/server.h"

#include <algorithm>

#include "engine/model/facts.h"
#include "engine/model/node_of.h"
#include "engine/model/touch.h"
#include "engine/zookeeper/four_letters.h"
#include "engine/zookeeper/txn_log.h"
#include "sim/disk/disk_door.h"

namespace engine::zookeeper {
namespace {

using sim::ConnectionId;
using sim::Env;

constexpr u16 kExpiryTimer = 1;
constexpr u16 kReaperTimer = 2;
constexpr Nanos kReapEvery = sim::seconds(60);
constexpr Nanos kReadCost = sim::micros(20);
constexpr Nanos kLongRequest = sim::millis(2);  // now and then in sweeps
constexpr Nanos kWriteCost = sim::micros(50);
constexpr std::string_view kLogPath = "version-2/log.1";
constexpr u32 kFourLetters = 4;
// Modes of addWatch, and kinds of checkWatches and removeWatches.
constexpr i32 kPersistentMode = 0;
constexpr i32 kRecursiveMode = 1;
constexpr i32 kChildWatches = 1;
constexpr i32 kDataWatches = 2;
constexpr i32 kAnyWatches = 3;

/// One call into a server.
struct Server {
    ZkServerState& state;
    Env& env;

    [[nodiscard]] ZkServerMemory& memory() const { return state.memory; }
    [[nodiscard]] i64 clock_ms() const { return env.now().to_millis(); }
};

sim::Slice slice_of(const std::vector<u8>& bytes) { return sim::Slice::whole(sim::Chunk::of(bytes)); }

ZkResult answer_to(const ZkRequest& request) {
    ZkResult result;
    result.op = request.op;
    return result;
}

/// A session and its live connection name each other.
bool sessions_agree(const ZkServerMemory& memory) {
    for (const auto& [id, session] : memory.sessions) {
        const ZkConnection* connection = session.connection ? memory.connections.find(session.connection) : nullptr;
        if (session.id != id || (session.connection && (connection == nullptr || connection->session_id != id)))
            return false;
    }
    return true;
}

// ---- watches out --------------------------------------------------------------------------------

void tell_watchers(const Server& server, const std::vector<TreeChange>& changes) {
    std::vector<FiredWatch> fired;
    for (const TreeChange& change : changes) server.memory().watches.fire(change, fired);
    for (const FiredWatch& watch : fired) {
        const ZkSession* session = server.memory().sessions.find(watch.session_id);
        if (session == nullptr || !session->connection) continue;
        server.env.fact(named_fact(FactKind::watch_fired, server.env.intern(watch.event.path),
                                  {session->owner.value, static_cast<i64>(watch.event.type)}));
        server.env.send(session->connection, to_frame(watch.event), zk_reply_label(ZkOp::notification));
    }
}

void tell_changes(const Server& server, const std::vector<TreeChange>& changes) {
    for (const TreeChange& change : changes) {
        if (change.type == WatchEventType::children_changed) continue;
        const FactKind kind = change.type == WatchEventType::created   ? FactKind::znode_created
                              : change.type == WatchEventType::deleted ? FactKind::znode_deleted
                                                                       : FactKind::znode_changed;
        const Znode* node = server.memory().tree.find(change.path);
        const i64 version = node == nullptr ? -1 : node->stat.version;
        server.env.fact(named_fact(kind, server.env.intern(change.path), {version}));
    }
    server.env.touch(touch::kZnodes | touch::kFacts);
}

// ---- transactions -------------------------------------------------------------------------------

/// The next transaction, as it is made now.
TxnContext next_txn(const Server& server, i64 session_id) {
    const i64 zxid = ++server.memory().last_zxid;
    MR_ASSERT(zxid > 0);
    return {zxid, server.env.wall_ms(), session_id, nullptr, server.state.config.extended_types};
}

/// Logs a transaction and makes it durable.
void log_txn(const Server& server, const TxnContext& txn, const ZkRequest& request) {
    LoggedTxn entry;
    entry.session_id = txn.session_id;
    entry.cxid = request.xid;
    entry.zxid = txn.zxid;
    entry.time_ms = txn.time_ms;
    entry.request = request;
    auto disk = server.env.disk();
    (void)disk.append(server.memory().log_file, slice_of(to_log_entry(entry)));
    disk.sync(server.memory().log_file);
}

/// Access lists as they will be stored. One that means nothing is emptied: the tree refuses it in its turn.
ZkRequest with_stored_acls(ZkRequest request, const Identities& ids) {
    request.acl = stored_acl(request.acl, ids);
    for (ZkRequest& op : request.ops) op.acl = stored_acl(op.acl, ids);
    return request;
}

/// What was refused stays in the log as its error: it used up a transaction number.
ZkRequest logged_form(const ZkRequest& request, const ZkResult& result) {
    const auto bad = std::ranges::find_if(result.results, [](const ZkResult& part) { return failed(part.error); });
    const ZkError error = failed(result.error) ? result.error : bad != result.results.end() ? bad->error : ZkError::ok;
    if (!failed(error)) return request;
    ZkRequest refused;
    refused.xid = request.xid;
    refused.op = ZkOp::error;
    refused.version = static_cast<i32>(error);
    return refused;
}

void plan_reaping(const Server& server) {
    ZkServerMemory& memory = server.memory();
    if (memory.reaper || !memory.tree.has_mortal_nodes()) return;
    const i64 rounds = server.env.now().count / kReapEvery.count + 1;
    memory.reaper = server.env.timer(kReapEvery * rounds - server.env.now(), kReaperTimer, 0);
}

ZkResult write(const Server& server, i64 session_id, const ZkRequest& asked, const Identities* ids) {
    const ZkRequest request = ids == nullptr ? asked : with_stored_acls(asked, *ids);
    TxnContext txn = next_txn(server, session_id);
    txn.ids = ids;
    std::vector<TreeChange> changes;
    ZkResult result = server.memory().tree.apply(request, txn, changes);
    log_txn(server, txn, logged_form(request, result));
    tell_changes(server, changes);
    tell_watchers(server, changes);
    if (request.op == ZkOp::create_container || request.op == ZkOp::create_ttl) plan_reaping(server);
    return result;
}

/// Nodes that live only so long, and emptied containers, go.
void reap(const Server& server) {
    server.memory().reaper = {};
    for (const std::string& path : server.memory().tree.due_nodes(server.env.wall_ms())) {
        ZkRequest request;
        request.op = ZkOp::remove;
        request.path = path;
        (void)write(server, 0, request, nullptr);
    }
    plan_reaping(server);
}

void end_session(const Server& server, i64 session_id, i32 xid, FactKind why) {
    ZkSession* session = server.memory().sessions.find(session_id);
    MR_ASSERT(session != nullptr);
    server.env.fact(node_fact(why, {(server.clock_ms() - session->last_heard_ms) * 1'000'000, session->owner.value}));
    ZkRequest request;
    request.op = ZkOp::close_session;
    request.xid = xid;
    const TxnContext txn = next_txn(server, session_id);
    log_txn(server, txn, request);
    std::vector<TreeChange> changes;
    if (!server.state.forget_ephemerals_bug) server.memory().tree.close_session(session_id, txn, changes);
    tell_changes(server, changes);
    tell_watchers(server, changes);   // the session itself is told of its own nodes' end, too
    server.memory().watches.forget_session(session_id);
    server.memory().sessions.erase(session_id);
    MR_ASSERT(!server.memory().sessions.contains(session_id));
    server.env.touch(touch::kSessions);
}

// ---- sessions -----------------------------------------------------------------------------------

void plan_expiry(const Server& server) {
    ZkServerMemory& memory = server.memory();
    i64 earliest = INT64_MAX;
    for (const auto& [id, session] : memory.sessions) earliest = std::min(earliest, session.deadline_ms);
    if (earliest == memory.expiry_at_ms && memory.expiry) return;
    server.env.cancel(memory.expiry);
    memory.expiry_at_ms = earliest;
    if (earliest == INT64_MAX) return;
    MR_ASSERT(earliest > 0 && earliest < sim::kForever.to_millis());
    const Nanos delay = sim::millis(earliest) - server.env.now();
    memory.expiry = server.env.timer(std::max(delay, Nanos{}), kExpiryTimer, 0);
}

void hear_from(const Server& server, ZkSession& session) {
    session.last_heard_ms = server.clock_ms();
    session.deadline_ms = session_deadline_ms(session.last_heard_ms, session.timeout_ms, server.state.config.tick_time);
}

void touch_session(const Server& server, ZkSession& session) {
    hear_from(server, session);
    if (!server.memory().expiry || session.deadline_ms < server.memory().expiry_at_ms) plan_expiry(server);
    server.env.touch(touch::kSessions);
}

void expire_sessions(const Server& server) {
    std::vector<std::pair<i64, ConnectionId>> due;
    for (const auto& [id, session] : server.memory().sessions)
        if (session.deadline_ms <= server.clock_ms()) due.emplace_back(id, session.connection);
    for (const auto& [id, connection] : due) {
        end_session(server, id, 0, FactKind::session_expired);
        if (!connection) continue;
        server.memory().connections.erase(connection);
        server.env.close(connection);
    }
    server.memory().expiry = {};
    plan_expiry(server);
    MR_ASSERT(server.memory().expiry || server.memory().sessions.empty());
}

i64 new_session_id(const Server& server) {
    ZkServerMemory& memory = server.memory();
    if (memory.next_session_id == 0) {
        const u64 from_clock = static_cast<u64>(server.env.wall_ms()) << 24 >> 8 & 0x00ffffffffffffffULL;
        memory.next_session_id = static_cast<i64>(static_cast<u64>(server.state.config.server_id) << 56 | from_clock);
    }
    return memory.next_session_id++;
}

void answer_connect(const Server& server, ConnectionId connection, const ConnectRequest& request,
                    const ZkSession* session) {
    ConnectResponse response;
    response.has_read_only = request.has_read_only;
    if (session != nullptr) {
        response.timeout_ms = session->timeout_ms;
        response.session_id = session->id;
        response.passwd = session->passwd;
    }
    ++server.memory().sent;
    server.env.send(connection, to_frame(response), zk_reply_label(ZkOp::create_session));
    if (session == nullptr) server.env.close(connection);
}

ZkSession& open_session(const Server& server, const ConnectRequest& request, ConnectionId connection) {
    ZkSession session;
    session.id = new_session_id(server);
    MR_ASSERT(session.id != 0 && !server.memory().sessions.contains(session.id));
    session.passwd = session_passwd(session.id);
    session.timeout_ms = negotiated_timeout_ms(request.timeout_ms, server.state.config.tick_time);
    session.owner = server.env.peer(connection);
    ZkRequest txn;
    txn.op = ZkOp::create_session;
    txn.version = session.timeout_ms;
    log_txn(server, next_txn(server, session.id), txn);
    sim::Fact fact = node_fact(FactKind::session_opened, {i64{session.timeout_ms} * 1'000'000});
    fact.node = session.owner;
    server.env.fact(fact);
    MR_ASSERT(server.memory().sessions.size() < kMostSessions);
    return server.memory().sessions[session.id] = session;
}

/// A client comes back. The live connection of its session is closed even when the password is wrong.
ZkSession* resume_session(const Server& server, const ConnectRequest& request) {
    ZkSession* session = server.memory().sessions.find(request.session_id);
    if (session == nullptr) return nullptr;
    MR_ASSERT(session->id == request.session_id);
    if (session->connection) {
        server.memory().connections.erase(session->connection);
        server.env.close(session->connection);
        session->connection = {};
        server.memory().watches.forget_session(session->id);   // they belong to the connection
    }
    if (session->passwd != request.passwd) return nullptr;
    session->timeout_ms = negotiated_timeout_ms(request.timeout_ms, server.state.config.tick_time);
    return session;
}

void on_four_letters(const Server& server, ConnectionId connection, std::string_view word) {
    const std::string answer = four_letter_answer(server.state, word, server.clock_ms());
    if (!answer.empty())
        server.env.send(connection, sim::make_frame({reinterpret_cast<const u8*>(answer.data()), answer.size()}),
                        zk_reply_label(ZkOp::ping));
    server.memory().connections.erase(connection);
    server.env.close(connection);
}

void on_connect_request(const Server& server, ConnectionId connection, sim::ByteReader in) {
    ConnectRequest request;
    MR_ASSERT(server.memory().connections.contains(connection));
    if (in.remaining() == kFourLetters) return on_four_letters(server, connection, in.get_text(kFourLetters));
    if (!read(in, request) || request.last_zxid_seen > server.memory().last_zxid) {
        server.memory().connections.erase(connection);
        return server.env.close(connection);
    }
    const bool fresh = request.session_id == 0;
    ZkSession* session = fresh ? &open_session(server, request, connection) : resume_session(server, request);
    if (session != nullptr) {
        session->connection = connection;
        ZkConnection& bound = server.memory().connections[connection];
        bound.connected = true;
        bound.session_id = session->id;
        touch_session(server, *session);
    } else {
        server.memory().connections[connection] = {};
    }
    answer_connect(server, connection, request, session);
    server.env.touch(touch::kSessions);
}

// ---- requests -----------------------------------------------------------------------------------

void leave_watch(const Server& server, const ZkRequest& request, i64 session_id, bool found) {
    if (!request.watch || (!found && request.op != ZkOp::exists)) return;
    MR_ASSERT(server.memory().sessions.contains(session_id));
    const bool child = request.op == ZkOp::get_children || request.op == ZkOp::get_children2;
    server.memory().watches.add(child ? WatchKind::child : WatchKind::data, request.path, session_id);
    server.env.touch(touch::kZnodes);
}

i32 permissions_to_read(ZkOp op) {
    if (op == ZkOp::exists) return 0;
    return op == ZkOp::get_acl ? kMayRead | kMayAdmin : kMayRead;
}

ZkResult read_node(const Server& server, const ZkRequest& request, i64 session_id, const Identities& ids) {
    ZkResult result = answer_to(request);
    result.path = request.path;
    if (!is_valid_path(request.path)) {
        result.error = ZkError::bad_arguments;
        return result;
    }
    const Znode* node = server.memory().tree.find(request.path);
    const i32 needed = permissions_to_read(request.op);
    if (node != nullptr && needed != 0 && !may(node->acl, needed, &ids)) {
        result.error = ZkError::no_auth;
        return result;
    }
    leave_watch(server, request, session_id, node != nullptr);
    if (node == nullptr) {
        result.error = ZkError::no_node;
        return result;
    }
    result.stat = DataTree::shown_stat(*node);
    result.data = server.memory().tree.shown_data(request.path, *node);
    result.stat.data_length = static_cast<i32>(result.data.bytes.size());
    result.acl = node->acl;
    result.children = node->children;
    return result;
}

/// Each operation is answered alone.
ZkResult read_many(const Server& server, const ZkRequest& request, i64 session_id, const Identities& ids) {
    ZkResult all;
    all.op = request.op;
    for (const ZkRequest& op : request.ops) {
        const bool fits = op.op == ZkOp::get_data || op.op == ZkOp::get_children;
        if (!fits) all.error = ZkError::unimplemented;
        else all.results.push_back(read_node(server, op, session_id, ids));
    }
    return all;
}

/// What 3.6 and later are asked of the tree as a whole.
ZkResult survey(const Server& server, const ZkRequest& request, i64 session_id) {
    const DataTree& tree = server.memory().tree;
    ZkResult result = answer_to(request);
    result.path = request.path;
    if (request.op == ZkOp::get_ephemerals) {
        result.children = tree.ephemerals_of(session_id);
        std::erase_if(result.children, [&](const std::string& path) { return !path.starts_with(request.path); });
    } else {
        if (tree.find(request.path) == nullptr) result.error = ZkError::no_node;
        else result.number = tree.below(request.path).nodes;
    }
    return result;
}

// ---- requests about watches -----------------------------------------------------------------------

void rearm(const Server& server, WatchKind kind, const std::string& path, i64 session_id, bool fires,
           WatchEventType type) {
    if (!fires) return server.memory().watches.add(kind, path, session_id);
    const ZkSession& session = server.memory().sessions.at(session_id);
    MR_ASSERT(session.connection);
    server.env.send(session.connection, to_frame(WatchEvent{type, 3, path}), zk_reply_label(ZkOp::notification));
}

/// A client that reconnected: what changed meanwhile is told at once, the rest is watched again.
ZkResult set_watches(const Server& server, const ZkRequest& request, i64 session_id) {
    const DataTree& tree = server.memory().tree;
    for (const std::string& path : request.data_watches) {
        const Znode* node = tree.find(path);
        const bool newer = node != nullptr && node->stat.mzxid > request.relative_zxid;
        rearm(server, WatchKind::data, path, session_id, node == nullptr || newer,
              node == nullptr ? WatchEventType::deleted : WatchEventType::data_changed);
    }
    for (const std::string& path : request.exist_watches)
        rearm(server, WatchKind::data, path, session_id, tree.find(path) != nullptr, WatchEventType::created);
    for (const std::string& path : request.child_watches) {
        const Znode* node = tree.find(path);
        const bool newer = node != nullptr && node->stat.pzxid > request.relative_zxid;
        rearm(server, WatchKind::child, path, session_id, node == nullptr || newer,
              node == nullptr ? WatchEventType::deleted : WatchEventType::children_changed);
    }
    Watches& watches = server.memory().watches;
    for (const std::string& path : request.persistent_watches) watches.add(WatchKind::persistent, path, session_id);
    for (const std::string& path : request.recursive_watches) watches.add(WatchKind::recursive, path, session_id);
    return answer_to(request);
}

ZkResult add_watch(const Server& server, const ZkRequest& request, i64 session_id) {
    ZkResult result = answer_to(request);
    const WatchKind kind = request.flags == kPersistentMode ? WatchKind::persistent : WatchKind::recursive;
    if (request.flags != kPersistentMode && request.flags != kRecursiveMode) result.error = ZkError::marshalling;
    else server.memory().watches.add(kind, request.path, session_id);
    server.env.touch(touch::kZnodes);
    return result;
}

/// Whether the session has such watches; `take` removes them.
ZkResult ask_watches(const Server& server, const ZkRequest& request, i64 session_id, bool take) {
    Watches& watches = server.memory().watches;
    bool found = false;
    const auto look = [&](WatchKind kind) { found = watches.has(kind, request.path, session_id, take) || found; };
    if (request.flags != kDataWatches) look(WatchKind::child);
    if (request.flags != kChildWatches) look(WatchKind::data);
    if (request.flags == kAnyWatches) look(WatchKind::persistent);
    if (request.flags == kAnyWatches) look(WatchKind::recursive);
    server.env.touch(touch::kZnodes);
    ZkResult result = answer_to(request);
    if (!found) result.error = ZkError::no_watcher;
    return result;
}

// ---- requests by kind -----------------------------------------------------------------------------

bool is_write(ZkOp op) {
    return op == ZkOp::create || op == ZkOp::create2 || op == ZkOp::create_container || op == ZkOp::create_ttl ||
           op == ZkOp::remove || op == ZkOp::set_data || op == ZkOp::set_acl || op == ZkOp::multi ||
           op == ZkOp::check || op == ZkOp::reconfig;
}

bool is_read(ZkOp op) {
    return op == ZkOp::exists || op == ZkOp::get_data || op == ZkOp::get_acl || op == ZkOp::get_children ||
           op == ZkOp::get_children2;
}

bool is_set_watches(ZkOp op) { return op == ZkOp::set_watches || op == ZkOp::set_watches2; }

bool came_with_3_6(ZkOp op) {
    return op == ZkOp::multi_read || op == ZkOp::get_ephemerals || op == ZkOp::get_all_children_number ||
           op == ZkOp::set_watches2 || op == ZkOp::add_watch || op == ZkOp::who_am_i;
}

bool is_understood(const Server& server, ZkOp op) {
    return is_known(op) && (server.state.config.knows_3_6 || !came_with_3_6(op));
}

ZkResult authenticate(const ZkRequest& request, Identities& ids) {
    ZkResult result = answer_to(request);
    if (!is_auth_scheme(request.scheme)) result.error = ZkError::auth_failed;
    else if (request.scheme == "digest") ids.push_back(digest_identity(request.data.bytes));
    return result;
}

ZkResult carry_out(const Server& server, const ZkRequest& request, ZkConnection& client) {
    const i64 session_id = client.session_id;
    server.env.charge(is_write(request.op) ? kWriteCost : kReadCost);
    if (server.env.buggify("zookeeper: a request takes long")) server.env.charge(kLongRequest);
    MR_ASSERT(!(is_write(request.op) && is_read(request.op)));
    if (is_write(request.op)) return write(server, session_id, request, &client.ids);
    if (is_read(request.op)) return read_node(server, request, session_id, client.ids);
    if (request.op == ZkOp::auth) return authenticate(request, client.ids);
    ZkResult result = answer_to(request);
    result.path = request.path;
    if (!is_understood(server, request.op)) result.error = ZkError::unimplemented;
    else if (request.op == ZkOp::multi_read) return read_many(server, request, session_id, client.ids);
    else if (is_set_watches(request.op) && !server.state.forget_watches_bug)
        return set_watches(server, request, session_id);
    else if (request.op == ZkOp::add_watch) return add_watch(server, request, session_id);
    else if (request.op == ZkOp::check_watches || request.op == ZkOp::remove_watches)
        return ask_watches(server, request, session_id, request.op == ZkOp::remove_watches);
    else if (request.op == ZkOp::get_ephemerals || request.op == ZkOp::get_all_children_number)
        return survey(server, request, session_id);
    else if (request.op == ZkOp::who_am_i) result.acl = client.ids;
    return result;
}

void reply(const Server& server, ConnectionId connection, const ZkRequest& request, ZkResult result, bool understood) {
    if (request.op == ZkOp::check) return;   // outside of a multi it is carried out, and never answered
    ZkReply answer;
    answer.xid = request.xid;
    answer.zxid = !understood ? -1 : request.op == ZkOp::auth ? 0 : server.memory().last_zxid;
    answer.result = std::move(result);
    ++server.memory().sent;
    server.env.send(connection, to_frame(answer), zk_reply_label(understood ? request.op : ZkOp::error));
}

void drop_connection(const Server& server, ConnectionId connection, i64 session_id) {
    ZkSession* session = server.memory().sessions.find(session_id);
    if (session != nullptr && session->connection == connection) session->connection = {};
    server.memory().connections.erase(connection);
    server.env.close(connection);
}

void on_request(const Server& server, ConnectionId connection, i64 session_id, sim::ByteReader in) {
    ZkRequest request;
    ZkSession* session = server.memory().sessions.find(session_id);
    if (session == nullptr || !read(in, request)) return drop_connection(server, connection, session_id);
    touch_session(server, *session);
    if (request.op == ZkOp::close_session) end_session(server, session_id, request.xid, FactKind::session_closed);
    const bool understood = is_understood(server, request.op);
    ZkResult result = carry_out(server, request, server.memory().connections.at(connection));
    const bool closes = request.op == ZkOp::close_session || !understood || result.error == ZkError::auth_failed;
    reply(server, connection, request, std::move(result), understood);
    if (closes) drop_connection(server, connection, session_id);
}

// ---- boot and notices ---------------------------------------------------------------------------

void replay(const Server& server, const LoggedTxn& txn) {
    ZkServerMemory& memory = server.memory();
    const TxnContext context{txn.zxid, txn.time_ms, txn.session_id, nullptr, true};
    std::vector<TreeChange> ignored;
    MR_ASSERT(txn.zxid == memory.last_zxid + 1);
    memory.last_zxid = txn.zxid;
    if (txn.request.op == ZkOp::create_session) {
        ZkSession& session = memory.sessions[txn.session_id];
        session.id = txn.session_id;
        session.passwd = session_passwd(txn.session_id);
        session.timeout_ms = txn.request.version;
        MR_ASSERT(session.timeout_ms > 0);
    } else if (txn.request.op == ZkOp::close_session) {
        memory.sessions.erase(txn.session_id);
        memory.tree.close_session(txn.session_id, context, ignored);
    } else if (txn.request.op != ZkOp::error) {
        (void)memory.tree.apply(txn.request, context, ignored);
    }
}

void boot(const Server& server) {
    server.state.memory = {};
    auto disk = server.env.disk();
    const bool fresh = disk.find(kLogPath) == sim::kNoFile;
    server.memory().log_file = disk.open(kLogPath).value_or(sim::kNoFile);
    if (fresh) (void)disk.append(server.memory().log_file, slice_of(log_file_head()));
    const sim::FileId log = server.memory().log_file;
    for (const LoggedTxn& txn : read_log(disk.read_bytes(log, 0, disk.size(log))))
        replay(server, txn);
    for (auto& [id, session] : server.memory().sessions) hear_from(server, session);
    plan_expiry(server);
    plan_reaping(server);
    server.env.listen(kClientPort);
    server.env.touch(touch::kZnodes | touch::kSessions);
}

void on_frame(const Server& server, sim::Notice& notice) {
    const ZkConnection* connection = server.memory().connections.find(notice.connection);
    if (connection == nullptr) return;  // closed by us while this was on its way
    sim::ByteReader in(*notice.frame);
    ++server.memory().received;
    if (connection->connected) on_request(server, notice.connection, connection->session_id, in);
    else on_connect_request(server, notice.connection, in);
}

void on_closed(const Server& server, ConnectionId id) {
    const ZkConnection* connection = server.memory().connections.find(id);
    if (connection == nullptr) return;
    if (ZkSession* session = server.memory().sessions.find(connection->session_id)) {
        if (session->connection == id) {
            session->connection = {};
            server.memory().watches.forget_session(session->id);
        }
    }
    server.memory().connections.erase(id);
    server.env.touch(touch::kSessions | touch::kZnodes);
}

}  // namespace

void ZkServer::on_notice(Env& env, sim::Notice& notice) {
    const Server server{state, env};
    switch (notice.kind) {
        case sim::NoticeKind::boot: return boot(server);
        case sim::NoticeKind::accepted:
            state.memory.connections[notice.connection].ids = {{0, "ip", "127.0.0.1"}};
            return;
        case sim::NoticeKind::frame:
            on_frame(server, notice);
            MR_VALIDATE(sessions_agree(state.memory));
            return;
        case sim::NoticeKind::closed: return on_closed(server, notice.connection);
        case sim::NoticeKind::timer: return notice.timer_kind == kReaperTimer ? reap(server) : expire_sessions(server);
        case sim::NoticeKind::none: case sim::NoticeKind::connected: case sim::NoticeKind::disk: return;
    }
}

}  // namespace engine::zookeeper

template class engine::NodeOf<engine::zookeeper::ZkServer>;
