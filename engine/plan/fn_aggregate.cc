// Aggregate, window and generator functions: their types. What computes them is in engine/operators.
#include <fmt/format.h>

#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool numeric_argument(Typing& t, std::size_t at = 0) {
    ExprRef& a = t.e.args[at];
    const bool moment = a->type.id == TypeId::timestamp && !t.ansi;  // its seconds count
    if (a->type.id == TypeId::void_ || moment) a = implicit(a, type_of(TypeId::double_), t.ansi);
    if (is_interval(a->type) || coerce_to(a, "n", t.ansi)) return true;
    return t.refuse(
        "UNEXPECTED_INPUT_TYPE",
        fmt::format(
            "Parameter {} requires the \"NUMERIC\" or \"ANSI INTERVAL\" type, however \"{}\" has the type \"{}\".",
            at + 1, pretty(a), sql_name(a->type)));
}

bool type_sum(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!numeric_argument(t)) return false;
    const DataType& a = t.e.args[0]->type;
    t.e.type = a.id == TypeId::decimal ? bounded_decimal(std::min(a.a + 10, int{kMaxPrecision}), a.b)
               : is_integral(a)        ? type_of(TypeId::bigint)
               : is_interval(a)        ? (a.id == TypeId::day_time ? day_time_type(a.a, a.b) : a)
                                       : type_of(TypeId::double_);
    if (a.id == TypeId::decimal) t.e.type = decimal_type(std::min(a.a + 10, int{kMaxPrecision}), a.b);
    t.e.nullable = true;
    return true;
}

bool type_avg(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (!numeric_argument(t)) return false;
    const DataType& a = t.e.args[0]->type;
    t.e.type = a.id == TypeId::decimal
                   ? bounded_decimal(std::min(a.a + 4, int{kMaxPrecision}), std::min(a.b + 4, int{kMaxPrecision}))
               : is_interval(a) ? (a.id == TypeId::day_time ? day_time_type(0, 3) : year_month_type(0, 1))
                                : type_of(TypeId::double_);
    t.e.nullable = true;
    return true;
}

bool type_same(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    t.e.type = t.e.args[0]->type;
    t.e.nullable = true;
    return true;
}

bool type_pivot(Typing& t) {
    MR_ASSERT(t.e.args.size() > 2);
    t.e.type = array_type(t.e.args[1]->type, true);
    t.e.nullable = true;
    return true;
}

bool type_extreme(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    if (!orderable(a))
        return t.refuse("INVALID_ORDERING_TYPE",
                        fmt::format("The `{}` does not support ordering on type \"{}\".", t.e.fn->name, sql_name(a)));
    return type_same(t);
}

bool type_first(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.size() > 1) {
        if (!is_literal(t.e.args[1]) || t.e.args[1]->type.id != TypeId::boolean) {
            t.error_class = "_LEGACY_ERROR_TEMP_1210";
            t.text = fmt::format("The second argument in {} should be a boolean literal.", t.e.fn->name);
            return false;
        }
        t.e.ignore_nulls = t.e.args[1]->value.i != 0;
    }
    return type_same(t);
}

bool type_list(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    if (std::string_view(t.e.fn->name) == "collect_set" && t.e.args[0]->type.id == TypeId::map)
        return t.refuse("UNSUPPORTED_INPUT_TYPE", "The input of `collect_set` can't be \"MAP\" type data.");
    t.e.type = array_type(t.e.args[0]->type, false);
    t.e.nullable = false;
    return true;
}

bool type_bit_aggregate(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    return coerce_arguments(t) && type_same(t);
}

bool type_approximate_count(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    const ExprRef error = t.e.args.size() > 1 ? t.e.args[1] : nullptr;
    if (error && (!is_literal(error) || (error->type.id != TypeId::double_ && error->type.id != TypeId::decimal))) {
        t.error_class = "_LEGACY_ERROR_TEMP_1104";
        t.text = "The second argument should be a double literal.";
        return false;
    }
    if (!coerce_arguments(t)) return false;
    t.e.type = type_of(TypeId::bigint);
    t.e.nullable = false;
    return true;
}

