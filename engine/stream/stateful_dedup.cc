// Duplicates over the whole stream, and the limit over the whole stream.
#include <algorithm>
#include <iterator>
#include <optional>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/stream/batch_run.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Dedup {
    StreamRunner& r;
    std::size_t op = 0;
    bool within = false;  ///< dropDuplicatesWithinWatermark
    std::vector<std::size_t> places;
    std::vector<DataType> types;
    int event = -1;      ///< event time among the columns
    int key_event = -1;  ///< event time among the keys
    i64 delay_ms = 0;
    i64 partitions = 1;
    std::vector<std::size_t> before;  ///< sizes of the partitions when the batch began
    OperatorMetrics metrics;
};

void changed(Dedup& d, const Values& key, bool removed, const Value& expires) {
    MR_ASSERT(key.size() == d.types.size());
    const std::vector<DataType> value_types = {type_of(d.within ? TypeId::bigint : TypeId::void_)};
    add_delta(d.r.out,
              {d.op, partition_of(key, d.types, d.partitions), "", key, d.types, removed, {expires}, value_types});
}

/// The partition of a row that goes on: not late, and its key not seen.
std::optional<i64> passes(Dedup& d, StateRows& kept, const Rows& in, const Values& row) {
    MR_ASSERT(row.size() == in.columns.size());
    if (d.event >= 0) {
        const auto at = static_cast<std::size_t>(d.event);
        const i64 micros = event_micros(row[at], in.columns[at]->type);
        if (passed(d.r.plan, row[at], in.columns[at]->type, d.r.late[d.op])) {
            ++d.metrics.dropped;
            d.r.out.judgements.push_back({d.op, true, {row[at]}, floor_div(micros, 1000), d.r.late[d.op]});
            return std::nullopt;
        }
    }
    Values key;
    for (const std::size_t p : d.places) key.push_back(row[p]);
    const i64 partition = partition_of(key, d.types, d.partitions);
    const std::string bytes = state_key(partition, key, d.types);
    if (kept.contains(bytes)) {
        ++d.metrics.duplicates;
        return std::nullopt;
    }
    Value expires;
    if (d.within)
        expires = int_value(
            event_micros(row[static_cast<std::size_t>(d.event)], in.columns[static_cast<std::size_t>(d.event)]->type) +
            d.delay_ms * 1000);
    changed(d, key, false, expires);
    kept.put(bytes, {std::move(key), {expires}});
    ++d.metrics.updated;
    return partition;
}

void forget(Dedup& d, StateRows& kept) {
    MR_ASSERT(d.op < d.r.evict.size() && d.delay_ms >= 0);
    if (!d.within && d.key_event < 0) return;
    if (d.r.plan.has_bug(PlantedBug::dedup_not_evicted)) return;
    const auto at = static_cast<std::size_t>(std::max(d.key_event, 0));
    const DataType type = d.within ? type_of(TypeId::timestamp) : d.types[at];
    const auto moment_of = [&](const StateRow& row) { return d.within ? row.value[0] : row.key[at]; };
    const auto over = [&](const StateRow& row) { return passed(d.r.plan, moment_of(row), type, d.r.evict[d.op]); };
    for (const auto& [place, row] : in_store_order(kept, d.before, d.types, over)) {
        const i64 moment = event_micros(moment_of(row), type);
        changed(d, row.key, true, null_value());
        d.r.out.judgements.push_back({d.op, false, row.key, floor_div(moment, 1000), d.r.evict[d.op], row.value});
        kept.erase(place);
        ++d.metrics.removed;
    }
}

Dedup dedup_of(StreamRunner& r, const PlanRef& p, const Rows& in) {
    Dedup d{.r = r,
            .op = r.plan.operator_of(p.get()),
            .within = !p->name.empty() && p->kind == PlanKind::deduplicate,
            .places = {},
            .types = {},
            .before = {},
            .metrics = {}};
    const Exprs keys = p->groups.empty() ? in.columns : p->groups;
    for (const ExprRef& k : keys)
        for (std::size_t i = 0; i < in.columns.size(); ++i)
            if (in.columns[i]->id == k->id) {
                d.places.push_back(i);
                d.types.push_back(k->type);
                if (in.columns[i]->watermark_ms >= 0 && d.key_event < 0)
                    d.key_event = static_cast<int>(d.places.size()) - 1;
                break;
            }
    d.event = event_time_place(in.columns);
    if (d.event >= 0) d.delay_ms = in.columns[static_cast<std::size_t>(d.event)]->watermark_ms;
    d.partitions = r.partitions(true);
    MR_ASSERT(d.places.size() == keys.size());
    return d;
}

}  // namespace

