#include "engine/plan/plan_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/functions.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/plan/typed.h"
#include "sim/base/assert.h"

namespace engine::spark {

const char* join_name(JoinType type) {
    switch (type) {
        case JoinType::inner: return "Inner";
        case JoinType::left_outer: return "LeftOuter";
        case JoinType::right_outer: return "RightOuter";
        case JoinType::full_outer: return "FullOuter";
        case JoinType::left_semi: return "LeftSemi";
        case JoinType::left_anti: return "LeftAnti";
        case JoinType::cross: return "Cross";
        case JoinType::existence: return "ExistenceJoin";
    }
    return "";
}

std::string join_type_text(const Plan& p) {
    const bool marks = p.join == JoinType::existence && !p.output.empty();
    return marks ? fmt::format("ExistenceJoin({})", tree_form(p.output[0])) : join_name(p.join);
}

namespace {

std::string tight_list(const Exprs& attributes) {
    std::string out;
    for (const ExprRef& a : attributes) out += (out.empty() ? "" : ",") + tree_form(a);
    return "[" + out + "]";
}

std::string names_text(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& n : names) out += (out.empty() ? "" : ", ") + n;
    return "[" + out + "]";
}

/// An expression that is an argument of a node: a bare column that is no truth value shows its type.
std::string argument_form(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const bool typed = e->resolved && e->kind == ExprKind::attribute && e->type.id != TypeId::boolean;
    return tree_form(e) + (typed ? ": " + catalog_name(e->type) : "");
}

std::string join_text(const Plan& p) {
    std::string kind = join_type_text(p);
    if (!p.names.empty() && !p.names[0].empty()) kind = fmt::format("UsingJoin({}, {})", kind, names_text(p.names[0]));
    if (p.natural) kind = fmt::format("NaturalJoin({})", kind);
    std::string out = "Join " + kind;
    if (p.condition) out += ", " + argument_form(p.condition);
    for (const auto& [side, strategy] : p.options) out += fmt::format(", {}=(strategy={})", side, strategy);
    return out;
}

}  // namespace

std::string generator_text(const Plan& p) {
    MR_ASSERT(p.exprs.size() == 1);
    const ExprRef& g = p.exprs[0];
    constexpr std::string_view kOuter = "_outer";
    if (!p.outer || !g->resolved || !g->name.ends_with(kOuter)) return tree_form(g);
    return tree_form(edit(g, [&](Expr& e) {
        e.name.resize(e.name.size() - kOuter.size());
        e.fn = find_function(e.name);
    }));
}

namespace {

std::string generate_text(const Plan& p) {
    MR_ASSERT(p.exprs.size() == 1);
    std::vector<std::string> columns;
    for (const ExprRef& a : p.output) columns.push_back(tree_form(a));
    if (p.output.empty() && !p.names.empty())
        for (const std::string& n : p.names[0]) columns.push_back("'" + n);
    const std::string qualifier = p.name.empty() ? "" : p.name + ", ";
    const std::string unrequired = p.options.empty() ? "" : "[" + p.options[0].second + "], ";
    return fmt::format("Generate {}, {}{}, {}[{}]", generator_text(p), unrequired, p.outer ? "true" : "false",
                       qualifier, joined(columns));
}

/// Groups of columns with the names that were given to some, the column of names, the columns of values.
std::string unpivot_text(const Plan& p) {
    MR_ASSERT(p.names.size() == 2);
    std::vector<std::string> groups, names;
    bool named = false;
    for (const Exprs& row : p.rows) {
        std::vector<std::string> columns;
        for (const ExprRef& e : row) columns.push_back(tree_form(e));
        groups.push_back("List(" + joined(columns) + ")");
    }
    for (const std::string& n : p.names[1]) {
        named = named || !n.empty();
        names.push_back(n.empty() ? "None" : "Some(" + n + ")");
    }
    // A call of the API tells which columns stay; of a statement they follow once all others are known.
    const bool told = p.all || p.fraction != 0;
    std::vector<std::string> ids;
    for (const ExprRef& e : p.groups) ids.push_back(tree_form(e));
    return fmt::format("Unpivot {}{}({}), {}{}, {}",
                       told ? fmt::format("{}({}), ", p.all ? "ArraySeq" : "List", joined(ids)) : "",
                       p.all ? "ArraySeq" : "ArrayBuffer", joined(groups),
                       named ? "ArrayBuffer(" + joined(names) + "), " : "", p.name, names_text(p.names[0]));
}

std::string rows_text(const std::vector<Exprs>& rows) {
    std::vector<std::string> parts;
    for (const Exprs& row : rows) parts.push_back(tree_forms(row));
    return "[" + joined(parts) + "]";
}

}  // namespace

