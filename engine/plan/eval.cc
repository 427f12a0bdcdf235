#include "engine/plan/eval.h"

#include <algorithm>

#include "engine/plan/cast.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kBound = 1;  ///< `m` of an attribute whose `n` is its place

}  // namespace

ExprRef bound_to(const ExprRef& e, const Exprs& input) {
    return rewrite_up(e, [&](const ExprRef& node) {
        if (node->kind != ExprKind::attribute) return node;
        for (std::size_t i = 0; i < input.size(); ++i)
            if (input[i]->id == node->id)
                return edit(node, [&](Expr& copy) { copy.n = static_cast<i64>(i), copy.m = kBound; });
        MR_ASSERT(false && "attribute is not in the input");
        return node;
    });
}

bool deterministic(const ExprRef& e) {
    return !any_of(e,
                   [](const Expr& node) { return node.kind == ExprKind::call && node.fn && !node.fn->deterministic; });
}

namespace {

/// Of these Spark does not say that they can be computed before there are rows.
bool waits_for_rows(const FunctionInfo& fn) {
    const std::string_view name = fn.name;
    return name == "elt" || name == "parse_url";
}

}  // namespace

bool foldable(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    return !any_of(e, [](const Expr& node) {
        switch (node.kind) {
            case ExprKind::literal: case ExprKind::cast: case ExprKind::case_when: case ExprKind::alias:
            case ExprKind::field: return false;
            case ExprKind::call:
                return !node.fn || node.fn->kind != FunctionKind::scalar || !node.fn->deterministic || !node.resolved ||
                       waits_for_rows(*node.fn);
            default: return true;
        }
    });
}

Value eval_constant(const ExprRef& e, EvalContext& cx) {
    MR_ASSERT(e != nullptr);
    Batch one{.rows = 1, .columns = {}};
    const Column c = eval(e, one, cx);
    return cx.ok() && c.size > 0 ? get(c, 0) : null_value();
}

namespace {

/// A column of a batch's whole length from values computed for some of its rows.
void scatter(std::vector<Column>& parts, std::vector<i32>& source, const Column& part, std::span<const i32> rows,
             i32& base) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        source[static_cast<std::size_t>(rows[i])] = base + static_cast<i32>(i);
    base += static_cast<i32>(rows.size());
    parts.push_back(part);
}

Batch narrowed(const ExprRef& e, const Batch& in, std::span<const i32> rows, EvalContext& cx,
               std::vector<std::pair<u64, Column>>& saved) {
    MR_ASSERT(e != nullptr);
    saved = cx.variables;
    return repeat_for(e, in, rows, cx);
}

/// Evaluates `e` for some rows only, so that rows that are not chosen cannot fail.
Column eval_rows(const ExprRef& e, const Batch& in, std::span<const i32> rows, EvalContext& cx) {
    MR_ASSERT(e != nullptr);
    if (static_cast<i64>(rows.size()) == in.rows) return eval(e, in, cx);
    std::vector<std::pair<u64, Column>> saved;
    const Batch part = narrowed(e, in, rows, cx, saved);
    Column out = eval(e, part, cx);
    cx.variables = std::move(saved);
    return out;
}

bool may_fail(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    return any_of(e, [](const Expr& node) {
        if (node.ansi || node.kind == ExprKind::scalar_subquery) return true;
        return node.kind == ExprKind::call && node.fn &&
               (std::string_view(node.fn->name) == "raise_error" || std::string_view(node.fn->name) == "assert_true" ||
                node.fn->row != nullptr);
    });
}

