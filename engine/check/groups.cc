#include "engine/check/groups.h"

#include <algorithm>

#include "engine/broker/groups.h"
#include "engine/client/consumer_node.h"
#include "sim/base/assert.h"

namespace engine::check {
namespace {

constexpr std::string_view kFromCommit = "its committed offset";

/// Partition of __consumer_offsets that a group lives in; partition -1 while there is none.
TopicPartition home_of(const Scene& scene, std::string_view group) {
    const NameId topic = scene.world.kernel().names.find(broker::kOffsetsTopic);
    i32 count = 0;
    for (const auto& [id, partition] : scene.zk.partitions) count += id.topic == topic ? 1 : 0;
    if (topic == kNoName || count == 0) return {kNoName, -1};
    return {topic, broker::coordinator_partition(group, count)};
}

BrokerId leader_of(const Scene& scene, TopicPartition home) {
    const PartitionView* partition = scene.zk.partitions.find(home);
    return partition == nullptr ? kNoBroker : partition->state.leader;
}

bool stored_for_good(const Scene& scene, std::string_view group) {
    const TopicPartition home = home_of(scene, group);
    return home.partition >= 0 && scene.durable(home);
}

const broker::Group* group_at(const Scene& scene, BrokerId coordinator, const std::string& name) {
    const broker::Broker* broker = running_broker(scene.world, coordinator);
    const auto* group = broker == nullptr ? nullptr : broker->memory.groups.groups.find(name);
    return group == nullptr ? nullptr : &**group;
}

// ---- assignments --------------------------------------------------------------------------------

struct Owned {
    client::NamedPartition partition;
    std::string member;
};

/// Who is to read what, as the coordinator has stored it.
std::vector<Owned> owners(const broker::Group& group) {
    std::vector<Owned> all;
    for (const auto& [id, member] : group.members) {
        client::NamedPartitions partitions;
        if (!client::read_assignment(member.assignment, partitions)) continue;
        for (client::NamedPartition& partition : partitions) all.push_back({std::move(partition), id});
    }
    std::ranges::sort(all, {}, [](const Owned& o) { return std::tie(o.partition, o.member); });
    return all;
}

void check_one_owner(const Scene& scene, const broker::Group& group) {
    const std::vector<Owned> all = owners(group);
    for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i].partition == all[i - 1].partition)
            scene.found("one-owner", "generation {} of group {} gives {}-{} to {} and to {}", group.generation,
                        scene.world.kernel().names.text(group.name), all[i].partition.topic, all[i].partition.partition,
                        all[i - 1].member, all[i].member);
}

void check_assignment(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    const std::string& name = scene.world.kernel().names.text(fact.subject);
    if (!stored_for_good(scene, name)) return;
    watch.assigned[fact.subject] = static_cast<i32>(fact.n[0]);
    if (const broker::Group* group = group_at(scene, scene.world.card(fact.node).broker, name))
        check_one_owner(scene, *group);
}

void check_generation(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    const std::string& name = scene.world.kernel().names.text(fact.subject);
    watch.unsure[fact.subject] = false;  // an older generation's commits are refused from now on
    const i32* assigned = watch.assigned.find(fact.subject);
    if (assigned == nullptr || fact.n[0] > *assigned || !stored_for_good(scene, name)) return;
    if (scene.world.card(fact.node).broker != leader_of(scene, home_of(scene, name)))
        return;  // it can store nothing any more
    scene.found("generations", "group {} begins generation {} although generation {} had an assignment", name,
                fact.n[0], *assigned);
}

// ---- commits ------------------------------------------------------------------------------------

void check_commit(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    const GroupPart part{NameId{static_cast<u32>(fact.n[1])}, partition_of(fact)};
    const std::string& name = scene.world.kernel().names.text(part.group);
    if (!stored_for_good(scene, name) || !scene.durable(part.id)) return;
    const CommittedRow row{scene.event_index, Offset{fact.n[0]}, static_cast<i32>(fact.n[2]),
                           std::exchange(watch.went_back[part], false)};
    auto& rows = watch.commits[part];
    const CommittedRow last = rows.empty() ? CommittedRow{} : rows.back();
    if (row.generation < last.generation)
        scene.found("commit-order", "group {} had committed {} of {} in generation {}, now {} in generation {}", name,
                    last.offset.value, scene.text(part.id), last.generation, row.offset.value, row.generation);
    if (row.generation == last.generation && row.offset < last.offset && !row.went_back && !watch.unsure[part.group])
        scene.found("commit-order",
                    "the committed offset of {} of group {} goes back from {} to {} within generation {}",
                    scene.text(part.id), name, last.offset.value, row.offset.value, row.generation);
    rows.push_back(row);
}

