#include "engine/stream/join_watermark.h"

#include <cmath>

#include "engine/plan/optimise.h"
#include "engine/plan/outputs.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

/// A sum of signed event times and a constant (microseconds).
struct Linear {
    double own = 0;  ///< factor of this side's time
    double other = 0;
    double constant = 0;
    bool ok = true;
};

Linear scaled(Linear l, double by) { return {l.own * by, l.other * by, l.constant * by, l.ok}; }
Linear sum(const Linear& a, const Linear& b) {
    return {a.own + b.own, a.other + b.other, a.constant + b.constant, a.ok && b.ok};
}

constexpr double kMicros = 1e6;

Linear of_literal(const ExprRef& e) {
    const double v = e->type.id == TypeId::double_ || e->type.id == TypeId::float_ ? e->value.d
                     : e->type.id == TypeId::decimal ? static_cast<double>(e->value.dec) / std::pow(10.0, e->type.b)
                                                     : static_cast<double>(e->value.i);
    switch (e->type.id) {
        case TypeId::day_time:
        case TypeId::timestamp:
        case TypeId::timestamp_ntz: return {0, 0, static_cast<double>(e->value.i), !e->value.null};
        case TypeId::calendar: {
            const Values& parts = items_of(e->value);
            return {0, 0, static_cast<double>(parts[1].i) * 86400 * kMicros + static_cast<double>(parts[2].i),
                    parts[0].i == 0};
        }
        case TypeId::string:
        case TypeId::boolean:
        case TypeId::year_month: return {0, 0, 0, false};
        default: return {0, 0, v * kMicros, !e->value.null};
    }
}

Linear linear(const ExprRef& e, const Exprs& own, const Exprs& other) {
    MR_ASSERT(e != nullptr);
    switch (e->kind) {
        case ExprKind::literal: return of_literal(e);
        case ExprKind::attribute:
            if (contains_id(own, e->id)) return {1, 0, 0, e->watermark_ms >= 0 || e->type.id != TypeId::string};
            return {0, 1, 0, contains_id(other, e->id)};
        case ExprKind::cast: {
            const TypeId from = e->args[0]->type.id, to = e->type.id;
            const bool numeric =
                to == TypeId::bigint || to == TypeId::double_ || to == TypeId::decimal || to == TypeId::timestamp;
            if (!numeric || from == TypeId::string) return {0, 0, 0, false};
            return linear(e->args[0], own, other);
        }
        case ExprKind::call: break;
        default: return {0, 0, 0, false};
    }
    if (e->name == "negative") return scaled(linear(e->args[0], own, other), -1);
    if (e->args.size() == 2 && (e->name == "+" || e->name == "-"))
        return sum(linear(e->args[0], own, other), scaled(linear(e->args[1], own, other), e->name == "+" ? 1 : -1));
    if (e->name == "identity" || e->name == "knownnullable" || e->name == "precisetimestampconversion")
        return linear(e->args[0], own, other);
    return {0, 0, 0, false};
}

/// The bound one comparison gives, if it bounds this side from below by the other side's time.
std::optional<double> bound_of(const ExprRef& c, const Exprs& own, const Exprs& other, double watermark) {
    const bool less = is_call(c, "<") || is_call(c, "<="), more = is_call(c, ">") || is_call(c, ">=");
    if (!less && !more) return std::nullopt;
    const bool strict = c->name.size() == 1;
    // as `smaller < larger`
    const Linear smaller = linear(c->args[less ? 0 : 1], own, other),
                 larger = linear(c->args[less ? 1 : 0], own, other);
    const Linear all = sum(larger, scaled(smaller, -1));  // all > 0
    if (!all.ok || all.own != 1 || all.other != -1) return std::nullopt;
    // own > other - constant: rows at or below watermark - constant match nothing that is to come
    return watermark - all.constant - (strict ? 0 : 1000);
}

}  // namespace

std::optional<i64> state_watermark(const ExprRef& condition, const Exprs& own, const Exprs& other, i64 watermark_ms) {
    MR_ASSERT(watermark_ms >= 0);
    if (!condition) return std::nullopt;
    Exprs parts;
    conjuncts_of(condition, parts);
    std::optional<double> lowest;
    for (const ExprRef& c : parts) {
        const auto b = bound_of(c, own, other, static_cast<double>(watermark_ms) * 1000);
        if (b && (!lowest || *b < *lowest)) lowest = b;
    }
    if (!lowest) return std::nullopt;
    return static_cast<i64>(std::floor(*lowest / 1000));
}

}  // namespace engine::spark
