#include "engine/plan/api_calls.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/plan/functions.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// Functions that the API looks up by name.
constexpr std::string_view kLookedUp[] = {
    "any_value", "array_agg", "array_prepend", "array_size", "bit_and",        "bit_or",
    "bit_xor",   "bool_and",  "bool_or",       "ceil",       "ceiling",        "char",
    "count_if",  "date_part", "day",           "equal_null", "every",          "floor",
    "ifnull",    "isnotnull", "lcase",         "left",       "localtimestamp", "map_contains_key",
    "now",       "nullif",    "nvl",           "nvl2",       "power",          "right",
    "some",      "std",       "stddev",        "ucase",      "width_bucket"};

/// Arguments that the API fills in behind the first `given` ones.
struct Filled {
    std::string_view name;
    std::size_t given;
    const char* text;  ///< nullptr: a truth, else a text or, of digits, a number
};

constexpr Filled kFilled[] = {{"bround", 1, "0"},
                              {"round", 1, "0"},
                              {"from_unixtime", 1, "yyyy-MM-dd HH:mm:ss"},
                              {"unix_timestamp", 1, "yyyy-MM-dd HH:mm:ss"},
                              {"sort_array", 1, nullptr},
                              {"months_between", 2, nullptr},
                              {"regexp_replace", 3, "1"}};

ExprRef filled_value(const Filled& f) {
    if (f.text == nullptr) {
        Value yes;
        yes.null = false;
        yes.i = 1;
        return literal(yes, type_of(TypeId::boolean));
    }
    const std::string_view text = f.text;
    return text == "0" || text == "1" ? int_literal(text == "1" ? 1 : 0) : string_literal(std::string(text));
}

bool looks_at_columns(const Expr& e) {
    return e.kind == ExprKind::name || e.kind == ExprKind::star || e.kind == ExprKind::lambda ||
           e.kind == ExprKind::lambda_name || e.kind == ExprKind::outer || e.kind == ExprKind::parameter ||
           e.plan != nullptr;
}

bool waits(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->kind == ExprKind::window) return false;
    if (const ExprRef known = e->kind == ExprKind::function ? as_known_call(e) : nullptr)
        if (known->fn->kind == FunctionKind::aggregate) return true;
    if (made_by_api(*e)) {
        const FunctionInfo* fn = find_function(e->name);
        if (fn != nullptr && fn->kind == FunctionKind::aggregate) return true;
    }
    return std::ranges::any_of(e->args, waits);
}

}  // namespace

ExprRef as_known_call(const ExprRef& e) {
    MR_ASSERT(e->kind == ExprKind::function);
    const FunctionInfo* fn = find_function(e->name);
    if (fn == nullptr || e->filtered || e->parts.size() > 1 || fn->kind == FunctionKind::higher_order) return nullptr;
    Exprs args = e->args;
    // The star of a count means rows.
    const bool rows = args.size() == 1 && args[0]->kind == ExprKind::star && args[0]->parts.empty() && !e->distinct;
    if (rows && std::string_view(fn->name) == "count") args = {int_literal(1)};
    if (std::ranges::any_of(args, [](const ExprRef& a) { return any_of(a, looks_at_columns); })) return nullptr;
    return edit(e, [&](Expr& x) {
        x.kind = ExprKind::call;
        x.fn = fn;
        x.args = std::move(args);
    });
}

bool made_by_api(const Expr& e) {
    return e.kind == ExprKind::function && e.implicit &&
           std::find(std::begin(kLookedUp), std::end(kLookedUp), e.name) == std::end(kLookedUp);
}

ExprRef as_api_makes_it(const ExprRef& e) {
    MR_ASSERT(made_by_api(*e));
    return edit(e, [&](Expr& x) {
        x.kind = ExprKind::call;
        if (x.name == "mean") x.name = "avg";
        x.fn = find_function(x.name);
        for (const Filled& f : kFilled)
            if (f.name == x.name && f.given == x.args.size()) x.args.push_back(filled_value(f));
        // What looks back is kept as looking ahead by a negative number, with nothing where there is no row.
        if ((x.name == "lag" || x.name == "lead") && x.args.size() == 1) x.args.push_back(int_literal(1));
        if ((x.name == "lag" || x.name == "lead") && x.args.size() == 2) x.args.push_back(null_literal());
    });
}

const char* held_by_api_call(const ExprRef& e) {
    MR_ASSERT(e != nullptr);
    if (e->name == "to_timestamp")
        return e->args.size() == 1 ? "None, TimestampType, Some(UTC), false" : "TimestampType, Some(UTC), false";
    if (e->name == "to_date" && e->args.size() == 2) return "Some(UTC), false";
    const bool trims = e->name == "trim" || e->name == "ltrim" || e->name == "rtrim";
    return trims && e->args.size() == 1 ? "None" : nullptr;
}

bool has_api_aggregate(const Exprs& items) { return std::ranges::any_of(items, waits); }

}  // namespace engine::spark