Column eval_case(const Expr& e, const Batch& in, EvalContext& cx) {
    std::vector<i32> open(static_cast<std::size_t>(in.rows));
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = static_cast<i32>(i);
    std::vector<Column> parts;
    std::vector<i32> source(open.size(), -1);
    i32 base = 0;
    std::size_t i = 0;
    for (; i + 1 < e.args.size() && !open.empty() && cx.ok(); i += 2) {
        const Column condition = eval_rows(e.args[i], in, open, cx);
        if (!cx.ok()) return null_column(e.type, in.rows);
        const std::vector<i32> hits = true_rows(condition);
        if (hits.empty()) continue;
        std::vector<i32> chosen, left;
        std::size_t h = 0;
        for (std::size_t k = 0; k < open.size(); ++k) {
            if (h < hits.size() && hits[h] == static_cast<i32>(k)) chosen.push_back(open[k]), ++h;
            else left.push_back(open[k]);
        }
        const Column value = eval_rows(e.args[i + 1], in, chosen, cx);
        if (chosen.size() == source.size()) return value;
        scatter(parts, source, value, chosen, base);
        open = std::move(left);
    }
    if (e.args.size() % 2 == 1 && !open.empty() && cx.ok()) {
        const Column value = eval_rows(e.args.back(), in, open, cx);
        if (open.size() == source.size()) return value;
        scatter(parts, source, value, open, base);
    }
    if (!cx.ok() || parts.empty()) return null_column(e.type, in.rows);
    return gather(concat(parts, e.type), source);
}

/// Three-valued AND / OR over flags; `decided` is the value that settles the result alone.
Column logic(const Column& a, const Column& b, i64 decided) {
    Column out = sized_column(type_of(TypeId::boolean), a.size);
    out.nulls.assign(static_cast<std::size_t>(a.size), 0);
    bool any_null = false;
    for (i64 i = 0; i < a.size; ++i) {
        const bool an = a.null(i), bn = b.null(i);
        const i64 x = an ? 0 : a.ints[a.at(i)], y = bn ? 0 : b.ints[b.at(i)];
        const std::size_t k = static_cast<std::size_t>(i);
        if ((!an && x == decided) || (!bn && y == decided)) out.ints[k] = decided;
        else if (an || bn) out.nulls[k] = 1, any_null = true;
        else out.ints[k] = 1 - decided;
    }
    if (!any_null) out.nulls.clear();
    return out;
}

Column as_flags(Column c) {
    if (c.type.id == TypeId::void_) return null_column(type_of(TypeId::boolean), c.size);
    return c;
}

Column eval_logic(const Expr& e, const Batch& in, EvalContext& cx, i64 decided) {
    MR_ASSERT(e.args.size() > 1);
    const Column left = as_flags(eval(e.args[0], in, cx));
    if (!cx.ok()) return left;
    if (!may_fail(e.args[1])) {
        const Column right = as_flags(eval(e.args[1], in, cx));
        return cx.ok() ? logic(left, right, decided) : left;
    }
    std::vector<i32> open;
    for (i64 i = 0; i < in.rows; ++i)
        if (left.null(i) || left.ints[left.at(i)] != decided) open.push_back(static_cast<i32>(i));
    if (open.empty()) return left;
    const Column some = as_flags(eval_rows(e.args[1], in, open, cx));
    if (!cx.ok()) return left;
    std::vector<i32> source(static_cast<std::size_t>(in.rows), 0);
    for (std::size_t k = 0; k < open.size(); ++k) source[static_cast<std::size_t>(open[k])] = static_cast<i32>(k);
    const Column right = gather(some, source);
    return logic(left, right, decided);
}

/// First argument that is not null, row by row, each evaluated only where still needed.
Column eval_coalesce(const Expr& e, const Batch& in, EvalContext& cx) {
    std::vector<i32> open(static_cast<std::size_t>(in.rows));
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = static_cast<i32>(i);
    std::vector<Column> parts;
    std::vector<i32> source(open.size(), -1);
    i32 base = 0;
    for (const ExprRef& arg : e.args) {
        if (open.empty() || !cx.ok()) break;
        const Column value = eval_rows(arg, in, open, cx);
        if (!cx.ok()) break;
        if (value.no_nulls() && open.size() == source.size() && value.type.id != TypeId::void_) return value;
        std::vector<i32> left;
        for (std::size_t k = 0; k < open.size(); ++k) {
            if (value.null(static_cast<i64>(k)) || value.type.id == TypeId::void_) left.push_back(open[k]);
            else source[static_cast<std::size_t>(open[k])] = base + static_cast<i32>(k);
        }
        base += static_cast<i32>(open.size());
        parts.push_back(value);
        open = std::move(left);
    }
    if (!cx.ok() || parts.empty()) return null_column(e.type, in.rows);
    return gather(concat(parts, e.type), source);
}

