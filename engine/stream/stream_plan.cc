#include "engine/stream/stream_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include "engine/plan/eval.h"
#include "engine/plan/functions.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/stream/join_watermark.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Options as a relation prints them: by name, each with this between name and value.
std::string options_text(Options options, const char* between) {
    std::ranges::sort(options);
    std::string text;
    for (const auto& [name, value] : options) text += (text.empty() ? "" : ", ") + name + between + value;
    return text;
}

/// How the relation of a source prints before its query runs.
std::string relation_text(const std::string& format, const Options& options) {
    if (format == "memory")
        return "StreamingRelationV2 org.apache.spark.sql.execution.streaming.MemoryStreamTableProvider$@<hash>, "
               "memory, org.apache.spark.sql.execution.streaming.MemoryStreamTable@<hash>, []";
    if (format == "socket")
        return "StreamingRelationV2 org.apache.spark.sql.execution.streaming.sources.TextSocketSourceProvider@<hash>, "
               "socket, org.apache.spark.sql.execution.streaming.sources.TextSocketTable@<hash>, [" +
               options_text(options, "=") + "]";
    if (format == "kafka")
        return "StreamingRelationV2 org.apache.spark.sql.kafka010.KafkaSourceProvider@<hash>, kafka, "
               "org.apache.spark.sql.kafka010.KafkaSourceProvider$KafkaTable@<hash>, [" +
               options_text(options, "=") + "]";
    if (format == "rate" || format == "rate-micro-batch") {
        const char* name = format == "rate" ? "RateStream" : "RatePerMicroBatch";
        return fmt::format(
            "StreamingRelationV2 org.apache.spark.sql.execution.streaming.sources.{0}Provider@<hash>, {1}, "
            "org.apache.spark.sql.execution.streaming.sources.{0}Table@<hash>, [{2}]",
            name, format, options_text(options, "="));
    }
    return "StreamingRelation " + format;
}

/// Folders are read by sources of the first kind, which name the schema they were given.
std::string folder_text(const std::string& format, const DataType& schema, const Options& options) {
    std::string fields, path;
    for (const Field& f : *schema.fields)
        fields += fmt::format("{}StructField({},{},true)", fields.empty() ? "" : ",", f.name, class_name(f.type));
    for (const auto& [name, value] : options)
        if (name == "path") path = value;
    const std::string given = format == "text" ? "None" : "Some(StructType(" + fields + "))";
    return fmt::format(
        "StreamingRelation DataSource(org.apache.spark.sql.SparkSession@<hash>,{},List(),{},List(),None,Map({}),None), "
        "FileSource[{}]",
        format, given, options_text(options, " -> "), path);
}

/// Kafka's source has an older form beside it, which prints behind the newer one with columns of its own.
std::string older_relation(const std::string& format, const Options& options, const Exprs& columns) {
    return fmt::format(
        ", StreamingRelation "
        "DataSource(org.apache.spark.sql.SparkSession@<hash>,{0},List(),None,List(),None,Map({1}),None), {0}, {2}",
        format, options_text(options, " -> "), tree_forms(columns));
}

}  // namespace

PlanRef stream_relation(const std::string& format, const DataType& schema, i64 number, Ids& ids,
                        const Options& options) {
    MR_ASSERT(schema.fields != nullptr);
    Plan p;
    p.kind = PlanKind::stream_relation;
    p.parts = {format};
    p.n = number;
    p.name = is_file_format(format) ? folder_text(format, schema, options) : relation_text(format, options);
    const auto columns = [&] {
        Exprs all;
        for (const Field& f : *schema.fields) all.push_back(attribute(f.name, as_nullable(f.type), true, ids.take()));
        return all;
    };
    if (format == "kafka") p.parts.push_back(older_relation(format, options, columns()));
    p.output = columns();
    p.resolved = true;
    return make(std::move(p));
}

const char* mode_name(OutputMode mode) {
    switch (mode) {
        case OutputMode::append: return "Append";
        case OutputMode::update: return "Update";
        case OutputMode::complete: return "Complete";
    }
    return "";
}

std::optional<OutputMode> parse_mode(const std::string& text) {
    if (text == "append") return OutputMode::append;
    if (text == "update") return OutputMode::update;
    return text == "complete" ? std::optional(OutputMode::complete) : std::nullopt;
}

