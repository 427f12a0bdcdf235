// Sections: the axis · counting · levels · the charts.
#include "app/view_model/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "app/view_model/make.h"
#include "app/view_model/past.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::FactKind;

constexpr std::size_t kBuckets = 120, kMostMarks = 8;

// ---- the axis ---------------------------------------------------------------------------------------

struct Axis {
    Nanos from, to;
    [[nodiscard]] double share(Nanos moment) const {
        return static_cast<double>((moment - from).count) / static_cast<double>(std::max<i64>(1, (to - from).count));
    }
    [[nodiscard]] std::size_t bucket(Nanos moment) const {
        return std::min(kBuckets - 1, static_cast<std::size_t>(std::max(0.0, share(moment)) * kBuckets));
    }
    [[nodiscard]] double bucket_seconds() const {
        return static_cast<double>((to - from).count) / 1e9 / static_cast<double>(kBuckets);
    }
};

double nice_step(double span, double count) {
    double step = 1;
    for (const double wanted = span / count; step < wanted;) {
        for (const double factor : {2.0, 2.5, 2.0}) {
            if (step >= wanted) break;
            step *= factor;
        }
    }
    return step;
}

void add_ticks(const Axis& axis, MetricsVm& vm) {
    const double seconds = static_cast<double>((axis.to - axis.from).count) / 1e9, step = nice_step(seconds, 8);
    for (double at = 0; at <= seconds; at += step)
        vm.ticks.push_back({seconds <= 0 ? 0 : at / seconds, fmt::format("{:g} s", at)});
}

void add_marks(const Axis& axis, const Scene& scene, const Past& past, MetricsVm& vm) {
    for (const u64 row : past.marked) {
        const auto& fact = scene.history().facts[row];
        const FactKind kind = engine::kind_of(fact.fact);
        const bool elected = kind == FactKind::leader,
                   mended = kind == FactKind::node_started || kind == FactKind::fault_ended;
        const bool broken = kind == FactKind::node_killed || kind == FactKind::power_cut ||
                            kind == FactKind::fault_began || kind == FactKind::node_paused;
        if (!elected && !mended && !broken) continue;
        if (elected && TopicPartition{fact.fact.subject, fact.fact.partition} != scene.focus()) continue;
        if (vm.marks.size() == kMostMarks) break;
        vm.marks.push_back({axis.share(scene.event_time(fact.index())),
                            elected  ? MetricMarkKind::elected
                            : mended ? MetricMarkKind::mended
                                     : MetricMarkKind::broken,
                            short_text(scene, fact), Scene::fact_object(fact.id)});
    }
}

// ---- counting ---------------------------------------------------------------------------------------

using Counts = std::array<double, kBuckets>;

/// Rows of a table by the moment of their event.
template <class Table>
Counts count(const Scene& scene, const Axis& axis, const Table& table, auto&& amount) {
    Counts counts{};
    for (u64 i = 0; i < table.size(); ++i)
        counts[axis.bucket(scene.event_time(table[i].event_index))] += amount(table[i]);
    return counts;
}

std::vector<double> rate(const Counts& counts, const Axis& axis) {
    std::vector<double> values;
    for (const double each : counts) values.push_back(each / std::max(1e-9, axis.bucket_seconds()));
    return values;
}

/// Levels: what has come in and not yet gone out.
std::vector<double> level(const Counts& in, const Counts& out) {
    std::vector<double> values;
    double now = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) values.push_back(std::max(0.0, now += in[i] - out[i]));
    return values;
}

/// Averages over a few buckets, so that single records do not make a comb.
std::vector<double> smooth(const std::vector<double>& values) {
    constexpr std::size_t kWidth = 4;
    std::vector<double> out;
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        if (i >= kWidth) sum -= values[i - kWidth];
        out.push_back(std::max(0.0, sum) / static_cast<double>(std::min(i + 1, kWidth)));
    }
    return out;
}

// ---- levels -----------------------------------------------------------------------------------------

std::vector<double> in_sync(const Axis& axis, const Past& past) {
    std::vector<double> values(kBuckets, 0);
    for (const LeadershipSpan& span : past.leadership)
        for (std::size_t i = axis.bucket(span.from); i <= axis.bucket(span.to); ++i)
            values[i] = span.leader == engine::kNoBroker ? 0 : static_cast<double>(span.isr.size());
    return values;
}

