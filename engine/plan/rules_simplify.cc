// Constants are computed, logic is simplified, tables at hand are worked through.
#include <algorithm>

#include "engine/plan/cast.h"
#include "engine/plan/eval.h"
#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool is_true(const ExprRef& e) {
    return is_literal(e) && e->type.id == TypeId::boolean && !e->value.null && e->value.i != 0;
}
bool is_false(const ExprRef& e) {
    return is_literal(e) && e->type.id == TypeId::boolean && !e->value.null && e->value.i == 0;
}
bool is_null_literal(const ExprRef& e) { return is_literal(e) && (e->value.null || e->type.id == TypeId::void_); }

bool conditional(const Expr& e) {
    if (e.kind == ExprKind::case_when) return true;
    const std::string_view name = e.name;
    return e.kind == ExprKind::call && (name == "if" || name == "coalesce" || name == "and" || name == "or" ||
                                        name == "nvl" || name == "ifnull");
}

/// Computed, or itself if that fails where it may never be reached.
ExprRef folded(Optimiser& o, const ExprRef& e, bool reached) {
    MR_ASSERT(e != nullptr);
    const bool keeps = is_literal(e) || e->kind == ExprKind::alias || e->kind == ExprKind::sort_order ||
                       e->kind == ExprKind::lambda || e->kind == ExprKind::window_spec || !e->resolved;
    if (keeps || !foldable(e)) return e;
    // Maps stay as they are written, but their faults show as early as those of other constants.
    const bool makes_map = e->kind == ExprKind::call && (e->name == "map" || e->name == "map_from_arrays" ||
                                                         e->name == "str_to_map" || e->name == "map_from_entries");
    if (e->type.id == TypeId::map && !makes_map) return e;
    if (e->kind == ExprKind::aggregate || e->kind == ExprKind::window || e->kind == ExprKind::outer) return e;
    if (e->kind == ExprKind::call && e->fn &&
        (e->fn->kind == FunctionKind::aggregate || e->fn->kind == FunctionKind::window ||
         e->fn->kind == FunctionKind::generator))
        return e;
    EvalContext cx;
    cx.ansi = o.cx.ansi;
    cx.bug = o.cx.bug;
    cx.clock = o.cx.clock;
    cx.budget = o.cx.budget;
    const Value v = eval_constant(e, cx);
    o.cx.budget = cx.budget;
    if (!cx.ok()) {
        if (reached) o.cx.failure = cx.failure;
        return e;
    }
    if (makes_map) return e;
    return edit(literal(v, e->type), [&](Expr& x) { x.nullable = v.null; });
}

ExprRef logic(const ExprRef& e) {
    MR_ASSERT(e->args.size() == 2);
    const bool conjunctive = e->name == "and";
    const ExprRef &a = e->args[0], &b = e->args[1];
    if (conjunctive ? is_true(a) : is_false(a)) return b;
    if (conjunctive ? is_true(b) : is_false(b)) return a;
    if (conjunctive ? is_false(a) : is_true(a)) return a;
    if ((conjunctive ? is_false(b) : is_true(b)) && deterministic(a)) return b;
    return e;
}

ExprRef case_simplified(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    Exprs args;
    const std::size_t pairs = e->args.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
        if (is_false(e->args[2 * i]) || is_null_literal(e->args[2 * i])) continue;
        if (is_true(e->args[2 * i])) {
            if (args.empty()) return e->args[2 * i + 1];
            args.push_back(e->args[2 * i + 1]);
            return edit(e, [&](Expr& x) { x.args = args; });
        }
        args.push_back(e->args[2 * i]);
        args.push_back(e->args[2 * i + 1]);
    }
    if (e->args.size() % 2 == 1) args.push_back(e->args.back());
    if (args.size() == e->args.size()) return e;
    if (args.size() == 1) return args[0];
    return args.empty() ? null_literal(e->type) : edit(e, [&](Expr& x) { x.args = args; });
}

