// What driver and executors say to each other: an executor registers, gets a query's program and tasks, tells how they
// went. Big-endian, lengths before texts. Rows that a task read travel as records with their offsets. Executors ask
// each other for blocks of a shuffle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/observer.h"
#include "engine/stream/query_spec.h"
#include "sim/base/byte_reader.h"
#include "sim/base/frame.h"

namespace engine::spark {

constexpr u16 kDriverPort = 7078;
/// Where an executor gives out blocks.
constexpr u16 kBlockPort = 7079;
/// Names of frames in lists of messages.
constexpr u16 kSparkLabelBase = 2100;

enum class SparkCall : sim::u8 {
    register_executor,
    launch_task,
    status_update,
    send_program,
    remove_shuffle,
    fetch_blocks,
    give_blocks,
};
std::string_view name_of(SparkCall call);
constexpr u16 label_of(SparkCall call) { return static_cast<u16>(kSparkLabelBase + 2 * static_cast<u16>(call)); }
/// Name of a frame of Spark or of its file system; "" for others.
std::string_view stream_label_name(u16 label);

struct TopicRow {
    i64 offset = 0;
    i64 timestamp_ms = 0;
    NullableText key, value;
    std::vector<std::pair<std::string, NullableText>> headers;
    i32 partition = -1;  ///< to send it to; -1 = the partitioner's choice
    std::string topic;   ///< to send it to
};

struct FileOrder {
    std::string path;
    std::string bytes;
    bool once = false;  ///< only if there is no such file yet: what was written stays
};

/// What a map task wrote for one partition of the shuffle.
struct BlockSize {
    i32 partition = 0;
    i64 records = 0;
    i64 bytes = 0;
};

/// Where a block of a reduce task's partition lies. No node: its map task has to run again.
struct BlockPlace {
    i32 map = 0;
    NodeId executor = sim::kNoNode;
    i64 records = 0;
    i64 bytes = 0;
};

struct TaskOrder {
    u32 query = 0;
    i64 batch = 0;
    i32 stage = 0;
    i32 task = 0;
    i32 attempt = 0;
    i32 stage_attempt = 0;
    u32 source = 0;     ///< of the query, that it reads
    std::string topic;  ///< "" = reads none
    i32 partition = -1;
    i64 from = 0, until = 0;
    Nanos work;  ///< modelled time of its own
    Nanos work_per_row;
    Nanos work_per_block;   ///< of a shuffle, written or read
    bool shuffles = false;  ///< its rows go on as blocks
    i64 timestamp_ms = 0;   ///< of the batch
    std::string input;      ///< rows of a source that the driver reads itself, see packed_rows
    std::vector<BlockPlace> blocks;  ///< to fetch before the work
    Nanos fetch_wait;                ///< a fetch is given up that is quiet so long
    Nanos fetch_pause;               ///< between two tries
    i32 fetch_retries = 0;
    std::vector<FileOrder> files;  ///< to write when it is done
    std::vector<TopicRow> records;  ///< to send to their topics
};

/// What a task fetched of a shuffle.
struct ShuffleRead {
    i64 records = 0;
    i64 bytes = 0;
    i64 remote_bytes = 0;  ///< of them from other executors
    i64 wait_ms = 0;       ///< until the last block was there
};

struct TaskStatus {
    u32 query = 0;
    i64 batch = 0;
    i32 stage = 0;
    i32 task = 0;
    i32 attempt = 0;
    i32 stage_attempt = 0;
    std::string error;         ///< "" = it went well
    bool refused = false;      ///< a file that may be written once was there: nothing was added
    bool fetch_failed = false;  ///< `error` says which block could not be had; `lost_map` and `lost_at` name it
    i32 lost_map = -1;
    NodeId lost_at = sim::kNoNode;
    std::vector<TopicRow> rows;
    std::vector<BlockSize> written;
    ShuffleRead shuffle;
};

/// What an executor needs to run tasks of a query.
struct QueryProgram {
    u32 query = 0;
    NamedTexts conf;
    std::vector<StaticTable> tables;
    QuerySpec spec;
};

/// One shuffle: of one batch of one query.
struct ShuffleId {
    u32 query = 0;
    i64 batch = 0;
    friend bool operator==(const ShuffleId&, const ShuffleId&) = default;
};

struct BlockRequest {
    u64 fetch = 0;  ///< the asker's number
    ShuffleId shuffle;
    i32 partition = 0;
    std::vector<i32> maps;
};

struct BlockAnswer {
    u64 fetch = 0;
    i32 missing = -1;  ///< the map task of a block that is not here; -1 = all are
    sim::Slices bytes;
};

sim::FrameRef to_frame(const TaskOrder& order);
sim::FrameRef to_frame(const TaskStatus& status);
sim::FrameRef to_frame(const QueryProgram& program);
sim::FrameRef to_frame(const ShuffleId& removed);
sim::FrameRef to_frame(const BlockRequest& request);
sim::FrameRef to_frame(const BlockAnswer& answer);
sim::FrameRef registration_frame(i32 cores);
std::optional<SparkCall> call_of(const sim::Frame& frame);
std::optional<TaskOrder> read_order(const sim::Frame& frame);
std::optional<TaskStatus> read_status(const sim::Frame& frame);
std::optional<QueryProgram> read_program(const sim::Frame& frame);
std::optional<ShuffleId> read_removal(const sim::Frame& frame);
std::optional<BlockRequest> read_block_request(const sim::Frame& frame);
std::optional<BlockAnswer> read_block_answer(const sim::Frame& frame);
std::optional<i32> read_registration(const sim::Frame& frame);

}  // namespace engine::spark