/// Fractions lie from 0 to 1. False = refused.
bool fractions_ok(Typing& t) {
    const ExprRef& e = t.e.args[1];
    if (!foldable(e))
        return t.refuse(
            "NON_FOLDABLE_INPUT",
            fmt::format("the input {} should be a foldable \"DOUBLE\" expression; however, got \"{}\".",
                        std::string_view(t.e.fn->name) == "approx_percentile" ? "percentage" : "`percentage`",
                        pretty(e)));
    EvalContext cx;
    const Value v = eval_constant(e, cx);
    if (!cx.ok() || v.null) return t.refuse("UNEXPECTED_NULL", "The percentage must not be null.");
    for (const Value& one : e->type.id == TypeId::array ? items_of(v) : Values{v})
        if (one.null || !(one.d >= 0 && one.d <= 1)) {
            const bool approximate = std::string_view(t.e.fn->name) == "approx_percentile";
            return t.refuse("VALUE_OUT_OF_RANGE",
                            fmt::format("The {} must be between [0.0, 1.0] (current value = {}{}).",
                                        approximate ? "percentage" : "`percentage`",
                                        one.null ? "null" : double_text(one.d), approximate ? "D" : ""));
        }
    return true;
}

bool type_percentile(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    const std::string_view name = t.e.fn->name;
    if (name == "percentile_cont" || name == "percentile_disc") {
        // WITHIN GROUP puts the order first: (order, fraction).
        if (a[0]->kind == ExprKind::sort_order) {
            t.e.ascending = a[0]->ascending;
            a[0] = a[0]->args[0];
        }
    }
    const bool approximate = name == "approx_percentile";
    if (is_interval(a[0]->type) && !approximate) {
        t.e.type = a[0]->type.id == TypeId::year_month ? year_month_type(0, 1) : day_time_type(0, 3);
        t.e.nullable = true;
        return true;
    }
    // The one that gives a value of the column takes moments and spans as they are.
    const bool kept = approximate && (is_datetime(a[0]->type) || is_interval(a[0]->type));
    if (!kept && !coerce_to(a[0], "n", t.ansi)) return coerce_arguments(t);
    const bool many = a.size() > 1 && a[1]->type.id == TypeId::array;
    if (a.size() > 1 && !many && !coerce_to(a[1], "D", t.ansi)) return coerce_arguments(t);
    if (many) a[1] = implicit(a[1], array_type(type_of(TypeId::double_), false), t.ansi);
    if (a.size() > 1 && !fractions_ok(t)) return false;
    if (approximate && a.size() > 2 && is_literal(a[2]) && !a[2]->value.null && a[2]->value.i < 1)
        return t.refuse("VALUE_OUT_OF_RANGE",
                        fmt::format("The accuracy must be between (0, {}] (current value = {}L).", INT32_MAX,
                                    a[2]->value.i));
    const DataType one = approximate ? a[0]->type : type_of(TypeId::double_);
    t.e.type = many ? array_type(one, false) : one;
    t.e.nullable = true;
    return true;
}

/// Bars keep the type of the column; their number is a constant of at least two.
bool type_histogram(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2);
    ExprRef &column = t.e.args[0], &bins = t.e.args[1];
    const TypeId id = column->type.id;
    const bool fits =
        is_numeric(column->type) || is_interval(column->type) || id == TypeId::date || timestamp_like(column->type);
    if (!fits)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format(
                "Parameter 1 requires the (\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"INTERVAL "
                "YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\") type, however \"{}\" has the type \"{}\".",
                pretty(column), sql_name(column->type)));
    if (!coerce_to(bins, "I", t.ansi)) return coerce_arguments(t);
    if (!foldable(bins))
        return t.refuse(
            "NON_FOLDABLE_INPUT",
            fmt::format("the input `nb` should be a foldable \"INT\" expression; however, got \"{}\".", pretty(bins)));
    EvalContext cx;
    const Value n = eval_constant(bins, cx);
    if (n.null) return t.refuse("UNEXPECTED_NULL", "The nb must not be null.");
    if (n.i < 2)
        return t.refuse("VALUE_OUT_OF_RANGE",
                        fmt::format("The `nb` must be between [2, {}] (current value = {}).", INT32_MAX, n.i));
    t.e.type = array_type(struct_type({{"x", column->type, true}, {"y", type_of(TypeId::double_), true}}), true);
    t.e.nullable = true;
    return true;
}

