// Who leads, and where replicas go.
#include <array>

#include "app/proof/vectors/values.h"
#include "engine/broker/controller.h"
#include "engine/broker/placement.h"

namespace app::proof::vectors {
namespace {

using namespace engine;
using broker::BrokerList;

Json json_of(const std::vector<BrokerList>& assignment) {
    Json list = Json::array();
    for (const BrokerList& replicas : assignment) list.push_back(numbers_of(replicas));
    return list;
}

// ---- elections ----------------------------------------------------------------------------------

/// The recorded elections are asked for whether or not the leader is fine; ours are held only if it is not, or if
/// the preferred one is asked for.
Json leader_election(const Json& input, const Json&) {
    const BrokerList replicas = brokers_of(input.value("target_replicas", input.at("replicas")));
    const BrokerList isr = brokers_of(input.value("target_isr", input.at("isr")));
    BrokerList live = replicas;
    for (const BrokerId gone : brokers_of(input.at("unavailable"))) live = broker::without(live, gone);
    const BrokerId leader{input.at("leader").get<i32>()};
    const bool preferred = input.at("election") == "PREFERRED",
               stays = broker::contains(live, leader) && broker::contains(isr, leader);
    if (!preferred && stays) return {{"leader", leader.value}, {"unclean", false}};
    const auto kind = preferred ? broker::ElectionKind::preferred : broker::ElectionKind::offline;
    const auto outcome = broker::elect_leader(kind, input.at("election") == "UNCLEAN", {replicas, isr, live, leader});
    if (outcome.elected) return {{"leader", outcome.leader.value}, {"unclean", outcome.unclean}};
    return {{"leader", stays ? leader.value : -1}, {"unclean", false}};
}

// ---- places -------------------------------------------------------------------------------------

/// The recordings' own source of chance, and how Java makes bounded numbers of it.
class RecordedChance {
public:
    i32 below(i32 bound) {
        if ((bound & (bound - 1)) == 0) return static_cast<i32>((static_cast<i64>(bound) * bits(31)) >> 31);
        for (;;) {
            const i64 drawn = bits(31);
            const i64 value = drawn % bound;
            if (drawn - value + (bound - 1) <= INT32_MAX) return static_cast<i32>(value);
        }
    }

private:
    u32 bits(int count) {
        state_ = state_ * 2862933555777941757u + 3037000493u;
        return static_cast<u32>(state_ >> (64 - count));
    }
    u64 state_ = 17;
};

Json striped(const Json& input, const Json& expected) {
    std::vector<broker::UsableBroker> brokers;
    for (const Json& given : input.at("brokers")) {
        broker::UsableBroker usable;
        usable.id = brokers_of(Json::array({given})).front();
        usable.fenced = given.is_object() && given.value("fenced", false);
        usable.rack = given.is_object() ? given.value("rack", "") : "";
        brokers.push_back(usable);
    }
    RecordedChance chance;
    broker::StripedPlacer placer(brokers, [&](i32 bound) { return chance.below(bound); });
    const Json placements = expected.value("placements", expected.value("assignment", Json::array()));
    std::vector<BrokerList> got;
    for (std::size_t i = 0; i < placements.size(); ++i) got.push_back(placer.place(input.at("replication_factor")));
    return {{"assignment", json_of(got)}, {"placements", json_of(got)}};
}

broker::BrokerRacks broker_racks(const Json& map) {
    broker::BrokerRacks racks;
    for (const auto& [broker, rack] : map.items()) racks[BrokerId{std::stoi(broker)}] = rack;
    return racks;
}

Json by_racks(const Json& input) {
    broker::BrokerRacks racks = broker_racks(input.at("rack_map"));
    Json got = {{"order", numbers_of(broker::rack_alternated(racks))}};
    if (input.contains("partitions")) {
        const i32 start = input.value("fixed_start_index", 0);
        got["assignment"] = json_of(
            broker::place_replicas_on_racks(racks, input["partitions"], input.at("replication_factor"), start, start));
    }
    for (const BrokerId gone : broker::rack_alternated(racks)) {
        broker::BrokerRacks fewer = racks;
        fewer.erase(gone);
        got["order_without_" + std::to_string(gone.value)] = numbers_of(broker::rack_alternated(fewer));
    }
    return got;
}

Json replica_placement(const Json& input, const Json& expected) {
    if (input.contains("rack_map")) return by_racks(input);
    if (!input.contains("fixed_start_index")) return striped(input, expected);
    const i32 start = input["fixed_start_index"];
    const auto assignment = broker::place_replicas(brokers_of(input.at("brokers")), input.at("partitions"),
                                                   input.at("replication_factor"), start, start);
    return {{"assignment", json_of(assignment)}};
}

constexpr std::array kPlacementCategories = {
    Category{"leader_election", answer<leader_election>},
    Category{"replica_placement", answer<replica_placement>},
};

}  // namespace

std::span<const Category> placement_categories() { return kPlacementCategories; }

}  // namespace app::proof::vectors
