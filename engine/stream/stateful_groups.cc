// mapGroupsWithState and flatMapGroupsWithState with the built-in functions that lessons and recordings name. Keys with
// data go first, then keys whose timeout has passed.
#include <algorithm>
#include <string_view>

#include "engine/plan/outputs.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// What a function sees and does of one key's state.
struct GroupState {
    bool exists = false;
    i64 value = 0;
    i64 timeout_ms = -1;  ///< -1 = none
    bool removed = false;
    bool updated = false;
    bool timed_out = false;
    i64 batch_ms = 0;
    i64 watermark_ms = 0;

    void update(i64 v) { exists = updated = true, removed = false, value = v; }
    void remove() { exists = false, removed = true, timeout_ms = -1; }
};

using GroupFunction = void (*)(const Value& key, const std::vector<Values>& rows, const Exprs& columns,
                               GroupState& state, std::vector<Values>& out);

/// Counts a key's rows; at three the state goes, and either nothing or -1 comes out.
void count_to_three(const Value& key, const std::vector<Values>& rows, GroupState& state, std::vector<Values>& out,
                    bool gives) {
    const i64 count = (state.exists ? state.value : 0) + static_cast<i64>(rows.size());
    if (count == 3) {
        state.remove();
        if (gives) out.push_back({key, string_value("-1")});
        return;
    }
    state.update(count);
    out.push_back({key, string_value(std::to_string(count))});
}

void removed_at_three(const Value& key, const std::vector<Values>& rows, const Exprs&, GroupState& state,
                      std::vector<Values>& out) {
    count_to_three(key, rows, state, out, false);
}
void minus_one_at_three(const Value& key, const std::vector<Values>& rows, const Exprs&, GroupState& state,
                        std::vector<Values>& out) {
    count_to_three(key, rows, state, out, true);
}

void count_with_timeout(const Value& key, const std::vector<Values>& rows, const Exprs&, GroupState& state,
                        std::vector<Values>& out) {
    constexpr i64 kTimeoutMs = 10'000;
    if (state.timed_out) {
        state.remove();
        out.push_back({key, string_value("-1")});
        return;
    }
    state.update((state.exists ? state.value : 0) + static_cast<i64>(rows.size()));
    state.timeout_ms = state.batch_ms + kTimeoutMs;
    out.push_back({key, string_value(std::to_string(state.value))});
}

void max_event_time(const Value& key, const std::vector<Values>& rows, const Exprs& columns, GroupState& state,
                    std::vector<Values>& out) {
    constexpr i64 kTimeoutMs = 5'000;
    if (state.timed_out) {
        state.remove();
        out.push_back({key, int_value(-1)});
        return;
    }
    const int place = event_time_place(columns);
    MR_ASSERT(place >= 0);
    i64 most = state.exists ? state.value : 0;
    for (const Values& row : rows)
        most = std::max(most, floor_div(row[static_cast<std::size_t>(place)].i, kMicrosPerSecond));
    state.update(most);
    state.timeout_ms = most * 1000 + kTimeoutMs;
    out.push_back({key, int_value(most)});
}

/// A running count that is never removed.
void running_count(const Value& key, const std::vector<Values>& rows, const Exprs&, GroupState& state,
                   std::vector<Values>& out) {
    state.update((state.exists ? state.value : 0) + static_cast<i64>(rows.size()));
    out.push_back({key, int_value(state.value)});
}

struct Named {
    std::string_view name;
    GroupFunction run;
};

constexpr Named kFunctions[] = {
    {"running_count_removed_at_3", removed_at_three},
    {"running_count_minus1_at_3", minus_one_at_three},
    {"count_with_10s_processing_timeout", count_with_timeout},
    {"max_event_time_with_5s_event_timeout", max_event_time},
    {"running_count", running_count},
};

struct Grouping {
    StreamRunner& r;
    std::size_t op = 0;
    GroupFunction run = nullptr;
    std::string timeout;  ///< none, processing, event
    DataType key_type;
    const Exprs& columns;
    std::vector<Values> output;
    OperatorMetrics metrics;
};

GroupState loaded(const Grouping& g, const StateRow* row) {
    MR_ASSERT(row == nullptr || !row->value.empty());
    GroupState s;
    s.batch_ms = g.r.input.timestamp_ms;
    s.watermark_ms = g.r.evict[g.op];
    if (row) s.exists = !row->value[0].null, s.value = row->value[0].i, s.timeout_ms = row->value[1].i;
    return s;
}

