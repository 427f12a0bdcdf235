// What an oracle found: a promise of Kafka's that this run broke.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/ids.h"

namespace engine::check {

struct Finding {
    std::string oracle;    // the name of the promise, stable over versions: `shrink` holds on to it
    std::string sentence;  // what happened
    u64 event_index = 0;   // the event after which it was seen
};

/// The findings of a run, at most one an oracle: what follows a first breach says little.
struct Findings {
    std::vector<Finding> all;

    [[nodiscard]] bool empty() const { return all.empty(); }
    void add(std::string_view oracle, u64 event_index, std::string sentence) {
        for (const Finding& known : all)
            if (known.oracle == oracle) return;
        MR_ASSERT(!oracle.empty() && !sentence.empty());
        all.push_back({std::string(oracle), std::move(sentence), event_index});
    }
};

}  // namespace engine::check