bool is_streaming(const Plan& p) { return reads_stream(p); }

bool is_streaming(const PlanRef& plan) { return is_streaming(*plan); }

namespace {

bool aggregates_stream(const Plan& p) {
    if (p.kind == PlanKind::aggregate && is_streaming(p)) return true;
    return std::ranges::any_of(p.children, [](const PlanRef& c) { return aggregates_stream(*c); });
}

}  // namespace

std::optional<StatefulKind> stateful_kind(const Plan& p, OutputMode mode) {
    if (!is_streaming(p)) return std::nullopt;
    switch (p.kind) {
        case PlanKind::aggregate: return p.name == "session" ? StatefulKind::session : StatefulKind::aggregate;
        case PlanKind::deduplicate: return p.name.empty() ? StatefulKind::dedup : StatefulKind::dedup_within;
        case PlanKind::distinct: return StatefulKind::dedup;
        case PlanKind::join:
            return is_streaming(*p.children[0]) && is_streaming(*p.children[1]) ? std::optional(StatefulKind::join)
                                                                                : std::nullopt;
        case PlanKind::global_limit:  // of rows that are only ever appended
            return mode == OutputMode::append || !aggregates_stream(p) ? std::optional(StatefulKind::limit)
                                                                       : std::nullopt;
        case PlanKind::command:
            return p.name == "groups with state" ? std::optional(StatefulKind::groups) : std::nullopt;
        default: return std::nullopt;
    }
}

int event_time_place(const Exprs& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i]->watermark_ms >= 0) return static_cast<int>(i);
    return -1;
}

std::size_t StreamPlan::operator_of(const Plan* p) const {
    const auto it =
        std::find_if(operators.begin(), operators.end(), [&](const StatefulNode& n) { return n.plan == p; });
    MR_ASSERT(it != operators.end());
    return static_cast<std::size_t>(it - operators.begin());
}

std::size_t StreamPlan::watermark_of(const Plan* p) const {
    const auto it = std::find(watermarks.begin(), watermarks.end(), p);
    MR_ASSERT(it != watermarks.end());
    return static_cast<std::size_t>(it - watermarks.begin());
}

namespace {

void number(StreamPlan& out, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (const auto kind = stateful_kind(*p, out.mode)) out.operators.push_back({*kind, p.get()});
    if (p->kind == PlanKind::watermark) out.watermarks.push_back(p.get());
    if (p->kind == PlanKind::stream_relation) {
        const auto known = std::ranges::find(out.relations, p->n, [](const Plan* r) { return r->n; });
        out.leaves.push_back(static_cast<u32>(known - out.relations.begin()));
        if (known == out.relations.end()) out.relations.push_back(p.get());
    }
    for (const PlanRef& c : p->children) number(out, c);
}

bool time_call(const Expr& x) {
    return x.kind == ExprKind::call && x.fn &&
           (x.name == "current_timestamp" || x.name == "current_date" || x.name == "localtimestamp");
}

bool asks_time(const Plan& p) {
    const auto asks = [](const ExprRef& e) {
        return e && any_of(e, [](const Expr& x) {
            return time_call(x);
        });
    };
    return asks(p.condition) || std::any_of(p.exprs.begin(), p.exprs.end(), asks) ||
           std::any_of(p.children.begin(), p.children.end(), [](const PlanRef& c) { return asks_time(*c); });
}

/// The functions of the moment as the optimiser must see them in a stream: another value in each batch, so that no
/// condition over them moves below what keeps state.
const FunctionInfo* of_each_batch(const FunctionInfo* fn) {
    static const std::array<FunctionInfo, 3> kFunctions = [] {
        std::array<FunctionInfo, 3> out{*find_function("current_timestamp"), *find_function("current_date"),
                                        *find_function("localtimestamp")};
        for (FunctionInfo& f : out) f.deterministic = false;
        return out;
    }();
    for (const FunctionInfo& f : kFunctions)
        if (std::string_view(f.name) == fn->name) return &f;
    return fn;
}

PlanRef map_times(const PlanRef& p, const std::function<ExprRef(const ExprRef&)>& change) {
    std::vector<PlanRef> children;
    for (const PlanRef& c : p->children) children.push_back(map_times(c, change));
    return map_exprs(with_children(p, std::move(children)), [&](const ExprRef& e) {
        return rewrite_up(e, [&](const ExprRef& x) { return time_call(*x) ? change(x) : x; });
    });
}

/// The plan with its functions of the moment open, optimised, then with the batch's moment in their place.
std::expected<PlanRef, QueryError> optimised(Session& session, const PlanRef& analysed, bool times) {
    if (!times) return optimise(session, analysed);
    const auto plan = optimise(session, map_times(analysed, [](const ExprRef& x) {
                                   return edit(x, [](Expr& e) { e.fn = of_each_batch(e.fn); });
                               }));
    if (!plan) return plan;
    EvalContext cx;
    cx.clock = session.clock;
    return map_times(*plan, [&](const ExprRef& x) { return literal(eval_constant(x, cx), x->type); });
}

/// Marks of event time that the optimiser's new columns lost.
PlanRef remarked(const PlanRef& p) {
    std::vector<PlanRef> children;
    for (const PlanRef& c : p->children) children.push_back(remarked(c));
    PlanRef out = with_children(p, std::move(children));
    Exprs below;
    for (const PlanRef& c : out->children)
        for (const ExprRef& a : output_of(*c)) below.push_back(a);
    return map_exprs(out, [&](const ExprRef& e) {
        return rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
            if (x->kind != ExprKind::attribute) return x;
            for (const ExprRef& a : below)
                if (a->id == x->id && a->watermark_ms != x->watermark_ms && x->watermark_ms >= 0 &&
                    a->watermark_ms >= 0)
                    return edit(x, [&](Expr& c) { c.watermark_ms = a->watermark_ms; });
            return x;
        });
    });
}

}  // namespace

