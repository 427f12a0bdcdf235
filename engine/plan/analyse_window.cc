// Windows over time become columns; window functions and generators get nodes of their own.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

PlanRef resolved(const PlanRef& p) { return edit(p, [](Plan& x) { x.resolved = true; }); }

struct Maker {
    Analyser& a;

    ExprRef call(const char* name, Exprs args) const {
        return a.typed(edit(operation(name, std::move(args)), [&](Expr& x) { x.fn = find_function(name, true); }));
    }
    ExprRef precise(const ExprRef& e, i64 kind) const {
        return a.typed(edit(operation("precisetimestampconversion", {e}), [&](Expr& x) {
            x.fn = find_function("precisetimestampconversion", true);
            x.k = kind;
        }));
    }
    static ExprRef number(i64 v) { return int_literal(v, TypeId::bigint); }
};

/// Start and end of the i-th window that a moment lies in, as Spark's TimeWindowing spells it.
ExprRef window_struct(const Maker& m, const ExprRef& w, i64 i) {
    MR_ASSERT(w != nullptr);
    const ExprRef time = m.precise(w->args[0], 1);
    const i64 back = w->args[0]->type.id == TypeId::timestamp ? 2 : 3;
    const ExprRef rest = m.call("%", {m.call("-", {time, Maker::number(w->k)}), Maker::number(w->m)});
    Expr choice;
    choice.kind = ExprKind::case_when;
    const ExprRef zero = implicit(int_literal(0), type_of(TypeId::bigint), m.a.session.ansi);
    choice.args = {m.call("<", {rest, zero}), m.call("+", {rest, Maker::number(w->m)}), rest};
    const ExprRef last_start = m.call("-", {time, m.a.typed(make(std::move(choice)))});
    const ExprRef start = m.call("-", {last_start, Maker::number(i * w->m)});
    const ExprRef end = m.call("+", {start, Maker::number(w->n)});
    const ExprRef s = m.call("knownnullable", {m.precise(start, back)}), e = m.call("knownnullable", {m.precise(end, back)});
    return m.call("named_struct", {string_literal("start"), s, string_literal("end"), e});
}

ExprRef session_struct(const Maker& m, const ExprRef& w) {
    MR_ASSERT(w != nullptr);
    const ExprRef end = edit(m.a.typed(edit(operation("+", {w->args[0], w->args[1]}), [](Expr& x) { x.fn = find_function("+"); })), [](Expr&) {});
    return m.call("named_struct", {string_literal("start"), w->args[0], string_literal("end"), end});
}

bool is_window(const Expr& e) { return (e.kind == ExprKind::time_window || e.kind == ExprKind::session_window) && e.resolved; }

}  // namespace

namespace {

/// The delay of the event time that a window reads, -1 if it has none.
i64 watermark_of(const ExprRef& w) {
    MR_ASSERT(w != nullptr);
    i64 delay = -1;
    visit(w->args[0], [&](const ExprRef& e) { delay = std::max(delay, e->watermark_ms); });
    return delay;
}

PlanRef filtered(const PlanRef& over, const ExprRef& condition) {
    return resolved(edit(plan_of(PlanKind::filter, {over}), [&](Plan& x) { x.condition = condition; }));
}

/// The distinct time windows in the expressions of a node.
Exprs windows_in(const PlanRef& p) {
    MR_ASSERT(p != nullptr);
    Exprs found;
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (!is_window(*e)) return;
            for (const ExprRef& f : found)
                if (same_expr(f, e)) return;
            found.push_back(e);
        });
    });
    return found;
}

}  // namespace

/// A session or a tumbling window: one projection over the rows that have a time.
PlanRef Analyser::session_windows(const PlanRef& child, const ExprRef& w, u64 id, ExprRef& column) {
    MR_ASSERT(w->args.size() >= 1);
    const Maker m{*this};
    const bool session_kind = w->kind == ExprKind::session_window;
    const ExprRef window = session_kind ? session_struct(m, w) : window_struct(m, w, 0);
    Exprs items = {edit(alias_of(window, session_kind ? "session_window" : "window", id), [&](Expr& x) { x.watermark_ms = watermark_of(w); })};
    const Exprs columns = output_of(*child);
    items.insert(items.end(), columns.begin(), columns.end());
    column = to_attribute(items[0]);
    if (session_kind) column = edit(column, [](Expr& x) { x.nullable = false; });
    const ExprRef has_time = m.call("isnotnull", {w->args[0]});
    if (session_kind) return filtered(resolved(plan_of(PlanKind::project, {child}, items)), has_time);
    return resolved(plan_of(PlanKind::project, {filtered(child, has_time)}, items));
}

