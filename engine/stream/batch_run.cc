#include "engine/stream/batch_run.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "engine/operators/key_table.h"
#include "engine/operators/statement.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/row_hash.h"
#include "engine/plan/unsafe_row.h"
#include "engine/stream/rows_given.h"
#include "engine/stream/state_file.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<DataType> types_of(const Exprs& columns) {
    std::vector<DataType> out;
    for (const ExprRef& c : columns) out.push_back(c->type);
    return out;
}

i64 event_micros(const Value& v, const DataType& type) {
    if (v.null) return 0;
    if (type.id == TypeId::structure) {
        MR_ASSERT(items_of(v).size() == 2);
        return items_of(v)[1].i;
    }
    return v.i;
}

bool passed(const StreamPlan& plan, const Value& v, const DataType& type, i64 watermark_ms) {
    return !v.null && passed(plan, event_micros(v, type), watermark_ms);
}

i64 last_passed(const StreamPlan& plan, i64 watermark_ms) {
    const i64 limit = watermark_ms * 1000;
    MR_ASSERT(limit / 1000 == watermark_ms);
    return plan.has_bug(PlantedBug::open_at_watermark) ? limit - 1 : limit;
}

bool passed(const StreamPlan& plan, i64 micros, i64 watermark_ms) { return micros <= last_passed(plan, watermark_ms); }

i64 partition_of(const Values& key, const std::vector<DataType>& types, i64 partitions) {
    MR_ASSERT(key.size() == types.size() && partitions > 0);
    if (key.empty()) return 0;
    sim::i32 h = 42;
    for (std::size_t i = 0; i < key.size(); ++i) h = murmur_value(key[i], types[i], h);
    const i64 m = h % partitions;
    return m < 0 ? m + partitions : m;
}

std::string state_key(i64 partition, const Values& key, const std::vector<DataType>& types) {
    MR_ASSERT(key.size() == types.size());
    std::string out;
    for (int i = 3; i >= 0; --i) out += static_cast<char>(partition >> (8 * i));
    for (std::size_t i = 0; i < key.size(); ++i) {
        const Column c = constant_column(key[i], types[i], 1);
        encode_cell(c, 0, out);
    }
    return out;
}

i64 partition_in(std::string_view key) {
    MR_ASSERT(key.size() >= 4);
    i64 out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<sim::u8>(key[i]);
    return out;
}

namespace {

u64 power_above(u64 n) {
    u64 out = 1;
    while (out < n) out *= 2;
    return out;
}

}  // namespace

u64 store_buckets(u64 before, u64 size) {
    u64 n = 16;
    if (before > 0) {
        const u64 wanted = power_above(before + before / 2 + 1);
        for (n = wanted; wanted > n - n / 4;) n *= 2;
    }
    for (; before < size && size >= n - n / 4;) n *= 2;
    MR_ASSERT(n >= 2);
    return n;
}

u64 bucket_in_store(std::string_view key, u64 buckets) {
    MR_ASSERT((buckets & (buckets - 1)) == 0);
    return hash_of_key(key) & (buckets - 1);
}

std::vector<std::size_t> store_order(const std::vector<std::string>& keys, std::size_t before) {
    MR_ASSERT(before <= keys.size() || keys.empty());
    const u64 n = store_buckets(before, keys.size());
    std::vector<std::pair<u64, std::size_t>> places;
    for (std::size_t i = 0; i < keys.size(); ++i) places.emplace_back(bucket_in_store(keys[i], n), i);
    std::ranges::stable_sort(places, {}, [](const auto& p) { return p.first; });
    std::vector<std::size_t> out;
    for (const auto& [bucket, i] : places) out.push_back(i);
    return out;
}

std::vector<std::size_t> partition_sizes(const StateRows& rows, i64 partitions) {
    MR_ASSERT(partitions > 0);
    std::vector<std::size_t> out(static_cast<std::size_t>(partitions));
    for (auto it = rows.begin(); it != rows.end(); ++it) ++out[static_cast<std::size_t>(partition_in(it.place()))];
    return out;
}