Rows StreamRunner::deduplicate(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    const Rows in = run(p->children[0]);
    if (!ok()) return in;
    Dedup d = dedup_of(*this, p, in);
    StateRows& kept = writable(state.operators[d.op].rows);
    if (d.within || d.key_event >= 0) d.before = partition_sizes(kept, d.partitions);
    std::vector<std::vector<Values>> by_partition(static_cast<std::size_t>(d.partitions));
    for (Values& row : values_of(in))
        if (const auto at = passes(d, kept, in, row))
            by_partition[static_cast<std::size_t>(*at)].push_back(std::move(row));
    std::vector<Values> passed;  // as the tasks give them, one after the other
    for (std::vector<Values>& rows : by_partition) std::ranges::move(rows, std::back_inserter(passed));
    forget(d, kept);
    d.metrics.name = d.within ? "dedupeWithinWatermark" : "dedupe";
    d.metrics.total = static_cast<i64>(kept.size());
    d.metrics.partitions = d.metrics.stores = d.partitions;
    out.operators[d.op] = d.metrics;
    return rows_of(output_of(*p), passed);
}

namespace {

/// The rows of each partition that a local limit over a source has asked for.
void count_taken(StreamRunner& r, const PlanRef& below, i64 most) {
    MR_ASSERT(most >= 0);
    PlanRef at = below;
    while (at->kind == PlanKind::project) at = at->children[0];
    const PlanRef filter = at->kind == PlanKind::filter ? at : nullptr;
    if (filter) at = filter->children[0];
    if (at->kind != PlanKind::stream_relation) return;
    EvalContext cx;
    cx.ansi = r.session.ansi;
    cx.clock = r.session.clock;
    i64 taken = 0;
    for (const Batch& b : r.source(at).batches) {
        i64 n = filter ? b.rows : std::min(b.rows, most);
        if (filter) {
            const auto passed = true_rows(eval(bound_to(filter->condition, at->output), b, cx));
            const auto last = static_cast<std::size_t>(most);
            if (most > 0 && passed.size() >= last) n = passed[last - 1] + 1;
        }
        taken += n;
    }
    for (std::size_t i = 0; i < r.plan.relations.size() && cx.ok(); ++i)
        if (r.plan.relations[i]->n == at->n) r.out.scanned[i] = taken;
}

}  // namespace

Rows StreamRunner::limit(const PlanRef& p) {
    const PlanRef below = p->children[0]->kind == PlanKind::local_limit ? p->children[0]->children[0] : p->children[0];
    const Rows in = run(below);
    if (!ok()) return in;
    const std::size_t op = plan.operator_of(p.get());
    EvalContext cx;
    const i64 most = eval_constant(p->condition, cx).i;
    if (p->children[0]->kind == PlanKind::local_limit) count_taken(*this, below, most);
    StateRows& kept = writable(state.operators[op].rows);
    const std::string place(4, '\0');
    const auto kept_row = kept.find(place);
    const i64 before = kept_row ? kept_row->value[0].i : 0;
    std::vector<Values> rows = values_of(in);
    const i64 room = std::max<i64>(most - before, 0);
    if (static_cast<i64>(rows.size()) > room) rows.resize(static_cast<std::size_t>(room));
    MR_ASSERT(static_cast<i64>(rows.size()) <= room);
    if (!rows.empty()) {
        const StateRow counter{{null_value()}, {int_value(before + static_cast<i64>(rows.size()))}};
        kept.put(place, counter);
        add_delta(out,
                  {op, 0, "", counter.key, {type_of(TypeId::void_)}, false, counter.value, {type_of(TypeId::bigint)}});
    }
    out.operators[op] = {.name = "globalLimit",
                         .total = static_cast<i64>(kept.size()),
                         .updated = rows.empty() ? 0 : 1,
                         .partitions = 1,
                         .stores = 1};
    return rows_of(output_of(*p), rows);
}

}  // namespace engine::spark
