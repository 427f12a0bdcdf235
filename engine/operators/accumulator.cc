#include "engine/operators/accumulator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/operators/distinct_sketch.h"
#include "engine/operators/element_set.h"
#include "engine/operators/histogram.h"
#include "engine/plan/arithmetic.h"
#include "engine/plan/cast.h"
#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/row_hash.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {


bool is(const Accumulator& a, std::initializer_list<std::string_view> names) {
    for (const std::string_view n : names)
        if (a.name() == n) return true;
    return false;
}

bool is_list(const Accumulator& a) {
    return is(a, {"collect_list", "collect_set", "median", "percentile", "percentile_cont", "percentile_disc",
                  "approx_percentile", "mode", "pivotfirst", "histogram_numeric"});
}
bool is_sketch(const Accumulator& a) { return a.name() == "approx_count_distinct"; }
bool is_moment(const Accumulator& a) {
    return is(a, {"stddev_samp", "stddev_pop", "var_samp", "var_pop", "skewness", "kurtosis"});
}
bool is_pair(const Accumulator& a) {
    return a.name().starts_with("regr_") || is(a, {"corr", "covar_pop", "covar_samp"});
}

double number(const Column& c, i64 row) {
    MR_ASSERT(row >= 0 && row < c.size);
    const std::size_t i = c.at(row);
    switch (physical_of(c.type)) {
        case Physical::reals: return c.reals[i];
        case Physical::decimals: return decimal_to_double(c.decimals[i], c.type.b);
        default: return static_cast<double>(c.ints[i]);
    }
}

/// The error that approx_count_distinct is told to make at most.
double relative_error(const ExprRef& call) {
    if (call->args.size() < 2 || !foldable(call->args[1])) return kSketchError;
    EvalContext cx;
    const Value v =
        cast_value(eval_constant(call->args[1], cx), call->args[1]->type, type_of(TypeId::double_), {}, cx, {});
    return v.null || !(v.d > 0) ? kSketchError : v.d;
}

}  // namespace

int sketch_bits_of(const ExprRef& call) { return sketch_bits(relative_error(call)); }

Accumulator make_accumulator(const ExprRef& aggregate) {
    MR_ASSERT(aggregate->kind == ExprKind::aggregate);
    Accumulator a;
    a.call = aggregate->args[0];
    a.distinct = aggregate->distinct;
    if (is_sketch(a)) a.sketch_bits = sketch_bits_of(a.call);
    return a;
}

void grow(Accumulator& a, u32 groups) {
    MR_ASSERT(groups >= a.counts.size());
    const std::size_t n = groups;
    a.counts.resize(n, 0);
    const DataType& out = a.call->type;
    const std::string_view name = a.name();
    if (name == "count" || name == "count_if") return;
    a.set.resize(n, 0);
    if (name == "sum" || name == "try_sum" || name == "avg" || name == "try_avg") {
        const Physical kind = physical_of(a.call->args[0]->type);
        if (kind == Physical::decimals) a.decimals.resize(n, 0);
        else if (kind == Physical::ints && (name.ends_with("sum") || is_interval(out))) a.ints.resize(n, 0);
        else a.reals.resize(n, 0);
        return;
    }
    if (name.starts_with("bit_") || name.starts_with("bool_")) {
        a.ints.resize(n, name == "bit_and" ? -1 : name == "bool_and" ? 1 : 0);
        return;
    }
    if (is_moment(a) || is_pair(a)) {
        for (auto* v : {&a.reals, &a.m2, &a.m3, &a.m4, &a.mean_y, &a.m2_y, &a.cross}) v->resize(n, 0);
        return;
    }
    if (is_list(a)) {
        a.lists.resize(n);
        return;
    }
    if (is_sketch(a)) {
        a.sketches.resize(n * sketch_words(a.sketch_bits), 0);
        return;
    }
    a.values.resize(n);
    a.others.resize(n);
}

