// Groups in the log: records written and waited for, and what a new coordinator reads back.
#include "engine/broker/fetch_reads.h"
#include "engine/broker/group_coordinator.h"
#include "engine/broker/replicas.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "engine/wire/batch_builder.h"
#include "engine/wire/consumer_protocol.h"
#include "engine/wire/coordinator_records.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

std::string_view text_of(const std::vector<u8>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TopicPartition partition_for(Ctx ctx, const std::string& group) {
    return {ctx.env.intern(kOffsetsTopic), coordinator_partition(group, offsets_partition_count(ctx))};
}

constexpr i32 kNoSequence = -1;
constexpr i32 kSequenceOfCommits = 0;  // a coordinator numbers the records of commits, though no producer wrote them

sim::Slice batch_of(Ctx ctx, const std::vector<GroupRecord>& records, i32 base_sequence) {
    MR_ASSERT(!records.empty());
    wire::BatchHeader header;
    header.base_sequence = base_sequence;
    wire::BatchBuilder builder(header);
    for (const GroupRecord& record : records) {
        wire::NewRecord entry;
        entry.timestamp = ctx.env.wall_ms();
        entry.key = text_of(record.key);
        if (!record.tombstone) entry.value = text_of(record.value);
        builder.append(entry);
    }
    return sim::Slice::whole(sim::Chunk::of(builder.finish()));
}

/// What members of a group are told when its log could not take a record (spec 4.1).
ErrorCode as_group_error(ErrorCode error) {
    switch (error) {
        case ErrorCode::not_enough_replicas: case ErrorCode::not_enough_replicas_after_append:
        case ErrorCode::request_timed_out: case ErrorCode::unknown_topic_or_partition:
            return ErrorCode::coordinator_not_available;
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::kafka_storage_error: return ErrorCode::not_coordinator;
        case ErrorCode::message_too_large:
        case ErrorCode::record_list_too_large: return ErrorCode::invalid_commit_offset_size;
        default: return error;
    }
}

// ---- offsets ------------------------------------------------------------------------------------

void finish_commit(Ctx ctx, const GroupAppend& append, ErrorCode error) {
    MR_ASSERT(append.purpose == GroupAppend::For::offsets);
    wire::OffsetCommitResponse response;
    const auto answer = [&](TopicPartition id, ErrorCode code) {
        const std::string& topic = ctx.text(id.topic);
        if (response.topics.empty() || response.topics.back().name != topic)
            response.topics.emplace_back().name = topic;
        response.topics.back().partitions.push_back({id.partition, static_cast<i16>(code)});
    };
    if (!failed(error) && find_group(ctx, append.group) != nullptr) {
        Group& group = edit_group(ctx, append.group);
        for (const auto& [id, offset] : append.offsets) {
            if (ctx.memory().metadata.find(id) == nullptr) continue;  // deleted meanwhile: its tombstone is written
            group.offsets[id] = offset;
            ctx.env.fact(partition_fact(FactKind::offsets_committed, id,
                                        {offset.offset.value, group.name.value, append.generation}));
        }
        ctx.env.touch(touch::kOffsets | touch::kFacts);
    }
    for (const auto& [id, offset] : append.offsets) answer(id, error);
    for (const auto& [id, code] : append.refused) answer(id, code);
    respond(ctx, append.reply_to, response);
}

// ---- loading ------------------------------------------------------------------------------------

void load_offset(Ctx ctx, wire::Reader& in, const wire::RecordView& record) {
    wire::OffsetCommitKey key;
    if (!wire::decode(in, key, wire::OffsetCommitKey::kVersion)) return;
    const TopicPartition id{ctx.env.intern(key.topic), key.partition};
    Group& group = edit_group(ctx, key.group);
    if (record.value_is_null) {
        group.offsets.erase(id);
        return;
    }
    wire::Reader value(record.value);
    const i16 version = value.get_i16();
    wire::OffsetCommitValue offset;
    if (version > wire::OffsetCommitValue::kHighest || !wire::decode(value, offset, version)) return;
    group.offsets[id] = {Offset{offset.offset}, LeaderEpoch{offset.leader_epoch}, offset.metadata,
                         offset.commit_timestamp};
}

GroupMember member_from(Ctx ctx, const wire::GroupMetadataValue::Member& stored, const std::string& protocol) {
    GroupMember member;
    member.id = stored.member_id;
    member.instance_id = stored.group_instance_id.value_or("");
    member.client_id = stored.client_id;
    member.client_host = stored.client_host;
    member.session_timeout_ms = stored.session_timeout;
    member.rebalance_timeout_ms = stored.rebalance_timeout;
    member.protocols.push_back({protocol, stored.subscription});
    member.assignment = stored.assignment;
    member.serial = ctx.memory().groups.next_member_serial++;
    return member;
}

void load_group(Ctx ctx, wire::Reader& in, const wire::RecordView& record) {
    wire::GroupMetadataKey key;
    if (!wire::decode(in, key, wire::GroupMetadataKey::kVersion)) return;
    if (record.value_is_null) {
        ctx.memory().groups.groups.erase(key.group);
        return;
    }
    wire::Reader value(record.value);
    const i16 version = value.get_i16();
    wire::GroupMetadataValue stored;
    if (version > wire::GroupMetadataValue::kHighest || !wire::decode(value, stored, version)) return;
    Group& group = edit_group(ctx, key.group);
    group.generation = stored.generation;
    group.protocol_type = stored.protocol_type;
    group.protocol = stored.protocol.value_or("");
    group.leader = stored.leader.value_or("");
    group.state_since_ms = stored.current_state_timestamp;
    group.members.clear();
    group.static_members.clear();
    for (const auto& entry : stored.members) {
        GroupMember member = member_from(ctx, entry, group.protocol);
        if (!member.instance_id.empty()) group.static_members[member.instance_id] = member.id;
        group.members[member.id] = std::move(member);
    }
    if (!group.members.empty() && !group.members.contains(group.leader)) group.leader = group.members.begin()->first;
    group.phase = group.members.empty() ? GroupPhase::empty : GroupPhase::stable;
    MR_VALIDATE(group.holds_together());
}

void load_record(Ctx ctx, const wire::RecordView& record) {
    wire::Reader in(record.key);
    const i16 version = in.get_i16();
    if (!in.ok()) return;
    if (version <= 1) load_offset(ctx, in, record);
    else if (version == 2) load_group(ctx, in, record);
}

std::vector<std::string> groups_in(Ctx ctx, i32 partition) {
    std::vector<std::string> names;
    for (const auto& [name, group] : ctx.memory().groups.groups)
        if (coordinator_partition(name, offsets_partition_count(ctx)) == partition) names.push_back(name);
    return names;
}

}  // namespace

