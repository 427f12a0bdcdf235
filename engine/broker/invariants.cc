#include "engine/broker/invariants.h"

#include <algorithm>

namespace engine::broker {
namespace {

bool lists(const std::vector<u64>& ops, u64 op) { return std::ranges::find(ops, op) != ops.end(); }

const Partition* find(const BrokerMemory& memory, TopicPartition id) {
    const auto* found = memory.partitions.find(id);
    return found == nullptr ? nullptr : &**found;
}

}  // namespace

bool replicas_hold_together(const BrokerMemory& memory) {
    return std::ranges::all_of(memory.partitions, [](const auto& entry) {
        return entry.second->id == entry.first && entry.second->holds_together();
    });
}

bool groups_hold_together(const BrokerMemory& memory) {
    return std::ranges::all_of(memory.groups.groups, [](const auto& entry) { return entry.second->holds_together(); });
}

bool produces_are_watched(const BrokerMemory& memory) {
    for (const auto& [op, produce] : memory.purgatory.produces) {
        if (!produce.timer || std::ranges::none_of(produce.partitions, &PendingProducePartition::waiting)) return false;
        for (const PendingProducePartition& part : produce.partitions) {
            const Partition* partition = find(memory, part.id);
            if (part.waiting && (partition == nullptr || !lists(partition->waiting_produces, op))) return false;
        }
    }
    return std::ranges::all_of(memory.partitions, [&](const auto& entry) {
        return std::ranges::all_of(entry.second->waiting_produces,
                                   [&](u64 op) { return memory.purgatory.produces.contains(op); });
    });
}

bool fetches_are_watched(const BrokerMemory& memory) {
    for (const auto& [op, fetch] : memory.purgatory.fetches) {
        if (!fetch.timer || !memory.sockets.open.contains(fetch.reply_to.connection)) return false;
        for (const FetchPart& part : fetch.parts) {
            const Partition* partition = find(memory, part.id);
            if (partition == nullptr || !lists(partition->waiting_fetches, op)) return false;
        }
    }
    return std::ranges::all_of(memory.partitions, [&](const auto& entry) {
        return std::ranges::all_of(entry.second->waiting_fetches,
                                   [&](u64 op) { return memory.purgatory.fetches.contains(op); });
    });
}

bool fetchers_follow_roles(const BrokerMemory& memory) {
    for (const auto& [leader, fetcher] : memory.fetchers.by_leader)
        for (const auto& [id, target] : fetcher.targets) {
            const Partition* partition = find(memory, id);
            const bool follows =
                partition != nullptr && partition->role == Role::follower && partition->leader == leader;
            if (!follows || partition->leader_epoch != target.epoch) return false;
        }
    return true;
}

bool questions_miss_answers(const BrokerMemory& memory) {
    return std::ranges::all_of(memory.zk_batches.waiting, [](const auto& entry) {
        const ZkBatch& batch = entry.second;
        return batch.missing > 0 && batch.missing <= batch.results.size() && batch.results.size() == batch.zxids.size();
    });
}

bool controller_is_quiet(const BrokerMemory& memory) {
    const Controller& controller = memory.controller;
    if (controller.awaiting && !controller.busy()) return false;
    if (controller.active) return true;
    return controller.channels.empty() && controller.events.empty() && controller.alter_requests.empty() &&
           (controller.claiming || !controller.busy());
}

}  // namespace engine::broker
