// The Groups view. Groups, members and assignments are the coordinator's; positions are the consumers' own.
#include "app/view_model/groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/consumers.h"
#include "app/lab/sql/known_groups.h"
#include "app/view_model/make.h"
#include "app/view_model/scene.h"
#include "app/view_model/telling.h"
#include "app/view_model/words.h"
#include "engine/client/consumer_node.h"

namespace app {
namespace {

using engine::FactKind;
using engine::broker::Group;
using engine::broker::GroupMember;
using engine::broker::GroupPhase;
using lab::KnownAssignment;
using lab::KnownGroup;

constexpr std::size_t kMostColumns = 12;

/// The group that is looked at: the selected consumer's, else that of a consumer which the step points to, else the
/// first that has members, else the first.
const KnownGroup* chosen(const Scene& scene, const std::vector<KnownGroup>& groups) {
    std::vector<NodeId> consumers{scene.selected().node};
    for (const std::string& name : scene.spotlight()) consumers.push_back(scene.world().find_node(name));
    for (const NodeId node : consumers) {
        if (node == sim::kNoNode) continue;
        const auto found = std::ranges::find_if(groups, [&](const KnownGroup& known) {
            return std::ranges::any_of(known.group->members, [&](const auto& entry) {
                return lab::node_of(scene.reader(), entry.second) == node;
            });
        });
        if (found != groups.end()) return &*found;
    }
    const auto busy =
        std::ranges::find_if(groups, [](const KnownGroup& known) { return known.group->members.size() > 0; });
    if (busy != groups.end()) return &*busy;
    return groups.empty() ? nullptr : &groups.front();
}

const KnownGroup* same_group(const std::vector<KnownGroup>& groups, const KnownGroup& group) {
    const auto found =
        std::ranges::find_if(groups, [&](const KnownGroup& other) { return other.group->name == group.group->name; });
    return found == groups.end() ? nullptr : &*found;
}

GroupPhaseVm phase_of(GroupPhase phase) {
    switch (phase) {
        case GroupPhase::empty: case GroupPhase::dead: return GroupPhaseVm::empty;
        case GroupPhase::preparing_rebalance: return GroupPhaseVm::preparing_rebalance;
        case GroupPhase::completing_rebalance: return GroupPhaseVm::completing_rebalance;
        case GroupPhase::stable: return GroupPhaseVm::stable;
    }
    return GroupPhaseVm::empty;
}

std::string state_text(const Scene& scene, const Group& group, const GroupMember& member) {
    const NodeId node = lab::node_of(scene.reader(), member);
    if (node == sim::kNoNode) return "not heard of yet";   // by a new coordinator
    if (!is_alive(scene, node)) return "silent";
    if (member.awaiting_join) return "has joined, waits";
    if (member.awaiting_sync) return "waits for its share";
    if (group.phase == GroupPhase::completing_rebalance) return "hears that all joined";
    return group.phase == GroupPhase::stable ? "reads" : "is to join again";
}

/// Two moments of one group.
class Sharing {
public:
    Sharing(const Scene& scene, const KnownGroup& now, const KnownGroup* was) : scene_(scene), now_(now) {
        after_ = lab::assignments_of(scene.reader(), now);
        if (was != nullptr) before_ = lab::assignments_of(scene.since()->reader, *was);
        for (const auto* side : {&before_, &after_})
            for (const KnownAssignment& each : *side)
                if (std::ranges::find(columns_, each.id) == columns_.end()) columns_.push_back(each.id);
        for (const auto& [id, committed] : now.group->offsets)
            if (std::ranges::find(columns_, id) == columns_.end()) columns_.push_back(id);
        const auto place = [&](TopicPartition id) { return std::pair(scene.reader().text(id.topic), id.partition); };
        std::ranges::sort(columns_, {}, place);
    }
    [[nodiscard]] const std::vector<TopicPartition>& columns() const { return columns_; }
    [[nodiscard]] NodeId reader_of(TopicPartition id) const { return owner(after_, id); }

