// What holds of a whole broker between two events: agreements between its parts that no single part can see.
// Looked at by sampling, after each call into the broker; each walks a table, so none is for every event.
#pragma once

#include "engine/broker/broker.h"

namespace engine::broker {

/// Every replica and every group holds together by itself, and stands under its own name.
bool replicas_hold_together(const BrokerMemory& memory);
bool groups_hold_together(const BrokerMemory& memory);
/// A waiting produce has a timer, and each partition that it waits for knows of it; partitions know of no other.
bool produces_are_watched(const BrokerMemory& memory);
/// The same of waiting fetches; and the connection of each is there to be answered.
bool fetches_are_watched(const BrokerMemory& memory);
/// A partition is fetched from one leader at most: the one that it follows, in that leader's epoch.
bool fetchers_follow_roles(const BrokerMemory& memory);
/// Questions to ZooKeeper that are open miss at least one answer.
bool questions_miss_answers(const BrokerMemory& memory);
/// A broker that is not the controller does nothing as one.
bool controller_is_quiet(const BrokerMemory& memory);

}  // namespace engine::broker
