#include "engine/stream/stream_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/typed.h"
#include "engine/stream/batch_plan.h"
#include "engine/stream/join_watermark.h"
#include "engine/stream/stream_check_groups.h"
#include "sim/base/ascii.h"
#include "sim/base/assert.h"

namespace engine::spark {

QueryError refusal_with_plan(const std::string& message, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    // Where the node stands in the text of a statement, if it came from one.
    const std::string place = plan->at.line > 0 ? fmt::format("; line {} pos {}", plan->at.line, plan->at.pos) : "";
    QueryError e{"AnalysisException", "org.apache.spark.sql.catalyst.ExtendedAnalysisException", "", "",
                 message + place + ";\n"};
    e.message += plan->kind == PlanKind::stream_relation ? plan->parts.at(0) : plan_tree(plan);
    return e;
}

namespace {

using Refusal = std::optional<QueryError>;

/// Streaming aggregates, the one nearest the sink first.
void collect_aggregates(const PlanRef& p, std::vector<PlanRef>& out) {
    MR_ASSERT(p != nullptr);
    // A distinct of SQL becomes an aggregate on all columns.
    if ((p->kind == PlanKind::aggregate || p->kind == PlanKind::distinct) && is_streaming(p)) out.push_back(p);
    for (const PlanRef& c : p->children) collect_aggregates(c, out);
}

bool marked(const Exprs& keys) { return event_time_place(keys) >= 0; }

Refusal mode_refusal(const PlanRef& plan, OutputMode mode) {
    std::vector<PlanRef> aggregates;
    collect_aggregates(plan, aggregates);
    if (mode == OutputMode::complete && aggregates.empty())
        return refusal_with_plan(
            "Complete output mode not supported when there are no streaming aggregations on streaming "
            "DataFrames/Datasets",
            plan);
    if (aggregates.empty()) return std::nullopt;
    const Plan& a = *aggregates[0];
    if (mode == OutputMode::append && !marked(a.kind == PlanKind::distinct ? output_of(a) : a.groups))
        return refusal_with_plan(
            "Append output mode not supported when there are streaming aggregations on streaming DataFrames/DataSets "
            "without watermark",
            plan);
    if (mode == OutputMode::update && a.name == "session")
        return refusal_with_plan("Update output mode not supported for session window on streaming DataFrames/DataSets",
                                 plan);
    return std::nullopt;
}

bool stateful(const PlanRef& p) {
    if (!is_streaming(p)) return false;
    switch (p->kind) {
        case PlanKind::aggregate:
        case PlanKind::distinct: return true;
        case PlanKind::join: return is_streaming(p->children[0]) && is_streaming(p->children[1]);
        case PlanKind::deduplicate: return !p->name.empty() || marked(p->groups);
        case PlanKind::command: return p->name == "groups with state";
        default: return false;
    }
}

/// Operators whose rows may be older than the watermark.
bool may_emit_late(const PlanRef& p, OutputMode mode) {
    if (!is_streaming(p)) return false;
    if (p->kind == PlanKind::aggregate || p->kind == PlanKind::distinct) return mode != OutputMode::append;
    return p->kind == PlanKind::command && p->name == "groups with state" && p->parts.size() > 1 &&
           p->parts[1] == "event";
}

bool late_below(const PlanRef& p, OutputMode mode) {
    return std::any_of(p->children.begin(), p->children.end(),
                       [&](const PlanRef& c) { return may_emit_late(c, mode) || late_below(c, mode); });
}

bool chained(const PlanRef& p, OutputMode mode) {
    if (stateful(p) && late_below(p, mode)) return true;
    return std::any_of(p->children.begin(), p->children.end(), [&](const PlanRef& c) { return chained(c, mode); });
}

const char* kCorrectness =
    "Detected pattern of possible 'correctness' issue due to global watermark. The query contains stateful operation "
    "which can emit rows older than the current watermark plus allowed late record delay, which are \"late rows\" in "
    "downstream "
    "stateful operations and these rows can be discarded. Please refer the programming guide doc for more details. If "
    "you understand the possible risk of correctness issue and still need to run the query, you can disable this check "
    "by "
    "setting the config `spark.sql.streaming.statefulOperator.checkCorrectness.enabled` to false.";

/// Outer and semi joins of two streams need a watermark that lets state go.
bool bounded(const PlanRef& join) {
    MR_ASSERT(join->children.size() == 2);
    const Exprs left = output_of(*join->children[0]), right = output_of(*join->children[1]);
    Exprs parts;
    if (join->condition) conjuncts_of(join->condition, parts);
    for (const ExprRef& c : parts) {
        const bool equal = is_call(c, "=") || is_call(c, "<=>");
        if (!equal) continue;
        for (const ExprRef& side : c->args)
            if (any_of(side, [](const Expr& e) { return e.kind == ExprKind::attribute && e.watermark_ms >= 0; }))
                return true;
    }
    const bool right_bounded = marked(right) && state_watermark(join->condition, left, right, 0).has_value();
    const bool left_bounded = marked(left) && state_watermark(join->condition, right, left, 0).has_value();
    // The other side's watermark bounds this side's state.
    switch (join->join) {
        case JoinType::left_outer:
        case JoinType::left_semi: return right_bounded;
        case JoinType::right_outer: return left_bounded;
        default: return left_bounded || right_bounded;
    }
}

Refusal join_refusal(const PlanRef& p, OutputMode mode) {
    const bool l = is_streaming(p->children[0]), r = is_streaming(p->children[1]);
    const std::string type = join_name(p->join);
    if (l && r && mode != OutputMode::append)
        return refusal_with_plan(fmt::format("Join between two streaming DataFrames/Datasets is not supported in {} "
                                             "output mode, only in Append output mode",
                                             mode_name(mode)),
                                 p);
    const auto unbounded = [&]() -> Refusal {
        if (!l || !r || bounded(p)) return std::nullopt;
        return refusal_with_plan(
            fmt::format(
                "Stream-stream {} join between two streaming DataFrame/Datasets is not supported without a watermark "
                "in the join keys, or a watermark on the nullable side and an appropriate range condition",
                type),
            p);
    };
    switch (p->join) {
        case JoinType::full_outer:
            if (l && !r)
                return refusal_with_plan(
                    "FullOuter joins with streaming DataFrames/Datasets on the left and a static DataFrame/Dataset on "
                    "the right is not supported",
                    p);
            if (!l && r)
                return refusal_with_plan(
                    "FullOuter joins with streaming DataFrames/Datasets on the right and a static DataFrame/Dataset on "
                    "the left is not supported",
                    p);
            return unbounded();
        case JoinType::left_anti:
            return r ? Refusal(refusal_with_plan(
                           "LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported", p))
                     : std::nullopt;
        case JoinType::left_outer:
        case JoinType::left_semi:
            if (!l && r)
                return refusal_with_plan(fmt::format("{} join with a streaming DataFrame/Dataset on the right and a "
                                                     "static DataFrame/Dataset on the left is not supported",
                                                     type),
                                         p);
            return unbounded();
        case JoinType::right_outer:
            if (l && !r)
                return refusal_with_plan(fmt::format("{} join with a streaming DataFrame/Dataset on the left and a "
                                                     "static DataFrame/DataSet on the right not supported",
                                                     type),
                                         p);
            return unbounded();
        default: return std::nullopt;
    }
}

bool complete_data(const PlanRef& p, OutputMode mode) {
    std::vector<PlanRef> aggregates;
    collect_aggregates(p, aggregates);
    return mode == OutputMode::complete && !aggregates.empty();
}

Refusal window_refusal(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::window);
    std::string functions, names, specs;
    for (const ExprRef& item : p->exprs) {
        const ExprRef& w = item->kind == ExprKind::alias ? item->args[0] : item;
        const char* comma = names.empty() ? "" : ",";
        functions += comma + sim::upper_ascii(tree_form(w->args[0]));
        names += comma + quoted(item->name);
        specs += comma + sim::upper_ascii(pretty(w->args[1]));
    }
    return analysis_error(
        "NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING",
        fmt::format(
            "Window function is not supported in {} (as column {}) on streaming DataFrames/Datasets. Structured "
            "Streaming only supports time-window aggregation using the WINDOW function. (window specification: {})",
            functions, names, specs),
        {});
}

bool distinct_aggregate(const PlanRef& p) {
    return std::any_of(p->exprs.begin(), p->exprs.end(), [](const ExprRef& e) {
        return any_of(e, [](const Expr& x) { return x.kind == ExprKind::aggregate && x.distinct; });
    });
}

Refusal set_refusal(const PlanRef& p) {
    const bool any =
        std::any_of(p->children.begin(), p->children.end(), [](const PlanRef& c) { return is_streaming(c); });
    const bool all =
        std::all_of(p->children.begin(), p->children.end(), [](const PlanRef& c) { return is_streaming(c); });
    if (p->kind == PlanKind::union_ && any && !all)
        return refusal_with_plan("Union between streaming and batch DataFrames/Datasets is not supported", p);
    if (p->kind == PlanKind::except && is_streaming(p->children[1]))
        return refusal_with_plan("Except on a streaming DataFrame/Dataset on the right is not supported", p);
    if (p->kind == PlanKind::intersect && any)
        return refusal_with_plan("Intersect of streaming DataFrames/Datasets is not supported", p);
    return std::nullopt;
}

Refusal node_refusal(const PlanRef& p, OutputMode mode, const PlanRef& root) {
    if (!is_streaming(p)) return std::nullopt;
    switch (p->kind) {
        case PlanKind::aggregate:
            if (distinct_aggregate(p))
                return refusal_with_plan(
                    "Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using "
                    "approx_count_distinct() instead.",
                    p);
            break;
        case PlanKind::deduplicate:
            if (!p->name.empty() && !marked(output_of(*p->children[0])))
                return refusal_with_plan(
                    "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark",
                    root);
            break;
        case PlanKind::union_: case PlanKind::except: case PlanKind::intersect: return set_refusal(p);
        case PlanKind::join: return join_refusal(p, mode);
        case PlanKind::global_limit:
        case PlanKind::local_limit:
            if (mode == OutputMode::update)
                return refusal_with_plan(
                    "Limits are not supported on streaming DataFrames/Datasets in Update output mode", p);
            break;
        case PlanKind::offset: return refusal_with_plan("Offset is not supported on streaming DataFrames/Datasets", p);
        case PlanKind::sort:
            if (!complete_data(p, mode))
                return refusal_with_plan(
                    "Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated "
                    "DataFrame/Dataset in Complete output mode",
                    p);
            break;
        case PlanKind::sample:
            return refusal_with_plan("Sampling is not supported on streaming DataFrames/Datasets", p);
        case PlanKind::window: return window_refusal(p);
        case PlanKind::command: return command_refusal(p, mode, root);
        default: break;
    }
    for (const ExprRef& e : p->exprs)
        if (any_of(e,
                   [](const Expr& x) { return x.kind == ExprKind::call && x.name == "monotonically_increasing_id"; }))
            return refusal_with_plan(
                "Expression(s): monotonically_increasing_id() is not supported with streaming DataFrames/Datasets", p);
    return std::nullopt;
}

Refusal from_leaves(const PlanRef& p, OutputMode mode, const PlanRef& root) {
    for (const PlanRef& c : p->children)
        if (Refusal r = from_leaves(c, mode, root)) return r;
    return node_refusal(p, mode, root);
}

}  // namespace

