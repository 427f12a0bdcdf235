// What this broker has been told of the cluster by UpdateMetadata: it answers Metadata requests from here, and
// is exactly as old as the last message from the controller.
#pragma once

#include "engine/broker/isr.h"
#include "engine/wire/uuid.h"
#include "sim/base/flat_map.h"
#include "sim/base/ref.h"

namespace engine::broker {

struct Endpoint {
    std::string host;
    i32 port = 0;
    std::string rack;
};

struct CachedPartition {
    BrokerId leader = kNoBroker;
    LeaderEpoch leader_epoch = kNoEpoch;
    PartitionEpoch partition_epoch{-1};
    BrokerList replicas;
    BrokerList isr;
    BrokerList offline;
};

struct CachedTopic {
    wire::Uuid id;
    sim::FlatMap<i32, CachedPartition> partitions;
};

struct MetadataCache {
    BrokerId controller = kNoBroker;
    ControllerEpoch controller_epoch;
    sim::FlatMap<BrokerId, Endpoint> brokers;      // those alive
    sim::Cow<sim::FlatMap<NameId, CachedTopic>> topics;
    sim::Cow<sim::FlatMap<wire::Uuid, NameId>> names;   // of topics, by their ids

    [[nodiscard]] const CachedTopic* find(NameId topic) const { return topics->find(topic); }
    /// kNoName for ids that are not known.
    [[nodiscard]] NameId name_of(const wire::Uuid& id) const {
        const NameId* name = names->find(id);
        return name == nullptr ? kNoName : *name;
    }
    [[nodiscard]] const CachedPartition* find(TopicPartition id) const {
        const CachedTopic* topic = find(id.topic);
        return topic == nullptr ? nullptr : topic->partitions.find(id.partition);
    }
};

}  // namespace engine::broker
