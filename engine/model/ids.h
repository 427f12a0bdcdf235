// What Kafka's things are called by: brokers, partitions, offsets, epochs, producers.
#pragma once

#include "sim/base/types.h"

namespace engine {

using sim::i16;
using sim::i32;
using sim::i64;
using sim::i8;
using sim::u16;
using sim::u32;
using sim::u64;
using sim::u8;
using sim::kNoName;
using sim::NameId;
using sim::Nanos;
using sim::NodeId;

/// `broker.id`.
using BrokerId = sim::Id<struct BrokerIdTag, i32>;
constexpr BrokerId kNoBroker{-1};

/// Place of a record in a partition's log.
using Offset = sim::Quantity<struct OffsetTag, i64>;
constexpr Offset kNoOffset{-1};

/// Term of a partition's leader; grows by one with every leader change (KIP-101).
using LeaderEpoch = sim::Quantity<struct LeaderEpochTag, i32>;
constexpr LeaderEpoch kNoEpoch{-1};

/// Version of a partition's state; zkVersion of its znode in ZooKeeper mode.
using PartitionEpoch = sim::Quantity<struct PartitionEpochTag, i32>;

/// Term of the controller; stale commands are refused by it.
using ControllerEpoch = sim::Quantity<struct ControllerEpochTag, i32>;

/// Identity of one registration of a broker: the zxid that created its znode.
using BrokerEpoch = sim::Quantity<struct BrokerEpochTag, i64>;
constexpr BrokerEpoch kNoBrokerEpoch{-1};

using ProducerId = sim::Id<struct ProducerIdTag, i64>;
constexpr ProducerId kNoProducerId{-1};

/// Producer state key and fencing: short, as on the wire.
using ProducerEpoch = sim::Quantity<struct ProducerEpochTag, i16>;

/// A partition of a topic, by the topic's name in the world's name table.
struct TopicPartition {
    NameId topic = kNoName;
    i32 partition = -1;

    friend constexpr auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

/// Epoch milliseconds, as in records and znodes.
using EpochMillis = sim::Quantity<struct EpochMillisTag, i64>;

constexpr Offset min(Offset a, Offset b) { return a < b ? a : b; }
constexpr Offset max(Offset a, Offset b) { return a < b ? b : a; }

static_assert(kNoOffset < Offset{0} && kNoEpoch < LeaderEpoch{0} && kNoBrokerEpoch < BrokerEpoch{0});
static_assert(Offset{7} - Offset{4} == 3 && Offset{7} + 1 == Offset{8} && min(Offset{1}, Offset{2}) == Offset{1});
static_assert(sizeof(BrokerId) == 4 && sizeof(Offset) == 8 && sizeof(ProducerEpoch) == 2);  // as on the wire

}  // namespace engine