/// A field of a struct that is made on the spot is the value that was put in.
ExprRef field_of_struct(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    const ExprRef& base = e->args[0];
    if (!is_call(base, "named_struct")) return e;
    const auto at = static_cast<std::size_t>(e->n) * 2 + 1;
    return at < base->args.size() ? base->args[at] : e;
}

/// A cast of constants to choose from is a choice of cast constants; one of them may be no constant.
ExprRef cast_of_choice(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::cast);
    const ExprRef& choice = e->args[0];
    if (choice->kind != ExprKind::case_when) return e;
    const auto value = [&](std::size_t i) { return i % 2 == 1 || i + 1 == choice->args.size(); };
    int unknown = 0;
    for (std::size_t i = 0; i < choice->args.size(); ++i) unknown += value(i) && !is_literal(choice->args[i]) ? 1 : 0;
    if (unknown > 1) return e;
    return edit(choice, [&](Expr& x) {
        x.type = e->type;
        for (std::size_t i = 0; i < x.args.size(); ++i)
            if (value(i)) x.args[i] = edit(e, [&](Expr& c) { c.args = {x.args[i]}; });
    });
}

/// Patterns that ask for a beginning, an end, a part or the whole.
ExprRef like_simplified(const ExprRef& e) {
    MR_ASSERT(is_call(e, "like"));
    if (e->args.size() != 2 || !is_literal(e->args[1]) || e->args[1]->value.null) return e;
    const std::string& pattern = e->args[1]->value.s;
    const bool open = pattern.starts_with('%'), shut = pattern.size() > 1 && pattern.ends_with('%');
    const std::string text = pattern.substr(open ? 1 : 0, pattern.size() - (open ? 1 : 0) - (shut ? 1 : 0));
    if (text.find_first_of("%_\\") != std::string::npos || (text.empty() && (open || shut))) return e;
    const ExprRef part = edit(e->args[1], [&](Expr& x) { x.value.s = text; });
    return call_of(open && shut ? "contains" : open ? "endswith" : shut ? "startswith" : "=", {e->args[0], part});
}

/// A moment less an interval is the moment and the interval's negative, as Spark computes it.
ExprRef interval_added(const ExprRef& e) {
    MR_ASSERT(e->args.size() == 2);
    const ExprRef& interval = e->args[1];
    if (interval->value.null || interval->type.id == TypeId::calendar) return e;
    // The least interval has no opposite.
    if (interval->value.i == INT64_MIN || (interval->type.id == TypeId::year_month && interval->value.i == INT32_MIN))
        return e;
    return edit(e, [&](Expr& x) {
        x.name = "+";
        x.fn = find_function("+", true);
        x.args[1] = literal(int_value(-interval->value.i), interval->type);
    });
}

ExprRef one(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::cast:
            return same_type(e->args[0]->type, e->type) &&
                           identical_type(as_nullable(e->args[0]->type), as_nullable(e->type))
                       ? e->args[0]
                       : cast_of_choice(e);
        case ExprKind::case_when: return case_simplified(e);
        case ExprKind::field: return field_of_struct(e);
        case ExprKind::call: break;
        default: return e;
    }
    const std::string_view name = e->name;
    if (name == "and" || name == "or") return logic(e);
    if (name == "not") {
        if (is_call(e->args[0], "not")) return e->args[0]->args[0];
        if (is_call(e->args[0], "isnull")) return call_of("isnotnull", {e->args[0]->args[0]});
        if (is_call(e->args[0], "isnotnull")) return call_of("isnull", {e->args[0]->args[0]});
        static constexpr std::pair<const char*, const char*> kOpposite[] = {
            {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}};
        for (const auto& [from, to] : kOpposite)
            if (is_call(e->args[0], from)) return call_of(to, e->args[0]->args);
    }
    if (name == "-" && e->k == 1 && is_literal(e->args[1]) && is_interval(e->args[1]->type))
        return interval_added(e);
    if (name == "like") return like_simplified(e);
    if (name == "isnotnull" && !e->args[0]->nullable) return bool_literal(true);
    if (name == "isnull" && !e->args[0]->nullable) return bool_literal(false);
    return e;
}