Column eval_in(const Expr& e, const Batch& in, EvalContext& cx) {
    std::vector<Column> args;
    for (const ExprRef& arg : e.args) args.push_back(eval(arg, in, cx));
    Column out = sized_column(type_of(TypeId::boolean), in.rows);
    if (!cx.ok()) return out;
    out.nulls.assign(static_cast<std::size_t>(in.rows), 0);
    for (i64 i = 0; i < in.rows; ++i) {
        bool found = false, unknown = args[0].null(i);
        for (std::size_t k = 1; k < args.size() && !found && !unknown; ++k)
            found = !args[k].null(i) && compare_rows(args[0], i, args[k], i) == 0;
        if (!found && !unknown && cx.bug != SqlBug::in_forgets_null)
            for (std::size_t k = 1; k < args.size(); ++k) unknown = unknown || args[k].null(i);
        out.ints[static_cast<std::size_t>(i)] = found ? 1 : 0;
        out.nulls[static_cast<std::size_t>(i)] = !found && unknown ? 1 : 0;
    }
    return out;
}

Column eval_by_rows(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx) {
    bool constant = e.fn->deterministic;
    for (const Column& arg : args) constant = constant && arg.constant;
    const i64 n = constant ? std::min<i64>(rows, 1) : rows;
    const bool null_in = e.fn->nulls == NullRule::strict || e.fn->nulls == NullRule::strict_null;
    Builder builder(e.type, n);
    Values values(args.size());
    const Call call{e, values, cx};
    for (i64 i = 0; i < n && cx.ok(); ++i) {
        bool null = false;
        for (std::size_t k = 0; k < args.size(); ++k) {
            if (i == 0 || !args[k].constant) values[k] = get(args[k], i);
            null = null || values[k].null;
        }
        if (null && null_in) builder.add_null();
        else builder.add(e.fn->row(call));
    }
    while (builder.column.size < n) builder.add_null();
    Column out = builder.finish();
    out.constant = constant;
    out.size = rows;
    return out;
}

Column eval_call(const Expr& e, const Batch& in, EvalContext& cx) {
    MR_ASSERT(e.fn != nullptr);
    if (e.fn->kind == FunctionKind::higher_order) return eval_higher_order(e, in, cx);
    const std::string_view name = e.fn->name;
    if (name == "and") return eval_logic(e, in, cx, 0);
    if (name == "or") return eval_logic(e, in, cx, 1);
    if (name == "coalesce" || name == "nvl" || name == "ifnull") return eval_coalesce(e, in, cx);
    if (name == "in") return eval_in(e, in, cx);
    if (name == "if") {
        const Expr as_case = [&] {
            Expr c = e;
            c.kind = ExprKind::case_when;
            return c;
        }();
        return eval_case(as_case, in, cx);
    }
    // The type is known without the value, which may be one that cannot be had.
    if (name == "typeof") return constant_column(string_value(catalog_name(e.args[0]->type)), e.type, in.rows);
    std::vector<Column> args;
    args.reserve(e.args.size());
    for (const ExprRef& arg : e.args) {
        args.push_back(eval(arg, in, cx));
        if (!cx.ok()) return null_column(e.type, in.rows);
    }
    if (!cx.spend(in.rows)) return null_column(e.type, in.rows);
    if (e.fn->vector) return e.fn->vector(e, args, in.rows, cx);
    MR_ASSERT(e.fn->row != nullptr);
    return eval_by_rows(e, args, in.rows, cx);
}

