#include "engine/stream/state_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/plan/typed.h"
#include "engine/plan/unsafe_row.h"
#include "engine/stream/join_parts.h"
#include "engine/stream/state_file.h"
#include "engine/stream/state_stores.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

std::string file_of(const BatchOutput& out, const StoreId& store) {
    const auto it = out.deltas.find(store);
    return state_file_of(it == out.deltas.end() ? StateBody{} : it->second);
}

}  // namespace

std::vector<StateFile> state_files(Session& session, const StreamPlan& plan, i64 batch, const BatchOutput& out) {
    MR_ASSERT(out.operators.size() == plan.operators.size() && batch >= 0);
    std::vector<StateFile> files;
    for (std::size_t op = 0; op < plan.operators.size(); ++op)
        for (const StateStore& store : state_stores(session, plan, op))
            for (i64 partition = 0; partition < partitions_of(session, plan.operators[op]); ++partition) {
                const std::string path = store_path(op, partition, store.name);
                if (partition == 0 && batch == 0) files.push_back({0, path + "/_metadata/schema", schema_file(store)});
                files.push_back({partition, fmt::format("{}/{}.delta", path, batch + 1),
                                 file_of(out, {op, partition, store.name})});
            }
    return files;
}

void write_state(StreamDriver& d, i64 batch, const BatchOutput& out) {
    MR_ASSERT(batch >= 0 && !d.folder.empty());
    for (const StateFile& f : state_files(d.session, d.plan, batch, out)) {
        if (f.path.ends_with("/schema") && d.checkpoint.exists(d.folder + "/" + f.path)) continue;
        d.checkpoint.write(d.folder + "/" + f.path, f.bytes);
    }
}

namespace {

QueryError unreadable(const std::string& path, const char* why) {
    return {"SparkException", "org.apache.spark.SparkException", "", "",
            fmt::format("Error reading delta file {}: {}", path, why)};
}

/// A store's rows in the order in which their keys came.
struct StoreRows {
    struct Row {
        i64 came = 0;
        std::string value;
    };
    std::map<std::string, Row> rows;
    i64 next = 0;
    std::size_t before = 0;  ///< how many there were before the newest delta

