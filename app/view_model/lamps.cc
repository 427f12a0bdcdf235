#include "app/view_model/lamps.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/lab/sql/copies.h"
#include "app/lab/sql/log_walk.h"
#include "app/view_model/questions.h"
#include "engine/client/producer_node.h"

namespace app {
namespace {

constexpr i64 kLookedAt = 256;  // offsets below the high watermark
constexpr u64 kOutcomesLookedAt = 400;

std::vector<TopicPartition> all_partitions(const Scene& scene) {
    std::vector<TopicPartition> all;
    for (const sim::NameId topic : scene.topics())
        for (const TopicPartition id : scene.partitions_of(topic)) all.push_back(id);
    return all;
}

std::vector<lab::Replica> replicas_of(const Scene& scene, TopicPartition id) {
    std::vector<lab::Replica> all;
    for (const NodeId node : scene.brokers())
        if (const lab::Replica replica = scene.cluster().replica(node, id)) all.push_back(replica);
    return all;
}

LampVm kept(const Scene& scene) {
    LampVm lamp{"acknowledged is kept", false, "", ""};
    for (const TopicPartition id : all_partitions(scene)) {
        Object partition;
        partition.kind = ObjectKind::partition;
        partition.id = id;
        const Answer answer = why_lost(scene, partition);
        if (!answer.so) continue;
        lamp.broken = true;
        lamp.question = "lost " + scene.name(id);
        lamp.why = answer.verdict + " This is what Kafka gives up here, not a fault of the lab.";
        break;
    }
    return lamp;
}

LampVm one_leader(const Scene& scene) {
    LampVm lamp{"one leader an epoch", false, "", ""};
    for (const TopicPartition id : all_partitions(scene)) {
        std::vector<std::pair<sim::i32, std::string>> acting;
        for (const lab::Replica& replica : replicas_of(scene, id)) {
            if (!replica.partition->leads() || !is_alive(scene, replica.node)) continue;
            const sim::i32 epoch = replica.partition->leader_epoch.value;
            const auto same = std::ranges::find(acting, epoch, &std::pair<sim::i32, std::string>::first);
            if (same != acting.end()) {
                lamp.broken = true;
                lamp.why = fmt::format("{} and {} both act as leader of {} in epoch {}.", same->second,
                                       scene.name(replica.node), scene.name(id), epoch);
            }
            acting.emplace_back(epoch, scene.name(replica.node));
        }
    }
    return lamp;
}

/// Checksums of the batches below the high watermark of both are the same.
std::string disagreement(const Scene& scene, const lab::Replica& a, const lab::Replica& b) {
    const i64 high = std::min(a.partition->high_watermark.value, b.partition->high_watermark.value);
    const i64 from = std::max({a.partition->log.log_start.value, b.partition->log.log_start.value, high - kLookedAt});
    if (from >= high) return "";
    lab::BatchWalk left(scene.reader(), a, Offset{from}), right(scene.reader(), b, Offset{from});
    while (left.next() && right.next()) {
        if (left.header().base_offset >= high || right.header().base_offset >= high) break;
        if (left.header().base_offset != right.header().base_offset) break;  // cleaned differently
        if (left.header().crc != right.header().crc)
            return fmt::format(
                "Broker {} and broker {} hold different records at offset {} of {}, and both call it committed.",
                a.broker.value, b.broker.value, left.header().base_offset, scene.name(a.partition->id));
    }
    return "";
}

LampVm agree(const Scene& scene) {
    LampVm lamp{"copies agree below HW", false, "", ""};
    for (const TopicPartition id : all_partitions(scene)) {
        const auto replicas = replicas_of(scene, id);
        const lab::Replica leading = scene.cluster().leading_replica(id);
        for (const lab::Replica& each : replicas) {
            if (!leading || each.node == leading.node || !is_alive(scene, each.node) || !is_alive(scene, leading.node))
                continue;
            if (std::string why = disagreement(scene, leading, each); !why.empty())
                return {lamp.promise, true, std::move(why), ""};
        }
    }
    return lamp;
}

LampVm in_sync_have_it(const Scene& scene) {
    LampVm lamp{"the ISR has what is committed", false, "", ""};
    for (const TopicPartition id : all_partitions(scene)) {
        const auto* state = scene.cluster().find(id);
        const lab::Replica leading = scene.cluster().leading_replica(id);
        if (state == nullptr || !leading || !is_alive(scene, leading.node) || !leading.partition->leads()) continue;
        for (const BrokerId member : leading.partition->isr.committed) {
            const lab::Replica replica = scene.cluster().replica(scene.world().broker_node(member), id);
            if (!replica || !is_alive(scene, replica.node) ||
                replica.partition->log_end_offset() >= leading.partition->high_watermark)
                continue;
            return {lamp.promise, true,
                    fmt::format("Broker {} is in the ISR of {} and ends at {}, below the high watermark {}.",
                                member.value, scene.name(id), replica.partition->log_end_offset().value,
                                leading.partition->high_watermark.value),
                    ""};
        }
    }
    return lamp;
}

bool is_idempotent(const Scene& scene, NodeId producer) {
    const engine::Node& node = scene.world().nodes[producer.value];
    return node.code().kind() == engine::NodeKind::producer &&
           node.as<engine::client::ProducerNode>().state.memory.producer.config.idempotence;
}

LampVm once(const Scene& scene) {
    LampVm lamp{"an idempotent send is there once", false, "", ""};
    const engine::History& history = scene.history();
    const u64 count = scene.reader().rows_now(history.outcomes);
    for (u64 i = count - std::min(count, kOutcomesLookedAt); i < count; ++i) {
        const engine::SendOutcomeRow& send = history.outcomes[i];
        if (!is_idempotent(scene, send.message.producer)) continue;
        const lab::Replica leading = scene.cluster().leading_replica(send.target);
        const std::size_t copies =
            leading ? scene.reader().copies().find(scene.reader(), leading, send.message).size() : 0;
        if (copies > 1)
            return {lamp.promise, true,
                    fmt::format("Record {} of {} is there {} times.", send.message.ordinal,
                                scene.name(send.message.producer), copies),
                    ""};
    }
    return lamp;
}

}  // namespace

std::vector<LampVm> make_lamps(const Scene& scene) {
    if (scene.topics().empty()) return {};
    return {kept(scene), one_leader(scene), in_sync_have_it(scene), agree(scene), once(scene)};
}

}  // namespace app
