#include "engine/stream/state_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/aggregation.h"
#include "engine/plan/outputs.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr const char* kJoinStores[] = {"left-keyToNumValues", "left-keyWithIndexToValue", "right-keyToNumValues",
                                       "right-keyWithIndexToValue"};

std::string store_path(const StreamDriver& d, std::size_t op, i64 partition, const std::string& store) {
    return store.empty() ? fmt::format("{}/state/{}/{}", d.folder, op, partition)
                         : fmt::format("{}/state/{}/{}/{}", d.folder, op, partition, store);
}

StateChange change_of(const StateDelta& delta) {
    StateChange c{unsafe_row(delta.key, delta.key_types), std::nullopt};
    if (!delta.removed) c.value = unsafe_row(delta.value, delta.value_types);
    return c;
}

std::vector<StateChange> join_changes(const BatchOutput& out, std::size_t op, i64 partition, const std::string& store) {
    std::vector<StateChange> changes;
    const bool left = store.starts_with("left");
    const bool values = store.ends_with("Value");
    for (const StateDelta& delta : out.deltas) {
        if (delta.op != op || delta.partition != partition || (delta.store == "left") != left) continue;
        StateDelta d = delta;
        if (values) {
            d.key.push_back(int_value(0));
            d.key_types.push_back(type_of(TypeId::bigint));
            if (!d.removed) d.value.push_back(bool_value(false)), d.value_types.push_back(type_of(TypeId::boolean));
        } else {
            d.value = {int_value(1)};
            d.value_types = {type_of(TypeId::bigint)};
        }
        changes.push_back(change_of(d));
    }
    return changes;
}

}  // namespace

void write_state(StreamDriver& d, i64 batch, const BatchOutput& out) {
    MR_ASSERT(out.operators.size() == d.plan.operators.size());
    for (std::size_t op = 0; op < d.plan.operators.size(); ++op) {
        const bool join = d.plan.operators[op].kind == StatefulKind::join;
        for (i64 partition = 0; partition < out.operators[op].partitions; ++partition) {
            if (join) {
                for (const char* store : kJoinStores)
                    d.checkpoint.write(fmt::format("{}/{}.delta", store_path(d, op, partition, store), batch + 1),
                                       state_file(join_changes(out, op, partition, store)));
                continue;
            }
            std::vector<StateChange> changes;
            for (const StateDelta& delta : out.deltas)
                if (delta.op == op && delta.partition == partition) changes.push_back(change_of(delta));
            d.checkpoint.write(fmt::format("{}/{}.delta", store_path(d, op, partition, ""), batch + 1),
                               state_file(changes));
        }
    }
    if (d.images.size() > 2) d.images.erase(d.images.begin());
    d.images[batch + 1] = d.state;
}

std::expected<bool, QueryError> load_state(StreamDriver& d, i64 version) {
    MR_ASSERT(version >= 0);
    const auto it = d.images.find(version);
    if (it != d.images.end()) d.state = it->second;
    d.state.operators.resize(d.plan.operators.size());
    return true;
}

}  // namespace engine::spark
