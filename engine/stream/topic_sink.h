// Rows as records of topics, for streams and for batches.
#pragma once

#include "engine/stream/stream_host.h"

namespace engine::spark {

/// Puts rows as records at the ends of topics: of the one that the option names, else of those that the rows do.
std::expected<bool, QueryError> put_records(StreamHost& host, const Rows& rows, const Options& options);

}  // namespace engine::spark
