#include "app/lab/sql/known_groups.h"

#include "engine/client/consumer_node.h"
#include "engine/wire/consumer_protocol.h"

namespace app::lab {
namespace {

/// Of two brokers that remember a group, the one that is alive, then the one that saw the later generation.
bool knows_less(const KnownGroup& a, const KnownGroup& b) {
    if (a.group == nullptr || b.group == nullptr) return a.group == nullptr && b.group != nullptr;
    if (a.alive != b.alive) return b.alive;
    return a.group->generation < b.group->generation;
}

}  // namespace

sim::NodeId node_of(const Reader& reader, const engine::broker::GroupMember& member) {
    if (member.node != sim::kNoNode) return member.node;
    for (sim::u16 i = 0; i < reader.node_count(); ++i) {
        if (reader.world().card({i}).kind != engine::NodeKind::consumer) continue;
        const auto& app = reader.world().nodes[i].as<engine::client::ConsumerNode>().state;
        if (!member.id.empty() && engine::client::member_id(app) == member.id) return {i};
    }
    return sim::kNoNode;
}

std::vector<KnownGroup> known_groups(const Reader& reader) {
    sim::FlatMap<std::string, KnownGroup> known;
    for (sim::u16 i = 0; i < reader.node_count(); ++i) {
        const engine::broker::Broker* broker = reader.broker(sim::NodeId{i});
        if (broker == nullptr) continue;
        const bool alive = reader.world().kernel().host({i}).alive();
        for (const auto& [name, group] : broker->memory.groups.groups) {
            const KnownGroup other{broker->settings.id, alive, &*group};
            if (KnownGroup& place = known[name]; knows_less(place, other)) place = other;
        }
    }
    std::vector<KnownGroup> list;
    for (const auto& [name, group] : known) list.push_back(group);
    return list;
}

const std::string& group_name_of(const Reader& reader, sim::NodeId consumer) {
    return reader.world().nodes[consumer.value].as<engine::client::ConsumerNode>().state.settings.group;
}

std::optional<KnownGroup> group_of(const Reader& reader, sim::NodeId consumer) {
    for (const KnownGroup& known : known_groups(reader))
        if (reader.text(known.group->name) == group_name_of(reader, consumer)) return known;
    return {};
}

std::vector<KnownAssignment> assignments_of(const Reader& reader, const KnownGroup& known) {
    std::vector<KnownAssignment> list;
    for (const auto& [member_id, member] : known.group->members) {
        engine::wire::ConsumerAssignment assignment;
        if (!engine::wire::from_versioned_bytes(member.assignment, assignment)) continue;
        for (const auto& topic : assignment.assigned_partitions)
            for (const sim::i32 partition : topic.partitions)
                list.push_back({known.group,
                                node_of(reader, member),
                                {reader.world().kernel().names.find(topic.topic), partition}});
    }
    return list;
}

}  // namespace app::lab