const Group* find_group(Ctx ctx, const std::string& name) {
    const auto* found = ctx.memory().groups.groups.find(name);
    return found == nullptr ? nullptr : &**found;
}

Group& edit_group(Ctx ctx, const std::string& name) {
    Group& group = ctx.memory().groups.groups[name].edit();
    if (group.name == kNoName) group.name = ctx.env.intern(name);
    MR_ASSERT(ctx.text(group.name) == name);
    ctx.env.touch(touch::kGroups);
    return group;
}

GroupRecord offset_record(Ctx ctx, const std::string& group, TopicPartition id, const CommittedOffset& offset) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    GroupRecord record;
    record.key = wire::to_versioned_bytes(wire::OffsetCommitKey{group, ctx.text(id.topic), id.partition},
                                          wire::OffsetCommitKey::kVersion);
    record.value = wire::to_versioned_bytes(wire::OffsetCommitValue{offset.offset.value, offset.leader_epoch.value,
                                                                    offset.metadata, offset.commit_timestamp_ms, -1},
                                            wire::OffsetCommitValue::kVersion);
    return record;
}

void store_group(Ctx ctx, const Group& group) {
    wire::GroupMetadataValue value;
    value.protocol_type = group.protocol_type;
    value.generation = group.generation;
    if (!group.protocol.empty()) value.protocol = group.protocol;
    if (!group.leader.empty()) value.leader = group.leader;
    value.current_state_timestamp = group.state_since_ms;
    for (const auto& [id, member] : group.members) {
        auto& stored = value.members.emplace_back();
        stored.member_id = id;
        if (!member.instance_id.empty()) stored.group_instance_id = member.instance_id;
        stored.client_id = member.client_id;
        stored.client_host = member.client_host;
        stored.rebalance_timeout = member.rebalance_timeout_ms;
        stored.session_timeout = member.session_timeout_ms;
        stored.subscription = metadata_for(member, group.protocol);
        stored.assignment = member.assignment;
    }
    MR_ASSERT(static_cast<u32>(value.members.size()) == group.members.size() && group.name != kNoName);
    GroupAppend append;
    append.purpose = GroupAppend::For::assignment;
    append.group = ctx.text(group.name);
    append.generation = group.generation;
    GroupRecord record;
    record.key = wire::to_versioned_bytes(wire::GroupMetadataKey{append.group}, wire::GroupMetadataKey::kVersion);
    record.value = wire::to_versioned_bytes(value, wire::GroupMetadataValue::kVersion);
    store(ctx, std::move(append), {record});
}

