// Consumer groups as their coordinators know them: groups, members, assignments, offsets.
#include <algorithm>

#include "app/lab/sql/cluster.h"
#include "app/lab/sql/consumers.h"
#include "app/lab/sql/known_groups.h"
#include "app/lab/sql/tables.h"
#include "engine/model/touch.h"

namespace app::lab {
namespace {

using engine::BrokerId;
using engine::TopicPartition;
using engine::broker::Group;
using engine::broker::GroupMember;
using engine::broker::GroupPhase;
using sim::NodeId;
using sim::u16;
using enum ColumnKind;
namespace touch = engine::touch;

/// Those that a query's keys ask for.
std::vector<KnownGroup> groups_of(const Reader& reader, const Keys& keys) {
    const WantedTopic wanted = wanted_topic(reader, keys, "group_id");
    std::vector<KnownGroup> list = known_groups(reader);
    std::erase_if(list, [&](const KnownGroup& known) { return !wanted.admits(known.group->name); });
    return list;
}

// ---- groups -------------------------------------------------------------------------------------

class Groups : public ListedRows<KnownGroup> {
public:
    Groups(const Reader& reader, const Keys& keys) : reader_(reader) { items = groups_of(reader, keys); }
    [[nodiscard]] const Group& group() const { return *item().group; }
    [[nodiscard]] sim::u64 id() const { return group().name.value; }
    [[nodiscard]] const std::string& name() const { return reader_.text(group().name); }

private:
    const Reader& reader_;
};

constexpr Column<Groups> kGroups[] = {
    {{"group_id", text_key}, [](const Groups& row, Out out) { out.text(row.name()); }},
    {{"state", text}, [](const Groups& row, Out out) { out.text(name_of(row.group().phase)); }},
    {{"generation", integer}, [](const Groups& row, Out out) { out.integer(row.group().generation); }},
    {{"protocol", text}, [](const Groups& row, Out out) { out.text_if_any(row.group().protocol); }},
    {{"coordinator", integer}, [](const Groups& row, Out out) { out.integer(row.item().coordinator.value); }},
    {{"member_count", integer}, [](const Groups& row, Out out) { out.integer(row.group().members.size()); }},
};

// ---- members ------------------------------------------------------------------------------------

struct KnownMember {
    const Group* group = nullptr;
    const GroupMember* member = nullptr;
};

class Members : public ListedRows<KnownMember> {
public:
    Members(const Reader& reader, const Keys& keys) : reader_(reader) {
        for (const KnownGroup& known : groups_of(reader, keys))
            for (const auto& [id, member] : known.group->members) items.push_back({known.group, &member});
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const { return id_of(item().group->name, item().member->id); }
    /// What the coordinator waits for from it; `stable` if nothing.
    [[nodiscard]] std::string_view state() const {
        const GroupMember& member = *item().member;
        if (member.awaiting_join) return "joining";
        if (member.awaiting_sync) return "syncing";
        return item().group->phase == GroupPhase::stable ? "stable" : "rebalancing";
    }

private:
    const Reader& reader_;
};

constexpr Column<Members> kMembers[] = {
    {{"group_id", text_key}, [](const Members& row, Out out) { out.text(row.reader().text(row.item().group->name)); }},
    {{"member_id", text}, [](const Members& row, Out out) { out.text(row.item().member->id); }},
    {{"name", text},
     [](const Members& row, Out out) {
         out.text_if_any(row.reader().node_name(node_of(row.reader(), *row.item().member)));
     }},
    {{"instance_id", text}, [](const Members& row, Out out) { out.text_if_any(row.item().member->instance_id); }},
    {{"state", text}, [](const Members& row, Out out) { out.text(row.state()); }},
};

// ---- assignments --------------------------------------------------------------------------------

class Assignments : public ListedRows<KnownAssignment> {
public:
    Assignments(const Reader& reader, const Keys& keys) : reader_(reader) {
        for (const KnownGroup& known : groups_of(reader, keys))
            for (const KnownAssignment& assignment : assignments_of(reader, known)) items.push_back(assignment);
    }
    [[nodiscard]] sim::u64 id() const {
        return id_of(item().group->name, item().member, item().id.topic, item().id.partition);
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }

private:
    const Reader& reader_;
};

constexpr Column<Assignments> kAssignments[] = {
    {{"group_id", text_key},
     [](const Assignments& row, Out out) { out.text(row.reader().text(row.item().group->name)); }},
    {{"topic", text}, [](const Assignments& row, Out out) { out.text(row.reader().text(row.item().id.topic)); }},
    {{"partition", integer}, [](const Assignments& row, Out out) { out.integer(row.item().id.partition); }},
    {{"name", text},
     [](const Assignments& row, Out out) { out.text_if_any(row.reader().node_name(row.item().member)); }},
    {{"generation", integer}, [](const Assignments& row, Out out) { out.integer(row.item().group->generation); }},
};

// ---- offsets ------------------------------------------------------------------------------------

struct KnownOffset {
    sim::NameId group = sim::kNoName;
    sim::NodeId consumer = sim::kNoNode;  // of one that reads without a group
    TopicPartition id;
    sim::i64 committed = -1;
    sim::i64 position = -1;
};

/// Where a group stands: what it has committed, and how far its member has read what was assigned to it.
class Offsets : public ListedRows<KnownOffset> {
public:
    Offsets(const Reader& reader, const Keys& keys) : reader_(reader), cluster_(reader) {
        const WantedTopic topic = wanted_topic(reader, keys);
        for (const KnownGroup& known : groups_of(reader, keys)) add_group(known);
        for (const ConsumerPosition& position : positions_of(reader)) add_position(keys, position);
        std::erase_if(items, [&](const KnownOffset& known) { return !topic.admits(known.id.topic); });
        const auto place = [&](const KnownOffset& known) {
            return std::tie(reader_.text(known.group), reader_.text(known.id.topic), known.id.partition);
        };
        std::ranges::stable_sort(items,
                                 [&](const KnownOffset& a, const KnownOffset& b) { return place(a) < place(b); });
    }
    [[nodiscard]] const Reader& reader() const { return reader_; }
    [[nodiscard]] sim::u64 id() const {
        return id_of(item().group, item().consumer, item().id.topic, item().id.partition);
    }
    [[nodiscard]] sim::i64 log_end_offset() const {
        const Replica leading = cluster_.leading_replica(item().id);
        return leading ? leading.partition->log_end_offset().value : -1;
    }

private:
    /// Consumers without a group have nothing in common.
    KnownOffset& entry(sim::NameId group, TopicPartition id) {
        for (KnownOffset& known : items)
            if (known.group == group && known.group != sim::kNoName && known.id == id) return known;
        return items.emplace_back(KnownOffset{group, sim::kNoNode, id, -1, -1});
    }
    void add_group(const KnownGroup& known) {
        for (const auto& [id, committed] : known.group->offsets)
            entry(known.group->name, id).committed = committed.offset.value;
        for (const KnownAssignment& assignment : assignments_of(reader_, known))
            entry(known.group->name, assignment.id);
    }
    void add_position(const Keys& keys, const ConsumerPosition& position) {
        if (!wanted_topic(reader_, keys, "group_id").admits(position.group)) return;
        KnownOffset& known = entry(position.group, position.id);
        known.position = position.position;
        if (position.group == sim::kNoName) known.consumer = position.consumer;
    }

