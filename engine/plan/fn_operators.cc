// Operators: arithmetic, comparison, logic, and what the arithmetic signs mean on dates and intervals.
#include <fmt/format.h>

#include "engine/plan/arithmetic.h"
#include "engine/plan/boolean_equality.h"
#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/decimal_bound.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

Op op_of(std::string_view name) {
    if (name == "+") return Op::add;
    if (name == "-") return Op::subtract;
    if (name == "*") return Op::multiply;
    if (name == "/") return Op::divide;
    if (name == "div") return Op::whole_divide;
    return name == "pmod" ? Op::pmod : Op::remainder;
}

bool become(Typing& t, const char* hidden, int print_style = 0) {
    MR_ASSERT(t.e.args.size() > 0);
    t.e.fn = find_function(hidden, true);
    MR_ASSERT(t.e.fn != nullptr);
    t.e.k = print_style;
    return t.e.fn->typing ? t.e.fn->typing(t) : [&] {
        if (!coerce_arguments(t)) return false;
        const char code = t.e.fn->result[0];
        t.e.type = code == '='   ? t.e.args[0]->type
                   : code == 'd' ? type_of(TypeId::date)
                   : code == 't' ? type_of(TypeId::timestamp)
                   : code == 'I' ? type_of(TypeId::integer)
                                 : day_time_type(0, 3);
        t.e.nullable = nullable_by_args(t.e.args) || t.e.fn->nulls == NullRule::strict_null;
        return true;
    }();
}

/// What + - * / mean when a date, timestamp or interval is involved. Sets `done` if it decided.
bool temporal(Typing& t, Op op, bool& done) {
    MR_ASSERT(t.e.args.size() == 2);
    Exprs& a = t.e.args;
    const auto is = [&](std::size_t i, TypeId id) { return a[i]->type.id == id; };
    const auto interval = [&](std::size_t i) { return is_interval(a[i]->type); };
    done = true;
    if (op == Op::add && interval(0) && !interval(1) && (is_datetime(a[1]->type) || is(1, TypeId::string))) {
        std::swap(a[0], a[1]);
        t.e.m = 1;  // typed the other way round
    }
    if (op == Op::add || op == Op::subtract) {
        const bool left_time = is_datetime(a[0]->type) || (is(0, TypeId::string) && interval(1));
        if (left_time && is(1, TypeId::year_month)) {
            if (is(0, TypeId::string)) a[0] = implicit(a[0], type_of(TypeId::timestamp), t.ansi);
            return become(t, is(0, TypeId::date) ? "date_plus_months" : "timestamp_plus_months", 1);
        }
        if (left_time && is(1, TypeId::day_time)) {
            if (is(0, TypeId::date) && a[1]->type.b == 0) return become(t, "date_plus_days", 2);
            if (!timestamp_like(a[0]->type)) a[0] = implicit(a[0], type_of(TypeId::timestamp), t.ansi);
            return become(t, "timestamp_plus", 1);
        }
        if (left_time && is(1, TypeId::calendar)) {
            if (!timestamp_like(a[0]->type)) a[0] = implicit(a[0], type_of(TypeId::timestamp), t.ansi);
            return become(t, "timestamp_plus_calendar", 1);
        }
        if (op == Op::subtract && (timestamp_like(a[0]->type) || timestamp_like(a[1]->type))) {
            // Text is taken for a timestamp only on the left of one.
            if (is(1, TypeId::string) && !t.ansi)
                return t.refuse("UNEXPECTED_INPUT_TYPE",
                                fmt::format("Parameter 2 requires the \"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" "
                                            "type, however \"{}\" has the type \"STRING\".",
                                            pretty(a[1])));
            return become(t, "subtract_timestamps");
        }
        if (op == Op::subtract && is(1, TypeId::date) &&
            (is(0, TypeId::date) || is(0, TypeId::string) || !is_integral(a[1]->type)))
            return become(t, "subtract_dates");
        for (std::size_t i = 0; i < 2; ++i)
            if (is(1 - i, TypeId::date) && is(i, TypeId::string) && !t.ansi && op == Op::add)
                a[i] = implicit(a[i], type_of(TypeId::double_), t.ansi);
        if (is(0, TypeId::date) && !is(1, TypeId::date) && !interval(1)) {
            t.e.name = op == Op::add ? "date_add" : "date_sub";
            return become(t, t.e.name.c_str());
        }
        if (op == Op::add && is(1, TypeId::date) && !interval(0)) {
            std::swap(a[0], a[1]);
            t.e.name = "date_add";
            return become(t, "date_add");
        }
        if (interval(0) && interval(1) && a[0]->type.id == a[1]->type.id) return become(t, "intervals_sum");
        if (interval(0) || interval(1)) {
            if (a[0]->type.id == TypeId::void_ || a[1]->type.id == TypeId::void_) return become(t, "intervals_sum");
            if (interval(0) && interval(1)) {
                // Different kinds: the right one is taken for a moment in time.
                return t.refuse("UNEXPECTED_INPUT_TYPE",
                                fmt::format("Parameter 1 requires the (\"TIMESTAMP\" or \"TIMESTAMP WITHOUT TIME "
                                            "ZONE\") type, however \"{}\" has the type \"{}\".",
                                            pretty(a[0]), sql_name(a[0]->type)));
            }
        }
    }
    if (op == Op::multiply && interval(1) && !interval(0)) {
        std::swap(a[0], a[1]);
        t.e.m = 1;
    }
    if (interval(0) && (op == Op::multiply || op == Op::divide))
        return become(t, op == Op::multiply ? "interval_times" : "interval_divided");
    done = false;
    return false;
}

