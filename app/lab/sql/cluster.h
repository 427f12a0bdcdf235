// What is known of partitions: who leads by the controller's word, and which replica's log to look at. Where
// nobody alive knows, what was last known counts.
#pragma once

#include <vector>

#include "app/lab/sql/reader.h"
#include "app/lab/sql/rows.h"

namespace app::lab {

/// A replica as a broker has it in memory, or had it when it died.
struct Replica {
    sim::NodeId node = sim::kNoNode;
    engine::BrokerId broker = engine::kNoBroker;
    const engine::broker::Partition* partition = nullptr;
    explicit operator bool() const { return partition != nullptr; }
};

/// The partitions by the memory of the latest controller that had loaded them; when no broker remembers being
/// controller, by the znodes.
class Cluster {
public:
    explicit Cluster(const Reader& reader);
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    /// The node that acts as controller now; kNoNode if there is none.
    [[nodiscard]] sim::NodeId controller() const { return controller_; }
    [[nodiscard]] const engine::broker::ControlledPartition* find(engine::TopicPartition id) const;
    /// Those that match the keys `topic` and `partition`, by topic name and number.
    [[nodiscard]] std::vector<engine::TopicPartition> partitions(const Keys& keys) const;
    /// The leader's replica; if the leader is nobody or has none in memory, the one that knows most.
    [[nodiscard]] Replica leading_replica(engine::TopicPartition id) const;
    [[nodiscard]] Replica replica(sim::NodeId node, engine::TopicPartition id) const;
    /// All replicas that match the keys `topic`, `partition` and `broker`, in the order of `partitions`, then by
    /// broker.
    [[nodiscard]] std::vector<Replica> replicas(const Keys& keys) const;

private:
    using Topics = sim::FlatMap<sim::NameId, engine::broker::ControlledTopic>;
    void choose_controller();
    void read_znodes();

    const Reader& reader_;
    sim::NodeId controller_ = sim::kNoNode;
    const Topics* topics_ = nullptr;
    Topics from_znodes_;
};

/// A topic of the keys as the world knows it: everything, one, or nothing that exists.
struct WantedTopic {
    bool any = true;
    sim::NameId name = sim::kNoName;
    [[nodiscard]] bool admits(sim::NameId topic) const { return any || topic == name; }
};
WantedTopic wanted_topic(const Reader& reader, const Keys& keys, std::string_view column = "topic");
/// The node of a name in the keys: all nodes, one, or none.
struct WantedNode {
    bool any = true;
    sim::NodeId node = sim::kNoNode;
    [[nodiscard]] bool admits(sim::NodeId other) const { return any || (other == node && node != sim::kNoNode); }
};
WantedNode wanted_node(const Reader& reader, const Keys& keys, std::string_view column);

}  // namespace app::lab
