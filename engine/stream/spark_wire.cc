#include "engine/stream/spark_wire.h"

#include <array>

#include "engine/dfs/dfs_wire.h"
#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"

namespace engine::spark {
namespace {

using sim::ByteReader;
using sim::ByteWriter;

constexpr std::array<std::string_view, 3> kNames = {"RegisterExecutor", "LaunchTask", "StatusUpdate"};
static_assert(kNames.size() == static_cast<std::size_t>(SparkCall::status_update) + 1);
static_assert(kSparkLabelBase > dfs::answer_label(dfs::DfsOp::list));

void put(ByteWriter& out, const std::string& text) {
    out.put_u32(static_cast<u32>(text.size()));
    out.put_text(text);
}

std::string get(ByteReader& in) {
    const u32 size = in.get_u32();
    if (size > in.remaining()) in.fail();
    return in.ok() ? in.get_text(size) : std::string();
}

void put(ByteWriter& out, const NullableText& text) {
    out.put_bool(text.is_null);
    put(out, text.text);
}

NullableText get_nullable(ByteReader& in) {
    NullableText text;
    text.is_null = in.get_bool();
    text.text = get(in);
    return text;
}

void put(ByteWriter& out, const std::vector<TopicRow>& rows) {
    out.put_u32(static_cast<u32>(rows.size()));
    for (const TopicRow& r : rows) {
        out.put_i64(r.offset);
        out.put_i64(r.timestamp_ms);
        put(out, r.key);
        put(out, r.value);
    }
}

std::vector<TopicRow> get_rows(ByteReader& in) {
    std::vector<TopicRow> rows;
    const u32 n = in.get_u32();
    for (u32 i = 0; i < n && in.ok(); ++i) {
        TopicRow& r = rows.emplace_back();
        r.offset = in.get_i64();
        r.timestamp_ms = in.get_i64();
        r.key = get_nullable(in);
        r.value = get_nullable(in);
    }
    return rows;
}

/// The numbers that orders and their answers share.
void put_name(ByteWriter& out, SparkCall call, const auto& task) {
    MR_ASSERT(task.batch >= 0 && task.task >= 0);
    out.put_u8(static_cast<sim::u8>(call));
    out.put_u32(task.query);
    out.put_i64(task.batch);
    out.put_i32(task.stage);
    out.put_i32(task.task);
    out.put_i32(task.attempt);
}

void get_name(ByteReader& in, auto& task) {
    in.skip(1);
    task.query = in.get_u32();
    task.batch = in.get_i64();
    task.stage = in.get_i32();
    task.task = in.get_i32();
    task.attempt = in.get_i32();
}

}  // namespace

std::string_view name_of(SparkCall call) { return kNames[static_cast<std::size_t>(call)]; }

std::string_view stream_label_name(u16 label) {
    static_assert(kSparkLabelBase % 2 == 0 && dfs::kDfsLabelBase % 2 == 0);
    if (label >= kSparkLabelBase) {
        const u32 place = (label - kSparkLabelBase) / 2u;
        return place < kNames.size() ? kNames[place] : std::string_view{};
    }
    if (label < dfs::kDfsLabelBase || label > dfs::answer_label(dfs::DfsOp::list)) return {};
    return dfs::name_of(static_cast<dfs::DfsOp>((label - dfs::kDfsLabelBase) / 2u));
}

sim::FrameRef registration_frame(i32 cores) {
    MR_ASSERT(cores > 0);
    ByteWriter out;
    out.put_u8(static_cast<sim::u8>(SparkCall::register_executor));
    out.put_i32(cores);
    return out.frame();
}

sim::FrameRef to_frame(const TaskOrder& o) {
    MR_ASSERT(o.from <= o.until && (o.topic.empty() || o.partition >= 0));
    ByteWriter out;
    put_name(out, SparkCall::launch_task, o);
    out.put_u32(o.source);
    put(out, o.topic);
    out.put_i32(o.partition);
    out.put_i64(o.from);
    out.put_i64(o.until);
    out.put_i64(o.work.count);
    out.put_i64(o.work_per_row.count);
    out.put_u32(static_cast<u32>(o.files.size()));
    for (const FileOrder& f : o.files) {
        put(out, f.path);
        put(out, f.bytes);
        out.put_bool(f.once);
    }
    put(out, o.sink_topic);
    put(out, o.records);
    return out.frame();
}

sim::FrameRef to_frame(const TaskStatus& s) {
    MR_ASSERT(s.error.empty() || s.attempt >= 0);
    ByteWriter out;
    put_name(out, SparkCall::status_update, s);
    put(out, s.error);
    out.put_bool(s.refused);
    put(out, s.rows);
    return out.frame();
}

std::optional<SparkCall> call_of(const sim::Frame& frame) {
    const auto head = frame.head();
    return !head.empty() && head[0] < kNames.size() ? std::optional(static_cast<SparkCall>(head[0])) : std::nullopt;
}

std::optional<i32> read_registration(const sim::Frame& frame) {
    ByteReader in(frame);
    in.skip(1);
    const i32 cores = in.get_i32();
    return in.done() && cores > 0 ? std::optional(cores) : std::nullopt;
}

std::optional<TaskOrder> read_order(const sim::Frame& frame) {
    ByteReader in(frame);
    TaskOrder o;
    get_name(in, o);
    o.source = in.get_u32();
    o.topic = get(in);
    o.partition = in.get_i32();
    o.from = in.get_i64();
    o.until = in.get_i64();
    o.work = sim::nanos(in.get_i64());
    o.work_per_row = sim::nanos(in.get_i64());
    const u32 n = in.get_u32();
    for (u32 i = 0; i < n && in.ok(); ++i) {
        FileOrder& f = o.files.emplace_back();
        f.path = get(in);
        f.bytes = get(in);
        f.once = in.get_bool();
    }
    o.sink_topic = get(in);
    o.records = get_rows(in);
    return in.done() ? std::optional(o) : std::nullopt;
}

std::optional<TaskStatus> read_status(const sim::Frame& frame) {
    ByteReader in(frame);
    TaskStatus s;
    get_name(in, s);
    s.error = get(in);
    s.refused = in.get_bool();
    s.rows = get_rows(in);
    return in.done() ? std::optional(s) : std::nullopt;
}

}  // namespace engine::spark
