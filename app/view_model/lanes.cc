#include "app/view_model/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "app/view_model/words.h"

namespace app {
namespace {

constexpr Nanos kRoomBefore = sim::millis(400);   // around a moment that matters
constexpr Nanos kRoomAfter = sim::millis(500);
constexpr Nanos kWorthFolding = sim::millis(900);
constexpr i32 kFoldWeight = 80;                   // thousandths of what is not folded
constexpr std::size_t kMostStretches = 6;         // not folded

// ---- bars -----------------------------------------------------------------------------------------

/// Nothing of a broker that holds no replica: it is neither in sync nor out of it.
std::optional<BarKind> bar_kind(const LeadershipSpan& span, BrokerId broker) {
    if (span.leader == broker) return BarKind::leader;
    if (engine::broker::contains(span.isr, broker)) return BarKind::in_sync;
    return engine::broker::contains(span.replicas, broker) ? std::optional(BarKind::out_of_sync) : std::nullopt;
}

void add_bar(std::vector<BarVm>& bars, BarVm bar) {
    if (bar.from_ns >= bar.to_ns) return;
    const bool goes_on = !bars.empty() && bars.back().kind == bar.kind && bars.back().to_ns == bar.from_ns &&
                         bars.back().label == bar.label;
    if (goes_on) bars.back().to_ns = bar.to_ns;
    else bars.push_back(std::move(bar));
}

/// A dead process may still be in the ISR, or even be the leader by the metadata: the label says so.
std::string dead_label(const LeadershipSpan& span, BrokerId broker) {
    if (span.leader == broker) return "dead, still leader";
    return engine::broker::contains(span.isr, broker) ? "dead, still in ISR" : "";
}

// ---- axes -----------------------------------------------------------------------------------------

Nanos tick_step(Nanos whole, int ticks) {
    constexpr std::array<i64, 14> kSteps = {10,   20,   50,     100,    200,    500,     1000,
                                            2000, 5000, 10'000, 20'000, 60'000, 300'000, 600'000};
    for (const i64 ms : kSteps)
        if (whole.count / sim::millis(ms).count <= ticks) return sim::millis(ms);
    return sim::millis(3'600'000);
}

std::string tick_label(Nanos since_start, Nanos step) {
    const i64 ms = since_start.to_millis();
    if (step.count % 1'000'000'000 == 0) return fmt::format("{} s", ms / 1000);
    if (step.to_millis() % 100 == 0) return fmt::format("{}.{} s", ms / 1000, ms / 100 % 10);
    return fmt::format("{}.{:02} s", ms / 1000, ms / 10 % 100);
}

/// Ticks at whole multiples on the learner's clock; every second one has no number.
void add_ticks(const Scene& scene, TimeAxisVm& axis, Nanos from, Nanos to, Nanos step, bool small) {
    const Nanos origin = scene.world().frame->origin;
    const i64 half = small ? step.count / 2 : step.count;
    const i64 first = ((from - origin).count + half - 1) / half * half;
    for (i64 at = std::max<i64>(first, 0); at <= (to - origin).count; at += half) {
        const bool numbered = at % step.count == 0;
        axis.ticks.push_back({(origin + sim::nanos(at)).count, numbered ? tick_label(sim::nanos(at), step) : ""});
    }
}

struct Open {
    Nanos from, to;
};

std::vector<Open> open_stretches(std::vector<Nanos> busy, Nanos from, Nanos to) {
    std::ranges::sort(busy);
    std::vector<Open> open;
    for (const Nanos moment : busy) {
        const Open room{std::max(from, moment - kRoomBefore), std::min(to, moment + kRoomAfter)};
        if (room.from >= room.to) continue;
        if (!open.empty() && room.from - open.back().to < kWorthFolding)
            open.back().to = std::max(open.back().to, room.to);
        else open.push_back(room);
    }
    // Too many: the oldest go first, for what is recent matters.
    if (open.size() > kMostStretches)
        open.erase(open.begin(), open.end() - static_cast<std::ptrdiff_t>(kMostStretches));
    if (!open.empty() && open.front().from - from < kWorthFolding) open.front().from = from;
    if (!open.empty() && to - open.back().to < kWorthFolding) open.back().to = to;
    return open;
}

void add_fold(TimeAxisVm& axis, Nanos from, Nanos to, i32 weight) {
    if (from < to) axis.stretches.push_back({from.count, to.count, weight, true, span_text(to - from) + " folded"});
}

}  // namespace

std::vector<BarVm> replica_bars(const Scene& scene, const Past& past, NodeId node) {
    const BrokerId broker = scene.world().card(node).broker;
    const std::string object = scene.name(node);
    std::vector<BarVm> bars;
    for (const LeadershipSpan& span : past.leadership) {
        Nanos at = span.from;
        const auto kind = bar_kind(span, broker);
        const auto add_alive = [&](Nanos to) {
            if (kind) add_bar(bars, {at.count, std::max(at, to).count, *kind, "", object});
        };
        for (const DownSpan& down : past.down) {
            if (down.node != node || down.to <= at || down.from >= span.to) continue;
            add_alive(down.from);
            at = std::min(down.to, span.to);
            add_bar(bars,
                    {std::max(span.from, down.from).count, at.count, BarKind::dead, dead_label(span, broker), object});
        }
        add_alive(span.to);
    }
    return bars;
}

TimeAxisVm folded_axis(const Scene& scene, std::vector<Nanos> busy, Nanos from, Nanos to) {
    TimeAxisVm axis;
    const std::vector<Open> open = open_stretches(std::move(busy), from, to);
    if (open.empty()) return plain_axis(scene, from, to, 10);
    Nanos shown{};
    for (const Open& stretch : open) shown += stretch.to - stretch.from;
    const auto unit = [&](Nanos span) {
        return static_cast<i32>(std::max<i64>(1, span.count / std::max<i64>(1, shown.count / 1000)));
    };
    const Nanos step = tick_step(shown, 10);
    Nanos at = from;
    for (const Open& stretch : open) {
        add_fold(axis, at, stretch.from, kFoldWeight);
        axis.stretches.push_back({stretch.from.count, stretch.to.count, unit(stretch.to - stretch.from), false, ""});
        add_ticks(scene, axis, stretch.from, stretch.to, step, true);
        at = stretch.to;
    }
    add_fold(axis, at, to, kFoldWeight);
    return axis;
}

TimeAxisVm plain_axis(const Scene& scene, Nanos from, Nanos to, int ticks) {
    TimeAxisVm axis;
    to = std::max(to, from + sim::millis(1));
    axis.stretches.push_back({from.count, to.count, 1, false, ""});
    add_ticks(scene, axis, from, to, tick_step(to - from, ticks), false);
    return axis;
}

}  // namespace app