bool decimal_operands(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2);
    for (int i = 0; i < 2; ++i) {
        ExprRef& e = t.e.args[static_cast<std::size_t>(i)];
        if (is_integral(e->type)) e = implicit(e, decimal_for_literal(e), t.ansi);
    }
    return true;
}

bool wrong_type(Typing& t, const char* wanted, const DataType& got) {
    return t.refuse("BINARY_OP_WRONG_TYPE",
                    fmt::format("the binary operator requires the input type {}, not \"{}\".", wanted, sql_name(got)));
}

bool different(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    return t.refuse(
        "BINARY_OP_DIFF_TYPES",
        fmt::format("the left and right operands of the binary operator have incompatible types (\"{}\" and \"{}\").",
                    sql_name(t.e.args[0]->type), sql_name(t.e.args[1]->type)));
}

/// ANSI: a string beside a number becomes that kind of number.
void promote_strings(Typing& t) {
    Exprs& a = t.e.args;
    for (std::size_t i = 0; i < 2 && a.size() == 2; ++i) {
        if (a[i]->type.id != TypeId::string) continue;
        const DataType& other = a[1 - i]->type;
        if (!t.ansi) {
            if (!is_interval(other)) a[i] = implicit(a[i], type_of(TypeId::double_), t.ansi);
        } else if (other.id != TypeId::string) {
            if (is_integral(other)) a[i] = implicit(a[i], type_of(TypeId::bigint), t.ansi);
            else if (is_fractional(other)) a[i] = implicit(a[i], type_of(TypeId::double_), t.ansi);
        }
    }
}

const char* wanted_of(Op op) {
    switch (op) {
        case Op::add: case Op::subtract: return kNumericOrInterval;
        case Op::divide: return "(\"DOUBLE\" or \"DECIMAL\")";
        case Op::whole_divide:
            return "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")";
        default: return "\"NUMERIC\"";
    }
}