std::optional<QueryError> stream_refusal(const PlanRef& plan, OutputMode mode, bool check_correctness) {
    MR_ASSERT(plan->resolved);
    if (!is_streaming(plan))
        return refusal_with_plan("Queries without streaming sources cannot be executed with writeStream.start()", plan);
    if (Refusal r = several_groups_refusal(plan, mode)) return r;
    if (Refusal r = mode_refusal(plan, mode)) return r;
    if (Refusal r = from_leaves(plan, mode, plan)) return r;
    if (check_correctness && chained(plan, mode)) return refusal_with_plan(kCorrectness, plan);
    return std::nullopt;
}

namespace {

/// Nodes that rows pass one by one.
bool passes_rows(const Plan& p) {
    switch (p.kind) {
        case PlanKind::project: case PlanKind::filter: case PlanKind::subquery_alias: case PlanKind::view:
        case PlanKind::stream_relation: return true;
        case PlanKind::repartition: return p.n == 1 && !p.all;
        case PlanKind::typed: return p.typed->kind != TypedKind::append_key && p.typed->kind != TypedKind::map_groups;
        default: return false;
    }
}

bool asks_for_now(const ExprRef& e) {
    return any_of(e, [](const Expr& x) {
        for (const char* name : {"current_timestamp", "now", "current_date", "localtimestamp"})
            if (x.kind == ExprKind::call && x.name == name) return true;
        return false;
    });
}

Refusal continuous_node(const PlanRef& p) {
    for (const PlanRef& c : p->children)
        if (Refusal r = continuous_node(c)) return r;
    const std::string text = node_text(p);
    if (!passes_rows(*p))
        return refusal_with_plan(
            fmt::format("Continuous processing does not support {} operations.", text.substr(0, text.find(' '))), p);
    bool now = false;
    visit_exprs(*p, [&](const ExprRef& e) { now = now || asks_for_now(e); });
    return now ? refusal_with_plan("Continuous processing does not support current time operations.", p) : Refusal();
}

bool reads_memory(const PlanRef& p) {
    if (p->kind == PlanKind::stream_relation && !p->parts.empty() && p->parts[0] == "memory") return true;
    return std::ranges::any_of(p->children, reads_memory);
}

}  // namespace

