#include "engine/check/reads.h"

#include <algorithm>

namespace engine::check {
namespace {

void check_committed(const Scene& scene, const DeliveryRow& row) {
    const Offset limit = scene.committed.high_watermark(row.source);
    if (row.offset >= limit)
        scene.found("read-committed-only",
                    "{} was handed offset {} of {}, but no leader has had a high watermark above {}",
                    scene.name(row.consumer), row.offset.value, scene.text(row.source), limit.value);
}

/// Whether compaction may have taken all of [from, to).
bool compacted_away(const Compaction& compaction, const Scene& scene, TopicPartition id, Offset from, Offset to) {
    if (from > to || !scene.compacted(id)) return false;
    for (Offset at = from; at < to; at = at + 1)
        if (!may_be_gone(compaction, scene, id, at)) return false;
    return true;
}

/// Where power was lost with records that were not synced, a follower may be cut within a batch: what lay before the
/// cut goes with it (LogSegment.truncateTo), and when it leads no reader can be handed what its log does not hold.
bool cut_away(const Scene& scene, TopicPartition id, Offset wanted, Offset given) {
    MR_ASSERT(wanted >= Offset{0} && given >= Offset{0});
    const PartitionView* view = scene.zk.partitions.find(id);
    if (given < wanted || scene.durable(id) || view == nullptr || view->state.leader == kNoBroker) return false;
    return !holds_record(replica_log(scene.world, view->state.leader, id), wanted);
}

void check_order(Reads& reads, const Compaction& compaction, const Scene& scene, const DeliveryRow& row) {
    Reads::Cursor& cursor = reads.cursors[std::pair{row.consumer, row.source}];
    const bool next = cursor.next == kNoOffset || row.offset == cursor.next;
    if (!next && !cut_away(scene, row.source, cursor.next, row.offset) &&
        !compacted_away(compaction, scene, row.source, cursor.next, row.offset))
        scene.found("read-order", "{} was handed offset {} of {} where {} comes next", scene.name(row.consumer),
                    row.offset.value, scene.text(row.source), cursor.next.value);
    cursor.next = row.offset + 1;
}

void check_same(Reads& reads, const Scene& scene, const DeliveryRow& row) {
    if (!scene.durable(row.source)) return;
    MR_ASSERT(row.offset >= Offset{0} && row.source.partition >= 0);
    auto& seen = reads.seen[row.source];
    const auto at = static_cast<std::size_t>(row.offset.value);
    if (seen.size() <= at) seen.resize(at + 1);
    if (seen[at] == MessageId{}) seen[at] = row.message;
    if (seen[at] != row.message)
        scene.found("read-kept", "offset {} of {} was handed out as send {} of {}, now as send {} of {}",
                    row.offset.value, scene.text(row.source), seen[at].ordinal, scene.name(seen[at].producer),
                    row.message.ordinal, scene.name(row.message.producer));
}

void note_group(Reads& reads, const Scene& scene, const DeliveryRow& row) {
    const ConsumerTerms* terms = scene.promises.consumers.find(row.consumer);
    if (terms == nullptr || terms->group.empty()) return;
    auto& got = reads.got[std::pair{terms->group, row.source}];
    const auto at = static_cast<std::size_t>(row.offset.value);
    if (got.size() <= at) got.resize(at + 1);
    got[at] = true;
}

void check_log(const Scene& scene, TopicPartition id, BrokerId leader, const std::vector<MessageId>& seen) {
    MR_ASSERT(id.partition >= 0);
    const ReplicaLog log = replica_log(scene.world, leader, id);
    const Offset start = scene.retained(id) ? log_start(log) : Offset{0};
    for (std::size_t at = 0; at < seen.size(); ++at) {
        const Offset offset{static_cast<i64>(at)};
        if (offset < start || (scene.compacted(id) && !holds_record(log, offset))) continue;
        if (seen[at] == MessageId{} || message_at(log, offset) == seen[at]) continue;
        scene.found("read-kept",
                    "offset {} of {} was handed out as send {} of {}, but the log of broker {} does not hold it there",
                    at, scene.text(id), seen[at].ordinal, scene.name(seen[at].producer), leader.value);
        return;
    }
}

/// The first record of a partition that a group was not handed, in words.
std::string unread_in(const Reads& reads, const Compaction& compaction, const Scene& scene, const std::string& group,
                      TopicPartition id, BrokerId leader) {
    MR_ASSERT(id.partition >= 0);
    const ReplicaLog log = replica_log(scene.world, leader, id);
    const Offset end = log_end(log);
    const auto* got = reads.got.find(std::pair{group, id});
    for (i64 at = scene.retained(id) ? log_start(log).value : 0; at < end.value; ++at) {
        const bool delivered =
            got != nullptr && static_cast<u64>(at) < got->size() && (*got)[static_cast<std::size_t>(at)];
        // A group may have read from a replica that had compacted the record away, where this one has it still.
        if (!delivered && scene.compacted(id) &&
            (!holds_record(log, Offset{at}) || may_be_gone(compaction, scene, id, Offset{at})))
            continue;
        if (!delivered)
            return fmt::format("offset {} of {}, which ends at {}, was never handed to group {}", at, scene.text(id),
                               end.value, group);
    }
    return "";
}

bool has_leader(const PartitionView& partition) { return partition.state.leader != kNoBroker; }

}  // namespace

void check_delivery(Reads& reads, const Compaction& compaction, const Scene& scene, const DeliveryRow& delivery) {
    check_committed(scene, delivery);
    check_order(reads, compaction, scene, delivery);
    check_same(reads, scene, delivery);
    note_group(reads, scene, delivery);
}

void note_position_fact(Reads& reads, const sim::Fact& fact) {
    if (kind_of(fact) == FactKind::position_moved)
        reads.cursors[std::pair{fact.node, partition_of(fact)}] = {Offset{fact.n[0]}};
}

void check_reads_kept(const Reads& reads, const Compaction& compaction, const Scene& scene) {
    for (const auto& [id, seen] : reads.seen)
        if (const PartitionView* partition = scene.zk.partitions.find(id);
            partition != nullptr && has_leader(*partition) && scene.durable(id))
            check_log(scene, id, partition->state.leader, seen);
    if (const std::string unread = unread_record(reads, compaction, scene); !unread.empty())
        scene.found("read-all", "{}", unread);
}

std::string unread_record(const Reads& reads, const Compaction& compaction, const Scene& scene) {
    for (const auto& [node, terms] : scene.promises.consumers) {
        if (!terms.from_earliest || terms.group.empty()) continue;
        for (const auto& [id, partition] : scene.zk.partitions) {
            if (std::ranges::find(terms.topics, id.topic) == terms.topics.end() || !has_leader(partition) ||
                !scene.durable(id))
                continue;
            if (std::string unread = unread_in(reads, compaction, scene, terms.group, id, partition.state.leader);
                !unread.empty())
                return unread;
        }
    }
    return "";
}

}  // namespace engine::check
