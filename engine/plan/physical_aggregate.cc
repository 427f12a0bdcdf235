// Aggregates as two nodes with an exchange between.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/physical.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct BufferColumn {
    std::string name;
    DataType type;
};

/// The columns in which an aggregate function keeps its state.
std::vector<BufferColumn> buffers_of(const ExprRef& call) {
    MR_ASSERT(call->fn != nullptr);
    const std::string_view name = call->fn->name;
    const DataType boolean = type_of(TypeId::boolean), real = type_of(TypeId::double_), whole = type_of(TypeId::bigint);
    if (name == "count" || name == "count_if") return {{"count", whole}};
    if (name == "sum" || name == "try_sum")
        return call->type.id == TypeId::decimal ? std::vector<BufferColumn>{{"sum", call->type}, {"isEmpty", boolean}}
                                                : std::vector<BufferColumn>{{"sum", call->type}};
    if (name == "avg" || name == "try_avg") {
        const DataType& in = call->args[0]->type;
        return {{"sum", in.id == TypeId::decimal ? decimal_type(std::min(in.a + 10, 38), in.b)
                        : is_interval(in)        ? in
                                                 : real},
                {"count", whole}};
    }
    if (name == "max_by" || name == "min_by")
        return {{"valueWithExtremumOrdering", call->args[0]->type}, {"extremumOrdering", call->args[1]->type}};
    if (name == "min" || name == "max") return {{name == "min" ? "min" : "max", call->type}};
    if (name == "first" || name == "any_value") return {{"first", call->type}, {"valueSet", boolean}};
    if (name == "last") return {{"last", call->type}, {"valueSet", boolean}};
    if (name == "stddev_samp" || name == "stddev_pop" || name == "var_samp" || name == "var_pop")
        return {{"n", real}, {"avg", real}, {"m2", real}};
    if (name == "skewness") return {{"n", real}, {"avg", real}, {"m2", real}, {"m3", real}};
    if (name == "kurtosis") return {{"n", real}, {"avg", real}, {"m2", real}, {"m3", real}, {"m4", real}};
    if (name == "covar_pop" || name == "covar_samp") return {{"n", real}, {"xAvg", real}, {"yAvg", real}, {"ck", real}};
    if (name == "corr" || name == "regr_r2")
        return {{"n", real}, {"xAvg", real}, {"yAvg", real}, {"ck", real}, {"xMk", real}, {"yMk", real}};
    if (name == "bool_and" || name == "bool_or") return {{name == "bool_and" ? "min" : "max", boolean}};
    if (name == "pivotfirst") {
        std::vector<BufferColumn> out;
        for (std::size_t i = 2; i < call->args.size(); ++i)
            out.push_back({tree_form(call->args[i]), call->args[1]->type});
        return out;
    }
    if (name == "approx_count_distinct") return std::vector<BufferColumn>(52, {"MS", whole});
    return {{"buf", type_of(TypeId::binary)}};
}

bool object_buffer(const ExprRef& call) {
    MR_ASSERT(call != nullptr);
    const auto columns = buffers_of(call);
    return columns.size() == 1 && columns[0].name == "buf" && columns[0].type.id == TypeId::binary;
}

/// Buffers that a hash aggregate can change in place.
bool mutable_buffer(const DataType& type) {
    switch (type.id) {
        case TypeId::string: case TypeId::binary: case TypeId::array: case TypeId::map: case TypeId::structure:
            return false;
        default: return true;
    }
}

/// The function alone: what filters rows has done so before a later step.
ExprRef unfiltered(const ExprRef& call) {
    return call->filtered ? edit(call, [](Expr& e) { e.filtered = false, e.args.resize(1); }) : call;
}

/// What the result of a function is called.
std::string result_name(const ExprRef& call) {
    MR_ASSERT(call->kind == ExprKind::aggregate);
    const ExprRef& function = call->args[0];
    if (is_call(function, "first") || is_call(function, "last"))
        return function->name + "(" + tree_form(function->args[0]) + ")" +
               (function->ignore_nulls ? " ignore nulls" : "()");
    return tree_form(edit(unfiltered(call), [](Expr& e) { e.distinct = false; }));
}

struct AggregateNames {
    const char* name;
    bool sorted;
    bool generated = true;  ///< a hash aggregate that becomes code
};