/// What the store keeps of a key: the state as a struct, and the timeout if the operator has one.
void changed(Grouping& g, const Value& key, const Values* value) {
    MR_ASSERT(value == nullptr || value->size() == 2);
    StateDelta d{.op = g.op,
                 .partition = partition_of({key}, {g.key_type}, g.r.partitions(true)),
                 .store = "",
                 .key = {key},
                 .key_types = {g.key_type},
                 .removed = value == nullptr,
                 .value = {},
                 .value_types = {struct_type({{"value", type_of(TypeId::bigint), true}})}};
    if (value) d.value.push_back((*value)[0].null ? null_value() : list_value({(*value)[0]}));
    if (g.timeout != "none") {
        d.value_types.push_back(type_of(TypeId::bigint));
        if (value) d.value.push_back((*value)[1]);
    }
    add_delta(g.r.out, d);
}

void store(Grouping& g, StateRows& kept, const std::string& bytes, const Value& key, const GroupState& s, bool was) {
    MR_ASSERT(!bytes.empty());
    if (s.removed && s.timeout_ms < 0) {
        if (was) {
            kept.erase(bytes);
            ++g.metrics.removed;
            changed(g, key, nullptr);
        }
        return;
    }
    if (!s.updated && was && kept.find(bytes)->value[1].i == s.timeout_ms) return;
    const Values value = {s.exists ? int_value(s.value) : null_value(), int_value(s.timeout_ms)};
    kept.put(bytes, {{key}, value});
    ++g.metrics.updated;
    changed(g, key, &value);
}

struct KeyRows {
    Value key;
    std::vector<Values> rows;
};

void with_data(Grouping& g, StateRows& kept, const std::map<std::string, KeyRows>& by_key) {
    MR_ASSERT(g.op < g.r.late.size());
    for (const auto& [bytes, k] : by_key) {
        const auto row = kept.find(bytes);
        GroupState s = loaded(g, row ? &*row : nullptr);
        const bool was = row.has_value();
        s.timeout_ms = -1;  // to be set again by each call
        g.run(k.key, k.rows, g.columns, s, g.output);
        store(g, kept, bytes, k.key, s, was);
    }
}

void timed_out(Grouping& g, StateRows& kept) {
    MR_ASSERT(g.op < g.r.evict.size());
    if (g.timeout == "none") return;
    const i64 now = g.timeout == "processing" ? g.r.input.timestamp_ms : g.r.evict[g.op];
    std::vector<std::pair<std::string, StateRow>> due;
    for (const auto& [bytes, row] : kept)
        if (row.value[1].i >= 0 && row.value[1].i < now) due.emplace_back(bytes, row);
    for (auto& [bytes, row] : due) {
        GroupState s = loaded(g, &row);
        s.timed_out = true;
        s.timeout_ms = -1;
        g.run(row.key[0], {}, g.columns, s, g.output);
        store(g, kept, bytes, row.key[0], s, true);
    }
}

}  // namespace

Rows StreamRunner::groups(const PlanRef& p) {
    MR_ASSERT(p->parts.size() >= 2 && p->groups.size() == 1);
    const Rows in = run(p->children[0]);
    if (!ok()) return {p->output, {}};
    Grouping g{*this, plan.operator_of(p.get()), nullptr, p->parts[1], p->groups[0]->type, in.columns, {}, {}};
    for (const Named& n : kFunctions)
        if (n.name == p->parts[0]) g.run = n.run;
    MR_ASSERT(g.run != nullptr);
    const int event = event_time_place(in.columns);
    std::map<std::string, KeyRows> by_key;
    for (const Values& row : values_of(in)) {
        if (event >= 0 && g.timeout == "event" &&
            passed(plan, row[static_cast<std::size_t>(event)], in.columns[static_cast<std::size_t>(event)]->type,
                   late[g.op])) {
            ++g.metrics.dropped;
            continue;
        }
        Value key;
        for (std::size_t i = 0; i < in.columns.size(); ++i)
            if (in.columns[i]->id == p->groups[0]->id) key = row[i];
        KeyRows& k = by_key[state_key(partition_of({key}, {g.key_type}, partitions(true)), {key}, {g.key_type})];
        k.key = key;
        k.rows.push_back(row);
    }
    StateRows& kept = writable(state.operators[g.op].rows);
    with_data(g, kept, by_key);
    timed_out(g, kept);
    g.metrics.name = "flatMapGroupsWithState";
    g.metrics.total = static_cast<i64>(kept.size());
    g.metrics.partitions = g.metrics.stores = partitions(true);
    out.operators[g.op] = g.metrics;
    return rows_of(p->output, g.output);
}

}  // namespace engine::spark
