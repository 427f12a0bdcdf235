// Messages, lifelines and the cone of the Space-time view. Causes are those that events recorded: an event was
// scheduled by another one, or continues it.
#include "app/view_model/space_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/view_model/make.h"
#include "app/view_model/past.h"
#include "app/view_model/record_trace.h"
#include "app/view_model/telling.h"
#include "app/view_model/why.h"
#include "app/view_model/words.h"

namespace app {
namespace {

using engine::FactRow;
using sim::MessageEnded;
using sim::MessageSent;

constexpr int kMostHops = 14;             // back from the selected event
constexpr std::size_t kMostAfter = 8;     // messages that came of it
constexpr std::size_t kMostLost = 4;
constexpr u64 kLookAhead = 3000;          // events
constexpr std::size_t kMostTurns = 8;
constexpr Nanos kLookBefore = sim::seconds(1);
constexpr Nanos kWorthAGap = sim::millis(600);

struct RawPoint {
    Nanos at;
    NodeId node;
    ConePart part = ConePart::unrelated;
    const FactRow* fact = nullptr;
};

struct RawMessage {
    const MessageSent* sent = nullptr;
    const MessageEnded* ended = nullptr;
    ConePart part = ConePart::unrelated;
};

class Diagram {
public:
    explicit Diagram(const Scene& scene) : scene_(scene), history_(scene.history()) {
        for (const NodeId node : scene.brokers()) lanes_.push_back(node);
        std::vector<NodeId> producers, others;
        for (sim::u16 i = 0; i < scene.reader().node_count(); ++i) {
            const engine::NodeKind kind = scene.world().card({i}).kind;
            if (kind == engine::NodeKind::producer) producers.push_back({i});
            if (kind == engine::NodeKind::consumer || kind == engine::NodeKind::zookeeper) others.push_back({i});
        }
        lanes_.insert(lanes_.begin(), producers.begin(), producers.end());
        lanes_.insert(lanes_.end(), others.begin(), others.end());
    }

    bool find_anchor() {
        const Object& selected = scene_.selected();
        const FactRow* fact = selected.kind == ObjectKind::nothing ? nullptr : deciding_fact(scene_, selected);
        if (fact == nullptr) fact = headline_of(scene_);
        if (fact == nullptr && !scene_.has_event()) return false;
        anchor_ = fact != nullptr ? fact->index() : scene_.here();
        add_point(anchor_, ConePart::selected, fact);
        return true;
    }

    void look_back() {
        u64 event = anchor_;
        for (int hops = 0; hops < kMostHops; ++hops) {
            take_arrival(event, ConePart::led_to_it);
            event = parent_of(history_, event);
            if (event == sim::kNoEvent) break;
            add_point(event, ConePart::led_to_it, nullptr);
        }
    }

    /// Events that the selected one scheduled, and what they scheduled: as far as the branch knows.
    void look_ahead() {
        std::vector<u64> came{anchor_};
        const u64 end = std::min(history_.first_index + history_.events.size(), anchor_ + kLookAhead);
        std::size_t shown = 0;
        for (u64 event = anchor_ + 1; event < end && shown < kMostAfter; ++event) {
            if (!comes_of(*event_row(event), came)) continue;
            came.push_back(event);
            if (!take_arrival(event, ConePart::came_from_it)) continue;
            add_point(event, ConePart::came_from_it, nullptr);
            ++shown;
        }
    }

    /// Losses and turning points between the first and the last moment that is shown, and right before the first.
    void look_around() {
        const auto [first, last] = span();
        const Nanos from = first - kLookBefore;
        std::size_t lost = 0;
        for (u64 i = history_.endings.partition_point([&](const MessageEnded& row) { return row.at <= last; });
             i > 0 && lost < kMostLost && history_.endings[i - 1].at >= from; --i) {
            const MessageEnded& ended = history_.endings[i - 1];
            const bool is_lost =
                ended.outcome == sim::MessageOutcome::dropped || ended.outcome == sim::MessageOutcome::connection_lost;
            if (!is_lost) continue;
            const MessageSent* sent = sent_of(ended.message);
            if (sent != nullptr && sent->sent_at > ended.at) continue;  // its sender died before it had left
            if (sent == nullptr || lane_of(sent->sender) < 0 || lane_of(sent->receiver) < 0 ||
                request_name(sent->label).empty())
                continue;
            messages_.push_back({sent, &ended, ConePart::unrelated});
            ++lost;
        }
        const auto& marked = fact_lists(history_).marked;
        const auto moment = [&](u64 place) { return scene_.event_time(history_.facts[place].index()); };
        std::size_t turns = 0;
        for (auto next = std::ranges::upper_bound(marked, last, {}, moment);
             next != marked.begin() && turns < kMostTurns; --next) {
            const FactRow& row = history_.facts[*std::prev(next)];
            const Nanos at = scene_.event_time(row.index());
            if (at < from) break;
            if (lane_of(row.fact.node) < 0 || is_there(row.index())) continue;
            points_.push_back({at, row.fact.node, ConePart::unrelated, &row});
            ++turns;
        }
    }

