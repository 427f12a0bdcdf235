#include "engine/check/commits.h"

#include <algorithm>

#include "engine/broker/groups.h"
#include "engine/wire/coordinator_records.h"

namespace engine::check {
namespace {

constexpr u32 kBatchesLookedAt = 64;   // back from the end: a commit is answered soon after it was appended

struct WantedCommit {
    std::string_view group;
    std::string_view topic;
    i32 partition = 0;
    Offset offset;                // kNoOffset: any
};

bool is_wanted(const wire::RecordView& record, const WantedCommit& wanted) {
    wire::Reader key_in(record.key);
    const i16 version = key_in.get_i16();
    wire::OffsetCommitKey key;
    if (version > wire::OffsetCommitKey::kHighest || !wire::decode(key_in, key, version)) return false;
    if (key.group != wanted.group || key.topic != wanted.topic || key.partition != wanted.partition) return false;
    wire::Reader value_in(record.value);
    const i16 value_version = value_in.get_i16();
    wire::OffsetCommitValue value;
    const bool good = wire::decode(value_in, value, value_version);
    return good && (wanted.offset == kNoOffset || value.offset == wanted.offset.value);
}

bool holds(const sim::Slice& batch, const WantedCommit& wanted) {
    wire::RecordReader records(batch.bytes());
    for (wire::RecordView record; records.next(record);)
        if (!record.value_is_null && is_wanted(record, wanted)) return true;
    return false;
}

/// The oldest matching batch among the last ones: a repeated commit of the same offset is answered by the first.
bool find_commit(const ReplicaLog& log, const WantedCommit& wanted, AnsweredCommit& commit) {
    Offset at = log_end(log) - 1;
    bool found = false;
    for (u32 i = 0; i < kBatchesLookedAt && at >= Offset{0}; ++i) {
        const sim::Slice batch = batch_at(log, at);
        if (batch.length == 0) break;
        const auto header = wire::read_header(batch.bytes());
        if (holds(batch, wanted)) {
            commit.at = Offset{header->base_offset};
            commit.batch = batch;
            found = true;
        }
        at = Offset{header->base_offset - 1};
    }
    return found;
}

i32 offsets_partitions(const Scene& scene, NameId topic) {
    i32 count = 0;
    for (const auto& [id, partition] : scene.zk.partitions) count += id.topic == topic ? 1 : 0;
    return count;
}

void check_answered(Commits& commits, const Scene& scene, const sim::Fact& fact) {
    const auto& names = scene.world.kernel().names;
    const NameId group{static_cast<u32>(fact.n[1])};
    const NameId topic = names.find(broker::kOffsetsTopic);
    const i32 count = offsets_partitions(scene, topic);
    if (count == 0) return;
    const TopicPartition store{topic, broker::coordinator_partition(names.text(group), count)};
    const BrokerId self = scene.world.card(fact.node).broker;
    const broker::Partition* replica = running_replica(scene.world, self, store);
    if (replica == nullptr || !scene.durable(store)) return;
    AnsweredCommit commit{store, {}, {}, Offset{fact.n[0]}};
    const WantedCommit wanted{names.text(group), names.text(fact.subject), fact.partition, commit.committed};
    if (!find_commit(replica_log(scene.world, self, store), wanted, commit))
        return;  // long ago: compacted or beyond our look
    if (commit.at >= replica->high_watermark)
        scene.found("commit-kept",
                    "{} answered a commit of {} at {} by group {} before its record at offset {} of {} was committed",
                    scene.name(fact.node), scene.text(partition_of(fact)), commit.committed.value, wanted.group,
                    commit.at.value, scene.text(store));
    commits.answered[std::pair{group, partition_of(fact)}] = commit;
}

/// In a log that is compacted a later commit stands for all before it.
bool holds_later(const Scene& scene, BrokerId coordinator, NameId group, TopicPartition id,
                 const AnsweredCommit& commit) {
    const auto& names = scene.world.kernel().names;
    const WantedCommit wanted{names.text(group), names.text(id.topic), id.partition, kNoOffset};
    bool found = false;
    for_each_batch(replica_log(scene.world, coordinator, commit.stored_in),
                   [&](const sim::Slice& batch, const wire::BatchHeader& header) {
                       found = found || (header.last_offset() >= commit.at.value && holds(batch, wanted));
                       return !found;
                   });
    return found;
}

void check_kept(const Scene& scene, BrokerId coordinator, NameId group, TopicPartition id,
                const AnsweredCommit& commit) {
    MR_ASSERT(id.partition >= 0);
    if (scene.promises.was_deleted(id.topic)) return;
    const sim::Slice now = batch_at(replica_log(scene.world, coordinator, commit.stored_in), commit.at);
    if (now.length == commit.batch.length && std::ranges::equal(now.bytes(), commit.batch.bytes())) return;
    if (scene.compacted(commit.stored_in) && holds_later(scene, coordinator, group, id, commit)) return;
    scene.found("commit-kept",
                "group {} was told that {} is committed at {}, but broker {} now coordinates without that record",
                scene.world.kernel().names.text(group), scene.text(id), commit.committed.value, coordinator.value);
}

}  // namespace

void check_commit_fact(Commits& commits, const Scene& scene, const sim::Fact& fact) {
    if (kind_of(fact) == FactKind::offsets_committed) return check_answered(commits, scene, fact);
    if (kind_of(fact) != FactKind::coordinator_loaded) return;
    const PartitionView* home = scene.zk.partitions.find(partition_of(fact));
    const bool leads = home != nullptr && home->state.leader == scene.world.card(fact.node).broker;
    if (!leads) return;  // an order that is outdated: it cannot store anything, and others lead already
    for (const auto& [who, commit] : commits.answered)
        if (commit.stored_in == partition_of(fact) && scene.durable(commit.stored_in))
            check_kept(scene, scene.world.card(fact.node).broker, who.first, who.second, commit);
}

void check_commits_kept(const Commits& commits, const Scene& scene) {
    for (const auto& [who, commit] : commits.answered) {
        const PartitionView* partition = scene.zk.partitions.find(commit.stored_in);
        if (partition == nullptr || partition->state.leader == kNoBroker || !scene.durable(commit.stored_in)) continue;
        check_kept(scene, partition->state.leader, who.first, who.second, commit);
    }
}

}  // namespace engine::check