std::vector<StateRows::Item> in_store_order(const StateRows& rows, const std::vector<std::size_t>& before,
                                            const std::vector<DataType>& key_types,
                                            const std::function<bool(const StateRow&)>& wanted) {
    std::vector<std::size_t> sizes(before.size());
    std::vector<StateRows::Item> found;
    std::vector<u32> came;
    for (auto it = rows.begin(); it != rows.end(); ++it) {
        ++sizes[static_cast<std::size_t>(partition_in(it.place()))];
        StateRows::Item item = *it;
        if (!wanted(item.second)) continue;
        found.push_back(std::move(item));
        came.push_back(it.came());
    }
    std::vector<std::tuple<i64, u64, u32, std::size_t>> places;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const i64 partition = partition_in(found[i].first);
        const auto p = static_cast<std::size_t>(partition);
        const u64 buckets = store_buckets(std::min(before[p], sizes[p]), sizes[p]);
        places.emplace_back(partition, bucket_in_store(unsafe_row(found[i].second.key, key_types), buckets), came[i],
                            i);
    }
    std::ranges::sort(places);
    std::vector<StateRows::Item> out;
    for (const auto& [partition, bucket, when, i] : places) out.push_back(std::move(found[i]));
    MR_ASSERT(out.size() == found.size() && out.size() <= rows.size());
    return out;
}

Rows rows_of(const Exprs& columns, const std::vector<Values>& rows) {
    Rows out{columns, {}};
    for (std::size_t at = 0; at < rows.size(); at += kBatchRows) {
        const std::size_t n = std::min<std::size_t>(kBatchRows, rows.size() - at);
        Batch b{.rows = static_cast<i64>(n), .columns = {}};
        for (std::size_t c = 0; c < columns.size(); ++c) {
            Builder builder(columns[c]->type, b.rows);
            for (std::size_t i = 0; i < n; ++i) builder.add(rows[at + i][c]);
            b.columns.push_back(builder.finish());
        }
        out.batches.push_back(std::move(b));
    }
    return out;
}

std::vector<Values> values_of(const Rows& rows) {
    MR_VALIDATE(std::all_of(rows.batches.begin(), rows.batches.end(),
                            [&](const Batch& b) { return b.columns.size() == rows.columns.size(); }));
    std::vector<Values> out;
    for (const Batch& b : rows.batches)
        for (i64 i = 0; i < b.rows; ++i) {
            Values row;
            for (const Column& c : b.columns) row.push_back(get(c, i));
            out.push_back(std::move(row));
        }
    return out;
}

namespace {

/// Rows as a table that a plan can stand on.
PlanRef table_of(Rows rows) {
    MR_ASSERT(rows.batches.empty() || rows.batches[0].columns.size() == rows.columns.size());
    Plan p;
    p.kind = PlanKind::local_relation;
    p.output = std::move(rows.columns);
    p.resolved = true;
    auto table = std::make_shared<Table>();
    table->batches = std::move(rows.batches);
    p.table = table;
    return make(std::move(p));
}

}  // namespace

Rows StreamRunner::stateless(const PlanRef& p, std::vector<Rows> children) {
    MR_ASSERT(children.size() == p->children.size());
    std::vector<PlanRef> tables;
    for (Rows& r : children) tables.push_back(table_of(std::move(r)));
    Runner runner{session, {}};
    runner.cx.ansi = session.ansi;
    runner.cx.clock = session.clock;
    Rows rows = runner.outcome(with_children(p, std::move(tables)));
    if (!runner.ok()) failure.set(runner.cx.failure.error);
    return rows;
}

Rows StreamRunner::source(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::stream_relation);
    for (std::size_t i = 0; i < plan.relations.size(); ++i) {
        if (plan.relations[i]->n != p->n) continue;
        return {p->output, input.rows[i]};
    }
    return {p->output, {}};
}

namespace {

/// Whether a reader understands a condition: columns against constants.
bool reader_knows(const ExprRef& e) {
    const auto plain = [](const ExprRef& x) {
        return x->kind == ExprKind::attribute || x->kind == ExprKind::literal;
    };
    if (is_call(e, "and") || is_call(e, "or") || is_call(e, "not"))
        return std::all_of(e->args.begin(), e->args.end(), reader_knows);
    for (const char* name :
         {"=", "<=>", "<", "<=", ">", ">=", "isnull", "isnotnull", "in", "startswith", "endswith", "contains"})
        if (is_call(e, name)) return std::all_of(e->args.begin(), e->args.end(), plain);
    return false;
}

}  // namespace