void widen_numbers(Typing& t, Op op) {
    MR_ASSERT(t.e.args.size() == 2);
    Exprs& a = t.e.args;
    const bool nulls = a[0]->type.id == TypeId::void_ || a[1]->type.id == TypeId::void_;
    if (op == Op::divide) {
        for (ExprRef& arg : a)
            if ((arg->type.id != TypeId::decimal || nulls) && !(t.ansi && arg->type.id == TypeId::string)) {
                const bool other_decimal = a[0]->type.id == TypeId::decimal || a[1]->type.id == TypeId::decimal;
                if (!other_decimal || !(is_integral(arg->type) || arg->type.id == TypeId::decimal))
                    arg = implicit(arg, type_of(TypeId::double_), t.ansi);
            }
    }
    if (op == Op::whole_divide)
        for (ExprRef& arg : a)
            if (is_integral(arg->type) && a[0]->type.id != TypeId::decimal && a[1]->type.id != TypeId::decimal)
                arg = implicit(arg, type_of(TypeId::bigint), t.ansi);
    const bool decimal = a[0]->type.id == TypeId::decimal || a[1]->type.id == TypeId::decimal;
    const bool real = a[0]->type.id == TypeId::double_ || a[1]->type.id == TypeId::double_ ||
                      a[0]->type.id == TypeId::float_ || a[1]->type.id == TypeId::float_;
    if (decimal && !real && !nulls) {
        decimal_operands(t);
    } else if (decimal && real) {
        for (ExprRef& arg : a) arg = implicit(arg, type_of(TypeId::double_), t.ansi);
    } else if (t.ansi && real && is_numeric(a[0]->type) && is_numeric(a[1]->type) &&
               (is_integral(a[0]->type) || is_integral(a[1]->type))) {
        for (ExprRef& arg : a) arg = implicit(arg, type_of(TypeId::double_), t.ansi);
    } else if (const auto common = tightest_common_type(a[0]->type, a[1]->type)) {
        // div takes no doubles: nothing is widened to one for its sake.
        if (op == Op::whole_divide && is_fractional(*common) && common->id != TypeId::decimal) return;
        for (ExprRef& arg : a) arg = implicit(arg, *common, t.ansi);
    }
}

}  // namespace

bool type_arithmetic(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2);
    const std::string_view registered = t.e.fn->name;
    const bool tries = registered.starts_with("try_");
    const Op op = tries ? (registered == "try_add"        ? Op::add
                           : registered == "try_subtract" ? Op::subtract
                           : registered == "try_multiply" ? Op::multiply
                                                          : Op::divide)
                        : op_of(registered);
    bool done = false;
    if (op != Op::whole_divide && op != Op::remainder && op != Op::pmod) {
        const bool ok = temporal(t, op, done);
        if (done && ok && tries) {
            t.e.k = 0, t.e.name = registered;
            t.e.nullable = t.e.is_try = true;
        }
        if (done) return ok;
    }
    promote_strings(t);
    widen_numbers(t, op);
    Exprs& a = t.e.args;
    t.e.is_try = tries;
    // What cannot be read as a number is null where the sum is tried.
    for (ExprRef& arg : a)
        if (tries && arg->implicit && arg->kind == ExprKind::cast) arg = edit(arg, [](Expr& x) { x.ansi = false; });
    const bool decimals = a[0]->type.id == TypeId::decimal && a[1]->type.id == TypeId::decimal;
    if (!decimals && !same_type(a[0]->type, a[1]->type)) return different(t);
    if (op == Op::whole_divide && a[0]->type.id == TypeId::double_) return wrong_type(t, wanted_of(op), a[0]->type);
    if (!is_numeric(a[0]->type)) {
        if (a[0]->type.id != TypeId::void_) return wrong_type(t, wanted_of(op), a[0]->type);
        const DataType type = type_of(op == Op::whole_divide ? TypeId::bigint : TypeId::double_);
        for (ExprRef& arg : a) arg = implicit(arg, type, t.ansi);
    }
    t.e.type = decimals ? decimal_result(op, a[0]->type, a[1]->type) : a[0]->type;
    if (op == Op::whole_divide) t.e.type = type_of(TypeId::bigint);
    const bool divides = op != Op::add && op != Op::subtract && op != Op::multiply;
    t.e.nullable = nullable_by_args(t.e.args) || divides || tries || (decimals && !t.ansi);
    t.e.ansi = t.ansi && !tries;
    return true;
}

