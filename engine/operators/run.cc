#include "engine/operators/run.h"

#include <algorithm>
#include <numeric>

#include "engine/operators/key_table.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<Column> Runner::evaluate(const Exprs& bound, const Batch& batch) {
    MR_ASSERT(batch.rows >= 0);
    std::vector<Column> out;
    out.reserve(bound.size());
    for (const ExprRef& e : bound) {
        out.push_back(eval(e, batch, cx));
        if (!ok()) break;
    }
    return out;
}

namespace {

Exprs bind_all(const Exprs& exprs, const Exprs& input) {
    Exprs out;
    for (const ExprRef& e : exprs) out.push_back(bound_to(e, input));
    return out;
}

}  // namespace

Rows Runner::project(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    const Exprs exprs = answered(p->exprs, in);
    Rows out{output_of(*p), {}};
    if (!ok()) return out;
    const Exprs bound = bind_all(exprs, in.columns);
    cx.row_base = 0;
    for (const Batch& batch : in.batches) {
        out.batches.push_back({batch.rows, evaluate(bound, batch)});
        cx.row_base += batch.rows;
        if (!ok()) break;
    }
    cx.row_base = 0;
    return out;
}

Rows Runner::filter(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    const Exprs columns = in.columns;
    const ExprRef condition = answered(p->condition, in);
    Rows out{columns, {}};
    if (!ok()) return out;
    const ExprRef bound = bound_to(condition, in.columns);
    for (Batch& batch : in.batches) {
        const Column keep = eval(bound, batch, cx);
        if (!ok()) break;
        batch.columns.resize(columns.size());
        const std::vector<i32> rows = true_rows(keep);
        if (rows.empty()) continue;
        out.batches.push_back(static_cast<i64>(rows.size()) == batch.rows ? std::move(batch) : gather(batch, rows));
    }
    return out;
}

Rows Runner::limit(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    if (p->kind == PlanKind::local_limit) return run(p->children[0]);
    Rows in = run(p->children[0]);
    const i64 n = eval_constant(p->condition, cx).i;
    i64 skip = p->kind == PlanKind::offset ? n : 0, take = p->kind == PlanKind::offset ? INT64_MAX : n;
    Rows out{in.columns, {}};
    for (const Batch& batch : in.batches) {
        const i64 from = std::min(skip, batch.rows);
        const i64 count = std::min(batch.rows - from, take);
        skip -= from;
        take -= count;
        if (count > 0) out.batches.push_back(slice(batch, from, count));
    }
    return out;
}

Rows Runner::range(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Rows out{p->output, {}};
    const i128 span = static_cast<i128>(p->end) - p->start;
    const i128 n = p->step == 0 || (span > 0) != (p->step > 0) || span == 0
                       ? 0
                       : (span + p->step + (p->step > 0 ? -1 : 1)) / p->step;
    if (n > 200'000'000 || !cx.spend(static_cast<i64>(n), static_cast<i64>(n) * 8)) {
        cx.spend(INT64_MAX / 4);
        return out;
    }
    for (i64 at = 0; at < static_cast<i64>(n); at += kBatchRows) {
        const i64 rows = std::min<i64>(kBatchRows, static_cast<i64>(n) - at);
        Column c = sized_column(type_of(TypeId::bigint), rows);
        for (i64 i = 0; i < rows; ++i) c.ints[static_cast<std::size_t>(i)] = p->start + (at + i) * p->step;
        out.batches.push_back({rows, {std::move(c)}});
    }
    return out;
}

Rows Runner::union_all(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Rows out{output_of(*p), {}};
    for (const PlanRef& child : p->children) {
        Rows in = run(child);
        if (!ok()) break;
        for (Batch& batch : in.batches) {
            if (session.bug == SqlBug::union_by_name) {
                const std::vector<Column> given = batch.columns;
                for (std::size_t c = 0; c < given.size(); ++c)
                    for (std::size_t k = 0; k < given.size(); ++k)
                        if (in.columns[k]->name == out.columns[c]->name) batch.columns[c] = given[k];
            }
            for (std::size_t c = 0; c < batch.columns.size(); ++c) batch.columns[c].type = out.columns[c]->type;
            out.batches.push_back(std::move(batch));
        }
    }
    return out;
}

Rows Runner::expand(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    Rows out{p->output, {}};
    std::vector<Exprs> bound;
    for (const Exprs& row : p->rows) bound.push_back(bind_all(row, in.columns));
    for (const Batch& batch : in.batches) {
        std::vector<Batch> parts;
        for (const Exprs& row : bound) {
            if (!cx.spend(batch.rows, batch.rows * 16)) return out;
            parts.push_back({batch.rows, evaluate(row, batch)});
            if (!ok()) return out;
        }
        // Rows of one input row stay together.
        Batch all = concat(parts);
        std::vector<i32> order;
        for (i64 i = 0; i < batch.rows; ++i)
            for (std::size_t k = 0; k < parts.size(); ++k)
                order.push_back(static_cast<i32>(static_cast<i64>(k) * batch.rows + i));
        out.batches.push_back(gather(all, order));
    }
    return out;
}