    [[nodiscard]] SharesVm before(const KnownGroup& was) const {
        SharesVm vm;
        vm.title = fmt::format("Generation {}", was.group->generation);
        vm.note = "before";
        for (const auto& [id, member] : was.group->members)
            vm.rows.push_back(row(member, *was.group, [&](TopicPartition column) {
                const NodeId node = lab::node_of(scene_.since()->reader, member);
                return node != sim::kNoNode && owner(before_, column) == node ? ShareKind::reads : ShareKind::none;
            }));
        return vm;
    }
    [[nodiscard]] SharesVm after(bool changes) const {
        SharesVm vm;
        const Group& group = *now_.group;
        vm.title = fmt::format("Generation {}", group.generation);
        vm.in_force = group.phase == GroupPhase::stable;
        if (group.phase == GroupPhase::preparing_rebalance) vm.note = "waiting for everybody to join";
        else if (group.phase == GroupPhase::completing_rebalance) vm.note = "the leader computes who reads what";
        else if (group.members.size() > 0) vm.note = "in force";
        for (const auto& [id, member] : group.members)
            vm.rows.push_back(row(member, group, [&](TopicPartition column) {
                return kind_of(lab::node_of(scene_.reader(), member), column, changes);
            }));
        vm.summary = summary(changes);
        return vm;
    }

private:
    static NodeId owner(const std::vector<KnownAssignment>& side, TopicPartition id) {
        const auto found = std::ranges::find(side, id, &KnownAssignment::id);
        return found == side.end() ? sim::kNoNode : found->member;
    }
    [[nodiscard]] ShareKind kind_of(NodeId member, TopicPartition column, bool changes) const {
        if (member == sim::kNoNode) return ShareKind::none;
        const bool has = owner(after_, column) == member, had = owner(before_, column) == member;
        if (now_.group->phase != GroupPhase::stable)
            return has || had ? ShareKind::left : ShareKind::none;  // not decided yet
        if (has) return !changes ? ShareKind::reads : had ? ShareKind::keeps : ShareKind::gains;
        return changes && had ? ShareKind::left : ShareKind::none;
    }
    template <class Kind>
    [[nodiscard]] ShareRowVm row(const GroupMember& member, const Group& group, Kind&& kind) const {
        const NodeId node = lab::node_of(scene_.reader(), member);
        const std::string name = node == sim::kNoNode ? member.client_id : scene_.name(node);
        ShareRowVm out{name,
                       name,
                       member.id == group.leader,
                       state_text(scene_, group, member),
                       {}};
        for (const TopicPartition column : columns_)
            if (out.cells.size() < kMostColumns) out.cells.push_back(kind(column));
        return out;
    }
    [[nodiscard]] std::string summary(bool changes) const {
        if (now_.group->phase != GroupPhase::stable) return "Who reads what is not decided yet.";
        std::size_t moves = 0;
        for (const TopicPartition column : columns_) moves += owner(after_, column) != owner(before_, column) ? 1 : 0;
        if (changes) return fmt::format("{} of {} partitions move.", moves, columns_.size());
        const std::size_t idle =
            static_cast<std::size_t>(std::ranges::count_if(now_.group->members, [&](const auto& entry) {
                return std::ranges::none_of(after_, [&](const KnownAssignment& each) {
                    return each.member == lab::node_of(scene_.reader(), entry.second);
                });
            }));
        return idle == 0 || after_.empty()
                   ? ""
                   : fmt::format("{} {} nothing to read: a partition has one reader in a group.", idle,
                                 idle == 1 ? "member has" : "members have");
    }