namespace {

/// Welford's update to the fourth moment, in the order Spark's CentralMomentAgg has.
void add_moment(Accumulator& a, u32 g, double x) {
    MR_ASSERT(g < a.counts.size());
    const double n = static_cast<double>(++a.counts[g]);
    const double delta = x - a.reals[g], delta_n = delta / n;
    a.reals[g] += delta_n;
    const double m2 = a.m2[g] + delta * (delta - delta_n);
    const double delta2 = delta * delta, delta_n2 = delta_n * delta_n;
    const double m3 = a.m3[g] - 3.0 * delta_n * m2 + delta * (delta2 - delta_n2);
    a.m4[g] = a.m4[g] - 4.0 * delta_n * m3 - 6.0 * delta_n2 * m2 + delta * (delta * delta2 - delta_n * delta_n2);
    a.m3[g] = m3;
    a.m2[g] = m2;
}

void add_pair(Accumulator& a, u32 g, double x, double y) {
    MR_ASSERT(g < a.counts.size());
    const double n = static_cast<double>(++a.counts[g]);
    const double dx = x - a.reals[g], dx_n = dx / n;
    const double dy = y - a.mean_y[g], dy_n = dy / n;
    a.reals[g] += dx_n;
    a.mean_y[g] += dy_n;
    a.cross[g] += dx * (y - a.mean_y[g]);
    // A regression takes its squares from var_pop, a correlation makes its own: their last digits differ.
    const bool correlates = is(a, {"corr", "regr_r2"});
    a.m2[g] += correlates ? dx * (x - a.reals[g]) : dx * (dx - dx_n);
    a.m2_y[g] += correlates ? dy * (y - a.mean_y[g]) : dy * (dy - dy_n);
}

void overflow(const Accumulator& a, EvalContext& cx, u32 g) {
    if (!cx.ansi || a.name() == "try_sum") return;
    (void)g;
    cx.failure.set(run_error("ArithmeticException", "ARITHMETIC_OVERFLOW",
                             "long overflow. Use 'try_add' to tolerate overflow and return NULL instead. If necessary "
                             "set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
                             {}));
}

void add_sum(Accumulator& a, u32 g, const Column& c, i64 row, EvalContext& cx) {
    MR_ASSERT(g < a.counts.size());
    a.set[g] = 1;
    ++a.counts[g];
    const std::size_t i = c.at(row);
    if (!a.decimals.empty()) a.decimals[g] += c.decimals[i];
    else if (!a.ints.empty()) {
        i64 out = 0;
        if (__builtin_add_overflow(a.ints[g], c.ints[i], &out)) {
            overflow(a, cx, g);
            if (a.name() == "try_sum") a.counts[g] = -1'000'000'000;
            out = static_cast<i64>(static_cast<u64>(a.ints[g]) + static_cast<u64>(c.ints[i]));
        }
        a.ints[g] = out;
    } else a.reals[g] += number(c, row);
}

void add_bits(Accumulator& a, u32 g, i64 v) {
    MR_ASSERT(g < a.counts.size());
    const std::string_view name = a.name();
    a.set[g] = 1;
    if (name == "bit_and" || name == "bool_and") a.ints[g] &= v;
    else if (name == "bit_xor") a.ints[g] ^= v;
    else a.ints[g] |= v;
}

void add_value(Accumulator& a, u32 g, std::span<const Column> args, i64 row) {
    MR_ASSERT(g < a.counts.size());
    const std::string_view name = a.name();
    if (name == "first" || name == "any_value") {
        if (a.set[g] || (a.call->ignore_nulls && args[0].null(row))) return;
        a.values[g] = get(args[0], row);
        a.set[g] = 1;
        return;
    }
    if (name == "last") {
        if (a.call->ignore_nulls && args[0].null(row)) return;
        a.values[g] = get(args[0], row);
        a.set[g] = 1;
        return;
    }
    const bool by = name == "max_by" || name == "min_by";
    const Column& order = args[by ? 1 : 0];
    if (order.type.id == TypeId::void_ || order.null(row)) return;
    Value v = get(order, row);
    const int sign = name.starts_with("max") ? 1 : -1;
    if (a.set[g] && compare(v, by ? a.others[g] : a.values[g], order.type) * sign < (by ? 0 : 1)) return;
    if (by) {
        a.others[g] = std::move(v);
        a.values[g] = get(args[0], row);
    } else {
        a.values[g] = std::move(v);
    }
    a.set[g] = 1;
}

/// Equal reals have equal hashes.
Value hashed_value(Value v, const DataType& type) {
    if (physical_of(type) == Physical::reals)
        v.d = v.d == 0 ? 0 : v.d != v.d ? std::numeric_limits<double>::quiet_NaN() : v.d;
    return v;
}

void add_hash(Accumulator& a, u32 g, const Column& c, i64 row) {
    const std::size_t words = sketch_words(a.sketch_bits);
    MR_ASSERT((g + 1) * words <= a.sketches.size());
    const i64 hash = xxhash_value(hashed_value(get(c, row), c.type), c.type, 42);
    add_to_sketch(std::span(a.sketches).subspan(g * words, words), a.sketch_bits, hash);
}

bool counts_row(std::span<const Column> args, i64 row) {
    for (const Column& c : args)
        if (c.type.id == TypeId::void_ || c.null(row)) return false;
    return true;
}

/// The result goes to the place of its value in the list of the pivot.
void add_pivoted(Accumulator& a, u32 g, std::span<const Column> args, i64 row) {
    MR_ASSERT(args.size() > 2);
    Values& list = a.lists[g];
    list.resize(args.size() - 2, null_value());
    if (args[1].null(row)) return;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Column& wanted = args[i + 2];
        const bool both_null = wanted.null(row) && args[0].null(row);
        const bool equal = !wanted.null(row) && !args[0].null(row) && compare_rows(wanted, row, args[0], row) == 0;
        if (both_null || equal) list[i] = get(args[1], row);
    }
}

