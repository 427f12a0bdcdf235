// Who reads what: how the leader of a group divides the partitions of the topics among the members
// (spec/kafka.md section 4.7). Pure functions over names; what members tell each other is read and written here
// too, because each assignor has its own idea of user data.
//
//   assignor.cc          roundrobin; the table of names; user data
//   assignor_range.cc    range, with regard to racks
//   assignor_sticky.cc   sticky and cooperative-sticky when all members subscribe to the same topics
//   assignor_general.cc  the same when they do not
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/model/ids.h"
#include "engine/wire/consumer_protocol.h"
#include "sim/base/flat_map.h"

namespace engine::client {

/// A partition by its topic's name: names, not the world's name table, decide the order in which Kafka sorts.
struct NamedPartition {
    std::string topic;
    i32 partition = 0;
    friend auto operator<=>(const NamedPartition&, const NamedPartition&) = default;
};
using NamedPartitions = std::vector<NamedPartition>;

/// Topics that exist, with how many partitions they have.
using TopicSizes = sim::FlatMap<std::string, i32>;

/// Racks of a partition's replicas, where they are known.
using PartitionRacks = sim::FlatMap<NamedPartition, std::vector<std::string>>;

/// What there is to divide.
struct AssignmentTopics {
    TopicSizes sizes;
    PartitionRacks racks;
};

/// What a member said when it joined.
struct AssignmentMember {
    std::string id;
    std::string instance;              // "" = dynamic
    std::string rack;                  // client.rack; "" = it has not said
    std::vector<std::string> topics;   // that it subscribes to
    NamedPartitions owned;             // what it had
    i32 generation = -1;               // in which it had that; -1 = it cannot say
};
using AssignmentMembers = std::span<const AssignmentMember>;

/// By member, in the order in which the members were given.
using Assignments = std::vector<NamedPartitions>;

struct Assignor {
    std::string_view name;             // on the wire
    std::string_view class_name;       // in partition.assignment.strategy
    bool cooperative = false;          // members keep their partitions while the group rebalances (KIP-429)
    Assignments (*assign)(const AssignmentTopics& topics, AssignmentMembers members) = nullptr;
};

/// By name or by class name, with or without its package; nullptr if there is no such assignor.
const Assignor* find_assignor(std::string_view name);
/// Names of all that there are, for messages.
std::string known_assignors();

/// What a member remembers of its last assignment; the eager sticky assignor has nothing else to go by, because
/// everything was given back before joining.
struct RememberedAssignment {
    NamedPartitions partitions;
    i32 generation = -1;
};

/// JoinGroup metadata of a member for one assignor. `owned` is what it holds while it joins.
wire::ConsumerSubscription make_subscription(const Assignor& assignor, const std::vector<std::string>& topics,
                                             const NamedPartitions& owned, i32 generation,
                                             const RememberedAssignment& remembered);
/// What a member has said to the leader. False if it cannot be read.
bool read_subscription(const Assignor& assignor, std::span<const u8> metadata, AssignmentMember& member);
wire::Blob make_assignment(const NamedPartitions& partitions);
bool read_assignment(std::span<const u8> bytes, NamedPartitions& partitions);

// ---- one assignor each ----------------------------------------------------------------------------

Assignments assign_range(const AssignmentTopics& topics, AssignmentMembers members);
Assignments assign_roundrobin(const AssignmentTopics& topics, AssignmentMembers members);
Assignments assign_sticky(const AssignmentTopics& topics, AssignmentMembers members);
/// As sticky, but a partition that changes its owner is given to nobody in this round: its old owner lets go of
/// it and rejoins, and the round after that hands it over.
Assignments assign_cooperative_sticky(const AssignmentTopics& topics, AssignmentMembers members);
/// The sticky assignment of members with different subscriptions.
Assignments assign_sticky_general(const TopicSizes& topics, AssignmentMembers members);

/// Places of the members in the order of all but the sticky assignors: static ones by their instance first, then
/// the others by id.
std::vector<u32> member_order(AssignmentMembers members);
/// Those of an order who subscribe to a topic.
std::vector<u32> subscribers(AssignmentMembers members, const std::vector<u32>& order, const std::string& topic);
/// Partitions of a topic list, by topic and partition.
NamedPartitions all_partitions(const TopicSizes& topics);
[[nodiscard]] bool subscribes(const AssignmentMember& member, const std::string& topic);

}  // namespace engine::client