std::optional<QueryError> continuous_refusal(const PlanRef& plan, const std::string& sink, i64 interval_ms) {
    MR_ASSERT(plan->resolved);
    // Sinks of the first kind run batches, and those know no such trigger.
    if (is_file_format(sink) || sink == "foreachBatch")
        return QueryError{"IllegalStateException", "java.lang.IllegalStateException", "", "",
                          fmt::format("Unknown type of trigger: ContinuousTrigger({})", interval_ms)};
    if (Refusal r = continuous_node(plan)) return r;
    if (!reads_memory(plan)) return std::nullopt;
    return QueryError{
        "Py4JJavaError", "java.lang.ClassCastException", "", "",
        "class org.apache.spark.sql.execution.streaming.MemoryStream cannot be cast to class "
        "org.apache.spark.sql.connector.read.streaming.ContinuousStream "
        "(org.apache.spark.sql.execution.streaming.MemoryStream and "
        "org.apache.spark.sql.connector.read.streaming.ContinuousStream are in unnamed module of loader 'app')"};
}

namespace {

/// Whether rows of a part of a plan have a watermark already. Groups with a state of the user's own hand none on.
bool has_watermark(const StreamPlan& plan, const Plan& p) {
    if (p.kind == PlanKind::watermark) return true;
    for (const StatefulNode& n : plan.operators)
        if (n.plan == &p && n.kind == StatefulKind::groups) return false;
    return std::ranges::any_of(p.children, [&](const PlanRef& c) { return has_watermark(plan, *c); });
}

}  // namespace