AggregateNames names_for(const AggregateParts& parts) {
    for (const ExprRef& c : parts.calls)
        if (object_buffer(c->args[0])) return {"ObjectHashAggregate", false};
    for (const ExprRef& b : parts.buffers)
        if (!mutable_buffer(b->type)) return {"SortAggregate", true};
    const bool interpreted =
        std::ranges::any_of(parts.calls, [](const ExprRef& c) {
            return is_call(c->args[0], "approx_count_distinct") || is_call(c->args[0], "pivotfirst");
        });
    return {"HashAggregate", false, !interpreted};
}

}  // namespace

bool sorts_groups(const Exprs& calls) {
    bool sorted = false;
    for (const ExprRef& c : calls) {
        if (object_buffer(c->args[0])) return false;
        for (const BufferColumn& b : buffers_of(c->args[0])) sorted = sorted || !mutable_buffer(b.type);
    }
    return sorted;
}

namespace {

std::string listed(const char* what, const Exprs& exprs) {
    if (exprs.empty()) return fmt::format("{}: []", what);
    std::string body;
    for (const ExprRef& e : exprs) body += (body.empty() ? "" : ", ") + tree_form(e);
    return fmt::format("{} [{}]: [{}]", what, exprs.size(), body);
}

/// A step as it prints: keys, functions, what those are called, what comes out.
struct StepText {
    const Exprs& keys;
    std::size_t count = 0;
    std::string functions;
};

std::vector<std::string> details_of(const Exprs& input, const StepText& step, const Exprs& attributes,
                                    const Exprs& results) {
    MR_ASSERT(!step.functions.empty());
    return {listed("Input", input), listed("Keys", step.keys),
            step.count == 0 ? "Functions: []" : fmt::format("Functions [{}]: {}", step.count, step.functions),
            listed("Aggregate Attributes", attributes), listed("Results", results)};
}

std::vector<std::string> details_of(const Exprs& input, const AggregateParts& parts, const char* prefix,
                                    const Exprs& attributes, const Exprs& results) {
    return details_of(input, {parts.keys, parts.calls.size(), functions_text(parts.calls, prefix)}, attributes,
                      results);
}

PhysicalNode aggregate_node(const AggregateNames& names, const StepText& step, const Exprs& output) {
    PhysicalNode n;
    n.name = names.name;
    const std::string head = fmt::format("{}({}={}, functions={}", names.name, names.sorted ? "key" : "keys",
                                         attributes_text(step.keys), step.functions);
    n.text = head + ")";
    n.long_text = head + ", output=" + attributes_text(output) + ")";
    n.output = output;
    n.codegen = std::string_view(names.name) == "HashAggregate" && names.generated;
    MR_ASSERT(!n.text.empty());
    return n;
}

PhysicalRef sorted_by(const PhysicalRef& child, const Exprs& keys) {
    if (keys.empty()) return child;
    std::string orders;
    for (const ExprRef& k : keys) orders += (orders.empty() ? "" : ", ") + tree_form(k) + " ASC NULLS FIRST";
    PhysicalNode n;
    n.name = "Sort";
    n.text = fmt::format("Sort [{}], false, 0", orders);
    n.details = {listed("Input", child->output), fmt::format("Arguments: [{}], false, 0", orders)};
    n.output = child->output;
    n.children = {child};
    n.codegen = true;
    n.hashed_by = child->hashed_by;
    n.single = child->single;
    return physical_node(std::move(n));
}

}  // namespace

std::string functions_text(const Exprs& calls, const char* prefix) {
    std::string out;
    for (const ExprRef& call : calls) {
        // What filters rows has done so in the first step.
        const bool rows = std::string_view(prefix).starts_with("partial");
        const ExprRef c = rows ? call : unfiltered(call);
        out += (out.empty() ? "" : ", ") + std::string(prefix) + tree_form(c);
    }
    return "[" + out + "]";
}

