// A snapshot opened for reading: names for numbers, where things are, what the stage is about. Made for one frame;
// every make_ function begins with one.
#pragma once

#include <optional>

#include "app/lab/sql/cluster.h"
#include "app/view_model/snapshot.h"
#include "engine/zookeeper/server.h"

namespace app {

using engine::BrokerId;
using engine::Offset;
using engine::TopicPartition;
using sim::Nanos;
using sim::NodeId;

/// A world and its past as the lab's tables read them.
struct Sight {
    Sight(const engine::World& world, const engine::History& history, const sim::NameTable* names);
    lab::Reader reader;
    std::optional<lab::Cluster> cluster;
};

enum class ObjectKind : u8 {
    nothing,
    node,
    topic,
    partition,
    replica,
    offset,
    fact,
    message,
    wait,
    znode,
    session,
    query
};

/// What the names of queries begin with.
constexpr std::string_view kQueryWord = "query ";

/// What an object's name stands for.
struct Object {
    ObjectKind kind = ObjectKind::nothing;
    NodeId node = sim::kNoNode;        // node, replica, offset, wait
    TopicPartition id;                 // topic (partition -1), partition, replica, offset
    i64 offset = -1;
    sim::FactId fact;
    u64 number = 0;                    // message, wait
    std::string text;                  // path, session's owner, "query NAME"
    std::string part;                  // of a query: "batch 6 of counts" (query_parts.h)
};

class Scene {
public:
    explicit Scene(const Snapshot& snapshot);
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    [[nodiscard]] const Snapshot& at() const { return snapshot_; }
    [[nodiscard]] const engine::World& world() const { return *snapshot_.world; }
    [[nodiscard]] const engine::History& history() const { return *snapshot_.history; }
    [[nodiscard]] const lab::Reader& reader() const { return now_.reader; }
    [[nodiscard]] const lab::Cluster& cluster() const { return *now_.cluster; }
    /// The world one event earlier, and where the lesson stood last; nullptr if there is none.
    [[nodiscard]] const Sight* before() const { return before_ ? &*before_ : nullptr; }
    [[nodiscard]] const Sight* since() const { return since_ ? &*since_ : before(); }
    [[nodiscard]] u64 cursor() const { return world().kernel().event_index; }
    /// Index of the last event; the one before the history's first if nothing has happened.
    [[nodiscard]] u64 here() const { return cursor() - 1; }
    [[nodiscard]] bool has_event() const { return cursor() > history().first_index; }

    // ---- words
    [[nodiscard]] std::string name(NodeId node) const;
    [[nodiscard]] std::string name(TopicPartition id) const;
    [[nodiscard]] std::string replica_name(TopicPartition id, BrokerId broker) const;
    /// A moment on the learner's clock: "10.502".
    [[nodiscard]] std::string time(Nanos moment) const;
    [[nodiscard]] std::string fact_text(const sim::Fact& fact) const;
    /// What a step is called: the first event of the history is 1.
    [[nodiscard]] std::string step_name(u64 event_index) const;
    static std::string fact_object(sim::FactId id);

    // ---- what is where
    [[nodiscard]] const std::vector<NodeId>& brokers() const { return brokers_; }    // by id
    [[nodiscard]] NodeId zookeeper() const { return zookeeper_; }
    [[nodiscard]] const engine::zookeeper::ZkServerMemory* zookeeper_memory() const;
    /// The broker whose /controller znode stands; kNoBroker if there is none.
    [[nodiscard]] BrokerId controller() const;
    [[nodiscard]] Nanos event_time(u64 index) const;
    /// Row of the fact with this id, or nullptr.
    [[nodiscard]] const engine::FactRow* find_fact(sim::FactId id) const;
    [[nodiscard]] u64 first_fact_of(u64 event_index) const { return engine::rows_before(history().facts, event_index); }
    /// Facts that were told before the cursor.
    [[nodiscard]] u64 facts_now() const { return first_fact_of(cursor()); }
    [[nodiscard]] std::vector<TopicPartition> partitions_of(sim::NameId topic) const;
    /// Topics that people made, in the order of names; those of Kafka's own are left out.
    [[nodiscard]] const std::vector<sim::NameId>& topics() const { return topics_; }

    // ---- what it is about
    /// The partition that the stage shows; topic kNoName if the cluster has none.
    [[nodiscard]] TopicPartition focus() const { return focus_; }
    [[nodiscard]] Object object(std::string_view name) const;
    [[nodiscard]] const Object& selected() const { return selected_; }
    [[nodiscard]] bool is_selected(std::string_view object) const {
        return !object.empty() && object == snapshot_.desk.selected;
    }
    /// The step of the lesson that is followed; nullptr in the free part and without a lesson.
    [[nodiscard]] const lab::StepBlock* step() const;
    [[nodiscard]] const lab::StepRecord* record() const;
    /// Whether a question waits for its answer: then no rule is told.
    [[nodiscard]] bool question_open() const;
    [[nodiscard]] std::vector<std::string> spotlight() const;

private:
    void find_nodes();
    void find_focus();
    [[nodiscard]] TopicPartition partition_named(std::string_view name) const;
    [[nodiscard]] Object object_with_partition(std::string_view name) const;

    const Snapshot& snapshot_;
    Sight now_;
    std::optional<Sight> before_;
    std::optional<Sight> since_;
    std::vector<NodeId> brokers_;
    NodeId zookeeper_ = sim::kNoNode;
    std::vector<sim::NameId> topics_;
    TopicPartition focus_;
    Object selected_;
};

/// Whether the process of a node is there, running or paused.
inline bool is_alive(const Scene& scene, NodeId node) { return scene.world().kernel().host(node).alive(); }

}  // namespace app
