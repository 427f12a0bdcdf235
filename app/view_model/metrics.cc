// Sections: the axis · counting · levels · the charts.
#include "app/view_model/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "app/view_model/make.h"
#include "app/view_model/past.h"
#include "app/view_model/telling.h"
#include "app/view_model/walked_once.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::FactKind;

constexpr std::size_t kBuckets = 120, kMostMarks = 8;

// ---- the axis ---------------------------------------------------------------------------------------

struct Axis {
    Axis(const Scene& scene, Nanos begin, Nanos end) : from(begin), to(end) {
        const engine::History& history = scene.history();
        for (std::size_t i = 0; i <= kBuckets; ++i)
            first_event[i] = history.first_index + history.events.partition_point([&](const sim::EventRow& row) {
                return i == kBuckets || bucket(row.at) < i;
            });
        MR_ASSERT(std::ranges::is_sorted(first_event));
    }

    Nanos from, to;
    std::array<u64, kBuckets + 1> first_event{};  // of each bucket; behind the last one the end

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
    for (const u64 row : past.rows.marked) {
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

/// What the rows of each bucket come to, by the moment of their event; `sum_before(i)`: of all rows before row i.
template <class Table>
Counts count(const Axis& axis, const Table& table, auto&& sum_before) {
    Counts counts{};
    u64 begin = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const u64 end = i + 1 == kBuckets ? table.size() : engine::rows_before(table, axis.first_event[i + 1]);
        MR_ASSERT(begin <= end);
        counts[i] = static_cast<double>(sum_before(end) - sum_before(begin));
        begin = end;
    }
    return counts;
}

u64 as_many(u64 rows) { return rows; }

/// Sums of a table: item i is the sum of the rows up to row i.
struct Sums {
    sim::PersistentVec<u64> up_to;
    void add(u64 amount) { up_to.push_back(amount + (up_to.empty() ? 0 : up_to.back())); }
    u64 operator()(u64 rows) const { return rows == 0 ? 0 : up_to[rows - 1]; }
};

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

/// High watermark minus committed offset, over all groups, as facts tell it.
struct ToldLag {
    struct OfPartition {
        std::optional<i64> high;
        std::vector<std::pair<u64, i64>> committed;   // by group
        [[nodiscard]] i64 behind() const {
            i64 sum = 0;
            for (const auto& [group, offset] : committed) sum += high ? std::max<i64>(0, *high - offset) : 0;
            return sum;
        }
    };
    struct Level {
        u64 event_index = 0;
        i64 behind = 0;
    };
    std::map<TopicPartition, OfPartition> partitions;
    sim::PersistentVec<Level> levels;
    bool any_group = false;

    void take(const engine::FactRow& row) {
        const FactKind kind = engine::kind_of(row.fact);
        if (kind != FactKind::high_watermark && kind != FactKind::offsets_committed) return;
        OfPartition& its = partitions[{row.fact.subject, row.fact.partition}];
        const i64 before = its.behind(), told = levels.empty() ? 0 : levels.back().behind;
        if (kind == FactKind::high_watermark) its.high = std::max(its.high.value_or(0), row.fact.n[1]);
        else set_committed(its, static_cast<u64>(row.fact.n[1]), row.fact.n[0]);
        const i64 now = told - before + its.behind();
        MR_ASSERT(now >= 0);
        if (now != told) levels.push_back({row.index(), now});
    }

private:
    void set_committed(OfPartition& its, u64 group, i64 offset) {
        any_group = true;
        const auto known = std::ranges::find(its.committed, group, &std::pair<u64, i64>::first);
        if (known != its.committed.end()) known->second = offset;
        else its.committed.emplace_back(group, offset);
    }
};

/// The level at the end of each bucket.
std::vector<double> lag(const Axis& axis, const ToldLag& told) {
    std::vector<double> values;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const u64 rows = engine::rows_before(told.levels, axis.first_event[i + 1]);
        values.push_back(rows == 0 ? 0 : static_cast<double>(told.levels[rows - 1].behind));
    }
    return values;
}

const ToldLag& told_lag(const engine::History& history) {
    thread_local WalkedOnce<engine::FactRow, ToldLag> walked;
    return walked.over(history.facts, [](ToldLag& sum, const engine::FactRow& row, u64) { sum.take(row); });
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

Counts acknowledged(const Scene& scene, const Axis& axis) {
    thread_local WalkedOnce<engine::SendOutcomeRow, Sums> walked;
    const auto& outcomes = scene.history().outcomes;
    return count(axis, outcomes, walked.over(outcomes, [](Sums& sums, const engine::SendOutcomeRow& row, u64) {
        sums.add(engine::failed(row.error) || !row.exception.empty() ? 0 : 1);
    }));
}

Counts sent_bytes(const Scene& scene, const Axis& axis) {
    thread_local WalkedOnce<sim::MessageSent, Sums> walked;
    const auto& messages = scene.history().messages;
    return count(axis, messages, walked.over(messages, [](Sums& sums, const sim::MessageSent& row, u64) {
        sums.add(row.bytes);
    }));
}

}  // namespace

MetricsVm make_metrics(const Scene& scene) {
    MetricsVm vm;
    vm.head.title = "Metrics";
    vm.head.sentence = "The same seconds in every chart. The yellow line is now; click to go to another moment.";
    const engine::History& history = scene.history();
    const Past past = past_of(scene);
    const Axis axis(scene, past.first, std::max(past.newest, past.first + sim::seconds(1)));
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
    const Counts sends = count(axis, history.sends, as_many), ends = count(axis, history.outcomes, as_many);
    const Counts acks = acknowledged(scene, axis);
    Charts charts(scene, axis, vm);
    charts.add("Sent and acknowledged", "records/s", "Dashed below solid: producers wait.",
               {{"sent", smooth(rate(sends, axis)), false}, {"acknowledged", smooth(rate(acks, axis)), true}});
    charts.add("Waiting for an answer", "records", "Sent, and neither acknowledged nor failed.",
               {{"", level(sends, ends), false}});
    charts.add("Handed to applications", "records/s", "What poll() returned, over all consumers.",
               {{"", smooth(rate(count(axis, history.deliveries, as_many), axis)), false}});
    if (const ToldLag& told = told_lag(history); told.any_group)
        charts.add("Lag of all groups", "records", "High watermark minus committed offset.",
                   {{"", lag(axis, told), false}});
    if (!past.leadership.empty())
        charts.add("In sync: " + scene.name(scene.focus()), "copies", "0 while nobody leads.",
                   {{"", in_sync(axis, past), false}});
    charts.add("On the network", "bytes/s", "All messages, requests and answers.",
               {{"", smooth(rate(sent_bytes(scene, axis), axis)), false}});
    return vm;
}

}  // namespace app
