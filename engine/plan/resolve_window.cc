// Windows over time (window, session_window) and windows over rows (OVER).
#include <fmt/format.h>

#include "engine/plan/analyser.h"
#include "engine/plan/coerce.h"
#include "engine/plan/outputs.h"
#include "engine/plan/print.h"
#include "engine/sql/calendar.h"
#include "engine/sql/interval.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool literal_text(const ExprRef& e, std::string& out) {
    MR_ASSERT(e != nullptr);
    if (is_literal(e) && e->type.id == TypeId::string && !e->value.null) return out = e->value.s, true;
    if (is_literal(e) && e->type.id == TypeId::day_time) return out = fmt::format("{} microseconds", e->value.i), true;
    return false;
}

}  // namespace

/// session_window(time, gap): the gap a literal interval or an expression.
ExprRef Analyser::session_gap(const ExprRef& e) {
    MR_ASSERT(e->args.size() == 2);
    Expr w = *e;
    w.kind = ExprKind::session_window;
    const TypeId time = w.args[0]->type.id;
    const bool readable = is_datetime(w.args[0]->type) || time == TypeId::string || time == TypeId::void_;
    if (!readable) return make(std::move(w));
    if (w.args[0]->type.id != TypeId::timestamp_ntz)
        w.args[0] = edit(implicit(w.args[0], type_of(TypeId::timestamp), session.ansi), [&](Expr& x) { x.at = e->at; });
    const TypeId given = w.args[1]->type.id;
    if (w.args[1]->resolved && given != TypeId::string && given != TypeId::calendar && given != TypeId::void_) {
        fail("_LEGACY_ERROR_TEMP_1040",
             fmt::format("Gap duration expression used in session window must be CalendarIntervalType, but got {}.",
                         class_name(w.args[1]->type)),
             {});
        return e;
    }
    w.args[1] = edit(cast_to(w.args[1], type_of(TypeId::calendar), session.ansi), [&](Expr& x) {
        x.implicit = x.resolved = true;
        x.nullable = w.args[1]->nullable;
    });
    const DataType t = w.args[0]->type;
    w.type = struct_type({{"start", t, true}, {"end", t, true}});
    w.nullable = true;
    w.resolved = true;
    return make(std::move(w));
}

/// window(time, size[, slide[, start]]) with its durations read.
ExprRef Analyser::window_call(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::function);
    if (e->args.size() < 2 || e->args.size() > 4) {
        wrong_count(e, "[2, 3, 4]", e->args.size());
        return e;
    }
    i64 values[3] = {0, 0, 0};
    for (std::size_t i = 1; i < e->args.size(); ++i) {
        std::string text;
        const bool is_text = literal_text(e->args[i], text);
        const auto v = is_text ? parse_interval(text) : std::nullopt;
        if (is_text && !v) {
            fail("CANNOT_PARSE_INTERVAL",
                 fmt::format(
                     "Unable to parse '{}'. Please ensure that the value provided is in a valid format for defining an "
                     "interval. You can reference the documentation for the correct format. If the issue persists, "
                     "please double check that the input value is not null or empty and try again.",
                     text),
                 e->at);
            return e;
        }
        if (is_text && v->months != 0) {
            fail("FAILED_FUNCTION_CALL",
                 "Failed preparing of the function `window` for call. Please, double check function's arguments.",
                 e->at);
            return e;
        }
        const bool number = is_literal(e->args[i]) && is_integral(e->args[i]->type);
        if (!is_text && !number) {
            fail("_LEGACY_ERROR_TEMP_1207",
                 "The duration and time inputs to window must be an integer, long or string literal.", e->at);
            return e;
        }
        if (v) values[i - 1] = v->days * kMicrosPerDay + v->micros;
        else if (is_literal(e->args[i]) && is_integral(e->args[i]->type)) values[i - 1] = e->args[i]->value.i;
    }
    if (e->args.size() == 2) values[1] = values[0];
    Expr w;
    w.kind = ExprKind::time_window;
    w.args = {e->args[0]};
    w.n = values[0];
    w.m = values[1];
    w.k = values[2];
    w.at = e->at;
    return time_window(make(std::move(w)));
}

