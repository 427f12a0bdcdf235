// Consumer groups as far as any broker remembers them.
#pragma once

#include <optional>

#include "app/lab/sql/reader.h"

namespace app::lab {

/// A group and the broker that knows most about it: one that is alive, then one that saw the latest generation.
struct KnownGroup {
    engine::BrokerId coordinator = engine::kNoBroker;
    bool alive = false;
    const engine::broker::Group* group = nullptr;
};

/// A partition that a group's leader has given a member, as the coordinator passes it on.
struct KnownAssignment {
    const engine::broker::Group* group = nullptr;
    sim::NodeId member = sim::kNoNode;
    engine::TopicPartition id;
};

/// Whose member this is. A coordinator that loaded the group from its log has not heard of its members' machines: then
/// it is the consumer that goes by this member id; kNoNode if there is none.
sim::NodeId node_of(const Reader& reader, const engine::broker::GroupMember& member);
/// By name.
std::vector<KnownGroup> known_groups(const Reader& reader);
/// The group that a consumer was given; "" if it reads without one.
const std::string& group_name_of(const Reader& reader, sim::NodeId consumer);
/// The same as far as a broker remembers it.
std::optional<KnownGroup> group_of(const Reader& reader, sim::NodeId consumer);
std::vector<KnownAssignment> assignments_of(const Reader& reader, const KnownGroup& known);

}  // namespace app::lab
