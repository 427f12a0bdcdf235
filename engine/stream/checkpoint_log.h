// The text of a query's logs in its checkpoint: offsets/N before a batch, commits/N after it, metadata.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/sql/types.h"

namespace engine::spark {

struct OffsetLogEntry {
    i64 watermark_ms = 0;
    i64 timestamp_ms = 0;
    std::vector<std::pair<std::string, std::string>> conf;
    std::vector<std::string> offsets;  ///< JSON, one a source; empty = none yet, written `-`
};

std::string offset_log_text(const OffsetLogEntry& entry);
/// Unknown keys are passed over, missing ones are 0 and empty. A newer or malformed version is refused.
std::expected<OffsetLogEntry, std::string> parse_offset_log(const std::string& text);
std::string commit_log_text(i64 next_watermark_ms);
std::expected<i64, std::string> parse_commit_log(const std::string& text);
std::string metadata_text(const std::string& id);

/// Settings that the first batch pins for the life of a checkpoint, with their values, in the order in which they are
/// written.
std::vector<std::pair<std::string, std::string>> pinned_settings(i64 shuffle_partitions, const std::string& policy);

}  // namespace engine::spark
