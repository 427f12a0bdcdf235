// ZooKeeper's wire records: frames of i32 length and jute-encoded fields, big-endian, no tags. Null and empty
// differ (-1 and 0). One struct serves all requests, one all answers; the operation says which fields count.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"

namespace engine::zookeeper {

enum class ZkOp : i32 {
    notification = 0,
    create = 1,
    remove = 2,
    exists = 3,
    get_data = 4,
    set_data = 5,
    get_acl = 6,
    set_acl = 7,
    get_children = 8,
    sync = 9,
    ping = 11,
    get_children2 = 12,
    check = 13,
    multi = 14,
    create2 = 15,
    reconfig = 16,
    check_watches = 17,
    remove_watches = 18,
    create_container = 19,
    create_ttl = 21,
    multi_read = 22,
    auth = 100,
    set_watches = 101,
    get_ephemerals = 103,
    get_all_children_number = 104,
    set_watches2 = 105,
    add_watch = 106,
    who_am_i = 107,
    create_session = -10,
    close_session = -11,
    error = -1,
};
std::string_view name_of(ZkOp op);
/// Whether a client's number for an operation means anything.
bool is_known(ZkOp op);

enum class ZkError : i32 {
    ok = 0,
    runtime_inconsistency = -2,
    marshalling = -5,
    unimplemented = -6,
    bad_arguments = -8,
    no_node = -101,
    no_auth = -102,
    bad_version = -103,
    no_children_for_ephemerals = -108,
    node_exists = -110,
    not_empty = -111,
    session_expired = -112,
    invalid_acl = -114,
    auth_failed = -115,
    no_watcher = -121,
    reconfig_disabled = -123,
    connection_loss = -4,  // made by the client itself
};
std::string_view name_of(ZkError error);
constexpr bool failed(ZkError error) { return error != ZkError::ok; }

// Flags of create.
constexpr i32 kPersistent = 0;
constexpr i32 kEphemeral = 1;
constexpr i32 kSequential = 2;
constexpr i32 kEphemeralSequential = 3;
constexpr i32 kContainer = 4;
constexpr i32 kTtl = 5;
constexpr i32 kTtlSequential = 6;
static_assert((kEphemeral | kSequential) == kEphemeralSequential && (kEphemeral & kSequential) == kPersistent);

// Special xids.
constexpr i32 kXidNotification = -1;
constexpr i32 kXidPing = -2;
constexpr i32 kXidAuth = -4;
constexpr i32 kXidSetWatches = -8;
static_assert(kXidNotification < 0 && kXidPing < 0 && kXidAuth < 0 && kXidSetWatches < 0);  // requests count from 1

struct ZkData {
    std::string bytes;
    bool is_null = true;

    static ZkData of(std::string bytes) { return {std::move(bytes), false}; }
    friend bool operator==(const ZkData&, const ZkData&) = default;
};

struct Acl {
    i32 perms = 31;
    std::string scheme = "world";
    std::string id = "anyone";
    friend bool operator==(const Acl&, const Acl&) = default;
};

struct Stat {
    i64 czxid = 0;  // that created it
    i64 mzxid = 0;  // that last set its data
    i64 ctime = 0;  // epoch milliseconds
    i64 mtime = 0;
    i32 version = 0;
    i32 cversion = 0;
    i32 aversion = 0;
    i64 ephemeral_owner = 0;
    i32 data_length = 0;
    i32 num_children = 0;
    i64 pzxid = 0;  // that last created or deleted a child
};

struct ZkRequest {
    i32 xid = 0;
    ZkOp op = ZkOp::ping;
    std::string path;
    ZkData data;
    std::vector<Acl> acl;
    i32 flags = 0;               // of a create; which watches, of a request about them
    i32 version = -1;
    bool watch = false;
    i64 ttl_ms = 0;              // of a create with a time to live
    std::string scheme;          // of auth; what it proves is in data
    std::vector<ZkRequest> ops;  // of a multi
    i64 relative_zxid = 0;       // of setWatches, and its three lists
    std::vector<std::string> data_watches;
    std::vector<std::string> exist_watches;
    std::vector<std::string> child_watches;
    std::vector<std::string> persistent_watches;
    std::vector<std::string> recursive_watches;
};

struct ZkResult {
    ZkOp op = ZkOp::ping;
    ZkError error = ZkError::ok;
    std::string path;
    ZkData data;
    Stat stat;
    std::vector<Acl> acl;
    std::vector<std::string> children;
    i32 number = 0;                 // of all descendants
    std::vector<ZkResult> results;  // of a multi
};

struct ZkReply {
    i32 xid = 0;
    i64 zxid = 0;
    ZkResult result;
};

enum class WatchEventType : i32 { created = 1, deleted = 2, data_changed = 3, children_changed = 4 };

struct WatchEvent {
    WatchEventType type = WatchEventType::created;
    i32 state = 3;  // SyncConnected: the only one on the wire
    std::string path;
};

struct ConnectRequest {
    i32 protocol_version = 0;
    i64 last_zxid_seen = 0;
    i32 timeout_ms = 0;
    i64 session_id = 0;
    std::array<u8, 16> passwd{};
    bool has_read_only = true;  // very old clients do not send the last byte
    bool read_only = false;
};

struct ConnectResponse {
    i32 protocol_version = 0;
    i32 timeout_ms = 0;  // 0: the session is gone
    i64 session_id = 0;
    std::array<u8, 16> passwd{};
    bool has_read_only = true;
    bool read_only = false;
};

sim::FrameRef to_frame(const ConnectRequest& request);
sim::FrameRef to_frame(const ConnectResponse& response);
sim::FrameRef to_frame(const ZkRequest& request);
sim::FrameRef to_frame(const ZkReply& reply);
sim::FrameRef to_frame(const WatchEvent& event);

// False if the bytes are malformed.
bool read(sim::ByteReader& in, ConnectRequest& request);
bool read(sim::ByteReader& in, ConnectResponse& response);
bool read(sim::ByteReader& in, ZkRequest& request);
/// Reads header and body of a reply; `op` is that of the request with this xid.
struct ReplyHeader {
    i32 xid = 0;
    i64 zxid = 0;
    ZkError error = ZkError::ok;
};
bool read(sim::ByteReader& in, ReplyHeader& header);
bool read_body(sim::ByteReader& in, ZkOp op, ZkResult& result);
bool read(sim::ByteReader& in, WatchEvent& event);

/// Request bodies as they stand in the transaction log.
void put_body(sim::ByteWriter& out, const ZkRequest& request);
bool read_body(sim::ByteReader& in, ZkRequest& request);

/// What frames of this protocol are called in the lab: label = base + the operation's place, odd for answers.
constexpr u16 kZkLabelBase = 1000;
static_assert(kZkLabelBase % 2 == 0);
u16 zk_request_label(ZkOp op);
u16 zk_reply_label(ZkOp op);
/// Name of a label made here; "" for others.
std::string_view zk_label_name(u16 label);

}  // namespace engine::zookeeper
