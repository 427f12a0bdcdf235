// A pass over a growing table that is made once: what was read stays read while the table only grows.
//
// Tables of a history are only appended to, and copies of one share its full leaves. So a pass keeps the table that it
// read last and what came of its full leaves; the next time it reads the rows behind them. A table that is no
// continuation of one that is kept (another run, a branch that parts earlier) is read from its beginning. What comes of
// a pass depends on the rows alone, never on a world or a cursor: it is as right after a seek as before it.
#pragma once

#include <algorithm>
#include <array>

#include "sim/base/persistent_vec.h"

namespace app {

/// How many rows at the beginning two tables hold in the very same full leaves. O(log n).
template <class Row, sim::u32 kLeaf>
sim::u64 shared_rows(const sim::PersistentVec<Row, kLeaf>& a, const sim::PersistentVec<Row, kLeaf>& b) {
    sim::u64 low = 0, high = std::min(a.size(), b.size()) / kLeaf;
    while (low < high) {
        const sim::u64 middle = low + (high - low) / 2;
        if (&a[middle * kLeaf] == &b[middle * kLeaf]) low = middle + 1;
        else high = middle;
    }
    MR_ASSERT(low * kLeaf <= a.size() && low * kLeaf <= b.size());
    return low * kLeaf;
}

/// `Sum`: what comes of the rows; cheap to copy (lists in it are PersistentVec where they grow with the table).
template <class Row, class Sum, sim::u32 kLeaf = 256>
class WalkedOnce {
public:
    using Table = sim::PersistentVec<Row, kLeaf>;

    /// What came of all rows of `table`, in their order: `take(sum, row, place)` is called for each that is new.
    /// Valid until the next call.
    template <class Take>
    const Sum& over(const Table& table, Take&& take) {
        Kept& kept = kept_of(table);
        if (is_same(kept.table, table)) return kept.of_all;
        const sim::u64 full = table.size() / kLeaf * kLeaf;
        for (; kept.walked < full; ++kept.walked) take(kept.of_full_leaves, table[kept.walked], kept.walked);
        kept.of_all = kept.of_full_leaves;
        for (sim::u64 i = full; i < table.size(); ++i) take(kept.of_all, table[i], i);
        kept.table = table;
        MR_ASSERT(kept.walked <= kept.table.size());
        return kept.of_all;
    }

private:
    struct Kept {
        Table table;
        sim::u64 walked = 0;  // rows of full leaves
        Sum of_full_leaves, of_all;
    };
    /// The one that the table continues; otherwise an empty one in the place of what was not asked for last.
    Kept& kept_of(const Table& table) {
        const auto goes_on = [&](const Kept& kept) {
            return is_same(kept.table, table) || (kept.walked > 0 && shared_rows(kept.table, table) >= kept.walked);
        };
        if (!goes_on(kept_[last_])) {
            last_ = 1 - last_;
            if (!goes_on(kept_[last_])) kept_[last_] = {};
        }
        return kept_[last_];
    }
    static bool is_same(const Table& a, const Table& b) {
        return a.size() == b.size() && !a.empty() && &a[a.size() - 1] == &b[b.size() - 1];
    }

    std::array<Kept, 2> kept_;  // a run, and another one that is looked at beside it
    std::size_t last_ = 0;
};

}  // namespace app