std::expected<StreamPlan, QueryError> prepare_stream(Session& session, const PlanRef& analysed, OutputMode mode) {
    MR_ASSERT(analysed->resolved);
    const bool timed = asks_time(*analysed);
    const auto plan = optimised(session, analysed, timed);
    if (!plan) return std::unexpected(plan.error());
    StreamPlan out = unoptimised_stream(analysed, mode);
    out.asks_time = timed;
    out.operators.clear();
    out.watermarks.clear();
    out.relations.clear();
    out.leaves.clear();
    out.plan = remarked(*plan);
    if (const auto bug = session.settings.find(kBugSetting); bug != session.settings.end())
        out.bug = bug_named(bug->second).value_or(PlantedBug::none);
    number(out, out.plan);
    return out;
}

std::vector<std::string> by_leaf(const StreamPlan& plan, const std::vector<std::string>& offsets) {
    MR_ASSERT(offsets.size() == plan.relations.size());
    std::vector<std::string> out;
    for (const u32 source : plan.leaves) out.push_back(offsets[source]);
    return out;
}

std::expected<std::vector<std::string>, std::string> by_source(const StreamPlan& plan,
                                                               const std::vector<std::string>& lines) {
    if (lines.size() != plan.leaves.size())
        return std::unexpected(
            fmt::format("assertion failed: There are [{}] sources in the checkpoint offsets and now there are [{}] "
                        "sources requested by the query. Cannot continue.",
                        lines.size(), plan.leaves.size()));
    std::vector<std::string> out(plan.relations.size());
    for (std::size_t i = lines.size(); i-- > 0;) out[plan.leaves[i]] = lines[i];
    return out;
}

namespace {

/// A plan's text without the numbers of its columns and the names they were given.
std::string shape_of(const PlanRef& plan) {
    const std::string text = plan_tree(plan);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, 4, " AS ") == 0) at = std::min(text.find_first_of(",]", at), text.size());
        else if (text[at] == '#') at = std::min(text.find_first_not_of("#0123456789L", at), text.size());
        else out += text[at++];
    }
    return out;
}

std::vector<i64> reads_below(const StreamPlan& plan, const PlanRef& p) {
    std::vector<i64> out(plan.relations.size(), 0);
    if (p->kind == PlanKind::stream_relation) {
        const auto known = std::ranges::find(plan.relations, p->n, [](const Plan* r) { return r->n; });
        MR_ASSERT(known != plan.relations.end());
        out[static_cast<std::size_t>(known - plan.relations.begin())] = 1;
    }
    const bool alike = p->kind == PlanKind::join && shape_of(p->children[0]) == shape_of(p->children[1]);
    for (std::size_t c = 0; c < (alike ? 1 : p->children.size()); ++c) {
        const std::vector<i64> below = reads_below(plan, p->children[c]);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += below[i];
    }
    return out;
}

}  // namespace