std::string typed_attribute(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::attribute);
    std::string type = catalog_name(e->type);
    if (e->type.id == TypeId::structure) {
        type.clear();
        for (const Field& f : *e->type.fields)
            type += fmt::format("{}{}: {}", type.empty() ? "" : ", ", f.name, catalog_name(f.type));
        type = "struct<" + type + ">";
    }
    return fmt::format("{}#{}: {}", e->name, e->id, type);
}

bool is_batch_of_stream(const Plan& p) { return p.kind == PlanKind::stream_relation && p.parts.size() > 2; }

namespace {

/// A column with its type where it is known.
std::string column_text(const ExprRef& e) {
    return e->kind == ExprKind::attribute ? typed_attribute(e) : tree_form(e);
}

std::string pivot_text(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::pivot && !p.groups.empty());
    std::vector<std::string> keys, values, aggregates;
    for (std::size_t i = 1; i < p.groups.size(); ++i) keys.push_back(tree_form(p.groups[i]));
    for (const Exprs& row : p.rows) values.push_back(tree_form(row[0]));
    // Only lists keep names (Spark's CleanupAliases).
    for (const ExprRef& e : p.exprs) {
        const bool named = e->kind == ExprKind::unresolved_alias || e->kind == ExprKind::alias;
        aggregates.push_back(tree_form(named ? e->args[0] : e));
    }
    return fmt::format("Pivot {}{}, [{}], [{}]", p.all ? "ArrayBuffer(" + joined(keys) + "), " : "",
                       column_text(p.groups[0]), joined(values), joined(aggregates));
}

std::string watermark_text(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::watermark);
    return fmt::format("EventTimeWatermark {}, {}", p.exprs.empty() ? "" : column_text(p.exprs[0]), p.name);
}

std::string window_text(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::window);
    const std::string out = "Window " + tree_forms(p.exprs) + (p.groups.empty() ? "" : ", " + tree_forms(p.groups));
    return p.rows.empty() || p.rows[0].empty() ? out : out + ", " + tree_forms(p.rows[0]);
}

/// The keys of an aggregate, as they stand before its list if it has one.
std::string keys_text(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::aggregate);
    return p.groups.empty() ? "" : tree_forms(p.groups) + (p.exprs.empty() ? "" : ", ");
}

}  // namespace

std::string window_limit_arguments(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::window_group_limit && p.rows.size() == 1);
    return fmt::format("{}{}, {}, {}", p.groups.empty() ? "" : tree_forms(p.groups) + ", ", tree_forms(p.rows[0]),
                       tree_form(p.exprs[0]), p.n);
}

