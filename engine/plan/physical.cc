#include "engine/plan/physical.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "engine/plan/scan_text.h"
#include "sim/base/assert.h"

namespace engine::spark {

PhysicalRef physical_aggregate(Session& session, const PlanRef& p, PhysicalRef child);
PhysicalRef physical_typed(const Planner& planner, const PlanRef& p);
PhysicalRef physical_window(Session& session, const PlanRef& p, const PhysicalRef& given);
PhysicalRef physical_window_limit(Session& session, const PlanRef& p, const PhysicalRef& given);
PhysicalRef physical_join(Session& session, const PlanRef& p, const PhysicalRef& left, const PhysicalRef& right);

PhysicalRef physical_node(PhysicalNode node) {
    MR_ASSERT(!node.name.empty());
    if (node.text.empty()) node.text = node.name;
    if (node.long_text.empty()) node.long_text = node.text;
    return std::make_shared<const PhysicalNode>(std::move(node));
}

std::string attributes_text(const Exprs& attributes) {
    std::string out;
    for (const ExprRef& a : attributes) out += (out.empty() ? "" : ", ") + tree_form(a);
    return "[" + out + "]";
}

namespace {

std::string input_line(const char* what, const Exprs& exprs) {
    if (exprs.empty()) return fmt::format("{}: []", what);
    return fmt::format("{} [{}]: {}", what, exprs.size(), attributes_text(exprs));
}

bool same_keys(const Exprs& a, const Exprs& b) {
    if (a.size() != b.size() || a.empty()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (tree_form(a[i]) != tree_form(b[i])) return false;
    return true;
}

PhysicalRef hashed_anew(Session& session, const PhysicalRef& child, const Exprs& keys, i64 partitions);

}  // namespace

PhysicalNode node_over(const PhysicalRef& child, const char* name) {
    MR_ASSERT(child != nullptr);
    PhysicalNode n;
    n.name = name;
    n.output = child->output;
    n.children = {child};
    n.hashed_by = child->hashed_by;
    n.single = child->single;
    return n;
}

PhysicalRef exchange_of(Session& session, const PhysicalRef& child, const std::string& partitioning) {
    MR_ASSERT(child != nullptr);
    PhysicalNode n;
    n.name = "Exchange";
    const std::string body = fmt::format("{}, ENSURE_REQUIREMENTS, [plan_id={}]", partitioning, session.ids.take());
    n.text = "Exchange " + body;
    n.details = {input_line("Input", child->output), "Arguments: " + body};
    n.output = child->output;
    n.children = {child};
    n.exchange = true;
    return physical_node(std::move(n));
}

PhysicalRef clustered(Session& session, const PhysicalRef& child, const Exprs& keys, i64 partitions) {
    MR_ASSERT(child != nullptr);
    if (child->single) return child;
    if (!keys.empty() && same_keys(child->hashed_by, keys)) return child;
    return hashed_anew(session, child, keys, partitions);
}

PhysicalRef met_by(Session& session, const PhysicalRef& child, const Exprs& keys) {
    MR_ASSERT(child != nullptr);
    const auto among_keys = [&](const ExprRef& h) {
        return std::ranges::any_of(keys, [&](const ExprRef& k) { return tree_form(k) == tree_form(h); });
    };
    if (!child->hashed_by.empty() && std::ranges::all_of(child->hashed_by, among_keys)) return child;
    return clustered(session, child, keys, session.shuffle_partitions);
}

namespace {

PhysicalRef hashed_anew(Session& session, const PhysicalRef& child, const Exprs& keys, i64 partitions) {
    MR_ASSERT(!child->single);
    std::string list;
    for (const ExprRef& k : keys) list += tree_form(k) + ", ";
    PhysicalNode n = *exchange_of(
        session, child, keys.empty() ? "SinglePartition" : fmt::format("hashpartitioning({}{})", list, partitions));
    n.hashed_by = keys;
    n.single = keys.empty();
    return physical_node(std::move(n));
}

template <class Change>
PhysicalRef edited(const PhysicalRef& p, Change change) {
    PhysicalNode copy = *p;
    change(copy);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

/// Expressions without a space between them.
std::string tight(const Exprs& exprs) {
    std::string out;
    for (const ExprRef& e : exprs) out += (out.empty() ? "" : ",") + tree_form(e);
    return out;
}

/// Whether Spark writes code for an expression. Some are only interpreted, and their node with them.
bool writes_code(const ExprRef& e) {
    static constexpr std::string_view kInterpreted[] = {
        "from_json",        "to_json",      "get_json_object", "schema_of_json",   "json_array_length",
        "json_object_keys", "from_csv",     "schema_of_csv",   "transform",        "filter",
        "exists",           "forall",       "aggregate",       "reduce",           "zip_with",
        "map_filter",       "map_zip_with", "transform_keys",  "transform_values", "array_sort",
        "sentences",        "parse_url"};
    bool out = true;
    visit(e, [&](const ExprRef& x) {
        if (x->kind == ExprKind::call && x->fn)
            out = out && std::ranges::find(kInterpreted, std::string_view(x->fn->name)) == std::end(kInterpreted);
    });
    return out;
}

PhysicalRef project(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n = node_over(child, "Project");
    n.reorders =
        std::all_of(p->exprs.begin(), p->exprs.end(), [](const ExprRef& e) { return e->kind == ExprKind::attribute; });
    n.text = p->exprs.empty() ? "Project" : "Project " + tree_forms(p->exprs);
    n.output = output_of(*p);
    n.codegen = std::ranges::all_of(p->exprs, writes_code);
    n.details = {input_line("Output", p->exprs), input_line("Input", child->output)};
    return physical_node(std::move(n));
}

PhysicalRef filter(const ExprRef& condition, const PhysicalRef& child) {
    MR_ASSERT(condition != nullptr);
    PhysicalNode n = node_over(child, "Filter");
    n.text = "Filter " + tree_form(condition);
    Exprs parts;
    conjuncts_of(condition, parts);
    for (const ExprRef& c : parts)
        for (ExprRef& column : n.output)
            if (is_call(c, "isnotnull") && c->args[0]->kind == ExprKind::attribute && c->args[0]->id == column->id)
                column = with_nullable(column, false);
    n.codegen = writes_code(condition);
    n.details = {input_line("Input", child->output), "Condition : " + tree_form(condition)};
    return physical_node(std::move(n));
}

/// A list of rows that is at hand. It is never the top of a generated stage.
PhysicalRef local(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n;
    if (p->name == "rdd") {
        n.name = "Scan ExistingRDD";
        std::string tight;
        for (const ExprRef& c : p->output) tight += (tight.empty() ? "" : ",") + tree_form(c);
        n.text = "Scan ExistingRDD[" + tight + "]";
        n.details = {input_line("Output", p->output),
                     fmt::format("Arguments: {}, MapPartitionsRDD[4] at applySchemaToPythonRDD at "
                                 "NativeMethodAccessorImpl.java:0, ExistingRDD, UnknownPartitioning(0)",
                                 attributes_text(p->output))};
        n.codegen = true;
    } else {
        n.name = "LocalTableScan";
        n.text = "LocalTableScan " + std::string(p->table ? "" : "<empty>, ") + attributes_text(p->output);
        n.details = {input_line("Output", p->output),
                     std::string("Arguments: ") + (p->table ? "" : "<empty>, ") + attributes_text(p->output)};
        n.codegen = true;
        n.root = false;
    }
    n.table = p->table;
    n.output = p->output;
    return physical_node(std::move(n));
}

PhysicalRef range(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n;
    n.name = "Range";
    n.text = fmt::format("Range ({}, {}, step={}, splits={})", p->start, p->end, p->step, p->n > 0 ? p->n : 2);
    n.details = {input_line("Output", p->output), "Arguments: " + node_text(p)};
    n.output = p->output;
    n.codegen = true;
    return physical_node(std::move(n));
}

PhysicalRef generate(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n = node_over(child, "Generate");
    const std::string body = fmt::format("{}, {}{}, {}", generator_text(*p),
                                         required_of(*p).empty() ? "" : attributes_text(required_of(*p)) + ", ",
                                         p->outer, attributes_text(p->output));
    n.text = "Generate " + body;
    n.details = {input_line("Input", child->output), "Arguments: " + body};
    n.output = output_of(*p);
    const std::string_view name = p->exprs[0]->fn ? p->exprs[0]->fn->name : "";
    n.codegen = name.find("explode") != std::string_view::npos || name == "stack" || name.starts_with("inline");
    n.hashed_by.clear();
    return physical_node(std::move(n));
}

PhysicalRef expand(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n = node_over(child, "Expand");
    std::vector<std::string> rows;
    for (const Exprs& row : p->rows) rows.push_back(tree_forms(row));
    const std::string body = "[" + joined(rows) + "], " + attributes_text(p->output);
    n.text = "Expand " + body;
    n.details = {input_line("Input", child->output), "Arguments: " + body};
    n.output = p->output;
    n.codegen = true;
    n.hashed_by.clear();
    n.single = false;
    return physical_node(std::move(n));
}

PhysicalRef sort(Session& session, const PlanRef& p, PhysicalRef child) {
    MR_ASSERT(p != nullptr);
    if (p->all && !child->single) {
        std::string orders;
        for (const ExprRef& o : p->exprs) orders += tree_form(o) + ", ";
        child = exchange_of(session, child, fmt::format("rangepartitioning({}{})", orders, session.shuffle_partitions));
    }
    PhysicalNode n = node_over(child, "Sort");
    const std::string body = fmt::format("{}, {}, 0", tree_forms(p->exprs), p->all);
    n.text = "Sort " + body;
    n.details = {input_line("Input", child->output), "Arguments: " + body};
    n.codegen = true;
    return physical_node(std::move(n));
}

PhysicalRef sample(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p->kind == PlanKind::sample);
    PhysicalNode n = node_over(child, "Sample");
    n.text = node_text(p);
    n.details = {input_line("Input", child->output), "Arguments: " + n.text.substr(n.name.size() + 1)};
    n.codegen = true;
    return physical_node(std::move(n));
}

PhysicalRef limited(const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n = node_over(child, p->kind == PlanKind::global_limit ? "GlobalLimit" : "LocalLimit");
    n.text = n.name + " " + tree_form(p->condition);
    n.details = {input_line("Input", child->output), "Arguments: " + tree_form(p->condition)};
    n.codegen = true;
    return physical_node(std::move(n));
}

/// LIMIT over ORDER BY at the top keeps only the first rows of each partition.
PhysicalRef take_ordered(const Planner& planner, const PlanRef& limit) {
    MR_ASSERT(limit != nullptr);
    PlanRef below = limit->children[0];
    // With an offset the rows below are limited to both together.
    const PlanRef offset = below->kind == PlanKind::offset ? below : nullptr;
    if (offset) below = offset->children[0];
    const std::string most = tree_form(below->kind == PlanKind::local_limit ? below->condition : limit->condition);
    if (below->kind != PlanKind::local_limit) return nullptr;
    below = below->children[0];
    Exprs items;
    const bool listed = below->kind == PlanKind::project && below->children[0]->kind == PlanKind::sort;
    if (listed) {
        items = below->exprs;
        below = below->children[0];
    }
    if (below->kind != PlanKind::sort || !below->all) return nullptr;
    const PhysicalRef child = planned(planner, below->children[0]);
    PhysicalNode n = node_over(child, "TakeOrderedAndProject");
    if (!listed) items = child->output;
    n.text = fmt::format("TakeOrderedAndProject(limit={}, orderBy=[{}], output=[{}])", most, tight(below->exprs),
                         tight(items));
    n.details = {input_line("Input", child->output),
                 fmt::format("Arguments: {}, {}{}{}", most, tree_forms(below->exprs),
                             items.empty() ? "" : ", " + attributes_text(items),
                             offset ? ", " + tree_form(offset->condition) : "")};
    n.output = to_attributes(items);
    n.single = true;
    return physical_node(std::move(n));
}

/// Rows that are brought to one place, all if there is no limit, without the first ones.
PhysicalRef collected(const Planner& planner, const PlanRef& limit, const PlanRef& offset) {
    MR_ASSERT(offset->kind == PlanKind::offset);
    const PhysicalRef child = planned(planner, limit ? limit->children[0] : offset->children[0]);
    PhysicalNode n = node_over(child, "CollectLimit");
    const std::string body = (limit ? tree_form(limit->condition) : "-1") + ", " + tree_form(offset->condition);
    n.text = "CollectLimit " + body;
    n.details = {input_line("Input", child->output), "Arguments: " + body};
    n.single = true;
    return physical_node(std::move(n));
}

PhysicalRef global_limit(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    if (PhysicalRef ordered = take_ordered(planner, p)) return ordered;
    if (p->children[0]->kind == PlanKind::offset && p->children[0]->children[0]->kind == PlanKind::local_limit &&
        planner.answer == p.get())
        return collected(planner, p->children[0]->children[0], p->children[0]);
    const PlanRef below = p->children[0]->kind == PlanKind::local_limit ? p->children[0]->children[0] : p->children[0];
    PhysicalRef child = planned(planner, below);
    if (planner.answer != p.get()) {
        if (below != p->children[0]) child = limited(p->children[0], child);
        return limited(p, clustered(planner.session, child, {}, 1));
    }
    PhysicalNode n = node_over(child, "CollectLimit");
    n.text = "CollectLimit " + tree_form(p->condition);
    n.details = {input_line("Input", child->output), "Arguments: " + tree_form(p->condition)};
    n.single = true;
    return physical_node(std::move(n));
}

PhysicalRef union_of(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    PhysicalNode n;
    n.name = "Union";
    n.output = output_of(*p);
    for (const PlanRef& c : p->children) n.children.push_back(planned(planner, c));
    return physical_node(std::move(n));
}

PhysicalRef repartition(Session& session, const PlanRef& p, const PhysicalRef& child) {
    MR_ASSERT(p != nullptr);
    if (!p->all) {
        PhysicalNode n = node_over(child, "Coalesce");
        n.text = fmt::format("Coalesce {}", p->n);
        n.details = {input_line("Input", child->output), fmt::format("Arguments: {}", p->n)};
        return physical_node(std::move(n));
    }
    const i64 n = p->n > 0 ? p->n : session.shuffle_partitions;
    std::string keys;
    for (const ExprRef& e : p->exprs) keys += tree_form(e) + ", ";
    PhysicalNode x = *exchange_of(
        session, child,
        keys.empty() ? (n == 1 ? std::string("SinglePartition") : fmt::format("RoundRobinPartitioning({})", n))
                     : fmt::format("hashpartitioning({}{})", keys, n));
    const std::string why = p->n > 0 ? "REPARTITION_BY_NUM" : "REPARTITION_BY_COL";
    for (std::string* s : {&x.text, &x.long_text, &x.details[1]})
        if (const std::size_t at = s->find("ENSURE_REQUIREMENTS"); at != std::string::npos) s->replace(at, 19, why);
    x.hashed_by = p->exprs;
    return physical_node(std::move(x));
}

PhysicalRef one_row() {
    PhysicalNode n;
    n.name = "Scan OneRowRelation";
    n.text = "Scan OneRowRelation[]";
    n.details = {"Output: []",
                 "Arguments: ParallelCollectionRDD[0] at explain at NativeMethodAccessorImpl.java:0, OneRowRelation, "
                 "UnknownPartitioning(0)"};
    n.codegen = true;
    return physical_node(std::move(n));
}

PhysicalRef scan(const PlanRef& relation, const Exprs& columns, const Exprs& filters) {
    MR_ASSERT(relation != nullptr);
    const ScanText t = scan_text(*relation, columns, filters);
    PhysicalNode n;
    n.name = t.name;
    n.text = t.text;
    n.details = t.details;
    n.output = columns;
    n.codegen = t.rows;
    return physical_node(std::move(n));
}

/// What a stream gave to a batch. Its rows are copied by a projection, whether or not one was asked for.
PhysicalRef scan_of_stream(const PlanRef& relation, const PlanRef& filter_node, const PlanRef& project_node) {
    MR_ASSERT(is_batch_of_stream(*relation));
    PhysicalNode n;
    n.name = "MicroBatchScan";
    n.text = "MicroBatchScan" + attributes_text(relation->output) + " " + relation->parts[2];
    n.stream = relation->n;
    n.output = relation->output;
    PhysicalRef out = physical_node(std::move(n));
    Exprs filters;  // as the scan was offered them, one by one
    if (filter_node) conjuncts_of(filter_node->condition, filters);
    if (filter_node) out = filter(conjunction(filters), out);
    Plan all;
    all.kind = PlanKind::project;
    all.exprs = relation->output;
    return edited(project(project_node ? project_node : make(std::move(all)), out),
                  [](PhysicalNode& x) { x.reorders = false; });
}

/// Project and Filter over a file or a table of another system: columns and filters go into the scan.
PhysicalRef scanned(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const PlanRef project_node = p->kind == PlanKind::project ? p : nullptr;
    PlanRef below = project_node ? p->children[0] : p;
    const PlanRef filter_node = below->kind == PlanKind::filter ? below : nullptr;
    if (filter_node) below = below->children[0];
    if (is_batch_of_stream(*below)) return scan_of_stream(below, filter_node, project_node);
    if (below->kind != PlanKind::file_relation) return nullptr;
    Exprs filters;
    if (filter_node) conjuncts_of(filter_node->condition, filters);
    std::vector<u64> needed;
    if (project_node)
        for (const ExprRef& e : project_node->exprs)
            for (const u64 id : all_references(e)) needed.push_back(id);
    for (const ExprRef& f : filters)
        for (const u64 id : all_references(f)) needed.push_back(id);
    const bool prunes = project_node != nullptr && scan_prunes(*below);
    Exprs columns;
    for (const ExprRef& c : below->output)
        if (!prunes || std::find(needed.begin(), needed.end(), c->id) != needed.end()) columns.push_back(c);
    PhysicalRef out = scan(below, columns, filters);
    if (filter_node) out = filter(scan_prunes(*below) ? conjunction(filters) : filter_node->condition, out);
    if (!project_node) return out;
    bool same = project_node->exprs.size() == out->output.size();
    for (std::size_t i = 0; same && i < out->output.size(); ++i)
        same = project_node->exprs[i]->kind == ExprKind::attribute && project_node->exprs[i]->id == out->output[i]->id;
    return same ? out : project(project_node, out);
}

PhysicalRef planned_node(const Planner& planner, const PlanRef& p);

}  // namespace

PhysicalRef planned(const Planner& planner, const PlanRef& given) {
    MR_ASSERT(given != nullptr);
    std::vector<PhysicalSubquery> found;
    PlanRef p = with_named_subqueries(planner, given, found);
    // A filter may go into the scan together with the list over it.
    if (p->kind == PlanKind::project && p->children[0]->kind == PlanKind::filter)
        p = with_children(p, {with_named_subqueries(planner, p->children[0], found)});
    const PhysicalRef out = planned_node(planner, p);
    return found.empty() ? out : with_subqueries(out, found);
}

namespace {

PhysicalRef planned_node(const Planner& planner, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Session& session = planner.session;
    if (planner.hook)
        if (PhysicalRef out = planner.hook(planner, p)) return out;
    if (p->kind == PlanKind::project || p->kind == PlanKind::filter || p->kind == PlanKind::file_relation ||
        p->kind == PlanKind::stream_relation)
        if (PhysicalRef out = scanned(p)) return out;
    switch (p->kind) {
        case PlanKind::one_row: return one_row();
        case PlanKind::local_relation: return local(p);
        case PlanKind::range: return range(p);
        case PlanKind::global_limit: return global_limit(planner, p);
        case PlanKind::offset:
            if (planner.answer == p.get()) return collected(planner, nullptr, p);
            break;
        case PlanKind::union_: return union_of(planner, p);
        case PlanKind::typed: return physical_typed(planner, p);
        default: break;
    }
    std::vector<PhysicalRef> children;
    for (const PlanRef& c : p->children) children.push_back(planned(planner, c));
    switch (p->kind) {
        case PlanKind::project: return project(p, children[0]);
        case PlanKind::filter: return filter(p->condition, children[0]);
        case PlanKind::aggregate: return physical_aggregate(session, p, children[0]);
        case PlanKind::join: return physical_join(session, p, children[0], children[1]);
        case PlanKind::generate: return generate(p, children[0]);
        case PlanKind::expand: return expand(p, children[0]);
        case PlanKind::sort: return sort(session, p, children[0]);
        case PlanKind::window: return physical_window(session, p, children[0]);
        case PlanKind::window_group_limit: return physical_window_limit(session, p, children[0]);
        case PlanKind::local_limit: return limited(p, children[0]);
        case PlanKind::sample: return sample(p, children[0]);
        case PlanKind::repartition: return repartition(session, p, children[0]);
        default: break;
    }
    PhysicalNode n;
    n.name = node_text(p);
    n.output = output_of(*p);
    n.children = std::move(children);
    if (p->kind == PlanKind::collect_metrics)
        n.name = fmt::format("CollectMetrics {}, {}", p->name, tree_forms(p->exprs));
    return physical_node(std::move(n));
}

/// Projections that only reorder columns for nodes that do not care about their order.
PhysicalRef without_reordering(const PhysicalRef& p, bool ordered) {
    MR_ASSERT(p != nullptr);
    if (p->name == "Project" && p->children.size() == 1) {
        const Exprs &above = p->output, &below = p->children[0]->output;
        bool same = above.size() == below.size() && p->reorders;
        for (std::size_t i = 0; same && i < above.size(); ++i)
            same = ordered ? above[i]->id == below[i]->id : contains_id(below, above[i]->id);
        if (same) return without_reordering(p->children[0], ordered);
    }
    const bool frees = p->name == "Project" || p->name.ends_with("Aggregate") || p->name == "Generate" ||
                       p->name == "TakeOrderedAndProject";
    const bool passes = p->name == "Filter" || p->name == "Sort" || p->name.starts_with("BroadcastHashJoin") ||
                        p->name.starts_with("SortMergeJoin") || p->name == "BroadcastExchange" || p->name == "Exchange";
    const bool moves = p->name == "BroadcastExchange" || p->name == "Exchange";
    // What a generator passes on may be null where the list over it says that it is not: such a list stays.
    const bool generated = p->name == "Expand" && !p->children[0]->children.empty() &&
                           p->children[0]->children[0]->name == "Generate";
    const bool inherits = (passes && !moves) || p->name == "Window" || (p->name == "Expand" && !generated);
    PhysicalNode copy = *p;
    for (PhysicalRef& c : copy.children)
        c = without_reordering(c, !frees && (inherits ? ordered : true));
    if (copy.children == p->children) return p;
    if (copy.children.size() == 2 &&
        copy.output.size() == copy.children[0]->output.size() + copy.children[1]->output.size()) {
        copy.output = copy.children[0]->output;
        copy.output.insert(copy.output.end(), copy.children[1]->output.begin(), copy.children[1]->output.end());
    } else if (passes && copy.children.size() == 1) {
        copy.output = copy.children[0]->output;
    } else if (p->name == "Window") {
        const auto own = p->output.begin() + static_cast<std::ptrdiff_t>(p->children[0]->output.size());
        copy.output = copy.children[0]->output;
        copy.output.insert(copy.output.end(), own, p->output.end());
    }
    for (std::string& line : copy.details)
        if (line.starts_with("Input [") && copy.children.size() == 1)
            line = input_line("Input", copy.children[0]->output);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

}  // namespace

PhysicalRef physical_plan(Session& session, const PlanRef& optimised, const PlanHook& hook, bool answers) {
    return without_reordering(planned({session, hook, answers ? optimised.get() : nullptr}, optimised), true);
}

bool has_exchange(const PhysicalRef& plan) {
    MR_ASSERT(plan != nullptr);
    // A window and the last step of an aggregate ask for rows that meet, even where they do already.
    const bool asks = plan->name == "Window" || plan->name.ends_with("Aggregate");
    return asks || plan->exchange || std::any_of(plan->children.begin(), plan->children.end(), has_exchange);
}

namespace {

/// A node inside the stage at hand; nodes below that start stages of their own take their numbers first.
PhysicalRef staged(const PhysicalRef& p, bool inside, int& next);

/// Lets what lies below a stage be numbered, then gives the stage its number.
PhysicalRef number_below(const PhysicalRef& p, int& next) {
    PhysicalNode copy = *p;
    for (PhysicalRef& c : copy.children) c = c->codegen && !p->apart ? number_below(c, next) : staged(c, true, next);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

PhysicalRef mark(const PhysicalRef& p, int number) {
    PhysicalNode copy = *p;
    copy.stage = number;
    for (PhysicalRef& c : copy.children)
        if (c->codegen && !p->apart) c = mark(c, number);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

PhysicalRef staged(const PhysicalRef& p, bool, int& next) {
    MR_ASSERT(p != nullptr);
    if (p->codegen && p->root) {
        const PhysicalRef below = number_below(p, next);
        return mark(below, ++next);
    }
    PhysicalNode copy = *p;
    for (PhysicalRef& c : copy.children) c = staged(c, false, next);
    return std::make_shared<const PhysicalNode>(std::move(copy));
}

}  // namespace

PhysicalRef with_stages(const PhysicalRef& plan) {
    int next = 0;
    return staged(plan, false, next);
}

}  // namespace engine::spark