void StreamRunner::count_scanned(const PlanRef& filter) {
    MR_ASSERT(filter->kind == PlanKind::filter && filter->condition);
    PlanRef below = filter->children[0];
    if (below->kind != PlanKind::stream_relation) return;
    const std::string& format = below->parts.at(0);
    if (format != "csv" && format != "json") return;
    Exprs parts, known;
    conjuncts_of(filter->condition, parts);
    std::ranges::copy_if(parts, std::back_inserter(known), reader_knows);
    if (known.empty()) return;
    const PlanRef pushed = edit(filter, [&](Plan& p) { p.condition = conjunction(known); });
    const Rows passed = stateless(pushed, {source(below)});
    for (std::size_t i = 0; i < plan.relations.size(); ++i)
        if (plan.relations[i]->n == below->n) out.scanned[i] = passed.count();
}

namespace {

/// Null counts as 0.
void add_event_times(EventTimeStats& stats, const Column& c, i64 rows) {
    const bool plain = physical_of(c.type) == Physical::ints;
    for (i64 i = 0; i < rows; ++i) {
        const i64 micros = !plain ? event_micros(get(c, i), c.type) : c.null(i) ? 0 : c.ints[c.at(i)];
        stats.add(floor_div(micros, 1000));
    }
}

}  // namespace

Rows StreamRunner::watermark(const PlanRef& p) {
    MR_ASSERT(p->exprs.size() == 1 && p->children.size() == 1);
    Rows rows = run(p->children[0]);
    if (!ok()) return rows;
    EventTimeStats& stats = out.event_time[plan.watermark_of(p.get())];
    for (std::size_t c = 0; c < rows.columns.size(); ++c) {
        if (rows.columns[c]->id != p->exprs[0]->id) continue;
        for (const Batch& b : rows.batches)
            add_event_times(stats, b.columns[c], b.rows);
    }
    rows.columns = output_of(*p);
    return rows;
}

Rows StreamRunner::observe(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1 && !p->exprs.empty());
    const Rows rows = run(p->children[0]);
    if (!ok()) return rows;
    Plan a;
    a.kind = PlanKind::aggregate;
    a.children = p->children;
    a.exprs = p->exprs;
    a.resolved = true;
    const PlanRef aggregate_plan = make(std::move(a));
    const Rows measured = stateless(aggregate_plan, {rows});
    const std::vector<Values> values = values_of(measured);
    if (ok() && !values.empty()) out.observed.emplace_back(p->name, std::pair(schema_of(*aggregate_plan), values[0]));
    return rows;
}

Rows StreamRunner::run(const PlanRef& p) {
    MR_ASSERT(p != nullptr && out.given.size() == nodes.size());
    if (!ok()) return {};
    Rows rows = run_node(p);
    const auto place = std::ranges::find(nodes, p.get()) - nodes.begin();
    if (static_cast<std::size_t>(place) < nodes.size()) out.given[static_cast<std::size_t>(place)] = rows.count();
    return rows;
}

Rows StreamRunner::run_node(const PlanRef& p) {
    if (p->kind == PlanKind::stream_relation) return source(p);
    if (!is_streaming(*p))
        return stateless(p, [&] {
            std::vector<Rows> children;
            for (const PlanRef& c : p->children) children.push_back(run(c));
            return children;
        }());
    if (p->kind == PlanKind::filter) count_scanned(p);
    if (p->kind == PlanKind::watermark) return watermark(p);
    if (p->kind == PlanKind::collect_metrics) return observe(p);
    if (const auto kind = stateful_kind(*p, plan.mode)) {
        switch (*kind) {
            case StatefulKind::aggregate: return aggregate(p);
            case StatefulKind::session: return session_window(p);
            case StatefulKind::dedup:
            case StatefulKind::dedup_within: return deduplicate(p);
            case StatefulKind::join: return join(p);
            case StatefulKind::groups: return p->typed ? typed_groups(p) : groups(p);
            case StatefulKind::limit: return limit(p);
        }
    }
    std::vector<Rows> children;
    for (const PlanRef& c : p->children) children.push_back(run(c));
    return ok() ? stateless(p, std::move(children)) : Rows{output_of(*p), {}};
}