void store(Ctx ctx, GroupAppend append, const std::vector<GroupRecord>& records) {
    const u64 id = ctx.memory().groups.next_append++;
    MR_ASSERT(!ctx.memory().groups.appends.contains(id) && !append.group.empty());
    const TopicPartition partition = partition_for(ctx, append.group);
    const i32 sequence = append.purpose == GroupAppend::For::offsets ? kSequenceOfCommits : kNoSequence;
    ctx.memory().groups.appends[id] = std::move(append);
    if (records.empty()) return on_group_append_done(ctx, id, ErrorCode::none);
    if (const ErrorCode refused = check_leadership(ctx, partition, kNoEpoch); failed(refused))
        return on_group_append_done(ctx, id, refused);
    const auto info =
        append_to_leader(ctx, partition, batch_of(ctx, records, sequence), log::AppendOrigin::coordinator, true);
    if (!info) return on_group_append_done(ctx, id, info.error().code);
    if (ctx.broker.has_bug(PlantedBug::commit_not_replicated)) return on_group_append_done(ctx, id, ErrorCode::none);
    PendingProduce produce;
    produce.internal = true;
    produce.tag = id;
    produce.deadline = ctx.env.now() + ctx.config().offsets_commit_timeout;
    PendingProducePartition& part = produce.partitions.emplace_back();
    part.id = partition;
    part.required = info->last_offset + 1;
    part.waiting = true;
    answer_or_wait(ctx, std::move(produce));
}

void append_group_records(Ctx ctx, const std::string& group, const std::vector<GroupRecord>& records) {
    MR_ASSERT(!records.empty());
    const TopicPartition partition = partition_for(ctx, group);
    if (failed(check_leadership(ctx, partition, kNoEpoch))) return;  // the next coordinator will do it again
    (void)append_to_leader(ctx, partition, batch_of(ctx, records, kNoSequence), log::AppendOrigin::coordinator, false);
}

void on_group_append_done(Ctx ctx, u64 id, ErrorCode error) {
    Groups& groups = ctx.memory().groups;
    MR_ASSERT(id < groups.next_append);
    if (!groups.appends.contains(id)) return;
    const GroupAppend append = std::move(groups.appends.at(id));
    groups.appends.erase(id);
    const ErrorCode told = as_group_error(error);
    if (append.purpose == GroupAppend::For::offsets) finish_commit(ctx, append, told);
    else on_assignment_stored(ctx, append.group, append.generation, told);
}

void load_groups(Ctx ctx, i32 partition) {
    const TopicPartition id{ctx.env.intern(kOffsetsTopic), partition};
    ctx.memory().groups.partitions[partition] = PartitionLoad::loading;
    MR_ASSERT(ctx.find(id) != nullptr && ctx.find(id)->leads());
    const Partition& replica = *ctx.find(id);
    auto disk = ctx.env.disk();
    const bool halves = ctx.broker.has_bug(PlantedBug::coordinator_loads_half);
    const i64 end = halves ? replica.log_end_offset().value / 2 : replica.log_end_offset().value;
    for (const log::Segment& segment : replica.log.segments)
        for (const sim::Slice& batch : disk.read(segment.log_file, 0, segment.bytes)) {
            wire::RecordReader records(batch.bytes());
            if (records.header().base_offset >= end) break;
            if (records.header().is_control()) continue;
            for (wire::RecordView record; records.next(record);) load_record(ctx, record);
        }
    for (const std::string& name : groups_in(ctx, partition)) {
        Group& group = edit_group(ctx, name);
        for (auto& [member_id, member] : group.members) renew_session(ctx, group, member);
    }
    ctx.memory().groups.partitions[partition] = PartitionLoad::loaded;
    ctx.env.fact(partition_fact(FactKind::coordinator_loaded, id));
    ctx.env.touch(touch::kGroups | touch::kOffsets | touch::kFacts);
}

void unload_groups(Ctx ctx, i32 partition) {
    ctx.memory().groups.partitions.erase(partition);
    for (const std::string& name : groups_in(ctx, partition)) {
        fail_waiting_members(ctx, edit_group(ctx, name), ErrorCode::not_coordinator);
        ctx.memory().groups.groups.erase(name);
    }
    MR_VALIDATE(groups_in(ctx, partition).empty());
    ctx.env.touch(touch::kGroups | touch::kOffsets);
}

}  // namespace engine::broker
