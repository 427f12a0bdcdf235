// The timeline: a lane for each node, the axis with its idle stretches folded, branches as lines with stations.
#include "app/view_model/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/play/transcript.h"
#include "app/view_model/lanes.h"
#include "app/view_model/make.h"
#include "app/view_model/stage_parts.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/world_spark.h"

namespace app {
namespace {

using engine::FactKind;
using engine::FactRow;

constexpr std::size_t kMostMarkers = 120;    // of a lane: the last ones
constexpr u64 kMostSends = 200;              // of a producer's lane: the last ones
constexpr Nanos kBeyond = sim::millis(600);  // empty room after the newest event

// ---- markers --------------------------------------------------------------------------------------

std::string marker_label(FactKind kind) {
    switch (kind) {
        case FactKind::node_killed: return "kill";
        case FactKind::power_cut: return "power cut";
        case FactKind::node_halted: return "halts";
        case FactKind::message_dropped: return "drop";
        case FactKind::session_expired: return "expired";
        default: return "";
    }
}

bool concerns_focus(const Scene& scene, const sim::Fact& fact) {
    const bool of_partition = fact.partition >= 0;
    return !of_partition || TopicPartition{fact.subject, fact.partition} == scene.focus();
}

/// The lane on which a fact is marked: a session's end belongs to ZooKeeper, whoever it was.
NodeId lane_of(const Scene& scene, const FactRow& row) {
    const FactKind kind = engine::kind_of(row.fact);
    if (kind == FactKind::session_expired || kind == FactKind::session_closed) return scene.zookeeper();
    return row.fact.node;
}

void add_markers(const Scene& scene, const Past& past, NodeId node, LaneVm& lane) {
    for (std::size_t i = past.rows.drawn.size(); i > 0 && lane.markers.size() < kMostMarkers; --i) {
        const FactRow& row = scene.history().facts[past.rows.drawn[i - 1]];
        if (lane_of(scene, row) != node || !concerns_focus(scene, row.fact)) continue;
        if (lab::tells_again(scene.history(), row)) continue;
        const auto kind = engine::kind_of(row.fact);
        lane.markers.push_back({scene.event_time(row.index()).count, *marker_of(kind), marker_label(kind),
                                Scene::fact_object(row.id), false});
    }
    std::ranges::reverse(lane.markers);
}

// ---- ZooKeeper ------------------------------------------------------------------------------------

bool is_expiry_of(const FactRow& row, NodeId owner) {
    return engine::kind_of(row.fact) == FactKind::session_expired &&
           static_cast<sim::u16>(row.fact.n[1]) == owner.value;
}

/// From a death to the end of its session.
BarVm session_bar(const Scene& scene, const Past& past, const DownSpan& down) {
    BarVm bar{down.from.count, past.newest.count, BarKind::session,
              fmt::format("session of {}: not a word", scene.name(down.node)), "zookeeper"};
    for (const u64 place : past.rows.marked) {
        const FactRow& row = scene.history().facts[place];
        const Nanos at = scene.event_time(row.index());
        if (!is_expiry_of(row, down.node) || at < down.from) continue;
        bar.to_ns = at.count;
        bar.label =
            fmt::format("session of {}: {} s without a ping", scene.name(down.node), row.fact.n[0] / 1'000'000'000);
        break;
    }
    return bar;
}

LaneVm zookeeper_lane(const Scene& scene, const Past& past) {
    LaneVm lane{"zookeeper", "ZooKeeper", {}, {}};
    i64 at = past.first.count;
    for (const DownSpan& down : past.down) {
        if (scene.world().card(down.node).kind != engine::NodeKind::broker) continue;
        BarVm bar = session_bar(scene, past, down);
        bar.from_ns = std::max(bar.from_ns, at);
        if (bar.from_ns >= bar.to_ns) continue;
        at = bar.to_ns;
        lane.bars.push_back(std::move(bar));
    }
    add_markers(scene, past, scene.zookeeper(), lane);
    std::erase_if(lane.markers, [](const MarkerVm& marker) { return marker.kind == MarkerKind::event; });
    return lane;
}

// ---- clients --------------------------------------------------------------------------------------

struct SentSpan {
    Nanos from, to;
    bool acked = false;
    u64 records = 1;
    std::string value;
};

SentSpan span_of(const Scene& scene, const Past& past, u64 row) {
    const engine::History& history = scene.history();
    const engine::SendRow& send = history.sends[row];
    SentSpan span{scene.event_time(send.event_index), past.newest, false, 1, send.value.text};
    const u32 outcome = row < history.outcome_of.size() ? history.outcome_of[row] : engine::kNoRow;
    if (outcome == engine::kNoRow) return span;
    span.to = scene.event_time(history.outcomes[outcome].event_index);
    span.acked = history.outcomes[outcome].error == engine::ErrorCode::none;
    return span;
}

std::string sent_label(const SentSpan& span) {
    constexpr std::size_t kShort = 14;
    const std::string what = span.records > 1              ? fmt::format("{} records", span.records)
                             : span.value.size() <= kShort ? span.value
                                                           : "a record";
    return what + (span.acked ? " acked" : " not acknowledged");
}

/// Sends that overlap become one bar: it counts as acknowledged when all of it was.
std::vector<SentSpan> joined_sends(const Scene& scene, const Past& past, NodeId producer) {
    std::vector<SentSpan> spans;
    const auto* rows = scene.history().send_of.find(producer);
    const u64 count = rows == nullptr ? 0 : rows->size();
    for (u64 i = count - std::min(count, kMostSends); i < count; ++i) {
        if ((*rows)[i] == engine::kNoRow) continue;
        const SentSpan span = span_of(scene, past, (*rows)[i]);
        const bool overlaps = !spans.empty() && span.from < spans.back().to;
        if (!overlaps) {
            spans.push_back(span);
            continue;
        }
        spans.back().to = std::max(spans.back().to, span.to);
        spans.back().acked = spans.back().acked && span.acked;
        ++spans.back().records;
    }
    return spans;
}

LaneVm client_lane(const Scene& scene, const Past& past, NodeId node) {
    LaneVm lane{scene.name(node), scene.name(node), {}, {}};
    if (scene.world().card(node).kind == engine::NodeKind::producer) {
        for (const SentSpan& span : joined_sends(scene, past, node))
            lane.bars.push_back({span.from.count, span.to.count,
                                 span.acked ? BarKind::acknowledged : BarKind::not_acknowledged, sent_label(span),
                                 scene.name(node)});
    }
    add_markers(scene, past, node, lane);
    return lane;
}

std::vector<LaneVm> lanes_of(const Scene& scene, const Past& past) {
    std::vector<LaneVm> lanes;
    for (const NodeId node : scene.brokers()) {
        LaneVm lane{scene.name(node), scene.name(node), replica_bars(scene, past, node), {}};
        add_markers(scene, past, node, lane);
        lanes.push_back(std::move(lane));
    }
    if (scene.zookeeper() != sim::kNoNode) lanes.push_back(zookeeper_lane(scene, past));
    for (const engine::NodeKind kind : {engine::NodeKind::producer, engine::NodeKind::consumer})
        for (sim::u16 i = 0; i < scene.reader().node_count(); ++i)
            if (scene.world().card({i}).kind == kind) lanes.push_back(client_lane(scene, past, {i}));
    for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
        if (engine::spark_role(scene.world(), {i}).empty()) continue;
        LaneVm lane{scene.name(NodeId{i}), scene.name(NodeId{i}), spark_bars(scene, past, {i}), {}};
        add_markers(scene, past, {i}, lane);
        lanes.push_back(std::move(lane));
    }
    return lanes;
}

// ---- axis -----------------------------------------------------------------------------------------

/// Moments that deserve room: turning points, interventions, stops of the lesson, and here.
std::vector<Nanos> busy_moments(const Scene& scene, const Past& past) {
    std::vector<Nanos> busy{scene.at().clock, past.newest};
    for (const u64 place : past.rows.marked) {
        const FactRow& row = scene.history().facts[place];
        if (concerns_focus(scene, row.fact)) busy.push_back(scene.event_time(row.index()));
    }
    for (u64 i = 0; i < scene.history().inputs.size(); ++i) busy.push_back(scene.history().inputs[i].at);
    if (scene.at().following != nullptr)
        for (const lab::StepRecord& record : scene.at().following->steps)
            if (record.last_index != 0 && record.branch == scene.at().branch) busy.push_back(record.stopped);
    return busy;
}

void add_axis_markers(const Scene& scene, TimelineVm& vm) {
    const auto* following = scene.at().following;
    const lab::Lesson* lesson = scene.at().lesson;
    for (std::size_t i = 0; following != nullptr && lesson != nullptr && i < following->steps.size(); ++i) {
        const lab::StepRecord& record = following->steps[i];
        const bool told = i < lesson->steps.size() && lesson->steps[i].predict.given() && record.last_index != 0;
        if (told && record.branch == scene.at().branch)
            vm.axis_markers.push_back({record.stopped.count, MarkerKind::prediction_answered, "", "", true});
    }
    if (scene.question_open())
        vm.axis_markers.push_back({scene.at().clock.count, MarkerKind::prediction_open, "", "", true});
    const auto& bookmarks = scene.at().bookmarks;
    for (std::size_t i = 0; i < bookmarks.size(); ++i)
        if (bookmarks[i].branch == scene.at().branch)
            vm.axis_markers.push_back({bookmarks[i].moment.count, MarkerKind::bookmark, bookmarks[i].note,
                                       fmt::format("bookmark {}", i), true});
}

// ---- branches -------------------------------------------------------------------------------------

/// How many stations of a branch lie before an event.
i32 stations_before(const BranchPlace& branch, u64 index) {
    return static_cast<i32>(std::ranges::count_if(branch.stations, [&](u64 station) { return station < index; }));
}

std::vector<BranchVm> branches_of(const Scene& scene) {
    std::vector<BranchVm> out;
    const auto& all = scene.at().branches;
    for (const BranchPlace& branch : all) {
        BranchVm vm;
        vm.name = branch.name;
        vm.stations = 1 + static_cast<i32>(branch.stations.size());
        const auto parent = std::ranges::find(all, branch.parent, &BranchPlace::id);
        if (branch.id != all.front().id && parent != all.end()) {
            vm.parent = static_cast<i32>(parent - all.begin());
            vm.parent_station = stations_before(*parent, branch.fork);
        }
        if (branch.id == scene.at().branch) vm.cursor_station = stations_before(branch, scene.cursor());
        out.push_back(std::move(vm));
    }
    return out;
}

}  // namespace

const std::vector<std::string>& drawer_tabs() {
    static const std::vector<std::string> kTabs = {"Timeline", "Events", "Transcript"};
    return kTabs;
}

TimelineVm make_timeline(const Scene& scene) {
    TimelineVm vm;
    vm.tabs = drawer_tabs();
    vm.tab = scene.at().desk.drawer;
    const Past past = past_of(scene);
    vm.lanes = lanes_of(scene, past);
    vm.axis = folded_axis(scene, busy_moments(scene, past), past.first, past.newest + kBeyond);
    vm.now_ns = scene.at().clock.count;
    vm.now = scene.time(scene.at().clock);
    vm.newest_ns = past.newest.count;
    vm.beyond = "not run yet";
    vm.branches = branches_of(scene);
    add_axis_markers(scene, vm);
    return vm;
}

}  // namespace app