AggregateParts aggregate_parts(Session& session, const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::aggregate);
    AggregateParts parts;
    for (const ExprRef& g : p->groups) {
        if (g->kind == ExprKind::attribute) {
            parts.keys.push_back(g);
            parts.key_items.push_back(g);
            continue;
        }
        const ExprRef a = alias_of(g, "_groupingexpression", session.ids.take());
        parts.key_items.push_back(a);
        parts.keys.push_back(to_attribute(a));
    }
    const std::function<ExprRef(const ExprRef&)> walk = [&](const ExprRef& e) -> ExprRef {
        if (e->kind == ExprKind::aggregate) {
            for (std::size_t i = 0; i < parts.calls.size(); ++i)
                if (tree_form(parts.calls[i]) == tree_form(e)) return parts.results[i];
            parts.calls.push_back(e);
            parts.results.push_back(attribute(result_name(e), e->type, e->nullable, session.ids.take()));
            return parts.results.back();
        }
        for (std::size_t i = 0; i < p->groups.size(); ++i)
            if (p->groups[i]->kind != ExprKind::attribute && tree_form(p->groups[i]) == tree_form(e))
                return parts.keys[i];
        Exprs args;
        for (const ExprRef& a : e->args) args.push_back(walk(a));
        return args == e->args ? e : edit(e, [&](Expr& x) { x.args = args; });
    };
    for (const ExprRef& e : p->exprs) parts.items.push_back(walk(e));
    for (const ExprRef& c : parts.calls)
        for (const BufferColumn& b : buffers_of(c->args[0])) {
            parts.input_buffers.push_back(attribute(b.name, b.type, true, session.ids.take()));
            parts.buffers.push_back(attribute(b.name, b.type, true, session.ids.take()));
        }
    return parts;
}

namespace {

/// The child with computed keys as columns.
PhysicalRef with_keys(const AggregateParts& parts, const PhysicalRef& child) {
    const bool computed = std::any_of(parts.key_items.begin(), parts.key_items.end(),
                                      [](const ExprRef& k) { return k->kind == ExprKind::alias; });
    if (!computed) return child;
    Exprs items = child->output;
    for (const ExprRef& k : parts.key_items)
        if (k->kind == ExprKind::alias) items.push_back(k);
    PhysicalNode project;
    project.name = "Project";
    project.text = "Project " + tree_forms(items);
    project.details = {listed("Output", items), listed("Input", child->output)};
    project.output = to_attributes(items);
    project.children = {child};
    project.codegen = true;
    return physical_node(std::move(project));
}

/// Keys as the first step takes them: of numbers with a point, all that count as one become one.
Exprs normalised(const Exprs& keys) {
    Exprs out;
    for (const ExprRef& k : keys) {
        const bool floats = k->type.id == TypeId::float_ || k->type.id == TypeId::double_;
        if (!floats) {
            out.push_back(k);
            continue;
        }
        const ExprRef value = k->kind == ExprKind::alias ? k->args[0] : k;
        const ExprRef known =
            operation("knownfloatingpointnormalized", {operation("normalizenanandzero", {value})});
        out.push_back(edit(alias_of(known, k->name, k->id), [&](Expr& e) { e.type = k->type, e.resolved = true; }));
    }
    return out;
}

/// One step: sorted first if it goes through sorted rows.
PhysicalRef step(const AggregateNames& names, const AggregateParts& parts, const char* prefix, const Exprs& output,
                 const PhysicalRef& given) {
    const PhysicalRef child = names.sorted ? sorted_by(given, parts.keys) : given;
    const bool first = std::string_view(prefix) == "partial_";
    const Exprs keys = first ? normalised(parts.keys) : parts.keys;
    const StepText text{keys, parts.calls.size(), functions_text(parts.calls, prefix)};
    PhysicalNode n = aggregate_node(names, text, output);
    if (first) n.details = details_of(child->output, text, parts.input_buffers, output);
    n.children = {child};
    n.hashed_by = child->hashed_by;
    n.single = child->single;
    return physical_node(std::move(n));
}

Exprs partial_output(const AggregateParts& parts) {
    Exprs out = parts.keys;
    out.insert(out.end(), parts.buffers.begin(), parts.buffers.end());
    return out;
}

}  // namespace

