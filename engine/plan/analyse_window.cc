// Windows over time become columns; window functions and generators get nodes of their own.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/analyser.h"
#include "engine/plan/arithmetic.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

struct Maker {
    Analyser& a;

    ExprRef call(const char* name, Exprs args, i64 kind = 0) const {
        return a.typed(bound_call(name, std::move(args), kind));
    }
    ExprRef precise(const ExprRef& e, i64 kind) const { return call("precisetimestampconversion", {e}, kind); }
    static ExprRef number(i64 v) { return int_literal(v, TypeId::bigint); }
};

/// Start of the last window that a moment lies in, as Spark's TimeWindowing spells it.
ExprRef last_start_of(const Maker& m, const ExprRef& w) {
    MR_ASSERT(w != nullptr && w->m > 0);
    const ExprRef time = m.precise(w->args[0], 1);
    const ExprRef rest = m.call("%", {m.call("-", {time, Maker::number(w->k)}), Maker::number(w->m)});
    Expr choice;
    choice.kind = ExprKind::case_when;
    const ExprRef zero = implicit(int_literal(0), type_of(TypeId::bigint), m.a.session.ansi);
    choice.args = {m.call("<", {rest, zero}), m.call("+", {rest, Maker::number(w->m)}), rest};
    return m.call("-", {time, m.a.typed(make(std::move(choice)))});
}

/// Start and end of the i-th window that a moment lies in, counted backwards.
ExprRef window_struct(const Maker& m, const ExprRef& w, const ExprRef& last_start, i64 i) {
    MR_ASSERT(last_start != nullptr && i >= 0);
    const i64 back = w->args[0]->type.id == TypeId::timestamp ? 2 : 3;
    const ExprRef start = m.call("-", {last_start, Maker::number(i * w->m)});
    const ExprRef end = m.call("+", {start, Maker::number(w->n)});
    const ExprRef s = m.call("knownnullable", {m.precise(start, back)}),
                  e = m.call("knownnullable", {m.precise(end, back)});
    return m.call("named_struct", {string_literal("start"), s, string_literal("end"), e});
}

ExprRef session_struct(const Maker& m, const ExprRef& w) {
    MR_ASSERT(w->args.size() == 2);
    const i64 back = w->args[0]->type.id == TypeId::timestamp ? 2 : 3;
    // Text that is read as a moment stays one when the gap is added.
    const bool of_text = w->args[0]->kind == ExprKind::cast && w->args[0]->args[0]->type.id == TypeId::string;
    const ExprRef time = of_text ? edit(w->args[0], [](Expr& x) { x.implicit = false; }) : w->args[0];
    const ExprRef sum = time_sum(m.call("+", {time, w->args[1]}), m.a.session.ansi);
    const ExprRef start = m.precise(m.precise(w->args[0], 1), back), end = m.precise(m.precise(sum, 1), back);
    const ExprRef first = w->args[0]->nullable ? start : m.call("knownnullable", {start});
    return m.call("named_struct",
                  {string_literal("start"), first, string_literal("end"), m.call("knownnullable", {end})});
}

bool is_window(const Expr& e) {
    return (e.kind == ExprKind::time_window || e.kind == ExprKind::session_window) && e.resolved;
}

}  // namespace

