#include "engine/broker/placement.h"

#include "sim/base/assert.h"

namespace engine::broker {
namespace {

/// The broker that stands `step` behind the first replica, which it never is itself.
std::size_t follower_place(std::size_t first, std::size_t step, std::size_t brokers) {
    MR_ASSERT(brokers > 1 && first < brokers);
    const std::size_t place = (first + 1 + step % (brokers - 1)) % brokers;
    MR_ASSERT(place != first);
    return place;
}

std::size_t rack_count(const BrokerRacks& racks) {
    std::vector<std::string> names;
    for (const auto& [broker, rack] : racks)
        if (std::ranges::find(names, rack) == names.end()) names.push_back(rack);
    return names.size();
}

/// Replicas of one partition so far, and what they cover.
struct Cover {
    BrokerList replicas;
    std::vector<std::string> racks;
};

void add(Cover& cover, BrokerId broker, const std::string& rack) {
    cover.replicas.push_back(broker);
    if (std::ranges::find(cover.racks, rack) == cover.racks.end()) cover.racks.push_back(rack);
}

template <class T>
void shuffle_list(std::vector<T>& items, const DrawBelow& draw) {
    for (std::size_t i = items.size(); i > 1; --i) {
        const auto other = static_cast<std::size_t>(draw(static_cast<i32>(i)));
        MR_ASSERT(other < i);
        std::swap(items[i - 1], items[other]);
    }
}

}  // namespace

// ---- round-robin --------------------------------------------------------------------------------

std::vector<BrokerList> place_replicas(const BrokerList& brokers, i32 partitions, i32 replication_factor, i32 start,
                                       i32 shift, i32 from) {
    const std::size_t n = brokers.size();
    MR_ASSERT(n > 0 && replication_factor >= 1 && static_cast<std::size_t>(replication_factor) <= n);
    std::vector<BrokerList> assignment;
    for (i32 partition = from; partition < partitions; ++partition) {
        if (partition > 0 && static_cast<std::size_t>(partition) % n == 0) ++shift;
        const std::size_t first = static_cast<std::size_t>(partition + start) % n;
        BrokerList replicas = {brokers[first]};
        for (i32 j = 0; j < replication_factor - 1; ++j)
            replicas.push_back(brokers[follower_place(first, static_cast<std::size_t>(shift + j), n)]);
        MR_ASSERT(all_differ(replicas));
        assignment.push_back(std::move(replicas));
    }
    return assignment;
}

BrokerList rack_alternated(const BrokerRacks& racks) {
    sim::FlatMap<std::string, BrokerList> by_rack;
    for (const auto& [broker, rack] : racks) by_rack[rack].push_back(broker);
    BrokerList order;
    for (std::size_t turn = 0; order.size() < racks.size(); ++turn)
        for (const auto& [rack, brokers] : by_rack)
            if (turn < brokers.size()) order.push_back(brokers[turn]);
    MR_ASSERT(all_differ(order));
    return order;
}

std::vector<BrokerList> place_replicas_on_racks(const BrokerRacks& racks, i32 partitions, i32 replication_factor,
                                                i32 start, i32 shift) {
    const BrokerList brokers = rack_alternated(racks);
    const std::size_t n = brokers.size(), all_racks = rack_count(racks);
    MR_ASSERT(n > 0 && replication_factor >= 1 && static_cast<std::size_t>(replication_factor) <= n);
    std::vector<BrokerList> assignment;
    for (i32 partition = 0; partition < partitions; ++partition) {
        if (partition > 0 && static_cast<std::size_t>(partition) % n == 0) ++shift;
        const std::size_t first = static_cast<std::size_t>(partition + start) % n;
        Cover cover;
        add(cover, brokers[first], racks.at(brokers[first]));
        for (std::size_t k = 0; cover.replicas.size() < static_cast<std::size_t>(replication_factor); ++k) {
            const BrokerId broker = brokers[follower_place(first, static_cast<std::size_t>(shift) * all_racks + k, n)];
            const bool rack_taken = std::ranges::find(cover.racks, racks.at(broker)) != cover.racks.end();
            const bool wait_for_other_rack = rack_taken && cover.racks.size() < all_racks;
            if (!wait_for_other_rack && !contains(cover.replicas, broker)) add(cover, broker, racks.at(broker));
        }
        MR_ASSERT(all_differ(cover.replicas) && cover.racks.size() == std::min(cover.replicas.size(), all_racks));
        assignment.push_back(std::move(cover.replicas));
    }
    return assignment;
}

// ---- striped ------------------------------------------------------------------------------------

BrokerId StripedPlacer::Stripe::next(i32 round_now) {
    if (brokers.empty()) return kNoBroker;
    MR_ASSERT(offset < brokers.size() && given <= brokers.size());
    if (round != round_now) {
        round = round_now;
        given = 0;
        offset = (offset + 1) % brokers.size();
    }
    return given < brokers.size() ? brokers[(offset + given++) % brokers.size()] : kNoBroker;
}

BrokerId StripedPlacer::Rack::next(i32 round_now) {
    const BrokerId broker = unfenced.next(round_now);
    return broker != kNoBroker ? broker : fenced.next(round_now);
}

void StripedPlacer::begin(Stripe& stripe) {
    std::ranges::sort(stripe.brokers);
    if (!stripe.brokers.empty())
        stripe.offset = static_cast<std::size_t>(draw_(static_cast<i32>(stripe.brokers.size())));
}

StripedPlacer::StripedPlacer(const std::vector<UsableBroker>& brokers, DrawBelow draw) : draw_(std::move(draw)) {
    for (const UsableBroker& broker : brokers) {
        auto rack = std::ranges::find(racks_, broker.rack, &Rack::name);
        if (rack == racks_.end()) rack = racks_.insert(racks_.end(), Rack{broker.rack, {}, {}});
        (broker.fenced ? rack->fenced : rack->unfenced).brokers.push_back(broker.id);
        ++brokers_;
        unfenced_ += broker.fenced ? 0 : 1;
    }
    std::ranges::sort(racks_, {}, &Rack::name);
    for (Rack& rack : racks_) {
        begin(rack.fenced);
        begin(rack.unfenced);
    }
    MR_ASSERT(unfenced_ <= brokers_ && racks_.size() <= brokers.size());
    offset_ = racks_.empty() ? 0 : static_cast<std::size_t>(draw_(static_cast<i32>(racks_.size())));
}

void StripedPlacer::shuffle() {
    shuffle_list(racks_, draw_);
    for (Rack& rack : racks_) {
        shuffle_list(rack.fenced.brokers, draw_);
        shuffle_list(rack.unfenced.brokers, draw_);
    }
}

/// From rack `rack` on; leaves it at the one that gave.
BrokerId StripedPlacer::first_unfenced(std::size_t& rack) {
    for (std::size_t tried = 0;; ++tried) {
        MR_ASSERT(tried <= racks_.size());
        if (const BrokerId broker = racks_[rack].unfenced.next(round_); broker != kNoBroker) return broker;
        rack = (rack + 1) % racks_.size();
    }
}

BrokerList StripedPlacer::place(i32 replication_factor) {
    MR_ASSERT(replication_factor >= 1 && replication_factor <= brokers_ && unfenced_ > 0);
    if (round_ == unfenced_ && unfenced_ > 1) {  // all have been first once: do not repeat the same stripes
        shuffle();
        round_ = 0;
    }
    offset_ %= racks_.size();
    std::size_t first_rack = offset_;
    BrokerList replicas = {first_unfenced(first_rack)};
    bool skipped = false;  // the first replica's rack, once
    for (std::size_t rack = offset_; static_cast<i32>(replicas.size()) < replication_factor;
         rack = (rack + 1) % racks_.size()) {
        if (rack == first_rack && !std::exchange(skipped, true)) continue;
        if (const BrokerId broker = racks_[rack].next(round_); broker != kNoBroker) replicas.push_back(broker);
    }
    MR_ASSERT(all_differ(replicas) && static_cast<i32>(replicas.size()) == replication_factor);
    ++round_;
    ++offset_;
    return replicas;
}

}  // namespace engine::broker
