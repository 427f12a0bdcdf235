// What a broker does with its logs by itself: old segments go (retention), old values of keys go (compaction), and the
// files of what went are deleted a while later. Rules in engine/log/retention.cc and engine/log/cleaner.h, times in
// spec/kafka.md sections 2.5 and 2.6.
#pragma once

#include <string>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/flat_map.h"
#include "sim/kernel/env.h"

namespace engine::broker {

/// A file that nobody reads any more.
struct DoomedFile {
    Nanos due;
    std::string path;
};

struct Upkeep {
    sim::FlatMap<TopicPartition, Offset> cleaned;  // where the dirty part of a compacted log begins
    std::vector<DoomedFile> doomed;                // by time of deletion
    sim::TimerId deletion;
};

struct Ctx;

/// The broker has come up: first times of everything below.
void start_upkeep(Ctx ctx);
void on_retention_check(Ctx ctx);
void on_cleaner_turn(Ctx ctx);
void on_file_deletion(Ctx ctx);
/// Takes up files that a log has given up.
void collect_doomed(Ctx ctx, TopicPartition id);
/// A log is gone, or was cut: what the cleaner knew of it beyond its end is void.
void forget_cleaned(Ctx ctx, TopicPartition id);

/// Reads and writes `cleaner-offset-checkpoint`.
void read_cleaner_checkpoint(Ctx ctx);
void write_cleaner_checkpoint(Ctx ctx);

}  // namespace engine::broker