std::optional<QueryError> second_watermark_refusal(const StreamPlan& plan) {
    if (plan.watermarks.size() < 2) return std::nullopt;
    for (const Plan* p : plan.watermarks) {
        MR_ASSERT(p->children.size() == 1);
        if (has_watermark(plan, *p->children[0]))
            return analysis_error(
                "_LEGACY_ERROR_TEMP_3076",
                "Redefining watermark is disallowed. You can set the config "
                "'spark.sql.streaming.statefulOperator.allowMultiple' to 'false' to restore the previous "
                "behavior. Note that multiple stateful operators will be disallowed.",
                {});
    }
    return std::nullopt;
}

namespace {

/// Rows of an operator have one event time at most.
std::optional<QueryError> event_times_refusal(const Exprs& columns) {
    std::vector<u64> ids;
    std::string names;
    for (const ExprRef& c : columns) {
        if (c->watermark_ms < 0) continue;
        names += (names.empty() ? "" : ",") + tree_form(c);
        if (std::ranges::find(ids, c->id) == ids.end()) ids.push_back(c->id);
    }
    if (ids.size() < 2) return std::nullopt;
    return analysis_error(
        "_LEGACY_ERROR_TEMP_3077",
        fmt::format("More than one event time columns are available. Please ensure there is at most one event "
                    "time column per stream. event time columns: ({})",
                    names),
        {});
}

/// The rows that an operator looks for an event time in.
std::vector<Exprs> rows_with_time(const StatefulNode& n, OutputMode mode) {
    MR_ASSERT(n.plan != nullptr);
    switch (n.kind) {
        case StatefulKind::aggregate:
            return mode == OutputMode::complete ? std::vector<Exprs>{} : std::vector<Exprs>{n.plan->groups};
        case StatefulKind::session: return {n.plan->groups};
        case StatefulKind::limit: return {};
        case StatefulKind::dedup: case StatefulKind::dedup_within: case StatefulKind::groups:
            return {output_of(*n.plan->children[0])};
        case StatefulKind::join: break;
    }
    return {output_of(*n.plan->children[0]), output_of(*n.plan->children[1])};
}

}  // namespace