namespace {

/// The delay of the event time that a window reads, -1 if it has none.
i64 watermark_of(const ExprRef& w) {
    MR_ASSERT(w != nullptr);
    i64 delay = -1;
    visit(w->args[0], [&](const ExprRef& e) { delay = std::max(delay, e->watermark_ms); });
    return delay;
}

/// Start (0) or end (1) of a column of windows.
ExprRef bound_of(const Maker& m, const ExprRef& column, i64 n) {
    MR_ASSERT(n == 0 || n == 1);
    Expr f;
    f.kind = ExprKind::field;
    f.args = {column};
    f.name = n == 0 ? "start" : "end";
    f.n = n;
    return m.a.typed(make(std::move(f)));
}

/// A gap whose value is known and not negative: such a session never ends before it starts.
bool surely_positive(const ExprRef& gap) {
    const ExprRef& inner = gap->kind == ExprKind::cast ? gap->args[0] : gap;
    if (!is_literal(inner) || inner->type.id != TypeId::calendar || inner->value.null) return false;
    const Values& parts = items_of(inner->value);
    return parts[0].i + parts[1].i + parts[2].i > 0;
}

PlanRef filtered(const PlanRef& over, const ExprRef& condition) {
    return with_resolved(edit(plan_of(PlanKind::filter, {over}), [&](Plan& x) { x.condition = condition; }));
}

bool is_window_time(const Expr& e) { return e.kind == ExprKind::call && e.name == "window_time"; }

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
    const ExprRef window = session_kind ? session_struct(m, w) : window_struct(m, w, last_start_of(m, w), 0);
    Exprs items = {edit(alias_of(window, session_kind ? "session_window" : "window", id),
                        [&](Expr& x) { x.watermark_ms = watermark_of(w); })};
    const Exprs columns = output_of(*child);
    items.insert(items.end(), columns.begin(), columns.end());
    column = to_attribute(items[0]);
    if (session_kind) column = edit(column, [](Expr& x) { x.nullable = false; });
    const ExprRef has_time = m.call("isnotnull", {w->args[0]});
    if (session_kind)
        return filtered(project_over(child, items),
                        surely_positive(w->args[1])
                            ? has_time
                            : m.call("and", {has_time, m.call(">", {bound_of(m, column, 1), bound_of(m, column, 0)})}));
    return project_over(filtered(child, has_time), items);
}

/// A sliding window: each row once for each window that may hold it, then those that do.
PlanRef Analyser::sliding_windows(const PlanRef& child, const ExprRef& w, u64 id, ExprRef& column) {
    MR_ASSERT(w->m > 0 && w->n >= w->m);
    const Maker m{*this};
    const Exprs columns = output_of(*child);
    Plan expand;
    expand.kind = PlanKind::expand;
    expand.children = {child};
    const ExprRef last_start = last_start_of(m, w);
    for (i64 i = 0; i < (w->n + w->m - 1) / w->m; ++i) {
        Exprs row = {window_struct(m, w, last_start, i)};
        row.insert(row.end(), columns.begin(), columns.end());
        expand.rows.push_back(std::move(row));
    }
    column = edit(attribute("window", expand.rows[0][0]->type, true, id),
                  [&](Expr& x) { x.watermark_ms = watermark_of(w); });
    expand.output = {column};
    expand.output.insert(expand.output.end(), columns.begin(), columns.end());
    expand.resolved = true;
    const bool exact = w->n % w->m == 0;
    const ExprRef inside = exact ? m.call("isnotnull", {w->args[0]})
                                 : m.call("and", {m.call(">=", {w->args[0], bound_of(m, column, 0)}),
                                                  m.call("<", {w->args[0], bound_of(m, column, 1)})});
    return filtered(make(std::move(expand)), inside);
}