Column eval_field(const Expr& e, const Batch& in, EvalContext& cx) {
    MR_ASSERT(e.args.size() > 0);
    const Column base = eval(e.args[0], in, cx);
    if (!cx.ok() || base.size == 0) return null_column(e.type, in.rows);
    const auto at = static_cast<std::size_t>(e.n);
    if (base.type.id == TypeId::array) {
        Column out = base;
        out.type = e.type;
        Column inner = base.children[0].children[at];
        if (!base.children[0].nulls.empty()) {
            inner = flat(std::move(inner));
            if (inner.nulls.empty()) inner.nulls.assign(static_cast<std::size_t>(inner.size), 0);
            for (std::size_t i = 0; i < inner.nulls.size(); ++i) inner.nulls[i] |= base.children[0].nulls[i];
        }
        out.children = {std::move(inner)};
        return out;
    }
    Column out = base.children[at];
    if (!base.nulls.empty()) {
        out = flat(std::move(out));
        if (out.nulls.empty()) out.nulls.assign(static_cast<std::size_t>(out.size), 0);
        for (std::size_t i = 0; i < out.nulls.size(); ++i) out.nulls[i] |= base.nulls[i];
    }
    out.constant = base.constant;
    out.size = base.size;
    return out;
}

}  // namespace

std::vector<Column> eval_all(const Exprs& bound, const Batch& in, EvalContext& cx) {
    MR_ASSERT(cx.ok());
    std::vector<Column> out;
    for (const ExprRef& e : bound) out.push_back(eval(e, in, cx));
    if (cx.ok() || cx.failure.error.bound) return out;
    EvalContext alone = cx;
    alone.failure = {};
    alone.budget = {};
    for (i64 i = 0; i < in.rows; ++i) {
        const Batch row = slice(in, i, 1);
        for (const ExprRef& e : bound) {
            static_cast<void>(eval(e, row, alone));
            if (alone.ok()) continue;
            cx.failure = std::move(alone.failure);
            return out;
        }
    }
    return out;
}

Batch repeat_for(const ExprRef& body, const Batch& in, std::span<const i32> rows, EvalContext& cx) {
    MR_ASSERT(body != nullptr);
    std::vector<u8> used(in.columns.size(), 0);
    bool variables = false;
    visit(body, [&](const ExprRef& e) {
        if (e->kind == ExprKind::attribute) used[static_cast<std::size_t>(e->n)] = 1;
        variables = variables || e->kind == ExprKind::lambda_variable;
    });
    Batch out{.rows = static_cast<i64>(rows.size()), .columns = {}};
    for (std::size_t i = 0; i < in.columns.size(); ++i)
        out.columns.push_back(used[i] ? gather(in.columns[i], rows) : null_column(in.columns[i].type, out.rows));
    if (variables)
        for (auto& [id, column] : cx.variables) column = gather(column, rows);
    return out;
}

Column eval(const ExprRef& e, const Batch& in, EvalContext& cx) {
    MR_ASSERT(e->resolved);
    switch (e->kind) {
        case ExprKind::literal: return constant_column(e->value, e->type, in.rows);
        case ExprKind::attribute:
            MR_ASSERT(e->m == kBound);
            return in.columns[static_cast<std::size_t>(e->n)];
        case ExprKind::lambda_variable:
            for (auto it = cx.variables.rbegin(); it != cx.variables.rend(); ++it)
                if (it->first == e->id) return it->second;
            MR_ASSERT(false);
            break;
        case ExprKind::call: return eval_call(*e, in, cx);
        case ExprKind::cast: {
            const Column arg = eval(e->args[0], in, cx);
            if (!cx.ok()) return null_column(e->type, in.rows);
            return cast_column(arg, e->type, {e->ansi, e->is_try}, cx, e->at);
        }
        case ExprKind::case_when: return eval_case(*e, in, cx);
        case ExprKind::field: return eval_field(*e, in, cx);
        case ExprKind::alias: case ExprKind::sort_order: case ExprKind::outer: return eval(e->args[0], in, cx);
        default: MR_ASSERT(false && "not an expression of rows");
    }
    return null_column(e->type, in.rows);
}

}  // namespace engine::spark
