#include "engine/zookeeper/jute.h"

#include <algorithm>

namespace engine::zookeeper {
namespace {

using sim::ByteReader;
using sim::ByteWriter;

constexpr u32 kMostListItems = 1u << 20;

struct OpName {
    ZkOp op = ZkOp::ping;
    std::string_view name;
};
constexpr std::array kOps = {OpName{ZkOp::notification, "notification"},
                             OpName{ZkOp::create, "create"},
                             OpName{ZkOp::remove, "delete"},
                             OpName{ZkOp::exists, "exists"},
                             OpName{ZkOp::get_data, "getData"},
                             OpName{ZkOp::set_data, "setData"},
                             OpName{ZkOp::get_acl, "getACL"},
                             OpName{ZkOp::set_acl, "setACL"},
                             OpName{ZkOp::get_children, "getChildren"},
                             OpName{ZkOp::sync, "sync"},
                             OpName{ZkOp::ping, "ping"},
                             OpName{ZkOp::get_children2, "getChildren2"},
                             OpName{ZkOp::check, "check"},
                             OpName{ZkOp::multi, "multi"},
                             OpName{ZkOp::create2, "create2"},
                             OpName{ZkOp::auth, "auth"},
                             OpName{ZkOp::set_watches, "setWatches"},
                             OpName{ZkOp::reconfig, "reconfig"},
                             OpName{ZkOp::check_watches, "checkWatches"},
                             OpName{ZkOp::remove_watches, "removeWatches"},
                             OpName{ZkOp::create_container, "createContainer"},
                             OpName{ZkOp::create_ttl, "createTTL"},
                             OpName{ZkOp::multi_read, "multiRead"},
                             OpName{ZkOp::get_ephemerals, "getEphemerals"},
                             OpName{ZkOp::get_all_children_number, "getAllChildrenNumber"},
                             OpName{ZkOp::set_watches2, "setWatches2"},
                             OpName{ZkOp::add_watch, "addWatch"},
                             OpName{ZkOp::who_am_i, "whoAmI"},
                             OpName{ZkOp::create_session, "connect"},
                             OpName{ZkOp::close_session, "closeSession"},
                             OpName{ZkOp::error, "error"}};
static_assert(kZkLabelBase + 2 * kOps.size() <= UINT16_MAX);
static_assert(std::ranges::all_of(kOps,
                                  [](const OpName& op) { return std::ranges::count(kOps, op.op, &OpName::op) == 1; }));
static_assert(std::ranges::all_of(kOps, [](const OpName& op) {
    return std::ranges::count(kOps, op.name, &OpName::name) == 1;
}));

u16 place_of(ZkOp op) {
    const auto at = std::ranges::find(kOps, op, &OpName::op);
    MR_ASSERT(at != kOps.end());
    return static_cast<u16>(at - kOps.begin());
}

// ---- fields -------------------------------------------------------------------------------------

void put(ByteWriter& out, const std::string& text) {
    out.put_i32(static_cast<i32>(text.size()));
    out.put_text(text);
}
void put(ByteWriter& out, const ZkData& data) {
    if (data.is_null) return out.put_i32(-1);
    put(out, data.bytes);
}
void put(ByteWriter& out, const std::vector<std::string>& texts) {
    out.put_i32(static_cast<i32>(texts.size()));
    for (const std::string& text : texts) put(out, text);
}
void put(ByteWriter& out, const std::vector<Acl>& acl) {
    out.put_i32(static_cast<i32>(acl.size()));
    for (const Acl& entry : acl) {
        out.put_i32(entry.perms);
        put(out, entry.scheme);
        put(out, entry.id);
    }
}
void put(ByteWriter& out, const Stat& stat) {
    for (i64 word : {stat.czxid, stat.mzxid, stat.ctime, stat.mtime}) out.put_i64(word);
    for (i32 word : {stat.version, stat.cversion, stat.aversion}) out.put_i32(word);
    out.put_i64(stat.ephemeral_owner);
    out.put_i32(stat.data_length);
    out.put_i32(stat.num_children);
    out.put_i64(stat.pzxid);
}

void get(ByteReader& in, std::string& text) {
    const i32 length = in.get_i32();
    if (length > 0) text = in.get_text(static_cast<u32>(length));
    else if (length < -1) in.fail();
}
void get(ByteReader& in, ZkData& data) {
    const i32 length = in.get_i32();
    data.is_null = length < 0;
    if (length > 0) data.bytes = in.get_text(static_cast<u32>(length));
}
/// Item count of a list; 0 for null. A count that cannot be true fails.
u32 get_count(ByteReader& in) {
    const i32 count = in.get_i32();
    if (count > static_cast<i32>(std::min(in.remaining(), kMostListItems))) in.fail();
    return in.ok() && count > 0 ? static_cast<u32>(count) : 0;
}
void get(ByteReader& in, std::vector<std::string>& texts) {
    for (u32 count = get_count(in); count > 0 && in.ok(); --count) get(in, texts.emplace_back());
}
void get(ByteReader& in, std::vector<Acl>& acl) {
    for (u32 count = get_count(in); count > 0 && in.ok(); --count) {
        Acl& entry = acl.emplace_back();
        entry.perms = in.get_i32();
        entry.scheme.clear();
        entry.id.clear();
        get(in, entry.scheme);
        get(in, entry.id);
    }
}
void get(ByteReader& in, Stat& stat) {
    for (i64* word : {&stat.czxid, &stat.mzxid, &stat.ctime, &stat.mtime}) *word = in.get_i64();
    for (i32* word : {&stat.version, &stat.cversion, &stat.aversion}) *word = in.get_i32();
    stat.ephemeral_owner = in.get_i64();
    stat.data_length = in.get_i32();
    stat.num_children = in.get_i32();
    stat.pzxid = in.get_i64();
}

template <std::size_t N>
void put_sized(ByteWriter& out, const std::array<u8, N>& bytes) {
    out.put_i32(static_cast<i32>(N));
    out.put_bytes(bytes);
}
void get_passwd(ByteReader& in, std::array<u8, 16>& passwd) {
    const i32 length = in.get_i32();
    if (length < 0) return;
    const auto bytes = in.get_bytes(static_cast<u32>(length));
    for (u32 i = 0; i < std::min<std::size_t>(bytes.size(), passwd.size()); ++i) passwd[i] = bytes[i];
}

template <class Fill>
sim::FrameRef framed(Fill&& fill) {
    ByteWriter out;
    out.put_i32(0);
    fill(out);
    MR_ASSERT(out.wire_size() > 4 && out.wire_size() == out.head_size());
    out.patch_i32(0, static_cast<i32>(out.wire_size() - 4));
    return out.frame();
}

// ---- multi --------------------------------------------------------------------------------------

void put_multi_header(ByteWriter& out, i32 type, bool done, i32 error) {
    out.put_i32(type);
    out.put_bool(done);
    out.put_i32(error);
}

void put_multi(ByteWriter& out, const std::vector<ZkRequest>& ops) {
    for (const ZkRequest& op : ops) {
        put_multi_header(out, static_cast<i32>(op.op), false, -1);
        put_body(out, op);
    }
    put_multi_header(out, -1, true, -1);
}

void get_multi(ByteReader& in, std::vector<ZkRequest>& ops) {
    while (in.ok()) {
        const i32 type = in.get_i32();
        const bool done = in.get_bool();
        in.get_i32();
        if (done || !in.ok()) return;
        ZkRequest& op = ops.emplace_back();
        op.op = static_cast<ZkOp>(type);
        if (op.op == ZkOp::multi || op.op == ZkOp::multi_read || !read_body(in, op)) in.fail();
        if (op.op == ZkOp::create2) op.op = ZkOp::create;   // MultiTransactionRecord makes it one
    }
}

void put_result(ByteWriter& out, const ZkResult& result);

void put_multi_results(ByteWriter& out, const std::vector<ZkResult>& results) {
    const bool bad = std::ranges::any_of(results, [](const ZkResult& r) { return failed(r.error); });
    for (const ZkResult& result : results) {
        if (bad) {
            put_multi_header(out, -1, false, static_cast<i32>(result.error));
            out.put_i32(static_cast<i32>(result.error));
        } else {
            put_multi_header(out, static_cast<i32>(result.op), false, 0);
            put_result(out, result);
        }
    }
    put_multi_header(out, -1, true, -1);
}

/// Each operation of a multiRead fails alone.
void put_read_results(ByteWriter& out, const std::vector<ZkResult>& results) {
    for (const ZkResult& result : results) {
        const bool bad = failed(result.error);
        put_multi_header(out, bad ? -1 : static_cast<i32>(result.op), false, static_cast<i32>(result.error));
        if (bad) out.put_i32(static_cast<i32>(result.error));
        else put_result(out, result);
    }
    put_multi_header(out, -1, true, -1);
}

/// Who a client is: pairs of scheme and name.
void put_identities(ByteWriter& out, const std::vector<Acl>& ids) {
    out.put_i32(static_cast<i32>(ids.size()));
    for (const Acl& id : ids) {
        put(out, id.scheme);
        put(out, id.id);
    }
}

void get_identities(ByteReader& in, std::vector<Acl>& ids) {
    for (u32 count = get_count(in); count > 0 && in.ok(); --count) {
        Acl& id = ids.emplace_back(0, "", "");
        get(in, id.scheme);
        get(in, id.id);
    }
}

void get_multi_results(ByteReader& in, std::vector<ZkResult>& results) {
    while (in.ok()) {
        const auto type = static_cast<ZkOp>(in.get_i32());
        const bool done = in.get_bool();
        in.get_i32();
        if (done || !in.ok()) return;
        ZkResult& result = results.emplace_back();
        result.op = type;
        if (type == ZkOp::error) result.error = static_cast<ZkError>(in.get_i32());
        else if (!read_body(in, type, result)) in.fail();
    }
}

void put_result(ByteWriter& out, const ZkResult& result) {
    switch (result.op) {
        case ZkOp::create:
        case ZkOp::sync: put(out, result.path); return;
        case ZkOp::create2: case ZkOp::create_container: case ZkOp::create_ttl:
            put(out, result.path); put(out, result.stat); return;
        case ZkOp::exists: case ZkOp::set_data: case ZkOp::set_acl: put(out, result.stat); return;
        case ZkOp::get_data: put(out, result.data); put(out, result.stat); return;
        case ZkOp::get_acl: put(out, result.acl); put(out, result.stat); return;
        case ZkOp::get_children:
        case ZkOp::get_ephemerals: put(out, result.children); return;
        case ZkOp::get_all_children_number:
        case ZkOp::add_watch: out.put_i32(result.number); return;
        case ZkOp::who_am_i: put_identities(out, result.acl); return;
        case ZkOp::multi_read: put_read_results(out, result.results); return;
        case ZkOp::get_children2: put(out, result.children); put(out, result.stat); return;
        case ZkOp::multi: put_multi_results(out, result.results); return;
        case ZkOp::remove: case ZkOp::check: case ZkOp::ping: case ZkOp::auth: case ZkOp::set_watches:
        case ZkOp::set_watches2: case ZkOp::check_watches: case ZkOp::remove_watches: case ZkOp::reconfig:
        case ZkOp::close_session: case ZkOp::create_session: case ZkOp::notification: case ZkOp::error: return;
    }
}

}  // namespace

bool is_known(ZkOp op) {
    return op != ZkOp::error && op != ZkOp::create_session && std::ranges::find(kOps, op, &OpName::op) != kOps.end();
}

std::string_view name_of(ZkOp op) { return kOps[place_of(op)].name; }

std::string_view name_of(ZkError error) {
    switch (error) {
        case ZkError::ok: return "Ok";
        case ZkError::runtime_inconsistency: return "RuntimeInconsistency";
        case ZkError::marshalling: return "MarshallingError";
        case ZkError::unimplemented: return "Unimplemented";
        case ZkError::bad_arguments: return "BadArguments";
        case ZkError::no_node: return "NoNode";
        case ZkError::no_auth: return "NoAuth";
        case ZkError::bad_version: return "BadVersion";
        case ZkError::no_children_for_ephemerals: return "NoChildrenForEphemerals";
        case ZkError::node_exists: return "NodeExists";
        case ZkError::not_empty: return "NotEmpty";
        case ZkError::session_expired: return "SessionExpired";
        case ZkError::invalid_acl: return "InvalidACL";
        case ZkError::auth_failed: return "AuthFailed";
        case ZkError::no_watcher: return "NoWatcher";
        case ZkError::reconfig_disabled: return "ReconfigDisabled";
        case ZkError::connection_loss: return "ConnectionLoss";
    }
    return "Unknown";
}

sim::FrameRef to_frame(const ConnectRequest& request) {
    return framed([&](ByteWriter& out) {
        out.put_i32(request.protocol_version);
        out.put_i64(request.last_zxid_seen);
        out.put_i32(request.timeout_ms);
        out.put_i64(request.session_id);
        put_sized(out, request.passwd);
        if (request.has_read_only) out.put_bool(request.read_only);
    });
}

sim::FrameRef to_frame(const ConnectResponse& response) {
    return framed([&](ByteWriter& out) {
        out.put_i32(response.protocol_version);
        out.put_i32(response.timeout_ms);
        out.put_i64(response.session_id);
        put_sized(out, response.passwd);
        if (response.has_read_only) out.put_bool(response.read_only);
    });
}

sim::FrameRef to_frame(const ZkRequest& request) {
    return framed([&](ByteWriter& out) {
        out.put_i32(request.xid);
        out.put_i32(static_cast<i32>(request.op));
        put_body(out, request);
    });
}

sim::FrameRef to_frame(const ZkReply& reply) {
    return framed([&](ByteWriter& out) {
        out.put_i32(reply.xid);
        out.put_i64(reply.zxid);
        out.put_i32(static_cast<i32>(reply.result.error));
        if (!failed(reply.result.error)) put_result(out, reply.result);
    });
}

sim::FrameRef to_frame(const WatchEvent& event) {
    return framed([&](ByteWriter& out) {
        out.put_i32(kXidNotification);
        out.put_i64(-1);
        out.put_i32(0);
        out.put_i32(static_cast<i32>(event.type));
        out.put_i32(event.state);
        put(out, event.path);
    });
}

bool read(ByteReader& in, ConnectRequest& request) {
    in.get_i32();
    request.protocol_version = in.get_i32();
    request.last_zxid_seen = in.get_i64();
    request.timeout_ms = in.get_i32();
    request.session_id = in.get_i64();
    get_passwd(in, request.passwd);
    request.has_read_only = in.remaining() > 0;
    if (request.has_read_only) request.read_only = in.get_bool();
    return in.ok();
}

bool read(ByteReader& in, ConnectResponse& response) {
    in.get_i32();
    response.protocol_version = in.get_i32();
    response.timeout_ms = in.get_i32();
    response.session_id = in.get_i64();
    get_passwd(in, response.passwd);
    response.has_read_only = in.remaining() > 0;
    if (response.has_read_only) response.read_only = in.get_bool();
    return in.ok();
}

bool read(ByteReader& in, ZkRequest& request) {
    in.get_i32();
    request.xid = in.get_i32();
    request.op = static_cast<ZkOp>(in.get_i32());
    return in.ok() && read_body(in, request);
}

bool read(ByteReader& in, ReplyHeader& header) {
    in.get_i32();
    header.xid = in.get_i32();
    header.zxid = in.get_i64();
    header.error = static_cast<ZkError>(in.get_i32());
    return in.ok();
}

bool read(ByteReader& in, WatchEvent& event) {
    event.type = static_cast<WatchEventType>(in.get_i32());
    event.state = in.get_i32();
    get(in, event.path);
    return in.ok();
}

void put_body(ByteWriter& out, const ZkRequest& request) {
    switch (request.op) {
        case ZkOp::create: case ZkOp::create2: case ZkOp::create_container: case ZkOp::create_ttl:
            put(out, request.path);
            put(out, request.data);
            put(out, request.acl);
            out.put_i32(request.flags);
            if (request.op == ZkOp::create_ttl) out.put_i64(request.ttl_ms);
            return;
        case ZkOp::remove:
        case ZkOp::check: put(out, request.path); out.put_i32(request.version); return;
        case ZkOp::exists: case ZkOp::get_data: case ZkOp::get_children: case ZkOp::get_children2:
            put(out, request.path); out.put_bool(request.watch); return;
        case ZkOp::set_data: put(out, request.path); put(out, request.data); out.put_i32(request.version); return;
        case ZkOp::get_acl: case ZkOp::sync: case ZkOp::get_ephemerals: case ZkOp::get_all_children_number:
            put(out, request.path); return;
        case ZkOp::check_watches: case ZkOp::remove_watches: case ZkOp::add_watch:
            put(out, request.path); out.put_i32(request.flags); return;
        case ZkOp::multi_read: put_multi(out, request.ops); return;
        case ZkOp::set_acl: put(out, request.path); put(out, request.acl); out.put_i32(request.version); return;
        case ZkOp::multi: put_multi(out, request.ops); return;
        case ZkOp::set_watches:
        case ZkOp::set_watches2:
            out.put_i64(request.relative_zxid);
            for (const auto* paths : {&request.data_watches, &request.exist_watches, &request.child_watches})
                put(out, *paths);
            if (request.op == ZkOp::set_watches) return;
            put(out, request.persistent_watches);
            put(out, request.recursive_watches);
            return;
        case ZkOp::auth: out.put_i32(0); put(out, request.scheme); put(out, request.data); return;
        case ZkOp::create_session:
        case ZkOp::error: out.put_i32(request.version); return;  // the log keeps the time-out, or the error, here
        case ZkOp::reconfig: case ZkOp::who_am_i: case ZkOp::ping: case ZkOp::close_session:
        case ZkOp::notification: return;
    }
}

bool read_body(ByteReader& in, ZkRequest& request) {
    switch (request.op) {
        case ZkOp::create: case ZkOp::create2: case ZkOp::create_container: case ZkOp::create_ttl:
            get(in, request.path);
            get(in, request.data);
            get(in, request.acl);
            request.flags = in.get_i32();
            if (request.op == ZkOp::create_ttl) request.ttl_ms = in.get_i64();
            break;
        case ZkOp::remove:
        case ZkOp::check: get(in, request.path); request.version = in.get_i32(); break;
        case ZkOp::exists: case ZkOp::get_data: case ZkOp::get_children: case ZkOp::get_children2:
            get(in, request.path); request.watch = in.get_bool(); break;
        case ZkOp::set_data: get(in, request.path); get(in, request.data); request.version = in.get_i32(); break;
        case ZkOp::get_acl: case ZkOp::sync: case ZkOp::get_ephemerals: case ZkOp::get_all_children_number:
            get(in, request.path); break;
        case ZkOp::check_watches: case ZkOp::remove_watches: case ZkOp::add_watch:
            get(in, request.path); request.flags = in.get_i32(); break;
        case ZkOp::multi_read: get_multi(in, request.ops); break;
        case ZkOp::set_acl: get(in, request.path); get(in, request.acl); request.version = in.get_i32(); break;
        case ZkOp::multi: get_multi(in, request.ops); break;
        case ZkOp::set_watches:
        case ZkOp::set_watches2:
            request.relative_zxid = in.get_i64();
            for (auto* paths : {&request.data_watches, &request.exist_watches, &request.child_watches}) get(in, *paths);
            if (request.op == ZkOp::set_watches) break;
            get(in, request.persistent_watches);
            get(in, request.recursive_watches);
            break;
        case ZkOp::auth: in.get_i32(); get(in, request.scheme); get(in, request.data); break;
        case ZkOp::create_session:
        case ZkOp::error: request.version = in.get_i32(); break;
        case ZkOp::reconfig: case ZkOp::who_am_i: case ZkOp::ping: case ZkOp::close_session:
        case ZkOp::notification: break;
    }
    return in.ok();
}

bool read_body(ByteReader& in, ZkOp op, ZkResult& result) {
    result.op = op;
    switch (op) {
        case ZkOp::create:
        case ZkOp::sync: get(in, result.path); break;
        case ZkOp::create2: case ZkOp::create_container: case ZkOp::create_ttl:
            get(in, result.path); get(in, result.stat); break;
        case ZkOp::exists: case ZkOp::set_data: case ZkOp::set_acl: get(in, result.stat); break;
        case ZkOp::get_data: get(in, result.data); get(in, result.stat); break;
        case ZkOp::get_acl: get(in, result.acl); get(in, result.stat); break;
        case ZkOp::get_children:
        case ZkOp::get_ephemerals: get(in, result.children); break;
        case ZkOp::get_all_children_number:
        case ZkOp::add_watch: result.number = in.get_i32(); break;
        case ZkOp::who_am_i: get_identities(in, result.acl); break;
        case ZkOp::get_children2: get(in, result.children); get(in, result.stat); break;
        case ZkOp::multi:
        case ZkOp::multi_read: get_multi_results(in, result.results); break;
        case ZkOp::remove: case ZkOp::check: case ZkOp::ping: case ZkOp::auth: case ZkOp::set_watches:
        case ZkOp::set_watches2: case ZkOp::check_watches: case ZkOp::remove_watches: case ZkOp::reconfig:
        case ZkOp::close_session: case ZkOp::create_session: case ZkOp::notification: case ZkOp::error: break;
    }
    return in.ok();
}

u16 zk_request_label(ZkOp op) { return static_cast<u16>(kZkLabelBase + 2 * place_of(op)); }
u16 zk_reply_label(ZkOp op) { return static_cast<u16>(zk_request_label(op) + 1); }

std::string_view zk_label_name(u16 label) {
    const u32 place = (label - kZkLabelBase) / 2u;
    return label >= kZkLabelBase && place < kOps.size() ? kOps[place].name : std::string_view{};
}

}  // namespace engine::zookeeper
