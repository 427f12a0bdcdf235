#include "engine/sql/tree.h"

#include "sim/base/assert.h"

namespace engine::spark {

Expr::Expr() = default;
Expr::Expr(const Expr&) = default;
Expr::Expr(Expr&&) noexcept = default;
Expr& Expr::operator=(const Expr&) = default;
Expr& Expr::operator=(Expr&&) noexcept = default;
Expr::~Expr() = default;

Plan::Plan() = default;
Plan::Plan(const Plan&) = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(const Plan&) = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

std::shared_ptr<Expr> copy_of(const Expr& node) { return std::make_shared<Expr>(node); }
std::shared_ptr<Plan> copy_of(const Plan& node) { return std::make_shared<Plan>(node); }

ExprRef finished(std::shared_ptr<Expr> node) {
    MR_ASSERT(node != nullptr);
    u32 depth = 0;
    for (const ExprRef& arg : node->args) {
        MR_ASSERT(arg != nullptr);
        depth = std::max<u32>(depth, arg->depth);
    }
    node->depth = static_cast<u16>(std::min<u32>(depth + 1, UINT16_MAX));
    return node;
}

PlanRef finished(std::shared_ptr<Plan> node) {
    MR_ASSERT(node != nullptr);
    u32 depth = 0;
    for (const PlanRef& child : node->children) {
        MR_ASSERT(child != nullptr);
        depth = std::max<u32>(depth, child->depth);
    }
    node->depth = static_cast<u16>(std::min<u32>(depth + 1, UINT16_MAX));
    return node;
}

ExprRef make(Expr&& node) { return finished(std::make_shared<Expr>(std::move(node))); }
PlanRef make(Plan&& node) { return finished(std::make_shared<Plan>(std::move(node))); }

PlanRef make_resolved(Plan node) {
    node.resolved = true;
    return make(std::move(node));
}

PlanRef with_resolved(const PlanRef& node, bool yes) {
    MR_ASSERT(node != nullptr);
    return node->resolved == yes ? node : edit(node, [&](Plan& x) { x.resolved = yes; });
}

PlanRef project_over(const PlanRef& child, Exprs items) {
    MR_ASSERT(child != nullptr);
    Plan p;
    p.kind = PlanKind::project;
    p.children = {child};
    p.exprs = std::move(items);
    return make_resolved(std::move(p));
}

ExprRef literal(Value value, DataType type, Origin at) {
    Expr e;
    e.kind = ExprKind::literal;
    e.nullable = value.null;
    e.value = std::move(value);
    e.type = std::move(type);
    e.resolved = true;
    e.at = std::move(at);
    return make(std::move(e));
}

ExprRef null_literal(const DataType& type) { return literal(null_value(), type); }
ExprRef int_literal(i64 v, TypeId id, Origin at) { return literal(int_value(v), type_of(id), std::move(at)); }
ExprRef string_literal(std::string text, Origin at) {
    return literal(string_value(std::move(text)), type_of(TypeId::string), std::move(at));
}
ExprRef bool_literal(bool v, Origin at) { return literal(bool_value(v), type_of(TypeId::boolean), std::move(at)); }

ExprRef name_of(std::vector<std::string> parts, Origin at) {
    Expr e;
    e.kind = ExprKind::name;
    e.parts = std::move(parts);
    e.at = std::move(at);
    return make(std::move(e));
}

namespace {

ExprRef named(ExprKind kind, std::string name, Exprs args, Origin at) {
    Expr e;
    e.kind = kind;
    e.name = std::move(name);
    e.args = std::move(args);
    e.at = std::move(at);
    return make(std::move(e));
}

}  // namespace

ExprRef operation(std::string name, Exprs args, Origin at) {
    return named(ExprKind::call, std::move(name), std::move(args), std::move(at));
}
ExprRef function(std::string name, Exprs args, Origin at) {
    return named(ExprKind::function, std::move(name), std::move(args), std::move(at));
}

ExprRef cast_to(ExprRef arg, DataType type, bool ansi, Origin at) {
    MR_ASSERT(arg != nullptr);
    Expr e;
    e.kind = ExprKind::cast;
    e.args = {std::move(arg)};
    e.type = std::move(type);
    e.ansi = ansi;
    e.at = std::move(at);
    return make(std::move(e));
}

ExprRef alias_of(ExprRef arg, std::string name, u64 id, Origin at) {
    MR_ASSERT(arg != nullptr);
    Expr e;
    e.kind = ExprKind::alias;
    e.type = arg->type;
    e.nullable = arg->nullable;
    e.resolved = arg->resolved;
    e.watermark_ms = arg->watermark_ms;
    e.args = {std::move(arg)};
    e.name = std::move(name);
    e.id = id;
    e.at = std::move(at);
    return make(std::move(e));
}

ExprRef unresolved_alias(ExprRef arg) {
    MR_ASSERT(arg != nullptr);
    Origin at = arg->at;
    return named(ExprKind::unresolved_alias, "", {std::move(arg)}, std::move(at));
}

ExprRef attribute(std::string name, DataType type, bool nullable, u64 id, std::vector<std::string> qualifier) {
    MR_ASSERT(id != 0);
    Expr e;
    e.kind = ExprKind::attribute;
    e.name = std::move(name);
    e.type = std::move(type);
    e.nullable = nullable;
    e.id = id;
    e.parts = std::move(qualifier);
    e.resolved = true;
    return make(std::move(e));
}

ExprRef sort_order(ExprRef arg, bool ascending, bool nulls_first) {
    MR_ASSERT(arg != nullptr);
    Expr e;
    e.kind = ExprKind::sort_order;
    e.type = arg->type;
    e.resolved = arg->resolved;
    e.at = arg->at;
    e.args = {std::move(arg)};
    e.ascending = ascending;
    e.nulls_first = nulls_first;
    return make(std::move(e));
}

PlanRef plan_of(PlanKind kind, std::vector<PlanRef> children, Exprs exprs) {
    Plan p;
    p.kind = kind;
    p.children = std::move(children);
    p.exprs = std::move(exprs);
    return make(std::move(p));
}

bool is_call(const ExprRef& e, std::string_view name) { return e->kind == ExprKind::call && e->name == name; }
bool is_literal(const ExprRef& e) { return e->kind == ExprKind::literal; }

namespace {

/// What becomes of each; empty if none changed, as is the rule where all trees are rewritten again and again.
template <class Ref, class Change>
std::vector<Ref> changed_among(const std::vector<Ref>& from, const Change& change) {
    std::vector<Ref> to;
    for (std::size_t i = 0; i < from.size(); ++i) {
        Ref now = change(from[i]);
        if (to.empty() && now != from[i]) to = from;
        if (!to.empty()) to[i] = std::move(now);
    }
    MR_ASSERT(to.empty() || to.size() == from.size());
    return to;
}

/// The node with its arguments (and frame bounds) replaced; itself if none changed.
ExprRef with_args(const ExprRef& e, const Rewrite& change) {
    MR_ASSERT(e != nullptr);
    Exprs args = changed_among(e->args, change);
    if (args.empty()) return e;
    return edit(e, [&](Expr& copy) { copy.args = std::move(args); });
}

}  // namespace

ExprRef rewrite_up(const ExprRef& e, const Rewrite& change) {
    return change(with_args(e, [&](const ExprRef& arg) { return rewrite_up(arg, change); }));
}

ExprRef rewrite_down(const ExprRef& e, const Rewrite& change) {
    return with_args(change(e), [&](const ExprRef& arg) { return rewrite_down(arg, change); });
}

bool any_of(const ExprRef& e, const std::function<bool(const Expr&)>& test) {
    MR_ASSERT(e != nullptr);
    if (test(*e)) return true;
    for (const ExprRef& arg : e->args)
        if (any_of(arg, test)) return true;
    return false;
}

void visit(const ExprRef& e, const std::function<void(const ExprRef&)>& see) {
    MR_ASSERT(e != nullptr);
    see(e);
    for (const ExprRef& arg : e->args) visit(arg, see);
}

PlanRef map_exprs(const PlanRef& p, const Rewrite& change) {
    MR_ASSERT(change != nullptr);
    MR_ASSERT(p != nullptr);
    Exprs exprs = changed_among(p->exprs, change), groups = changed_among(p->groups, change);
    const auto row_changed = [&](const Exprs& row) {
        Exprs now = changed_among(row, change);
        return now.empty() ? row : now;
    };
    std::vector<Exprs> rows = changed_among(p->rows, row_changed);
    ExprRef condition = p->condition ? change(p->condition) : nullptr;
    if (exprs.empty() && groups.empty() && rows.empty() && condition == p->condition) return p;
    return edit(p, [&](Plan& copy) {
        if (!exprs.empty()) copy.exprs = std::move(exprs);
        if (!groups.empty()) copy.groups = std::move(groups);
        if (!rows.empty()) copy.rows = std::move(rows);
        copy.condition = std::move(condition);
    });
}

void visit_exprs(const Plan& p, const std::function<void(const ExprRef&)>& see) {
    for (const ExprRef& e : p.exprs) see(e);
    for (const ExprRef& e : p.groups) see(e);
    for (const Exprs& row : p.rows)
        for (const ExprRef& e : row) see(e);
    if (p.condition) see(p.condition);
}

PlanRef with_children(const PlanRef& p, std::vector<PlanRef> children) {
    MR_ASSERT(p != nullptr);
    if (children == p->children) return p;
    return edit(p, [&](Plan& copy) { copy.children = std::move(children); });
}

PlanRef rewrite_plan_up(const PlanRef& p, const PlanRewrite& change) {
    MR_ASSERT(p != nullptr && change != nullptr);
    std::vector<PlanRef> children =
        changed_among(p->children, [&](const PlanRef& child) { return rewrite_plan_up(child, change); });
    return change(children.empty() ? p : with_children(p, std::move(children)));
}

PlanRef rewrite_plan_down(const PlanRef& p, const PlanRewrite& change) {
    MR_ASSERT(p != nullptr && change != nullptr);
    const PlanRef node = change(p);
    std::vector<PlanRef> children =
        changed_among(node->children, [&](const PlanRef& child) { return rewrite_plan_down(child, change); });
    return children.empty() ? node : with_children(node, std::move(children));
}

}  // namespace engine::spark