    void apply(const StateChange& c) {
        if (!c.value) {
            rows.erase(c.key);
            return;
        }
        const auto [it, fresh] = rows.try_emplace(c.key);
        if (fresh) it->second.came = next++;
        it->second.value = *c.value;
    }
    [[nodiscard]] std::vector<const std::pair<const std::string, Row>*> as_they_came() const {
        std::vector<const std::pair<const std::string, Row>*> out;
        for (const auto& row : rows) out.push_back(&row);
        std::ranges::sort(out, {}, [](const auto* row) { return row->second.came; });
        return out;
    }
};

QueryError no_delta(const std::string& root, std::size_t op, i64 partition, const std::string& path, i64 version) {
    const std::string dir = "file:" + root + "/" + path;
    return {"IllegalStateException", "java.lang.IllegalStateException", "", "",
            fmt::format("Error reading delta file {0}/{1}.delta of HDFSStateStoreProvider[id = (op={2},part={3}),dir = "
                        "{0}]: {0}/{1}.delta does not exist",
                        dir, version, op, partition)};
}

/// A store's rows at a version: the newest snapshot up to it and the deltas that follow.
std::expected<StoreRows, QueryError> store_at(const StateReader& read, std::size_t op, i64 partition,
                                              const std::string& path, i64 version, const std::string& root) {
    MR_ASSERT(version >= 0);
    StoreRows rows;
    i64 from = version;
    std::optional<std::string> bytes;
    for (; from > 0 && !bytes; --from) {
        bytes = read(fmt::format("{}/{}.snapshot", path, from));
        if (bytes) break;
    }
    const auto apply = [&](const std::string& file, const std::string& content) -> std::optional<QueryError> {
        const auto changes = read_state_file(content);
        if (!changes) return unreadable(file, "it is damaged");
        rows.before = rows.rows.size();
        for (const StateChange& c : *changes) rows.apply(c);
        return std::nullopt;
    };
    if (bytes)
        if (auto e = apply(path, *bytes)) return std::unexpected(std::move(*e));
    for (i64 v = from + 1; v <= version; ++v) {
        const auto delta = read(fmt::format("{}/{}.delta", path, v));
        if (!delta) return std::unexpected(no_delta(root, op, partition, path, v));
        if (auto e = apply(path, *delta)) return std::unexpected(std::move(*e));
    }
    return rows;
}

/// The columns of a row as the operator keeps them in memory.
StateRow row_in_memory(const StatefulNode& node, Values key, Values value) {
    if (node.kind == StatefulKind::session) {
        const std::size_t n = node.plan->groups.size();
        MR_ASSERT(value.size() >= n);
        StateRow out;
        out.key.assign(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(n));
        out.value.assign(value.begin() + static_cast<std::ptrdiff_t>(n), value.end());
        return out;
    }
    if (node.kind == StatefulKind::groups && node.plan->typed) {
        const Value state = value[0].null ? null_value() : object_of(node.plan->typed->state, items_of(value[0]));
        return {std::move(key), {state, value.size() > 1 ? value[1] : int_value(-1)}};
    }
    if (node.kind == StatefulKind::groups) {
        const Value state = value[0].null ? null_value() : items_of(value[0])[0];
        return {std::move(key), {state, value.size() > 1 ? value[1] : int_value(-1)}};
    }
    return {std::move(key), std::move(value)};
}

/// Where a row stands among the operator's rows.
std::string place_of(const StatefulNode& node, i64 partition, const Values& key, std::vector<DataType> types) {
    if (node.kind == StatefulKind::limit) return std::string(4, '\0');
    if (node.kind != StatefulKind::session) return state_key(partition, key, types);
    const i64 start = key.back().i;
    types.pop_back();
    return session_place(state_key(partition, Values(key.begin(), key.end() - 1), types), start);
}

std::optional<QueryError> add_rows(OperatorState& state, const StatefulNode& node, const StateStore& store,
                                   i64 partition, const StoreRows& rows, const std::string& path) {
    const std::vector<DataType> keys = types_of(store.key), values = types_of(store.value);
    StateRows& out = writable(state.rows);
    for (const auto* kept : rows.as_they_came()) {
        auto key = from_unsafe_row(kept->first, keys), value = from_unsafe_row(kept->second.value, values);
        if (!key || !value) return unreadable(path, "its rows are of another schema");
        const std::string place = place_of(node, partition, *key, keys);
        out.put(place, row_in_memory(node, std::move(*key), std::move(*value)));
    }
    return std::nullopt;
}

/// Rows of one side of a join, by key and place.
std::optional<QueryError> add_joined(JoinRows& out, const StatefulNode& node, const StateStore& store, i64 partition,
                                     const StoreRows& rows, const std::string& path) {
    std::vector<DataType> keys = types_of(store.key), own_keys = keys;
    const std::vector<DataType> values = types_of(store.value);
    MR_ASSERT(keys.size() >= 1);
    own_keys.pop_back();
    const MomentPlace place = moment_place(*node.plan, store.name.starts_with("left"));
    std::map<std::string, std::map<i64, std::string_view>> by_key;
    std::vector<const std::string*> order;  // in which keys came
    for (const auto* kept : rows.as_they_came()) {
        auto key = from_unsafe_row(kept->first, keys);
        if (!key || !from_unsafe_row(kept->second.value, values))
            return unreadable(path, "its rows are of another schema");
        const i64 index = key->back().i;
        key->pop_back();
        const auto [it, fresh] = by_key.try_emplace(unsafe_row(*key, own_keys));
        if (fresh) order.push_back(&it->first);
        it->second[index] = kept->second.value;
    }
    std::vector<u32> hashes;
    for (const std::string* key : order) hashes.push_back(hash_of_key(*key));
    out.reserve(hashes);
    for (const std::string* each : order)
        for (const auto& [index, row] : by_key.at(*each)) {
            const std::string& key = *each;
            const u32 hash = hash_of_key(key);
            const i64 moment = moment_of(place, key, own_keys, row, values);
            out.add(hash, static_cast<i32>(partition), key, row, moment);
        }
    return std::nullopt;
}

}  // namespace

std::expected<StreamState, QueryError> read_state(Session& session, const StreamPlan& plan, i64 version,
                                                  const StateReader& read, const std::string& root) {
    MR_ASSERT(version >= 0);
    StreamState state;
    state.operators.resize(plan.operators.size());
    for (std::size_t op = plan.operators.size(); op-- > 0;) {
        const StatefulNode& node = plan.operators[op];
        OperatorState& into = state.operators[op];
        const std::vector<StateStore> stores = state_stores(session, plan, op);
        for (const StateStore& store : stores)
            if (const auto written = read(store_path(op, 0, store.name) + "/_metadata/schema"))
                if (auto e = schema_refusal(store, *written)) return std::unexpected(std::move(*e));
        for (const StateStore& store : stores)
            for (i64 partition = 0; partition < partitions_of(session, node); ++partition) {
                const std::string path = store_path(op, partition, store.name);
                const auto rows = store_at(read, op, partition, path, version, root);
                if (!rows) return std::unexpected(rows.error());
                // How many rows a key has is known from the rows.
                if (store.name.ends_with("keyToNumValues")) continue;
                auto bad = node.kind != StatefulKind::join ? add_rows(into, node, store, partition, *rows, path)
                           : add_joined(writable(store.name.starts_with("left") ? into.left : into.right), node, store,
                                        partition, *rows, path);
                if (bad) return std::unexpected(std::move(*bad));
            }
    }
    return state;
}

