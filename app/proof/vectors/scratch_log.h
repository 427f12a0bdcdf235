// A log on a disk of its own, for checks that need real files: one machine, no cluster.
#pragma once

#include "engine/log/log.h"
#include "sim/machine.h"

namespace app::proof::vectors {

using namespace engine;

class ScratchLog {
public:
    /// An open, empty log with these settings.
    explicit ScratchLog(const ConfigMap& config = {});

    /// What the functions of a log want. Lives until the next call.
    log::LogContext context();
    /// The same door, so that calls may be nested.
    sim::DiskDoor& disk() { return *door_; }

    /// Appends as leader. Each record has a key and a value of one byte, and this time.
    std::expected<log::AppendInfo, log::AppendRefusal> append(LeaderEpoch epoch, i32 records, i64 timestamp_ms = 1000);
    std::expected<log::AppendInfo, log::AppendRefusal> append(LeaderEpoch epoch, std::span<const u8> batch,
                                                              log::AppendOrigin origin = log::AppendOrigin::client);
    /// Appends what another log holds from here on.
    std::expected<log::AppendInfo, ErrorCode> copy_from(ScratchLog& leader);

    log::Log log;
    i64 now_ms = 0;   // wall clock
    sim::Machine machine;

private:
    NodeId node_;
    sim::Recorder recorder_;
    std::unique_ptr<sim::Env> env_;
    std::unique_ptr<sim::DiskDoor> door_;
};

/// A batch of records with keys and values of one byte.
std::vector<u8> plain_batch(i32 records, i64 timestamp_ms);

}  // namespace app::proof::vectors