/// Whether it is known to be as simple as it gets. Constants that are surely computed may fail, others not.
bool known_simple(const Optimiser& o, const ExprRef& e, bool reached) {
    MR_ASSERT(e != nullptr);
    const auto at = o.simple.find(e);
    return at != o.simple.end() && (at->second || !reached);
}

ExprRef simplify(Optimiser& o, const ExprRef& e, bool reached) {
    MR_ASSERT(e != nullptr);
    if (!o.ok() || e->kind == ExprKind::lambda || e->plan) return e;
    if (e->kind == ExprKind::attribute || e->kind == ExprKind::literal) return e;
    // What only one node holds is never met but through that node.
    const bool shared = e.use_count() > 1;
    if (shared && known_simple(o, e, reached)) return e;
    // A constant is computed as a whole first: what it does not ask for cannot fail.
    if (const ExprRef whole = folded(o, e, reached); whole != e || !o.ok()) return whole;
    Exprs args;
    const bool maybe = conditional(*e);
    for (std::size_t i = 0; i < e->args.size(); ++i) {
        ExprRef arg = simplify(o, e->args[i], reached && (!maybe || i == 0));
        if (args.empty() && arg != e->args[i]) args = e->args;
        if (!args.empty()) args[i] = std::move(arg);
    }
    const ExprRef out = one(args.empty() ? e : edit(e, [&](Expr& x) { x.args = args; }));
    // That it is no constant itself was seen above.
    if (out != e) return folded(o, out, reached);
    if (shared && o.ok()) o.simple[e] |= reached;
    return e;
}

}  // namespace

ExprRef simplified(Optimiser& o, const ExprRef& e) { return simplify(o, e, true); }

PlanRef simplify_expressions(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (!o.ok() || p->kind == PlanKind::window || p->kind == PlanKind::local_relation) return p;
        PlanRef out = p;
        if (p->kind == PlanKind::aggregate) {
            // What the list repeats of the keys must stay recognisable.
            const bool simple = std::all_of(p->groups.begin(), p->groups.end(),
                                            [](const ExprRef& g) { return g->kind == ExprKind::attribute; });
            if (simple) out = map_exprs(p, [&](const ExprRef& e) { return simplify(o, e, true); });
        } else {
            out = map_exprs(p, [&](const ExprRef& e) { return simplify(o, e, p->kind != PlanKind::join); });
        }
        if (out->kind == PlanKind::filter && is_true(out->condition)) return out->children[0];
        if (out->kind == PlanKind::join && out->condition && is_true(out->condition))
            return edit(out, [](Plan& x) { x.condition = nullptr; });
        return out;
    });
}

namespace {

bool at_hand(const PlanRef& p) { return p->kind == PlanKind::local_relation && p->name.empty(); }

PlanRef table_of(const Exprs& output, std::vector<Batch> batches, bool of_stream = false) {
    Plan p;
    p.all = of_stream;
    p.kind = PlanKind::local_relation;
    p.output = output;
    p.resolved = true;
    i64 rows = 0;
    for (const Batch& b : batches) rows += b.rows;
    if (rows > 0) {
        auto table = std::make_shared<Table>();
        table->batches = std::move(batches);
        p.table = table;
    }
    return make(std::move(p));
}

bool computable(const Exprs& exprs) {
    return std::all_of(exprs.begin(), exprs.end(), [](const ExprRef& e) {
        return deterministic(e) && !has_subquery(e) && !any_of(e, [](const Expr& x) {
                   return x.kind == ExprKind::window || x.kind == ExprKind::aggregate || x.kind == ExprKind::outer ||
                          (x.fn && x.fn->kind == FunctionKind::generator);
               });
    });
}

PlanRef computed_project(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const PlanRef& child = p->children[0];
    Exprs bound;
    for (const ExprRef& e : p->exprs) bound.push_back(bound_to(e, child->output));
    std::vector<Batch> out;
    for (const Batch& b : rows_at_hand(*child)) {
        out.push_back({b.rows, eval_all(bound, b, o.cx)});
        if (!o.ok()) return p;
    }
    return table_of(output_of(*p), std::move(out), child->all);
}

PlanRef computed_filter(Optimiser& o, const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    const PlanRef& child = p->children[0];
    const ExprRef bound = bound_to(p->condition, child->output);
    std::vector<Batch> out;
    for (const Batch& b : rows_at_hand(*child)) {
        const std::vector<Column> keep = eval_all({bound}, b, o.cx);
        if (!o.ok()) return p;
        out.push_back(gather(b, true_rows(keep.front())));
    }
    return table_of(child->output, std::move(out), child->all);
}

PlanRef computed_limit(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    i64 left = p->condition->value.i;
    std::vector<Batch> out;
    for (const Batch& b : rows_at_hand(*p->children[0])) {
        const i64 n = std::min(left, b.rows);
        if (n > 0) out.push_back(slice(b, 0, n));
        left -= n;
    }
    return table_of(p->children[0]->output, std::move(out), p->children[0]->all);
}

}  // namespace