ExprRef Analyser::time_window(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (!resolved_all(e->args)) return e;
    if (e->kind == ExprKind::session_window || (e->kind == ExprKind::function && e->name == "session_window")) {
        if (e->args.size() == 2) return session_gap(e);
        wrong_count(e, "2", e->args.size());
        return e;
    }
    if (e->kind == ExprKind::function) return window_call(e);
    Expr w = *e;
    const DataType& t = w.args[0]->type;
    const bool window_column = t.id == TypeId::structure && t.fields->size() == 2 && (*t.fields)[0].name == "start" &&
                               (*t.fields)[1].name == "end";
    if (window_column) {
        Expr time;
        time.kind = ExprKind::call;
        time.name = "window_time";
        time.fn = find_function("window_time");
        time.args = {w.args[0]};
        w.args[0] = typed(make(std::move(time)));
    } else if (t.id != TypeId::timestamp && t.id != TypeId::timestamp_ntz) {
        if (t.id != TypeId::date && t.id != TypeId::string && t.id != TypeId::void_) return make(std::move(w));
        w.args[0] = edit(implicit(w.args[0], type_of(TypeId::timestamp), session.ansi), [&](Expr& x) { x.at = e->at; });
    }
    if (w.n <= 0 || w.m <= 0 || w.m > w.n || w.k >= w.m || -w.k >= w.m) return make(std::move(w));
    w.type = struct_type({{"start", w.args[0]->type, true}, {"end", w.args[0]->type, true}});
    w.nullable = true;
    w.resolved = true;
    return make(std::move(w));
}

namespace {

/// How far lag and lead look is their frame. Coercion gives the function another offset than its frame got before.
bool offset_refused(Analyser& a, const ExprRef& call, const Expr& spec) {
    MR_ASSERT(call->resolved && spec.kind == ExprKind::window_spec);
    if (spec.frame.kind != FrameKind::unspecified || !(is_call(call, "lag") || is_call(call, "lead"))) return false;
    const TypeId offset = call->args.size() > 1 ? call->args[1]->type.id : TypeId::integer;
    if (offset == TypeId::integer || offset == TypeId::void_) return false;
    a.fail("_LEGACY_ERROR_TEMP_1035", fmt::format("Cannot specify window frame for {} function.", call->name), {});
    return true;
}

/// Whether Spark casts an offset to the type of the key that a RANGE frame goes by. Times keep theirs.
bool offset_is_cast(const DataType& offset, const DataType& key) {
    if (is_datetime(key) || same_type(offset, key)) return false;
    if (key.id == TypeId::string) return true;
    if (is_interval(offset)) return is_integral(key) || key.id == TypeId::decimal;
    return is_numeric(offset) && (is_numeric(key) || key.id == TypeId::boolean);
}

/// What looks back is minus its offset, so a number; and minus its offset ahead once it is cast, as Spark shows it.
/// `key`: what a RANGE frame goes by, null for others.
void coerce_offset(Analyser& a, BoundKind& kind, ExprRef& offset, const DataType* key) {
    if (!offset || !offset->resolved) return;
    const bool text = offset->type.id == TypeId::string || offset->type.id == TypeId::void_;
    if (kind == BoundKind::preceding && text) offset = implicit(offset, type_of(TypeId::double_), a.session.ansi);
    if (key == nullptr) return;
    const ExprRef ahead = kind == BoundKind::preceding ? a.typed(bound_call("negative", {offset})) : offset;
    if (!ahead->resolved || !offset_is_cast(ahead->type, *key)) return;
    kind = BoundKind::following;
    offset = implicit(ahead, *key, a.session.ansi);
}

}  // namespace

