// Typed steps: functions of a program over objects, and the way from rows to objects and back.
#include <map>

#include "engine/operators/key_table.h"
#include "engine/operators/run.h"
#include "engine/plan/outputs.h"
#include "engine/plan/typed.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Rows that come out, gathered into batches.
struct Gathering {
    Exprs columns;
    std::vector<Builder> builders;
    i64 rows = 0;
    std::vector<Batch> batches;

    explicit Gathering(Exprs output) : columns(std::move(output)) { start(); }
    void start() {
        builders.clear();
        for (const ExprRef& c : columns) builders.emplace_back(c->type);
        rows = 0;
    }
    void flush() {
        Batch b{.rows = rows, .columns = {}};
        for (Builder& x : builders) b.columns.push_back(x.finish());
        batches.push_back(std::move(b));
        start();
    }
    void add(const Values& row) {
        MR_ASSERT(row.size() == builders.size());
        for (std::size_t c = 0; c < row.size(); ++c) builders[c].add(row[c]);
        if (++rows == kBatchRows) flush();
    }
    Rows done() {
        if (rows > 0) flush();
        return {columns, std::move(batches)};
    }
};

/// Places of columns in rows; empty with a refusal if one is not there.
std::vector<std::size_t> places_of(Runner& r, const Exprs& wanted, const Exprs& columns) {
    std::vector<std::size_t> out;
    for (const ExprRef& w : wanted)
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (columns[i]->id == w->id) {
                out.push_back(i);
                break;
            }
    if (out.size() != wanted.size())
        r.cx.failure.set({"SparkUnsupportedOperationException", "org.apache.spark.SparkUnsupportedOperationException",
                          "", "", "A typed step lost a column that it reads.", true});
    return out;
}

Values cells_at(const Batch& b, i64 row, const std::vector<std::size_t>& places) {
    Values out;
    for (const std::size_t p : places) out.push_back(get(b.columns[p], row));
    return out;
}

Values all_cells(const Batch& b, i64 row) {
    Values out;
    for (const Column& c : b.columns) out.push_back(get(c, row));
    return out;
}

/// One row through a step that takes rows one by one.
std::optional<QueryError> step(const TypedStep& t, const Batch& b, i64 row, const std::vector<std::size_t>& places,
                               Gathering& out) {
    MR_ASSERT(t.object != nullptr || !t.keys.empty() || t.kind == TypedKind::serialize || t.kind == TypedKind::filter);
    switch (t.kind) {
        case TypedKind::deserialize: out.add({object_of(t.out, cells_at(b, row, places))}); return std::nullopt;
        case TypedKind::serialize: out.add(cells_of(t.in, get(b.columns[0], row))); return std::nullopt;
        case TypedKind::map: case TypedKind::flat_map: {
            Values results;
            auto error = t.run->row(get(b.columns[0], row), results);
            for (Value& v : results) out.add({std::move(v)});
            return error;
        }
        case TypedKind::filter: {
            Values results;
            auto error = t.run->row(object_of(t.in, cells_at(b, row, places)), results);
            if (!error && results[0].i != 0) out.add(all_cells(b, row));
            return error;
        }
        case TypedKind::append_key: {
            Values results, cells = all_cells(b, row);
            auto error = t.run->row(object_of(t.in, cells_at(b, row, places)), results);
            if (error) return error;
            for (Value& v : cells_of(t.out, results[0])) cells.push_back(std::move(v));
            out.add(cells);
            return std::nullopt;
        }
        default: break;
    }
    MR_ASSERT(false);
    return std::nullopt;
}

/// Groups of a batch query, by key in the order of keys' bytes; a state lives as long as the call.
std::optional<QueryError> over_groups(Runner& r, const TypedStep& t, const Rows& in, Gathering& out) {
    MR_ASSERT(t.object != nullptr || !t.keys.empty() || t.kind == TypedKind::serialize || t.kind == TypedKind::filter);
    const auto keys = places_of(r, t.keys, in.columns), values = places_of(r, t.columns, in.columns);
    if (!r.ok()) return std::nullopt;
    std::map<std::string, std::pair<Value, Values>> groups;
    for (const Batch& b : in.batches)
        for (i64 i = 0; i < b.rows; ++i) {
            std::string bytes;
            for (const std::size_t k : keys) encode_cell(b.columns[k], i, bytes);
            auto& [key, objects] = groups[bytes];
            key = object_of(t.key, cells_at(b, i, keys));
            objects.push_back(object_of(t.in, cells_at(b, i, values)));
        }
    for (const auto& [bytes, group] : groups) {
        KeyState state;
        state.timeout = "none";
        state.batch_ms = r.cx.clock.now / 1000;
        Values results;
        if (auto error =
                t.run->group(group.first, group.second, t.kind == TypedKind::map_groups ? nullptr : &state, results))
            return error;
        for (Value& v : results) out.add({std::move(v)});
    }
    return std::nullopt;
}

}  // namespace

Rows Runner::typed(const PlanRef& p) {
    MR_ASSERT(p->typed != nullptr && !p->children.empty());
    const TypedStep& t = *p->typed;
    ran_program = true;
    const Rows in = run(p->children[0]);
    Gathering out(p->output);
    if (t.kind == TypedKind::map_groups || t.kind == TypedKind::groups_with_state) {
        if (auto error = ok() ? over_groups(*this, t, in, out) : std::nullopt) cx.failure.set(std::move(*error));
        return ok() ? out.done() : Rows{};
    }
    const auto places = places_of(*this, t.columns, in.columns);
    for (const Batch& b : in.batches)
        for (i64 i = 0; i < b.rows && ok(); ++i)
            if (auto error = step(t, b, i, places, out)) cx.failure.set(std::move(*error));
    return ok() ? out.done() : Rows{};
}

}  // namespace engine::spark
