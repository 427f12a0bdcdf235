// The transaction log of a server: what it reads back after a crash. One entry a transaction:
// checksum i64 (Adler-32), length i32, {session i64, cxid i32, zxid i64, time i64, type i32, body}, 0x42.
#pragma once

#include <span>
#include <vector>

#include "engine/zookeeper/jute.h"

namespace engine::zookeeper {

struct LoggedTxn {
    i64 session_id = 0;
    i32 cxid = 0;
    i64 zxid = 0;
    i64 time_ms = 0;
    ZkRequest request;  // create_session: its time-out in `version`
};

std::vector<u8> to_log_entry(const LoggedTxn& txn);
/// The head of a new log file.
std::vector<u8> log_file_head();
/// The transactions of a log file, up to the first entry that is cut off or wrong.
std::vector<LoggedTxn> read_log(std::span<const u8> bytes);

}  // namespace engine::zookeeper
