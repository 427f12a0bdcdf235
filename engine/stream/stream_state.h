// State of a streaming query's operators between batches: one entry a stateful operator, numbered from the sink down.
// Copies share what did not change.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/plan/unsafe_row.h"
#include "engine/sql/tree.h"
#include "engine/stream/join_rows.h"
#include "engine/stream/state_file.h"
#include "engine/stream/state_rows.h"

namespace engine::spark {

struct OperatorState {
    std::shared_ptr<const StateRows> rows = std::make_shared<const StateRows>();
    std::shared_ptr<const JoinRows> left = std::make_shared<const JoinRows>();
    std::shared_ptr<const JoinRows> right = std::make_shared<const JoinRows>();
};

struct StreamState {
    std::vector<OperatorState> operators;
};

/// One partition of one store.
struct StoreId {
    std::size_t op = 0;
    i64 partition = 0;
    std::string store;  ///< of joins: left-keyToNumValues ...

    auto operator<=>(const StoreId&) const = default;
};

/// What a batch changed in each store: the bodies of their delta files.
using StateDeltas = std::map<StoreId, StateBody>;

/// One change of a row in a store.
struct StateDelta {
    std::size_t op = 0;
    i64 partition = 0;
    std::string store;
    Values key;
    std::vector<DataType> key_types;
    bool removed = false;
    Values value;
    std::vector<DataType> value_types;
};

struct OperatorMetrics {
    std::string name;
    i64 total = 0, updated = 0, removed = 0, dropped = 0, duplicates = 0;
    i64 partitions = 0;
    i64 stores = 0;
    i64 late_ms = 0, evict_ms = 0;
};

/// A group that was dropped as late, or a row of state that was evicted: what the lab shows with its reason.
struct Judgement {
    std::size_t op = 0;
    bool late = false;  ///< dropped as late; else evicted
    Values key;
    i64 event_ms = 0;  ///< what was compared: the end of a window, or a time
    i64 watermark_ms = 0;
    Values value{};  ///< of state that was evicted, as it was then
};

/// Rows that a side of a join evicted, key by key, in the bytes in which it kept the keys: judgements to be made of
/// them for whoever reads them.
struct EvictedRows {
    std::size_t op = 0;
    std::size_t after = 0;  ///< so many judgements came before
    i64 watermark_ms = 0;
    std::vector<DataType> key_types;
    PackedRows keys;
    std::vector<u32> until;     ///< where the rows of a key end
    std::vector<i64> event_ms;  ///< of each row
};

template <class T>
T& writable(std::shared_ptr<const T>& shared) {
    if (shared.use_count() != 1) shared = std::make_shared<const T>(*shared);
    return const_cast<T&>(*shared);
}

}  // namespace engine::spark