ExprRef Analyser::resolve_window(const ExprRef& e, const Scope& scope) {
    MR_ASSERT(e != nullptr);
    ExprRef function_part = resolve(e->args[0], scope), spec = resolve_args(e->args[1], scope);
    if (!ok()) return e;
    if (spec->kind == ExprKind::window_reference) return edit(e, [&](Expr& x) { x.args = {function_part, spec}; });
    if (spec->kind == ExprKind::window_spec && resolved_all(spec->args)) {
        Exprs bounds;
        spec = edit(spec, [&](Expr& x) {
            x.resolved = true;
            for (ExprRef* bound : {&x.frame.lower_value, &x.frame.upper_value})
                if (*bound) *bound = resolve(*bound, scope);
            const auto from = static_cast<std::size_t>(x.n);
            const bool by_value = x.frame.kind == FrameKind::range && x.args.size() == from + 1;
            const DataType* key = by_value ? &x.args[from]->args[0]->type : nullptr;
            coerce_offset(*this, x.frame.lower, x.frame.lower_value, key);
            coerce_offset(*this, x.frame.upper, x.frame.upper_value, key);
        });
    }
    ExprRef out = edit(e, [&](Expr& x) { x.args = {function_part, spec}; });
    if (!function_part->resolved || !spec->resolved) return out;
    const bool ordered = spec->args.size() > static_cast<std::size_t>(spec->n);
    const bool of_rows = function_part->kind == ExprKind::call && function_part->fn->kind == FunctionKind::window;
    const bool ranking = of_rows && std::string_view(function_part->fn->name) != "nth_value";
    if (has_generator(function_part)) {
        fail("UNSUPPORTED_EXPR_FOR_WINDOW",
             fmt::format("Expression \"{}\" not supported within a window function.", pretty(function_part)), e->at);
        return out;
    }
    if (offset_refused(*this, function_part, *spec)) return out;
    spec = edit(spec, [&](Expr& x) {
        if (x.frame.kind != FrameKind::unspecified) return;
        const std::string_view name = ranking ? function_part->fn->name : "";
        x.frame.kind = ranking || !ordered ? FrameKind::rows : FrameKind::range;
        x.frame.lower = BoundKind::unbounded_preceding;
        x.frame.upper = ordered || ranking ? BoundKind::current_row : BoundKind::unbounded_following;
        if (name == "lag" || name == "lead") {
            ExprRef offset = function_part->args[1];
            if (name == "lag") offset = is_literal(offset) ? int_literal(-offset->value.i) : offset;
            x.frame.lower = x.frame.upper = BoundKind::following;
            x.frame.lower_value = x.frame.upper_value = offset;
            if (is_literal(offset) && offset->value.i < 0) {
                x.frame.lower = x.frame.upper = BoundKind::preceding;
                x.frame.lower_value = x.frame.upper_value = int_literal(-offset->value.i);
            }
        }
        if (name == "percent_rank" || name == "cume_dist" || name == "ntile") x.frame.kind = FrameKind::rows;
    });
    if (ranking && !ordered && std::string_view(function_part->fn->name) != "row_number_free") {
        const std::string_view name = function_part->fn->name;
        // The message shows the call as plans do: rank(), not RANK().
        const std::string shown = function_part->args.empty() ? std::string(name) + "()" : tree_form(function_part);
        fail("_LEGACY_ERROR_TEMP_1037",
             fmt::format(
                 "Window function {0} requires window to be ordered, please add ORDER BY clause. For example SELECT "
                 "{0}(value_expr) OVER (PARTITION BY window_partition ORDER BY window_ordering) from table.",
                 shown),
             Origin{});
        return out;
    }
    out = edit(out, [&](Expr& x) { x.args[1] = spec; });
    if (upside_down(spec->frame) || frame_refused(*spec)) return out;  // the check refuses it
    out = typed(out);
    if (of_rows) {
        const std::string_view name = function_part->fn->name;
        const bool never = name != "lag" && name != "lead" && name != "nth_value";
        out = edit(out, [&](Expr& x) { x.nullable = !never && function_part->nullable; });
    }
    return out;
}

}  // namespace engine::spark
