// Rows as records of topics, for streams and for batches.
#pragma once

#include "engine/stream/stream_host.h"

namespace engine::spark {

/// Puts rows as records at the ends of topics. `topic`: the one that the option names; empty = the rows do.
std::expected<bool, QueryError> put_records(StreamHost& host, const Rows& rows, const std::string& topic);

}  // namespace engine::spark
