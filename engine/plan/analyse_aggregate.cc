// Grouping: ordinals and aliases, rollup and cube, HAVING and ORDER BY over an aggregate, pivot.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/plan_text.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

ExprRef unaliased(const ExprRef& e) {
    return e->kind == ExprKind::alias || e->kind == ExprKind::unresolved_alias ? unaliased(e->args[0]) : e;
}

bool ordinal(const ExprRef& e) { return is_literal(e) && e->type.id == TypeId::integer && !e->value.null; }

/// The members of `(a, b)` as GROUPING SETS writes them.
Exprs members_of(const ExprRef& row) {
    MR_ASSERT(row != nullptr);
    if (row->kind == ExprKind::call && row->name == "row") return row->args;
    return {row};
}

constexpr std::size_t kMostSets = 4096, kMostCubed = 12;

std::vector<Exprs> sets_of(const ExprRef& g) {
    MR_ASSERT(g != nullptr);
    std::vector<Exprs> out;
    if (g->name == "grouping sets") {
        for (const ExprRef& arg : g->args) {
            if (arg->kind == ExprKind::grouping_set)
                for (const Exprs& inner : sets_of(arg)) out.push_back(inner);
            else out.push_back(members_of(arg));
        }
        return out;
    }
    const std::size_t n = g->args.size();
    const auto pick = [&](const auto& taken) {
        Exprs set;
        for (std::size_t i = 0; i < n; ++i)
            if (taken(i))
                for (const ExprRef& m : members_of(g->args[i])) set.push_back(m);
        return set;
    };
    if (g->name == "rollup")
        for (std::size_t k = n + 1; k-- > 0;) out.push_back(pick([k](std::size_t i) { return i < k; }));
    else if (n > kMostCubed)
        out.resize(kMostSets + 1);
    else
        for (u32 mask = 1u << n; mask-- > 0;)
            out.push_back(pick([mask, n](std::size_t i) { return (mask >> (n - 1 - i) & 1) != 0; }));
    return out;
}

}  // namespace

/// One grouping item: an ordinal or an alias of the list stands for the item it names.
ExprRef Analyser::group_key(const ExprRef& g, const Exprs& items, const Scope& scope) {
    MR_ASSERT(g != nullptr);
    if (g->kind == ExprKind::alias || g->kind == ExprKind::unresolved_alias) return group_key(g->args[0], items, scope);
    if (g->kind == ExprKind::grouping_set || (g->kind == ExprKind::call && g->name == "row")) {
        Exprs args;
        for (const ExprRef& a : g->args) {
            // A name that is given here is the name of the column that the sets are made of.
            const ExprRef key = group_key(a, items, scope);
            args.push_back(a->kind == ExprKind::alias ? alias_of(key, a->name, a->id, a->at) : key);
        }
        return edit(g, [&](Expr& x) { x.args = args; });
    }
    if (ordinal(g)) {
        const i64 n = g->value.i + (session.bug == SqlBug::ordinal_from_zero ? 1 : 0);
        if (n < 1 || n > static_cast<i64>(items.size())) {
            fail("GROUP_BY_POS_OUT_OF_RANGE",
                 fmt::format("GROUP BY position {} is not in select list (valid range is [1, {}]).", n, items.size()),
                 g->at);
            return g;
        }
        const ExprRef item = unaliased(items[static_cast<std::size_t>(n - 1)]);
        if (has_aggregate(item)) {
            fail("GROUP_BY_POS_AGGREGATE",
                 fmt::format(
                     "GROUP BY {} refers to an expression {} that contains an aggregate function. Aggregate functions "
                     "are not allowed in GROUP BY.",
                     n, fmt::format("{} AS {}", pretty(item), quoted(items[static_cast<std::size_t>(n - 1)]->name))),
                 g->at);
            return g;
        }
        return item;
    }
    ExprRef e = resolve(g, {scope.columns, {}, false});
    if (e->resolved || !ok() || g->kind != ExprKind::name || g->parts.size() != 1) return e;
    for (const ExprRef& item : items)
        if (item->kind == ExprKind::alias && item->resolved && same_name(item->name, g->parts[0])) return item->args[0];
    return e;
}