/// High watermark minus committed offset, over all groups.
std::vector<double> lag(const Scene& scene, const Axis& axis, bool& any) {
    std::map<TopicPartition, i64> high;
    std::map<std::pair<u64, TopicPartition>, i64> committed;
    std::vector<double> values(kBuckets, 0);
    const auto total = [&] {
        double sum = 0;
        for (const auto& [who, offset] : committed)
            if (const auto found = high.find(who.second); found != high.end())
                sum += static_cast<double>(std::max<i64>(0, found->second - offset));
        return sum;
    };
    std::size_t bucket = 0;
    const auto& facts = scene.history().facts;
    for (u64 i = 0; i < facts.size(); ++i) {
        const sim::Fact& fact = facts[i].fact;
        const TopicPartition id{fact.subject, fact.partition};
        const FactKind kind = engine::kind_of(fact);
        if (kind != FactKind::high_watermark && kind != FactKind::offsets_committed) continue;
        for (const std::size_t here = axis.bucket(scene.event_time(facts[i].index())); bucket < here; ++bucket)
            values[bucket] = total();
        if (kind == FactKind::high_watermark) high[id] = std::max(high[id], fact.n[1]);
        else committed[{static_cast<u64>(fact.n[1]), id}] = fact.n[0];
        any = any || kind == FactKind::offsets_committed;
    }
    for (; bucket < kBuckets; ++bucket) values[bucket] = total();
    return values;
}

// ---- the charts -------------------------------------------------------------------------------------

std::string shown(double value) {
    value = value < 0.05 ? 0 : value;
    return value >= 1000                                           ? grouped(static_cast<i64>(value + 0.5))
           : value == static_cast<double>(static_cast<i64>(value)) ? fmt::format("{:.0f}", value)
                                                                   : fmt::format("{:.1f}", value);
}

class Charts {
public:
    Charts(const Scene& scene, const Axis& axis, MetricsVm& vm) : vm_(vm), now_(axis.bucket(scene.at().clock)) {
        was_ = scene.since() == nullptr ? now_ : axis.bucket(scene.since()->reader.world().machine.kernel.now);
    }
    void add(std::string title, std::string unit, std::string sentence, std::vector<MetricLineVm> lines) {
        MetricVm metric{std::move(title), std::move(unit), "", "", std::move(lines), 1, std::move(sentence)};
        const std::vector<double>& first = metric.lines.front().values;
        metric.now = shown(first[now_]);
        if (const std::string was = shown(first[std::min(was_, now_)]); was != metric.now) metric.was = was;
        double most = 0;
        for (const MetricLineVm& each : metric.lines) most = std::max(most, *std::ranges::max_element(each.values));
        metric.top = std::max(1.0, nice_step(most, 1));
        vm_.metrics.push_back(std::move(metric));
    }

private:
    MetricsVm& vm_;
    std::size_t now_, was_ = 0;
};

Counts sent_bytes(const Scene& scene, const Axis& axis) {
    return count(scene, axis, scene.history().messages,
                 [](const sim::MessageSent& row) { return static_cast<double>(row.bytes); });
}

}  // namespace

MetricsVm make_metrics(const Scene& scene) {
    MetricsVm vm;
    vm.head.title = "Metrics";
    vm.head.sentence = "The same seconds in every chart. The yellow line is now; click to go to another moment.";
    const engine::History& history = scene.history();
    const Past past = past_of(scene);
    const Axis axis{past.first, std::max(past.newest, past.first + sim::seconds(1))};
    if (history.events.empty()) {
        vm.head.empty_title = "Nothing to measure yet";
        vm.head.empty_text = "Time has not begun. Press Space, or step with the full stop key.";
        return vm;
    }
    vm.from_ns = axis.from.count;
    vm.to_ns = axis.to.count;
    vm.now = std::min(1.0, axis.share(scene.at().clock));
    add_ticks(axis, vm);
    add_marks(axis, scene, past, vm);
    const auto one = [](const auto&) { return 1.0; };
    const Counts sends = count(scene, axis, history.sends, one), ends = count(scene, axis, history.outcomes, one);
    const Counts acks = count(scene, axis, history.outcomes, [](const engine::SendOutcomeRow& row) {
        return engine::failed(row.error) || !row.exception.empty() ? 0.0 : 1.0;
    });
    Charts charts(scene, axis, vm);
    charts.add("Sent and acknowledged", "records/s", "Dashed below solid: producers wait.",
               {{"sent", smooth(rate(sends, axis)), false}, {"acknowledged", smooth(rate(acks, axis)), true}});
    charts.add("Waiting for an answer", "records", "Sent, and neither acknowledged nor failed.",
               {{"", level(sends, ends), false}});
    charts.add("Handed to applications", "records/s", "What poll() returned, over all consumers.",
               {{"", smooth(rate(count(scene, axis, history.deliveries, one), axis)), false}});
    bool any_group = false;
    std::vector<double> behind = lag(scene, axis, any_group);
    if (any_group)
        charts.add("Lag of all groups", "records", "High watermark minus committed offset.",
                   {{"", std::move(behind), false}});
    if (!past.leadership.empty())
        charts.add("In sync: " + scene.name(scene.focus()), "copies", "0 while nobody leads.",
                   {{"", in_sync(axis, past), false}});
    charts.add("On the network", "bytes/s", "All messages, requests and answers.",
               {{"", smooth(rate(sent_bytes(scene, axis), axis)), false}});
    return vm;
}

}  // namespace app