std::expected<BatchOutput, QueryError> run_batch(Session& session, const StreamPlan& plan, StreamState& state,
                                                 const BatchInput& input) {
    MR_ASSERT(input.rows.size() == plan.relations.size());
    state.operators.resize(plan.operators.size());
    const i64 saved = session.clock.now;
    session.clock.now = input.timestamp_ms * 1000;
    const i64 late_ms = plan.has_bug(PlantedBug::late_by_own_watermark) ? input.evict_ms : input.late_ms;
    StreamRunner r{session, plan, state, input, {}, propagated(plan, late_ms), propagated(plan, input.evict_ms), {}};
    r.out.event_time.resize(plan.watermarks.size());
    r.out.operators.resize(plan.operators.size());
    r.out.scanned.assign(plan.relations.size(), -1);
    r.nodes = nodes_upward(plan.plan);
    r.out.given.assign(r.nodes.size(), -1);
    r.out.rows = r.run(plan.plan);
    session.clock.now = saved;
    if (!r.ok()) return std::unexpected(job_aborted(r.failure.error));
    for (std::size_t i = 0; i < r.out.operators.size(); ++i) {
        r.out.operators[i].late_ms = r.late[i];
        r.out.operators[i].evict_ms = r.evict[i];
    }
    return std::move(r.out);
}

void for_each_judgement(const BatchOutput& out, const std::function<void(const Judgement&)>& visit) {
    std::size_t told = 0;
    const auto up_to = [&](std::size_t end) {
        for (; told < end; ++told) visit(out.judgements[told]);
    };
    for (const EvictedRows& e : out.evicted) {
        MR_ASSERT(e.until.size() == e.keys.size() && told <= e.after && e.after <= out.judgements.size());
        up_to(e.after);
        std::size_t row = 0;
        for (std::size_t k = 0; k < e.until.size(); ++k) {
            const auto key = from_unsafe_row(e.keys[k], e.key_types);
            for (; row < e.until[k]; ++row) visit({e.op, false, *key, e.event_ms[row], e.watermark_ms});
        }
    }
    up_to(out.judgements.size());
}

void add_delta(BatchOutput& out, const StateDelta& d) {
    MR_ASSERT(d.key.size() == d.key_types.size() && (d.removed || d.value.size() == d.value_types.size()));
    StateBody& body = out.deltas[{d.op, d.partition, d.store}];
    const std::string key = unsafe_row(d.key, d.key_types);
    if (d.removed) put_removal(body, key);
    else put_change(body, key, unsafe_row(d.value, d.value_types));
}

i64 watermark_after(WatermarkTracker tracker, const StreamPlan& plan, const BatchOutput& out) {
    MR_ASSERT(out.event_time.size() == plan.watermarks.size());
    tracker.advance(out.event_time, delays_of(plan));
    return tracker.global_ms;
}

bool wants_no_data_batch(const StreamPlan& plan, const std::vector<i64>& evicted_ms, i64 next_ms) {
    MR_ASSERT(evicted_ms.size() == plan.operators.size());
    if (plan.has_bug(PlantedBug::no_data_batch_skipped)) return false;
    const std::vector<i64> next = propagated(plan, next_ms);
    for (std::size_t i = 0; i < plan.operators.size(); ++i) {
        const Plan& p = *plan.operators[i].plan;
        const bool moved = next[i] > evicted_ms[i];
        switch (plan.operators[i].kind) {
            case StatefulKind::aggregate:
            case StatefulKind::session:
                if (plan.mode != OutputMode::complete && moved) return true;
                break;
            case StatefulKind::dedup:
            case StatefulKind::dedup_within:
                if (moved) return true;
                break;
            case StatefulKind::join:
                if (moved && join_forgets(p)) return true;
                break;
            case StatefulKind::groups:
                if (p.parts.size() > 1 && p.parts[1] == "processing") return true;
                if (p.parts.size() > 1 && p.parts[1] == "event" && moved) return true;
                break;
            case StatefulKind::limit: break;
        }
    }
    return false;
}

}  // namespace engine::spark
