// Offsets of groups: committing them, asking for them.
#include "engine/broker/group_coordinator.h"
#include "engine/model/facts.h"
#include "engine/model/touch.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

using OffsetCommit = wire::OffsetCommitRequest;

TopicPartition id_of(Ctx ctx, const std::string& topic, i32 partition) { return {ctx.env.intern(topic), partition}; }

/// Whether these offsets may be stored. Without a generation it is a consumer that assigned itself.
ErrorCode check_commit(Ctx ctx, const OffsetCommit& request) {
    if (const ErrorCode refused = check_coordinator(ctx, request.group_id); failed(refused)) return refused;
    const Group* group = find_group(ctx, request.group_id);
    const i32 generation = request.generation_id_or_member_epoch;
    const bool unchecked = ctx.broker.has_bug(PlantedBug::stale_commit_accepted);
    if (group == nullptr) return generation < 0 ? ErrorCode::none : ErrorCode::illegal_generation;
    if (group->phase == GroupPhase::dead) return ErrorCode::coordinator_not_available;
    if (generation < 0 && group->phase == GroupPhase::empty) return ErrorCode::none;
    if (unchecked) return ErrorCode::none;
    if (!group->members.contains(request.member_id)) return ErrorCode::unknown_member_id;
    if (generation != group->generation) return ErrorCode::illegal_generation;
    return group->phase == GroupPhase::completing_rebalance ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

/// As far as this broker was told: of a topic that is gone nothing may be stored any more.
bool is_known(Ctx ctx, TopicPartition id) { return ctx.memory().metadata.find(id) != nullptr; }

wire::OffsetCommitResponse refuse_all(const OffsetCommit& request, ErrorCode error) {
    MR_ASSERT(failed(error));
    wire::OffsetCommitResponse response;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& partition : topic.partitions)
            answers.partitions.push_back({partition.partition_index, static_cast<i16>(error)});
    }
    return response;
}

CommittedOffset offset_of(Ctx ctx, const OffsetCommit::Topic::Partition& partition) {
    return {Offset{partition.committed_offset}, LeaderEpoch{partition.committed_leader_epoch},
            partition.committed_metadata.value_or(""), ctx.env.wall_ms()};
}

void answer_fetch_partition(Ctx ctx, const Group* group, TopicPartition id, auto& answer) {
    MR_ASSERT(id.topic != kNoName);   // a client may ask for partition -1, and is told that nothing is known of it
    const CommittedOffset* offset = group == nullptr ? nullptr : group->offsets.find(id);
    const i64 error = ctx.broker.has_bug(PlantedBug::resume_too_far) ? 1 : 0;
    answer.partition_index = id.partition;
    answer.committed_offset = offset == nullptr ? -1 : offset->offset.value + error;
    answer.committed_leader_epoch = offset == nullptr ? -1 : offset->leader_epoch.value;
    answer.metadata = offset == nullptr ? "" : offset->metadata;
}

/// Fills a list of topics: those asked for, or all that the group has.
void answer_fetch_topics(Ctx ctx, const Group* group, const auto& asked, auto& topics) {
    MR_ASSERT(topics.empty());
    if (asked) {
        for (const auto& topic : *asked) {
            auto& answers = topics.emplace_back();
            answers.name = topic.name;
            for (const i32 partition : topic.partition_indexes)
                answer_fetch_partition(ctx, group, id_of(ctx, topic.name, partition),
                                       answers.partitions.emplace_back());
        }
        return;
    }
    if (group == nullptr) return;
    for (const auto& [id, offset] : group->offsets) {
        const std::string& name = ctx.text(id.topic);
        if (topics.empty() || topics.back().name != name) topics.emplace_back().name = name;
        answer_fetch_partition(ctx, group, id, topics.back().partitions.emplace_back());
    }
}

}  // namespace

void commit_offsets(Ctx ctx, const ReplyTo& to, const OffsetCommit& request) {
    if (const ErrorCode refused = check_commit(ctx, request); failed(refused))
        return respond(ctx, to, refuse_all(request, refused));
    MR_ASSERT(!failed(check_coordinator(ctx, request.group_id)));
    GroupAppend append;
    append.purpose = GroupAppend::For::offsets;
    append.group = request.group_id;
    append.generation = request.generation_id_or_member_epoch;
    append.reply_to = to;
    std::vector<GroupRecord> records;
    for (const auto& topic : request.topics)
        for (const auto& partition : topic.partitions) {
            const TopicPartition id = id_of(ctx, topic.name, partition.partition_index);
            const CommittedOffset offset = offset_of(ctx, partition);
            if (!is_known(ctx, id)) {
                append.refused.emplace_back(id, ErrorCode::unknown_topic_or_partition);
                continue;
            }
            if (static_cast<i64>(offset.metadata.size()) > ctx.config().offset_metadata_max_bytes) {
                append.refused.emplace_back(id, ErrorCode::offset_metadata_too_large);
                continue;
            }
            append.offsets.emplace_back(id, offset);
            records.push_back(offset_record(ctx, request.group_id, id, offset));
        }
    MR_ASSERT(records.size() == append.offsets.size());
    Group& group = edit_group(ctx, request.group_id);
    if (GroupMember* member = group.members.find(request.member_id)) renew_session(ctx, group, *member);
    store(ctx, std::move(append), records);
}

wire::OffsetFetchResponse fetch_offsets(Ctx ctx, const wire::OffsetFetchRequest& request, i16 version) {
    wire::OffsetFetchResponse response;
    if (version < 8) {
        const ErrorCode refused = check_coordinator(ctx, request.group_id);
        response.error_code = static_cast<i16>(refused);
        if (!failed(refused))
            answer_fetch_topics(ctx, find_group(ctx, request.group_id), request.topics, response.topics);
        return response;
    }
    for (const auto& asked : request.groups) {
        auto& answer = response.groups.emplace_back();
        answer.group_id = asked.group_id;
        const ErrorCode refused = check_coordinator(ctx, asked.group_id);
        answer.error_code = static_cast<i16>(refused);
        if (!failed(refused)) answer_fetch_topics(ctx, find_group(ctx, asked.group_id), asked.topics, answer.topics);
    }
    return response;
}

}  // namespace engine::broker
