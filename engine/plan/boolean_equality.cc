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

/// What a number means as a truth value: 1 and 0 mean one, others none.
std::optional<bool> truth_of(const ExprRef& number) {
    if (!is_literal(number) || number->value.null) return std::nullopt;
    const Value& v = number->value;
    const auto meant = [](bool one, bool zero) { return one || zero ? std::optional(one) : std::nullopt; };
    if (number->type.id == TypeId::decimal) return meant(static_cast<i64>(v.dec) == 1, static_cast<i64>(v.dec) == 0);
    if (number->type.id == TypeId::double_) return meant(v.d == 1, v.d == 0);
    return meant(v.i == 1, v.i == 0);
}

/// `b = true` is b, `b = false` is not b; `<=>` asks first that there is a b.
void compare_with(Typing& t, const ExprRef& boolean, bool truth) {
    if (std::string_view(t.e.fn->name) == "=") return become(t, truth ? "identity" : "not", {boolean});
    const ExprRef holds = truth ? boolean : boolean_call(t, "not", boolean);
    become(t, "and", {boolean_call(t, "isnotnull", boolean), holds});
}

}  // namespace

bool boolean_equality(Typing& t) {
    MR_ASSERT(t.e.args.size() > 0);
    Exprs& a = t.e.args;
    const std::string_view name = t.e.fn->name;
    if (t.ansi || (name != "=" && name != "<=>")) return false;
    const auto beside_number = [&](std::size_t i) {
        return a[i]->type.id == TypeId::boolean && is_numeric(a[1 - i]->type);
    };
    if (!beside_number(0) && !beside_number(1)) return false;
    const std::size_t i = beside_number(0) ? 0 : 1;
    if (const auto truth = truth_of(a[1 - i])) {
        compare_with(t, ExprRef(a[i]), *truth);
        return true;
    }
    a[i] = implicit(a[i], a[1 - i]->type, t.ansi);
    return false;
}

}  // namespace engine::spark
