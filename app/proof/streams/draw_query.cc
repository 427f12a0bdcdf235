// The queries of generated cases, by shape. Each is written twice: as the stream runs it, and as a batch over the rows
// that were not too late, with `late` as the watermark of the row's batch (spec: rows at or below it are dropped; of
// windows those that end there).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "app/proof/streams/stream_case.h"
#include "app/proof/sweep/draw.h"

namespace app::proof {
namespace {

using engine::spark::OutputMode;
using sim::Prng;

struct Draft {
    Prng prng;
    std::vector<i64>& delays_ms;
    CaseQuery out{};

    std::string condition() const { return out.filter.sql(); }
};

i64 delay(Draft& d) {
    constexpr std::array<i64, 5> kSeconds = {0, 1, 5, 10, 20};
    return one_of(d.prng, kSeconds) * 1000;
}

RowFilter draw_filter(Draft& d, bool keys) {
    switch (d.prng.below(keys ? 8 : 6)) {
        case 0: return {FilterKind::value_above, d.prng.between(0, 4)};
        case 1: return {FilterKind::value_odd, 0};
        case 2: return {FilterKind::value_known, 0};
        case 6: return {FilterKind::key_below, 'd'};
        case 7: return {FilterKind::time_from, 1'767'225'600'000 + d.prng.between(-10, 20) * 1000};
        default: return {};
    }
}

/// One to three aggregates over k and v.
std::string aggregates(Draft& d) {
    constexpr std::array<const char*, 12> kCalls = {
        "count(*)",        "count(v)",       "sum(v)",
        "min(v)",          "max(v)",         "avg(v)",
        "min(k)",          "max(k)",         "sum(CASE WHEN v % 2 = 0 THEN 1 ELSE 0 END)",
        "count_if(v > 3)", "bool_or(v > 4)", "sum(v) + count(*)"};
    std::string text;
    const i64 n = d.prng.between(1, 3);
    for (i64 i = 0; i < n; ++i) text += fmt::format("{}{} AS c{}", i ? ", " : "", one_of(d.prng, kCalls), i);
    return text;
}

std::string having(Draft& d) { return percent(d.prng, 15) ? " HAVING count(*) > 1" : ""; }

struct Span {
    i64 size = 0, slide = 0, start = 0;  ///< seconds
    [[nodiscard]] std::string call() const {
        const std::string moved = start == 0 ? "" : fmt::format(", '{} seconds'", start);
        if (slide == size && start == 0) return fmt::format("window(t, '{} seconds')", size);
        return fmt::format("window(t, '{} seconds', '{} seconds'{})", size, slide, moved);
    }
};

Span draw_span(Draft& d, bool tumbling = false) {
    constexpr std::array<i64, 4> kSizes = {3, 5, 10, 20};
    Span span;
    span.size = span.slide = one_of(d.prng, kSizes);
    if (!tumbling && percent(d.prng, 40)) span.slide = std::max<i64>(1, span.size / d.prng.between(2, 3));
    if (!tumbling && percent(d.prng, 15)) span.start = span.slide - 1;
    return span;
}

/// Grouped rows in any mode; append needs a watermark and is whole only when everything is closed.
void in_mode(Draft& d, OutputMode mode, u32 keys) {
    d.out.mode = mode;
    d.out.keys = keys;
    d.out.combine = mode == OutputMode::append   ? Combine::all_rows
                    : mode == OutputMode::update ? Combine::newest_of_key
                                                 : Combine::newest_batch;
    d.out.closing = d.out.forgets = mode == OutputMode::append;
}

OutputMode any_mode(Draft& d) {
    constexpr std::array<OutputMode, 3> kModes = {OutputMode::append, OutputMode::update, OutputMode::complete};
    return one_of(d.prng, kModes);
}

OutputMode keeping_mode(Draft& d) { return percent(d.prng, 50) ? OutputMode::update : OutputMode::complete; }

/// The watermark that the mode needs, or perhaps none.
void mark(Draft& d, OutputMode mode) {
    const bool needed = mode == OutputMode::append;
    d.delays_ms = {needed || percent(d.prng, 80) ? delay(d) : -1};
}

void rows(Draft& d) {
    d.delays_ms = {percent(d.prng, 30) ? delay(d) : -1};
    d.out.mode = percent(d.prng, 30) ? OutputMode::update : OutputMode::append;
    d.out.filter = draw_filter(d, true);
    constexpr std::array<const char*, 4> kLists = {"t, k, v", "k, v + 1 AS a, v % 3 AS b",
                                                   "upper(k) AS u, CASE WHEN v > 3 THEN 'much' ELSE 'little' END AS c",
                                                   "t, explode(array(v, v + 10)) AS e"};
    d.out.sql = d.out.batch_sql = fmt::format("SELECT {} FROM source WHERE {}", one_of(d.prng, kLists), d.condition());
}

void groups(Draft& d) {
    const OutputMode mode = keeping_mode(d);
    mark(d, mode);
    in_mode(d, mode, 1);
    d.out.filter = draw_filter(d, true);
    const std::string more = mode == OutputMode::complete ? having(d) : "";
    d.out.sql = d.out.batch_sql =
        fmt::format("SELECT k, {} FROM source WHERE {} GROUP BY k{}", aggregates(d), d.condition(), more);
}

void groups_with_state(Draft& d) {
    mark(d, OutputMode::update);
    in_mode(d, OutputMode::update, 1);
    d.out.filter = draw_filter(d, true);
    d.out.counts_groups = true;
    d.out.sql = "SELECT t, k, v FROM source WHERE " + d.condition();
    d.out.batch_sql = fmt::format("SELECT k, count(*) AS n FROM source WHERE {} GROUP BY k", d.condition());
}

void total(Draft& d) {
    mark(d, OutputMode::complete);
    in_mode(d, keeping_mode(d), 0);
    d.out.sql = d.out.batch_sql = fmt::format("SELECT {} FROM source", aggregates(d));
}

/// Windows over rows of a table expression, which the batch reads with `late` among its columns.
void over_windows(Draft& d, const std::string& from, const std::string& batch_from) {
    const Span span = draw_span(d);
    const bool keyed = percent(d.prng, 70);
    const std::string keys = keyed ? "w, k" : "w", calls = aggregates(d);
    const std::string more = d.out.mode == OutputMode::update ? "" : having(d);
    const std::string kept = d.out.mode == OutputMode::complete ? "true" : "w.end > late";
    d.out.keys = keyed ? 2 : 1;
    d.out.sql = fmt::format("SELECT {0}, {1} FROM (SELECT {2} AS w, k, v FROM {3}) GROUP BY {0}{4}", keys, calls,
                            span.call(), from, more);
    if (percent(d.prng, 50))
        d.out.sql = fmt::format("SELECT {0} AS w{1}, {2} FROM {3} GROUP BY {0}{1}{4}", span.call(), keyed ? ", k" : "",
                                calls, from, more);
    d.out.batch_sql =
        fmt::format("SELECT {0}, {1} FROM (SELECT {2} AS w, k, v, late FROM {3}) WHERE {5} GROUP BY {0}{4}", keys,
                    calls, span.call(), batch_from, more, kept);
}

void windows(Draft& d) {
    const OutputMode mode = any_mode(d);
    mark(d, mode);
    in_mode(d, mode, 2);
    d.out.filter = draw_filter(d, true);
    const std::string from = "source WHERE " + d.condition();
    over_windows(d, from, from);
}

void moments(Draft& d) {
    const OutputMode mode = any_mode(d);
    mark(d, mode);
    in_mode(d, mode, 2);
    d.out.plain = mode == OutputMode::append;
    const std::string calls = aggregates(d), kept = mode == OutputMode::complete ? "true" : "t IS NULL OR t > late";
    d.out.sql = fmt::format("SELECT t, k, {} FROM source GROUP BY t, k", calls);
    d.out.batch_sql = fmt::format("SELECT t, k, {} FROM source WHERE {} GROUP BY t, k", calls, kept);
}

void unions(Draft& d) {
    d.delays_ms = {delay(d), delay(d)};
    in_mode(d, any_mode(d), 2);
    d.out.filter = draw_filter(d, true);
    const auto both = [&](const char* columns) {
        return fmt::format("(SELECT {0} FROM source WHERE {1} UNION ALL SELECT {0} FROM other WHERE {1})", columns,
                           d.condition());
    };
    over_windows(d, both("t, k, v"), both("t, k, v, late"));
}

void with_table(Draft& d) {
    const OutputMode mode = any_mode(d);
    mark(d, mode);
    in_mode(d, mode, 2);
    const auto joined = [&](const char* columns) {
        return fmt::format("(SELECT t, name AS k, v{} FROM source LEFT JOIN kinds ON k = id)", columns);
    };
    over_windows(d, joined(""), joined(", late"));
}

/// DISTINCT is an aggregate by all columns: it gives a row once in append, when the watermark has passed it, and again
/// with each update.
void distinct_rows(Draft& d) {
    const bool timed = percent(d.prng, 60);
    const OutputMode mode = timed ? any_mode(d) : keeping_mode(d);
    mark(d, mode);
    in_mode(d, mode, 2);
    d.out.plain = mode == OutputMode::append;
    d.out.filter = draw_filter(d, true);
    const bool drops = timed && mode != OutputMode::complete;
    d.out.sql = fmt::format("SELECT DISTINCT {} FROM source WHERE {}", timed ? "t, k" : "k, v", d.condition());
    d.out.batch_sql = d.out.sql + (drops ? " AND (t IS NULL OR t > late)" : "");
}

/// dropDuplicates: the first of each key at once. It forgets keys only if the event time is one of them.
void distinct_keys(Draft& d) {
    const bool timed = percent(d.prng, 50);
    d.delays_ms = {percent(d.prng, 85) ? delay(d) : -1};
    d.out.filter = draw_filter(d, true);
    d.out.distinct = timed ? std::vector<std::string>{"k", "t"} : std::vector<std::string>{"k"};
    d.out.closing = d.out.forgets = d.out.plain = timed && d.delays_ms[0] >= 0;
    d.out.columns = static_cast<u32>(d.out.distinct.size());
    d.out.sql = "SELECT k, t, v FROM source WHERE " + d.condition();
    d.out.batch_sql = fmt::format("SELECT DISTINCT {} FROM source WHERE {} AND (t IS NULL OR t > late)",
                                  fmt::join(d.out.distinct, ", "), d.condition());
}

void distinct_windows(Draft& d) {
    d.delays_ms = {delay(d)};
    in_mode(d, OutputMode::append, 2);
    d.out.plain = true;
    const std::string once = "(SELECT DISTINCT t, k, v FROM source)";
    over_windows(d, once, "(SELECT DISTINCT t, k, v, timestamp_millis(0) AS late FROM source WHERE t > source.late)");
}

void sessions(Draft& d) {
    const OutputMode mode = percent(d.prng, 50) ? OutputMode::append : OutputMode::complete;
    mark(d, mode);
    in_mode(d, mode, 2);
    d.out.punctual = d.out.plain = mode == OutputMode::append;
    const i64 gap = d.prng.between(1, 8);
    const std::string calls = aggregates(d);
    const auto text = [&](const char* kept) {
        return fmt::format(
            "SELECT session_window(t, '{0} seconds') AS s, k, {1} FROM source WHERE {2} GROUP BY "
            "session_window(t, '{0} seconds'), k",
            gap, calls, kept);
    };
    d.out.sql = text("true");
    d.out.batch_sql = text(fmt::format("t + INTERVAL {} SECONDS > late", gap).c_str());
}

/// `a` and `b` joined in the words of `on`; the batch leaves out what `kept` does not hold for.
std::string join_text(const char* list, const char* type, const std::string& inner, const char* on, const char* kept) {
    return fmt::format(
        "SELECT {0} FROM (SELECT {2}, k, v FROM source{4}) a {1} JOIN (SELECT {2}, k, v FROM other{4}) b ON {3}", list,
        type, inner, on, kept);
}

void join_rows(Draft& d) {
    constexpr std::array<const char*, 5> kTypes = {"", "LEFT", "RIGHT", "FULL", "LEFT SEMI"};
    d.delays_ms = {delay(d), delay(d)};
    d.out.plain = true;
    d.out.closing = d.out.forgets = true;
    const std::string type = one_of(d.prng, kTypes);
    const char* list =
        type == "LEFT SEMI" ? "a.k, a.t, a.v" : "a.k AS k, a.t AS t, a.v AS v, b.k AS l, b.t AS u, b.v AS x";
    std::string on = "a.k = b.k AND a.t = b.t";
    if (percent(d.prng, 75)) {
        const i64 after = d.prng.between(0, 8);
        const char* most = percent(d.prng, 50) ? "<=" : "<";
        const i64 before = d.prng.between(0, 5);
        on = fmt::format("a.k = b.k AND b.t >= a.t - INTERVAL {} SECONDS AND b.t {} a.t + INTERVAL {} SECONDS", before,
                         most, after);
    }
    if (percent(d.prng, 30)) on += " AND a.v <= b.v";
    // In other joins this moves below the watermark. By < or > Spark would take it for a bound of the event time.
    if ((type == "LEFT" || type == "FULL") && percent(d.prng, 30)) on += " AND a.v <> 1";
    d.out.sql = join_text(list, type.c_str(), "t", on.c_str(), "");
    d.out.batch_sql = join_text(list, type.c_str(), "t", on.c_str(), " WHERE t > late");
}

void join_for_ever(Draft& d) {
    const bool marked = percent(d.prng, 70);
    d.delays_ms = {marked ? delay(d) : -1, marked ? delay(d) : -1};
    d.out.plain = true;
    // A time that nobody reads is left out, and with it the judgement of its rows.
    const char* list = "a.k AS k, a.t AS t, a.v AS v, b.t AS u, b.v AS x";
    const char* on = percent(d.prng, 50) ? "a.k = b.k" : "a.k = b.k AND a.v = b.v";
    d.out.sql = join_text(list, "", "t", on, "");
    d.out.batch_sql = join_text(list, "", "t", on, " WHERE t > late");
}

void join_windows(Draft& d) {
    d.delays_ms = {delay(d), delay(d)};
    d.out.plain = d.out.closing = d.out.forgets = true;
    const Span span = draw_span(d, true);
    const std::string list = "a.k AS k, a.w AS w, a.v AS v, b.v AS x", on = "a.w = b.w AND a.k = b.k";
    const char* type = percent(d.prng, 50) ? "" : "LEFT";
    d.out.sql = join_text(list.c_str(), type, span.call() + " AS w", on.c_str(), "");
    const auto side = [&](const char* view) {
        return fmt::format("(SELECT w, k, v FROM (SELECT {} AS w, k, v, late FROM {}) WHERE w.end > late)", span.call(),
                           view);
    };
    d.out.batch_sql =
        fmt::format("SELECT {} FROM {} a {} JOIN {} b ON {}", list, side("source"), type, side("other"), on);
}

void join_then_windows(Draft& d) {
    d.delays_ms = {delay(d), delay(d)};
    in_mode(d, OutputMode::append, 2);
    d.out.plain = true;
    const i64 range = d.prng.between(0, 8);
    const auto on = fmt::format("a.k = b.k AND b.t >= a.t AND b.t <= a.t + INTERVAL {} SECONDS", range);
    const char* list = "a.k AS k, a.t AS t, b.v AS v";
    over_windows(d, "(" + join_text(list, "", "t", on.c_str(), "") + ")",
                 "(SELECT *, timestamp_millis(0) AS late FROM (" +
                     join_text(list, "", "t", on.c_str(), " WHERE t > late") + "))");
}

struct Shape {
    const char* name;
    void (*draw)(Draft&);
};
constexpr std::array kShapes = {
    Shape{"rows", rows},
    Shape{"groups", groups},
    Shape{"total", total},
    Shape{"groups with state", groups_with_state},
    Shape{"windows", windows},
    Shape{"windows", windows},
    Shape{"windows", windows},
    Shape{"moments", moments},
    Shape{"union", unions},
    Shape{"static join", with_table},
    Shape{"distinct rows", distinct_rows},
    Shape{"distinct keys", distinct_keys},
    Shape{"distinct, then windows", distinct_windows},
    Shape{"sessions", sessions},
    Shape{"join", join_rows},
    Shape{"join", join_rows},
    Shape{"join for ever", join_for_ever},
    Shape{"join of windows", join_windows},
    Shape{"join, then windows", join_then_windows},
};

}  // namespace

CaseQuery draw_query(u64 seed, std::vector<i64>& delays_ms) {
    Draft d{Prng::forked(seed, "stream query"), delays_ms};
    const Shape& shape = one_of(d.prng, kShapes);
    d.out.shape = shape.name;
    shape.draw(d);
    return std::move(d.out);
}

}  // namespace app::proof
