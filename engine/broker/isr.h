// The in-sync replicas as a leader knows them: what is confirmed, and the one change it has asked for.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/model/ids.h"
#include "sim/base/digest.h"

namespace engine::broker {

using BrokerList = std::vector<BrokerId>;

inline bool contains(const BrokerList& brokers, BrokerId broker) {
    return std::ranges::find(brokers, broker) != brokers.end();
}
/// The list without one member, in its order.
BrokerList without(const BrokerList& brokers, BrokerId gone);
/// `1,2,3`, in list order.
std::string to_text(const BrokerList& brokers);
bool all_differ(const BrokerList& brokers);
bool is_subset(const BrokerList& part, const BrokerList& whole);

enum class IsrChange : u8 { none, expand, shrink };

/// Invariant: at most one change is in flight, and `proposed` differs from `committed` by its subject only.
struct IsrState {
    BrokerList committed;              // confirmed by the controller, in its order
    IsrChange change = IsrChange::none;
    BrokerList proposed;               // asked for; meaningful while a change is in flight
    bool in_flight = false;

    /// Who must be waited for: confirmed members, and one that is about to be confirmed. One that is about to
    /// leave still counts. Both errors are on the safe side.
    [[nodiscard]] const BrokerList& maximal() const { return change == IsrChange::expand ? proposed : committed; }
    /// The invariant above; and nobody is listed twice. O(members).
    [[nodiscard]] bool holds_together() const;
    void propose(IsrChange kind, BrokerList isr);
    void confirm(BrokerList isr);
    void drop_proposal();
};

}  // namespace engine::broker
