// Accumulators as the values that a streaming query keeps of a group between batches, and back.
#include <algorithm>

#include "engine/operators/aggregation.h"
#include "engine/operators/distinct_sketch.h"
#include "engine/operators/element_set.h"
#include "engine/plan/unsafe_row.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool sums(std::string_view n) { return n == "sum" || n == "try_sum"; }
bool means(std::string_view n) { return n == "avg" || n == "try_avg"; }
bool counts(std::string_view n) { return n == "count" || n == "count_if"; }
bool bits(std::string_view n) { return n.starts_with("bit_") || n.starts_with("bool_"); }
bool moments(std::string_view n) {
    return n.starts_with("stddev") || n.starts_with("var_") || n == "skewness" || n == "kurtosis";
}
bool pairs(std::string_view n) { return n.starts_with("regr_") || n == "corr" || n.starts_with("covar_"); }
bool covariance(std::string_view n) { return n.starts_with("covar_"); }
bool sketch(std::string_view n) { return n == "approx_count_distinct"; }
/// Functions whose state is an object of Java: Spark keeps it as bytes.
bool object(std::string_view n) {
    return n.starts_with("collect_") || n.starts_with("percentile") || n == "approx_percentile" || n == "median" ||
           n == "mode";
}

/// The moments that a function keeps, from the second on.
std::size_t moments_of(std::string_view n) { return n == "skewness" ? 2 : n == "kurtosis" ? 3 : 1; }

std::vector<DataType> list_types(const Accumulator& a) { return {array_type(a.call->args[0]->type, true)}; }

Value sum_of(const Accumulator& a, u32 g) {
    if (!a.set[g]) return null_value();
    if (!a.decimals.empty()) return decimal_value(a.decimals[g]);
    return !a.ints.empty() ? int_value(a.ints[g]) : real_value(a.reals[g]);
}

void add_sum(Accumulator& a, u32 g, const Value& v) {
    MR_ASSERT(g < a.set.size());
    if (v.null) return;
    a.set[g] = 1;
    if (!a.decimals.empty()) a.decimals[g] += v.dec;
    else if (!a.ints.empty()) a.ints[g] = static_cast<i64>(static_cast<u64>(a.ints[g]) + static_cast<u64>(v.i));
    else a.reals[g] += v.d;
}

/// Formulas of Chan and Pébay for two sets of moments, in the order of CentralMomentAgg.
void merge_moments(Accumulator& a, u32 g, std::span<const Value> b) {
    MR_ASSERT(b.size() >= 3 && b.size() <= 5);
    const double n1 = static_cast<double>(a.counts[g]), n2 = b[0].d, n = n1 + n2;
    if (n2 == 0) return;
    const double delta = b[1].d - a.reals[g], share = n == 0 ? 0 : delta / n;
    const double left2 = a.m2[g], left3 = a.m3[g], right2 = b[2].d, right3 = b.size() > 3 ? b[3].d : 0;
    if (b.size() > 4)
        a.m4[g] = a.m4[g] + b[4].d + share * share * share * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
                  6.0 * share * share * (n1 * n1 * right2 + n2 * n2 * left2) + 4.0 * share * (n1 * right3 - n2 * left3);
    if (b.size() > 3)
        a.m3[g] =
            left3 + right3 + share * share * delta * n1 * n2 * (n1 - n2) + 3.0 * share * (n1 * right2 - n2 * left2);
    a.m2[g] = left2 + right2 + delta * share * n1 * n2;
    a.reals[g] += share * n2;
    a.counts[g] += static_cast<i64>(n2);
}