/// `SELECT window.start ... GROUP BY window(..)`: the grouping makes the column that the list names.
PlanRef Analyser::grouped_windows(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    bool windows = false;
    for (const ExprRef& g : p->groups)
        windows = windows || any_of(g, [](const Expr& x) {
                      return x.kind == ExprKind::time_window || x.kind == ExprKind::session_window;
                  });
    if (!windows || !resolved_all(p->groups)) return p;
    const PlanRef with_window = time_windows(p);
    if (!ok() || with_window == p || resolved_all(with_window->exprs)) return with_window;
    const Scope wide{output_of(*with_window->children[0]), {}, true};
    Exprs again = without_lateral(select_list(with_window->exprs, wide));
    return edit(with_window, [&](Plan& x) { x.exprs = again; });
}

/// A generator in the list of an aggregate runs above the aggregate.
PlanRef Analyser::generators_above(const PlanRef& p, const Exprs& columns) {
    MR_ASSERT(p->kind == PlanKind::aggregate);
    Exprs inner, above;
    for (const ExprRef& e : p->exprs) {
        if (!has_generator(e)) {
            inner.push_back(e);
            above.push_back(to_attribute(e));
            continue;
        }
        above.push_back(rewrite_up(e, [&](const ExprRef& x) -> ExprRef {
            if (x->kind != ExprKind::aggregate && x->kind != ExprKind::attribute) return x;
            if (x->kind == ExprKind::attribute && !contains_id(columns, x->id)) return x;
            const ExprRef a = alias_of(x, x->kind == ExprKind::attribute ? x->name : pretty(x), session.ids.take());
            inner.push_back(a);
            return to_attribute(a);
        }));
    }
    const PlanRef base = with_resolved(edit(p, [&](Plan& x) { x.exprs = inner; }));
    return extract_generators(plan_of(PlanKind::project, {base}, above));
}

PlanRef Analyser::aggregate(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    const PlanRef child = p->children[0];
    const Scope scope{output_of(*child), {}, true, child};
    const Exprs written = select_list(p->exprs, scope);
    if (ok()) check_lateral(written);
    if (!ok()) return p;
    Exprs items = without_lateral(written), groups;
    const bool all = p->groups.size() == 1 && p->groups[0]->kind == ExprKind::name && p->groups[0]->parts.size() == 1 &&
                     same_name(p->groups[0]->parts[0], "all");
    if (all) {
        for (const ExprRef& item : items)
            if (item->resolved && !has_aggregate(item)) groups.push_back(unaliased(item));
    } else {
        for (const ExprRef& g : p->groups) groups.push_back(group_key(g, items, scope));
    }
    if (!ok()) return p;
    PlanRef out = edit(p, [&](Plan& x) {
        x.exprs = items;
        x.groups = groups;
    });
    out = grouped_windows(out);
    if (!ok()) return p;
    bool sets = false;
    for (const ExprRef& g : out->groups) sets = sets || g->kind == ExprKind::grouping_set;
    const bool waits = std::ranges::any_of(
        out->exprs, [](const ExprRef& e) { return !e->resolved || e->kind == ExprKind::unresolved_alias; });
    // An ordinal takes the place of its item once the whole list is known.
    if (waits && all) return out;
    if (waits)
        return with_ordinals_marked(edit(out, [&](Plan& x) {
            for (std::size_t i = 0; i < x.groups.size(); ++i)
                if (ordinal(p->groups[i])) x.groups[i] = p->groups[i];
        }));
    if (!sets && !resolved_all(out->groups)) return out;
    if (sets) out = grouping_sets(out, out->children[0], out->groups);
    if (ok() && out->children[0] == child) out = time_windows(out);
    if (!ok()) return p;
    out = window_times(out);
    bool generators = false, over = false;
    for (const ExprRef& e : out->exprs) generators = generators || has_generator(e), over = over || has_window(e);
    if (generators) return generators_above(out, scope.columns);
    return over ? extract_windows(out) : with_resolved(out);
}