    void lay_out(SpaceTimeVm& vm) {
        std::vector<Nanos> moments;
        for (const RawPoint& point : points_) moments.push_back(point.at);
        for (const RawMessage& message : messages_) {
            moments.push_back(message.sent->sent_at);
            moments.push_back(arrival(message));
        }
        std::ranges::sort(moments);
        moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
        moments_ = std::move(moments);
        for (std::size_t i = 0; i < moments_.size(); ++i) {
            SpaceColumnVm column{scene_.time(moments_[i]), 1, ""};
            if (i > 0 && moments_[i] - moments_[i - 1] > kWorthAGap)
                column.gap_before = gap_text(moments_[i - 1], moments_[i]);
            vm.columns.push_back(std::move(column));
        }
        if (vm.to_scale) scale(vm.columns);
        for (const NodeId node : lanes_) {
            vm.lanes.push_back(scene_.name(node));
            vm.lane_objects.push_back(scene_.name(node));
        }
        for (const RawMessage& message : messages_) vm.messages.push_back(message_vm(message));
        for (const RawPoint& point : points_) vm.points.push_back(point_vm(point));
        add_bands(vm);
    }

private:
    [[nodiscard]] i32 lane_of(NodeId node) const {
        const auto found = std::ranges::find(lanes_, node);
        return found == lanes_.end() ? -1 : static_cast<i32>(found - lanes_.begin());
    }
    [[nodiscard]] const sim::EventRow* event_row(u64 index) const {
        const u64 place = index - history_.first_index;
        return index >= history_.first_index && place < history_.events.size() ? &history_.events[place] : nullptr;
    }
    [[nodiscard]] const MessageSent* sent_of(u64 message) const {
        const u64 row = message - history_.first_message;
        const bool known = message >= history_.first_message && row < history_.messages.size() &&
                           history_.messages[row].sender != sim::kNoNode;
        return known ? &history_.messages[row] : nullptr;
    }
    [[nodiscard]] const MessageEnded* ended_of(const MessageSent& sent) const {
        const u64 row = sent.message - history_.first_message;
        if (row >= history_.ending_of.size() || history_.ending_of[row] == engine::kNoRow) return nullptr;
        return &history_.endings[history_.ending_of[row]];
    }
    /// Whether one of some events, ascending, is the parent of a later one: `parent_of` without its search.
    [[nodiscard]] bool comes_of(const sim::EventRow& event, const std::vector<u64>& parents) const {
        if (event.cause != sim::kNoEvent) return std::ranges::binary_search(parents, event.cause);
        if (event.seq == 0) return false;
        const auto first_seq = [&](u64 parent) { return event_row(parent)->first_seq; };
        const auto later = std::ranges::upper_bound(parents, event.seq, {}, first_seq);
        if (later == parents.begin()) return false;
        const sim::EventRow* next = event_row(*std::prev(later) + 1);
        MR_ASSERT(next != nullptr && next->index <= event.index);
        return next->first_seq > event.seq;
    }
    [[nodiscard]] bool is_there(u64 event) const {
        return std::ranges::any_of(
            points_, [&](const RawPoint& point) { return point.fact != nullptr && point.fact->index() == event; });
    }
    void add_point(u64 event, ConePart part, const FactRow* fact) {
        const sim::EventRow* row = event_row(event);
        if (row == nullptr) return;
        if (fact == nullptr) {
            const u64 first = scene_.first_fact_of(event);
            for (u64 i = first; i < history_.facts.size() && history_.facts[i].index() == event; ++i)
                if (fact == nullptr ||
                    weight_of(engine::kind_of(history_.facts[i].fact)) > weight_of(engine::kind_of(fact->fact)))
                    fact = &history_.facts[i];
        }
        const NodeId node = fact != nullptr && lane_of(fact->fact.node) >= 0 ? fact->fact.node : row->node;
        if (lane_of(node) >= 0) points_.push_back({row->at, node, part, fact});
    }
    /// The message whose arrival an event was. False if it was none.
    bool take_arrival(u64 event, ConePart part) {
        const sim::EventRow* row = event_row(event);
        if (row == nullptr || row->kind != sim::EventKind::arrival) return false;
        const MessageSent* sent = sent_of(message_of(*row));
        if (sent == nullptr || lane_of(sent->sender) < 0 || lane_of(sent->receiver) < 0) return false;
        if (std::ranges::any_of(messages_, [&](const RawMessage& other) { return other.sent == sent; })) return true;
        messages_.push_back({sent, ended_of(*sent), part});
        return true;
    }
    [[nodiscard]] std::pair<Nanos, Nanos> span() const {
        Nanos first = sim::kForever, last{};
        for (const RawPoint& point : points_) first = std::min(first, point.at), last = std::max(last, point.at);
        for (const RawMessage& message : messages_) first = std::min(first, message.sent->sent_at);
        return {first, last};
    }
    [[nodiscard]] Nanos arrival(const RawMessage& message) const {
        return message.ended != nullptr ? message.ended->at
                                        : std::max(scene_.at().clock, message.sent->sent_at + sim::millis(1));
    }
    [[nodiscard]] i32 column_of(Nanos moment) const {
        return static_cast<i32>(std::ranges::lower_bound(moments_, moment) - moments_.begin());
    }
    /// Widths by time. On the average a column is as wide as without a scale; a stretch that is left out keeps its gap.
    void scale(std::vector<SpaceColumnVm>& columns) const {
        const auto in_sight = [&](std::size_t i) { return i > 0 && columns[i].gap_before.empty(); };
        double shown = 0, count = 0;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (in_sight(i)) shown += static_cast<double>((moments_[i] - moments_[i - 1]).count), count += 1;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (in_sight(i) && shown > 0)
                columns[i].width = count * static_cast<double>((moments_[i] - moments_[i - 1]).count) / shown;
    }
    [[nodiscard]] std::string gap_text(Nanos from, Nanos to) const {
        const u64 first = history_.events.partition_point([&](const sim::EventRow& row) { return row.at <= from; });
        const u64 last = history_.events.partition_point([&](const sim::EventRow& row) { return row.at < to; });
        return fmt::format("{}, {} events", span_text(to - from), grouped(last - first));
    }
    [[nodiscard]] SpaceMessageVm message_vm(const RawMessage& message) const {
        SpaceMessageVm vm;
        vm.from_column = column_of(message.sent->sent_at);
        vm.from_lane = lane_of(message.sent->sender);
        vm.to_column = column_of(arrival(message));
        vm.to_lane = lane_of(message.sent->receiver);
        vm.part = message.part;
        vm.lost = message.ended != nullptr && message.ended->outcome != sim::MessageOutcome::delivered;
        vm.flying = message.ended == nullptr;
        vm.label = request_name(message.sent->label);
        if (is_reply(message.sent->label) && !vm.label.empty()) vm.label += " reply";
        vm.object = fmt::format("message {}", message.sent->message);
        return vm;
    }
    [[nodiscard]] SpacePointVm point_vm(const RawPoint& point) const {
        SpacePointVm vm{column_of(point.at), lane_of(point.node), point.part, false, false, "", ""};
        if (point.fact == nullptr) return vm;
        const engine::FactKind kind = engine::kind_of(point.fact->fact);
        vm.broken = is_broken(kind);
        vm.elects = kind == engine::FactKind::leader || kind == engine::FactKind::controller;
        vm.object = Scene::fact_object(point.fact->id);
        if (point.part == ConePart::selected || weight_of(kind) == Weight::turning)
            vm.label = short_text(scene_, *point.fact);
        return vm;
    }
    void add_bands(SpaceTimeVm& vm) const {
        if (moments_.empty()) return;
        const Past past = past_of(scene_);
        const auto last = static_cast<i32>(moments_.size()) - 1;
        const auto at_most = [&](Nanos moment) { return std::clamp(column_of(moment), 0, last); };
        for (const LeadershipSpan& span : past.leadership) {
            const i32 lane = lane_of(scene_.world().broker_node(span.leader));
            if (lane < 0 || span.to < moments_.front() || span.from > moments_.back()) continue;
            const SpaceBandVm band{lane, at_most(span.from), at_most(span.to), false, "leads"};
            if (!vm.bands.empty() && vm.bands.back().lane == lane && vm.bands.back().to_column >= band.from_column)
                vm.bands.back().to_column = band.to_column;
            else vm.bands.push_back(band);
        }
        for (const DownSpan& down : past.down) {
            const i32 lane = lane_of(down.node);
            if (lane < 0 || down.to < moments_.front() || down.from > moments_.back()) continue;
            vm.bands.push_back({lane, at_most(down.from), at_most(down.to), true, "dead"});
        }
    }