    const Reader& reader_;
    Cluster cluster_;
};

constexpr Column<Offsets> kOffsets[] = {
    {{"group_id", text_key}, [](const Offsets& row, Out out) { out.text_if_any(row.reader().text(row.item().group)); }},
    {{"topic", text_key}, [](const Offsets& row, Out out) { out.text(row.reader().text(row.item().id.topic)); }},
    {{"partition", integer}, [](const Offsets& row, Out out) { out.integer(row.item().id.partition); }},
    {{"committed", integer}, [](const Offsets& row, Out out) { out.natural(row.item().committed); }},
    {{"position", integer}, [](const Offsets& row, Out out) { out.natural(row.item().position); }},
    {{"log_end_offset", integer}, [](const Offsets& row, Out out) { out.natural(row.log_end_offset()); }},
    {{"lag", integer},
     [](const Offsets& row, Out out) {
         if (row.item().committed >= 0) out.natural(row.log_end_offset() - row.item().committed);
     }},
};

}  // namespace

std::vector<TableSpec> group_tables() {
    constexpr sim::u64 kLogs = touch::kRecords | touch::kPartitions | touch::kReplicas;
    return {
        make_table<Groups, kGroups>("groups", touch::kGroups | touch::kNodes),
        make_table<Members, kMembers>("members", touch::kGroups | touch::kNodes),
        make_table<Assignments, kAssignments>("assignments", touch::kGroups | touch::kNodes),
        make_table<Offsets, kOffsets>("offsets",
                                      touch::kOffsets | touch::kGroups | touch::kDeliveries | touch::kNodes | kLogs),
    };
}

}  // namespace app::lab