bool type_two_doubles(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    for (std::size_t i = 0; i < 2; ++i)
        if (!coerce_to(t.e.args[i], "D", t.ansi)) return coerce_arguments(t);
    t.e.type = std::string_view(t.e.fn->name) == "regr_count" ? type_of(TypeId::bigint) : type_of(TypeId::double_);
    t.e.nullable = std::string_view(t.e.fn->name) != "regr_count";
    return true;
}

bool type_count(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    t.e.type = type_of(TypeId::bigint);
    t.e.nullable = false;
    return true;
}

bool type_offset(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a.size() < 2) a.push_back(int_literal(1));
    if (a.size() < 3) a.push_back(null_literal());
    if (a[2]->type.id != TypeId::void_) a[2] = implicit(a[2], a[0]->type, t.ansi);
    t.e.type = a[0]->type;
    t.e.nullable = a[2]->nullable || a[0]->nullable;
    return true;
}

bool type_nth(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1);
    const ExprRef& n = t.e.args[1];
    if (is_literal(n) && is_integral(n->type) && !n->value.null && n->value.i < 1)
        return t.refuse("VALUE_OUT_OF_RANGE", fmt::format("The offset must be between (0, {}] (current value = {}L).",
                                                          INT64_MAX, n->value.i));
    return type_same(t);
}

bool type_ntile(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    if (t.e.args.empty()) t.e.args.push_back(int_literal(1));
    if (!coerce_arguments(t)) return false;
    if (is_literal(t.e.args[0]) && !t.e.args[0]->value.null && t.e.args[0]->value.i <= 0)
        return t.refuse("VALUE_OUT_OF_RANGE", fmt::format("The buckets must be between (0, {}] (current value = {}).",
                                                          INT32_MAX, t.e.args[0]->value.i));
    t.e.type = type_of(TypeId::integer);
    t.e.nullable = false;
    return true;
}

// Generators: the type is the struct of the columns they make; `nullable` of a field follows `outer`.

bool type_explode(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    const std::string_view name = t.e.fn->name;
    const bool outer = name.ends_with("_outer");
    std::vector<Field> fields;
    if (name.starts_with("pos")) fields.push_back({"pos", type_of(TypeId::integer), outer});
    if (a.id == TypeId::array) fields.push_back({"col", element_of(a), outer || element_nullable(a)});
    else if (a.id == TypeId::map) {
        fields.push_back({"key", key_of(a), outer});
        fields.push_back({"value", value_of(a), outer || value_nullable(a)});
    } else {
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format("Parameter 1 requires the (\"ARRAY\" or \"MAP\") type, however \"{}\" has the type \"{}\".",
                        pretty(t.e.args[0]), sql_name(a)));
    }
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

