#include "engine/stream/join_watermark.h"

#include <algorithm>
#include <cmath>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A sum of signed columns and a constant (microseconds).
struct Linear {
    double own = 0;  ///< factor of this side's column: any column of it counts, not its event time alone
    double other = 0;  ///< factor of the other side's event time
    double constant = 0;
    int owns = 0;  ///< how often this side's columns stand in it
    bool ok = true;
};

Linear scaled(Linear l, double by) { return {l.own * by, l.other * by, l.constant * by, l.owns, l.ok}; }
Linear sum(const Linear& a, const Linear& b) {
    return {a.own + b.own, a.other + b.other, a.constant + b.constant, a.owns + b.owns, a.ok && b.ok};
}
Linear constant(double micros, bool ok = true) { return {0, 0, micros, 0, ok}; }
Linear unknown() { return constant(0, false); }

constexpr double kMicros = 1e6;

Linear of_literal(const ExprRef& e) {
    const double v = e->type.id == TypeId::double_ || e->type.id == TypeId::float_ ? e->value.d
                     : e->type.id == TypeId::decimal ? static_cast<double>(e->value.dec) / std::pow(10.0, e->type.b)
                                                     : static_cast<double>(e->value.i);
    switch (e->type.id) {
        case TypeId::day_time: case TypeId::timestamp: case TypeId::timestamp_ntz:
            return constant(static_cast<double>(e->value.i), !e->value.null);
        case TypeId::calendar: {
            const Values& parts = items_of(e->value);
            return constant(static_cast<double>(parts[1].i) * 86400 * kMicros + static_cast<double>(parts[2].i),
                            parts[0].i == 0);
        }
        case TypeId::string: case TypeId::boolean: case TypeId::year_month: return unknown();
        default: return constant(v * kMicros, !e->value.null);  // a number means seconds
    }
}

Linear linear(const ExprRef& e, const Exprs& own, const Exprs& other) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::literal: return of_literal(e);
        case ExprKind::attribute:
            if (contains_id(own, e->id)) return {1, 0, 0, 1, true};
            return {0, 1, 0, 0, std::ranges::any_of(other, [&](const ExprRef& c) {
                        return c->id == e->id && c->watermark_ms >= 0;
                    })};
        case ExprKind::cast: {
            const TypeId from = e->args[0]->type.id, to = e->type.id;
            const bool numeric =
                to == TypeId::bigint || to == TypeId::double_ || to == TypeId::decimal || to == TypeId::timestamp;
            if (!numeric || from == TypeId::string) return unknown();
            return linear(e->args[0], own, other);
        }
        case ExprKind::call: break;
        default: return unknown();
    }
    if (e->name == "negative") return scaled(linear(e->args[0], own, other), -1);
    if (e->args.size() == 2 && (e->name == "+" || e->name == "-"))
        return sum(linear(e->args[0], own, other), scaled(linear(e->args[1], own, other), e->name == "+" ? 1 : -1));
    if (e->name == "identity" || e->name == "knownnullable" || e->name == "precisetimestampconversion")
        return linear(e->args[0], own, other);
    return unknown();
}

/// The bound that one comparison gives for this side (milliseconds): the value below which its column must not be, with
/// the watermark in the place of the other side's time. Spark asks neither that the column is this side's event time
/// nor that the other side is named: `id > 1` bounds the event time to the second after 1970.
std::optional<i64> bound_of(const ExprRef& c, const Exprs& own, const Exprs& other, double watermark) {
    const bool less = is_call(c, "<") || is_call(c, "<="), more = is_call(c, ">") || is_call(c, ">=");
    if (!less && !more) return std::nullopt;
    const bool strict = c->name.size() == 1;
    // as `smaller < larger`
    const Linear smaller = linear(c->args[less ? 0 : 1], own, other),
                 larger = linear(c->args[less ? 1 : 0], own, other);
    const Linear all = sum(larger, scaled(smaller, -1));  // all > 0
    if (!all.ok || all.own != 1 || all.owns != 1) return std::nullopt;
    // own > -other - constant: rows at or below that match nothing that is to come
    const double bound = -(all.other * watermark + all.constant);
    return static_cast<i64>(bound / 1000) - (strict ? 0 : 1);
}

}  // namespace

std::optional<i64> state_watermark(const ExprRef& condition, const Exprs& own, const Exprs& other, i64 watermark_ms) {
    MR_ASSERT(!own.empty());  // below another join a watermark may lie before 1970
    if (!condition) return std::nullopt;
    Exprs parts;
    conjuncts_of(condition, parts);
    std::optional<i64> lowest;
    for (const ExprRef& c : parts) {
        const auto b = bound_of(c, own, other, static_cast<double>(watermark_ms) * 1000);
        if (b && (!lowest || *b < *lowest)) lowest = b;
    }
    return lowest;
}

}  // namespace engine::spark