namespace {

DataType comparison_type(const DataType& a, const DataType& b, const ExprRef& x, const ExprRef& y, bool ansi,
                         bool& ok) {
    MR_ASSERT(x != nullptr && y != nullptr);
    ok = true;
    if (same_type(a, b)) return a;
    if (a.id == TypeId::string || b.id == TypeId::string) {
        const DataType& other = a.id == TypeId::string ? b : a;
        if (other.id == TypeId::void_) return type_of(TypeId::string);
        if (!is_nested(other)) {
            if (ansi) {
                const auto wide = wider_type(a, b, true);
                if (wide) return *wide;
            }
            if (other.id == TypeId::decimal) return type_of(TypeId::double_);
            return other;
        }
    }
    if (is_numeric(a) && is_numeric(b)) {
        if (a.id == TypeId::decimal && is_integral(b)) return *wider_type(a, decimal_for_literal(y), ansi);
        if (b.id == TypeId::decimal && is_integral(a)) return *wider_type(decimal_for_literal(x), b, ansi);
    }
    if (const auto wide = wider_type(a, b, ansi)) return *wide;
    ok = false;
    return a;
}

}  // namespace

bool orderable(const DataType& type) {
    if (type.id == TypeId::map || type.id == TypeId::calendar) return false;
    if (type.fields)
        for (const Field& field : *type.fields)
            if (!orderable(field.type)) return false;
    return true;
}

bool type_comparison(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2);
    if (boolean_equality(t) || decimal_bound(t)) return true;
    Exprs& a = t.e.args;
    bool ok = false;
    const DataType type = comparison_type(a[0]->type, a[1]->type, a[0], a[1], t.ansi, ok);
    if (!ok) return different(t);
    const bool decimals = type.id == TypeId::decimal;
    for (ExprRef& arg : a) {
        // A whole number beside a decimal becomes a decimal of its own first.
        if (decimals && is_integral(arg->type)) arg = implicit(arg, decimal_for_literal(arg), t.ansi);
        if (!same_type(arg->type, type)) arg = implicit(arg, type, t.ansi);
    }
    const std::string_view name = t.e.fn->name;
    if (!orderable(type))
        return t.refuse("INVALID_ORDERING_TYPE",
                        fmt::format("The `{}` does not support ordering on type \"{}\".", name, sql_name(type)));
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = name != "<=>" && name != "equal_null" && nullable_by_args(t.e.args);
    return true;
}