/// A sliding window: each row once for each window that may hold it, then those that do.
PlanRef Analyser::sliding_windows(const PlanRef& child, const ExprRef& w, u64 id, ExprRef& column) {
    MR_ASSERT(w->m > 0 && w->n >= w->m);
    const Maker m{*this};
    const Exprs columns = output_of(*child);
    Plan expand;
    expand.kind = PlanKind::expand;
    expand.children = {child};
    for (i64 i = 0; i < (w->n + w->m - 1) / w->m; ++i) {
        Exprs row = {window_struct(m, w, i)};
        row.insert(row.end(), columns.begin(), columns.end());
        expand.rows.push_back(std::move(row));
    }
    column = edit(attribute("window", expand.rows[0][0]->type, true, id), [&](Expr& x) { x.watermark_ms = watermark_of(w); });
    expand.output = {column};
    expand.output.insert(expand.output.end(), columns.begin(), columns.end());
    expand.resolved = true;
    const auto field = [&](i64 n) {
        Expr f;
        f.kind = ExprKind::field;
        f.args = {column};
        f.name = n == 0 ? "start" : "end";
        f.n = n;
        return typed(make(std::move(f)));
    };
    const bool exact = w->n % w->m == 0;
    const ExprRef inside = exact ? m.call("isnotnull", {w->args[0]}) : m.call("and", {m.call(">=", {w->args[0], field(0)}), m.call("<", {w->args[0], field(1)})});
    return filtered(make(std::move(expand)), inside);
}

PlanRef Analyser::time_windows(const PlanRef& p) {
    MR_ASSERT(!p->children.empty());
    const Exprs found = windows_in(p);
    if (found.empty()) return p;
    if (found.size() > 1) {
        fail("_LEGACY_ERROR_TEMP_1039", "Multiple time/session window expressions would result in a cartesian product of rows, therefore they are currently not supported.", p->at);
        return p;
    }
    const ExprRef w = found[0];
    const bool session_kind = w->kind == ExprKind::session_window;
    ExprRef column;
    const u64 id = session.ids.take();
    const PlanRef below = session_kind || w->n == w->m ? session_windows(p->children[0], w, id, column) : sliding_windows(p->children[0], w, id, column);
    const Rewrite use = [&](const ExprRef& e) -> ExprRef { return is_window(*e) && same_expr(e, w) ? column : e; };
    // A select item that was the window itself keeps the name Spark gives it.
    const PlanRef out = map_exprs(p, [&](const ExprRef& e) {
        const ExprRef changed = rewrite_up(e, use);
        if (e->kind == ExprKind::alias && is_window(*e->args[0]) && e->name == pretty(e->args[0])) return edit(typed(changed), [&](Expr& x) { x.name = column->name; });
        return changed != e && changed->kind == ExprKind::alias ? typed(changed) : changed;
    });
    return edit(out, [&](Plan& x) {
        x.children[0] = below;
        if (session_kind && x.kind == PlanKind::aggregate) x.name = "session";
    });
}

/// window_time() of a list becomes a column of a projection below, as Spark's ResolveWindowTime makes it.
PlanRef Analyser::window_times(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    Exprs found;
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (!is_call(e, "window_time") || !e->resolved) return;
            for (const ExprRef& f : found)
                if (same_expr(f, e)) return;
            found.push_back(e);
        });
    });
    if (found.empty()) return p;
    const Maker m{*this};
    Exprs items, columns;
    for (const ExprRef& e : found) {
        Expr end;
        end.kind = ExprKind::field;
        end.args = {e->args[0]};
        end.name = "end";
        end.n = 1;
        const ExprRef moment = m.precise(m.call("-", {m.precise(typed(make(std::move(end))), 1), Maker::number(1)}), 2);
        items.push_back(alias_of(moment, pretty(e), session.ids.take()));
        columns.push_back(to_attribute(items.back()));
    }
    for (const ExprRef& c : output_of(*p->children[0])) items.push_back(c);
    const PlanRef below = resolved(plan_of(PlanKind::project, {p->children[0]}, items));
    const Rewrite use = [&](const ExprRef& e) -> ExprRef {
        for (std::size_t i = 0; i < found.size(); ++i)
            if (is_call(e, "window_time") && same_expr(e, found[i])) return columns[i];
        return e;
    };
    return edit(map_exprs(p, [&](const ExprRef& e) { return rewrite_up(e, use); }), [&](Plan& x) { x.children[0] = below; });
}

