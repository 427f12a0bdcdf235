// Arrays as sets: union, intersection, difference, each element once.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// The order of values, finer than comparison where sets are.
struct SetOrder {
    const DataType* type;

    bool operator()(const Value* a, const Value* b) const {
        if (a->null || b->null) return a->null && !b->null;
        const int c = compare(*a, *b, *type);
        const bool real = type->id == TypeId::double_ || type->id == TypeId::float_;
        return c != 0 || !real || a->d != 0 ? c < 0 : std::signbit(a->d) > std::signbit(b->d);
    }
};

using ValueSet = std::set<const Value*, SetOrder>;

Values distinct(const Values& items, const DataType& type, EvalContext& cx) {
    Values out;
    ValueSet seen(SetOrder{&type});
    for (const Value& v : items)
        if (cx.spend(8, 64) && seen.insert(&v).second) out.push_back(v);
    return out;
}

/// The distinct values of one list that are, or are not, in another.
Values sifted(const Values& items, const Values& others, const DataType& type, bool wanted, EvalContext& cx) {
    ValueSet known(SetOrder{&type});
    Values out;
    for (const Value& v : others)
        if (cx.spend(8, 64)) known.insert(&v);
    for (const Value& v : distinct(items, type, cx))
        if (known.contains(&v) == wanted) out.push_back(v);
    return out;
}

bool type_set(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    for (const ExprRef& arg : a)
        if (arg->type.id != TypeId::array && (arg->type.id != TypeId::void_ || a[0]->type.id == a[1]->type.id))
            return t.refuse("BINARY_ARRAY_DIFF_TYPES",
                            fmt::format("Input to function `{}` should have been two \"ARRAY\" with same element type, "
                                        "but it's [\"{}\", \"{}\"].",
                                        t.e.fn->name, sql_name(a[0]->type), sql_name(a[1]->type)));
    const auto common = tightest_common_type(a[0]->type, a[1]->type);
    if (!common)
        return t.refuse("BINARY_ARRAY_DIFF_TYPES",
                        fmt::format("Input to function `{}` should have been two \"ARRAY\" with same element type, but "
                                    "it's [\"{}\", \"{}\"].",
                                    t.e.fn->name, sql_name(a[0]->type), sql_name(a[1]->type)));
    const bool n0 = a[0]->type.id == TypeId::array && element_nullable(a[0]->type),
               n1 = a[1]->type.id == TypeId::array && element_nullable(a[1]->type);
    for (ExprRef& arg : a) arg = implicit(arg, *common, t.ansi);
    const std::string_view name = t.e.fn->name;
    t.e.type = array_type(element_of(*common), name == "array_union"       ? n0 || n1
                                               : name == "array_intersect" ? n0 && n1
                                                                           : n0);
    if (name == "arrays_overlap") t.e.type = type_of(TypeId::boolean);
    t.e.nullable = nullable_by_args(a) || (name == "arrays_overlap" && (n0 || n1));
    return true;
}

Value array_union(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    Values all = items_of(c.args[0]);
    for (const Value& v : items_of(c.args[1])) all.push_back(v);
    return list_value(distinct(all, element_of(c.type(0)), c.cx));
}

Value array_intersect(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return list_value(sifted(items_of(c.args[0]), items_of(c.args[1]), element_of(c.type(0)), true, c.cx));
}

Value array_except(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    return list_value(sifted(items_of(c.args[0]), items_of(c.args[1]), element_of(c.type(0)), false, c.cx));
}

Value arrays_overlap(const Call& c) {
    MR_ASSERT(c.args.size() > 1);
    const auto null = [](const Value& v) { return v.null; };
    const Values &a = items_of(c.args[0]), &b = items_of(c.args[1]);
    for (const Value& v : sifted(a, b, element_of(c.type(0)), true, c.cx))
        if (!v.null) return bool_value(true);
    const bool unknown =
        !a.empty() && !b.empty() && (std::any_of(a.begin(), a.end(), null) || std::any_of(b.begin(), b.end(), null));
    return unknown ? null_value() : bool_value(false);
}

Value array_distinct(const Call& c) {
    MR_ASSERT(c.args.size() > 0);
    return list_value(distinct(items_of(c.args[0]), element_of(c.type(0)), c.cx));
}

const FunctionInfo kArraySetFunctions[] = {
    {"array_union", "x,x", "", ST, array_union, "Elements of either array, once each.", type_set},
    {"array_intersect", "x,x", "", ST, array_intersect, "Elements of both arrays, once each.", type_set},
    {"array_except", "x,x", "", ST, array_except, "Elements of the first array only, once each.", type_set},
    {"arrays_overlap", "x,x", "", SN, arrays_overlap, "Whether two arrays share an element.", type_set},
    {"array_distinct", "A", "", ST, array_distinct, "Each element once.", type_as_first},
};

}  // namespace

std::span<const FunctionInfo> array_set_functions() { return kArraySetFunctions; }

}  // namespace engine::spark