namespace {

/// Every combination of the sets of all grouping items; none if they are too many.
std::vector<Exprs> all_sets(const Exprs& groups) {
    std::vector<Exprs> sets = {{}};
    for (const ExprRef& g : groups) {
        std::vector<Exprs> next;
        const std::vector<Exprs> mine = g->kind == ExprKind::grouping_set ? sets_of(g) : std::vector<Exprs>{{g}};
        if (sets.size() * mine.size() > kMostSets) return {};
        for (const Exprs& a : sets)
            for (const Exprs& b : mine) {
                Exprs both = a;
                both.insert(both.end(), b.begin(), b.end());
                next.push_back(both);
            }
        sets = std::move(next);
    }
    return sets;
}

/// The keys of all sets in the order the clause names them.
Exprs keys_of(const std::vector<Exprs>& sets) {
    Exprs keys;
    for (const Exprs& set : sets)
        for (const ExprRef& e : set)
            if (std::none_of(keys.begin(), keys.end(), [&](const ExprRef& k) { return same_expr(k, e); }))
                keys.push_back(e);
    return keys;
}

/// Each row once for each set, with the keys that are not in the set nulled and the set's number at the end.
Plan expand_over(const PlanRef& base, const Exprs& columns, const std::vector<Exprs>& sets, const Exprs& keys,
                 const Exprs& key_columns, const Exprs& outs) {
    MR_ASSERT(keys.size() == key_columns.size());
    Plan expand;
    expand.kind = PlanKind::expand;
    expand.children = {base};
    expand.output = columns;
    expand.output.insert(expand.output.end(), outs.begin(), outs.end());
    for (const Exprs& set : sets) {
        Exprs row = columns;
        i64 bits = 0;
        for (std::size_t k = 0; k < keys.size(); ++k) {
            const bool in =
                std::any_of(set.begin(), set.end(), [&](const ExprRef& e) { return same_expr(e, keys[k]); });
            row.push_back(in ? key_columns[k] : null_literal(keys[k]->type));
            bits = bits * 2 + (in ? 0 : 1);
        }
        row.push_back(int_literal(bits, TypeId::bigint));
        expand.rows.push_back(std::move(row));
    }
    expand.resolved = true;
    return expand;
}

}  // namespace

/// grouping(key): its bit of the set's number.
ExprRef Analyser::grouping_bit(const ExprRef& arg, const Exprs& keys, const ExprRef& gid) {
    MR_ASSERT(arg != nullptr);
    for (std::size_t k = 0; k < keys.size(); ++k) {
        if (!same_expr(keys[k], arg)) continue;
        const i64 shift = static_cast<i64>(keys.size() - 1 - k);
        const ExprRef shifted = typed(bound_call("shiftright", {gid, int_literal(shift)}));
        const ExprRef e = typed(bound_call("&", {shifted, int_literal(1, TypeId::bigint)}));
        return typed(cast_to(e, type_of(TypeId::tinyint), false));
    }
    std::string list;
    for (const ExprRef& k : keys) list += (list.empty() ? "" : ",") + tree_form(k);
    fail("GROUPING_COLUMN_MISMATCH",
         fmt::format("Column of grouping ({}) can't be found in grouping columns {}.", tree_form(arg), list), {});
    return arg;
}

