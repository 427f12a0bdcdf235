// window() and session_window() of pyspark.sql.functions: durations are read when the column is made.
#include <fmt/format.h>

#include "engine/pyspark/frames.h"
#include "engine/pyspark/functions.h"
#include "engine/pyspark/interpreter.h"
#include "engine/sql/interval.h"
#include "sim/base/assert.h"

namespace engine::spark::py {

QueryError bad_interval(const std::string& text) {
    return analysis_error(
        "CANNOT_PARSE_INTERVAL",
        fmt::format("Unable to parse '{}'. Please ensure that the value provided is in a valid format for defining an "
                    "interval. You can reference the documentation for the correct format. If the issue persists, "
                    "please double check that the input value is not null or empty and try again.",
                    text),
        {});
}

PyValue window_of(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "window", "timeColumn, windowDuration, slideDuration=, startTime=", args);
    static constexpr const char* kNames[] = {"timeColumn", "windowDuration", "slideDuration", "startTime"};
    if (!in.ok()) return none();
    if (b[0].kind != Kind::text && b[0].kind != Kind::column) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_COLUMN_OR_STR] Argument `col` should be a Column or str, got {}.", type_name(b[0])));
        return none();
    }
    Expr w;
    w.kind = ExprKind::time_window;
    w.args = {column_of(b[0])};
    i64 values[3] = {0, 0, 0};
    for (std::size_t i = 1; i < 4; ++i) {
        if (b[i].kind == Kind::none && i > 1) continue;
        if (b[i].kind != Kind::text || b[i].s.empty()) {
            in.raise("PySparkTypeError",
                     fmt::format("[NOT_STR] Argument `{}` should be a str, got {}.", kNames[i], type_name(b[i])));
            return none();
        }
        const auto v = parse_interval(b[i].s);
        if (!v) {
            in.raise(bad_interval(b[i].s));
            return none();
        }
        if (v->months != 0) {
            in.raise(illegal_argument(fmt::format("Intervals greater than a month is not supported ({}).", b[i].s)));
            return none();
        }
        values[i - 1] = v->days * kMicrosPerDay + v->micros;
    }
    w.n = values[0];
    w.m = b[2].kind == Kind::none ? values[0] : values[1];
    w.k = values[2];
    return of_column(alias_of(make(std::move(w)), "window", in.session.ids.take()));
}

PyValue session_window_of(Interpreter& in, const Args& args) {
    MR_ASSERT(in.scope != nullptr);
    const Bound b = bind_args(in, "session_window", "timeColumn, gapDuration", args);
    if (!in.ok()) return none();
    if (b[1].kind != Kind::text && b[1].kind != Kind::column) {
        in.raise("PySparkTypeError",
                 fmt::format("[NOT_COLUMN_OR_STR] Argument `gapDuration` should be a Column or str, got {}.",
                             type_name(b[1])));
        return none();
    }
    // Python parses a gap given as text; SQL casts it.
    const auto gap = b[1].kind == Kind::text ? parse_interval(b[1].s) : std::nullopt;
    const ExprRef literal_gap =
        gap ? literal(list_value({int_value(gap->months), int_value(gap->days), int_value(gap->micros)}),
                      type_of(TypeId::calendar))
            : as_literal(b[1]);
    Expr w;
    w.kind = ExprKind::session_window;
    w.args = {column_of(b[0]), literal_gap};
    return of_column(alias_of(make(std::move(w)), "session_window", in.session.ids.take()));
}

}  // namespace engine::spark::py