namespace {

template <class F>
Column compare_columns(const Expr& e, std::vector<Column>& args, i64 rows, F test) {
    MR_ASSERT(args.size() > 1);
    const Column& a = args[0];
    const Column& b = args[1];
    Column out = sized_column(e.type, rows);
    if (!a.no_nulls() || !b.no_nulls()) {
        out.nulls.assign(static_cast<std::size_t>(rows), 0);
        for (i64 i = 0; i < rows; ++i) out.nulls[static_cast<std::size_t>(i)] = a.null(i) || b.null(i) ? 1 : 0;
    }
    if (rows == 0) return out;
    if (a.type.id == TypeId::void_ || b.type.id == TypeId::void_) return null_column(e.type, rows);
    if (physical_of(a.type) == Physical::ints) {
        const auto judge = [&](i64 x, i64 y) { return test((x > y) - (x < y)) ? 1 : 0; };
        const std::size_t n = out.ints.size();
        if (a.constant && b.constant) out.ints.assign(n, judge(a.ints[0], b.ints[0]));
        else if (a.constant) for (std::size_t i = 0; i < n; ++i) out.ints[i] = judge(a.ints[0], b.ints[i]);
        else if (b.constant) for (std::size_t i = 0; i < n; ++i) out.ints[i] = judge(a.ints[i], b.ints[0]);
        else for (std::size_t i = 0; i < n; ++i) out.ints[i] = judge(a.ints[i], b.ints[i]);
        return out;
    }
    for (i64 i = 0; i < rows; ++i)
        if (!out.null(i)) out.ints[static_cast<std::size_t>(i)] = test(compare_rows(a, i, b, i)) ? 1 : 0;
    return out;
}

Column equal(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    return compare_columns(e, args, rows, [](int c) { return c == 0; });
}
Column less(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    return compare_columns(e, args, rows, [](int c) { return c < 0; });
}
Column less_equal(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    return compare_columns(e, args, rows, [](int c) { return c <= 0; });
}
Column greater(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    return compare_columns(e, args, rows, [](int c) { return c > 0; });
}
Column greater_equal(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext&) {
    return compare_columns(e, args, rows, [](int c) { return c >= 0; });
}

Column same(const Expr& e, std::vector<Column>& args, i64 rows, EvalContext& cx) {
    MR_ASSERT(args.size() > 1);
    Column out = sized_column(e.type, rows);
    const int nulls = cx.bug == SqlBug::null_safe_is_plain ? 0 : 1;
    const auto is_null = [](const Column& c, i64 i) { return c.type.id == TypeId::void_ || c.null(i); };
    for (i64 i = 0; i < rows; ++i) {
        const bool a = is_null(args[0], i), b = is_null(args[1], i);
        out.ints[static_cast<std::size_t>(i)] =
            a || b ? (a == b ? nulls : 0) : (compare_rows(args[0], i, args[1], i) == 0 ? 1 : 0);
    }
    return out;
}

Column is_null_column(std::vector<Column>& args, i64 rows, bool wanted) {
    MR_ASSERT(args.size() > 0);
    Column out = sized_column(type_of(TypeId::boolean), rows);
    for (i64 i = 0; i < rows; ++i)
        out.ints[static_cast<std::size_t>(i)] = (args[0].type.id == TypeId::void_ || args[0].null(i)) == wanted ? 1 : 0;
    return out;
}

Column is_null(const Expr&, std::vector<Column>& args, i64 rows, EvalContext&) {
    return is_null_column(args, rows, true);
}
Column is_not_null(const Expr&, std::vector<Column>& args, i64 rows, EvalContext&) {
    return is_null_column(args, rows, false);
}

Column add(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) { return arithmetic(Op::add, e, a, n, cx); }
Column subtract(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::subtract, e, a, n, cx);
}
Column times(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::multiply, e, a, n, cx);
}
Column divided(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::divide, e, a, n, cx);
}
Column modulo(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::remainder, e, a, n, cx);
}
Column positive_modulo(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::pmod, e, a, n, cx);
}
Column whole_divided(const Expr& e, std::vector<Column>& a, i64 n, EvalContext& cx) {
    return arithmetic(Op::whole_divide, e, a, n, cx);
}

bool type_bits(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    promote_strings(t);
    if (a.size() == 2 && (a[0]->type.id == TypeId::decimal || a[1]->type.id == TypeId::decimal)) decimal_operands(t);
    if (const auto common = a.size() == 2 ? tightest_common_type(a[0]->type, a[1]->type) : std::nullopt;
        common && (is_integral(*common) || common->id == TypeId::void_))
        for (ExprRef& arg : a) arg = implicit(arg, *common, t.ansi);
    if (a.size() == 2 && !same_type(a[0]->type, a[1]->type)) return different(t);
    if (a[0]->type.id == TypeId::void_)
        for (ExprRef& arg : a) arg = implicit(arg, type_of(TypeId::integer), t.ansi);
    if (!is_integral(a[0]->type)) {
        if (a.size() == 2) return wrong_type(t, "\"INTEGRAL\"", a[0]->type);
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"INTEGRAL\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[0]), sql_name(a[0]->type)));
    }
    t.e.type = a[0]->type;
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

Value bit_and(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i & c.args[1].i);
}
Value bit_or(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i | c.args[1].i);
}
Value bit_xor(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return int_value(c.args[0].i ^ c.args[1].i);
}
Value bit_not(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return int_value(~c.args[0].i);
}

bool type_sign(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    ExprRef& a = t.e.args[0];
    if (a->type.id == TypeId::string) a = implicit(a, type_of(TypeId::double_), t.ansi);
    if (a->type.id == TypeId::void_) a = implicit(a, type_of(TypeId::double_), t.ansi);
    const bool interval = is_interval(a->type) || a->type.id == TypeId::calendar;
    if (!is_numeric(a->type) && !interval)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the {} type, however \"{}\" has the type \"{}\".",
                                    std::string_view(t.e.fn->name) == "abs"
                                        ? "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")"
                                        : kNumericOrInterval,
                                    pretty(a), sql_name(a->type)));
    t.e.type = a->type;
    t.e.nullable = a->nullable;
    return true;
}