std::string node_text(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    const Plan& p = *plan;
    switch (p.kind) {
        case PlanKind::one_row: return "OneRowRelation";
        case PlanKind::relation_name: return fmt::format("UnresolvedRelation {}, [], {}", names_text(p.parts), p.all);
        case PlanKind::local_relation:
            if (p.name == "rdd") return "LogicalRDD " + tree_forms(p.output) + ", false";
            return p.output.empty() ? "LocalRelation <empty>"
                                    : (p.table ? "LocalRelation " : "LocalRelation <empty>, ") + tree_forms(p.output);
        case PlanKind::range:
            return fmt::format("Range ({}, {}, step={}, splits={})", p.start, p.end, p.step,
                               p.n > 0 ? "Some(" + std::to_string(p.n) + ")" : "None");
        case PlanKind::file_relation: return fmt::format("Relation {} {}", tight_list(p.output), p.name);
        case PlanKind::stream_relation:
            if (is_batch_of_stream(p)) return p.name + " " + tree_forms(p.output) + p.parts[1];
            return p.name + ", " + tree_forms(p.output) + (p.parts.size() > 1 ? p.parts[1] : "");
        case PlanKind::table_function:
            return fmt::format("UnresolvedTableValuedFunction {}, {}", names_text(p.parts), tree_forms(p.exprs));
        case PlanKind::values:
            return fmt::format("UnresolvedInlineTable {}, {}", names_text(p.names[0]), rows_text(p.rows));
        case PlanKind::subquery_alias:
            return (p.names.empty() || p.resolved ? "SubqueryAlias " : "SubqueryAlias ") + p.name;
        case PlanKind::view: return fmt::format("View (`{}`, {})", p.name, tight_list(p.output));
        case PlanKind::project: return p.exprs.empty() ? "Project" : "Project " + tree_forms(p.exprs);
        case PlanKind::filter: return "Filter " + argument_form(p.condition);
        case PlanKind::having: return "UnresolvedHaving " + tree_form(p.condition);
        case PlanKind::aggregate:
            return "Aggregate " + keys_text(p) + (p.exprs.empty() ? "" : tree_forms(p.exprs));
        case PlanKind::sort: return fmt::format("Sort {}, {}", tree_forms(p.exprs), p.all ? "true" : "false");
        case PlanKind::global_limit: return "GlobalLimit " + argument_form(p.condition);
        case PlanKind::local_limit: return "LocalLimit " + argument_form(p.condition);
        case PlanKind::tail: return "Tail " + tree_form(p.condition);
        case PlanKind::offset: return "Offset " + argument_form(p.condition);
        case PlanKind::join: return join_text(p);
        case PlanKind::lateral_join:
            return fmt::format("LateralJoin lateral-subquery#{} {}, {}{}", p.n, tree_forms(p.groups), join_name(p.join),
                               p.condition ? ", " + tree_form(p.condition) : "");
        case PlanKind::union_: return fmt::format("Union {}, {}", p.by_name, p.missing);
        case PlanKind::except: return p.all ? "Except All true" : "Except false";
        case PlanKind::intersect: return p.all ? "Intersect All true" : "Intersect false";
        case PlanKind::distinct: return "Distinct";
        case PlanKind::deduplicate:
            return (p.name.empty() ? "Deduplicate " : "DeduplicateWithinWatermark ") + tree_forms(p.groups);
        case PlanKind::generate: return generate_text(p);
        case PlanKind::expand: return "Expand " + rows_text(p.rows) + ", " + tree_forms(p.output);
        case PlanKind::window: return window_text(p);
        case PlanKind::window_group_limit: return "WindowGroupLimit " + window_limit_arguments(p);
        case PlanKind::with: return p.name == "definitions" ? "WithCTE" : "CTE " + names_text(p.parts);
        case PlanKind::cte_reference:
            if (p.name == "definition") return fmt::format("CTERelationDef {}, false", p.n);
            return fmt::format("CTERelationRef {}, {}, {}false", p.n, p.resolved,
                               p.resolved ? tree_forms(p.output) + ", " : "");
        case PlanKind::hint: return "UnresolvedHint " + p.name + (p.exprs.empty() ? "" : ", " + tree_forms(p.exprs));
        case PlanKind::resolved_hint: return "ResolvedHint (strategy=" + p.name + ")";
        case PlanKind::repartition:
            if (!p.exprs.empty())
                return "RepartitionByExpression " + tree_forms(p.exprs) + (p.n > 0 ? ", " + std::to_string(p.n) : "");
            return fmt::format("Repartition {}, {}", p.n, p.all ? "true" : "false");
        case PlanKind::sample: return fmt::format("Sample 0.0, {}, false, {}", p.fraction, p.n);
        case PlanKind::pivot: return pivot_text(p);
        case PlanKind::unpivot: return unpivot_text(p);
        case PlanKind::watermark: return watermark_text(p);
        case PlanKind::collect_metrics:
            return fmt::format("CollectMetrics {}, {}, {}", p.name, tree_forms(p.exprs), p.n);
        case PlanKind::typed: return typed_text(p);
        case PlanKind::command: return p.typed ? typed_text(p) : p.name;
    }
    return "";
}

