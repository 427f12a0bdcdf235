#include "engine/plan/outputs.h"

#include <algorithm>

#include "engine/plan/functions.h"
#include "engine/plan/typed.h"
#include "sim/base/assert.h"

namespace engine::spark {

ExprRef with_nullable(const ExprRef& a, bool nullable) {
    return a->nullable == nullable ? a : edit(a, [&](Expr& e) { e.nullable = nullable; });
}

ExprRef to_attribute(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::attribute) return e;
    ExprRef a = attribute(e->name, e->type, e->nullable, e->id,
                          e->kind == ExprKind::alias ? e->parts : std::vector<std::string>{});
    return e->watermark_ms >= 0 || e->metadata
               ? edit(a, [&](Expr& x) { x.watermark_ms = e->watermark_ms, x.metadata = e->metadata; })
               : a;
}

Exprs to_attributes(const Exprs& exprs) {
    Exprs out;
    for (const ExprRef& e : exprs) out.push_back(to_attribute(e));
    return out;
}

bool contains_id(const Exprs& attributes, u64 id) {
    for (const ExprRef& a : attributes)
        if (a->id == id) return true;
    return false;
}

std::vector<u64> references(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    std::vector<u64> out;
    std::function<void(const ExprRef&)> walk = [&](const ExprRef& x) {
        if (x->kind == ExprKind::outer) return;
        if (x->kind == ExprKind::attribute) out.push_back(x->id);
        for (const ExprRef& arg : x->args) walk(arg);
    };
    walk(e);
    return out;
}

namespace {

void append(Exprs& to, const Exprs& from) { to.insert(to.end(), from.begin(), from.end()); }

Exprs nulled(Exprs attributes) {
    for (ExprRef& a : attributes) a = with_nullable(a, true);
    return attributes;
}

Exprs join_output(const Plan& p) {
    MR_ASSERT(p.children.size() == 2);
    Exprs left = output_of(*p.children[0]), right = output_of(*p.children[1]);
    switch (p.join) {
        case JoinType::left_semi: case JoinType::left_anti: return left;
        case JoinType::existence: right = p.output; break;
        case JoinType::left_outer: right = nulled(std::move(right)); break;
        case JoinType::right_outer: left = nulled(std::move(left)); break;
        case JoinType::full_outer:
            left = nulled(std::move(left));
            right = nulled(std::move(right));
            break;
        default: break;
    }
    append(left, right);
    return left;
}

Exprs union_output(const Plan& p) {
    MR_ASSERT(!p.children.empty());
    Exprs out = output_of(*p.children[0]);
    for (std::size_t c = 1; c < p.children.size(); ++c) {
        const Exprs other = output_of(*p.children[c]);
        for (std::size_t i = 0; i < out.size() && i < other.size(); ++i) {
            if (other[i]->nullable) out[i] = with_nullable(out[i], true);
        }
    }
    return out;
}

}  // namespace

Exprs required_of(const Plan& p) {
    MR_ASSERT(p.kind == PlanKind::generate);
    const Exprs columns = output_of(*p.children[0]);
    if (p.options.empty()) return columns;
    const std::string places = ", " + p.options[0].second + ",";
    Exprs out;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (places.find(", " + std::to_string(i) + ",") == std::string::npos) out.push_back(columns[i]);
    return out;
}

Exprs output_of(const Plan& p) {
    switch (p.kind) {
        case PlanKind::project: case PlanKind::aggregate: return to_attributes(p.exprs);
        case PlanKind::join: case PlanKind::lateral_join: return join_output(p);
        case PlanKind::union_: return union_output(p);
        case PlanKind::intersect: {
            Exprs out = output_of(*p.children[0]);
            const Exprs other = output_of(*p.children[1]);
            for (std::size_t i = 0; i < out.size() && i < other.size(); ++i)
                out[i] = with_nullable(out[i], out[i]->nullable && other[i]->nullable);
            return out;
        }
        case PlanKind::subquery_alias: {
            Exprs out = output_of(*p.children[0]);
            for (ExprRef& a : out) a = edit(a, [&](Expr& e) { e.parts = {p.name}; });
            return out;
        }
        case PlanKind::generate: {
            Exprs out = required_of(p);
            append(out, p.output);
            return out;
        }
        case PlanKind::window: {
            Exprs out = output_of(*p.children[0]);
            append(out, to_attributes(p.exprs));
            return out;
        }
        case PlanKind::watermark: {
            Exprs out = output_of(*p.children[0]);
            for (ExprRef& a : out)
                if (!p.exprs.empty() && a->id == p.exprs[0]->id) a = edit(a, [&](Expr& e) { e.watermark_ms = p.n; });
            return out;
        }
        case PlanKind::typed: return p.output;
        case PlanKind::local_relation: case PlanKind::range: case PlanKind::file_relation:
        case PlanKind::stream_relation: case PlanKind::view: case PlanKind::expand:
        case PlanKind::cte_reference: return p.output;
        default: return p.children.empty() ? p.output : output_of(*p.children[0]);
    }
}

