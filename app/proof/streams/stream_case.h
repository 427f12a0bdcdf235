// A generated query over generated streams, as data: rows with event times, how they come in batches, and the query as
// two texts that must agree. Each stream is a view (t TIMESTAMP, k STRING, v BIGINT); the view of the batch query has a
// fourth column, `late`: the watermark that the row's batch held late rows against.
#pragma once

#include <string>
#include <vector>

#include "engine/stream/stream_plan.h"

namespace app::proof {

using sim::i64;
using sim::u32;
using sim::u64;

/// A row of a stream.
struct EventRow {
    bool timed = true;  ///< else its event time is null
    i64 at_ms = 0;
    std::string key;  ///< "" = null
    bool valued = true;
    i64 value = 0;
};
/// Keys of rows that only push the watermark past all others begin with it; no query filters them.
inline constexpr char kClosingMark = '~';
inline bool closes(const EventRow& row) { return row.key.starts_with(kClosingMark); }

enum class FilterKind : sim::u8 { none, value_above, value_odd, value_known, key_below, time_from };

struct RowFilter {
    FilterKind kind = FilterKind::none;
    i64 n = 0;  ///< of value_above a value, of key_below a letter, of time_from milliseconds

    /// As a condition in SQL; `true` for none.
    [[nodiscard]] std::string sql() const;
    [[nodiscard]] bool passes(const EventRow& row) const;
    /// Conditions that do not read the event time are moved below the watermark: rows that fail them do not move it.
    [[nodiscard]] bool below_watermark() const { return kind != FilterKind::time_from; }
};

/// How what a sink got stands for the result.
enum class Combine : sim::u8 { all_rows, newest_of_key, newest_batch };

struct CaseQuery {
    std::string shape;
    engine::spark::OutputMode mode = engine::spark::OutputMode::append;
    Combine combine = Combine::all_rows;
    std::string sql;        ///< of the stream
    std::string batch_sql;  ///< of the same rows at once, without those that were too late
    RowFilter filter;
    u32 columns = 0;                    ///< that are compared, from the left; 0 = all
    u32 keys = 0;                       ///< leading columns that name a row of an update
    std::vector<std::string> distinct;  ///< dropDuplicates by these columns, over what `sql` gives
    bool counts_groups = false;         ///< flatMapGroupsWithState: a running count of each k
    bool closing = false;               ///< its result is whole only when later rows have closed everything
    bool forgets = false;               ///< then its state holds only what came with those
    bool punctual = false;              ///< agrees only if no row is older than the watermark
    bool plain = false;                 ///< without nulls
};

enum class RoundEnd : sim::u8 { drain, one_batch, restart, crash };

/// What comes before the query runs again.
struct CaseRound {
    std::vector<std::vector<std::vector<EventRow>>> added;  ///< by stream: additions, each an offset
    RoundEnd end = RoundEnd::drain;
    std::string crash_phase;
    std::vector<std::vector<std::vector<EventRow>>> meanwhile;  ///< comes while the driver is dead
};

struct StreamCase {
    u64 seed = 0;
    CaseQuery query;
    std::vector<i64> delays_ms;  ///< of each stream's watermark; -1 = none
    std::string policy = "min";
    bool no_data_batches = true;
    i64 partitions = 2;
    std::vector<CaseRound> rounds;
};

/// The case of a seed. Equal on every machine.
StreamCase draw_case(u64 seed);
// Its parts.
CaseQuery draw_query(u64 seed, std::vector<i64>& delays_ms);
std::vector<CaseRound> draw_rounds(u64 seed, const StreamCase& of);

}  // namespace app::proof