Value overflowed(const Call& c) {
    const TypeId id = c.e.type.id;
    if (id == TypeId::tinyint || id == TypeId::smallint)
        return c.fail("ArithmeticException", "_LEGACY_ERROR_TEMP_2043",
                      fmt::format("- {} caused overflow.", c.args[0].i), false);
    return c.fail(
        "ArithmeticException", "ARITHMETIC_OVERFLOW",
        fmt::format("{} overflow. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                    id == TypeId::bigint ? "long" : "integer"),
        false);
}

Value negated(const Call& c, const Value& v) {
    switch (physical_of(c.e.type)) {
        case Physical::reals: return real_value(-v.d);
        case Physical::decimals: return decimal_value(-v.dec);
        case Physical::fields:
            return list_value(
                {int_value(-items_of(v)[0].i), int_value(-items_of(v)[1].i), int_value(-items_of(v)[2].i)});
        default: break;
    }
    const i64 out = narrow_whole(static_cast<i64>(0 - static_cast<u64>(v.i)), c.e.type.id);
    if (c.cx.ansi && out == v.i && v.i != 0) return overflowed(c);
    return int_value(out);
}

Value negative(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return negated(c, c.args[0]);
}
Value positive(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

Value absolute(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    const Value& v = c.args[0];
    switch (physical_of(c.e.type)) {
        case Physical::reals: return real_value(v.d < 0 ? -v.d : v.d + 0.0);
        case Physical::decimals: return decimal_value(v.dec < 0 ? -v.dec : v.dec);
        default: return v.i < 0 ? negated(c, v) : v;
    }
}

Value not_(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return bool_value(c.args[0].i == 0);
}
Value identity(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return c.args[0];
}

bool type_logic(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    for (ExprRef& arg : t.e.args) {
        if (arg->type.id == TypeId::void_) arg = implicit(arg, type_of(TypeId::boolean), t.ansi);
        if (arg->type.id == TypeId::string && t.ansi) arg = implicit(arg, type_of(TypeId::boolean), t.ansi);
        if (arg->type.id == TypeId::boolean) continue;
        if (t.e.args.size() == 1)
            return t.refuse(
                "UNEXPECTED_INPUT_TYPE",
                fmt::format("Parameter 1 requires the \"BOOLEAN\" type, however \"{}\" has the type \"{}\".",
                            pretty(arg), sql_name(arg->type)));
        if (!same_type(t.e.args[0]->type, t.e.args[1]->type)) return different(t);
        return wrong_type(t, "\"BOOLEAN\"", arg->type);
    }
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_nullif(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType kept = t.e.args[0]->type;
    const ExprRef original = t.e.args[0];
    if (!type_comparison(t)) return false;
    t.e.type = t.e.args[0]->type;
    if (!same_type(kept, t.e.type) && is_numeric(kept)) t.e.type = kept, t.e.args[0] = original;
    if (kept.id == TypeId::void_) t.e.type = kept;
    t.e.nullable = true;
    return true;
}

Value nullif(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    if (c.args[0].null || c.args[1].null) return c.args[0];
    if (same_type(c.type(0), c.type(1)))
        return compare(c.args[0], c.args[1], c.type(0)) == 0 ? null_value() : c.args[0];
    Origin nowhere;
    const Value wide = cast_value(c.args[0], c.type(0), c.type(1), {}, c.cx, nowhere);
    return compare(wide, c.args[1], c.type(1)) == 0 ? null_value() : c.args[0];
}

const FunctionInfo kOperatorFunctions[] = {
    {"+", "x,x", "", NullRule::any, nullptr, "Sum of two numbers; a date or timestamp and an interval.",
     type_arithmetic, add},
    {"-", "x,x", "", NullRule::any, nullptr, "Difference of two numbers, dates or timestamps.", type_arithmetic,
     subtract},
    {"*", "x,x", "", NullRule::any, nullptr, "Product of two numbers; an interval and a number.", type_arithmetic,
     times},
    {"/", "x,x", "", NullRule::sees, nullptr, "Quotient; always fractional.", type_arithmetic, divided},
    {"div", "x,x", "", NullRule::sees, nullptr, "Quotient of whole numbers, cut toward zero.", type_arithmetic,
     whole_divided},
    {"%", "x,x", "", NullRule::sees, nullptr, "Remainder, with the sign of the left side.", type_arithmetic, modulo},
    {"pmod", "x,x", "", NullRule::sees, nullptr, "Remainder that is never negative.", type_arithmetic, positive_modulo},
    {"try_add", "x,x", "", NullRule::sees, nullptr, "Sum, null on overflow.", type_arithmetic, add},
    {"try_subtract", "x,x", "", NullRule::sees, nullptr, "Difference, null on overflow.", type_arithmetic, subtract},
    {"try_multiply", "x,x", "", NullRule::sees, nullptr, "Product, null on overflow.", type_arithmetic, times},
    {"try_divide", "x,x", "", NullRule::sees, nullptr, "Quotient, null when the divisor is zero.", type_arithmetic,
     divided},
    {"=", "x,x", "", NullRule::any, nullptr, "Equal; null if a side is.", type_comparison, equal},
    {"<=>", "x,x", "", NullRule::never, nullptr, "Equal, with null equal to null.", type_comparison, same},
    {"<", "x,x", "", NullRule::any, nullptr, "Less.", type_comparison, less},
    {"<=", "x,x", "", NullRule::any, nullptr, "Less or equal.", type_comparison, less_equal},
    {">", "x,x", "", NullRule::any, nullptr, "Greater.", type_comparison, greater},
    {">=", "x,x", "", NullRule::any, nullptr, "Greater or equal.", type_comparison, greater_equal},
    {"and", "x,x", "", NullRule::any, nullptr, "Both true; false decides over null.", type_logic, nullptr, nullptr,
     K, true, true},
    {"or", "x,x", "", NullRule::any, nullptr, "Either true; true decides over null.", type_logic, nullptr, nullptr,
     K, true, true},
    {"not", "x", "", NullRule::strict, not_, "The opposite truth value.", type_logic},
    {"identity", "x", "=0", NullRule::strict, identity, "The argument itself.", nullptr, nullptr, nullptr, K, true,
     true},
    {"isnull", "x", "Z", NullRule::never, nullptr, "Whether the value is null.", nullptr, is_null},
    {"isnotnull", "x", "Z", NullRule::never, nullptr, "Whether the value is not null.", nullptr, is_not_null},
    {"isunknown", "Z", "Z", NullRule::never, nullptr, "Whether a truth value is null.", nullptr, is_null, nullptr,
     K, true, true},
    {"isnotunknown", "Z", "Z", NullRule::never, nullptr, "Whether a truth value is not null.", nullptr, is_not_null,
     nullptr, K, true, true},
    {"nullif", "x,x", "", NullRule::sees, nullif, "Null where both are equal, else the first.", type_nullif},
    {"&", "x,x", "", NullRule::strict, bit_and, "Bits set in both.", type_bits},
    {"|", "x,x", "", NullRule::strict, bit_or, "Bits set in either.", type_bits},
    {"^", "x,x", "", NullRule::strict, bit_xor, "Bits set in one only.", type_bits},
    {"~", "x", "", NullRule::strict, bit_not, "All bits inverted.", type_bits},
    {"negative", "x", "", NullRule::strict, negative, "The number with the other sign.", type_sign},
    {"positive", "x", "", NullRule::strict, positive, "The number itself.", type_sign},
    {"abs", "x", "", NullRule::strict, absolute, "The number without its sign.", type_sign},
};

}  // namespace

std::span<const FunctionInfo> operator_functions() { return kOperatorFunctions; }

}  // namespace engine::spark
