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

std::string store_path(std::size_t op, i64 partition, const std::string& store) {
    return store.empty() ? fmt::format("state/{}/{}", op, partition)
                         : fmt::format("state/{}/{}/{}", op, partition, store);
}

StateChange change_of(const StateDelta& delta) {
    MR_ASSERT(delta.key.size() == delta.key_types.size() &&
              (delta.removed || delta.value.size() == delta.value_types.size()));
    StateChange c{unsafe_row(delta.key, delta.key_types), std::nullopt};
    if (!delta.removed) c.value = unsafe_row(delta.value, delta.value_types);
    return c;
}

std::vector<StateChange> join_changes(const BatchOutput& out, std::size_t op, i64 partition, const std::string& store) {
    MR_ASSERT(partition >= 0 && !store.empty());
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

std::vector<StateFile> state_files(const StreamPlan& plan, i64 batch, const BatchOutput& out) {
    MR_ASSERT(out.operators.size() == plan.operators.size());
    std::vector<StateFile> files;
    const auto add = [&](std::size_t op, i64 partition, const std::string& store,
                         const std::vector<StateChange>& changes) {
        files.push_back(
            {partition, fmt::format("{}/{}.delta", store_path(op, partition, store), batch + 1), state_file(changes)});
    };
    for (std::size_t op = 0; op < plan.operators.size(); ++op) {
        const bool join = plan.operators[op].kind == StatefulKind::join;
        for (i64 partition = 0; partition < out.operators[op].partitions; ++partition) {
            if (join) {
                for (const char* store : kJoinStores)
                    add(op, partition, store, join_changes(out, op, partition, store));
                continue;
            }
            std::vector<StateChange> changes;
            for (const StateDelta& delta : out.deltas)
                if (delta.op == op && delta.partition == partition) changes.push_back(change_of(delta));
            add(op, partition, "", changes);
        }
    }
    return files;
}

void write_state(StreamDriver& d, i64 batch, const BatchOutput& out) {
    MR_ASSERT(batch >= 0 && !d.folder.empty());
    for (const StateFile& f : state_files(d.plan, batch, out)) d.checkpoint.write(d.folder + "/" + f.path, f.bytes);
    if (d.images.size() > 2) d.images.erase(d.images.begin());
    d.images[batch + 1] = d.state;
}

namespace {

struct StoreTypes {
    std::vector<DataType> key, value;
};

std::optional<StoreTypes> store_types(Session& session, const StreamPlan& plan, std::size_t op) {
    MR_ASSERT(op < plan.operators.size());
    const Plan& p = *plan.operators[op].plan;
    StoreTypes out;
    for (const ExprRef& g : p.groups) out.key.push_back(g->type);
    switch (plan.operators[op].kind) {
        case StatefulKind::aggregate: out.value = aggregate_value_types(session, p); return out;
        case StatefulKind::dedup: out.value = {type_of(TypeId::void_)}; return out;
        case StatefulKind::dedup_within: out.value = {type_of(TypeId::bigint)}; return out;
        default: return std::nullopt;
    }
}

QueryError unreadable(const std::string& path, const char* why) {
    return {"SparkException", "org.apache.spark.SparkException", "", "",
            fmt::format("Error reading delta file {}: {}", path, why)};
}

/// One store's change on the rows of its operator.
bool apply_change(StateRows& rows, i64 partition, const StateChange& change, const StoreTypes& types) {
    MR_ASSERT(partition >= 0);
    const auto key = from_unsafe_row(change.key, types.key);
    if (!key) return false;
    const std::string place = state_key(partition, *key, types.key);
    if (!change.value) return rows.erase(place), true;
    auto value = from_unsafe_row(*change.value, types.value);
    if (!value) return false;
    rows[place] = {*key, std::move(*value)};
    return true;
}

}  // namespace

std::expected<std::shared_ptr<const StreamState>, QueryError> state_of_files(const Session& session,
                                                                             const StreamPlan& plan,
                                                                             const std::string& root,
                                                                             const std::vector<FileOrder>& files,
                                                                             i64 version) {
    MR_ASSERT(version >= 0);
    auto state = std::make_shared<StreamState>();
    state->operators.resize(plan.operators.size());
    Session own = session;
    for (std::size_t op = 0; op < plan.operators.size(); ++op) {
        const auto types = store_types(own, plan, op);
        StateRows& rows = writable(state->operators[op].rows);
        for (i64 partition = 0; partition < std::max<i64>(1, session.shuffle_partitions); ++partition)
            for (i64 v = 1; v <= version; ++v) {
                const std::string path = fmt::format("{}{}/{}.delta", root, store_path(op, partition, ""), v);
                const auto file =
                    std::find_if(files.begin(), files.end(), [&](const FileOrder& f) { return f.path == path; });
                if (file == files.end()) continue;
                if (!types) return std::unexpected(unreadable(path, "this operator's state is not read back"));
                const auto changes = read_state_file(file->bytes);
                if (!changes) return std::unexpected(unreadable(path, "it is damaged"));
                for (const StateChange& c : *changes)
                    if (!apply_change(rows, partition, c, *types))
                        return std::unexpected(unreadable(path, "its rows are of another schema"));
            }
    }
    return state;
}

std::expected<bool, QueryError> load_state(StreamDriver& d, i64 version) {
    MR_ASSERT(version >= 0);
    const auto it = d.images.find(version);
    if (it != d.images.end()) d.state = it->second;
    d.state.operators.resize(d.plan.operators.size());
    return true;
}

}  // namespace engine::spark
