#include "app/lab/sql/cluster.h"

#include <algorithm>

#include "engine/broker/znodes.h"
#include "engine/zookeeper/server.h"

namespace app::lab {
namespace {

using engine::BrokerId;
using engine::NodeKind;
using engine::TopicPartition;
using engine::broker::ControlledPartition;
using engine::broker::Controller;
using engine::broker::ControllerStep;
using engine::broker::StepKind;
using sim::NodeId;
using sim::u16;
namespace znodes = engine::broker::znodes;

/// A controller that has just won knows nothing until it has read the states.
bool has_loaded(const Controller& controller) {
    return controller.active && std::ranges::none_of(controller.steps, [](const ControllerStep& step) {
        return step.kind == StepKind::load_states || step.kind == StepKind::claim;
    });
}

const engine::zookeeper::DataTree* tree_of(const Reader& reader) {
    for (u16 i = 0; i < reader.node_count(); ++i)
        if (reader.world().card({i}).kind == NodeKind::zookeeper)
            return &reader.world().nodes[i].as<engine::zookeeper::ZkServer>().state.memory.tree;
    return nullptr;
}

ControlledPartition partition_of(const engine::zookeeper::Znode* state, const engine::broker::BrokerList& replicas) {
    ControlledPartition partition;
    partition.replicas = replicas;
    const auto data = state == nullptr ? std::nullopt : znodes::state_from_json(state->data.bytes);
    if (!data) return partition;
    partition.leader = data->leader;
    partition.leader_epoch = data->leader_epoch;
    partition.isr = data->isr;
    partition.partition_epoch = engine::PartitionEpoch{state->stat.version};
    partition.has_state = true;
    return partition;
}

/// Which of two replicas knows more of its partition.
bool knows_less(const Replica& a, const Replica& b) {
    if (!a || !b) return !a && b;
    if (a.partition->leader_epoch != b.partition->leader_epoch)
        return a.partition->leader_epoch < b.partition->leader_epoch;
    if (a.partition->leads() != b.partition->leads()) return b.partition->leads();
    return a.partition->log_end_offset() < b.partition->log_end_offset();
}

bool admits(std::optional<sim::i64> wanted, sim::i64 value) { return !wanted || *wanted == value; }

}  // namespace

Cluster::Cluster(const Reader& reader) : reader_(reader) {
    choose_controller();
    if (topics_ == nullptr) read_znodes();
}

void Cluster::choose_controller() {
    const Controller* latest = nullptr;
    const Controller* latest_live = nullptr;
    for (u16 i = 0; i < reader_.node_count(); ++i) {
        const engine::broker::Broker* broker = reader_.broker(NodeId{i});
        if (broker == nullptr || !broker->memory.controller.active) continue;
        const Controller& controller = broker->memory.controller;
        if (has_loaded(controller) && (latest == nullptr || latest->epoch < controller.epoch)) latest = &controller;
        const bool alive = reader_.world().kernel().host({i}).alive();
        if (!alive || (latest_live != nullptr && controller.epoch < latest_live->epoch)) continue;
        latest_live = &controller;
        controller_ = {i};
    }
    if (latest != nullptr) topics_ = &latest->topics;
}

void Cluster::read_znodes() {
    topics_ = &from_znodes_;
    const engine::zookeeper::DataTree* tree = tree_of(reader_);
    const engine::zookeeper::Znode* list = tree == nullptr ? nullptr : tree->find(znodes::kTopics);
    if (list == nullptr) return;
    for (const std::string& topic : list->children) {
        const sim::NameId name = reader_.world().kernel().names.find(topic);
        const engine::zookeeper::Znode* znode = tree->find(znodes::topic_path(topic));
        const auto data = znode == nullptr ? std::nullopt : znodes::topic_from_json(znode->data.bytes);
        if (name == sim::kNoName || !data) continue;
        for (std::size_t p = 0; p < data->partitions.size(); ++p) {
            const auto number = static_cast<sim::i32>(p);
            from_znodes_[name].partitions[number] =
                partition_of(tree->find(znodes::state_path(topic, number)), data->partitions[p]);
        }
    }
}

const ControlledPartition* Cluster::find(TopicPartition id) const {
    const auto* topic = topics_->find(id.topic);
    return topic == nullptr ? nullptr : topic->partitions.find(id.partition);
}

std::vector<TopicPartition> Cluster::partitions(const Keys& keys) const {
    const WantedTopic wanted = wanted_topic(reader_, keys);
    const auto number = keys.number("partition");
    std::vector<TopicPartition> found;
    const auto add = [&](sim::NameId name, const engine::broker::ControlledTopic& topic) {
        for (const auto& [partition, state] : topic.partitions)
            if (admits(number, partition)) found.push_back({name, partition});
    };
    if (!wanted.any) {
        if (const auto* topic = topics_->find(wanted.name)) add(wanted.name, *topic);
        return found;
    }
    for (const auto& [name, topic] : *topics_) add(name, topic);
    std::ranges::stable_sort(found, [&](const TopicPartition& a, const TopicPartition& b) {
        return a.topic == b.topic ? a.partition < b.partition : reader_.text(a.topic) < reader_.text(b.topic);
    });
    return found;
}

Replica Cluster::replica(NodeId node, TopicPartition id) const {
    const engine::broker::Broker* broker = reader_.broker(node);
    const auto* found = broker == nullptr ? nullptr : broker->memory.partitions.find(id);
    return found == nullptr ? Replica{} : Replica{node, broker->settings.id, &**found};
}

Replica Cluster::leading_replica(TopicPartition id) const {
    const ControlledPartition* state = find(id);
    if (state != nullptr && state->leader != engine::kNoBroker)
        if (const Replica leader = replica(reader_.world().broker_node(state->leader), id)) return leader;
    Replica best;
    for (u16 i = 0; i < reader_.node_count(); ++i)
        if (const Replica other = replica({i}, id); knows_less(best, other)) best = other;
    return best;
}

std::vector<Replica> Cluster::replicas(const Keys& keys) const {
    const WantedTopic wanted = wanted_topic(reader_, keys);
    const auto number = keys.number("partition");
    const auto broker_id = keys.number("broker");
    std::vector<Replica> found;
    for (u16 i = 0; i < reader_.node_count(); ++i) {
        const engine::broker::Broker* broker = reader_.broker(NodeId{i});
        if (broker == nullptr || !admits(broker_id, broker->settings.id.value)) continue;
        for (const auto& [id, partition] : broker->memory.partitions)
            if (wanted.admits(id.topic) && admits(number, id.partition))
                found.push_back({{i}, broker->settings.id, &*partition});
    }
    const auto place = [&](const Replica& r) {
        return std::tie(reader_.text(r.partition->id.topic), r.partition->id.partition, r.broker);
    };
    std::ranges::stable_sort(found, [&](const Replica& a, const Replica& b) { return place(a) < place(b); });
    return found;
}

WantedTopic wanted_topic(const Reader& reader, const Keys& keys, std::string_view column) {
    const auto text = keys.text(column);
    return text ? WantedTopic{false, reader.world().kernel().names.find(*text)} : WantedTopic{};
}

WantedNode wanted_node(const Reader& reader, const Keys& keys, std::string_view column) {
    const auto text = keys.text(column);
    return text ? WantedNode{false, reader.world().find_node(*text)} : WantedNode{};
}

}  // namespace app::lab
