// Every member of every node is in the state digest: each number, flag and text is changed in turn, and the
// digest must see it.
#include <catch2/catch_test_macros.hpp>

#include "engine/broker/broker_node.h"
#include "engine/client/consumer_node.h"
#include "engine/client/producer_node.h"
#include "engine/tools/console_node.h"
#include "engine/zookeeper/server.h"
#include "tests/support/small_world.h"

namespace {

constexpr int kMostItems = 3;   // of a container: its items are alike

template <class T>
concept HasEdit = requires(T& value) { value.edit(); };
template <class T>
concept Iterable = requires(T& value) { value.begin() != value.end(); };

/// Changes each leaf below `value` in turn and calls `changed()`; puts it back afterwards.
template <class T, class Changed>
void for_each_leaf(T& value, Changed&& changed);

template <class T, class Changed>
void flip_leaf(T& value, Changed&& changed) {
    const T old = value;
    if constexpr (std::is_same_v<T, bool>) value = !value;
    else if constexpr (std::is_enum_v<T>) value = static_cast<T>(static_cast<std::underlying_type_t<T>>(value) ^ 1);
    else value = static_cast<T>(value ^ 1);
    changed();
    value = old;
}

template <class T, class Changed>
void for_each_leaf(T& value, Changed&& changed) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
        flip_leaf(value, changed);
    } else if constexpr (std::is_same_v<T, std::string>) {
        value.push_back('x');
        changed();
        value.pop_back();
    } else if constexpr (HasEdit<T>) {
        for_each_leaf(value.edit(), changed);
    } else if constexpr (Iterable<T>) {
        int count = 0;
        for (auto&& item : value) {
            if (++count > kMostItems) break;
            if constexpr (requires { item.first; item.second; }) for_each_leaf(item.second, changed);
            else if constexpr (!std::is_const_v<std::remove_reference_t<decltype(item)>>) for_each_leaf(item, changed);
        }
    } else if constexpr (sim::PlainStruct<T>) {
        sim::for_each_field(value, [&](auto& field) { for_each_leaf(field, changed); });
    }
}

/// Number of leaves, all of which the digest of `state` sees.
template <class State>
int check_leaves(State& state) {
    const auto before = sim::digest_of(state);
    int leaves = 0, unseen = 0;
    for_each_leaf(state, [&] {
        ++leaves;
        unseen += sim::digest_of(state) == before ? 1 : 0;
    });
    CHECK(unseen == 0);
    CHECK(sim::digest_of(state) == before);
    return leaves;
}

}  // namespace

TEST_CASE("every member of every node is in its digest", "[engine]") {
    tests::Stage stage;
    stage.run_to(sim::seconds(4));
    engine::World& world = stage.world;
    CHECK(check_leaves(world.nodes[world.find_node("broker 1").value].edit_as<engine::broker::BrokerNode>().state) >
          300);
    CHECK(check_leaves(world.nodes[world.find_node("broker 3").value].edit_as<engine::broker::BrokerNode>().state) >
          300);
    CHECK(check_leaves(world.nodes[world.find_node("zookeeper").value].edit_as<engine::zookeeper::ZkServer>().state) >
          20);
    CHECK(check_leaves(world.nodes[world.find_node("shop").value].edit_as<engine::client::ProducerNode>().state) > 50);
    CHECK(check_leaves(world.nodes[world.find_node("warehouse").value].edit_as<engine::client::ConsumerNode>().state) >
          50);
    CHECK(check_leaves(world.nodes[world.find_node("console").value].edit_as<engine::tools::ConsoleNode>().state) > 10);
    CHECK(check_leaves(world.machine.kernel) > 50);
}
