// What makes groups and committed offsets go: requests to delete them, topics that are deleted, and time
// (offsets.retention.minutes, spec/kafka.md section 4.6). What goes leaves a tombstone in the group's log.
#include <algorithm>

#include "engine/broker/group_coordinator.h"
#include "engine/broker/replicas.h"
#include "engine/broker/timers.h"
#include "engine/model/touch.h"
#include "engine/wire/batch_builder.h"
#include "engine/wire/consumer_protocol.h"
#include "engine/wire/coordinator_records.h"
#include "sim/base/assert.h"

namespace engine::broker {
namespace {

std::vector<std::string> group_names(Ctx ctx) {
    std::vector<std::string> names;
    for (const auto& [name, group] : ctx.memory().groups.groups) names.push_back(name);
    return names;
}

GroupRecord offset_tombstone(Ctx ctx, const std::string& group, TopicPartition id) {
    MR_ASSERT(!group.empty() && id.partition >= 0 && id.topic != kNoName);
    GroupRecord record;
    record.key = wire::to_versioned_bytes(wire::OffsetCommitKey{group, ctx.text(id.topic), id.partition},
                                          wire::OffsetCommitKey::kVersion);
    record.tombstone = true;
    return record;
}

GroupRecord group_tombstone(const std::string& group) {
    MR_ASSERT(!group.empty());
    GroupRecord record;
    record.key = wire::to_versioned_bytes(wire::GroupMetadataKey{group}, wire::GroupMetadataKey::kVersion);
    record.tombstone = true;
    return record;
}

/// Takes offsets out of a group; with the last of them an empty group goes too, or at once if it `must_go`.
void remove_offsets(Ctx ctx, const std::string& name, const std::vector<TopicPartition>& gone, bool must_go) {
    MR_ASSERT(find_group(ctx, name) != nullptr);
    std::vector<GroupRecord> tombstones;
    Group& group = edit_group(ctx, name);
    for (const TopicPartition id : gone) {
        tombstones.push_back(offset_tombstone(ctx, name, id));
        group.offsets.erase(id);
    }
    const bool idle = group.phase == GroupPhase::empty && group.offsets.empty() && group.pending_members.empty();
    const bool goes = must_go || (idle && !gone.empty());
    if (goes && group.generation > 0) tombstones.push_back(group_tombstone(name));
    if (goes) ctx.memory().groups.groups.erase(name);
    MR_ASSERT(goes == (find_group(ctx, name) == nullptr));
    if (!tombstones.empty()) append_group_records(ctx, name, tombstones);
    ctx.env.touch(touch::kGroups | touch::kOffsets);
}

std::vector<TopicPartition> all_offsets(const Group& group) {
    std::vector<TopicPartition> ids;
    for (const auto& [id, offset] : group.offsets) ids.push_back(id);
    return ids;
}

bool subscribes(Ctx ctx, const Group& group, NameId topic) {
    MR_ASSERT(topic != kNoName);
    for (const auto& [id, member] : group.members) {
        wire::ConsumerSubscription subscription;
        if (!wire::from_versioned_bytes(metadata_for(member, group.protocol), subscription))
            return true;  // nothing of it may go
        if (std::ranges::find(subscription.topics, ctx.text(topic)) != subscription.topics.end()) return true;
    }
    return false;
}

/// From when on the retention of a committed offset counts; nothing while it does not.
std::optional<i64> idle_since_ms(Ctx ctx, const Group& group, TopicPartition id, const CommittedOffset& offset) {
    MR_ASSERT(id.partition >= 0 && id.topic != kNoName);
    if (group.protocol_type.empty()) return offset.commit_timestamp_ms;
    if (group.phase == GroupPhase::empty) return std::max(group.state_since_ms, offset.commit_timestamp_ms);
    const bool knowable = group.phase == GroupPhase::stable && group.protocol_type == "consumer";
    if (knowable && !subscribes(ctx, group, id.topic)) return offset.commit_timestamp_ms;
    return std::nullopt;
}

void expire_offsets_of(Ctx ctx, const std::string& name) {
    MR_ASSERT(find_group(ctx, name) != nullptr && ctx.config().upkeep.offsets_retention.count >= 0);
    const Group& group = *find_group(ctx, name);
    const i64 keeps_ms = ctx.config().upkeep.offsets_retention.to_millis();
    std::vector<TopicPartition> expired;
    for (const auto& [id, offset] : group.offsets) {
        const auto since = idle_since_ms(ctx, group, id, offset);
        if (since && ctx.env.wall_ms() - *since >= keeps_ms) expired.push_back(id);
    }
    if (!expired.empty()) remove_offsets(ctx, name, expired, false);
}

}  // namespace

ErrorCode delete_group(Ctx ctx, const std::string& name) {
    if (name.empty()) return ErrorCode::invalid_group_id;
    if (const ErrorCode refused = check_coordinator(ctx, name); failed(refused)) return refused;
    const Group* group = find_group(ctx, name);
    if (group == nullptr || group->phase == GroupPhase::dead) return ErrorCode::group_id_not_found;
    if (group->phase != GroupPhase::empty) return ErrorCode::non_empty_group;
    MR_ASSERT(group->members.empty());
    remove_offsets(ctx, name, all_offsets(*group), true);
    return ErrorCode::none;
}

wire::OffsetDeleteResponse delete_offsets(Ctx ctx, const wire::OffsetDeleteRequest& request) {
    wire::OffsetDeleteResponse response;
    ErrorCode refused =
        request.group_id.empty() ? ErrorCode::invalid_group_id : check_coordinator(ctx, request.group_id);
    const Group* group = find_group(ctx, request.group_id);
    if (!failed(refused) && (group == nullptr || group->phase == GroupPhase::dead))
        refused = ErrorCode::group_id_not_found;
    const bool busy = group != nullptr && group->phase != GroupPhase::empty;
    if (!failed(refused) && busy && group->protocol_type != "consumer") refused = ErrorCode::non_empty_group;
    response.error_code = static_cast<i16>(refused);
    if (failed(refused)) return response;
    MR_ASSERT(group != nullptr && group->phase != GroupPhase::dead);
    std::vector<TopicPartition> gone;
    for (const auto& topic : request.topics) {
        auto& answers = response.topics.emplace_back();
        answers.name = topic.name;
        for (const auto& partition : topic.partitions) {
            const TopicPartition id{ctx.env.find_name(topic.name), partition.partition_index};
            ErrorCode error = ErrorCode::none;
            if (id.topic == kNoName || ctx.memory().metadata.find(id) == nullptr)
                error = ErrorCode::unknown_topic_or_partition;
            else if (busy && subscribes(ctx, *group, id.topic)) error = ErrorCode::group_subscribed_to_topic;
            else if (group->offsets.contains(id)) gone.push_back(id);
            answers.partitions.push_back({partition.partition_index, static_cast<i16>(error)});
        }
    }
    if (!gone.empty()) remove_offsets(ctx, request.group_id, gone, false);
    return response;
}

void forget_offsets_of_topics(Ctx ctx, const std::vector<NameId>& topics) {
    MR_ASSERT(!topics.empty());
    if (ctx.broker.has_bug(PlantedBug::offsets_outlive_topic)) return;
    for (const std::string& name : group_names(ctx)) {
        std::vector<TopicPartition> gone;
        for (const TopicPartition id : all_offsets(*find_group(ctx, name)))
            if (std::ranges::find(topics, id.topic) != topics.end()) gone.push_back(id);
        if (!gone.empty()) remove_offsets(ctx, name, gone, false);
    }
}

void on_offsets_expiry(Ctx ctx) {
    ctx.env.timer(ctx.config().upkeep.offsets_retention_check_interval, kOffsetsExpiry, 0, kBackgroundLane);
    for (const std::string& name : group_names(ctx)) expire_offsets_of(ctx, name);
}

}  // namespace engine::broker