namespace {

bool is_empty(const PlanRef& p) { return at_hand(p) && !p->table; }

/// A union without its empty sides, under the names of its first.
PlanRef filled_union(const PlanRef& p) {
    MR_ASSERT(p->kind == PlanKind::union_);
    std::vector<PlanRef> sides;
    for (const PlanRef& c : p->children)
        if (!is_empty(c)) sides.push_back(c);
    if (sides.size() == p->children.size()) return p;
    const Exprs columns = output_of(*p);
    if (sides.empty()) return table_of(columns, {}, reads_stream(*p));
    const PlanRef rest = sides.size() > 1 ? with_children(p, std::move(sides)) : sides[0];
    const Exprs own = output_of(*rest);
    bool same = true;
    Exprs items;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        same = same && own[i]->id == columns[i]->id;
        items.push_back(own[i]->id == columns[i]->id ? own[i] : alias_of(own[i], columns[i]->name, columns[i]->id));
    }
    if (same) return rest;
    return project_over(rest, items);
}

/// Nodes that give nothing when nothing comes in. Stateful ones still have work to do then.
bool empties(const PlanRef& p, bool streaming) {
    switch (p->kind) {
        case PlanKind::project: case PlanKind::filter: case PlanKind::sample: case PlanKind::sort:
        case PlanKind::expand: case PlanKind::window: case PlanKind::repartition: return true;
        case PlanKind::generate:
            return p->exprs[0]->fn != nullptr && std::string_view(p->exprs[0]->fn->name).starts_with("explode");
        case PlanKind::aggregate: return !p->groups.empty() && !streaming;
        case PlanKind::global_limit: case PlanKind::local_limit: return !streaming;
        default: return false;
    }
}

}  // namespace

PlanRef compute_local(Optimiser& o, const PlanRef& plan) {
    MR_ASSERT(plan != nullptr);
    return rewrite_plan_up(plan, [&](const PlanRef& p) -> PlanRef {
        if (!o.ok()) return p;
        if (p->kind == PlanKind::filter && is_false(p->condition) && !o.streaming) return table_of(output_of(*p), {});
        if (p->kind == PlanKind::union_) return filled_union(p);
        const bool whole = p->kind == PlanKind::global_limit && p->children[0]->kind == PlanKind::local_limit;
        if (whole && at_hand(p->children[0]->children[0]) && is_literal(p->condition))
            return computed_limit(with_children(p, p->children[0]->children));
        if (p->children.size() != 1 || !at_hand(p->children[0])) return p;
        if (is_empty(p->children[0]) && empties(p, o.streaming))
            return table_of(output_of(*p), {}, p->children[0]->all);
        if (p->kind == PlanKind::project && computable(p->exprs)) return computed_project(o, p);
        if (p->kind == PlanKind::filter && computable({p->condition})) return computed_filter(o, p);
        if (p->kind == PlanKind::global_limit && is_literal(p->condition)) return computed_limit(p);
        return p;
    });
}

}  // namespace engine::spark
