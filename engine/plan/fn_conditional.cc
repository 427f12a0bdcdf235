// Choices: IN, IF, and the first of several that is not null.
#include <fmt/format.h>

#include "engine/plan/coerce.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

bool type_in(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    Exprs& a = t.e.args;
    bool same_all = true;
    for (const ExprRef& arg : a) same_all = same_all && same_type(arg->type, a[0]->type, false);
    if (!same_all) {
        const auto type = wider_type_of(a, 0, t.ansi);
        if (!type) {
            std::string types;
            for (const ExprRef& arg : a)
                types += (types.empty() ? "" : ", ") + std::string("\"") + sql_name(arg->type) + "\"";
            return t.refuse("DATA_DIFF_TYPES",
                            fmt::format("Input to `in` should all be the same type, but it's [{}].", types));
        }
        for (ExprRef& arg : a) arg = implicit(arg, *type, t.ansi);
    }
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = nullable_by_args(t.e.args);
    return true;
}

bool type_if(Typing& t) {
    MR_ASSERT(t.e.args.size() == 3);
    Exprs& a = t.e.args;
    if (a[0]->type.id == TypeId::void_) a[0] = implicit(a[0], type_of(TypeId::boolean), t.ansi);
    if (a[0]->type.id != TypeId::boolean)
        return t.refuse("UNEXPECTED_INPUT_TYPE",
                        fmt::format("Parameter 1 requires the \"BOOLEAN\" type, however \"{}\" has the type \"{}\".",
                                    pretty(a[0]), sql_name(a[0]->type)));
    const auto type = wider_type_of(a, 1, t.ansi);
    if (!type)
        return t.refuse("DATA_DIFF_TYPES",
                        fmt::format("Input to `if` should all be the same type, but it's [\"{}\", \"{}\"].",
                                    sql_name(a[1]->type), sql_name(a[2]->type)));
    a[1] = implicit(a[1], *type, t.ansi);
    a[2] = implicit(a[2], *type, t.ansi);
    t.e.type = *type;
    t.e.nullable = a[1]->nullable || a[2]->nullable;
    return true;
}

bool type_coalesce(Typing& t) {
    MR_ASSERT(!t.e.args.empty());
    if (!type_same_arguments(t)) return false;
    t.e.nullable = true;
    for (const ExprRef& arg : t.e.args) t.e.nullable = t.e.nullable && arg->nullable;
    return true;
}

bool type_nvl2(Typing& t) {
    MR_ASSERT(t.e.args.size() > 2);
    const auto type = wider_type_of(t.e.args, 1, t.ansi);
    if (!type) return type_if(t);
    t.e.args[1] = implicit(t.e.args[1], *type, t.ansi);
    t.e.args[2] = implicit(t.e.args[2], *type, t.ansi);
    t.e.type = *type;
    t.e.nullable = t.e.args[1]->nullable || t.e.args[2]->nullable;
    return true;
}

Value nvl2(const Call& c) {
    MR_ASSERT(c.args.size() > 2);
    return c.args[0].null ? c.args[2] : c.args[1];
}

const FunctionInfo kConditionalFunctions[] = {
    {"in", "x,x+", "", NullRule::any, nullptr, "Whether a list has the value; null if it might.", type_in, nullptr,
     nullptr, K, true, true},
    {"if", "x,x,x", "", NullRule::any, nullptr, "The second argument if the first is true, else the third.", type_if},
    {"coalesce", "x+", "", NullRule::any, nullptr, "The first argument that is not null.", type_coalesce},
    {"ifnull", "x,x", "", NullRule::any, [](const Call& c) { return c.args[0].null ? c.args[1] : c.args[0]; },
     "The second argument where the first is null.", type_coalesce},
    {"nvl", "x,x", "", NullRule::any, [](const Call& c) { return c.args[0].null ? c.args[1] : c.args[0]; },
     "The second argument where the first is null.", type_coalesce},
    {"nvl2", "x,x,x", "", NullRule::any, nvl2, "The second argument where the first is not null, else the third.",
     type_nvl2},
};

}  // namespace

std::span<const FunctionInfo> conditional_functions() { return kConditionalFunctions; }

}  // namespace engine::spark