PlanRef Analyser::time_windows(const PlanRef& given) {
    MR_ASSERT(!given->children.empty());
    if (windows_in(given).empty()) return given;
    // A window over a column of windows reads the time of those, which is a column first.
    bool nested = false;
    for (const ExprRef& w : windows_in(given)) nested = nested || any_of(w, is_window_time);
    const PlanRef p = nested ? window_times(given) : given;
    const Exprs found = windows_in(p);
    MR_ASSERT(!found.empty());
    if (found.size() > 1) {
        fail("_LEGACY_ERROR_TEMP_1039",
             "Multiple time/session window expressions would result in a cartesian product of rows, therefore they are "
             "currently not supported.",
             p->at);
        return p;
    }
    const ExprRef w = found[0];
    const bool session_kind = w->kind == ExprKind::session_window;
    ExprRef column;
    const u64 id = session.ids.take();
    const PlanRef below = session_kind || w->n == w->m ? session_windows(p->children[0], w, id, column)
                                                       : sliding_windows(p->children[0], w, id, column);
    const Rewrite use = [&](const ExprRef& e) -> ExprRef { return is_window(*e) && same_expr(e, w) ? column : e; };
    // A select item that was the window itself keeps the name Spark gives it.
    const PlanRef out = map_exprs(p, [&](const ExprRef& e) {
        const ExprRef changed = rewrite_up(e, use);
        if (e->kind == ExprKind::alias && is_window(*e->args[0]) && e->name == pretty(e->args[0]))
            return edit(typed(changed), [&](Expr& x) { x.name = column->name; });
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
        items.push_back(
            edit(alias_of(moment, pretty(e), session.ids.take()), [&](Expr& x) { x.watermark_ms = watermark_of(e); }));
        columns.push_back(to_attribute(items.back()));
    }
    for (const ExprRef& c : output_of(*p->children[0])) items.push_back(c);
    const PlanRef below = project_over(p->children[0], items);
    const Rewrite use = [&](const ExprRef& e) -> ExprRef {
        for (std::size_t i = 0; i < found.size(); ++i)
            if (is_call(e, "window_time") && same_expr(e, found[i])) return columns[i];
        return e;
    };
    // An item that nobody named is that column.
    const Rewrite item = [&](const ExprRef& e) {
        const bool unnamed =
            e->kind == ExprKind::alias && is_call(e->args[0], "window_time") && e->name == pretty(e->args[0]);
        return rewrite_up(unnamed ? e->args[0] : e, use);
    };
    return edit(map_exprs(p, item), [&](Plan& x) { x.children[0] = below; });
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
        const ExprRef inner = item->kind == ExprKind::alias || item->kind == ExprKind::multi_alias ||
                                      item->kind == ExprKind::unresolved_alias
                                  ? item->args[0]
                                  : item;
        if (inner->kind != ExprKind::call || inner->fn->kind != FunctionKind::generator) {
            fail("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                 fmt::format("The generator is not supported: nested in expressions \"{}\".", pretty(inner)), {});
            return p;
        }
        const auto& fields = *inner->type.fields;
        const bool named_once = item->kind == ExprKind::alias && item->name != pretty(inner);
        const std::size_t names = named_once                            ? 1
                                  : item->kind == ExprKind::multi_alias ? item->parts.size()
                                                                        : fields.size();
        if (names != fields.size()) {
            std::string got = named_once ? item->name : "";
            for (const std::string& part :
                 item->kind == ExprKind::multi_alias ? item->parts : std::vector<std::string>{})
                got += (got.empty() ? "" : ",") + part;
            fail("UDTF_ALIAS_NUMBER_MISMATCH",
                 fmt::format("The number of aliases supplied in the AS clause does not match the number of columns "
                             "output by the UDTF. Expected {} aliases, but got {}. Please ensure that the number of "
                             "aliases provided matches the number of columns output by the UDTF.",
                             fields.size(), got),
                 {});
            return p;
        }
        Plan g;
        g.kind = PlanKind::generate;
        g.children = {child};
        g.exprs = {inner};
        g.outer = std::string_view(inner->fn->name).ends_with("_outer");
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const std::string name = named_once                                                      ? item->name
                                     : item->kind == ExprKind::multi_alias && i < item->parts.size() ? item->parts[i]
                                                                                                     : fields[i].name;
            g.output.push_back(attribute(name, fields[i].type, fields[i].nullable, session.ids.take()));
        }
        for (const ExprRef& c : g.output) items.push_back(c);
        g.resolved = true;
        child = make(std::move(g));
    }
    return with_resolved(edit(p, [&](Plan& x) {
        x.kind = PlanKind::project;
        x.groups.clear();
        x.children = {child};
        x.exprs = items;
    }));
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
    u64 found = 0;
    const auto column_for = [&](const ExprRef& alias, const ExprRef& window) {
        ++found;
        const auto known = std::ranges::find_if(
            groups, [&](const WindowGroup& g) { return spec_key(g.spec) == spec_key(window->args[1]); });
        if (known != groups.end()) known->aliases.push_back(alias);
        else groups.push_back({window->args[1], {alias}});
        return to_attribute(alias);
    };
    for (ExprRef& item : items)
        item = rewrite_down(item, [&](const ExprRef& e) -> ExprRef {
            if (e->kind == ExprKind::alias && e->args[0]->kind == ExprKind::window) return column_for(e, e->args[0]);
            return e->kind == ExprKind::window ? column_for(alias_of(e, fmt::format("_we{}", found), ids.take()), e)
                                               : e;
        });
    return groups;
}

