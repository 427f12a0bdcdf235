#include "engine/check/retention.h"

#include "sim/base/assert.h"

namespace engine::check {
namespace {

void note_append(Retention& retention, const Scene& scene, const sim::Fact& fact) {
    const BrokerId self = scene.world.card(fact.node).broker;
    const TopicPartition id = partition_of(fact);
    if (running_replica(scene.world, self, id) == nullptr) return;
    const sim::Slice batch = batch_at(replica_log(scene.world, self, id), Offset{fact.n[0]});
    const auto header = wire::read_header(batch.bytes());
    if (batch.length == 0 || !header) return;
    AppendedBatch& known = retention.appended[id][Offset{header->base_offset}];
    const LeaderEpoch epoch{header->partition_leader_epoch};
    if (known.epoch <= epoch) known = {Offset{header->last_offset()}, epoch, header->max_timestamp};
}

/// The newest timestamp of what lies in [from, to); -1 if nothing is known of it.
i64 newest_between(const Retention& retention, TopicPartition id, Offset from, Offset to) {
    MR_ASSERT(from <= to);
    i64 newest = -1;
    const auto* batches = retention.appended.find(id);
    if (batches == nullptr) return newest;
    for (const auto& [first, batch] : *batches)
        if (first >= from && batch.last < to) newest = std::max(newest, batch.newest_ms);
    return newest;
}

/// Why what lies below `start` may not have gone; "" if it may.
std::string breach(const Retention& retention, const Scene& scene, const TopicTerms& terms,
                   const broker::Partition& replica, Offset start) {
    MR_ASSERT(terms.retained());
    if (start > replica.high_watermark) return fmt::format("the high watermark is {}", replica.high_watermark.value);
    const Offset* allowed = retention.allowed.find(replica.id);
    const Offset from = allowed == nullptr ? Offset{0} : *allowed;
    if (start <= from) return "";
    if (terms.retention_bytes >= 0 && static_cast<i64>(replica.log.bytes()) >= terms.retention_bytes) return "";
    if (terms.retention_ms < 0) return fmt::format("only {} bytes are left", replica.log.bytes());
    const i64 age = scene.world.epoch_ms(scene.world.kernel().now) - newest_between(retention, replica.id, from, start);
    return age > terms.retention_ms ? "" : fmt::format("a record among them is {} ms old", age);
}

void check_start(Retention& retention, const Scene& scene, const sim::Fact& fact) {
    const BrokerId self = scene.world.card(fact.node).broker;
    const broker::Partition* replica = running_replica(scene.world, self, partition_of(fact));
    if (replica == nullptr) return;
    const Offset start{fact.n[0]};
    const TopicTerms& terms = *scene.promises.topics.find(replica->id.topic);
    const std::string why = breach(retention, scene, terms, *replica, start);
    if (!why.empty())
        scene.found("retention-rule", "broker {} lets {} begin at {}, but {}", self.value, scene.text(replica->id),
                    start.value, why);
    Offset& allowed = retention.allowed[replica->id];
    allowed = max(allowed, start);
}

}  // namespace

void check_retention_fact(Retention& retention, const Scene& scene, const sim::Fact& fact) {
    if (fact.partition < 0 || !scene.retained(partition_of(fact))) return;
    if (kind_of(fact) == FactKind::appended) note_append(retention, scene, fact);
    if (kind_of(fact) == FactKind::segments_deleted) check_start(retention, scene, fact);
}

}  // namespace engine::check
