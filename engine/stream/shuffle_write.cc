#include "engine/stream/shuffle_write.h"

#include <algorithm>

#include "engine/plan/outputs.h"
#include "engine/plan/typed.h"
#include "engine/plan/unsafe_row.h"
#include "engine/stream/join_parts.h"
#include "engine/stream/state_file.h"
#include "engine/stream/state_stores.h"
#include "sim/base/assert.h"

namespace engine::spark {
namespace {

/// Before every event time: no group is late or finished where its rows are only on their way.
constexpr i64 kNoWatermarkMs = -8'000'000'000'000;
static_assert(kNoWatermarkMs * 1000 < 0);

/// An operator that keeps state, and the side of it that rows come in by.
struct Exchange {
    PlanRef op;
    std::size_t side = 0;
};

bool reads(const PlanRef& p, i64 source) {
    if (p->kind == PlanKind::stream_relation) return p->n == source;
    return std::ranges::any_of(p->children, [&](const PlanRef& c) { return reads(c, source); });
}

/// The exchanges that rows of a source come to first.
void find_exchanges(const PlanRef& p, const StreamPlan& plan, i64 source, std::vector<Exchange>& out) {
    MR_ASSERT(p != nullptr);
    for (std::size_t side = 0; side < p->children.size(); ++side) {
        const PlanRef& child = p->children[side];
        if (!reads(child, source)) continue;
        const std::size_t before = out.size();
        find_exchanges(child, plan, source, out);
        if (out.size() == before && is_streaming(*p) && stateful_kind(*p, plan.mode)) out.push_back({p, side});
    }
}

/// A row's own bytes after their number, in the block of its partition.
void add_row(std::vector<ShuffleBlock>& blocks, i64 partition, const std::string& row) {
    MR_ASSERT(partition >= 0 && partition <= INT32_MAX);
    const auto place = std::ranges::find(blocks, static_cast<i32>(partition), &ShuffleBlock::partition);
    ShuffleBlock& block = place == blocks.end() ? blocks.emplace_back() : *place;
    block.partition = static_cast<i32>(partition);
    ++block.records;
    for (int shift = 24; shift >= 0; shift -= 8) block.bytes += static_cast<char>(row.size() >> shift);
    block.bytes += row;
}

/// Each changed row of a store, key and value in one row.
void add_changes(StreamRunner& r, const StoreId& id, const StateBody& body, std::vector<ShuffleBlock>& blocks) {
    MR_ASSERT(id.op < r.plan.operators.size() && id.partition >= 0);
    const std::vector<StateStore> stores = state_stores(r.session, r.plan, id.op);
    const auto store = std::ranges::find(stores, id.store, &StateStore::name);
    const auto changes = changes_of(body);
    MR_ASSERT(store != stores.end() && changes.has_value());
    const std::vector<DataType> keys = types_of(store->key), values = types_of(store->value);
    std::vector<DataType> types = keys;
    types.insert(types.end(), values.begin(), values.end());
    for (const StateChange& change : *changes) {
        if (!change.value) continue;
        Values row = *from_unsafe_row(change.key, keys);
        const Values value = *from_unsafe_row(*change.value, values);
        row.insert(row.end(), value.begin(), value.end());
        add_row(blocks, id.partition, unsafe_row(row, types));
    }
}

/// Groups with their buffers: what the aggregate would keep of these rows alone.
void add_groups(StreamRunner& r, const PlanRef& op, std::vector<ShuffleBlock>& blocks) {
    MR_ASSERT(op->kind == PlanKind::aggregate);
    static_cast<void>(r.run(op));
    for (const auto& [store, body] : r.out.deltas)
        if (r.plan.operators[store.op].plan == op.get()) add_changes(r, store, body, blocks);
}

/// What decides over the partition of a row that comes in by a side.
Exprs keys_of_side(StreamRunner& r, const Exchange& e, StatefulKind kind, const Exprs& columns) {
    MR_ASSERT(e.side < e.op->children.size());
    Exprs keys;
    switch (kind) {
        case StatefulKind::join: {
            Joining j{r, *e.op, 0, {}, {}, {}, {}, {}, {}, {}, false, {}, {}, false};
            arrange(j, output_of(*e.op->children[0]), output_of(*e.op->children[1]));
            return e.side == 0 ? j.left.keys : j.right.keys;
        }
        case StatefulKind::aggregate:
        case StatefulKind::session:
            for (const ExprRef& g : e.op->groups)
                if (g->name != "session_window") keys.push_back(bound_to(g, columns));
            return keys;
        case StatefulKind::groups:
            for (const ExprRef& k : e.op->typed ? e.op->typed->keys : e.op->groups)
                keys.push_back(bound_to(k, columns));
            return keys;
        case StatefulKind::dedup:
        case StatefulKind::dedup_within:
            for (const ExprRef& k : e.op->groups.empty() ? columns : e.op->groups) keys.push_back(bound_to(k, columns));
            return keys;
        case StatefulKind::limit: return {};
    }
    return keys;
}

void add_rows(StreamRunner& r, const Exchange& e, StatefulKind kind, std::vector<ShuffleBlock>& blocks) {
    const Rows rows = r.run(e.op->children[e.side]);
    if (!r.ok()) return;
    const Exprs keys = keys_of_side(r, e, kind, rows.columns);
    const std::vector<DataType> key_types = types_of(keys), types = types_of(rows.columns);
    EvalContext cx;
    cx.ansi = r.session.ansi;
    cx.clock = r.session.clock;
    for (const Batch& b : rows.batches) {
        std::vector<Column> columns;
        for (const ExprRef& k : keys) columns.push_back(eval(k, b, cx));
        const std::vector<Values> values = values_of({rows.columns, {b}});
        for (std::size_t i = 0; i < values.size(); ++i) {
            Values key;
            for (const Column& c : columns) key.push_back(get(c, static_cast<i64>(i)));
            add_row(blocks, partition_of(key, key_types, r.partitions(!key.empty())), unsafe_row(values[i], types));
        }
    }
}

const Plan* relation_of(const StreamPlan& plan, i64 source) {
    const auto found = std::ranges::find(plan.relations, source, [](const Plan* p) { return p->n; });
    return found == plan.relations.end() ? nullptr : *found;
}

i64 read_size(std::string_view bytes, std::size_t at) {
    i64 size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<sim::u8>(bytes[at + i]);
    return size;
}

}  // namespace

bool crosses_exchange(const StreamPlan& plan, i64 source) {
    if (plan.operators.empty()) return false;
    std::vector<Exchange> found;
    find_exchanges(plan.plan, plan, source, found);
    return !found.empty();
}

std::vector<ShuffleBlock> shuffle_blocks(const CompiledQuery& query, i64 source, i64 timestamp_ms,
                                         std::vector<Batch> rows) {
    MR_ASSERT(source >= 0);
    Session session = query.session;
    auto now = plan_at(query, session, timestamp_ms);
    if (!now) return {};
    StreamPlan& plan = *now;
    std::vector<Exchange> exchanges;
    find_exchanges(plan.plan, plan, source, exchanges);
    plan.mode = OutputMode::update;
    plan.bug = PlantedBug::none;
    BatchInput input;
    input.timestamp_ms = timestamp_ms;
    for (const Plan* relation : plan.relations)
        input.rows.push_back(relation->n == source ? rows : std::vector<Batch>{});
    const std::vector<i64> never(plan.operators.size(), kNoWatermarkMs);
    std::vector<ShuffleBlock> blocks;
    session.clock.now = timestamp_ms * 1000;
    for (const Exchange& e : exchanges) {
        StreamState nothing;
        nothing.operators.resize(plan.operators.size());
        StreamRunner r{session, plan, nothing, input, {}, never, never, {}};
        r.out.event_time.resize(plan.watermarks.size());
        r.out.operators.resize(plan.operators.size());
        r.out.scanned.assign(plan.relations.size(), -1);
        const StatefulKind kind = plan.operators[plan.operator_of(e.op.get())].kind;
        if (kind == StatefulKind::aggregate) add_groups(r, e.op, blocks);
        else add_rows(r, e, kind, blocks);
        if (!r.ok()) return {};
    }
    std::ranges::sort(blocks, {}, &ShuffleBlock::partition);
    MR_VALIDATE(std::ranges::all_of(blocks, [](const ShuffleBlock& b) { return b.records > 0; }));
    return blocks;
}

i64 rows_in_block(std::span<const sim::u8> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    i64 rows = 0;
    std::size_t at = 0;
    while (at + 4 <= text.size()) {
        at += 4 + static_cast<std::size_t>(read_size(text, at));
        ++rows;
    }
    return at == text.size() ? rows : -1;
}

std::string packed_rows(const StreamPlan& plan, i64 source, const std::vector<Batch>& rows) {
    const Plan* relation = relation_of(plan, source);
    if (relation == nullptr) return "";
    std::vector<ShuffleBlock> one;
    for (const Values& row : values_of({relation->output, rows}))
        add_row(one, 0, unsafe_row(row, types_of(relation->output)));
    MR_ASSERT(one.size() <= 1);
    return one.empty() ? "" : std::move(one[0].bytes);
}

std::vector<Batch> unpacked_rows(const StreamPlan& plan, i64 source, std::string_view bytes) {
    const Plan* relation = relation_of(plan, source);
    if (relation == nullptr) return {};
    std::vector<Values> rows;
    for (std::size_t at = 0; at + 4 <= bytes.size();) {
        const auto size = static_cast<std::size_t>(read_size(bytes, at));
        auto row = from_unsafe_row(bytes.substr(at + 4, size), types_of(relation->output));
        MR_ASSERT(row.has_value());
        rows.push_back(std::move(*row));
        at += 4 + size;
    }
    return rows_of(relation->output, rows).batches;
}

}  // namespace engine::spark
