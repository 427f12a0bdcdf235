#include "engine/plan/decimal_bound.h"

#include <limits>

#include "engine/sql/decimal.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// The node becomes a truth that is known.
void become_truth(Typing& t, bool truth) {
    t.e.kind = ExprKind::literal;
    t.e.fn = nullptr;
    t.e.name.clear();
    t.e.args.clear();
    t.e.value = bool_value(truth);
    t.e.type = type_of(TypeId::boolean);
    t.e.nullable = false;
}

}  // namespace

bool decimal_bound(Typing& t) {
    MR_ASSERT(t.e.args.size() == 2 && t.e.fn != nullptr);
    const std::string_view name = t.e.fn->name;
    if (name[0] != '<' && name[0] != '>') return false;
    if (name == "<=>") return false;
    const auto is_bound = [&](std::size_t i) {
        const ExprRef &bound = t.e.args[i], &other = t.e.args[1 - i];
        return is_literal(bound) && bound->type.id == TypeId::decimal && !bound->value.null && is_integral(other->type);
    };
    if (!is_bound(0) && !is_bound(1)) return false;
    const std::size_t at = is_bound(0) ? 0 : 1;
    const ExprRef& bound = t.e.args[at];
    // Read with the whole number on the left.
    const bool more = (name[0] == '>') == (at == 1), equal = name.size() == 2;
    const auto low = rescale(bound->value.dec, bound->type.b, 0, Rounding::floor),
               high = rescale(bound->value.dec, bound->type.b, 0, Rounding::ceiling);
    MR_ASSERT(low && high && *low <= *high);
    if (*low < std::numeric_limits<i64>::min()) return become_truth(t, more), true;
    if (*high > std::numeric_limits<i64>::max()) return become_truth(t, !more), true;
    const i128 whole = more == equal ? *high : *low;
    t.e.args[at] = literal(int_value(static_cast<i64>(whole)), type_of(TypeId::bigint), bound->at);
    return false;
}

}  // namespace engine::spark