/// What the node below the windows gives: the items without windows, then what windows and the items around them read.
struct BelowWindows {
    Ids& ids;
    Exprs given;
    std::vector<std::pair<ExprRef, ExprRef>> computed;  ///< expression, its column

    ExprRef column(const ExprRef& e) {
        MR_ASSERT(e->kind != ExprKind::window);
        if (e->kind == ExprKind::attribute) {
            if (!contains_id(to_attributes(given), e->id)) given.push_back(e);
            return e;
        }
        if (foldable(e)) return e;
        for (const auto& [known, attribute] : computed)
            if (same_expr(known, e)) return attribute;
        given.push_back(alias_of(e, fmt::format("_w{}", computed.size()), ids.take()));
        computed.emplace_back(e, to_attribute(given.back()));
        return computed.back().second;
    }
    ExprRef arguments(const ExprRef& call) {
        return edit(call, [&](Expr& x) {
            for (ExprRef& a : x.args) a = column(a);
        });
    }
    ExprRef window(const ExprRef& e) {
        const ExprRef& function = e->args[0];
        const ExprRef read = function->kind == ExprKind::aggregate
                                 ? edit(function, [&](Expr& x) { x.args[0] = arguments(x.args[0]); })
                                 : arguments(function);
        const ExprRef spec = edit(e->args[1], [&](Expr& x) {
            for (ExprRef& a : x.args) a = a->kind == ExprKind::sort_order ? arguments(a) : column(a);
        });
        return edit(e, [&](Expr& x) { x.args = {read, spec}; });
    }
    ExprRef item(const ExprRef& e) {
        if (e->kind == ExprKind::window) return window(e);
        if (e->kind == ExprKind::aggregate || e->kind == ExprKind::attribute) return column(e);
        Exprs args;
        for (const ExprRef& a : e->args) args.push_back(item(a));
        return args == e->args ? e : edit(e, [&](Expr& x) { x.args = args; });
    }
};

}  // namespace

/// Window functions of a list: the node itself with what they read, one node for each partitioning and order, a
/// projection of all, and the list as columns of it. In Spark's analyser: ExtractWindowExpressions.
PlanRef Analyser::extract_windows(const PlanRef& p) {
    MR_ASSERT(p->children.size() == 1);
    BelowWindows below{.ids = session.ids, .given = {}, .computed = {}};
    Exprs items;
    for (const ExprRef& e : p->exprs)
        if (!has_window(e)) below.given.push_back(e);
    for (const ExprRef& e : p->exprs)
        if (has_window(e)) items.push_back(below.item(e));
    const std::vector<WindowGroup> groups = window_groups(items, session.ids);
    PlanRef child = with_resolved(edit(p, [&](Plan& x) { x.exprs = below.given; }));
    for (const WindowGroup& g : groups) {
        Plan w;
        w.kind = PlanKind::window;
        w.children = {child};
        w.exprs = g.aliases;
        w.groups.assign(g.spec->args.begin(), g.spec->args.begin() + g.spec->n);
        w.rows = {Exprs(g.spec->args.begin() + g.spec->n, g.spec->args.end())};
        w.resolved = true;
        child = make(std::move(w));
    }
    Exprs all = output_of(*child);
    for (const ExprRef& e : items) all.push_back(e->kind == ExprKind::alias && !e->resolved ? typed(e) : e);
    const PlanRef wide = project_over(child, all);
    return edit(project_over(wide, to_attributes(p->exprs)), [&](Plan& x) { x.at = p->at; });
}

