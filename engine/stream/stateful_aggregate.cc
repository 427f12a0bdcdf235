// Aggregation that goes on: groups of this batch are merged with what is kept, then saved and given by the output mode.
#include <algorithm>

#include "engine/operators/aggregation.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr u8 kMostWordDigits = 18;  // of a decimal that fits a word

struct Streaming {
    StreamRunner& r;
    const Plan& plan;
    std::size_t op = 0;
    std::vector<DataType> key_types, value_types;
    std::vector<std::size_t> widths;  ///< buffer columns of each call
    int event = -1;                   ///< place of the event time among the keys
    i64 partitions = 1;
    OperatorMetrics metrics;
};

/// The rows that keys and buffers stand for, through the list of the aggregate.
Rows given(Streaming& s, Runner& runner, Rows& in, const std::vector<StateRow>& groups) {
    if (groups.empty()) return {output_of(s.plan), {}};
    Aggregation a{runner, s.plan, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    prepare(a, in);
    const u32 n = static_cast<u32>(groups.size());
    for (Accumulator& acc : a.accumulators) grow(acc, n);
    set_groups(a, n, [&](u32 g) -> const Values& { return groups[g].key; });
    for (u32 g = 0; g < n; ++g) {
        std::size_t at = 0;
        for (std::size_t c = 0; c < a.accumulators.size(); ++c) {
            merge_buffer(a.accumulators[c], g, std::span(groups[g].value).subspan(at, s.widths[c]));
            at += s.widths[c];
        }
    }
    return finish(a);
}

bool expired(const Streaming& s, const Values& key, i64 watermark_ms) {
    MR_ASSERT(key.size() == s.key_types.size());
    if (s.event < 0) return false;
    const auto at = static_cast<std::size_t>(s.event);
    return passed(s.r.plan, key[at], s.key_types[at], watermark_ms);
}

/// Whether a group's time is over, so that it can be given and forgotten.
bool closed(const Streaming& s, const Values& key) {
    MR_ASSERT(s.op < s.r.evict.size() && key.size() == s.key_types.size());
    const i64 limit = s.r.evict[s.op];
    if (s.event < 0) return false;
    const auto at = static_cast<std::size_t>(s.event);
    if (s.r.plan.has_bug(PlantedBug::evicted_early) && s.key_types[at].id == TypeId::structure)
        return items_of(key[at])[0].i <= limit * 1000;
    if (s.r.plan.has_bug(PlantedBug::append_emits_early) && s.r.plan.mode == OutputMode::append)
        return expired(s, key, limit + s.plan.groups[at]->watermark_ms);
    return expired(s, key, limit);
}

void note(Streaming& s, bool late, const Values& key, i64 watermark_ms, Values value = {}) {
    MR_ASSERT(s.event >= 0);
    const auto at = static_cast<std::size_t>(s.event);
    s.r.out.judgements.push_back(
        {s.op, late, key, floor_div(event_micros(key[at], s.key_types[at]), 1000), watermark_ms, std::move(value)});
}

void changed(Streaming& s, i64 partition, const Values& key, const Values* value) {
    add_delta(s.r.out,
              {s.op, partition, "", key, s.key_types, value == nullptr, value ? *value : Values{}, s.value_types});
}

/// Groups of all batches with their merged buffers. Late ones are counted and left out.
std::vector<StateRow> merged_groups(Streaming& s, Aggregation& a, const Rows& in, const StateRows& kept) {
    MR_ASSERT(s.op < s.r.late.size());
    std::vector<std::vector<u32>> numbers;
    for (const Batch& b : in.batches) {
        const std::vector<Column> keys = a.runner.evaluate(a.bound_keys, b);
        if (!a.runner.ok()) return {};
        number_groups(a, keys, b.rows);
        numbers.push_back(a.groups);
    }
    const bool any = !in.batches.empty();
    const u32 n = a.global() ? (any || s.r.plan.mode == OutputMode::complete ? 1 : 0) : a.table.size();
    std::vector<Values> keys(n);
    const std::vector<Column> columns = group_keys(a);
    for (u32 g = 0; g < n; ++g)
        for (const Column& c : columns) keys[g].push_back(get(c, g));
    for (Accumulator& acc : a.accumulators) grow(acc, n);
    std::vector<bool> late(n, false);
    for (u32 g = 0; g < n; ++g) {
        late[g] = s.r.plan.mode != OutputMode::complete && expired(s, keys[g], s.r.late[s.op]);
        if (late[g]) {
            ++s.metrics.dropped;
            note(s, true, keys[g], s.r.late[s.op]);
            if (!s.r.plan.has_bug(PlantedBug::late_after_update)) continue;
        }
        const auto row = kept.find(state_key(partition_of(keys[g], s.key_types, s.partitions), keys[g], s.key_types));
        if (!row) continue;
        std::size_t at = 0;
        for (std::size_t c = 0; c < a.accumulators.size(); ++c) {
            merge_buffer(a.accumulators[c], g, std::span(row->value).subspan(at, s.widths[c]));
            at += s.widths[c];
        }
    }
    for (std::size_t b = 0; b < in.batches.size(); ++b) {
        a.groups = numbers[b];
        for (std::size_t c = 0; c < a.accumulators.size() && a.runner.ok(); ++c) fold(a, c, in.batches[b]);
    }
    std::vector<StateRow> out;
    for (u32 g = 0; g < n; ++g) {
        if (late[g] && !s.r.plan.has_bug(PlantedBug::late_after_update)) continue;
        StateRow row{keys[g], {}};
        for (const Accumulator& acc : a.accumulators)
            for (Value& v : buffer_of(acc, g)) row.value.push_back(std::move(v));
        out.push_back(std::move(row));
    }
    return out;
}

/// What Spark's generated code keeps in a map of its own, in front of the one for everything.
bool in_fast_map(const DataType& type, bool buffer) {
    switch (type.id) {
        case TypeId::void_: case TypeId::binary: case TypeId::array: case TypeId::map: case TypeId::structure:
            return false;
        case TypeId::decimal: return !buffer || type.a <= kMostWordDigits;
        default: return true;
    }
}

/// Whether groups are looked for in that map first. It takes keys without nulls only, and gives its groups before the
/// others. In Spark: HashAggregateExec.checkIfFastHashMapSupported.
bool has_fast_map(const Streaming& s, const Aggregation& a) {
    for (const ExprRef& c : a.parts.calls)
        if (is_call(c->args[0], "approx_count_distinct")) return false;  // not generated
    return !s.value_types.empty() &&
           std::ranges::all_of(s.key_types, [](const DataType& t) { return in_fast_map(t, false); }) &&
           std::ranges::all_of(s.value_types, [](const DataType& t) { return in_fast_map(t, true); });
}

/// A sort aggregate gives its groups by key, nulls first; a hash aggregate as they came, but for its fast map.
void order_groups(const Streaming& s, const Aggregation& a, std::vector<StateRow>& groups) {
    if (!sorts_groups(a.parts.calls)) {
        if (!has_fast_map(s, a)) return;
        std::ranges::stable_partition(groups, [](const StateRow& g) {
            return std::ranges::none_of(g.key, [](const Value& v) { return v.null; });
        });
        return;
    }
    std::stable_sort(groups.begin(), groups.end(), [&](const StateRow& x, const StateRow& y) {
        for (std::size_t k = 0; k < s.key_types.size(); ++k) {
            if (x.key[k].null != y.key[k].null) return x.key[k].null;
            const int c = x.key[k].null ? 0 : compare(x.key[k], y.key[k], s.key_types[k]);
            if (c != 0) return c < 0;
        }
        return false;
    });
}

void save(Streaming& s, StateRows& kept, const std::vector<StateRow>& groups) {
    MR_ASSERT(s.partitions > 0);
    for (const StateRow& g : groups) {
        const i64 partition = partition_of(g.key, s.key_types, s.partitions);
        changed(s, partition, g.key, &g.value);
        kept.put(state_key(partition, g.key, s.key_types), g);
    }
    s.metrics.updated = static_cast<i64>(groups.size());
}

/// Removes what the watermark has passed; the rows, for Append.
std::vector<StateRow> evicted(Streaming& s, StateRows& kept, const std::vector<std::size_t>& before) {
    MR_ASSERT(s.op < s.r.evict.size());
    std::vector<StateRow> out;
    if (s.event < 0) return out;
    const auto over = [&](const StateRow& row) { return closed(s, row.key); };
    for (auto& [place, row] : in_store_order(kept, before, s.key_types, over)) {
        changed(s, partition_in(place), row.key, nullptr);
        note(s, false, row.key, s.r.evict[s.op], row.value);
        out.push_back(std::move(row));
        kept.erase(place);
        ++s.metrics.removed;
    }
    return out;
}

std::vector<StateRow> everything(const Streaming& s, const StateRows& kept, const std::vector<std::size_t>& before) {
    MR_ASSERT(before.size() == static_cast<std::size_t>(s.partitions));
    std::vector<StateRow> out;
    for (auto& [place, row] : in_store_order(kept, before, s.key_types, [](const StateRow&) { return true; }))
        out.push_back(std::move(row));
    return out;
}

}  // namespace

