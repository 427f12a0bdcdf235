#include "engine/dfs/dfs_wire.h"

#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"

namespace engine::dfs {
namespace {

using sim::ByteReader;
using sim::ByteWriter;

constexpr sim::u8 kOps = static_cast<sim::u8>(DfsOp::list) + 1, kStatuses = static_cast<sim::u8>(DfsStatus::full) + 1;
static_assert(kOps == 4 && kStatuses == 4);

void put(ByteWriter& out, const std::string& text) {
    out.put_u32(static_cast<sim::u32>(text.size()));
    out.put_text(text);
}

std::string get(ByteReader& in) {
    const sim::u32 size = in.get_u32();
    if (size > in.remaining()) in.fail();
    return in.ok() ? in.get_text(size) : std::string();
}

}  // namespace

std::string_view name_of(DfsOp op) {
    switch (op) {
        case DfsOp::write: return "DfsWrite";
        case DfsOp::create: return "DfsCreate";
        case DfsOp::read: return "DfsRead";
        case DfsOp::list: return "DfsList";
    }
    return "";
}

sim::FrameRef to_frame(const DfsRequest& r) {
    MR_ASSERT(!r.path.empty());
    ByteWriter out;
    out.put_u8(static_cast<sim::u8>(r.op));
    out.put_i64(static_cast<sim::i64>(r.tag));
    put(out, r.path);
    put(out, r.bytes);
    return out.frame();
}

sim::FrameRef to_frame(const DfsAnswer& a) {
    ByteWriter out;
    out.put_u8(static_cast<sim::u8>(a.op));
    out.put_i64(static_cast<sim::i64>(a.tag));
    out.put_u8(static_cast<sim::u8>(a.status));
    put(out, a.path);
    put(out, a.bytes);
    out.put_u32(static_cast<sim::u32>(a.paths.size()));
    for (const std::string& p : a.paths) put(out, p);
    MR_ASSERT(out.head_size() > 0);
    return out.frame();
}

std::optional<DfsRequest> read_request(const sim::Frame& frame) {
    ByteReader in(frame);
    DfsRequest r;
    const sim::u8 op = in.get_u8();
    r.op = static_cast<DfsOp>(op);
    r.tag = static_cast<sim::u64>(in.get_i64());
    r.path = get(in);
    r.bytes = get(in);
    return in.done() && op < kOps ? std::optional(r) : std::nullopt;
}

std::optional<DfsAnswer> read_answer(const sim::Frame& frame) {
    ByteReader in(frame);
    DfsAnswer a;
    const sim::u8 op = in.get_u8();
    a.op = static_cast<DfsOp>(op);
    a.tag = static_cast<sim::u64>(in.get_i64());
    const sim::u8 status = in.get_u8();
    a.status = static_cast<DfsStatus>(status);
    a.path = get(in);
    a.bytes = get(in);
    const sim::u32 n = in.get_u32();
    for (sim::u32 i = 0; i < n && in.ok(); ++i) a.paths.push_back(get(in));
    return in.done() && op < kOps && status < kStatuses ? std::optional(a) : std::nullopt;
}

}  // namespace engine::dfs
