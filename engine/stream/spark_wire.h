// What driver and executors say to each other: an executor registers, gets tasks, tells how they went. Big-endian,
// lengths before texts. Rows that a task read travel as records with their offsets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/observer.h"
#include "sim/base/frame.h"

namespace engine::spark {

constexpr u16 kDriverPort = 7078;
/// Names of frames in lists of messages.
constexpr u16 kSparkLabelBase = 2100;

enum class SparkCall : sim::u8 { register_executor, launch_task, status_update };
std::string_view name_of(SparkCall call);
constexpr u16 label_of(SparkCall call) { return static_cast<u16>(kSparkLabelBase + 2 * static_cast<u16>(call)); }
/// Name of a frame of Spark or of its file system; "" for others.
std::string_view stream_label_name(u16 label);

struct TopicRow {
    i64 offset = 0;
    i64 timestamp_ms = 0;
    NullableText key, value;
};

struct FileOrder {
    std::string path;
    std::string bytes;
    bool once = false;  ///< only if there is no such file yet: what was written stays
};

struct TaskOrder {
    u32 query = 0;
    i64 batch = 0;
    i32 stage = 0;
    i32 task = 0;
    i32 attempt = 0;
    u32 source = 0;     ///< of the query, that it reads
    std::string topic;  ///< "" = reads none
    i32 partition = -1;
    i64 from = 0, until = 0;
    Nanos work;  ///< modelled time of its own
    Nanos work_per_row;
    std::vector<FileOrder> files;  ///< to write when it is done
    std::string sink_topic;        ///< where `records` go
    std::vector<TopicRow> records;
};

struct TaskStatus {
    u32 query = 0;
    i64 batch = 0;
    i32 stage = 0;
    i32 task = 0;
    i32 attempt = 0;
    std::string error;     ///< "" = it went well
    bool refused = false;  ///< a file that may be written once was there: nothing was added
    std::vector<TopicRow> rows;
};

sim::FrameRef to_frame(const TaskOrder& order);
sim::FrameRef to_frame(const TaskStatus& status);
sim::FrameRef registration_frame(i32 cores);
std::optional<SparkCall> call_of(const sim::Frame& frame);
std::optional<TaskOrder> read_order(const sim::Frame& frame);
std::optional<TaskStatus> read_status(const sim::Frame& frame);
std::optional<i32> read_registration(const sim::Frame& frame);

}  // namespace engine::spark