// ---- members ------------------------------------------------------------------------------------

NameId group_of(const Scene& scene, NodeId consumer) {
    MR_ASSERT(consumer != sim::kNoNode);
    const ConsumerTerms* terms = scene.promises.consumers.find(consumer);
    return terms == nullptr || terms->group.empty() ? kNoName : scene.world.kernel().names.find(terms->group);
}

/// The last commit before a consumer got its partitions, if there is one.
const CommittedRow* commit_before(const GroupWatch& watch, const GroupPart& part, NodeId consumer) {
    const auto* rows = watch.commits.find(part);
    const u64* since = watch.assigned_at.find(consumer);
    if (rows == nullptr || since == nullptr) return nullptr;
    const auto later = std::ranges::find_if(*rows, [&](const CommittedRow& row) { return row.event_index >= *since; });
    return later == rows->begin() ? nullptr : &*(later - 1);
}

void check_resumed(const GroupWatch& watch, const Scene& scene, const sim::Fact& fact, const GroupPart& part) {
    const Offset at{fact.n[0]};
    const CommittedRow* before = commit_before(watch, part, fact.node);
    if (before != nullptr && at < before->offset)
        scene.found("group-resumes", "{} goes on at {} of {}, where its group had committed {}", scene.name(fact.node),
                    at.value, scene.text(part.id), before->offset.value);
    const Offset* reached = watch.reached.find(part);
    if (!scene.compacted(part.id) && at > (reached == nullptr ? Offset{0} : *reached))
        scene.found("group-resumes", "{} goes on at {} of {}, beyond what its group was handed, which ends at {}",
                    scene.name(fact.node), at.value, scene.text(part.id), reached == nullptr ? 0 : reached->value);
}

void check_started_anew(const GroupWatch& watch, const Scene& scene, const sim::Fact& fact, const GroupPart& part) {
    const CommittedRow* before = commit_before(watch, part, fact.node);
    if (before == nullptr || before->offset <= Offset{fact.n[0]} || scene.retained(part.id)) return;
    scene.found("no-forgetting", "{} starts anew at {} of {}, where its group had committed {}", scene.name(fact.node),
                fact.n[0], scene.text(part.id), before->offset.value);
}

/// Whom a consumer takes for its coordinator leads the group's partition: one that was deposed and does not know it
/// tells old offsets.
bool asks_right_one(const Scene& scene, NodeId consumer, NameId group) {
    MR_ASSERT(consumer != sim::kNoNode && group != kNoName);
    const auto& state = scene.world.nodes[consumer.value].as<client::ConsumerNode>().state.memory.consumer;
    return state.coordinator.broker == leader_of(scene, home_of(scene, scene.world.kernel().names.text(group)));
}

void check_position(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    const GroupPart part{group_of(scene, fact.node), partition_of(fact)};
    if (part.group == kNoName) return;
    const bool judged = asks_right_one(scene, fact.node, part.group) &&
                        stored_for_good(scene, scene.world.kernel().names.text(part.group)) && scene.durable(part.id);
    const bool resumed = scene.world.kernel().names.text(NameId{static_cast<u32>(fact.n[1])}) == kFromCommit;
    if (judged && resumed) return check_resumed(watch, scene, fact, part);
    if (judged) check_started_anew(watch, scene, fact, part);
    watch.went_back[part] = true;
    Offset& reached = watch.reached[part];
    reached = max(reached, Offset{fact.n[0]});
}

/// What was on its way may arrive yet, after what is sent next.
void note_lost_connection(GroupWatch& watch, const Scene& scene, NodeId consumer) {
    MR_ASSERT(consumer != sim::kNoNode);
    const NameId group = group_of(scene, consumer);
    if (group != kNoName) watch.unsure[group] = true;
}

// ---- rest ---------------------------------------------------------------------------------------

struct Reader {
    NodeId node;
    const client::Consumer* consumer = nullptr;
};

/// Consumers of a group that run.
std::vector<Reader> readers_of(const Scene& scene, const std::string& group) {
    std::vector<Reader> readers;
    for (const auto& [node, terms] : scene.promises.consumers) {
        if (terms.group != group || terms.topics.empty() || !scene.world.kernel().host(node).alive()) continue;
        readers.push_back({node, &scene.world.nodes[node.value].as<client::ConsumerNode>().state.memory.consumer});
    }
    return readers;
}

