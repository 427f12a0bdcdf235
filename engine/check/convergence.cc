#include "engine/check/convergence.h"

#include <algorithm>
#include <charconv>

#include "engine/broker/groups.h"
#include "engine/check/groups.h"

namespace engine::check {
namespace {

namespace znodes = broker::znodes;

bool registered(const Scene& scene, BrokerId broker, const broker::Broker& running) {
    const zookeeper::Znode* node = zk_tree(scene.world).find(znodes::broker_path(broker));
    return node != nullptr && running.memory.startup.step == broker::StartupStep::running &&
           BrokerEpoch{node->stat.czxid} == running.memory.broker_epoch;
}

std::string broker_trouble(const Scene& scene) {
    for (const NodeCard& card : scene.world.frame->cards) {
        if (card.kind != NodeKind::broker) continue;
        const broker::Broker* running = running_broker(scene.world, card.broker);
        if (running == nullptr) return fmt::format("{} does not run", card.name);
        if (!registered(scene, card.broker, *running)) return fmt::format("{} is not registered", card.name);
    }
    return "";
}

std::string leader_trouble(const Scene& scene, TopicPartition id, const PartitionView& partition) {
    const auto& state = partition.state;
    MR_ASSERT(!partition.replicas.empty() && state.isr.size() <= partition.replicas.size());
    if (state.leader == kNoBroker) return fmt::format("{} has no leader", scene.text(id));
    if (state.isr.size() != partition.replicas.size())
        return fmt::format("ISR of {} is {{{}}} of replicas {{{}}}", scene.text(id), broker::to_text(state.isr),
                           broker::to_text(partition.replicas));
    const broker::Partition* leader = running_replica(scene.world, state.leader, id);
    if (leader == nullptr || !leader->leads() || leader->leader_epoch != state.leader_epoch)
        return fmt::format("broker {} does not act as leader of {} in epoch {}", state.leader.value, scene.text(id),
                           state.leader_epoch.value);
    if (leader->isr.committed.size() != state.isr.size())
        return fmt::format("broker {} knows ISR {{{}}} of {}", state.leader.value,
                           broker::to_text(leader->isr.committed), scene.text(id));
    return "";
}

bool internal(const Scene& scene, TopicPartition id) {
    return scene.world.kernel().names.text(id.topic) == broker::kOffsetsTopic;
}

/// A follower that is told to cut its log does not take the high watermark of that answer; its fetch session counts it
/// as told, and tells it again only when it moves (as in Kafka 3.9).
bool was_cut_last(const Scene& scene, TopicPartition id, BrokerId broker) {
    const NodeId node = scene.world.broker_node(broker);
    for (u64 i = scene.history.facts.size(); i > 0; --i) {
        const sim::Fact& fact = scene.history.facts[i - 1].fact;
        if (fact.node != node || fact.subject != id.topic || fact.partition != id.partition) continue;
        if (kind_of(fact) == FactKind::truncated) return true;
        if (kind_of(fact) == FactKind::replicated || kind_of(fact) == FactKind::high_watermark) return false;
    }
    return false;
}

/// A replica that must have come to `goal`, and be there with log and high watermark if nobody writes any more.
std::string replica_lag(const Scene& scene, TopicPartition id, BrokerId broker, Offset goal) {
    MR_ASSERT(id.partition >= 0);
    const broker::Partition* replica = running_replica(scene.world, broker, id);
    if (replica == nullptr) return fmt::format("broker {} has not opened {}", broker.value, scene.text(id));
    if (replica->log_end_offset() < goal || (!internal(scene, id) && replica->log_end_offset() > goal))
        return fmt::format("broker {} ends at {} of {}, the leader at {}", broker.value,
                           replica->log_end_offset().value, scene.text(id), goal.value);
    if (replica->high_watermark < goal && !was_cut_last(scene, id, broker))
        return fmt::format("high watermark of {} on broker {} is {}, the log ends at {}", scene.text(id), broker.value,
                           replica->high_watermark.value, goal.value);
    return "";
}

std::string replica_trouble(const Scene& scene, TopicPartition id, const PartitionView& partition, Rest& rest) {
    MR_ASSERT(id.partition >= 0);
    const Offset end = running_replica(scene.world, partition.state.leader, id)->log_end_offset();
    const Offset* before = rest.ends.find(id);
    const Offset goal = internal(scene, id) && before != nullptr ? min(*before, end) : end;
    rest.ends[id] = end;
    for (const BrokerId broker : partition.replicas)
        if (std::string lag = replica_lag(scene, id, broker, goal); !lag.empty()) return lag;
    return "";
}

/// A follower has given up: its leader lost records with its power and went on in the same epoch. That stays so
/// until the next election.
bool given_up(const Scene& scene, TopicPartition id, const PartitionView& partition) {
    MR_ASSERT(id.partition >= 0);
    if (!scene.promises.power_lost) return false;
    return std::ranges::any_of(partition.replicas, [&](BrokerId broker) {
        const broker::Broker* running = running_broker(scene.world, broker);
        const broker::Fetcher* fetcher =
            running == nullptr ? nullptr : running->memory.fetchers.by_leader.find(partition.state.leader);
        const broker::FetchTarget* target = fetcher == nullptr ? nullptr : fetcher->targets.find(id);
        return target != nullptr && target->not_before == sim::kForever;
    });
}

/// A replica that moved away and could not be told stays, also when its topic is deleted. If the topic is made anew and
/// this broker is to have the same partition, it refuses: its log is of the topic's earlier life (as in Kafka 3.9).
bool holds_earlier_life(const Scene& scene, const Rest& rest, TopicPartition id, const PartitionView& partition) {
    if (std::ranges::find(rest.moved, id.topic) == rest.moved.end()) return false;
    return std::ranges::any_of(partition.replicas, [&](BrokerId broker) {
        const broker::Partition* kept = running_replica(scene.world, broker, id);
        return kept != nullptr && is_of_earlier_life(*kept, partition.topic_id);
    });
}

std::string partition_trouble(const Scene& scene, Rest& rest) {
    for (const auto& [id, partition] : scene.zk.partitions) {
        if (given_up(scene, id, partition) || holds_earlier_life(scene, rest, id, partition)) continue;
        if (std::string trouble = leader_trouble(scene, id, partition); !trouble.empty()) return trouble;
        if (std::string trouble = replica_trouble(scene, id, partition, rest); !trouble.empty()) return trouble;
    }
    return "";
}

// ---- what is left of what is gone ---------------------------------------------------------------

bool is_replica(const Scene& scene, TopicPartition id, BrokerId broker) {
    const PartitionView* partition = scene.zk.partitions.find(id);
    return partition != nullptr && broker::contains(partition->replicas, broker);
}

/// The partition whose directory a path lies in; its topic is unknown if it lies in none.
TopicPartition partition_of_path(const World& world, std::string_view path) {
    const auto slash = path.find('/');
    const auto dash = slash == std::string_view::npos ? slash : path.substr(0, slash).rfind('-');
    if (dash == std::string_view::npos) return {kNoName, -1};
    TopicPartition id{world.kernel().names.find(path.substr(0, dash)), -1};
    std::from_chars(path.data() + dash + 1, path.data() + slash, id.partition);
    return id;
}

/// A broker that had lost its registration when a topic was deleted is not told so later (nor in Kafka 3.9).
std::string stale_metadata(const Scene& scene, BrokerId self, const broker::Broker& running) {
    for (const auto& [topic, cached] : *running.memory.metadata.topics)
        for (const auto& [index, info] : cached.partitions)
            if (const TopicPartition id{topic, index}; !scene.zk.partitions.contains(id))
                return fmt::format("broker {} still tells of {}", self.value, scene.text(id));
    return "";
}

/// Of a topic that was deleted every replica was waited for. One that moved away is only told to go: if its broker was
/// not there, or the controller changed before it was told, it stays (as in Kafka 3.9 with ZooKeeper).
bool must_be_gone(const Scene& scene, const Rest& rest, TopicPartition id, BrokerId self) {
    if (!scene.zk.partitions.contains(id) && std::ranges::find(rest.moved, id.topic) == rest.moved.end()) return true;
    const bool told = rest.first_controller == scene.zk.controller_epoch && !broker::contains(rest.unregistered, self);
    return told && !is_replica(scene, id, self);
}

std::string leftover_on(const Scene& scene, const Rest& rest, BrokerId self, const broker::Broker& running) {
    for (const auto& [id, partition] : running.memory.partitions)
        if (must_be_gone(scene, rest, id, self))
            return fmt::format("broker {} still has a replica of {}", self.value, scene.text(id));
    for (const std::string& path : scene.world.machine.disks.of(scene.world.broker_node(self)).list("")) {
        const TopicPartition id = partition_of_path(scene.world, path);
        if (id.topic != kNoName && id.partition >= 0 && must_be_gone(scene, rest, id, self))
            return fmt::format("broker {} still has the file {}", self.value, path);
    }
    return "";
}

/// A coordinator that took over since the deletion was asked for may not have been told (nor in Kafka 3.9).
std::string stale_offset(const Scene& scene, const Rest& rest, BrokerId self, const broker::Broker& running) {
    const u64* loaded = rest.loaded.find(self);
    for (const auto& [name, group] : running.memory.groups.groups)
        for (const auto& [id, offset] : group->offsets) {
            const u64* asked = scene.promises.deleted_topics.find(id.topic);
            const bool excused = asked == nullptr || loaded == nullptr || *loaded > *asked;
            if (!excused && !scene.zk.partitions.contains(id))
                return fmt::format("group {} still has an offset of {}", name, scene.text(id));
        }
    return "";
}

/// Oracle `gone`: what was deleted is gone everywhere, and nobody waits for it any more.
std::string leftover_trouble(const Scene& scene, const Rest& rest) {
    const std::string deletions = std::string(znodes::kDeleteTopics) + "/";
    for (const auto& [path, node] : zk_tree(scene.world).nodes())
        if (path.starts_with(deletions)) return fmt::format("{} is still there", path);
    for (const NodeCard& card : scene.world.frame->cards)
        if (card.kind == NodeKind::broker) {
            const broker::Broker& running = *running_broker(scene.world, card.broker);
            if (std::string left = leftover_on(scene, rest, card.broker, running); !left.empty()) return left;
            if (std::string left = stale_offset(scene, rest, card.broker, running); !left.empty()) return left;
            if (broker::contains(rest.unregistered, card.broker)) continue;
            if (std::string stale = stale_metadata(scene, card.broker, running); !stale.empty()) return stale;
        }
    return "";
}

/// It has an outcome, or its process was ended by force and takes none.
bool is_settled(const Scene& scene, u64 row) {
    const History& history = scene.history;
    if (row < history.outcome_of.size() && history.outcome_of[row] != kNoRow) return true;
    const u64* ended = scene.promises.ended_at.find(history.sends[row].message.producer);
    return ended != nullptr && history.sends[row].event_index <= *ended;
}

std::string send_trouble(const Scene& scene, u64& first_open_send) {
    const History& history = scene.history;
    while (first_open_send < history.sends.size() && is_settled(scene, first_open_send)) ++first_open_send;
    if (first_open_send == history.sends.size()) return "";
    const MessageId message = history.sends[first_open_send].message;
    return fmt::format("send {} of {} has no outcome", message.ordinal, scene.name(message.producer));
}

}  // namespace

std::string unconverged(const Scene& scene, const Reads& reads, const Compaction& compaction, Rest& rest) {
    if (std::string trouble = broker_trouble(scene); !trouble.empty()) return trouble;
    if (std::string trouble = partition_trouble(scene, rest); !trouble.empty()) return trouble;
    if (std::string trouble = send_trouble(scene, rest.first_open_send); !trouble.empty()) return trouble;
    if (std::string trouble = leftover_trouble(scene, rest); !trouble.empty()) return trouble;
    if (std::string trouble = group_trouble(scene); !trouble.empty()) return trouble;
    return unread_record(reads, compaction, scene);
}

}  // namespace engine::check