    const Scene& scene_;
    const KnownGroup& now_;
    std::vector<KnownAssignment> before_, after_;
    std::vector<TopicPartition> columns_;
};

i64 high_watermark(const lab::Cluster& cluster, TopicPartition id) {
    const lab::Replica leading = cluster.leading_replica(id);
    return leading ? leading.partition->high_watermark.value : 0;
}

i64 committed_of(const Group& group, TopicPartition id) {
    const auto* committed = group.offsets.find(id);
    return committed == nullptr ? -1 : committed->offset.value;
}

void add_lag(const Scene& scene, const KnownGroup& now, const KnownGroup* was, const Sharing& sharing, GroupsVm& vm) {
    const auto positions = lab::positions_of(scene.reader());
    i64 total = 0, total_was = 0;
    bool all_known = was != nullptr;
    for (const TopicPartition id : sharing.columns()) {
        LagRowVm row;
        row.object = row.partition = scene.name(id);
        const NodeId reader = sharing.reader_of(id);
        row.reader = reader == sim::kNoNode ? "nobody" : scene.name(reader);
        row.committed = committed_of(*now.group, id);
        for (const lab::ConsumerPosition& position : positions)
            if (position.consumer == reader && position.id == id) row.position = position.position;
        row.high_watermark = high_watermark(scene.cluster(), id);
        row.lag = row.high_watermark - std::max<i64>(row.committed, 0);
        const i64 committed_was = was == nullptr ? -1 : committed_of(*was->group, id);
        if (was != nullptr) row.lag_was = high_watermark(*scene.since()->cluster, id) - std::max<i64>(committed_was, 0);
        total += row.lag;
        total_was += row.lag_was;
        vm.lag.push_back(std::move(row));
    }
    vm.lag_note = fmt::format("Lag = high watermark \u2212 committed. Lag now {}{}.", total,
                              all_known ? fmt::format(", at the last stop {}", total_was) : "");
}

std::string last_move(const Scene& scene, const Group& group) {
    const engine::FactRow* row = group.phase_set_by ? scene.find_fact(group.phase_set_by) : nullptr;
    return row == nullptr ? ""
                          : fmt::format("{}  {}", scene.time(scene.event_time(row->index())),
                                        shortened(short_text(scene, *row), 44));
}

void set_head(const Scene& scene, const KnownGroup& known, std::size_t groups, GroupsVm& vm) {
    vm.head.title = scene.reader().text(known.group->name);
    if (!known.group->protocol.empty()) vm.head.chips.push_back(known.group->protocol + " assignor");
    vm.head.chips.push_back(
        fmt::format("coordinator: broker {}{}", known.coordinator.value, known.alive ? "" : ", dead"));
    if (groups > 1) vm.head.chips.push_back(fmt::format("1 of {} groups", groups));
    vm.head.sentence = "Who reads which partition, who decides it, and how far each reader is.";
}

}  // namespace

GroupsVm make_groups(const Scene& scene) {
    GroupsVm vm;
    const std::vector<KnownGroup> groups = lab::known_groups(scene.reader());
    const KnownGroup* now = chosen(scene, groups);
    if (now == nullptr) {
        vm.head.title = "Groups";
        vm.head.sentence = "Who reads which partition, who decides it, and how far each reader is.";
        vm.head.empty_title = "No groups yet";
        vm.head.empty_text = "No consumer has joined one. A consumer with group.id does when it starts.";
        return vm;
    }
    const std::vector<KnownGroup> earlier =
        scene.since() == nullptr ? std::vector<KnownGroup>{} : lab::known_groups(scene.since()->reader);
    const KnownGroup* was = same_group(earlier, *now);
    const Sharing sharing(scene, *now, was);
    set_head(scene, *now, groups.size(), vm);
    vm.phase = phase_of(now->group->phase);
    vm.generation = now->group->generation;
    vm.generation_was = was == nullptr ? vm.generation : was->group->generation;
    vm.moved_by = last_move(scene, *now->group);
    const bool one_topic = !sharing.columns().empty() && std::ranges::all_of(sharing.columns(), [&](TopicPartition id) {
        return id.topic == sharing.columns().front().topic;
    });
    if (one_topic) vm.topic = scene.reader().text(sharing.columns().front().topic);
    for (const TopicPartition id : sharing.columns())
        if (vm.columns.size() < kMostColumns)
            vm.columns.push_back(one_topic ? fmt::format("{}", id.partition) : scene.name(id));
    const bool changes =
        was != nullptr && was->group->generation != now->group->generation && was->group->members.size() > 0;
    if (changes) vm.shares.push_back(sharing.before(*was));
    vm.shares.push_back(sharing.after(changes));
    add_lag(scene, *now, was, sharing, vm);
    return vm;
}

}  // namespace app