/// The same for pairs of numbers: count, means, what they vary together and each alone.
void merge_pairs(Accumulator& a, u32 g, std::span<const Value> b) {
    MR_ASSERT(b.size() == 4 || b.size() == 6);
    const double n1 = static_cast<double>(a.counts[g]), n2 = b[0].d, n = n1 + n2;
    if (n2 == 0) return;
    const double dx = b[1].d - a.reals[g], dx_n = dx / n, dy = b[2].d - a.mean_y[g], dy_n = dy / n;
    a.reals[g] += dx_n * n2;
    a.mean_y[g] += dy_n * n2;
    a.cross[g] = a.cross[g] + b[3].d + dx * dy_n * n1 * n2;   // in Spark's order: the last bit hangs on it
    if (b.size() > 4) {
        a.m2[g] = a.m2[g] + b[4].d + dx * dx_n * n1 * n2;
        a.m2_y[g] = a.m2_y[g] + b[5].d + dy * dy_n * n1 * n2;
    }
    a.counts[g] += static_cast<i64>(n2);
}

Values pair_buffer(const Accumulator& a, u32 g) {
    Values out = {real_value(static_cast<double>(a.counts[g])), real_value(a.reals[g]), real_value(a.mean_y[g]),
                  real_value(a.cross[g])};
    if (!covariance(a.name())) out.insert(out.end(), {real_value(a.m2[g]), real_value(a.m2_y[g])});
    return out;
}

Values moment_buffer(const Accumulator& a, u32 g) {
    Values out = {real_value(static_cast<double>(a.counts[g])), real_value(a.reals[g]), real_value(a.m2[g])};
    const std::size_t more = moments_of(a.name());
    if (more > 1) out.push_back(real_value(a.m3[g]));
    if (more > 2) out.push_back(real_value(a.m4[g]));
    return out;
}

Values sketch_buffer(const Accumulator& a, u32 g) {
    const std::size_t words = sketch_words(a.sketch_bits);
    MR_ASSERT((g + 1) * words <= a.sketches.size());
    Values out;
    for (std::size_t i = 0; i < words; ++i) out.push_back(int_value(a.sketches[g * words + i]));
    return out;
}

void merge_sketches(Accumulator& a, u32 g, std::span<const Value> b) {
    std::vector<i64> other;
    for (const Value& v : b) other.push_back(v.i);
    MR_ASSERT(other.size() == sketch_words(a.sketch_bits));
    merge_sketch(std::span(a.sketches).subspan(g * other.size(), other.size()), a.sketch_bits, other);
}

/// A list as the bytes of a row that has it as its one field.
Value list_buffer(const Accumulator& a, u32 g) {
    const DataType& item = a.call->args[0]->type;
    const bool set = a.name() == "collect_set";
    return string_value(unsafe_row({list_value(set ? in_set_order(a.lists[g], item) : a.lists[g])}, list_types(a)));
}

void merge_list(Accumulator& a, u32 g, const Value& b) {
    const auto row = from_unsafe_row(b.s, list_types(a));
    if (!row || row->front().null) return;  // bytes that somebody damaged hold nothing
    const Values& more = items_of(row->front());
    a.lists[g].insert(a.lists[g].end(), more.begin(), more.end());
}

bool better(const Accumulator& a, u32 g, const Value& v, const DataType& type) {
    const int sign = a.name().starts_with("max") ? 1 : -1;
    return !a.set[g] || compare(v, a.values[g], type) * sign > 0;
}

}  // namespace

std::vector<DataType> buffer_types(const ExprRef& call) {
    MR_ASSERT(call->fn != nullptr);
    const std::string_view n = call->fn->name;
    const DataType whole = type_of(TypeId::bigint), real = type_of(TypeId::double_), boolean = type_of(TypeId::boolean);
    if (counts(n)) return {whole};
    if (sums(n))
        return call->type.id == TypeId::decimal ? std::vector<DataType>{call->type, boolean}
                                                : std::vector<DataType>{call->type};
    if (means(n))
        return {
            call->args[0]->type.id == TypeId::decimal || is_interval(call->args[0]->type) ? call->args[0]->type : real,
            whole};
    if (sketch(n)) return std::vector<DataType>(sketch_words(sketch_bits_of(call)), whole);
    if (bits(n)) return {call->type};
    if (moments(n)) return std::vector<DataType>(2 + moments_of(n), real);
    if (n == "first" || n == "last" || n == "any_value") return {call->type, boolean};
    if (n == "min" || n == "max") return {call->type};
    if (pairs(n)) return std::vector<DataType>(covariance(n) ? 4 : 6, real);
    if (n == "max_by" || n == "min_by") return {call->type, call->args[1]->type};
    if (object(n)) return {type_of(TypeId::binary)};
    return {n == "pivotfirst" ? call->type : array_type(call->args[0]->type, true)};
}