namespace {

/// Sessions of a key that touch become one: rows meet by the other keys, in the order of their sessions.
PhysicalRef merged_sessions(Session& session, const AggregateParts& parts, const PhysicalRef& partial) {
    const auto it = std::ranges::find_if(parts.keys, [](const ExprRef& k) { return k->name == "session_window"; });
    MR_ASSERT(it != parts.keys.end());
    Exprs keys = parts.keys;
    std::erase_if(keys, [&](const ExprRef& k) { return k->id == (*it)->id; });
    Exprs order = keys;
    order.push_back(*it);
    const PhysicalRef sorted = sorted_by(clustered(session, partial, keys, session.shuffle_partitions), order);
    std::string list;
    for (const ExprRef& k : keys) list += (list.empty() ? "" : ", ") + tree_form(k);
    PhysicalNode n;
    n.name = "MergingSessions";
    n.text = fmt::format("MergingSessions {}({}), false, {}, {}, {}, {}, {}, {}", keys.empty() ? "List" : "ArrayBuffer",
                         list, attributes_text(parts.keys), typed_attribute(*it), functions_text(parts.calls, "merge_"),
                         attributes_text(parts.results), parts.keys.size(), attributes_text(partial->output));
    n.details = details_of(sorted->output, parts, "merge_", parts.results, partial->output);
    n.output = partial->output;
    n.children = {sorted};
    n.hashed_by = sorted->hashed_by;
    n.single = sorted->single;
    return physical_node(std::move(n));
}

}  // namespace

namespace {

/// The calls of an aggregate apart: those over distinct values and the others.
struct DistinctParts {
    AggregateParts others, distinct;
    Exprs items;   ///< the distinct values below, computed ones under names
    Exprs values;  ///< as columns
};

void take_call(AggregateParts& to, const AggregateParts& from, std::size_t i, std::size_t& buffer) {
    MR_ASSERT(i < from.calls.size());
    to.calls.push_back(from.calls[i]);
    to.results.push_back(from.results[i]);
    for (std::size_t b = buffers_of(from.calls[i]->args[0]).size(); b > 0; --b)
        to.buffers.push_back(from.buffers[buffer++]);
}

DistinctParts apart(Session& session, const AggregateParts& parts) {
    DistinctParts out;
    std::size_t buffer = 0;
    for (std::size_t i = 0; i < parts.calls.size(); ++i)
        take_call(parts.calls[i]->distinct ? out.distinct : out.others, parts, i, buffer);
    MR_ASSERT(buffer == parts.buffers.size() && !out.distinct.calls.empty());
    for (const ExprRef& a : out.distinct.calls[0]->args[0]->args) {
        if (foldable(a)) continue;
        out.items.push_back(a->kind == ExprKind::attribute ? a : alias_of(a, tree_form(a), session.ids.take()));
        out.values.push_back(to_attribute(out.items.back()));
    }
    for (ExprRef& c : out.distinct.calls)
        c = edit(c, [&](Expr& x) {
            x.args[0] = edit(c->args[0], [&](Expr& call) {
                for (ExprRef& a : call.args)
                    for (std::size_t i = 0; i < out.items.size(); ++i)
                        if (out.items[i]->kind == ExprKind::alias && tree_form(out.items[i]->args[0]) == tree_form(a))
                            a = out.values[i];
            });
        });
    return out;
}

Exprs joined_lists(std::initializer_list<const Exprs*> lists) {
    Exprs out;
    for (const Exprs* list : lists) out.insert(out.end(), list->begin(), list->end());
    return out;
}

/// Functions of two kinds in one list, the second over distinct values.
std::string functions_text(const DistinctParts& parts, const char* others, const char* distinct) {
    const std::string first = engine::spark::functions_text(parts.others.calls, others);
    const std::string second = engine::spark::functions_text(parts.distinct.calls, distinct);
    return parts.others.calls.empty() ? second : first.substr(0, first.size() - 1) + ", " + second.substr(1);
}

/// One step of four, over rows that meet already.
PhysicalRef distinct_step(const AggregateNames& names, const StepText& text, const Exprs& attributes,
                          const Exprs& output, const Exprs& results, const PhysicalRef& given) {
    // A step that goes through sorted rows leaves them sorted.
    const bool sorted = given->name == "SortAggregate" && !given->children.empty();
    const PhysicalRef child = names.sorted && !sorted ? sorted_by(given, to_attributes(text.keys)) : given;
    PhysicalNode n = aggregate_node(names, text, output);
    n.details = details_of(child->output, text, attributes, results);
    n.children = {child};
    n.hashed_by = child->hashed_by;
    n.single = child->single;
    return physical_node(std::move(n));
}

/// Equal values meet before they are counted. In Spark's planner: AggUtils.planAggregateWithOneDistinct.
PhysicalRef aggregate_of_distinct(Session& session, const PlanRef& p, const AggregateParts& parts,
                                  const PhysicalRef& child) {
    MR_ASSERT(child != nullptr);
    const DistinctParts d = apart(session, parts);
    const Exprs given = normalised(joined_lists({&parts.keys, &d.items})),
                keys = joined_lists({&parts.keys, &d.values});
    const Exprs kept = joined_lists({&keys, &d.others.buffers});
    const AggregateNames below = names_for(d.others);
    const std::size_t n = d.others.calls.size();
    const PhysicalRef partial = distinct_step(below, {given, n, functions_text(d.others.calls, "partial_")},
                                              d.others.results, kept, kept, child);
    const PhysicalRef merged = distinct_step(below, {keys, n, functions_text(d.others.calls, "merge_")},
                                             d.others.results, kept, kept, met_by(session, partial, keys));
    AggregateParts all = d.others;
    all.calls.insert(all.calls.end(), d.distinct.calls.begin(), d.distinct.calls.end());
    all.buffers.insert(all.buffers.end(), d.distinct.buffers.begin(), d.distinct.buffers.end());
    all.results.insert(all.results.end(), d.distinct.results.begin(), d.distinct.results.end());
    const AggregateNames above = names_for(all);
    const Exprs counted = joined_lists({&parts.keys, &all.buffers});
    const PhysicalRef counts =
        distinct_step(above, {parts.keys, all.calls.size(), functions_text(d, "merge_", "partial_")}, all.results,
                      counted, counted, merged);
    return distinct_step(above, {parts.keys, all.calls.size(), functions_text(d, "", "")}, all.results, output_of(*p),
                         parts.items, met_by(session, counts, parts.keys));
}

}  // namespace