std::vector<i64> reads_of(const StreamPlan& plan) {
    MR_ASSERT(plan.plan != nullptr);
    if (plan.leaves.size() == plan.relations.size()) return std::vector<i64>(plan.relations.size(), 1);
    return reads_below(plan, plan.plan);
}

std::vector<i64> delays_of(const StreamPlan& plan) {
    std::vector<i64> delays;
    for (const Plan* w : plan.watermarks)
        delays.push_back(w->n - (plan.has_bug(PlantedBug::watermark_off_by_one) ? 1 : 0));
    MR_ASSERT(delays.size() == plan.watermarks.size());
    return delays;
}

WatermarkPolicy policy_of(const StreamPlan& plan, const std::string& setting) {
    if (plan.has_bug(PlantedBug::policy_max_for_min)) return WatermarkPolicy::max;
    return parse_policy(setting).value_or(WatermarkPolicy::min);
}

StreamPlan unoptimised_stream(const PlanRef& analysed, OutputMode mode) {
    MR_ASSERT(analysed->resolved);
    StreamPlan out;
    out.plan = out.analysed = analysed;
    out.mode = mode;
    out.asks_time = asks_time(*analysed);
    number(out, out.plan);
    return out;
}

namespace {

struct Walk {
    const StreamPlan& plan;
    i64 global_ms;
    std::vector<i64> seen;

    /// What leaves a node: none below any watermark.
    std::optional<i64> of(const Plan& p) {
        std::optional<i64> in;
        for (const PlanRef& c : p.children)
            if (const auto w = of(*c); w && (!in || *w < *in)) in = w;
        if (p.kind == PlanKind::watermark) return global_ms;
        const auto kind = stateful_kind(p, plan.mode);
        if (!kind) return in;
        seen[plan.operator_of(&p)] = std::max<i64>(in.value_or(0), 0);
        if (*kind == StatefulKind::groups) return std::nullopt;
        return *kind == StatefulKind::join && in ? after_join(p, *in) : in;
    }

    /// A join may still give rows as old as its state.
    std::optional<i64> after_join(const Plan& p, i64 in) {
        MR_ASSERT(p.children.size() == 2);
        const Exprs left = output_of(*p.children[0]), right = output_of(*p.children[1]);
        i64 out = in;
        if (const auto w = state_watermark(p.condition, left, right, in); w && event_time_place(left) >= 0)
            out = std::min(out, *w);
        if (const auto w = state_watermark(p.condition, right, left, in); w && event_time_place(right) >= 0)
            out = std::min(out, *w);
        return out;
    }
};

}  // namespace

namespace {

void mark_sampled(const StreamPlan& plan, const PlanRef& p, bool limited, bool below_sort, std::vector<bool>& out) {
    MR_ASSERT(out.size() == plan.operators.size());
    // A sort under a limit takes the first rows of each partition and samples nothing.
    bool below = below_sort || (p->kind == PlanKind::sort && p->all && !limited);
    if (const auto kind = stateful_kind(*p, plan.mode)) {
        // Without keys there is one partition, which needs no sample; an exchange lies below a stateful operator.
        out[plan.operator_of(p.get())] = below && !p->groups.empty();
        below = false;
    }
    const bool limit = p->kind == PlanKind::local_limit || (limited && p->kind == PlanKind::project);
    for (const PlanRef& c : p->children) mark_sampled(plan, c, limit, below, out);
}

}  // namespace

std::vector<bool> sampled(const StreamPlan& plan) {
    std::vector<bool> out(plan.operators.size(), false);
    mark_sampled(plan, plan.plan, false, false, out);
    return out;
}

std::vector<i64> propagated(const StreamPlan& plan, i64 global_ms) {
    Walk walk{plan, global_ms, std::vector<i64>(plan.operators.size(), 0)};
    walk.of(*plan.plan);
    MR_ASSERT(walk.seen.size() == plan.operators.size());
    return walk.seen;
}

}  // namespace engine::spark