Values buffer_of(const Accumulator& a, u32 g) {
    MR_ASSERT(g < a.counts.size());
    const std::string_view n = a.name();
    if (counts(n)) return {int_value(a.counts[g])};
    if (sums(n)) return a.decimals.empty() ? Values{sum_of(a, g)} : Values{sum_of(a, g), bool_value(!a.set[g])};
    if (means(n)) {
        Value sum = sum_of(a, g);
        if (sum.null) sum = !a.decimals.empty() ? decimal_value(0) : !a.ints.empty() ? int_value(0) : real_value(0);
        return {sum, int_value(a.counts[g])};
    }
    if (bits(n)) return {a.set[g] ? int_value(a.ints[g]) : null_value()};
    if (moments(n)) return moment_buffer(a, g);
    if (sketch(n)) return sketch_buffer(a, g);
    if (n == "first" || n == "last" || n == "any_value") return {a.values[g], bool_value(a.set[g] != 0)};
    if (n == "min" || n == "max") return {a.values[g]};
    if (n == "max_by" || n == "min_by") return {a.values[g], a.others[g]};
    if (pairs(n)) return pair_buffer(a, g);
    return {object(n) ? list_buffer(a, g) : list_value(a.lists[g])};
}

void merge_buffer(Accumulator& a, u32 g, std::span<const Value> b) {
    MR_ASSERT(g < a.counts.size() && !b.empty());
    const std::string_view n = a.name();
    if (counts(n)) {
        a.counts[g] += b[0].i;
    } else if (sums(n)) {
        add_sum(a, g, b[0]);
        a.counts[g] += b[0].null ? 0 : 1;
    } else if (means(n)) {
        if (b[1].i > 0) add_sum(a, g, b[0]);
        a.counts[g] += b[1].i;
    } else if (bits(n)) {
        if (b[0].null) return;
        a.set[g] = 1;
        if (n == "bit_and" || n == "bool_and") a.ints[g] &= b[0].i;
        else if (n == "bit_xor") a.ints[g] ^= b[0].i;
        else a.ints[g] |= b[0].i;
    } else if (moments(n)) {
        merge_moments(a, g, b);
    } else if (n == "first" || n == "any_value" || n == "last") {
        if (b[1].i == 0 || (n != "last" && a.set[g])) return;
        a.values[g] = b[0];
        a.set[g] = 1;
    } else if (n == "min" || n == "max") {
        if (b[0].null || !better(a, g, b[0], a.call->type)) return;
        a.values[g] = b[0];
        a.set[g] = 1;
    } else if (n == "max_by" || n == "min_by") {
        if (b[1].null) return;
        a.values[g] = b[0];
        a.others[g] = b[1];
        a.set[g] = 1;
    } else if (n == "pivotfirst") {
        const Values& more = items_of(b[0]);
        if (a.lists[g].size() < more.size()) a.lists[g].resize(more.size(), null_value());
        for (std::size_t i = 0; i < more.size(); ++i)
            if (!more[i].null) a.lists[g][i] = more[i];
    } else if (pairs(n)) {
        merge_pairs(a, g, b);
    } else if (sketch(n)) {
        merge_sketches(a, g, b);
    } else if (object(n)) {
        merge_list(a, g, b[0]);
    } else {
        a.lists[g].insert(a.lists[g].end(), items_of(b[0]).begin(), items_of(b[0]).end());
    }
}

}  // namespace engine::spark