void add_row(Accumulator& a, u32 g, std::span<const Column> args, i64 row, EvalContext& cx) {
    MR_ASSERT(g < a.counts.size());
    const std::string_view name = a.name();
    if (name == "count") {
        a.counts[g] += counts_row(args, row) ? 1 : 0;
    } else if (name == "count_if") {
        a.counts[g] += !args[0].null(row) && args[0].ints[args[0].at(row)] != 0 ? 1 : 0;
    } else if (name == "sum" || name == "try_sum" || name == "avg" || name == "try_avg") {
        if (counts_row(args.subspan(0, 1), row)) add_sum(a, g, args[0], row, cx);
    } else if (name.starts_with("bit_") || name.starts_with("bool_")) {
        if (counts_row(args, row)) add_bits(a, g, args[0].ints[args[0].at(row)]);
    } else if (is_moment(a)) {
        if (counts_row(args, row)) add_moment(a, g, number(args[0], row));
    } else if (is_pair(a)) {
        // regr_*(y, x): the second argument is the independent one. What looks at both alike takes them as given.
        if (counts_row(args, row))
            name.starts_with("regr_") && !is(a, {"regr_sxy", "regr_r2"})
                ? add_pair(a, g, number(args[1], row), number(args[0], row))
                : add_pair(a, g, number(args[0], row), number(args[1], row));
    } else if (name == "pivotfirst") {
        add_pivoted(a, g, args, row);
    } else if (is_sketch(a)) {
        if (counts_row(args.subspan(0, 1), row)) add_hash(a, g, args[0], row);
    } else if (is_list(a)) {
        if (!counts_row(args.subspan(0, 1), row)) return;
        a.lists[g].push_back(get(args[0], row));
        cx.spend(0, 64);
    } else {
        add_value(a, g, args, row);
    }
}

