#include "engine/plan/boolean_equality.h"

#include "engine/plan/coerce.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// The node becomes a call of another function over booleans.
void become(Typing& t, const char* name, Exprs args) {
    MR_ASSERT(!args.empty());
    t.e.fn = find_function(name, true);
    t.e.name = name;
    t.e.nullable = nullable_by_args(args);
    t.e.args = std::move(args);
    t.e.type = type_of(TypeId::boolean);
}

ExprRef boolean_call(Typing& t, const char* name, const ExprRef& arg) {
    MR_ASSERT(arg != nullptr);
    Expr e;
    e.kind = ExprKind::call;
    e.name = name;
    e.fn = find_function(name, true);
    e.args = {arg};
    e.at = t.e.at;
    return typed(make(std::move(e)), t);
}

}  // namespace

bool boolean_equality(Typing& t, bool& done) {
    MR_ASSERT(t.e.args.size() > 0);
    Exprs& a = t.e.args;
    done = false;
    const std::string_view name = t.e.fn->name;
    if (t.ansi || (name != "=" && name != "<=>")) return false;
    for (std::size_t i = 0; i < 2; ++i) {
        if (a[i]->type.id != TypeId::boolean || !is_numeric(a[1 - i]->type)) continue;
        const ExprRef number = a[1 - i];
        if (is_literal(number) && !number->value.null) {
            const i64 v = number->type.id == TypeId::decimal   ? static_cast<i64>(number->value.dec)
                          : number->type.id == TypeId::double_ ? (number->value.d == 1   ? 1
                                                                  : number->value.d == 0 ? 0
                                                                                         : 2)
                                                               : number->value.i;
            if (v == 1 || v == 0) {
                done = true;
                const ExprRef given = a[i];
                if (name == "=") become(t, v == 1 ? "identity" : "not", {given});
                else
                    become(t, "and",
                           {boolean_call(t, "isnotnull", given), v == 1 ? given : boolean_call(t, "not", given)});
                return true;
            }
        }
        a[i] = implicit(a[i], a[1 - i]->type, t.ansi);
        return false;
    }
    return false;
}

}  // namespace engine::spark