std::optional<QueryError> first_batch_refusal(const StreamDriver& driver, const BatchRecord& batch) {
    Session session = driver.session;
    const auto plan = prepare_stream(session, plan_of_batch(session, driver, batch), driver.plan.mode);
    if (!plan) return plan.error();
    for (const StatefulNode& n : plan->operators) {
        if (n.kind == StatefulKind::session && n.plan->groups.size() == 1)
            return analysis_error("_LEGACY_ERROR_TEMP_3068",
                                  "Global aggregation with session window in streaming query is not supported.", {});
        if (n.kind != StatefulKind::join) continue;
        const Exprs left = output_of(*n.plan->children[0]), right = output_of(*n.plan->children[1]);
        Exprs parts;
        if (n.plan->condition) conjuncts_of(n.plan->condition, parts);
        const auto reads = [](const ExprRef& e, const Exprs& columns) {
            const auto ids = all_references(e);
            return !ids.empty() &&
                   std::all_of(ids.begin(), ids.end(), [&](u64 id) { return contains_id(columns, id); });
        };
        const bool equal = std::any_of(parts.begin(), parts.end(), [&](const ExprRef& c) {
            return (is_call(c, "=") || is_call(c, "<=>")) && ((reads(c->args[0], left) && reads(c->args[1], right)) ||
                                                              (reads(c->args[1], left) && reads(c->args[0], right)));
        });
        if (!equal) {
            QueryError e = refusal_with_plan("Stream-stream join without equality predicate is not supported.",
                                             make(Plan(*n.plan)));
            e.error_class = "_LEGACY_ERROR_TEMP_1181";
            return e;
        }
    }
    if (!driver.conf.allow_multiple) return std::nullopt;
    for (const StatefulNode& n : plan->operators)
        for (const Exprs& columns : rows_with_time(n, driver.plan.mode))
            if (auto refused = event_times_refusal(columns)) return refused;
    return std::nullopt;
}

}  // namespace engine::spark