/// grouping_id(): the set's number; keys may be named, then all of them and in their order.
ExprRef Analyser::grouping_number(const ExprRef& call, const Exprs& keys, const ExprRef& gid) {
    MR_ASSERT(call != nullptr && gid != nullptr);
    bool same = call->args.empty() || call->args.size() == keys.size();
    for (std::size_t k = 0; same && k < call->args.size(); ++k) same = same_expr(call->args[k], keys[k]);
    if (same) return gid;
    const auto list = [](const Exprs& exprs) {
        std::string out;
        for (const ExprRef& e : exprs) out += (out.empty() ? "" : ",") + tree_form(e);
        return out;
    };
    fail("GROUPING_ID_COLUMN_MISMATCH",
         fmt::format("Columns of grouping_id ({}) does not match grouping columns ({}).", list(call->args), list(keys)),
         {});
    return gid;
}

PlanRef Analyser::grouping_sets(const PlanRef& p, const PlanRef& child, const Exprs& groups) {
    MR_ASSERT(p->kind == PlanKind::aggregate);
    const std::vector<Exprs> sets = all_sets(groups);
    if (sets.empty()) {
        fail("GROUPING_SIZE_LIMIT_EXCEEDED", "Grouping sets size cannot be greater than 64.", {});
        return p;
    }
    const Exprs named_keys = keys_of(sets);
    if (!resolved_all(named_keys)) return p;
    Exprs keys;
    for (const ExprRef& k : named_keys) keys.push_back(unaliased(k));
    // Keys as columns of a projection, then nulled by an expand.
    Exprs columns = output_of(*child), projected = columns, key_columns, outs;
    for (const ExprRef& k : named_keys) {
        const bool has_name =
            k->kind == ExprKind::attribute || k->kind == ExprKind::field || k->kind == ExprKind::alias;
        const ExprRef a = alias_of(unaliased(k), has_name ? k->name : pretty(k), session.ids.take());
        projected.push_back(a);
        key_columns.push_back(to_attribute(a));
    }
    const PlanRef base = project_over(child, projected);
    for (const ExprRef& k : key_columns)
        outs.push_back(edit(attribute(k->name, k->type, true, session.ids.take()),
                            [&](Expr& x) { x.watermark_ms = k->watermark_ms; }));
    const ExprRef gid = attribute("spark_grouping_id", type_of(TypeId::bigint), false, session.ids.take());
    outs.push_back(gid);
    Plan expand = expand_over(base, columns, sets, named_keys, key_columns, outs);
    const std::function<ExprRef(const ExprRef&)> replace = [&](const ExprRef& e) -> ExprRef {
        if (is_call(e, "grouping")) return grouping_bit(e->args[0], keys, gid);
        if (is_call(e, "grouping_id")) return grouping_number(e, keys, gid);
        if (e->kind == ExprKind::aggregate) return e;
        for (std::size_t k = 0; k < keys.size(); ++k)
            if (same_expr(keys[k], e)) return outs[k];
        Exprs args;
        for (const ExprRef& a : e->args) args.push_back(replace(a));
        return args == e->args ? e : typed(edit(e, [&](Expr& x) { x.args = args; }));
    };
    Exprs items;
    for (const ExprRef& e : p->exprs) {
        ExprRef r = replace(e);
        // An item that is a key under the key's own name is that key.
        for (std::size_t k = 0; k < keys.size() && e->kind == ExprKind::alias; ++k)
            if (named_keys[k]->kind == ExprKind::alias && named_keys[k]->name == e->name &&
                same_expr(keys[k], e->args[0]))
                r = outs[k];
        if (e->kind == ExprKind::attribute && r->kind == ExprKind::attribute)
            r = edit(r, [&](Expr& x) { x.name = e->name; });
        items.push_back(r);
    }
    return edit(p, [&](Plan& x) {
        x.children = {make(std::move(expand))};
        x.groups = outs;
        x.exprs = items;
    });
}

