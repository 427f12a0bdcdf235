// What ZooKeeper holds about partitions: the one place where every change of leader and ISR passes in order,
// whatever controllers and brokers believe. Kept up to date from the facts that ZooKeeper tells.
#pragma once

#include "engine/broker/znodes.h"
#include "engine/history.h"
#include "engine/world.h"
#include "engine/zookeeper/data_tree.h"

namespace engine::check {

using broker::BrokerList;

struct PartitionView {
    wire::Uuid topic_id;         // of the topic's present life
    BrokerList replicas;
    BrokerList adding;           // while replicas move
    BrokerList missing;          // of those who are or were added: not yet seen in the ISR
    BrokerList moving;           // of these: who is being added or will be removed
    broker::znodes::PartitionStateData state;
    i32 version = -1;            // of the state znode; -1 = there is none yet
};

struct ZkView {
    sim::FlatMap<TopicPartition, PartitionView> partitions;
    ControllerEpoch controller_epoch;
    TopicPartition ended_early{kNoName, -1};   // a move was ended while a new replica was missing
};

/// A change of one partition's state znode.
struct StateChange {
    TopicPartition id;
    PartitionView before;
    PartitionView after;
};

/// The tree as the ZooKeeper node has it.
const zookeeper::DataTree& zk_tree(const World& world);
/// Reads everything.
ZkView read_zk(const World& world);
/// The topic whose znode this fact says is gone, or kNoName.
NameId deleted_topic(const World& world, const sim::Fact& fact);
/// Takes account of a fact: true if it was a change of a partition's state, which `change` then tells.
bool note_znode(ZkView& view, const World& world, const sim::Fact& fact, StateChange& change);

}  // namespace engine::check
