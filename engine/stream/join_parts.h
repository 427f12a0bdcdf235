// What the files of stream joins share. Private to them: sides, rows that come, pairs.
//
// Rows are handled in bulk. What comes is packed once (unsafe_row.h), looked up on the other side page by page, judged
// by the rest of ON in batches of pairs, and kept in the bytes it was packed in; a row of output is two views of such
// bytes until a batch of them is unpacked, column by column.
//
//   join_pairs.cc     ON taken apart; rows that come, and the kept rows that they match
//   stateful_join.cc  what is given and kept
//   join_eviction.cc  what is forgotten
#pragma once

#include <optional>

#include "engine/plan/eval.h"
#include "engine/plan/unsafe_row.h"
#include "engine/stream/batch_run.h"

namespace engine::spark {

/// When a row may go, in microseconds: the event time of its key, else its own; kNever if it has none.
struct MomentPlace {
    int key = -1;  ///< the event time among the key's columns
    int row = -1;  ///< among the row's
};

/// One side of a join. A kept row is the side's columns, then whether it has matched.
struct JoinSide {
    Rows rows;
    Exprs keys;  ///< bound
    std::vector<DataType> key_types, row_types;
    ExprRef own;                              ///< the part of ON that reads this side only, bound; may be empty
    MomentPlace moment;                       ///< of its event time
    std::optional<i64> value_ms;              ///< rows at or below this go, when the keys do not say
    std::optional<i64> last_evictable;        ///< microseconds: rows of this moment go, and those before
    bool outer = false;                       ///< gives its unmatched rows
    std::vector<StateBody*> numbers, places;  ///< changes of its two stores, by partition
    bool plain_keys = false;                  ///< words only
    mutable std::string place;                ///< scratch: a key with an index

    [[nodiscard]] std::size_t width() const { return row_types.size() - 1; }
    /// Whether a row has become too old to match anything that may still come.
    [[nodiscard]] bool evictable(i64 at) const { return last_evictable && at <= *last_evictable; }
};

/// A row of output: bytes of each side, none = nulls.
struct JoinedRow {
    std::string_view left, right;
};

struct Joining {
    StreamRunner& r;
    const Plan& plan;
    std::size_t op = 0;
    JoinSide left, right;
    ExprRef rest;                ///< bound to both sides
    std::vector<u8> rest_reads;  ///< the columns of both sides that it reads
    EvalContext cx;
    std::vector<JoinedRow> given;  ///< not yet unpacked
    std::vector<Batch> output;
    bool ordered = false;         ///< an operator above minds in which order rows come
    std::vector<i32> partitions;  ///< then: of each row of `output` and `given`
    OperatorMetrics metrics;
    bool semi = false;
};

/// A kept row of the other side: its bytes, to be changed in place.
struct KeptPlace {
    char* row = nullptr;
    u32 size = 0;
    u32 index = 0;  ///< among the rows of its key

    [[nodiscard]] std::string_view view() const { return {row, size}; }
};

/// Kept rows that share an arrival's key, among an Arrivals' `found`.
struct FoundRows {
    u32 from = 0, size = 0;
};

/// Rows that have come on one side, less the late ones.
struct Arrivals {
    PackedRows rows, keys;
    std::vector<i32> partitions;
    std::vector<u32> hashes;       ///< of the keys
    std::vector<i64> moments;      ///< once a watermark has reached it, the row may go
    std::vector<u8> own;           ///< the part of ON that reads this side only holds
    std::vector<KeptPlace> found;  ///< kept rows with a key that came, as they lie in memory
    std::vector<u8> holds;         ///< of each of them, whether the rest of ON does, once it is judged
    std::vector<FoundRows> pairs;  ///< of each arrival
};

struct Equality {
    ExprRef left, right;
};

/// The equalities of ON between the sides, in order, where nulls meet as Spark's keys for them (equi_parts in
/// engine/plan/physical.h); what else it says comes out as `rest`.
std::vector<Equality> equalities(const Plan& join, const Exprs& left, const Exprs& right, Exprs& rest);
MomentPlace moment_place(const Plan& join, bool left);
i64 moment_of(const MomentPlace& place, std::string_view key, const std::vector<DataType>& key_types,
              std::string_view row, const std::vector<DataType>& row_types);
/// Splits ON into keys, one-sided parts and the rest.
void arrange(Joining& j, const Exprs& left, const Exprs& right);
/// Rows that are visited in an order that is not theirs are asked for so many steps before their turn: otherwise each
/// of them is waited for.
inline constexpr std::size_t kAhead = 12;
inline void fetch_row(const PackedRows& rows, u64 i) { __builtin_prefetch(rows[i].data()); }
/// The places of hashes, ordered by page; those of one page in their own order.
std::vector<u32> in_page_order(const JoinRows& rows, const std::vector<u32>& hashes);
/// Packs rows that have come in time.
Arrivals arrivals(Joining& j, const JoinSide& s, Batch rows);
/// Finds the kept rows of the other side that have an arrival's key. They stay in their place until rows are added to
/// that side or taken from it.
void find_pairs(Arrivals& a, JoinRows& other);
/// Judges the pairs of some arrivals, from one on: about as many pairs as a batch has rows. Where those arrivals end.
std::size_t judge_pairs(Joining& j, Arrivals& a, std::size_t from, bool left);
/// Rows of both sides as columns; only those that `reads` names, if it names any.
Batch unpacked(const Joining& j, std::span<const JoinedRow> rows, const std::vector<u8>& reads);

bool has_matched(const JoinSide& s, std::string_view row);
/// The change of a key's number of rows; 0 = the key goes.
void number_changed(StateBody& body, std::string_view key, u64 number);
/// The change of one row of a key; empty = its place is empty now.
void row_changed(StateBody& body, const JoinSide& s, std::string_view key, u64 index, std::string_view row);
/// Rows that were given become columns, before bytes move that they are views of: all of them, or as many as fill
/// batches.
void settle(Joining& j, bool all);
/// Takes out the rows of a side that may go, and tells of them. `before`: keys of each partition when the batch began.
void clean(Joining& j, const JoinSide& s, bool left, JoinRows& own, const std::vector<i64>& before);

}  // namespace engine::spark