DataType schema_of(const Plan& plan) {
    std::vector<Field> fields;
    for (const ExprRef& a : output_of(plan)) fields.push_back({a->name, a->type, a->nullable});
    return struct_type(std::move(fields));
}

namespace {

/// Old number to new number, for everything a plan defines.
struct Renewal {
    Ids& ids;
    std::vector<std::pair<u64, u64>> map;

    u64 of(u64 id) {
        for (const auto& [from, to] : map)
            if (from == id) return to;
        map.emplace_back(id, ids.take());
        return map.back().second;
    }
};

PlanRef renew(const PlanRef& plan, Renewal& r);

ExprRef renew(const ExprRef& root, Renewal& r) {
    MR_ASSERT(root != nullptr);
    return rewrite_up(root, [&](const ExprRef& e) -> ExprRef {
        const bool numbered = (e->kind == ExprKind::attribute || e->kind == ExprKind::alias) && e->id != 0;
        if (!numbered && !e->plan) return e;
        return edit(e, [&](Expr& x) {
            if (numbered) x.id = r.of(x.id);
            if (x.plan) x.plan = renew(x.plan, r);
        });
    });
}

std::shared_ptr<const TypedStep> renew(const TypedStep& step, Renewal& r) {
    auto out = std::make_shared<TypedStep>(step);
    for (Exprs* columns :
         {&out->columns, &out->keys, &out->initial_keys, &out->initial_columns, &out->other_keys, &out->other_columns})
        for (ExprRef& c : *columns) c = renew(c, r);
    if (out->object) out->object = renew(out->object, r);
    return out;
}

PlanRef renew(const PlanRef& plan, Renewal& r) {
    MR_ASSERT(plan != nullptr);
    std::vector<PlanRef> children;
    // A name of a CTE has columns of its own over the one definition.
    const bool named = plan->kind == PlanKind::cte_reference;
    for (const PlanRef& c : plan->children) children.push_back(named ? c : renew(c, r));
    const PlanRef out = map_exprs(plan, [&](const ExprRef& e) { return renew(e, r); });
    return edit(out, [&](Plan& p) {
        p.children = std::move(children);
        for (ExprRef& a : p.output) a = renew(a, r);
        if (p.typed) p.typed = renew(*p.typed, r);
    });
}

}  // namespace

PlanRef renewed(const PlanRef& plan, Ids& ids) {
    MR_ASSERT(plan != nullptr);
    Renewal r{ids, {}};
    return renew(plan, r);
}

ExprRef null_aware_equality(const Plan& p) {
    const bool anti = p.kind == PlanKind::join && p.join == JoinType::left_anti && p.condition;
    if (!anti || !is_call(p.condition, "or") || !is_call(p.condition->args[0], "=")) return nullptr;
    const ExprRef &equal = p.condition->args[0], &unknown = p.condition->args[1];
    if (!is_call(unknown, "isnull") || unknown->args[0] != equal) return nullptr;
    const Exprs left = output_of(*p.children[0]), right = output_of(*p.children[1]);
    const auto within = [](const ExprRef& e, const Exprs& columns) {
        const std::vector<u64> ids = references(e);
        return !ids.empty() && std::ranges::all_of(ids, [&](u64 id) { return contains_id(columns, id); });
    };
    const bool straight = within(equal->args[0], left) && within(equal->args[1], right);
    return straight || (within(equal->args[1], left) && within(equal->args[0], right)) ? equal : nullptr;
}

bool is_grouping(const Expr& e) {
    return e.kind == ExprKind::call && e.fn && e.fn->kind == FunctionKind::aggregate &&
           std::string_view(e.fn->name).starts_with("grouping");
}

}  // namespace engine::spark
