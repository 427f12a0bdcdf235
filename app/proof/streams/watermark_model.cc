#include "app/proof/streams/watermark_model.h"

#include <algorithm>

namespace app::proof {

WatermarkModel::WatermarkModel(const StreamCase& c)
    : delays_ms(c.delays_ms), highest(c.policy == "max"), filter(c.query.filter) {
    restart();
}

void WatermarkModel::restart() { nodes.assign(delays_ms.size(), 0); }

void WatermarkModel::batch(const std::vector<std::vector<EventRow>>& rows) {
    late_ms = global_ms;
    std::vector<i64> marked;
    for (std::size_t s = 0; s < delays_ms.size(); ++s) {
        if (delays_ms[s] < 0) continue;
        for (const EventRow& row : rows[s])
            if (!filter.below_watermark() || filter.passes(row))
                nodes[s] = std::max(nodes[s], (row.timed ? row.at_ms : 0) - delays_ms[s]);
        marked.push_back(nodes[s]);
    }
    if (marked.empty()) return;
    global_ms = std::max(global_ms, highest ? *std::ranges::max_element(marked) : *std::ranges::min_element(marked));
}

}  // namespace app::proof
