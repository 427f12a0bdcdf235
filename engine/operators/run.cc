#include "engine/operators/run.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/operators/key_table.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

std::vector<Column> Runner::evaluate(const Exprs& bound, const Batch& batch, i64& base) {
    cx.row_base = base;
    std::vector<Column> out = evaluate(bound, batch);
    cx.row_base = 0;
    base += batch.rows;
    return out;
}

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

constexpr i64 kMostOfRange = 200'000'000;    // rows
constexpr i64 kMostStepsByRows = 20'000'000;  // to look for the row that fails first

Exprs bind_all(const Exprs& exprs, const Exprs& input) {
    Exprs out;
    for (const ExprRef& e : exprs) out.push_back(bound_to(e, input));
    return out;
}

}  // namespace

bool Runner::pass(Batch batch, const Sink& sink) const {
    MR_ASSERT(rows_at_once > 0);
    if (rows_at_once >= kBatchRows || batch.rows <= rows_at_once) return sink(std::move(batch));
    for (i64 at = 0; at < batch.rows; at += rows_at_once)
        if (!sink(slice(batch, at, std::min(rows_at_once, batch.rows - at)))) return false;
    return true;
}

void Runner::pass(Rows rows, const Sink& sink) const {
    for (Batch& batch : rows.batches)
        if (!ok() || !pass(std::move(batch), sink)) return;
}

void Runner::table(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->kind == PlanKind::local_relation || p->kind == PlanKind::file_relation);
    const bool again = rows_at_once != kBatchRows;  // outcome() looks for a failure
    if (p->kind == PlanKind::local_relation && p->table && !again) ++p->table->reads;
    for (const Batch& batch : rows_at_hand(*p))
        if (!pass(batch, sink)) return;
}

void Runner::project(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() > 0);
    Exprs bound;
    i64 base = 0;
    each(
        p->children[0], p->exprs, [&](Rows& in) { bound = bind_all(answered(p->exprs, in), in.columns); },
        [&](const Batch& batch) {
            Batch made{batch.rows, evaluate(bound, batch, base)};
            return ok() && sink(std::move(made));
        });
}

void Runner::filter(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() > 0);
    Exprs bound;
    std::size_t width = 0;
    i64 base = 0;
    each(
        p->children[0], {p->condition},
        [&](Rows& in) {
            width = in.columns.size();
            bound = {bound_to(answered(p->condition, in), in.columns)};
        },
        [&](Batch batch) {
            const Column keep = evaluate(bound, batch, base).front();
            if (!ok()) return false;
            batch.columns.resize(width);
            const std::vector<i32> rows = true_rows(keep);
            if (rows.empty()) return true;
            return sink(static_cast<i64>(rows.size()) == batch.rows ? std::move(batch) : gather(batch, rows));
        });
}

void Runner::limit(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() > 0);
    if (p->kind == PlanKind::local_limit) return each(p->children[0], sink);
    const bool skips = p->kind == PlanKind::offset;
    const i64 n = eval_constant(p->condition, cx).i;
    i64 skip = skips ? n : 0, take = skips ? INT64_MAX : n;
    if (take <= 0) return;
    const i64 before = wanted;
    wanted = skips ? n + std::min(before, INT64_MAX - n) : std::min(before, n);
    each(p->children[0], [&](const Batch& batch) {
        const i64 from = std::min(skip, batch.rows);
        const i64 count = std::min(batch.rows - from, take);
        skip -= from;
        take -= count;
        return (count == 0 || sink(slice(batch, from, count))) && take > 0;
    });
    wanted = before;
}

void Runner::range(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p != nullptr);
    const i128 span = static_cast<i128>(p->end) - p->start;
    const i128 n = p->step == 0 || (span > 0) != (p->step > 0) || span == 0
                       ? 0
                       : (span + p->step + (p->step > 0 ? -1 : 1)) / p->step;
    if (std::min<i128>(n, wanted) > kMostOfRange) {
        cx.spend(INT64_MAX / 4);
        return;
    }
    for (i64 at = 0; at < static_cast<i64>(n); at += rows_at_once) {
        const i64 rows = std::min<i64>(rows_at_once, static_cast<i64>(n) - at);
        if (!cx.spend(rows, rows * 8)) return;
        Column c = sized_column(type_of(TypeId::bigint), rows);
        for (i64 i = 0; i < rows; ++i) c.ints[static_cast<std::size_t>(i)] = p->start + (at + i) * p->step;
        if (!sink({rows, {std::move(c)}})) return;
    }
}