/// Partial, exchange, final. In Spark's planner: AggUtils.planAggregateWithoutDistinct.
PhysicalRef physical_aggregate(Session& session, const PlanRef& p, PhysicalRef child) {
    MR_ASSERT(child != nullptr);
    const AggregateParts parts = aggregate_parts(session, p);
    if (p->name != "session" && std::ranges::any_of(parts.calls, [](const ExprRef& c) { return c->distinct; }))
        return aggregate_of_distinct(session, p, parts, with_keys(parts, child));
    const AggregateNames names = names_for(parts);
    const PhysicalRef partial = step(names, parts, "partial_", partial_output(parts), with_keys(parts, child));
    const bool sessions = p->name == "session";
    const PhysicalRef middle = sessions ? merged_sessions(session, parts, partial)
                                        : met_by(session, partial, parts.keys);
    PhysicalNode last = *step(names, parts, "", output_of(*p), middle);
    last.details = details_of(last.children[0]->output, parts, "", parts.results, parts.items);
    return physical_node(std::move(last));
}

/// A step between stores: every one names the results.
PhysicalRef stream_step(const AggregateNames& names, const AggregateParts& parts, const char* prefix,
                        const Exprs& output, const PhysicalRef& given, const Exprs& results) {
    PhysicalNode n = *step(names, parts, prefix, output, given);
    n.details = details_of(n.children[0]->output, parts, prefix, parts.results, results);
    return physical_node(std::move(n));
}

/// In Spark's planner: AggUtils.planStreamingAggregation.
PhysicalRef physical_stream_aggregate(Session& session, const PlanRef& p, const PhysicalRef& child,
                                      const StateStep& restore, const StateStep& save) {
    MR_ASSERT(child != nullptr && restore && save);
    const AggregateParts parts = aggregate_parts(session, p);
    const AggregateNames names = names_for(parts);
    const Exprs kept = partial_output(parts);
    const PhysicalRef partial = stream_step(names, parts, "partial_", kept, with_keys(parts, child), kept);
    const PhysicalRef met = clustered(session, partial, parts.keys, session.shuffle_partitions);
    const PhysicalRef folded = restore(parts, stream_step(names, parts, "merge_", kept, met, kept));
    const PhysicalRef saved = save(parts, stream_step(names, parts, "merge_", kept, folded, kept));
    return stream_step(names, parts, "", output_of(*p), saved, parts.items);
}

/// In Spark's planner: AggUtils.planStreamingAggregationForSession.
PhysicalRef physical_session_aggregate(Session& session, const PlanRef& p, const PhysicalRef& child,
                                       const StateStep& merge) {
    MR_ASSERT(child != nullptr && merge);
    const AggregateParts parts = aggregate_parts(session, p);
    const AggregateNames names = names_for(parts);
    const PhysicalRef partial = step(names, parts, "partial_", partial_output(parts), with_keys(parts, child));
    return step(names, parts, "", output_of(*p), merge(parts, partial));
}

}  // namespace engine::spark