    const Scene& scene_;
    const engine::History& history_;
    std::vector<NodeId> lanes_;
    u64 anchor_ = 0;
    std::vector<RawPoint> points_;
    std::vector<RawMessage> messages_;
    std::vector<Nanos> moments_;
};

}  // namespace

SpaceTimeVm make_space_time(const Scene& scene) {
    SpaceTimeVm vm;
    vm.head.title = "Space-time";
    vm.head.sentence =
        "Each line is a node, each slanted line a message. The selected event, what led to it, and what it reached.";
    vm.trace_head.title = "Record trace";
    vm.trace_head.sentence =
        "One record from its producer to every log and reader, and the fate of all that were sent.";
    vm.to_scale = scene.at().desk.to_scale;
    Diagram diagram(scene);
    if (!diagram.find_anchor()) {
        vm.head.empty_title = "Nothing has happened yet";
        vm.head.empty_text = "Run the lesson: events and messages appear here.";
        vm.trace_head.empty_title = "No record has been sent yet";
        vm.trace_head.empty_text = "Run the lesson: the way of each record appears here.";
        return vm;
    }
    diagram.look_back();
    diagram.look_ahead();
    diagram.look_around();
    diagram.lay_out(vm);
    add_record_trace(scene, vm);
    return vm;
}

}  // namespace app