/// Sums and counts of plain columns without a visit per function.
bool fast(Accumulator& a, std::span<const Column> args, std::span<const u32> groups, EvalContext& cx) {
    if (a.distinct) return false;
    const std::string_view name = a.name();
    const bool no_nulls = args.empty() || (args[0].no_nulls() && args[0].type.id != TypeId::void_);
    if (name == "count" && no_nulls && args.size() <= 1) {
        for (const u32 g : groups) ++a.counts[g];
        return true;
    }
    if (name != "sum" || !no_nulls || args[0].constant) return false;
    if (physical_of(args[0].type) == Physical::reals) {
        for (std::size_t i = 0; i < groups.size(); ++i) {
            a.reals[groups[i]] += args[0].reals[i];
            ++a.counts[groups[i]];
            a.set[groups[i]] = 1;
        }
        return true;
    }
    if (physical_of(args[0].type) != Physical::ints || cx.ansi) return false;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        a.ints[groups[i]] = static_cast<i64>(static_cast<u64>(a.ints[groups[i]]) + static_cast<u64>(args[0].ints[i]));
        ++a.counts[groups[i]];
        a.set[groups[i]] = 1;
    }
    return true;
}

}  // namespace

void accumulate(Accumulator& a, std::span<const Column> args, std::span<const u32> groups, EvalContext& cx) {
    MR_ASSERT(a.call != nullptr);
    if (fast(a, args, groups, cx)) return;
    std::string key;
    for (std::size_t i = 0; i < groups.size() && cx.ok(); ++i) {
        const i64 row = static_cast<i64>(i);
        if (a.distinct) {
            if (a.name() == "count" && !counts_row(args, row)) continue;
            encode_key(args, row, key);
            key.append(reinterpret_cast<const char*>(&groups[i]), 4);
            bool added = false;
            a.seen.put(key, &added);
            if (!added) continue;
        }
        add_row(a, groups[i], args, row, cx);
    }
}