bool type_inline(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    const DataType& a = t.e.args[0]->type;
    const bool outer = std::string_view(t.e.fn->name).ends_with("_outer");
    if (a.id != TypeId::array || element_of(a).id != TypeId::structure)
        return t.refuse(
            "UNEXPECTED_INPUT_TYPE",
            fmt::format("Parameter 1 requires the \"ARRAY<STRUCT>\" type, however \"{}\" has the type \"{}\".",
                        pretty(t.e.args[0]), sql_name(a)));
    std::vector<Field> fields = *element_of(a).fields;
    for (Field& field : fields) field.nullable = field.nullable || outer || element_nullable(a);
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

bool type_stack(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    if (a.size() < 2) {
        t.error_class = "WRONG_NUM_ARGS.WITHOUT_SUGGESTION";
        t.text = fmt::format(
            "The `stack` requires > 1 parameters but the actual number is {}. Please, refer to "
            "'https://spark.apache.org/docs/latest/sql-ref-functions.html' for a fix.",
            a.size());
        return false;
    }
    if (a[0]->type.id != TypeId::integer)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"INT\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[0]), sql_name(a[0]->type)));
    if (!is_literal(a[0]) || a[0]->value.i < 1)
        return t.refuse("VALUE_OUT_OF_RANGE",
                        fmt::format("The `n` must be between (0, {}] (current value = {}).", INT32_MAX,
                                    is_literal(a[0]) ? std::to_string(a[0]->value.i) : "null"));
    const std::size_t rows = static_cast<std::size_t>(a[0]->value.i), width = (a.size() - 1 + rows - 1) / rows;
    std::vector<Field> fields;
    for (std::size_t c = 0; c < width; ++c) {
        DataType type;
        std::size_t first = 1 + c;
        while (first < a.size() && a[first]->type.id == TypeId::void_) first += width;
        if (first < a.size()) type = a[first]->type;
        for (std::size_t i = first; i < a.size(); i += width)
            if (a[i]->type.id != TypeId::void_ && !same_type(type, a[i]->type))
                return t.refuse(
                    "STACK_COLUMN_DIFF_TYPES",
                    fmt::format("The data type of the column ({}) do not have the same type: \"{}\" ({}) <> "
                                "\"{}\" ({}).",
                                c, sql_name(type), first, sql_name(a[i]->type), i));
        for (std::size_t i = 1 + c; i < a.size(); i += width) a[i] = implicit(a[i], type, t.ansi);
        fields.push_back({"col" + std::to_string(c), type, true});
    }
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

bool type_json_tuple(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    std::vector<Field> fields;
    for (std::size_t i = 0; i < t.e.args.size(); ++i)
        if (t.e.args[i]->type.id != TypeId::string)
            return t.refuse("NON_STRING_TYPE", "all arguments must be strings.");
    for (std::size_t i = 1; i < t.e.args.size(); ++i)
        fields.push_back({"c" + std::to_string(i - 1), type_of(TypeId::string), true});
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

/// Rows as often as the first argument says: what EXCEPT ALL and INTERSECT ALL become.
bool type_replicate(Typing& t) {
    MR_ASSERT(t.e.args.size() > 1 && t.e.args[0]->type.id == TypeId::bigint);
    std::vector<Field> fields;
    for (std::size_t i = 1; i < t.e.args.size(); ++i)
        fields.push_back({"col" + std::to_string(i - 1), t.e.args[i]->type, t.e.args[i]->nullable});
    t.e.type = struct_type(std::move(fields));
    t.e.nullable = false;
    return true;
}

constexpr auto AG = FunctionKind::aggregate, WI = FunctionKind::window, GE = FunctionKind::generator;

const FunctionInfo kAggregates[] = {
    {"count", "x*", "L", NV, nullptr, "Number of rows, or of rows where no argument is null.", type_count, nullptr,
     nullptr, AG},
    {"count_if", "Z", "L", NV, nullptr, "Number of rows where the condition is true.", nullptr, nullptr, nullptr, AG},
    {"sum", "x", "", SE, nullptr, "Sum of the values that are not null.", type_sum, nullptr, nullptr, AG},
    {"try_sum", "x", "", SE, nullptr, "Sum, null on overflow.", type_sum, nullptr, nullptr, AG},
    {"avg", "x", "", SE, nullptr, "Mean of the values that are not null.", type_avg, nullptr, nullptr, AG},
    {"try_avg", "x", "", SE, nullptr, "Mean, null on overflow.", type_avg, nullptr, nullptr, AG},
    {"min", "x", "", SE, nullptr, "Smallest value.", type_extreme, nullptr, nullptr, AG},
    {"max", "x", "", SE, nullptr, "Largest value.", type_extreme, nullptr, nullptr, AG},
    {"first", "x,Z?", "", SE, nullptr, "Value of the first row.", type_first, nullptr, nullptr, AG},
    {"last", "x,Z?", "", SE, nullptr, "Value of the last row.", type_first, nullptr, nullptr, AG},
    {"any_value", "x,Z?", "", SE, nullptr, "Value of some row.", type_first, nullptr, nullptr, AG},
    {"collect_list", "x", "", NV, nullptr, "All values as an array.", type_list, nullptr, nullptr, AG},
    {"collect_set", "x", "", NV, nullptr, "Different values as an array.", type_list, nullptr, nullptr, AG},
    {"stddev_samp", "D", "D", SE, nullptr, "Standard deviation of a sample.", nullptr, nullptr, nullptr, AG},
    {"stddev_pop", "D", "D", SE, nullptr, "Standard deviation of all.", nullptr, nullptr, nullptr, AG},
    {"var_samp", "D", "D", SE, nullptr, "Variance of a sample.", nullptr, nullptr, nullptr, AG},
    {"var_pop", "D", "D", SE, nullptr, "Variance of all.", nullptr, nullptr, nullptr, AG},
    {"skewness", "D", "D", SE, nullptr, "Skewness of the values.", nullptr, nullptr, nullptr, AG},
    {"kurtosis", "D", "D", SE, nullptr, "Kurtosis of the values.", nullptr, nullptr, nullptr, AG},
    {"corr", "D,D", "D", SE, nullptr, "Correlation of two columns.", type_two_doubles, nullptr, nullptr, AG},
    {"covar_pop", "D,D", "D", SE, nullptr, "Covariance of two columns.", type_two_doubles, nullptr, nullptr, AG},
    {"covar_samp", "D,D", "D", SE, nullptr, "Covariance of a sample of two columns.", type_two_doubles, nullptr,
     nullptr, AG},
    {"regr_count", "D,D", "L", NV, nullptr, "Number of pairs without null.", type_two_doubles, nullptr, nullptr, AG},
    {"regr_avgx", "D,D", "D", SE, nullptr, "Mean of the second column over pairs.", type_two_doubles, nullptr, nullptr,
     AG},
    {"regr_avgy", "D,D", "D", SE, nullptr, "Mean of the first column over pairs.", type_two_doubles, nullptr, nullptr,
     AG},
    {"regr_r2", "D,D", "D", SE, nullptr, "Share of variance a line explains.", type_two_doubles, nullptr, nullptr, AG},
    {"regr_slope", "D,D", "D", SE, nullptr, "Slope of the fitted line.", type_two_doubles, nullptr, nullptr, AG},
    {"regr_intercept", "D,D", "D", SE, nullptr, "Intercept of the fitted line.", type_two_doubles, nullptr, nullptr,
     AG},
    {"regr_sxx", "D,D", "D", SE, nullptr, "Sum of squares of the second column.", type_two_doubles, nullptr, nullptr,
     AG},
    {"regr_syy", "D,D", "D", SE, nullptr, "Sum of squares of the first column.", type_two_doubles, nullptr, nullptr,
     AG},
    {"regr_sxy", "D,D", "D", SE, nullptr, "Sum of products of both columns.", type_two_doubles, nullptr, nullptr, AG},
    {"max_by", "x,x", "", SE, nullptr, "The first argument of the row with the largest second.", type_same, nullptr,
     nullptr, AG},
    {"min_by", "x,x", "", SE, nullptr, "The first argument of the row with the smallest second.", type_same, nullptr,
     nullptr, AG},
    {"bit_and", "i!", "", SE, nullptr, "Bits set in all values.", type_bit_aggregate, nullptr, nullptr, AG},
    {"bit_or", "i!", "", SE, nullptr, "Bits set in any value.", type_bit_aggregate, nullptr, nullptr, AG},
    {"bit_xor", "i!", "", SE, nullptr, "Bits set in an odd number of values.", type_bit_aggregate, nullptr, nullptr,
     AG},
    {"bool_and", "Z", "Z", SE, nullptr, "Whether all are true.", nullptr, nullptr, nullptr, AG},
    {"bool_or", "Z", "Z", SE, nullptr, "Whether any is true.", nullptr, nullptr, nullptr, AG},
    {"approx_count_distinct", "x,D?", "L", NV, nullptr, "About how many different values there are.",
     type_approximate_count, nullptr, nullptr, AG},
    {"mode", "x", "", SE, nullptr, "The most frequent value.", type_same, nullptr, nullptr, AG},
    {"median", "n|v|m", "", SE, nullptr, "The middle value.", type_percentile, nullptr, nullptr, AG},
    {"percentile", "n|v|m,D|A,I=1", "", SE, nullptr, "The value at a fraction of the order, interpolated.",
     type_percentile, nullptr, nullptr, AG},
    {"percentile_cont", "n|v|m,D|A", "", SE, nullptr, "The value at a fraction of the order, interpolated.",
     type_percentile, nullptr, nullptr, AG},
    {"percentile_disc", "n|v|m,D|A", "", SE, nullptr, "The value at a fraction of the order.", type_percentile, nullptr,
     nullptr, AG},
    {"approx_percentile", "n,D|A,I=10000", "", SE, nullptr, "About the value at a fraction of the order.",
     type_percentile, nullptr, nullptr, AG},
    {"histogram_numeric", "x,I", "", SE, nullptr, "Values as bars with middles and heights.", type_histogram, nullptr,
     nullptr, AG},
    {"pivotfirst", "x,x,x+", "", NV, nullptr, "The results of a pivot's values as an array.", type_pivot, nullptr,
     nullptr, AG},
    {"grouping", "x", "Y", NV, nullptr, "1 where ROLLUP or CUBE left the column out.", nullptr, nullptr, nullptr, AG},
    {"grouping_id", "x*", "L", NV, nullptr, "The grouping bits of several columns.", nullptr, nullptr, nullptr, AG},
};

const FunctionInfo kWindow[] = {
    {"row_number", "", "I", NV, nullptr, "Number of the row in its partition.", nullptr, nullptr, nullptr, WI},
    {"rank", "x*", "I", NV, nullptr, "Rank with gaps after ties.", nullptr, nullptr, nullptr, WI},
    {"dense_rank", "x*", "I", NV, nullptr, "Rank without gaps.", nullptr, nullptr, nullptr, WI},
    {"percent_rank", "x*", "D", NV, nullptr, "Rank from 0 to 1.", nullptr, nullptr, nullptr, WI},
    {"cume_dist", "", "D", NV, nullptr, "Share of rows up to this one.", nullptr, nullptr, nullptr, WI},
    {"ntile", "I?", "", NV, nullptr, "Number of the bucket of n.", type_ntile, nullptr, nullptr, WI},
    {"lag", "x,I?,x?", "", SE, nullptr, "Value some rows before.", type_offset, nullptr, nullptr, WI},
    {"lead", "x,I?,x?", "", SE, nullptr, "Value some rows after.", type_offset, nullptr, nullptr, WI},
    {"nth_value", "x,I,Z?", "", SE, nullptr, "Value of the n-th row of the frame.", type_nth,
     nullptr, nullptr, WI},
};

const FunctionInfo kGenerators[] = {
    {"explode", "x", "", NV, nullptr, "A row for each element of an array or map.", type_explode, nullptr, nullptr, GE},
    {"explode_outer", "x", "", NV, nullptr, "explode, with a null row for none.", type_explode, nullptr, nullptr, GE},
    {"posexplode", "x", "", NV, nullptr, "explode with positions.", type_explode, nullptr, nullptr, GE},
    {"posexplode_outer", "x", "", NV, nullptr, "posexplode, with a null row for none.", type_explode, nullptr, nullptr,
     GE},
    {"inline", "x", "", NV, nullptr, "A row for each struct of an array.", type_inline, nullptr, nullptr, GE},
    {"inline_outer", "x", "", NV, nullptr, "inline, with a null row for none.", type_inline, nullptr, nullptr, GE},
    {"stack", "x+", "", NV, nullptr, "The arguments as n rows.", type_stack, nullptr, nullptr, GE},
    {"replicaterows", "x,x+", "", NV, nullptr, "The columns as often as the count says.", type_replicate, nullptr,
     nullptr, GE, true, true},
    {"json_tuple", "x,x+", "", NV, nullptr, "Fields of JSON text as columns.", type_json_tuple, nullptr, nullptr, GE},
};

}  // namespace

std::span<const FunctionInfo> aggregate_functions() { return kAggregates; }
std::span<const FunctionInfo> window_functions() { return kWindow; }
std::span<const FunctionInfo> generator_functions() { return kGenerators; }

}  // namespace engine::spark
