// Where the replicas of new partitions go (spec/kafka.md section 3.8). Pure: who calls it draws the random numbers.
#pragma once

#include <functional>
#include <string>

#include "engine/broker/isr.h"
#include "sim/base/flat_map.h"

namespace engine::broker {

/// Kafka's round-robin with a start and a shift, for the partitions from `from` on.
std::vector<BrokerList> place_replicas(const BrokerList& brokers, i32 partitions, i32 replication_factor, i32 start,
                                       i32 shift, i32 from = 0);

using BrokerRacks = sim::FlatMap<BrokerId, std::string>;
/// One broker of each rack in turn, racks and their brokers in order.
BrokerList rack_alternated(const BrokerRacks& racks);
/// The same round-robin over that order, but no rack twice before every rack has a replica.
std::vector<BrokerList> place_replicas_on_racks(const BrokerRacks& racks, i32 partitions, i32 replication_factor,
                                                i32 start, i32 shift);

// ---- the KRaft controller's placement -------------------------------------------------------------

struct UsableBroker {
    BrokerId id;
    std::string rack;      // "" = none
    bool fenced = false;   // it may get replicas, but not the first one
};

/// A uniform number in [0, bound).
using DrawBelow = std::function<i32(i32 bound)>;

/// Stripes replicas over racks and, within a rack, over its brokers; every placement begins one further.
class StripedPlacer {
public:
    StripedPlacer(const std::vector<UsableBroker>& brokers, DrawBelow draw);
    /// Replicas of one partition, the preferred leader first. Requires as many brokers as replicas, and one unfenced.
    BrokerList place(i32 replication_factor);
    [[nodiscard]] i32 broker_count() const { return brokers_; }
    [[nodiscard]] i32 unfenced_count() const { return unfenced_; }

private:
    struct Stripe {
        BrokerList brokers;
        std::size_t offset = 0;   // where this round begins
        std::size_t given = 0;    // in this round
        i32 round = 0;
        BrokerId next(i32 round_now);
    };
    struct Rack {
        std::string name;
        Stripe unfenced;
        Stripe fenced;
        BrokerId next(i32 round_now);
    };
    void begin(Stripe& stripe);
    void shuffle();
    BrokerId first_unfenced(std::size_t& rack);

    std::vector<Rack> racks_;
    DrawBelow draw_;
    i32 brokers_ = 0;
    i32 unfenced_ = 0;
    i32 round_ = 0;
    std::size_t offset_ = 0;
};

}  // namespace engine::broker
