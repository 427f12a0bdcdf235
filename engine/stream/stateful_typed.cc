// mapGroupsWithState and flatMapGroupsWithState with functions of the program. Keys with data go first, then keys whose
// timeout has passed. The rules of FlatMapGroupsWithStateExec: a state is written if it was updated or its timeout
// changed, and leaves the store if it was removed and no timeout was set after that.
#include <algorithm>

#include "engine/plan/outputs.h"
#include "engine/plan/typed.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Group {
    Values key;
    Values objects;
};

struct TypedGroups {
    StreamRunner& r;
    const Plan& p;
    const TypedStep& t;
    std::size_t op = 0;
    std::vector<DataType> key_types;
    bool marked = false;  ///< the rows have an event time
    Values output;
    OperatorMetrics metrics;

    [[nodiscard]] const std::string& timeout() const { return p.parts[1]; }
};

KeyState loaded(const TypedGroups& g, const StateRow* row) {
    MR_ASSERT(g.op < g.r.late.size());
    KeyState s;
    s.batch_ms = g.r.input.timestamp_ms;
    s.watermark_ms = g.marked ? g.r.evict[g.op] : -1;
    s.timeout = g.timeout();
    if (row) {
        MR_ASSERT(row->value.size() == 2);
        s.exists = !row->value[0].null;
        s.value = row->value[0];
    }
    return s;
}

void changed(TypedGroups& g, const Values& key, const Values* value) {
    MR_ASSERT(g.op < g.r.late.size());
    StateDelta d{.op = g.op,
                 .partition = partition_of(key, g.key_types, g.r.partitions(true)),
                 .store = "",
                 .key = key,
                 .key_types = g.key_types,
                 .removed = value == nullptr,
                 .value = {},
                 .value_types = {struct_type(object_fields(g.t.state))}};
    if (value) d.value.push_back((*value)[0].null ? null_value() : list_value(cells_of(g.t.state, (*value)[0])));
    if (g.timeout() != "none") {
        d.value_types.push_back(type_of(TypeId::bigint));
        if (value) d.value.push_back((*value)[1]);
    }
    add_delta(g.r.out, d);
}

void store(TypedGroups& g, StateRows& kept, const std::string& bytes, const Values& key, const KeyState& s) {
    MR_ASSERT(!bytes.empty());
    const auto row = kept.find(bytes);
    if (s.removed && s.timeout_ms < 0) {
        ++g.metrics.removed;
        kept.erase(bytes);
        return changed(g, key, nullptr);
    }
    const i64 before = row ? row->value[1].i : -1;
    if (!s.updated && !s.removed && before == s.timeout_ms) return;
    const Values value = {s.exists ? s.value : null_value(), int_value(s.timeout_ms)};
    kept.put(bytes, {key, value});
    ++g.metrics.updated;
    changed(g, key, &value);
}

/// One call of the function. False if it ended with an exception.
bool called(TypedGroups& g, StateRows& kept, const std::string& bytes, const Group& group, bool timed_out) {
    MR_ASSERT(g.op < g.r.late.size());
    const auto row = kept.find(bytes);
    KeyState s = loaded(g, row ? &*row : nullptr);
    s.timed_out = timed_out;
    if (auto error = g.t.run->group(object_of(g.t.key, group.key), group.objects, &s, g.output)) {
        g.r.failure.set(std::move(*error));
        return false;
    }
    store(g, kept, bytes, group.key, s);
    return true;
}

void timed_out(TypedGroups& g, StateRows& kept) {
    MR_ASSERT(g.op < g.r.late.size());
    if (g.timeout() == "none") return;
    const i64 now = g.timeout() == "processing" ? g.r.input.timestamp_ms : g.r.evict[g.op];
    std::vector<std::pair<std::string, Values>> due;
    for (const auto& [bytes, row] : kept)
        if (row.value[1].i >= 0 && row.value[1].i < now) due.emplace_back(bytes, row.key);
    for (const auto& [bytes, key] : due)
        if (!called(g, kept, bytes, {key, {}}, true)) return;
}

std::vector<std::size_t> places_of(const Exprs& wanted, const Exprs& columns) {
    std::vector<std::size_t> out;
    for (const ExprRef& w : wanted) {
        const auto it = std::ranges::find_if(columns, [&](const ExprRef& c) { return c->id == w->id; });
        MR_ASSERT(it != columns.end());
        out.push_back(static_cast<std::size_t>(it - columns.begin()));
    }
    return out;
}

Values taken(const Values& row, const std::vector<std::size_t>& places) {
    Values out;
    for (const std::size_t at : places) out.push_back(row[at]);
    return out;
}

}  // namespace

Rows StreamRunner::typed_groups(const PlanRef& p) {
    MR_ASSERT(p->typed && p->parts.size() >= 2);
    const Rows in = run(p->children[0]);
    if (!ok()) return {p->output, {}};
    TypedGroups g{*this, *p, *p->typed, plan.operator_of(p.get()), {}, false, {}, {}};
    for (const ExprRef& k : g.t.keys) g.key_types.push_back(k->type);
    const int event = event_time_place(in.columns);
    g.marked = event >= 0;
    const auto keys = places_of(g.t.keys, in.columns), values = places_of(g.t.columns, in.columns);
    std::map<std::string, Group> by_key;
    for (const Values& row : values_of(in)) {
        const auto at = static_cast<std::size_t>(std::max(event, 0));
        if (g.marked && g.timeout() == "event" && passed(plan, row[at], in.columns[at]->type, late[g.op])) {
            ++g.metrics.dropped;
            continue;
        }
        Group group{taken(row, keys), {}};
        Group& into = by_key[state_key(partition_of(group.key, g.key_types, partitions(true)), group.key, g.key_types)];
        into.key = std::move(group.key);
        into.objects.push_back(object_of(g.t.in, taken(row, values)));
    }
    StateRows& kept = writable(state.operators[g.op].rows);
    for (const auto& [bytes, group] : by_key)
        if (!called(g, kept, bytes, group, false)) return {p->output, {}};
    timed_out(g, kept);
    g.metrics.name = "flatMapGroupsWithState";
    g.metrics.total = static_cast<i64>(kept.size());
    g.metrics.partitions = g.metrics.stores = partitions(true);
    out.operators[g.op] = g.metrics;
    std::vector<Values> rows;
    for (Value& v : g.output) rows.push_back({std::move(v)});
    return rows_of(p->output, rows);
}

}  // namespace engine::spark
