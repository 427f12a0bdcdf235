// sequence(): numbers, dates and timestamps from a start to an end by a step.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/coerce.h"
#include "engine/plan/eval.h"
#include "engine/plan/fn_table.h"
#include "engine/plan/print.h"
#include "engine/sql/interval.h"
#include "engine/sql/zone.h"
#include "sim/base/assert.h"

namespace engine::spark {

namespace {

constexpr i64 kMaxSequence = 50'000'000;
static_assert(kMaxSequence > 0 && kMaxSequence < INT32_MAX);

bool type_sequence(Typing& t) {
    MR_ASSERT(t.e.fn != nullptr);
    Exprs& a = t.e.args;
    const auto common = wider_type(a[0]->type, a[1]->type, t.ansi);
    if (!common || !(is_integral(*common) || is_datetime(*common)))
        return t.refuse(
            "SEQUENCE_WRONG_INPUT_TYPES",
            fmt::format(
                "`sequence` uses the wrong parameter type. The parameter type must conform to:\n1. The start and stop "
                "expressions must resolve to the same type.\n2. If start and stop expressions resolve to the "
                "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\") type, then the step expression must resolve to the "
                "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\") type.\n3. Otherwise, if "
                "start and stop "
                "expressions resolve to the \"INTEGRAL\" type, then the step expression must resolve to the same "
                "type."));
    a[0] = implicit(a[0], *common, t.ansi);
    a[1] = implicit(a[1], *common, t.ansi);
    if (a.size() > 2 && is_integral(*common)) a[2] = implicit(a[2], *common, t.ansi);
    if (a.size() > 2 && a[2]->type.id == TypeId::string && is_datetime(*common))
        a[2] = implicit(a[2], type_of(TypeId::calendar), t.ansi);
    t.e.type = array_type(*common, false);
    t.e.nullable = nullable_by_args(a);
    return true;
}

Value bad_step(const Call& c, const std::string& start, const std::string& stop, const std::string& step) {
    // Generated code words it without Scala's require().
    const bool folded = std::all_of(c.e.args.begin(), c.e.args.end(), [](const ExprRef& a) { return foldable(a); });
    QueryError error = illegal_argument(fmt::format("{}Illegal sequence boundaries: {} to {} by {}",
                                                    folded ? "requirement failed: " : "", start, stop, step));
    c.cx.failure.set(std::move(error));
    return null_value();
}

Value sequence_of_numbers(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const i64 from = c.args[0].i, to = c.args[1].i;
    const i64 step = c.args.size() > 2 ? c.args[2].i : from <= to ? 1 : -1;
    if ((step > 0 && from > to) || (step < 0 && from < to) || (step == 0 && from != to))
        return bad_step(c, std::to_string(from), std::to_string(to), std::to_string(step));
    const i64 n = step == 0 ? 1 : static_cast<i64>((static_cast<i128>(to) - from) / step) + 1;
    if (n > kMaxSequence)
        return c.fail("SparkRuntimeException", "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
                      fmt::format("Can't create array with {} elements which exceeding the array size limit "
                                  "2147483632, the value returned by the function `count` is too big.",
                                  n),
                      false);
    if (!c.cx.spend(n, n * 96)) return null_value();
    Values out;
    out.reserve(static_cast<std::size_t>(n));
    for (i64 i = 0; i < n; ++i) out.push_back(int_value(from + i * step));
    return list_value(std::move(out));
}

Value sequence(const Call& c) {
    MR_ASSERT(c.args.size() == c.e.args.size());
    const DataType& type = c.type(0);
    if (is_integral(type)) return sequence_of_numbers(c);
    i64 months = 0, days = 0, micros = 0;
    if (c.args.size() < 3) days = c.args[0].i <= c.args[1].i ? 1 : -1;
    else if (c.type(2).id == TypeId::calendar)
        months = items_of(c.args[2])[0].i, days = items_of(c.args[2])[1].i, micros = items_of(c.args[2])[2].i;
    else (c.type(2).id == TypeId::year_month ? months : micros) = c.args[2].i;
    const bool zoned = type.id == TypeId::timestamp, date = type.id == TypeId::date;
    const auto local = [&](i64 v) { return date ? v * kMicrosPerDay : zoned ? to_local(c.cx.clock.zone, v) : v; };
    const i64 from = local(c.args[0].i), to = local(c.args[1].i);
    const bool up = months > 0 || days > 0 || micros > 0;
    if ((months == 0 && days == 0 && micros == 0) || (up ? from > to : from < to))
        return bad_step(c, std::to_string(c.args[0].i), std::to_string(c.args[1].i), "step");
    Values out;
    for (i64 i = 0; c.cx.spend(1, 96); ++i) {
        const i64 day = floor_div(from, kMicrosPerDay);
        const i64 v =
            (add_months(day, months * i) + days * i) * kMicrosPerDay + (from - day * kMicrosPerDay) + micros * i;
        if (up ? v > to : v < to) break;
        out.push_back(int_value(date ? floor_div(v, kMicrosPerDay) : zoned ? to_utc(c.cx.clock.zone, v) : v));
        if (static_cast<i64>(out.size()) > kMaxSequence) break;
    }
    return list_value(std::move(out));
}

const FunctionInfo kSequenceFunctions[] = {
    {"sequence", "x,x,x?", "", ST, sequence, "Values from a start to an end by a step.", type_sequence},
};

}  // namespace

std::span<const FunctionInfo> sequence_functions() { return kSequenceFunctions; }

}  // namespace engine::spark
