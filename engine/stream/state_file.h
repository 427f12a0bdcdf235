// Bytes of state on disk: rows as Spark's UnsafeRow, delta and snapshot files as framed LZ4 blocks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sql/value.h"

namespace engine::spark {

/// 8-byte words: null bits, one word a field, then what does not fit a word, padded.
std::string unsafe_row(const Values& row, const std::vector<DataType>& types);
/// The row back; none if the bytes do not fit the types.
std::optional<Values> from_unsafe_row(std::string_view bytes, const std::vector<DataType>& types);

struct StateChange {
    std::string key;
    std::optional<std::string> value;  ///< none = removed
};

/// A whole .delta or .snapshot file.
std::string state_file(const std::vector<StateChange>& changes);
std::optional<std::vector<StateChange>> read_state_file(std::string_view bytes);

/// The framing alone: blocks of at most 32 KiB, raw where LZ4 gains nothing.
std::string lz4_blocks(std::string_view bytes);
std::optional<std::string> from_lz4_blocks(std::string_view bytes);

}  // namespace engine::spark