void Runner::union_all(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p != nullptr);
    const Exprs columns = output_of(*p);
    bool more = true;
    for (std::size_t side = 0; side < p->children.size() && more && ok(); ++side) {
        const Exprs own = output_of(*p->children[side]);
        each(p->children[side], [&](Batch batch) {
            if (session.bug == SqlBug::union_by_name) {
                const std::vector<Column> given = batch.columns;
                for (std::size_t c = 0; c < given.size(); ++c)
                    for (std::size_t k = 0; k < given.size(); ++k)
                        if (own[k]->name == columns[c]->name) batch.columns[c] = given[k];
            }
            for (std::size_t c = 0; c < batch.columns.size(); ++c) batch.columns[c].type = columns[c]->type;
            return more = sink(std::move(batch));
        });
    }
}

void Runner::expand(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p->children.size() > 0);
    const Exprs columns = output_of(*p->children[0]);
    std::vector<Exprs> bound;
    for (const Exprs& row : p->rows) bound.push_back(bind_all(row, columns));
    each(p->children[0], [&](const Batch& batch) {
        std::vector<Batch> parts;
        for (const Exprs& row : bound) {
            if (!cx.spend(batch.rows, batch.rows * 16)) return false;
            parts.push_back({batch.rows, evaluate(row, batch)});
            if (!ok()) return false;
        }
        // Rows of one input row stay together.
        std::vector<i32> order;
        for (i64 i = 0; i < batch.rows; ++i)
            for (std::size_t k = 0; k < parts.size(); ++k)
                order.push_back(static_cast<i32>(static_cast<i64>(k) * batch.rows + i));
        return sink(gather(concat(parts), order));
    });
}

Rows Runner::distinct(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Rows out{output_of(*p->children[0]), {}};
    const Exprs keys = p->kind == PlanKind::deduplicate && !p->groups.empty() ? bind_all(p->groups, out.columns)
                                                                              : bind_all(out.columns, out.columns);
    KeyTable seen;
    std::string key;
    each(p->children[0], [&](const Batch& batch) {
        const std::vector<Column> columns = evaluate(keys, batch);
        std::vector<i32> rows;
        for (i64 i = 0; i < batch.rows; ++i) {
            encode_key(columns, i, key);
            bool added = false;
            seen.put(key, &added);
            if (added) rows.push_back(static_cast<i32>(i));
        }
        if (!rows.empty()) out.batches.push_back(gather(batch, rows));
        return cx.spend(batch.rows, static_cast<i64>(rows.size()) * 64);
    });
    return out;
}

Rows Runner::except_intersect(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 1);
    Rows out{output_of(*p), {}};
    KeyTable table;
    std::vector<i64> counts;
    std::string key;
    each(p->children[1], [&](const Batch& batch) {
        for (i64 i = 0; i < batch.rows; ++i) {
            encode_key(batch.columns, i, key);
            const u32 k = table.put(key);
            counts.resize(table.size(), 0);
            ++counts[k];
        }
        return true;
    });
    KeyTable given;
    each(p->children[0], [&](const Batch& batch) {
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
        return true;
    });
    return out;
}