PlanRef Analyser::extract_generators(const PlanRef& p) {
    MR_ASSERT(p->children.size() > 0);
    PlanRef child = p->children[0];
    Exprs items;
    for (const ExprRef& item : p->exprs) {
        if (!has_generator(item)) {
            items.push_back(item);
            continue;
        }
        const ExprRef inner = item->kind == ExprKind::alias || item->kind == ExprKind::multi_alias || item->kind == ExprKind::unresolved_alias ? item->args[0] : item;
        if (inner->kind != ExprKind::call || inner->fn->kind != FunctionKind::generator) {
            fail("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", fmt::format("The generator is not supported: nested in expressions \"{}\".", pretty(inner)), {});
            return p;
        }
        const auto& fields = *inner->type.fields;
        const bool named_once = item->kind == ExprKind::alias && item->name != pretty(inner);
        const std::size_t names = named_once ? 1 : item->kind == ExprKind::multi_alias ? item->parts.size() : fields.size();
        if (names != fields.size()) {
            std::string got = named_once ? item->name : "";
            for (const std::string& part : item->kind == ExprKind::multi_alias ? item->parts : std::vector<std::string>{}) got += (got.empty() ? "" : ",") + part;
            fail("UDTF_ALIAS_NUMBER_MISMATCH", fmt::format("The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected {} aliases, but got {}. Please ensure that the number of aliases provided matches the number of columns output by the UDTF.", fields.size(), got), {});
            return p;
        }
        Plan g;
        g.kind = PlanKind::generate;
        g.children = {child};
        g.exprs = {inner};
        g.outer = std::string_view(inner->fn->name).ends_with("_outer");
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const std::string name = named_once ? item->name : item->kind == ExprKind::multi_alias && i < item->parts.size() ? item->parts[i] : fields[i].name;
            g.output.push_back(attribute(name, fields[i].type, fields[i].nullable, session.ids.take()));
        }
        for (const ExprRef& c : g.output) items.push_back(c);
        g.resolved = true;
        child = make(std::move(g));
    }
    return resolved(edit(p, [&](Plan& x) {
        x.kind = PlanKind::project;
        x.groups.clear();
        x.children = {child};
        x.exprs = items;
    }));
}

/// Of an aggregate with window functions in its list: the aggregate that gives what the windows read; the list over it.
PlanRef Analyser::below_windows(const PlanRef& p, Exprs& items) {
    MR_ASSERT(p->kind == PlanKind::aggregate);
    Exprs inner;
    const std::function<ExprRef(const ExprRef&)> lower_part = [&](const ExprRef& e) -> ExprRef {
        bool grouped = e->kind == ExprKind::aggregate;
        for (const ExprRef& g : p->groups) grouped = grouped || (same_expr(g, e) && !is_literal(e));
        if (grouped) {
            for (const ExprRef& known : inner)
                if (same_expr(known->kind == ExprKind::alias ? known->args[0] : known, e)) return to_attribute(known);
            inner.push_back(e->kind == ExprKind::attribute ? e : alias_of(e, pretty(e), session.ids.take()));
            return to_attribute(inner.back());
        }
        Exprs args;
        for (const ExprRef& a : e->args) {
            if (e->kind != ExprKind::window || a->kind != ExprKind::aggregate) {
                args.push_back(lower_part(a));
                continue;
            }
            Exprs call_args;
            for (const ExprRef& x : a->args[0]->args) call_args.push_back(lower_part(x));
            const ExprRef call = edit(a->args[0], [&](Expr& x) { x.args = call_args; });
            args.push_back(edit(a, [&](Expr& x) { x.args[0] = call; }));
        }
        return args == e->args ? e : edit(e, [&](Expr& x) { x.args = args; });
    };
    for (ExprRef& item : items) item = lower_part(item);
    return resolved(edit(p, [&](Plan& x) { x.exprs = inner; }));
}

namespace {

struct WindowGroup {
    ExprRef spec;
    Exprs aliases;
};

std::string spec_key(const ExprRef& spec) {
    MR_ASSERT(spec != nullptr);
    std::string out = std::to_string(spec->n);
    for (const ExprRef& x : spec->args) out += "|" + tree_form(x);
    return out;
}

/// The window functions of a list by partitioning and order; in the list a column stands in their place.
std::vector<WindowGroup> window_groups(Exprs& items, Ids& ids) {
    std::vector<WindowGroup> groups;
    for (ExprRef& item : items)
        item = rewrite_up(item, [&](const ExprRef& e) -> ExprRef {
            if (e->kind != ExprKind::window) return e;
            const ExprRef a = alias_of(e, pretty(e), ids.take());
            auto known = std::find_if(groups.begin(), groups.end(), [&](const WindowGroup& g) { return spec_key(g.spec) == spec_key(e->args[1]); });
            if (known != groups.end()) known->aliases.push_back(a);
            else groups.push_back({e->args[1], {a}});
            return to_attribute(a);
        });
    return groups;
}

}  // namespace

/// Window functions of a list, one node for each partitioning and order, below a projection.
PlanRef Analyser::extract_windows(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    Exprs items = p->exprs;
    PlanRef child = p->kind == PlanKind::aggregate ? below_windows(p, items) : p->children[0];
    for (const WindowGroup& g : window_groups(items, session.ids)) {
        Plan w;
        w.kind = PlanKind::window;
        w.children = {child};
        w.exprs = g.aliases;
        w.groups.assign(g.spec->args.begin(), g.spec->args.begin() + g.spec->n);
        w.rows = {Exprs(g.spec->args.begin() + g.spec->n, g.spec->args.end())};
        w.resolved = true;
        child = make(std::move(w));
    }
    for (ExprRef& item : items) item = item->kind == ExprKind::alias && !item->resolved ? typed(item) : item;
    return resolved(edit(p, [&](Plan& x) {
        x.kind = PlanKind::project;
        x.groups.clear();
        x.children = {child};
        x.exprs = items;
    }));
}

}  // namespace engine::spark