/// grouping() and grouping_id() of a clause above an aggregate of several sets; the call itself over any other.
ExprRef Analyser::grouping_above(const ExprRef& call, const PlanRef& a) {
    MR_ASSERT(a->kind == PlanKind::aggregate && is_grouping(*call));
    const PlanRef& expand = a->children[0];
    if (expand->kind != PlanKind::expand || a->groups.size() < 2 || a->groups.back()->name != "spark_grouping_id")
        return call;
    const ExprRef& gid = a->groups.back();
    if (is_call(call, "grouping_id")) return gid;
    const std::size_t count = a->groups.size() - 1;
    const Exprs& list = expand->children[0]->exprs;
    MR_ASSERT(list.size() >= count);
    Exprs keys;
    for (std::size_t i = list.size() - count; i < list.size(); ++i) keys.push_back(list[i]->args[0]);
    ExprRef asked = call->args[0];
    for (std::size_t i = 0; i < count; ++i)
        if (same_expr(asked, a->groups[i])) asked = keys[i];
    return grouping_bit(asked, keys, gid);
}

/// Expressions over an aggregate, rewritten to its columns; what it does not give yet is added to it.
PlanRef Analyser::with_over_aggregate(const PlanRef& a, Exprs& exprs) {
    MR_ASSERT(a != nullptr);
    Exprs extra;
    const Exprs own = output_of(*a);
    const std::function<ExprRef(const ExprRef&)> rewrite = [&](const ExprRef& e) -> ExprRef {
        if (e->kind == ExprKind::attribute && contains_id(own, e->id)) return e;
        if (is_grouping(*e))
            if (const ExprRef bit = grouping_above(e, a); bit != e) return rewrite(bit);
        for (const ExprRef& item : a->exprs)
            if (item->kind == ExprKind::alias && e->kind != ExprKind::attribute && !is_literal(e) &&
                same_expr(item->args[0], e))
                return to_attribute(item);
        for (const ExprRef& item : extra)
            if (item->kind == ExprKind::alias && same_expr(item->args[0], e)) return to_attribute(item);
        bool grouped = false;
        for (const ExprRef& g : a->groups) grouped = grouped || same_expr(g, e);
        if (e->kind == ExprKind::aggregate || (grouped && !is_literal(e))) {
            if (e->kind == ExprKind::attribute) {
                extra.push_back(e);
                return e;
            }
            const ExprRef made = alias_of(e, tree_form(e), session.ids.take());
            extra.push_back(made);
            return to_attribute(made);
        }
        Exprs args;
        bool changed = false;
        for (const ExprRef& arg : e->args) {
            args.push_back(rewrite(arg));
            changed = changed || args.back() != arg;
        }
        return changed ? edit(e, [&](Expr& x) { x.args = args; }) : e;
    };
    for (ExprRef& e : exprs) e = rewrite(e);
    if (extra.empty()) return a;
    return edit(a, [&](Plan& x) { x.exprs.insert(x.exprs.end(), extra.begin(), extra.end()); });
}

namespace {

/// The aggregate a clause above may reach through projections that only pass columns on.
bool over_aggregate(const PlanRef& p) { return p->kind == PlanKind::aggregate; }

}  // namespace

PlanRef Analyser::having(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    const PlanRef child = p->children[0];
    Scope scope{output_of(*child), {}, false};
    ExprRef condition;
    if (over_aggregate(child)) {
        // Names mean columns of the aggregate first, then those below it.
        const Exprs below = output_of(*child->children[0]);
        condition = rewrite_up(p->condition, [&](const ExprRef& e) -> ExprRef {
            if (e->kind != ExprKind::name || !ok()) return e;
            ExprRef r = resolve_name(e, scope);
            return r->resolved || !ok() ? r : resolve_name(e, {below, {}, false});
        });
        if (ok()) condition = resolve(condition, scope);
        if (!ok()) return p;
        if (!condition->resolved) return edit(p, [&](Plan& x) { x.condition = condition; });
        Exprs exprs = {condition};
        const PlanRef wide = with_over_aggregate(child, exprs);
        // A column that is neither grouped by nor aggregated is not there.
        const Exprs there = output_of(*wide);
        const std::vector<u64> read = references(exprs[0]);
        if (std::any_of(read.begin(), read.end(), [&](u64 id) { return !contains_id(there, id); })) {
            const ExprRef unknown = rewrite_up(p->condition, [&](const ExprRef& e) -> ExprRef {
                const ExprRef r = e->kind == ExprKind::name ? resolve_name(e, scope) : e;
                return r->resolved ? r : e;
            });
            return edit(p, [&](Plan& x) { x.condition = unknown; });
        }
        PlanRef out = plan_of(PlanKind::filter, {wide});
        out = edit(out, [&](Plan& x) {
            x.condition = exprs[0];
            x.resolved = true;
            x.at = p->at;
        });
        return wide == child ? out : project_over(out, output_of(*child));
    }
    return filter(edit(p, [](Plan& x) { x.kind = PlanKind::filter; }));
}

