#include "engine/check/compaction.h"

#include <map>
#include <set>

#include "sim/base/assert.h"

namespace engine::check {
namespace {

using NewestByKey = std::map<std::string_view, Offset>;

/// Calls visit(offset, record) for every data record of a log.
template <class Visit>
void for_each_record(const ReplicaLog& log, Visit&& visit) {
    for_each_batch(log, [&](const sim::Slice& batch, const wire::BatchHeader& header) {
        wire::RecordReader records(batch.bytes());
        for (wire::RecordView record; !header.is_control() && records.next(record);)
            visit(Offset{header.base_offset + record.offset_delta}, record);
        return true;
    });
}

KeyedRecord keyed(const Scene& scene, const wire::RecordView& record, LeaderEpoch epoch) {
    return {true, record.value_is_null, epoch, scene.world.kernel().now, std::string(wire::text_of(record.key))};
}

void note_append(Compaction& compaction, const Scene& scene, const sim::Fact& fact) {
    const TopicPartition id = partition_of(fact);
    const broker::Partition* leader = running_replica(scene.world, scene.world.card(fact.node).broker, id);
    if (leader == nullptr) return;
    const Offset first{fact.n[0]};
    const sim::Slice batch = batch_at(replica_log(scene.world, scene.world.card(fact.node).broker, id), first);
    if (batch.length == 0) return;
    wire::RecordReader records(batch.bytes());
    const LeaderEpoch epoch{records.header().partition_leader_epoch};
    auto& all = compaction.appended[id];
    for (wire::RecordView record; records.next(record);) {
        const auto at = static_cast<std::size_t>(records.header().base_offset + record.offset_delta);
        if (all.size() <= at) all.resize(at + 1);
        if (!all[at].known || all[at].epoch <= epoch) all[at] = keyed(scene, record, epoch);
    }
}

/// Of the records that a pass may have mapped: below what any replica has compacted.
NewestByKey newest_of(const std::vector<KeyedRecord>& records, Offset cleaned) {
    NewestByKey newest;
    for (std::size_t at = 0; at < records.size() && static_cast<i64>(at) < cleaned.value; ++at)
        if (records[at].known) newest[records[at].key] = Offset{static_cast<i64>(at)};
    return newest;
}

bool is_outdated(const KeyedRecord& record, const NewestByKey& newest, Offset offset) {
    MR_ASSERT(record.known);
    const auto found = newest.find(record.key);
    return found != newest.end() && found->second > offset;
}

bool has_expired(const Scene& scene, TopicPartition id, const KeyedRecord& record) {
    const TopicTerms* terms = scene.promises.topics.find(id.topic);
    return record.tombstone && terms != nullptr && scene.world.kernel().now - record.at >= terms->delete_retention;
}

Offset cleaned_up_to(const Compaction& compaction, TopicPartition id) {
    MR_ASSERT(id.partition >= 0);
    const Offset* cleaned = compaction.cleaned.find(id);
    return cleaned == nullptr ? Offset{0} : *cleaned;
}

void check_kept(const Compaction& compaction, const Scene& scene, TopicPartition id, BrokerId broker) {
    MR_ASSERT(id.partition >= 0 && broker != kNoBroker);
    const auto* records = compaction.appended.find(id);
    if (records == nullptr || !scene.durable(id)) return;
    const ReplicaLog log = replica_log(scene.world, broker, id);
    if (!log.exists()) return;
    std::set<Offset> present;
    for_each_record(log, [&](Offset offset, const wire::RecordView&) { present.insert(offset); });
    const NewestByKey newest = newest_of(*records, cleaned_up_to(compaction, id));
    const Offset end =
        min(min(log_end(log), scene.committed.high_watermark(id)), Offset{static_cast<i64>(records->size())});
    for (Offset at{0}; at < end; at = at + 1) {
        const KeyedRecord& record = (*records)[static_cast<std::size_t>(at.value)];
        if (!record.known || present.contains(at) || is_outdated(record, newest, at) || has_expired(scene, id, record))
            continue;
        return scene.found(
            "newest-kept", "broker {} has lost offset {} of {}, {} key '{}'", broker.value, at.value, scene.text(id),
            record.tombstone ? "a tombstone that is not yet old, of" : "the newest record of", record.key);
    }
}

void check_unique(const Scene& scene, TopicPartition id, BrokerId broker, Offset cleaned) {
    MR_ASSERT(id.partition >= 0 && broker != kNoBroker);
    MR_ASSERT(cleaned >= Offset{0});
    std::set<std::string, std::less<>> keys;
    for_each_record(replica_log(scene.world, broker, id), [&](Offset offset, const wire::RecordView& record) {
        if (offset >= cleaned || keys.insert(std::string(wire::text_of(record.key))).second) return;
        scene.found("one-per-key",
                    "broker {} has compacted {} up to {}, but offset {} holds a key that is there already",
                    broker.value, scene.text(id), cleaned.value, offset.value);
    });
}

void check_pass(Compaction& compaction, const Scene& scene, const sim::Fact& fact) {
    const TopicPartition id = partition_of(fact);
    const BrokerId self = scene.world.card(fact.node).broker;
    const broker::Partition* replica = running_replica(scene.world, self, id);
    if (replica == nullptr) return;
    const Offset cleaned{fact.n[0]};
    Offset& furthest = compaction.cleaned[id];
    furthest = max(furthest, cleaned);
    if (cleaned > replica->high_watermark)
        scene.found("cleaned-early", "broker {} has compacted {} up to {}, above its high watermark {}", self.value,
                    scene.text(id), cleaned.value, replica->high_watermark.value);
    check_unique(scene, id, self, cleaned);
    check_kept(compaction, scene, id, self);
}

}  // namespace

void check_compaction_fact(Compaction& compaction, const Scene& scene, const sim::Fact& fact) {
    if (fact.partition < 0 || !scene.compacted(partition_of(fact))) return;
    if (kind_of(fact) == FactKind::appended) note_append(compaction, scene, fact);
    if (kind_of(fact) == FactKind::log_cleaned) check_pass(compaction, scene, fact);
}

bool may_be_gone(const Compaction& compaction, const Scene& scene, TopicPartition id, Offset offset) {
    MR_ASSERT(id.partition >= 0 && offset >= Offset{0});
    const auto* records = compaction.appended.find(id);
    const auto at = static_cast<std::size_t>(offset.value);
    if (records == nullptr || records->size() <= at || !(*records)[at].known) return true;
    const KeyedRecord& record = (*records)[at];
    if (has_expired(scene, id, record)) return true;
    const i64 end = cleaned_up_to(compaction, id).value;
    MR_ASSERT(end <= static_cast<i64>(records->size()));
    for (std::size_t later = at + 1; later < records->size() && static_cast<i64>(later) < end; ++later)
        if ((*records)[later].known && (*records)[later].key == record.key) return true;
    return false;
}

void check_compacted_logs(const Compaction& compaction, const Scene& scene) {
    for (const auto& [id, partition] : scene.zk.partitions) {
        if (!scene.compacted(id)) continue;
        for (const BrokerId broker : partition.replicas) check_kept(compaction, scene, id, broker);
    }
}

}  // namespace engine::check
