// Spark's watermark in a few lines, apart from the engine: what each batch holds late rows against and evicts with,
// worked out from the rows alone (spec: a watermark is the highest event time less the delay, works from the next
// batch on and never goes back; a restart keeps only the global one).
#pragma once

#include <string>
#include <vector>

#include "app/proof/streams/stream_case.h"

namespace app::proof {

struct WatermarkModel {
    std::vector<i64> delays_ms;  ///< of the streams; -1 = none
    bool highest = false;        ///< policy max
    RowFilter filter;            ///< of all streams
    std::vector<i64> nodes{};    ///< of this run; 0 = nothing seen
    i64 global_ms = 0;
    i64 late_ms = 0;  ///< of the batch that comes

    explicit WatermarkModel(const StreamCase& c);
    /// A new run of the query.
    void restart();
    /// The rows of one batch, by stream. Afterwards `late_ms` is what that batch evicted with.
    void batch(const std::vector<std::vector<EventRow>>& rows);
};

}  // namespace app::proof