namespace {

/// Where a bound lies from the current row; none if it is not a number.
std::optional<double> bound_place(BoundKind kind, const ExprRef& value) {
    MR_ASSERT(value != nullptr || (kind != BoundKind::preceding && kind != BoundKind::following));
    if (kind == BoundKind::current_row || kind == BoundKind::unbounded_preceding ||
        kind == BoundKind::unbounded_following)
        return std::nullopt;
    if (!value->resolved || !foldable(value) || !is_numeric(value->type)) return std::nullopt;
    EvalContext cx;
    const Value offset = eval_constant(value, cx);
    if (!cx.ok() || offset.null) return std::nullopt;
    const double place = number_of(offset, value->type);
    return kind == BoundKind::preceding ? -place : place;
}

std::string bound_text(BoundKind kind, const ExprRef& value) {
    switch (kind) {
        case BoundKind::unbounded_preceding: return "UNBOUNDED PRECEDING";
        case BoundKind::unbounded_following: return "UNBOUNDED FOLLOWING";
        case BoundKind::current_row: return "CURRENT ROW";
        case BoundKind::preceding: return "(- " + pretty(value) + ")";
        case BoundKind::following: break;
    }
    return pretty(value);
}

/// Whether values of a key and offsets of a type can be added.
bool offset_suits(const DataType& offset, const DataType& key) {
    if (key.id == TypeId::date) return offset.id == TypeId::integer || offset.id == TypeId::year_month;
    if (is_datetime(key)) return is_interval(offset) || offset.id == TypeId::calendar;
    return same_type(offset, key);
}

}  // namespace

std::optional<SetRefusal> frame_refused(const Expr& spec) {
    MR_ASSERT(spec.kind == ExprKind::window_spec);
    const Frame& f = spec.frame;
    const auto refused = [](const char* why, std::string text) {
        return SetRefusal{std::string("DATATYPE_MISMATCH.") + why, std::move(text)};
    };
    const ExprRef low = f.lower_value, high = f.upper_value;
    if (f.kind == FrameKind::unspecified) return std::nullopt;
    if (f.lower == BoundKind::unbounded_following || f.upper == BoundKind::unbounded_preceding)
        return refused("SPECIFIED_WINDOW_FRAME_INVALID_BOUND",
                       fmt::format("Window frame upper bound \"{}\" does not follow the lower bound \"{}\".",
                                   bound_text(f.upper, high), bound_text(f.lower, low)));
    if (!low && !high) return std::nullopt;
    const bool by_rows = f.kind == FrameKind::rows;
    for (const ExprRef& bound : {low, high}) {
        if (!bound || !bound->resolved) continue;
        const bool range_type =
            is_numeric(bound->type) || is_interval(bound->type) || bound->type.id == TypeId::calendar;
        if (by_rows ? bound->type.id == TypeId::integer : range_type) continue;
        return refused("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
                       fmt::format("The data type of the {} bound \"{}\" does not match the expected data type {}.",
                                   bound == low ? "lower" : "upper", sql_name(bound->type),
                                   by_rows ? "\"INT\"" : kNumericOrInterval));
    }
    if (f.kind == FrameKind::rows) return std::nullopt;
    const std::size_t from = static_cast<std::size_t>(spec.n);
    std::string orders;
    for (std::size_t i = from; i < spec.args.size(); ++i) orders += (i > from ? "," : "") + tree_form(spec.args[i]);
    if (low && high && low->resolved && high->resolved && !same_type(low->type, high->type))
        return refused("SPECIFIED_WINDOW_FRAME_DIFF_TYPES",
                       fmt::format("Window frame bounds \"{}\" and \"{}\" do not have the same type: \"{}\" <> "
                                   "\"{}\".",
                                   bound_text(f.lower, low), bound_text(f.upper, high), sql_name(low->type),
                                   sql_name(high->type)));
    if (spec.args.size() > from + 1)
        return refused("RANGE_FRAME_MULTI_ORDER",
                       "A range window frame with value boundaries cannot be used in a window specification with "
                       "multiple order by expressions: " +
                           orders + ".");
    if (spec.args.size() == from) return std::nullopt;
    const DataType& key = spec.args[from]->args[0]->type;
    const ExprRef& first = low ? low : high;
    if (!first->resolved || offset_suits(first->type, key)) return std::nullopt;
    return refused("RANGE_FRAME_INVALID_TYPE",
                   fmt::format("The data type \"{}\" used in the order specification does not match the data type "
                               "\"{}\" which is used in the range frame.",
                               sql_name(key), sql_name(first->type)));
}

bool upside_down(const Frame& frame) {
    if (frame.kind == FrameKind::unspecified) return false;
    const auto low = bound_place(frame.lower, frame.lower_value), high = bound_place(frame.upper, frame.upper_value);
    return low && high && *low > *high;
}

}  // namespace engine::spark
