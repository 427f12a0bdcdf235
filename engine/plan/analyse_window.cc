// Windows over time become columns; window functions and generators get nodes of their own.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"

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
    const ExprRef end = edit(m.a.typed(edit(operation("+", {w->args[0], w->args[1]}), [](Expr& x) { x.fn = find_function("+"); })), [](Expr&) {});
    return m.call("named_struct", {string_literal("start"), w->args[0], string_literal("end"), end});
}

bool is_window(const Expr& e) { return (e.kind == ExprKind::time_window || e.kind == ExprKind::session_window) && e.resolved; }

}  // namespace

PlanRef Analyser::time_windows(const PlanRef& p) {
    Exprs found;
    visit_exprs(*p, [&](const ExprRef& root) {
        visit(root, [&](const ExprRef& e) {
            if (!is_window(*e)) return;
            for (const ExprRef& f : found)
                if (same_expr(f, e)) return;
            found.push_back(e);
        });
    });
    if (found.empty()) return p;
    if (found.size() > 1) {
        fail("_LEGACY_ERROR_TEMP_1039", "Multiple time/session window expressions would result in a cartesian product of rows, therefore they are currently not supported.", p->at);
        return p;
    }
    const ExprRef w = found[0];
    const Maker m{*this};
    const bool session_kind = w->kind == ExprKind::session_window;
    const char* name = session_kind ? "session_window" : "window";
    const PlanRef child = p->children[0];
    const Exprs columns = output_of(*child);
    const u64 id = session.ids.take();
    const ExprRef not_null = m.call("isnotnull", {w->args[0]});
    PlanRef below;
    ExprRef column;
    const auto filtered = [&](const PlanRef& over, const ExprRef& condition) {
        return resolved(edit(plan_of(PlanKind::filter, {over}), [&](Plan& x) { x.condition = condition; }));
    };
    i64 watermark = -1;
    visit(w->args[0], [&](const ExprRef& e) { watermark = std::max(watermark, e->watermark_ms); });
    if (session_kind) {
        Exprs items = {edit(alias_of(session_struct(m, w), name, id), [&](Expr& x) { x.watermark_ms = watermark; })};
        items.insert(items.end(), columns.begin(), columns.end());
        const ExprRef positive = not_null;
        below = resolved(plan_of(PlanKind::project, {filtered(child, positive)}, items));
        column = edit(to_attribute(items[0]), [](Expr& x) { x.nullable = false; });
    } else if (w->n == w->m) {
        Exprs items = {edit(alias_of(window_struct(m, w, 0), name, id), [&](Expr& x) { x.watermark_ms = watermark; })};
        items.insert(items.end(), columns.begin(), columns.end());
        below = resolved(plan_of(PlanKind::project, {filtered(child, not_null)}, items));
        column = to_attribute(items[0]);
    } else {
        const i64 copies = (w->n + w->m - 1) / w->m;
        Plan expand;
        expand.kind = PlanKind::expand;
        expand.children = {child};
        for (i64 i = 0; i < copies; ++i) {
            Exprs row = {window_struct(m, w, i)};
            row.insert(row.end(), columns.begin(), columns.end());
            expand.rows.push_back(std::move(row));
        }
        column = edit(attribute(name, expand.rows[0][0]->type, true, id), [&](Expr& x) { x.watermark_ms = watermark; });
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
        const ExprRef inside = exact ? not_null : m.call("and", {m.call(">=", {w->args[0], field(0)}), m.call("<", {w->args[0], field(1)})});
        below = filtered(make(std::move(expand)), inside);
    }
    const Rewrite use = [&](const ExprRef& e) -> ExprRef {
        if (is_window(*e) && same_expr(e, w)) return column;
        return e;
    };
    // A select item that was the window itself keeps the name Spark gives it.
    return edit(map_exprs(p, [&](const ExprRef& e) {
                    if (e->kind == ExprKind::alias && is_window(*e->args[0]) && e->name == pretty(e->args[0])) return edit(typed(edit(rewrite_up(e, use), [](Expr&) {})), [&](Expr& x) { x.name = name; });
                    const ExprRef out = rewrite_up(e, [&](const ExprRef& x) { return x->resolved && !is_window(*x) && x->kind != ExprKind::attribute && !is_literal(x) && x->kind != ExprKind::lambda ? use(x) : use(x); });
                    return out != e && out->kind == ExprKind::alias ? typed(out) : out;
                }),
                [&](Plan& x) {
                    x.children[0] = below;
                    if (session_kind && x.kind == PlanKind::aggregate) x.name = "session";
                });
}

/// window_time() of a list becomes a column of a projection below, as Spark's ResolveWindowTime makes it.
PlanRef Analyser::window_times(const PlanRef& p) {
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
        if (named_once && fields.size() > 1) {
            fail("_LEGACY_ERROR_TEMP_1049", "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF expected " + std::to_string(fields.size()) + " aliases but got " + item->name, item->at);
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

/// Window functions of a list, one node for each partitioning and order, below a projection.
PlanRef Analyser::extract_windows(const PlanRef& p) {
    PlanRef child = p->children[0];
    Exprs items = p->exprs;
    if (p->kind == PlanKind::aggregate) {
        // The aggregate gives what the windows read.
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
            bool changed = false;
            for (const ExprRef& a : e->args) {
                const bool window_aggregate = e->kind == ExprKind::window && a->kind == ExprKind::aggregate;
                if (window_aggregate) {
                    Exprs call_args;
                    for (const ExprRef& x : a->args[0]->args) call_args.push_back(lower_part(x));
                    const ExprRef call = edit(a->args[0], [&](Expr& x) { x.args = call_args; });
                    args.push_back(edit(a, [&](Expr& x) { x.args[0] = call; }));
                } else {
                    args.push_back(lower_part(a));
                }
                changed = changed || args.back() != a;
            }
            return changed ? edit(e, [&](Expr& x) { x.args = args; }) : e;
        };
        for (ExprRef& item : items) item = lower_part(item);
        child = resolved(edit(p, [&](Plan& x) { x.exprs = inner; }));
    }
    struct Group {
        ExprRef spec;
        Exprs aliases;
    };
    std::vector<Group> groups;
    for (ExprRef& item : items)
        item = rewrite_up(item, [&](const ExprRef& e) -> ExprRef {
            if (e->kind != ExprKind::window) return e;
            const ExprRef a = alias_of(e, pretty(e), session.ids.take());
            const auto key = [](const ExprRef& spec) {
                std::string out = std::to_string(spec->n);
                for (const ExprRef& x : spec->args) out += "|" + tree_form(x);
                return out;
            };
            for (Group& g : groups)
                if (key(g.spec) == key(e->args[1])) {
                    g.aliases.push_back(a);
                    return to_attribute(a);
                }
            groups.push_back({e->args[1], {a}});
            return to_attribute(a);
        });
    for (const Group& g : groups) {
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
