// Levenshtein's distance: for suggestions, and for the function of that name.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/base/assert.h"
#include "sim/base/types.h"

namespace sim {

/// Number of single-item edits that lead from one sequence to another; items are compared with ==.
template <class A, class B>
u32 edit_distance(const A& a, const B& b) {
    std::vector<u32> row(b.size() + 1);
    for (u32 j = 0; j <= b.size(); ++j) row[j] = j;
    for (u32 i = 1; i <= a.size(); ++i) {
        u32 diagonal = row[0];
        row[0] = i;
        for (u32 j = 1; j <= b.size(); ++j) {
            const u32 replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    MR_ASSERT(row[b.size()] <= std::max(a.size(), b.size()));
    return row[b.size()];
}

}  // namespace sim