std::optional<std::string> snapshot_of(const StateReader& read, const std::string& path, i64 version) {
    const auto store = store_at(read, 0, 0, path, version, "");
    if (!store) return std::nullopt;
    std::vector<std::pair<i64, std::string>> came;
    for (const auto& [key, row] : store->rows) came.emplace_back(row.came, key);
    std::ranges::sort(came);
    std::vector<std::string> keys;
    for (auto& [at, key] : came) keys.push_back(std::move(key));
    std::vector<StateChange> rows;
    for (const std::size_t i : store_order(keys, std::min(store->before, keys.size())))
        rows.push_back({keys[i], store->rows.at(keys[i]).value});
    return state_file(rows);
}

namespace {

/// The versions of a store's files of one kind, ascending.
std::vector<i64> versions_of(const dfs::FileStore& files, const std::string& folder, const std::string& kind) {
    std::vector<i64> out;
    for (const dfs::FileInfo& f : files.list(folder).value_or(std::vector<dfs::FileInfo>{}))
        if (f.path.ends_with(kind)) out.push_back(std::atoll(f.path.substr(f.path.rfind('/') + 1).c_str()));
    std::ranges::sort(out);
    return out;
}

/// Snapshot if many deltas have gathered, then away with what the versions to be kept do not need.
void care_for(StreamDriver& d, const std::string& path) {
    const std::string folder = d.folder + "/" + path;
    const StateReader read = [&](const std::string& p) { return d.checkpoint.read(d.folder + "/" + p); };
    const std::vector<i64> deltas = versions_of(d.checkpoint, folder, ".delta");
    std::vector<i64> snapshots = versions_of(d.checkpoint, folder, ".snapshot");
    if (deltas.empty()) return;
    const i64 last = deltas.back(), base = snapshots.empty() ? 0 : snapshots.back();
    MR_ASSERT(base <= last);
    if (last - base > d.conf.deltas_for_snapshot)
        if (const auto bytes = snapshot_of(read, path, last)) {
            d.checkpoint.write(fmt::format("{}/{}.snapshot", folder, last), *bytes);
            snapshots.push_back(last);
        }
    const i64 oldest = last - d.conf.batches_kept;
    i64 needed = oldest > 0 ? deltas.front() : 0;
    for (const i64 s : snapshots)
        if (s <= oldest) needed = s;
    for (const i64 v : deltas)
        if (v < needed) d.checkpoint.remove(fmt::format("{}/{}.delta", folder, v));
    for (const i64 v : snapshots)
        if (v < needed) d.checkpoint.remove(fmt::format("{}/{}.snapshot", folder, v));
}

}  // namespace

void maintain_state(StreamDriver& d) {
    MR_ASSERT(d.conf.deltas_for_snapshot >= 0 && d.conf.batches_kept >= 0);
    for (std::size_t op = 0; op < d.plan.operators.size(); ++op)
        for (const StateStore& store : state_stores(d.session, d.plan, op))
            for (i64 partition = 0; partition < partitions_of(d.session, d.plan.operators[op]); ++partition)
                care_for(d, store_path(op, partition, store.name));
}

std::expected<std::shared_ptr<const StreamState>, QueryError> state_of_files(const Session& session,
                                                                             const StreamPlan& plan,
                                                                             const std::string& root,
                                                                             const std::vector<FileOrder>& files,
                                                                             i64 version) {
    Session own = session;
    const StateReader read = [&](const std::string& path) -> std::optional<std::string> {
        const auto it =
            std::find_if(files.begin(), files.end(), [&](const FileOrder& f) { return f.path == root + path; });
        return it == files.end() ? std::nullopt : std::optional(it->bytes);
    };
    auto state = read_state(own, plan, version, read, root);
    if (!state) return std::unexpected(state.error());
    return std::make_shared<const StreamState>(std::move(*state));
}

std::expected<bool, QueryError> load_state(StreamDriver& d, i64 version) {
    MR_ASSERT(version >= 0);
    const StateReader read = [&](const std::string& path) { return d.checkpoint.read(d.folder + "/" + path); };
    auto state = read_state(d.session, d.plan, version, read, d.folder);
    if (!state) return std::unexpected(state.error());
    d.state = std::move(*state);
    return true;
}

}  // namespace engine::spark
