#include "engine/broker/placement.h"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>

#include "sim/base/prng.h"
#include "tests/support/broken.h"
#include "tests/support/led_partition.h"

using namespace tests;
using namespace engine::broker;

namespace {

BrokerRacks racks(std::initializer_list<std::pair<i32, const char*>> pairs) {
    BrokerRacks made;
    for (const auto& [broker, rack] : pairs) made[BrokerId{broker}] = rack;
    return made;
}

/// How often each broker stands at a place of the replica lists.
std::map<i32, int> counts(const std::vector<BrokerList>& assignment, std::size_t place) {
    std::map<i32, int> found;
    for (const BrokerList& replicas : assignment) ++found[replicas.at(place).value];
    return found;
}

bool no_broker_twice(const std::vector<BrokerList>& assignment) {
    return std::ranges::all_of(assignment, [](const BrokerList& replicas) {
        return std::set<BrokerId>(replicas.begin(), replicas.end()).size() == replicas.size();
    });
}

}  // namespace

TEST_CASE("leaders go around evenly and no broker holds a partition twice") {
    const auto assignment = place_replicas(brokers({1, 2, 3, 4, 5}), 20, 3, 2, 4);
    CHECK(no_broker_twice(assignment));
    for (const auto& [broker, count] : counts(assignment, 0)) CHECK(count == 4);
    for (const auto& [broker, count] : counts(assignment, 1)) CHECK((count >= 2 && count <= 6));
}

TEST_CASE("one broker takes everything that has one replica") {
    CHECK(place_replicas(brokers({7}), 3, 1, 0, 0) == std::vector<BrokerList>(3, brokers({7})));
    CHECK(breaks([] { (void)place_replicas(brokers({7}), 3, 2, 0, 0); }));
}

TEST_CASE("replicas are in as many racks as there are") {
    const auto map = racks({{1, "a"}, {2, "a"}, {3, "b"}, {4, "b"}, {5, "c"}, {6, "c"}});
    const auto assignment = place_replicas_on_racks(map, 30, 3, 1, 2);
    CHECK(no_broker_twice(assignment));
    for (const BrokerList& replicas : assignment) {
        std::set<std::string> seen;
        for (const BrokerId broker : replicas) seen.insert(map.at(broker));
        CHECK(seen.size() == 3);
    }
}

TEST_CASE("with more replicas than racks every rack has one before any has two") {
    const auto map = racks({{1, "a"}, {2, "a"}, {3, "a"}, {4, "b"}});
    for (const BrokerList& replicas : place_replicas_on_racks(map, 8, 3, 0, 0))
        CHECK(std::ranges::find(replicas, BrokerId{4}) != replicas.end());
}

TEST_CASE("stripes begin with an unfenced broker, one further each time") {
    std::vector<UsableBroker> usable;
    for (const i32 id : {1, 2, 3, 4}) usable.push_back({BrokerId{id}, "", id == 4});
    sim::Prng rng = sim::Prng::forked(1, "placement");
    StripedPlacer placer(usable, [&](i32 bound) { return static_cast<i32>(rng.below(static_cast<u64>(bound))); });
    std::vector<BrokerList> assignment;
    for (int i = 0; i < 30; ++i) assignment.push_back(placer.place(4));
    CHECK(no_broker_twice(assignment));
    const auto first = counts(assignment, 0);
    CHECK((first.size() == 3 && !first.contains(4)));
    for (const auto& [broker, count] : first) CHECK(count == 10);
    for (const BrokerList& replicas : assignment) CHECK(replicas.back() == BrokerId{4});
}