namespace {

/// The projection that computes a list: below its window functions, if it has some.
PlanRef source_of_list(const PlanRef& list) {
    MR_ASSERT(!list->children.empty());
    PlanRef p = list->children[0];
    if (list->kind != PlanKind::project || p->kind != PlanKind::project || p->children[0]->kind != PlanKind::window)
        return list;
    for (p = p->children[0]; p->kind == PlanKind::window;) p = p->children[0];
    return p->kind == PlanKind::project ? p : list;
}

/// The list with more columns of what its source reads.
PlanRef passing(const PlanRef& p, const Exprs& more) {
    MR_ASSERT(p->kind == PlanKind::project || p->kind == PlanKind::window);
    if (p->kind == PlanKind::window) return with_children(p, {passing(p->children[0], more)});
    const bool over_windows = p->children[0]->kind == PlanKind::window;
    const bool lists_windows = p->children[0]->kind == PlanKind::project &&
                               p->children[0]->children[0]->kind == PlanKind::window && source_of_list(p) != p;
    const PlanRef child = over_windows || lists_windows ? passing(p->children[0], more) : p->children[0];
    Exprs items = p->exprs;
    if (over_windows) {
        // All columns of the windows, then the items computed from them.
        const auto own = items.begin() + static_cast<std::ptrdiff_t>(output_of(*p->children[0]).size());
        items.erase(items.begin(), own);
        const Exprs columns = output_of(*child);
        items.insert(items.begin(), columns.begin(), columns.end());
    } else {
        for (const ExprRef& c : more)
            if (!contains_id(to_attributes(items), c->id)) items.push_back(c);
    }
    return edit(p, [&](Plan& x) {
        x.exprs = items;
        x.children = {child};
    });
}

/// ORDER BY ALL means every column, if none has that name.
Exprs orders_meant(const Exprs& given, const Exprs& columns) {
    MR_ASSERT(!given.empty());
    const ExprRef& only = given[0]->args[0];
    const bool all = given.size() == 1 && only->kind == ExprKind::name && only->parts.size() == 1 &&
                     same_name(only->parts[0], "all");
    const bool column =
        all && std::any_of(columns.begin(), columns.end(), [](const ExprRef& c) { return same_name(c->name, "all"); });
    if (!all || column) return given;
    Exprs out;
    for (const ExprRef& c : columns) out.push_back(edit(given[0], [&](Expr& x) { x.args = {c}; }));
    return out;
}

/// A column that is neither grouped by nor aggregated is not there: its order is again what was written. Whether one
/// was.
bool forget_missing(Exprs& orders, const Exprs& written, const Exprs& there) {
    for (std::size_t i = 0; i < orders.size() && i < written.size(); ++i) {
        const std::vector<u64> read = references(orders[i]);
        if (std::all_of(read.begin(), read.end(), [&](u64 id) { return contains_id(there, id); })) continue;
        orders[i] = written[i];
        return true;
    }
    return false;
}

}  // namespace

