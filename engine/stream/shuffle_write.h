// What a map task writes for a shuffle: its rows, worked out as far as the exchange, as blocks by the partition that
// their key chooses. Below an aggregate the rows are its groups with their buffers (the partial aggregate), below other
// operators they are rows as they are. A row in a block is its size in 4 bytes, high byte first, then Spark's
// UnsafeRow; blocks are not compressed.
//
// Only the exchange nearest to the source is one of this kind: operators above the first that keeps state take their
// input in the task that runs it.
#pragma once

#include "engine/stream/compiled_query.h"

namespace engine::spark {

struct ShuffleBlock {
    i32 partition = 0;
    i64 records = 0;
    std::string bytes;
};

/// Whether rows of a source cross an exchange on their way.
bool crosses_exchange(const StreamPlan& plan, i64 source);
/// The blocks of one task that read `rows` of a source, by partition, none of them empty. Nothing if the rows cannot be
/// worked out: whoever computes the batch says why.
std::vector<ShuffleBlock> shuffle_blocks(const CompiledQuery& query, i64 source, i64 timestamp_ms,
                                         std::vector<Batch> rows);
/// How many whole rows there are in a block's bytes; -1 if they are not rows.
i64 rows_in_block(std::span<const sim::u8> bytes);

/// Rows of a source as bytes, for the task that gets them from the driver.
std::string packed_rows(const StreamPlan& plan, i64 source, const std::vector<Batch>& rows);
std::vector<Batch> unpacked_rows(const StreamPlan& plan, i64 source, std::string_view bytes);

}  // namespace engine::spark