Rows Runner::distinct(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows in = run(p->children[0]);
    Rows out{in.columns, {}};
    const Exprs keys = p->kind == PlanKind::deduplicate && !p->groups.empty() ? bind_all(p->groups, in.columns)
                                                                              : bind_all(in.columns, in.columns);
    KeyTable seen;
    std::string key;
    for (const Batch& batch : in.batches) {
        const std::vector<Column> columns = evaluate(keys, batch);
        std::vector<i32> rows;
        for (i64 i = 0; i < batch.rows; ++i) {
            encode_key(columns, i, key);
            bool added = false;
            seen.put(key, &added);
            if (added) rows.push_back(static_cast<i32>(i));
        }
        if (!rows.empty()) out.batches.push_back(gather(batch, rows));
        if (!cx.spend(batch.rows, static_cast<i64>(rows.size()) * 64)) break;
    }
    return out;
}

Rows Runner::except_intersect(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 1);
    const Rows left = run(p->children[0]), right = run(p->children[1]);
    Rows out{output_of(*p), {}};
    KeyTable table;
    std::vector<i64> counts;
    std::string key;
    for (const Batch& batch : right.batches)
        for (i64 i = 0; i < batch.rows; ++i) {
            encode_key(batch.columns, i, key);
            const u32 k = table.put(key);
            counts.resize(table.size(), 0);
            ++counts[k];
        }
    KeyTable given;
    for (const Batch& batch : left.batches) {
        std::vector<i32> rows;
        for (i64 i = 0; i < batch.rows; ++i) {
            encode_key(batch.columns, i, key);
            const i64 k = table.find(key);
            bool present = k >= 0 && counts[static_cast<std::size_t>(k)] > 0;
            if (present && p->all) --counts[static_cast<std::size_t>(k)];
            bool added = true;
            if (!p->all) given.put(key, &added);
            if (added && present == (p->kind == PlanKind::intersect)) rows.push_back(static_cast<i32>(i));
        }
        if (!rows.empty()) out.batches.push_back(gather(batch, rows));
    }
    return out;
}

Rows Runner::run(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (!ok() || !cx.spend(1)) return {};
    switch (p->kind) {
        case PlanKind::one_row: return {{}, {Batch{.rows = 1, .columns = {}}}};
        case PlanKind::local_relation:
            if (p->table) ++p->table->reads;
            return {p->output, p->table ? p->table->batches : std::vector<Batch>{}};
        case PlanKind::file_relation: return {p->output, p->table ? p->table->batches : std::vector<Batch>{}};
        case PlanKind::range: return range(p);
        case PlanKind::project: return project(p);
        case PlanKind::filter: return filter(p);
        case PlanKind::aggregate: return aggregate(p);
        case PlanKind::sort: return sort(p);
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: return limit(p);
        case PlanKind::join: return join(p);
        case PlanKind::lateral_join: return lateral(p);
        case PlanKind::union_: return union_all(p);
        case PlanKind::except: case PlanKind::intersect: return except_intersect(p);
        case PlanKind::distinct: case PlanKind::deduplicate: return distinct(p);
        case PlanKind::generate: return generate(p);
        case PlanKind::expand: return expand(p);
        case PlanKind::window: return window(p);
        case PlanKind::typed: return typed(p);
        case PlanKind::command:
            if (p->typed && p->name == "groups with state") return typed(p);
            break;
        case PlanKind::subquery_alias: case PlanKind::view: case PlanKind::resolved_hint:
        case PlanKind::repartition: case PlanKind::watermark: case PlanKind::hint: case PlanKind::sample:
        case PlanKind::collect_metrics:
        case PlanKind::window_group_limit: {  // the filter above takes the same rows out, only later
            Rows out = run(p->children[0]);
            out.columns = output_of(*p);
            return out;
        }
        default: break;
    }
    // A stream inside a subquery was never given its rows.
    if (p->kind == PlanKind::stream_relation) {
        QueryError bug = run_error("SparkException", "INTERNAL_ERROR",
                                   "The Spark SQL phase planning failed with an internal error. You hit a bug in Spark "
                                   "or the Spark plugins you use. Please, report this bug to the corresponding "
                                   "communities or vendors, and provide the full stack trace.",
                                   {});
        bug.on_driver = true;
        cx.failure.set(std::move(bug));
        return {};
    }
    QueryError error{"SparkUnsupportedOperationException",
                     "org.apache.spark.SparkUnsupportedOperationException",
                     "",
                     "",
                     "This kind of query cannot be run.",
                     true};
    cx.failure.set(std::move(error));
    return {};
}

std::expected<Rows, QueryError> run_plan(Session& session, const PlanRef& plan) {
    MR_ASSERT(plan->resolved);
    Runner runner{session, {}};
    runner.cx.ansi = session.ansi;
    runner.cx.bug = session.bug;
    runner.cx.clock = session.clock;
    Rows out = runner.run(plan);
    if (!runner.ok()) return std::unexpected(runner.cx.failure.error);
    return out;
}

}  // namespace engine::spark
