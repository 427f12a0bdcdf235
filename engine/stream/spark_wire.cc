#include "engine/stream/spark_wire.h"

#include <array>

#include "engine/dfs/dfs_wire.h"
#include "sim/base/byte_reader.h"
#include "sim/base/byte_writer.h"

namespace engine::spark {
namespace {

using sim::ByteReader;
using sim::ByteWriter;

constexpr std::array<std::string_view, 7> kNames = {"RegisterExecutor", "LaunchTask",    "StatusUpdate",
                                                    "Broadcast",        "RemoveShuffle", "FetchShuffleBlocks",
                                                    "ChunkFetchSuccess"};
static_assert(kNames.size() == static_cast<std::size_t>(SparkCall::give_blocks) + 1);
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
        out.put_i32(r.partition);
        put(out, r.topic);
        out.put_u32(static_cast<u32>(r.headers.size()));
        for (const auto& [name, value] : r.headers) {
            put(out, name);
            put(out, value);
        }
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
        r.partition = in.get_i32();
        r.topic = get(in);
        for (u32 headers = in.get_u32(); headers > 0 && in.ok(); --headers) {
            std::string name = get(in);
            r.headers.emplace_back(std::move(name), get_nullable(in));
        }
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
    out.put_i32(task.stage_attempt);
}

void get_name(ByteReader& in, auto& task) {
    in.skip(1);
    task.query = in.get_u32();
    task.batch = in.get_i64();
    task.stage = in.get_i32();
    task.task = in.get_i32();
    task.attempt = in.get_i32();
    task.stage_attempt = in.get_i32();
}

void put_node(ByteWriter& out, NodeId node) { out.put_u16(node.value); }
NodeId get_node(ByteReader& in) { return NodeId{in.get_u16()}; }

void put(ByteWriter& out, const BlockPlace& place) {
    out.put_i32(place.map);
    put_node(out, place.executor);
    out.put_i64(place.records);
    out.put_i64(place.bytes);
}

void get(ByteReader& in, BlockPlace& place) {
    place.map = in.get_i32();
    place.executor = get_node(in);
    place.records = in.get_i64();
    place.bytes = in.get_i64();
}

void put(ByteWriter& out, const BlockSize& size) {
    out.put_i32(size.partition);
    out.put_i64(size.records);
    out.put_i64(size.bytes);
}

void get(ByteReader& in, BlockSize& size) {
    size.partition = in.get_i32();
    size.records = in.get_i64();
    size.bytes = in.get_i64();
}

void put(ByteWriter& out, i32 number) { out.put_i32(number); }
void get(ByteReader& in, i32& number) { number = in.get_i32(); }
void get(ByteReader& in, std::string& text) { text = get(in); }

void put(ByteWriter& out, const std::pair<std::string, std::string>& named) {
    put(out, named.first);
    put(out, named.second);
}

void get(ByteReader& in, std::pair<std::string, std::string>& named) {
    named.first = get(in);
    named.second = get(in);
}

template <class T>
void put_list(ByteWriter& out, const std::vector<T>& items) {
    out.put_u32(static_cast<u32>(items.size()));
    for (const T& item : items) put(out, item);
}

template <class T>
std::vector<T> get_list(ByteReader& in) {
    std::vector<T> items;
    const u32 n = in.get_u32();
    for (u32 i = 0; i < n && in.ok(); ++i) get(in, items.emplace_back());
    return items;
}

void put_shuffle(ByteWriter& out, SparkCall call, const ShuffleId& shuffle) {
    MR_ASSERT(shuffle.batch >= 0);
    out.put_u8(static_cast<sim::u8>(call));
    out.put_u32(shuffle.query);
    out.put_i64(shuffle.batch);
}

void get_shuffle(ByteReader& in, ShuffleId& shuffle) {
    in.skip(1);
    shuffle.query = in.get_u32();
    shuffle.batch = in.get_i64();
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
    out.put_i64(o.work_per_block.count);
    out.put_bool(o.shuffles);
    out.put_i64(o.timestamp_ms);
    put(out, o.input);
    put_list(out, o.blocks);
    out.put_i64(o.fetch_wait.count);
    out.put_i64(o.fetch_pause.count);
    out.put_i32(o.fetch_retries);
    out.put_u32(static_cast<u32>(o.files.size()));
    for (const FileOrder& f : o.files) {
        put(out, f.path);
        put(out, f.bytes);
        out.put_bool(f.once);
    }
    put(out, o.records);
    return out.frame();
}

sim::FrameRef to_frame(const TaskStatus& s) {
    MR_ASSERT(s.error.empty() || s.attempt >= 0);
    ByteWriter out;
    put_name(out, SparkCall::status_update, s);
    put(out, s.error);
    out.put_bool(s.refused);
    out.put_bool(s.fetch_failed);
    out.put_i32(s.lost_map);
    put_node(out, s.lost_at);
    put(out, s.rows);
    put_list(out, s.written);
    for (const i64 n : {s.shuffle.records, s.shuffle.bytes, s.shuffle.remote_bytes, s.shuffle.wait_ms}) out.put_i64(n);
    return out.frame();
}

sim::FrameRef to_frame(const QueryProgram& p) {
    MR_ASSERT(!p.spec.name.empty());
    ByteWriter out;
    out.put_u8(static_cast<sim::u8>(SparkCall::send_program));
    out.put_u32(p.query);
    put_list(out, p.conf);
    out.put_u32(static_cast<u32>(p.tables.size()));
    for (const StaticTable& t : p.tables) {
        put(out, t.name);
        put_list(out, t.columns);
        out.put_u32(static_cast<u32>(t.rows.size()));
        for (const std::vector<std::string>& row : t.rows) put_list(out, row);
    }
    put(out, p.spec.name);
    out.put_u32(static_cast<u32>(p.spec.sources.size()));
    for (const SourceSpec& s : p.spec.sources) {
        for (const std::string* text : {&s.name, &s.format, &s.watermark_column, &s.watermark_delay}) put(out, *text);
        put_list(out, s.options);
    }
    for (const std::string* text : {&p.spec.sql, &p.spec.program, &p.spec.output_mode, &p.spec.sink}) put(out, *text);
    put_list(out, p.spec.conf);
    put_list(out, p.spec.sink_options);
    return out.frame();
}

sim::FrameRef to_frame(const ShuffleId& removed) {
    ByteWriter out;
    put_shuffle(out, SparkCall::remove_shuffle, removed);
    return out.frame();
}

sim::FrameRef to_frame(const BlockRequest& r) {
    MR_ASSERT(!r.maps.empty() && r.partition >= 0);
    ByteWriter out;
    put_shuffle(out, SparkCall::fetch_blocks, r.shuffle);
    out.put_i64(static_cast<i64>(r.fetch));
    out.put_i32(r.partition);
    put_list(out, r.maps);
    return out.frame();
}

sim::FrameRef to_frame(const BlockAnswer& a) {
    MR_ASSERT(a.missing < 0 || a.bytes.empty());
    ByteWriter out;
    out.put_u8(static_cast<sim::u8>(SparkCall::give_blocks));
    out.put_i64(static_cast<i64>(a.fetch));
    out.put_i32(a.missing);
    out.put_u32(sim::total_length(a.bytes));
    for (const sim::Slice& slice : a.bytes) out.put_slice(slice);
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
    o.work_per_block = sim::nanos(in.get_i64());
    o.shuffles = in.get_bool();
    o.timestamp_ms = in.get_i64();
    o.input = get(in);
    o.blocks = get_list<BlockPlace>(in);
    o.fetch_wait = sim::nanos(in.get_i64());
    o.fetch_pause = sim::nanos(in.get_i64());
    o.fetch_retries = in.get_i32();
    const u32 n = in.get_u32();
    for (u32 i = 0; i < n && in.ok(); ++i) {
        FileOrder& f = o.files.emplace_back();
        f.path = get(in);
        f.bytes = get(in);
        f.once = in.get_bool();
    }
    o.records = get_rows(in);
    return in.done() ? std::optional(o) : std::nullopt;
}

std::optional<TaskStatus> read_status(const sim::Frame& frame) {
    ByteReader in(frame);
    TaskStatus s;
    get_name(in, s);
    s.error = get(in);
    s.refused = in.get_bool();
    s.fetch_failed = in.get_bool();
    s.lost_map = in.get_i32();
    s.lost_at = get_node(in);
    s.rows = get_rows(in);
    s.written = get_list<BlockSize>(in);
    for (i64* n : {&s.shuffle.records, &s.shuffle.bytes, &s.shuffle.remote_bytes, &s.shuffle.wait_ms})
        *n = in.get_i64();
    return in.done() ? std::optional(s) : std::nullopt;
}

std::optional<QueryProgram> read_program(const sim::Frame& frame) {
    ByteReader in(frame);
    QueryProgram p;
    in.skip(1);
    p.query = in.get_u32();
    p.conf = get_list<std::pair<std::string, std::string>>(in);
    for (u32 n = in.get_u32(); n > 0 && in.ok(); --n) {
        StaticTable& t = p.tables.emplace_back();
        t.name = get(in);
        t.columns = get_list<std::string>(in);
        for (u32 rows = in.get_u32(); rows > 0 && in.ok(); --rows) t.rows.push_back(get_list<std::string>(in));
    }
    p.spec.name = get(in);
    for (u32 n = in.get_u32(); n > 0 && in.ok(); --n) {
        SourceSpec& s = p.spec.sources.emplace_back();
        for (std::string* text : {&s.name, &s.format, &s.watermark_column, &s.watermark_delay}) *text = get(in);
        s.options = get_list<std::pair<std::string, std::string>>(in);
    }
    for (std::string* text : {&p.spec.sql, &p.spec.program, &p.spec.output_mode, &p.spec.sink}) *text = get(in);
    p.spec.conf = get_list<std::pair<std::string, std::string>>(in);
    p.spec.sink_options = get_list<std::pair<std::string, std::string>>(in);
    return in.done() ? std::optional(p) : std::nullopt;
}

std::optional<ShuffleId> read_removal(const sim::Frame& frame) {
    ByteReader in(frame);
    ShuffleId id;
    get_shuffle(in, id);
    return in.done() ? std::optional(id) : std::nullopt;
}

std::optional<BlockRequest> read_block_request(const sim::Frame& frame) {
    ByteReader in(frame);
    BlockRequest r;
    get_shuffle(in, r.shuffle);
    r.fetch = static_cast<u64>(in.get_i64());
    r.partition = in.get_i32();
    r.maps = get_list<i32>(in);
    return in.done() ? std::optional(r) : std::nullopt;
}

std::optional<BlockAnswer> read_block_answer(const sim::Frame& frame) {
    ByteReader in(frame);
    BlockAnswer a;
    in.skip(1);
    a.fetch = static_cast<u64>(in.get_i64());
    a.missing = in.get_i32();
    const u32 size = in.get_u32();
    if (in.ok() && size > 0) a.bytes = in.get_slices(size);
    return in.done() ? std::optional(a) : std::nullopt;
}

}  // namespace engine::spark
