// What the files of stream joins share. Private to them: sides, arrivals, pairs.
//
//   join_pairs.cc     ON taken apart; rows that come, and the kept rows that they match
//   stateful_join.cc  what is given, kept and forgotten
#pragma once

#include "engine/plan/eval.h"
#include "engine/stream/batch_run.h"

namespace engine::spark {

/// One side of a join.
struct JoinSide {
    Rows rows;
    Exprs keys;  ///< bound
    std::vector<DataType> key_types;
    ExprRef own;                  ///< the part of ON that reads this side only, bound; may be empty
    int event = -1;               ///< place of its event time
    int key_event = -1;           ///< place of an event time among the keys
    std::optional<i64> value_ms;  ///< rows at or below this go, when the keys do not say
    bool outer = false;           ///< gives its unmatched rows
    bool keeps = true;
};

struct Joining {
    StreamRunner& r;
    const Plan& plan;
    std::size_t op = 0;
    JoinSide left, right;
    std::vector<bool> null_safe;
    ExprRef rest;  ///< bound to both sides
    EvalContext cx;
    std::vector<Values> output;
    OperatorMetrics metrics;
    bool semi = false;
    std::size_t width_left = 0, width_right = 0;
};

/// A row that has come, with all that can be worked out for a whole batch at once.
struct Arrival {
    Values row, key;
    bool own = true;  ///< the part of ON that reads this side only holds
    i64 partition = 0;
    std::string bytes;                     ///< of the key in its store
    std::vector<JoinRow>* kept = nullptr;  ///< the other side's rows of its key
    std::vector<bool> holds;               ///< the rest of ON, for each of those; empty = for all
};

struct Equality {
    ExprRef left, right;
    bool null_safe = false;
};

/// The equalities of ON between the sides, in order; what else it says comes out as `rest`.
std::vector<Equality> equalities(const Plan& join, const Exprs& left, const Exprs& right, Exprs& rest);
/// Splits ON into keys, one-sided parts and the rest.
void arrange(Joining& j, const Exprs& left, const Exprs& right);
/// The keys of rows, row by row.
std::vector<Values> keys_of(Joining& j, const JoinSide& s, const Rows& rows);
std::vector<Arrival> arrivals(Joining& j, const JoinSide& s);
/// Finds the other side's rows of each arrival's key, and which of them the rest of ON holds for.
void find_pairs(Joining& j, std::vector<Arrival>& rows, bool left, JoinRows& other);

}  // namespace engine::spark
