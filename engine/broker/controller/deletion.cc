// Deleting topics: a child of /admin/delete_topics asks for it. Everybody forgets the topic, its replicas are stopped
// and deleted, and when the last of them is gone so are the topic's znodes. A replica on a dead broker holds the
// deletion up until its broker comes back (Kafka's TopicDeletionManager).
#include <algorithm>

#include "engine/broker/controller/steps.h"
#include "engine/broker/controller_work.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker::controller {
namespace {

using zookeeper::ZkRequest;

constexpr u8 kListed = 0;
constexpr u8 kDropped = 1;  // requests for topics that are not there
constexpr u8 kErased = 2;
static_assert(kListed < kDropped && kDropped < kErased);

std::string request_path(const std::string& topic) { return std::string(znodes::kDeleteTopics) + "/" + topic; }

std::vector<TopicPartition> partitions_of(Ctx ctx, NameId topic) {
    MR_ASSERT(topic != kNoName);
    std::vector<TopicPartition> ids;
    for (const auto& [index, partition] : ctx.memory().controller.topics.at(topic).partitions)
        ids.push_back({topic, index});
    return ids;
}

/// Replicas of a topic that a broker still has to delete.
std::vector<TopicPartition> left_on(Ctx ctx, NameId topic, BrokerId broker) {
    std::vector<TopicPartition> ids;
    for (const DoomedReplica& replica : ctx.memory().controller.deletions.at(topic))
        if (replica.broker == broker) ids.push_back(replica.id);
    return ids;
}

void stop_and_delete(Ctx ctx, NameId topic, BrokerId broker) {
    MR_ASSERT(topic != kNoName && ctx.memory().controller.active);
    const std::vector<TopicPartition> ids = left_on(ctx, topic, broker);
    if (ids.empty() || !ctx.memory().controller.is_live(broker)) return;
    tell_stop(ctx, broker, ids, false);
    tell_stop(ctx, broker, ids, true);
}

/// A topic is not deleted while replicas of it move; when the move ends the wishes are read again.
bool any_moves(const ControlledTopic& topic) {
    return std::ranges::any_of(topic.partitions, [](const auto& entry) { return entry.second.moves(); });
}

void begin_deletion(Ctx ctx, NameId topic) {
    MR_ASSERT(!ctx.memory().controller.deletions.contains(topic));
    std::vector<DoomedReplica> replicas;
    const bool forgets = ctx.broker.has_bug(PlantedBug::deletion_forgets_dead);
    for (const TopicPartition id : partitions_of(ctx, topic))
        for (const BrokerId broker : ctx.memory().controller.find(id)->replicas)
            if (!forgets || ctx.memory().controller.is_live(broker)) replicas.push_back({id, broker});
    ctx.memory().controller.deletions[topic] = std::move(replicas);
    tell_metadata(ctx, partitions_of(ctx, topic), live_brokers(ctx));
    for (const BrokerId broker : live_brokers(ctx)) stop_and_delete(ctx, topic, broker);
    ctx.env.touch(touch::kPartitions);
}

void on_requests_listed(Ctx ctx, const zookeeper::ZkResult& result) {
    MR_ASSERT(current(ctx).kind == StepKind::read_deletions);
    Controller& self = ctx.memory().controller;
    std::vector<ZkRequest> pointless;
    std::vector<NameId> fresh;
    for (const std::string& name : result.children) {
        const NameId topic = ctx.env.intern(name);
        if (!self.topics.contains(topic))
            pointless.push_back(fenced(ctx, zookeeper::delete_request(request_path(name))));
        else if (!self.deletions.contains(topic) && !any_moves(self.topics.at(topic))) fresh.push_back(topic);
    }
    for (const NameId topic : fresh) begin_deletion(ctx, topic);
    if (pointless.empty()) finish_step(ctx);
    else ask(ctx, kDropped, std::move(pointless));
}

/// Children before their parents.
std::vector<ZkRequest> deletes_of(Ctx ctx, NameId topic) {
    const std::string& name = ctx.text(topic);
    std::vector<ZkRequest> writes;
    const auto add = [&](std::string path) {
        writes.push_back(fenced(ctx, zookeeper::delete_request(std::move(path))));
    };
    for (const TopicPartition id : partitions_of(ctx, topic)) {
        add(znodes::state_path(name, id.partition));
        add(znodes::partition_path(name, id.partition));
    }
    add(znodes::partitions_path(name));
    add(znodes::topic_path(name));
    add(znodes::topic_config_path(name));
    add(request_path(name));
    MR_ASSERT(writes.size() == 2 * ctx.memory().controller.topics.at(topic).partitions.size() + 4);
    return writes;
}

void on_erased(Ctx ctx, const ZkBatch& batch) {
    MR_ASSERT(current(ctx).kind == StepKind::erase_topic && current(ctx).names.size() == 1);
    const NameId topic = ctx.env.intern(current(ctx).names.front());
    for (const zookeeper::ZkResult& result : batch.results)
        if (outcome_of(result) == FencedOutcome::deposed) return resign(ctx);
    ctx.memory().controller.topics.erase(topic);
    ctx.memory().controller.deletions.erase(topic);
    MR_ASSERT(!ctx.memory().controller.topics.contains(topic));
    ctx.env.fact(named_fact(FactKind::topic_deleted, topic, {}, current(ctx).cause));
    ctx.env.touch(touch::kPartitions | touch::kFacts);
    finish_step(ctx);
}

}  // namespace

void begin_deletions(Ctx ctx) {
    if (current(ctx).kind == StepKind::read_deletions)
        return ask(ctx, kListed, {zookeeper::get_children_request(std::string(znodes::kDeleteTopics), true)});
    MR_ASSERT(current(ctx).kind == StepKind::erase_topic && current(ctx).names.size() == 1);
    const NameId topic = ctx.env.intern(current(ctx).names.front());
    if (!ctx.memory().controller.deletions.contains(topic)) return finish_step(ctx);
    ask(ctx, kErased, deletes_of(ctx, topic));
}

void on_deletions_answers(Ctx ctx, const ZkBatch& batch) {
    switch (current(ctx).phase) {
        case kListed: return on_requests_listed(ctx, batch.results.front());
        case kDropped: return finish_step(ctx);
        case kErased: return on_erased(ctx, batch);
        default: MR_ASSERT(false);
    }
}

void resume_deletions(Ctx ctx, const BrokerList& joined) {
    MR_ASSERT(ctx.memory().controller.active && ctx.memory().controller.busy());
    std::vector<NameId> topics;
    const auto is_back = [&](const DoomedReplica& replica) { return contains(joined, replica.broker); };
    for (const auto& [topic, replicas] : ctx.memory().controller.deletions)
        if (std::ranges::any_of(replicas, is_back)) topics.push_back(topic);
    for (const NameId topic : topics) {
        tell_metadata(ctx, partitions_of(ctx, topic), live_brokers(ctx));  // who comes back has not heard of it
        for (const BrokerId broker : joined) stop_and_delete(ctx, topic, broker);
    }
}

void note_replica_deleted(Ctx ctx, BrokerId broker, TopicPartition id) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    auto* replicas = ctx.memory().controller.deletions.find(id.topic);
    if (replicas == nullptr) return;
    const auto gone =
        std::erase_if(*replicas, [&](const DoomedReplica& r) { return r.id == id && r.broker == broker; });
    if (gone > 0 && replicas->empty()) enqueue(ctx, {ControllerEventKind::topic_gone, 0, id.topic, ctx.env.here()});
}

}  // namespace engine::broker::controller