namespace {

Value sum_result(Accumulator& a, u32 g, EvalContext& cx) {
    MR_ASSERT(g < a.counts.size());
    if (!a.set[g] || a.counts[g] < 0) return null_value();
    if (!a.decimals.empty()) {
        if (fits(a.decimals[g], a.call->type.a)) return decimal_value(a.decimals[g]);
        if (cx.ansi && a.name() == "sum")
            decimal_out_of_range(*a.call, decimal_text(a.decimals[g], a.call->type.b, true), a.call->type, cx);
        return null_value();
    }
    return !a.ints.empty() ? int_value(a.ints[g]) : real_value(a.reals[g]);
}

Value avg_result(Accumulator& a, u32 g) {
    MR_ASSERT(g < a.counts.size());
    if (a.counts[g] == 0) return null_value();
    if (!a.decimals.empty()) {
        const auto v = divide(a.decimals[g], a.call->args[0]->type.b, a.counts[g], 0, a.call->type.b);
        return v && fits(*v, a.call->type.a) ? decimal_value(*v) : null_value();
    }
    if (!a.ints.empty()) {
        const auto v = divide(a.ints[g], 0, a.counts[g], 0, 0);
        return v ? int_value(static_cast<i64>(*v)) : null_value();
    }
    return real_value(a.reals[g] / static_cast<double>(a.counts[g]));
}

Value moment_result(const Accumulator& a, u32 g) {
    MR_ASSERT(g < a.counts.size());
    const double n = static_cast<double>(a.counts[g]);
    if (n == 0) return null_value();
    const std::string_view name = a.name();
    if (name == "var_pop") return real_value(a.m2[g] / n);
    if (name == "stddev_pop") return real_value(std::sqrt(a.m2[g] / n));
    if (name == "var_samp" || name == "stddev_samp") {
        if (n == 1) return null_value();
        const double v = a.m2[g] / (n - 1);
        return real_value(name == "var_samp" ? v : std::sqrt(v));
    }
    if (a.m2[g] == 0) return null_value();
    if (name == "skewness") return real_value(std::sqrt(n) * a.m3[g] / std::sqrt(a.m2[g] * a.m2[g] * a.m2[g]));
    return real_value(n * a.m4[g] / (a.m2[g] * a.m2[g]) - 3.0);
}

Value pair_result(const Accumulator& a, u32 g) {
    MR_ASSERT(g < a.counts.size());
    const double n = static_cast<double>(a.counts[g]);
    const std::string_view name = a.name();
    if (name == "regr_count") return int_value(a.counts[g]);
    if (n == 0) return null_value();
    const double xx = a.m2[g], yy = a.m2_y[g], xy = a.cross[g];
    if (name == "covar_pop") return real_value(xy / n);
    if (name == "covar_samp") return n == 1 ? null_value() : real_value(xy / (n - 1));
    if (name == "corr") return n == 1 ? null_value() : real_value(xy / std::sqrt(xx * yy));
    if (name == "regr_avgx") return real_value(a.reals[g]);
    if (name == "regr_avgy") return real_value(a.mean_y[g]);
    if (name == "regr_sxx") return real_value(xx);
    if (name == "regr_syy") return real_value(yy);
    if (name == "regr_sxy") return real_value(xy);
    if (name == "regr_r2") {
        const double correlation = xy / std::sqrt(xx * yy);
        return xx == 0 ? null_value() : real_value(yy == 0 ? 1.0 : correlation * correlation);
    }
    if (xx == 0) return null_value();
    if (name == "regr_slope") return real_value(xy / xx);
    MR_ASSERT(name == "regr_intercept");
    return real_value(a.mean_y[g] - xy / xx * a.reals[g]);
}

double as_real(const Value& v, const DataType& type) {
    switch (physical_of(type)) {
        case Physical::reals: return v.d;
        case Physical::decimals: return decimal_to_double(v.dec, type.b);
        default: return static_cast<double>(v.i);
    }
}

Value percentile_at(const Accumulator& a, const Values& sorted, double fraction) {
    MR_ASSERT(!sorted.empty());
    const DataType& type = a.call->args[0]->type;
    const std::string_view name = a.name();
    const double position = static_cast<double>(sorted.size() - 1) * fraction;
    if (name == "approx_percentile") {
        const i64 rank =
            std::max<i64>(static_cast<i64>(std::ceil(fraction * static_cast<double>(sorted.size()))) - 1, 0);
        return sorted[static_cast<std::size_t>(rank)];
    }
    if (name == "percentile_disc") {
        const i64 rank =
            std::max<i64>(static_cast<i64>(std::ceil(fraction * static_cast<double>(sorted.size()))) - 1, 0);
        return real_value(as_real(sorted[static_cast<std::size_t>(rank)], type));
    }
    const auto low = static_cast<std::size_t>(std::floor(position)),
               high = static_cast<std::size_t>(std::ceil(position));
    const double x = as_real(sorted[low], type), y = as_real(sorted[high], type);
    const double v = low == high || x == y
                         ? x
                         : (static_cast<double>(high) - position) * x + (position - static_cast<double>(low)) * y;
    return is_interval(type) ? int_value(static_cast<i64>(v)) : real_value(v);
}

Value histogram_result(const Accumulator& a, const Values& items, EvalContext& cx) {
    const DataType& type = a.call->args[0]->type;
    const Value bins = eval_constant(a.call->args[1], cx);
    if (items.empty() || bins.null || !cx.ok()) return null_value();
    std::vector<double> values;
    for (const Value& v : items) values.push_back(as_real(v, type));
    Values out;
    for (const Bar& bar : histogram_of(values, static_cast<std::size_t>(std::max<i64>(2, bins.i)))) {
        Value middle;
        switch (physical_of(type)) {
            case Physical::reals: middle = real_value(bar.middle); break;
            case Physical::decimals:
                if (const auto number = decimal_of_double(bar.middle))
                    middle = decimal_value(to_unscaled(*number, type.b).value_or(0));
                break;
            default: middle = int_value(static_cast<i64>(bar.middle));
        }
        out.push_back(list_value({middle, real_value(bar.height)}));
    }
    return list_value(std::move(out));
}

Value list_result(Accumulator& a, u32 g, EvalContext& cx) {
    MR_ASSERT(g < a.counts.size());
    Values& items = a.lists[g];
    const DataType& type = a.call->args[0]->type;
    const std::string_view name = a.name();
    if (name == "collect_list" || name == "pivotfirst") return list_value(std::move(items));
    if (name == "histogram_numeric") return histogram_result(a, items, cx);
    const auto less = [&](const Value& x, const Value& y) { return compare(x, y, type) < 0; };
    if (name == "collect_set") return list_value(in_set_order(items, type));
    std::stable_sort(items.begin(), items.end(), less);
    if (items.empty()) return null_value();
    if (name == "mode") {
        std::size_t best = 0, best_n = 0;
        for (std::size_t i = 0; i < items.size();) {
            std::size_t end = i;
            while (end < items.size() && compare(items[i], items[end], type) == 0) ++end;
            if (end - i > best_n) best = i, best_n = end - i;
            i = end;
        }
        return items[best];
    }
    if (!a.call->ascending) std::reverse(items.begin(), items.end());
    if (name == "median") return percentile_at(a, items, 0.5);
    const ExprRef& fraction = a.call->args[1];
    if (!foldable(fraction)) return null_value();
    const Value f = eval_constant(fraction, cx);
    if (f.null) return null_value();
    if (fraction->type.id != TypeId::array) return percentile_at(a, items, as_real(f, fraction->type));
    Values out;
    for (const Value& one : items_of(f))
        out.push_back(percentile_at(a, items, as_real(one, element_of(fraction->type))));
    return list_value(std::move(out));
}

Value result(Accumulator& a, u32 g, EvalContext& cx) {
    MR_ASSERT(g < a.counts.size());
    const std::string_view name = a.name();
    if (name == "count" || name == "count_if") return int_value(a.counts[g]);
    if (name == "sum" || name == "try_sum") return sum_result(a, g, cx);
    if (name == "avg" || name == "try_avg") return avg_result(a, g);
    if (name.starts_with("bit_") || name.starts_with("bool_")) return a.set[g] ? int_value(a.ints[g]) : null_value();
    if (is_moment(a)) return moment_result(a, g);
    if (is_pair(a)) return pair_result(a, g);
    if (is_sketch(a)) {
        const std::size_t words = sketch_words(a.sketch_bits);
        return int_value(sketch_count(std::span(a.sketches).subspan(g * words, words), a.sketch_bits));
    }
    if (is_list(a)) return list_result(a, g, cx);
    return a.values[g];
}

/// Counts and sums of whole numbers are columns already.
bool column_of(const Accumulator& a, u32 groups, Column& out) {
    const std::string_view name = a.name();
    const bool count = name == "count" || name == "count_if";
    if (!count && (name != "sum" || a.ints.empty())) return false;
    out = sized_column(a.call->type, groups);
    std::copy_n((count ? a.counts : a.ints).begin(), groups, out.ints.begin());
    for (u32 g = 0; g < groups && !count; ++g) {
        if (a.set[g] && a.counts[g] >= 0) continue;
        if (out.nulls.empty()) out.nulls.assign(groups, 0);
        out.nulls[g] = 1;
    }
    return true;
}

}  // namespace

Column results(Accumulator& a, u32 groups, EvalContext& cx) {
    MR_ASSERT(groups <= a.counts.size());
    if (Column whole; column_of(a, groups, whole)) return whole;
    Builder out(a.call->type, groups);
    for (u32 g = 0; g < groups && cx.ok(); ++g) out.add(result(a, g, cx));
    while (out.column.size < groups) out.add_null();
    return out.finish();
}

}  // namespace engine::spark