namespace {

bool shows_unresolved(const Plan& p) {
    if (p.kind == PlanKind::view || p.kind == PlanKind::local_relation || p.kind == PlanKind::one_row ||
        p.kind == PlanKind::range || p.kind == PlanKind::file_relation || p.kind == PlanKind::stream_relation)
        return false;
    if (p.kind == PlanKind::with && p.name != "definitions") return false;
    return !p.resolved;
}

/// Something in the node refers to a column that nothing below makes.
bool lacks_input(const Plan& p) {
    bool lacks = false;
    visit_exprs(p, [&](const ExprRef& e) { lacks = lacks || any_of(e, is_grouping); });
    return lacks;
}

void collect_subqueries(const ExprRef& e, std::vector<PlanRef>& out) {
    MR_ASSERT(e != nullptr);
    if (e->plan) out.push_back(e->plan);
    for (const ExprRef& arg : e->args) collect_subqueries(arg, out);
}

/// What a node has in it and what it stands on, as the tree shows them.
struct Below {
    std::vector<PlanRef> inner, children;
};

Below below(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Below out{{}, p->children};
    visit_exprs(*p, [&](const ExprRef& e) { collect_subqueries(e, out.inner); });
    if (p->kind == PlanKind::lateral_join) {
        out.inner = {p->children[1]};
        out.children = {p->children[0]};
    }
    if (p->kind == PlanKind::cte_reference && p->name != "definition") out.children.clear();
    if (p->kind != PlanKind::with) return out;
    if (p->name == "definitions") {
        std::ranges::rotate(out.children, out.children.begin() + 1);
        return out;
    }
    out.children = {p->children[0]};
    for (std::size_t i = 1; i < p->children.size(); ++i) {
        Plan alias;
        alias.kind = PlanKind::subquery_alias;
        alias.name = p->parts[i - 1];
        alias.children = {p->children[i]};
        if (!p->names[i - 1].empty()) alias.names = {p->names[i - 1]};
        out.inner.push_back(make(std::move(alias)));
    }
    return out;
}

/// The names that a statement gives to the columns of a relation stand under its alias until they are known.
std::string column_names_text(const Plan& p) {
    if (p.kind != PlanKind::subquery_alias || p.names.empty() || p.resolved) return "";
    const Plan& child = *p.children[0];
    if (child.kind == PlanKind::values) return "";
    if (child.kind == PlanKind::table_function)
        return fmt::format("'UnresolvedTVFAliases {}, {}", names_text(child.parts), names_text(p.names[0]));
    return "'UnresolvedSubqueryColumnAliases " + names_text(p.names[0]);
}

void lines(std::string& out, const PlanRef& p, const std::string& first, std::string rest) {
    MR_ASSERT(p != nullptr);
    out += first + (shows_unresolved(*p) ? "'" : lacks_input(*p) ? "!" : "") + node_text(p) + "\n";
    if (const std::string names = column_names_text(*p); !names.empty()) {
        out += rest + "+- " + names + "\n";
        rest += "   ";
    }
    const Below parts = below(p);
    for (std::size_t i = 0; i < parts.inner.size(); ++i) {
        const bool last = i + 1 == parts.inner.size();
        const std::string bar = parts.children.empty() ? "   " : ":  ";
        lines(out, parts.inner[i], rest + bar + (last ? "+- " : ":- "), rest + bar + (last ? "   " : ":  "));
    }
    for (std::size_t i = 0; i < parts.children.size(); ++i) {
        const bool last = i + 1 == parts.children.size();
        lines(out, parts.children[i], rest + (last ? "+- " : ":- "), rest + (last ? "   " : ":  "));
    }
}

}  // namespace

std::string plan_tree(const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    std::string out;
    lines(out, plan, "", "");
    return out;
}

}  // namespace engine::spark
