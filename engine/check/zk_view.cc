#include "engine/check/zk_view.h"

#include <algorithm>
#include <charconv>

#include "engine/model/facts.h"
#include "engine/zookeeper/server.h"

namespace engine::check {
namespace {

namespace znodes = broker::znodes;
constexpr std::string_view kStateSuffix = "/state";
constexpr std::string_view kPartitions = "/partitions/";

/// The topic of `/brokers/topics/NAME`, or "".
std::string_view topic_in(std::string_view path) {
    if (!path.starts_with(znodes::kTopics) || path.size() <= znodes::kTopics.size() + 1) return {};
    const std::string_view rest = path.substr(znodes::kTopics.size() + 1);
    return rest.find('/') == std::string_view::npos ? rest : std::string_view{};
}

/// The partition of `/brokers/topics/NAME/partitions/N/state`; partition -1 if it is no such path.
TopicPartition state_in(const World& world, std::string_view path) {
    TopicPartition id;
    const auto middle = path.find(kPartitions);
    if (!path.ends_with(kStateSuffix) || middle == std::string_view::npos) return id;
    id.topic = world.kernel().names.find(topic_in(path.substr(0, middle)));
    const char* digits = path.data() + middle + kPartitions.size();
    std::from_chars(digits, path.data() + path.size() - kStateSuffix.size(), id.partition);
    return id;
}

bool holds(const BrokerList* list, BrokerId broker) { return list != nullptr && broker::contains(*list, broker); }

/// Who is new is missing until the ISR has it; nobody who is missing may be left when a move ends.
void note_missing(ZkView& view, TopicPartition id, PartitionView& partition, const znodes::TopicData& data) {
    const BrokerList* adding = data.adding.find(id.partition);
    const BrokerList& next = data.partitions[static_cast<std::size_t>(id.partition)];
    const bool ends = adding == nullptr && !data.removing.contains(id.partition) && !partition.moving.empty();
    for (const BrokerId broker : partition.missing)
        if (ends && broker::contains(next, broker)) view.ended_early = id;
    std::erase_if(partition.missing, [&](BrokerId broker) { return !holds(adding, broker); });
    for (const BrokerId broker : adding == nullptr ? BrokerList{} : *adding)
        if (!broker::contains(partition.adding, broker) && !broker::contains(partition.state.isr, broker))
            partition.missing.push_back(broker);
    partition.adding = adding == nullptr ? BrokerList{} : *adding;
}

void read_topic(ZkView& view, const World& world, std::string_view topic, const zookeeper::Znode& node) {
    const auto data = znodes::topic_from_json(node.data.bytes);
    if (!data) return;
    const NameId name = world.kernel().names.find(topic);
    for (std::size_t i = 0; i < data->partitions.size(); ++i) {
        const auto index = static_cast<i32>(i);
        PartitionView& partition = view.partitions[{name, index}];
        note_missing(view, {name, index}, partition, *data);
        partition.topic_id = data->topic_id;
        partition.replicas = data->partitions[i];
        partition.moving.clear();
        for (const auto* list : {data->adding.find(index), data->removing.find(index)})
            if (list != nullptr) partition.moving.insert(partition.moving.end(), list->begin(), list->end());
    }
}

void read_epoch(ZkView& view, const zookeeper::Znode& node) {
    const std::string& text = node.data.bytes;
    std::from_chars(text.data(), text.data() + text.size(), view.controller_epoch.value);
}

bool read_state(ZkView& view, TopicPartition id, const zookeeper::Znode& node, StateChange& change) {
    MR_ASSERT(id.partition >= 0);
    const auto data = znodes::state_from_json(node.data.bytes);
    if (!data) return false;
    PartitionView& partition = view.partitions[id];
    change = {id, partition, partition};
    change.after.state = *data;
    change.after.version = node.stat.version;
    std::erase_if(change.after.missing, [&](BrokerId broker) { return broker::contains(data->isr, broker); });
    partition = change.after;
    return true;
}

bool read_node(ZkView& view, const World& world, std::string_view path, const zookeeper::Znode& node,
               StateChange& change) {
    if (path == znodes::kControllerEpoch) read_epoch(view, node);
    if (const std::string_view topic = topic_in(path); !topic.empty()) read_topic(view, world, topic, node);
    const TopicPartition id = state_in(world, path);
    return id.partition >= 0 && read_state(view, id, node, change);
}

}  // namespace

const zookeeper::DataTree& zk_tree(const World& world) {
    const auto found = std::ranges::find(world.frame->cards, NodeKind::zookeeper, &NodeCard::kind);
    MR_ASSERT(found != world.frame->cards.end());
    const auto place = static_cast<std::size_t>(found - world.frame->cards.begin());
    return world.nodes[place].as<zookeeper::ZkServer>().state.memory.tree;
}

ZkView read_zk(const World& world) {
    ZkView view;
    StateChange ignored;
    for (const auto& [path, node] : zk_tree(world).nodes()) (void)read_node(view, world, path, node, ignored);
    return view;
}

NameId deleted_topic(const World& world, const sim::Fact& fact) {
    if (kind_of(fact) != FactKind::znode_deleted) return kNoName;
    const std::string_view topic = topic_in(world.kernel().names.text(fact.subject));
    return topic.empty() ? kNoName : world.kernel().names.find(topic);
}

bool note_znode(ZkView& view, const World& world, const sim::Fact& fact, StateChange& change) {
    const FactKind kind = kind_of(fact);
    if (kind != FactKind::znode_created && kind != FactKind::znode_changed) return false;
    const std::string& path = world.kernel().names.text(fact.subject);
    const zookeeper::Znode* node = zk_tree(world).find(path);
    return node != nullptr && read_node(view, world, path, *node, change);
}

}  // namespace engine::check
