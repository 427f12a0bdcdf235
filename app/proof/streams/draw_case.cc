#include <fmt/format.h>

#include <array>

#include "app/proof/streams/stream_case.h"
#include "app/proof/sweep/draw.h"

namespace app::proof {
namespace {

using sim::Prng;

constexpr i64 kFirstMoment = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr i64 kAfterAll = 24 * 3'600'000;        // later than any window, gap or range reaches

struct Drawing {
    Prng prng;
    const StreamCase& of;
    i64 now = kFirstMoment;
    i64 newest = kFirstMoment - 60'000;
    std::vector<EventRow> sent{};
};

/// Mostly whole seconds, so that times fall on the borders of windows, and often just before one.
i64 moment(Drawing& d) {
    const std::array<i64, 3> slack = {3, 15, 60};
    const u64 draw = d.prng.below(10);
    const i64 second = d.now / 1000 - d.prng.between(0, slack[draw < 6 ? 0 : draw < 9 ? 1 : 2]);
    const u64 part = d.prng.below(20);
    return second * 1000 + (part < 14 ? 0 : part < 17 ? 999 : d.prng.between(1, 998));
}

/// Not older than any watermark could be by now.
i64 punctual(const Drawing& d, i64 at_ms) {
    i64 delay = INT64_MAX;
    for (const i64 one : d.of.delays_ms) delay = std::min(delay, one < 0 ? INT64_MAX : one);
    return delay == INT64_MAX ? at_ms : std::max(at_ms, d.newest - delay + 1);
}

EventRow draw_row(Drawing& d) {
    const bool nulls = !d.of.query.plain;
    if (!d.sent.empty() && !d.of.query.punctual && percent(d.prng, 20)) return one_of(d.prng, d.sent);
    EventRow row;
    row.at_ms = moment(d);
    if (d.of.query.punctual) row.at_ms = punctual(d, row.at_ms);
    row.timed = !nulls || !percent(d.prng, 4);
    if (!nulls || !percent(d.prng, 5)) row.key = std::string(1, static_cast<char>('a' + d.prng.below(5)));
    row.valued = !nulls || !percent(d.prng, 8);
    row.value = d.prng.between(0, 6);
    if (row.timed) d.newest = std::max(d.newest, row.at_ms);
    d.sent.push_back(row);
    return row;
}

std::vector<EventRow> draw_addition(Drawing& d) {
    std::vector<EventRow> rows;
    const i64 n = percent(d.prng, 10) ? 0 : d.prng.between(1, 9);
    for (i64 i = 0; i < n; ++i) rows.push_back(draw_row(d));
    return rows;
}

RoundEnd draw_end(Drawing& d, CaseRound& round) {
    constexpr std::array<const char*, 5> kPhases = {"offsets known", "offsets logged", "state written",
                                                    "sink committed", "batch committed"};
    const u64 draw = d.prng.below(10);
    if (draw < 6) return RoundEnd::drain;
    if (draw == 6) return RoundEnd::one_batch;
    if (draw < 9) return RoundEnd::restart;
    round.crash_phase = one_of(d.prng, kPhases);
    return RoundEnd::crash;
}

std::vector<std::vector<EventRow>> draw_additions(Drawing& d) {
    std::vector<std::vector<EventRow>> added(static_cast<std::size_t>(d.prng.between(0, 2)));
    for (auto& rows : added) rows = draw_addition(d);
    return added;
}

CaseRound draw_round(Drawing& d, bool first) {
    CaseRound round;
    d.now += d.prng.between(0, 15) * 1000;
    for (std::size_t s = 0; s < d.of.delays_ms.size(); ++s) round.added.push_back(draw_additions(d));
    if (first) round.added[0].push_back({draw_row(d)});
    round.end = draw_end(d, round);
    if (round.end == RoundEnd::crash)
        for (std::size_t s = 0; s < d.of.delays_ms.size(); ++s) round.meanwhile.push_back(draw_additions(d));
    return round;
}

CaseRound closing_round(const Drawing& d) {
    CaseRound round;
    for (std::size_t s = 0; s < d.of.delays_ms.size(); ++s) {
        EventRow row;
        row.at_ms = d.now + kAfterAll;
        row.key = fmt::format("{}{}", kClosingMark, s);
        round.added.push_back({{row}});
    }
    return round;
}

}  // namespace

std::string RowFilter::sql() const {
    std::string text;
    switch (kind) {
        case FilterKind::none: return "true";
        case FilterKind::value_above: text = fmt::format("v > {}", n); break;
        case FilterKind::value_odd: text = "v % 2 = 1"; break;
        case FilterKind::value_known: text = "v IS NOT NULL"; break;
        case FilterKind::key_below: text = fmt::format("k < '{}'", static_cast<char>(n)); break;
        case FilterKind::time_from: text = fmt::format("t >= timestamp_millis({})", n); break;
    }
    return fmt::format("({} OR k LIKE '{}%')", text, kClosingMark);
}

bool RowFilter::passes(const EventRow& row) const {
    if (closes(row)) return true;
    switch (kind) {
        case FilterKind::none: return true;
        case FilterKind::value_above: return row.valued && row.value > n;
        case FilterKind::value_odd: return row.valued && row.value % 2 == 1;
        case FilterKind::value_known: return row.valued;
        case FilterKind::key_below: return !row.key.empty() && row.key[0] < static_cast<char>(n);
        case FilterKind::time_from: return row.timed && row.at_ms >= n;
    }
    return false;
}

std::vector<CaseRound> draw_rounds(u64 seed, const StreamCase& of) {
    Drawing d{Prng::forked(seed, "stream rounds"), of};
    std::vector<CaseRound> rounds;
    const i64 n = d.prng.between(2, 6);
    for (i64 i = 0; i < n; ++i) rounds.push_back(draw_round(d, i == 0));
    rounds.back().end = RoundEnd::drain;
    // The first moves the watermark past everything, the second lets go of it where no batch without data does.
    for (int i = 0; of.query.closing && i < 2; ++i) rounds.push_back(closing_round(d));
    return rounds;
}

StreamCase draw_case(u64 seed) {
    Prng prng = Prng::forked(seed, "stream case");
    StreamCase c;
    c.seed = seed;
    c.query = draw_query(seed, c.delays_ms);
    c.policy = c.delays_ms.size() > 1 && percent(prng, 40) ? "max" : "min";
    c.no_data_batches = !percent(prng, 20);
    c.partitions = prng.between(1, 4);
    c.rounds = draw_rounds(seed, c);
    return c;
}

}  // namespace app::proof