std::string membership_trouble(const Scene& scene, const broker::Group& group, const std::string& name) {
    const std::vector<Reader> readers = readers_of(scene, name);
    if (group.phase != broker::GroupPhase::stable)
        return fmt::format("group {} is {}", name, broker::name_of(group.phase));
    if (group.members.size() != readers.size())
        return fmt::format("group {} has {} members, {} consumers run", name, group.members.size(), readers.size());
    for (const Reader& reader : readers) {
        const auto& member = reader.consumer->membership;
        if (!group.members.contains(member.member_id) || member.generation != group.generation ||
            member.state != client::MemberState::stable)
            return fmt::format("{} is not in generation {} of group {}", scene.name(reader.node), group.generation,
                               name);
    }
    return "";
}

bool is_wanted(const Scene& scene, const std::string& group, NameId topic) {
    return std::ranges::any_of(readers_of(scene, group), [&](const Reader& reader) {
        const auto& topics = scene.promises.consumers.find(reader.node)->topics;
        return std::ranges::find(topics, topic) != topics.end();
    });
}

/// Each member reads what the coordinator says; together all there is.
std::string division_trouble(const Scene& scene, const broker::Group& group, const std::string& name) {
    const std::vector<Owned> all = owners(group);
    std::size_t wanted = 0;
    for (const Reader& reader : readers_of(scene, name)) {
        const auto given = std::ranges::count(all, reader.consumer->membership.member_id, &Owned::member);
        if (static_cast<u64>(given) != reader.consumer->assignment.size())
            return fmt::format("{} reads {} partitions, its group gave it {}", scene.name(reader.node),
                               reader.consumer->assignment.size(), given);
    }
    for (const auto& [id, partition] : scene.zk.partitions) {
        if (!is_wanted(scene, name, id.topic)) continue;
        const client::NamedPartition named{scene.world.kernel().names.text(id.topic), id.partition};
        ++wanted;
        if (std::ranges::find(all, named, &Owned::partition) == all.end())
            return fmt::format("nobody in group {} reads {}", name, scene.text(id));
    }
    return all.size() == wanted ? ""
                                : fmt::format("group {} divides {} partitions, there are {}", name, all.size(), wanted);
}

std::string trouble_of(const Scene& scene, const std::string& name) {
    const TopicPartition home = home_of(scene, name);
    const PartitionView* partition = home.partition < 0 ? nullptr : scene.zk.partitions.find(home);
    const broker::Group* group = partition == nullptr ? nullptr : group_at(scene, partition->state.leader, name);
    if (group == nullptr) return fmt::format("group {} is not at its coordinator", name);
    if (std::string trouble = membership_trouble(scene, *group, name); !trouble.empty()) return trouble;
    return division_trouble(scene, *group, name);
}

}  // namespace

void check_group_fact(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) == FactKind::assignment) check_assignment(watch, scene, fact);
    if (kind_of(fact) == FactKind::generation) check_generation(watch, scene, fact);
    if (kind_of(fact) == FactKind::offsets_committed) check_commit(watch, scene, fact);
}

void check_member_fact(GroupWatch& watch, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) == FactKind::partitions_assigned) watch.assigned_at[fact.node] = scene.event_index;
    if (kind_of(fact) == FactKind::connection_lost) note_lost_connection(watch, scene, fact.node);
    if (kind_of(fact) == FactKind::position_moved) check_position(watch, scene, fact);
}

void note_handed_out(GroupWatch& watch, const Scene& scene, const DeliveryRow& delivery) {
    const NameId group = group_of(scene, delivery.consumer);
    if (group == kNoName) return;
    MR_ASSERT(delivery.offset >= Offset{0});
    Offset& reached = watch.reached[GroupPart{group, delivery.source}];
    reached = max(reached, delivery.offset + 1);
}

std::string group_trouble(const Scene& scene) {
    std::vector<std::string> names;
    for (const auto& [node, terms] : scene.promises.consumers)
        if (!terms.group.empty() && !readers_of(scene, terms.group).empty() &&
            std::ranges::find(names, terms.group) == names.end())
            names.push_back(terms.group);
    for (const std::string& name : names)
        if (std::string trouble = trouble_of(scene, name); !trouble.empty()) return trouble;
    return "";
}

}  // namespace engine::check