namespace {

/// Whether a name without its table is that of different columns: a sort looks for it further below.
bool several_columns(const ExprRef& name, const Exprs& columns) {
    MR_ASSERT(name->kind == ExprKind::name);
    u64 found = 0;
    for (const ExprRef& c : columns) {
        if (name->parts.size() != 1 || !same_name(c->name, name->parts[0]) || c->id == found) continue;
        if (found != 0) return true;
        found = c->id;
    }
    return false;
}

bool waits_below(const ExprRef& order, const Exprs& columns) {
    return any_of(
        order, [&](const Expr& x) { return x.kind == ExprKind::name && several_columns(name_of(x.parts), columns); });
}

}  // namespace

PlanRef Analyser::sort(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    const PlanRef child = p->children[0];
    const Exprs columns = output_of(*child);
    Exprs orders;
    bool missing = false;
    const bool reach = child->kind == PlanKind::project || child->kind == PlanKind::aggregate ||
                       (child->kind == PlanKind::filter && child->children[0]->kind == PlanKind::aggregate);
    const PlanRef base = child->kind == PlanKind::filter ? child->children[0] : child;
    const Exprs below = reach ? output_of(*source_of_list(base)->children[0]) : Exprs{};
    for (const ExprRef& o : orders_meant(p->exprs, columns)) {
        if (ordinal(o->args[0])) {
            const i64 n = o->args[0]->value.i;
            if (n < 1 || n > static_cast<i64>(columns.size())) {
                fail("ORDER_BY_POS_OUT_OF_RANGE",
                     fmt::format("ORDER BY position {} is not in select list (valid range is [1, {}]).", n,
                                 columns.size()),
                     o->args[0]->at);
                return p;
            }
            orders.push_back(typed(edit(o, [&](Expr& x) { x.args = {columns[static_cast<std::size_t>(n - 1)]}; })));
            continue;
        }
        const ExprRef e = rewrite_up(o, [&](const ExprRef& x) -> ExprRef {
            if (x->kind != ExprKind::name || !ok()) return x;
            ExprRef r = several_columns(x, columns) ? x : resolve_name(x, {columns, {}, false});
            if (r->resolved || !reach || !ok()) return r;
            r = resolve_name(x, {below, {}, false});
            missing = missing || r->resolved;
            return r;
        });
        if (!ok()) return p;
        orders.push_back(waits_below(e, columns) ? e : resolve(e, {columns, {}, false}));
    }
    if (!ok()) return p;
    PlanRef out = edit(p, [&](Plan& x) { x.exprs = orders; });
    if (!resolved_all(orders)) return out;
    if (std::ranges::any_of(orders, has_generator)) {
        fail("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
             fmt::format("The generator is not supported: outside the SELECT clause, found: {}.", node_text(out)), {});
        return p;
    }
    bool aggregates = false;
    for (const ExprRef& o : orders) aggregates = aggregates || has_aggregate(o);
    if (base->kind == PlanKind::aggregate && reach) {
        PlanRef wide = with_over_aggregate(base, orders);
        if (forget_missing(orders, p->exprs, output_of(*wide))) return edit(p, [&](Plan& x) { x.exprs = orders; });
        out = edit(out, [&](Plan& x) { x.exprs = orders; });
        if (wide == base) return with_resolved(out);
        if (child->kind == PlanKind::filter) wide = with_children(child, {wide});
        out = with_resolved(with_children(out, {wide}));
        return project_over(out, columns);
    }
    if (missing && base->kind == PlanKind::project) {
        // Sort by columns the list leaves out: they pass through and are dropped above.
        Exprs more;
        for (const ExprRef& o : orders)
            for (const u64 id : references(o)) {
                if (contains_id(output_of(*base), id) || contains_id(more, id)) continue;
                for (const ExprRef& b : below)
                    if (b->id == id) more.push_back(b);
            }
        const PlanRef wide = passing(base, more);
        out = with_resolved(with_children(out, {wide}));
        return project_over(out, columns);
    }
    return with_resolved(out);
}

}  // namespace engine::spark