Rows StreamRunner::aggregate(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1 && p->kind == PlanKind::aggregate);
    Rows in = run(p->children[0]);
    if (!ok()) return {output_of(*p), {}};
    Runner runner{session, {}};
    runner.cx.ansi = session.ansi;
    runner.cx.clock = session.clock;
    Aggregation a{runner, *p, {}, {}, {}, {}, {}, {}, {}, {}, {}};
    prepare(a, in);
    Streaming s{*this, *p, plan.operator_of(p.get()), {}, {}, {}, -1, partitions(!p->groups.empty()), {}};
    for (const ExprRef& g : p->groups) s.key_types.push_back(g->type);
    for (const ExprRef& call : a.parts.calls) {
        const auto types = buffer_types(call->args[0]);
        s.widths.push_back(types.size());
        s.value_types.insert(s.value_types.end(), types.begin(), types.end());
    }
    s.event = event_time_place(p->groups);
    StateRows& kept = writable(state.operators[s.op].rows);
    std::vector<StateRow> groups = merged_groups(s, a, in, kept);
    order_groups(s, a, groups);
    if (!runner.ok()) {
        failure.set(runner.cx.failure.error);
        return {output_of(*p), {}};
    }
    // All rows are gone through for their order only where all of them are gone through anyway.
    const bool unchanged_too = plan.has_bug(PlantedBug::update_emits_unchanged);
    const bool in_order = s.event >= 0 || plan.mode == OutputMode::complete || unchanged_too;
    const std::vector<std::size_t> before = in_order ? partition_sizes(kept, s.partitions) : std::vector<std::size_t>{};
    save(s, kept, groups);
    Rows rows{output_of(*p), {}};
    switch (plan.mode) {
        case OutputMode::append: rows = given(s, runner, in, evicted(s, kept, before)); break;
        case OutputMode::update:
            rows = given(s, runner, in, unchanged_too ? everything(s, kept, before) : groups);
            evicted(s, kept, before);
            break;
        case OutputMode::complete: rows = given(s, runner, in, everything(s, kept, before)); break;
    }
    s.metrics.name = "stateStoreSave";
    s.metrics.total = static_cast<i64>(kept.size());
    s.metrics.partitions = s.metrics.stores = s.partitions;
    out.operators[s.op] = s.metrics;
    if (!runner.ok()) failure.set(runner.cx.failure.error);
    return rows;
}

}  // namespace engine::spark
