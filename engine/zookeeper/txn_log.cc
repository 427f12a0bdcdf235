#include "engine/zookeeper/txn_log.h"

namespace engine::zookeeper {
namespace {

constexpr i32 kMagic = 0x5a4b4c47;  // "ZKLG"
constexpr i32 kVersion = 2;
constexpr u8 kEndOfEntry = 0x42;
constexpr u32 kHeadBytes = 16;
constexpr u32 kHeaderBytes = 32;
constexpr u32 kAroundBody = 13;  // checksum, length, end mark
static_assert(kHeadBytes == 2 * sizeof(i32) + sizeof(i64) && kHeaderBytes == 3 * sizeof(i64) + 2 * sizeof(i32));
static_assert(kAroundBody == sizeof(i64) + sizeof(i32) + sizeof(kEndOfEntry));

u32 adler32(std::span<const u8> bytes) {
    constexpr u32 kModulus = 65521;
    u32 a = 1, b = 0;
    for (const u8 byte : bytes) {
        a = (a + byte) % kModulus;
        b = (b + a) % kModulus;
    }
    return b << 16 | a;
}

bool read_entry(std::span<const u8> bytes, LoggedTxn& txn) {
    sim::ByteReader in(bytes);
    txn.session_id = in.get_i64();
    txn.cxid = in.get_i32();
    txn.zxid = in.get_i64();
    txn.time_ms = in.get_i64();
    txn.request.op = static_cast<ZkOp>(in.get_i32());
    return in.ok() && read_body(in, txn.request);
}

}  // namespace

std::vector<u8> to_log_entry(const LoggedTxn& txn) {
    sim::ByteWriter body;
    body.put_i64(txn.session_id);
    body.put_i32(txn.cxid);
    body.put_i64(txn.zxid);
    body.put_i64(txn.time_ms);
    body.put_i32(static_cast<i32>(txn.request.op));
    MR_ASSERT(body.head_size() == kHeaderBytes);
    put_body(body, txn.request);
    sim::ByteWriter out;
    out.put_i64(adler32(body.head()));
    out.put_i32(static_cast<i32>(body.head_size()));
    out.put_bytes(body.head());
    out.put_u8(kEndOfEntry);
    MR_ASSERT(out.head_size() == body.head_size() + kAroundBody);
    return out.head_copy();
}

std::vector<u8> log_file_head() {
    sim::ByteWriter out;
    out.put_i32(kMagic);
    out.put_i32(kVersion);
    out.put_i64(0);
    MR_ASSERT(out.head_size() == kHeadBytes);
    return out.head_copy();
}

std::vector<LoggedTxn> read_log(std::span<const u8> bytes) {
    std::vector<LoggedTxn> txns;
    sim::ByteReader in(bytes);
    if (in.get_i32() != kMagic || in.get_i32() != kVersion) return txns;
    in.get_i64();
    while (in.ok() && in.remaining() > 0) {
        const i64 checksum = in.get_i64();
        const i32 length = in.get_i32();
        if (length < static_cast<i32>(kHeaderBytes)) break;
        const auto body = in.get_bytes(static_cast<u32>(length));
        const u8 end = in.get_u8();
        LoggedTxn txn;
        if (!in.ok() || end != kEndOfEntry || adler32(body) != static_cast<u32>(checksum) || !read_entry(body, txn))
            break;
        MR_ASSERT(body.size() == static_cast<u32>(length));
        txns.push_back(std::move(txn));
    }
    return txns;
}

}  // namespace engine::zookeeper