namespace {

/// A stream inside a subquery was never given its rows.
QueryError stream_without_rows() {
    QueryError bug = run_error("SparkException", "INTERNAL_ERROR",
                               "The Spark SQL phase planning failed with an internal error. You hit a bug in Spark "
                               "or the Spark plugins you use. Please, report this bug to the corresponding "
                               "communities or vendors, and provide the full stack trace.",
                               {});
    bug.on_driver = true;
    return bug;
}

QueryError not_run() {
    return {"SparkUnsupportedOperationException",
            "org.apache.spark.SparkUnsupportedOperationException",
            "",
            "",
            "This kind of query cannot be run.",
            true};
}

/// What passes on batch after batch; null for what has to see all of its input first.
using Passing = void (Runner::*)(const PlanRef&, const Sink&);
Passing passing(PlanKind kind) {
    switch (kind) {
        case PlanKind::local_relation: case PlanKind::file_relation: return &Runner::table;
        case PlanKind::range: return &Runner::range;
        case PlanKind::project: return &Runner::project;
        case PlanKind::filter: return &Runner::filter;
        case PlanKind::global_limit: case PlanKind::local_limit: case PlanKind::offset: return &Runner::limit;
        case PlanKind::union_: return &Runner::union_all;
        case PlanKind::generate: return &Runner::generate;
        case PlanKind::expand: return &Runner::expand;
        case PlanKind::join: return &Runner::join;
        case PlanKind::lateral_join: return &Runner::lateral;
        default: return nullptr;
    }
}

/// Nodes that leave rows as they are; the filter above a window_group_limit takes the same rows out, only later.
bool leaves_rows(PlanKind kind) {
    switch (kind) {
        case PlanKind::subquery_alias: case PlanKind::view: case PlanKind::resolved_hint: case PlanKind::repartition:
        case PlanKind::watermark: case PlanKind::hint: case PlanKind::sample: case PlanKind::collect_metrics:
        case PlanKind::window_group_limit: return true;
        default: return false;
    }
}

/// An operator that needs all of its input.
Rows all_rows(Runner& r, const PlanRef& p) {
    MR_ASSERT(passing(p->kind) == nullptr);
    switch (p->kind) {
        case PlanKind::one_row: return {{}, {Batch{.rows = 1, .columns = {}}}};
        case PlanKind::aggregate: return r.aggregate(p);
        case PlanKind::sort: return r.sort(p);
        case PlanKind::except: case PlanKind::intersect: return r.except_intersect(p);
        case PlanKind::distinct: case PlanKind::deduplicate: return r.distinct(p);
        case PlanKind::window: return r.window(p);
        case PlanKind::typed: return r.typed(p);
        case PlanKind::command:
            if (p->typed && p->name == "groups with state") return r.typed(p);
            break;
        default: break;
    }
    r.cx.failure.set(p->kind == PlanKind::stream_relation ? stream_without_rows() : not_run());
    return {};
}

}  // namespace

void Runner::each(const PlanRef& p, const Sink& sink) {
    MR_ASSERT(p != nullptr);
    if (!ok() || !cx.spend(1)) return;
    if (leaves_rows(p->kind)) return each(p->children[0], sink);
    if (const Passing passes = passing(p->kind)) return (this->*passes)(p, sink);
    const i64 before = std::exchange(wanted, INT64_MAX);
    Rows rows = all_rows(*this, p);
    wanted = before;
    pass(std::move(rows), sink);
}

void Runner::each(const PlanRef& p, const Exprs& exprs, const std::function<void(Rows&)>& ready, const Sink& sink) {
    MR_ASSERT(p != nullptr);
    if (std::ranges::none_of(exprs, has_subquery)) {
        Rows none{output_of(*p), {}};
        ready(none);
        return each(p, sink);
    }
    Rows rows = run(p);
    if (ok()) ready(rows);
    pass(std::move(rows), sink);
}

Rows Runner::run(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const i64 before = std::exchange(wanted, INT64_MAX);
    Rows out{output_of(*p), {}};
    each(p, [&](Batch batch) {
        out.batches.push_back(std::move(batch));
        return true;
    });
    wanted = before;
    return out;
}

Rows Runner::outcome(const PlanRef& p) {
    MR_ASSERT(ok() && rows_at_once == kBatchRows);
    const EvalContext fresh = cx;
    const Ids ids = session.ids;
    Rows out = run(p);
    if (ok() || cx.failure.error.bound || ran_program) return out;
    const Failure some = std::exchange(cx, fresh).failure;
    cx.budget.steps = std::min(cx.budget.steps, kMostStepsByRows);
    session.ids = ids;
    rows_at_once = 1;
    out = run(p);
    rows_at_once = kBatchRows;
    if (!ok() && cx.failure.error.bound) cx.failure = some;
    return out;
}

std::expected<Rows, QueryError> run_plan(Session& session, const PlanRef& plan) {
    MR_ASSERT(plan->resolved);
    Runner runner{session, {}};
    runner.cx.ansi = session.ansi;
    runner.cx.bug = session.bug;
    runner.cx.clock = session.clock;
    Rows out = runner.outcome(plan);
    if (!runner.ok()) return std::unexpected(runner.cx.failure.error);
    return out;
}

}  // namespace engine::spark
